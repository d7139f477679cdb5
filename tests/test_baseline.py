"""What was there before stays out of sight, whatever is edited around it; what is new is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lading.baseline import NAME
from tests.support import run_lading, write_files

WAITS = """\
services:
  api:
    image: ghcr.io/acme/api:1.4
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17
"""
WORKER = """\
  worker:
    image: ghcr.io/acme/worker:1.4
    depends_on:
      db:
        condition: service_healthy
"""
SELECT = ("--select", "health/wait-without-healthcheck", "--owner", "acme", "--repo", "shop")


def set_aside(folder: Path, *arguments: str) -> str:
    done = run_lading("baseline", "--owner", "acme", "--repo", "shop", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def new(folder: Path) -> list[str]:
    """The places of what `check` tells beside the baseline."""
    done = run_lading("check", "--baseline", NAME, "--format", "json", *SELECT, folder=folder)
    assert done.stderr == b""
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == int(bool(findings))
    return [f"{finding['path']}:{finding['way']}" for finding in findings]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"compose.yaml": WAITS}, id="nothing has changed"),
        pytest.param({"compose.yaml": "# a\n\n# b\n" + WAITS}, id="lines have moved"),
        pytest.param({"compose.yaml": WAITS.replace("postgres:17", "postgres:18")}, id="an edit near by"),
        pytest.param({"compose.yaml": WAITS.replace("healthy", "healthy  # soon")}, id="its line is edited"),
        pytest.param({"compose.yaml": WAITS.replace("api:", "web:", 1)}, id="its service is renamed"),
        pytest.param({"compose.yaml": None, "deploy/compose.yaml": WAITS}, id="the file has moved"),
        pytest.param(
            {"compose.yaml": None, "docker-compose.yml": WAITS.replace("  api:", "  web:")},
            id="the file has moved and was edited",
        ),
        pytest.param({"compose.yaml": "services: {}\n"}, id="it is mended"),
    ],
)
def test_what_was_there_before_is_not_told_again(files: dict[str, str | None], tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    set_aside(tmp_path)
    for path, text in files.items():
        if text is None:
            (tmp_path / path).unlink()
        else:
            write_files(tmp_path, {path: text})
    assert new(tmp_path) == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({"compose.yaml": WAITS + WORKER}, ["worker"], id="another service"),
        pytest.param(
            {"compose.yaml": "services:\n" + WORKER + WAITS[10:]}, ["worker"], id="another one above"
        ),
        pytest.param({"other/compose.yaml": WAITS}, ["api"], id="a copy of the file"),
    ],
)
def test_what_is_new_is_told(files: dict[str, str], told: list[str], tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    set_aside(tmp_path)
    write_files(tmp_path, files)
    assert [place.split(".")[-4] for place in new(tmp_path)] == told


def test_a_finding_keeps_its_fingerprint_when_the_same_line_elsewhere_is_mended(tmp_path: Path) -> None:
    def fingerprints(text: str) -> dict[str, str]:
        write_files(tmp_path, {"compose.yaml": text})
        done = run_lading("check", "--format", "json", *SELECT, folder=tmp_path)
        return {f["way"]: f["fingerprint"] for f in json.loads(done.stdout)["findings"]}

    both = fingerprints(WAITS + WORKER)
    one = fingerprints(WAITS.replace("service_healthy", "service_started") + WORKER)
    assert len(both) == 2
    assert one.items() <= both.items()


def test_the_file_only_ever_gets_smaller_with_update(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS + WORKER})
    assert "2 findings set aside" in set_aside(tmp_path)
    third = WORKER.replace("worker", "clock").replace("service_healthy", '"service_healthy"')
    write_files(tmp_path, {"compose.yaml": WAITS + third})
    done = run_lading("check", "--baseline", NAME, *SELECT, folder=tmp_path)
    assert b"1 in the baseline; 1 of the baseline is gone" in done.stdout
    assert set_aside(tmp_path, "--update") == (
        f"{NAME}: 1 dropped, 1 left; 1 finding that is new is not added\n"
    )
    rows = json.loads((tmp_path / NAME).read_text())["findings"]
    assert [row["way"] for row in rows] == ["services.api.depends_on.db.condition"]
    assert (
        set_aside(tmp_path, "--update") == f"{NAME}: 0 dropped, 1 left; 1 finding that is new is not added\n"
    )


def test_what_did_not_run_is_kept_by_an_update(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    set_aside(tmp_path)
    write_files(tmp_path, {"lading.yaml": "rules: {health/wait-without-healthcheck: off}\n"})
    assert set_aside(tmp_path, "--update") == f"{NAME}: 0 dropped, 1 left\n"


def test_without_an_owner_an_update_keeps_what_is_said_of_names(tmp_path: Path) -> None:
    text = "services: {web: {image: 'ghcr.io/acme/Shop:1.0'}}\n"
    write_files(tmp_path, {"compose.yaml": text, "lading.yaml": "rules: {image/uppercase-name: error}\n"})
    assert "1 finding set aside" in set_aside(tmp_path)
    write_files(tmp_path, {"compose.yaml": text.lower()})
    done = run_lading("baseline", "--update", folder=tmp_path)
    assert done.stdout.decode() == f"{NAME}: 0 dropped, 1 left\n"
    assert set_aside(tmp_path, "--update") == f"{NAME}: 1 dropped, 0 left\n"


def test_an_existing_file_is_overwritten_only_by_force(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS, NAME: "mine"})
    done = run_lading("baseline", folder=tmp_path)
    assert (done.returncode, (tmp_path / NAME).read_text()) == (2, "mine")
    assert b"lading-baseline.json exists; --update drops" in done.stderr
    set_aside(tmp_path, "--force")
    assert json.loads((tmp_path / NAME).read_text())["version"] == 1
    assert sorted(os.listdir(tmp_path)) == ["compose.yaml", NAME]


def test_the_configuration_can_name_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS, "lading.yaml": "baseline: ci/known.json\n", "a/x": ""})
    done = run_lading("check", *SELECT, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"ci/known.json: there is no such baseline; `lading baseline` writes one" in done.stderr
    assert set_aside(tmp_path).startswith("ci/known.json: 1 finding set aside")
    assert run_lading("check", "--root", "..", *SELECT, folder=tmp_path / "a").returncode == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "this is no baseline: Expecting value"),
        ("[]", "this is no baseline; `lading baseline` writes one"),
        ('{"version": 2, "findings": []}', "version 2 of a baseline is not known here"),
        ('{"version": 1, "findings": [{"rule": 1}]}', "finding 1 does not have the texts"),
        (
            '{"version": 1, "findings": [{"rule":"","path":"","way":"","line":"","message":"","count":0}]}',
            "finding 1: `count` is not a number from 1",
        ),
        (
            '{"version": 1, "findings": [{"rule":"","path":"","way":"","line":"","message":"","count":1000000001}]}',
            "finding 1: `count` is more than 1,000,000,000",
        ),
        (
            '{"version": 1, "findings": [{"rule":"","path":"","way":"","line":"","message":"\\ud800"}]}',
            "finding 1 does not have the texts",
        ),
    ],
)
def test_a_broken_file_is_one_clear_line(text: str, words: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS, "b.json": text})
    done = run_lading("check", "--baseline", "b.json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"b.json: {words}" in done.stderr.decode()


def test_reports_do_not_hold_what_the_baseline_holds(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    set_aside(tmp_path)
    done = run_lading("check", "--baseline", NAME, "--format", "sarif", *SELECT, folder=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["runs"][0]["results"]) == (0, [])


def test_focus_does_not_change_what_is_old(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS, "other/compose.yaml": WAITS})
    set_aside(tmp_path)
    write_files(tmp_path, {"other/compose.yaml": WAITS + WORKER})
    for path, code in (("compose.yaml", 0), ("other", 1)):
        assert (
            run_lading("check", "--baseline", NAME, "--root", ".", *SELECT, path, folder=tmp_path).returncode
            == code
        )
