"""The program as users start it: exit codes, streams, focus, standard input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import ROOT, run_lading, write_files

CLEAN = "services:\n  db:\n    image: postgres:17\n"
BROKEN = "services: [\n"
WAITS = """\
services:
  api:
    image: ghcr.io/acme/shop:1.0
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17
"""


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        pytest.param({"compose.yaml": CLEAN}, (), 0, id="clean"),
        pytest.param({"compose.yaml": BROKEN}, (), 1, id="an error"),
        pytest.param(
            {"compose.yaml": BROKEN}, ("--select", "health"), 0, id="an error of a rule that is not selected"
        ),
        pytest.param(
            {"compose.yaml": BROKEN}, ("--ignore", "yaml/*"), 0, id="an error of a rule that is ignored"
        ),
        pytest.param({"compose.yaml/x": ""}, (), 0, id="a warning"),
        pytest.param({"compose.yaml/x": ""}, ("--fail-on", "warning"), 1, id="a warning that fails"),
        pytest.param({}, (), 0, id="nothing to check"),
        pytest.param({"compose.yaml": BROKEN}, ("--format", "json"), 1, id="the format does not matter"),
    ],
)
def test_exit_codes(files: dict[str, str], arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    done = run_lading("check", *arguments, folder=write_files(tmp_path, files))
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("check", "nowhere"), "nowhere: no such file or folder", id="a path that is not there"),
        pytest.param(("check", "--root", "nowhere"), "--root nowhere: no such folder", id="a root that is not there"),
        pytest.param(("check", "--config", "nowhere.yaml"), "--config nowhere.yaml", id="a config that is not there"),
        pytest.param(("check", "--select", "health/wait-without-helthcheck"), "did you mean health/wait-without-healthcheck", id="a misspelt rule"),
        pytest.param(("check", "--output", "pdf=x"), "--output pdf=x: expected FORMAT=FILE", id="a format that is not known"),
        pytest.param(("check", "--output", "json=no/such/folder/x"), "--output no/such/folder/x: No such file", id="an output that cannot be written"),
        pytest.param(("check", "-"), "needs --stdin-filename", id="standard input without a name"),
        pytest.param(("check", "--stdin-filename", "x.yaml"), "the path `-`", id="a name without standard input"),
pytest.param(("check", "--fail-on", "fatal"), "Invalid value for '--fail-on'", id="a wrong value"),
        pytest.param(("check", "--nonsense"), "No such option", id="a wrong option"),
        pytest.param(("explain", "health/nonsense"), "no rule is named health/nonsense", id="a rule that is not there"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    done = run_lading(*arguments, folder=write_files(tmp_path, {"compose.yaml": CLEAN}))
    assert (done.returncode, done.stdout) == (2, b"")
    message = done.stderr.decode()
    assert words in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("namespaces: ghcr.io/acme\n", "lading.yaml:1:1: `namespaces`"),
        ("rules:\n  health/wait-without-healthcheck: fatal\n", "lading.yaml:2:3"),
        ("rules:\n  health/nothing: off\n", "no rule is named health/nothing"),
        ("a: [\n", "lading.yaml:1:4"),
        ("cards: [nowhere]\n", "cannot read the folder of cards"),
        ("cards: [../..]\n", "lies outside the repository"),
    ],
)
def test_a_broken_configuration_stops_the_run_with_its_place(config: str, words: str, tmp_path: Path) -> None:
    done = run_lading("check", folder=write_files(tmp_path, {"lading.yaml": config, "compose.yaml": CLEAN}))
    assert done.returncode == 2
    assert words in done.stderr.decode()


def test_paths_are_focus_and_the_repository_is_the_universe(tmp_path: Path) -> None:
    override = "services:\n  db:\n    healthcheck: {disable: true}\n"
    base = WAITS + "    healthcheck: {test: [CMD, pg_isready]}\n"
    files = {"compose.yaml": base, "compose.override.yaml": override, "other/compose.yaml": BROKEN}
    write_files(tmp_path, files)
    done = run_lading("check", "--format", "concise", "compose.override.yaml", folder=tmp_path)
    assert done.returncode == 1
    assert [line.partition(" ")[0] for line in done.stdout.decode().splitlines()] == ["compose.yaml:6:20:"]


def test_unsaved_text_is_joined_with_the_rest_on_disk(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": CLEAN})
    done = run_lading(
        "check",
        "--format",
        "concise",
        "--stdin-filename",
        "compose.yaml",
        "-",
        folder=tmp_path,
        stdin=WAITS.encode(),
    )
    assert done.stdout.decode().startswith("compose.yaml:6:20: error[health/wait-without-healthcheck]")
    assert (tmp_path / "compose.yaml").read_text() == CLEAN


def test_text_shows_paths_from_the_working_folder_and_json_from_the_root(tmp_path: Path) -> None:
    write_files(tmp_path, {"deploy/compose.yaml": BROKEN, ".git/HEAD": "ref: refs/heads/main\n"})
    text = run_lading("check", folder=tmp_path / "deploy")
    assert "--> compose.yaml:1:" in text.stdout.decode()
    json_ = run_lading("check", "--format", "json", folder=tmp_path / "deploy")
    assert [f["path"] for f in json.loads(json_.stdout)["findings"]] == ["deploy/compose.yaml"]


def test_several_reports_come_out_of_one_run(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": BROKEN})
    done = run_lading("check", "--output", "json=out.json", "--output", "sarif=out.sarif", folder=tmp_path)
    findings = json.loads((tmp_path / "out.json").read_text())["findings"]
    results = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"]
    assert [f["rule"] for f in findings] == [r["ruleId"] for r in results] == ["yaml/syntax-error"]
    assert "error[yaml/syntax-error]" in done.stdout.decode()
    assert sorted(os.listdir(tmp_path)) == ["compose.yaml", "out.json", "out.sarif"]


def test_an_inline_ignore_hides_a_finding(tmp_path: Path) -> None:
    text = WAITS.replace(
        "service_healthy", "service_healthy # lading: ignore[health/wait-without-healthcheck] known"
    )
    done = run_lading("check", "--format", "json", folder=write_files(tmp_path, {"compose.yaml": text}))
    answer = json.loads(done.stdout)
    assert (answer["findings"], answer["summary"]["suppressed"]) == ([], 1)


@pytest.mark.parametrize(
    ("variables", "coloured"), [({}, False), ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True)]
)
def test_colours_follow_the_conventions(variables: dict[str, str], coloured: bool, tmp_path: Path) -> None:
    done = run_lading("check", folder=write_files(tmp_path, {"compose.yaml": BROKEN}), environment=variables)
    assert (b"\x1b[" in done.stdout) is coloured


@pytest.mark.parametrize("name", ["click.py", "yaml/__init__.py", "lading/__init__.py", "sitecustomize.py"])
def test_python_files_of_the_linted_repository_are_not_run(name: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS, name: "open('ran', 'w').close()\n"})
    environment = {"PYTHONSAFEPATH": ""} if not name.startswith(("lading", "site")) else {}
    for arguments in (("check",), ("rules",), ("check", "--format", "sarif")):
        run_lading(*arguments, folder=tmp_path, environment=environment)
    assert not (tmp_path / "ran").exists()


def test_a_closed_output_ends_quietly(tmp_path: Path) -> None:
    write_files(tmp_path, {f"{n}/compose.yaml": BROKEN for n in range(300)})
    command = f"{sys.executable} -m lading check --format concise | head -1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=False)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, b"")


def _takes_interrupts() -> None:
    """Where the tests run in the background, the shell has them ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupt_ends_with_130(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "input")
    process = subprocess.Popen(
        [sys.executable, "-m", "lading", "check", "--stdin-filename", "compose.yaml", "-"],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=_takes_interrupts,
    )  # fmt: skip
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (130, b"lading: interrupted\n")


def test_the_rules_are_listed_and_explained(tmp_path: Path) -> None:
    listed = run_lading("rules", "--format", "json", folder=tmp_path)
    ids = [row["id"] for row in json.loads(listed.stdout)["rules"]]
    assert "health/wait-without-healthcheck" in ids
    for id in ids:
        page = run_lading("explain", id, folder=tmp_path)
        assert (page.returncode, page.stdout.decode().splitlines()[0], page.stderr) == (0, id, b"")


def test_rules_and_explain_know_the_cards_of_the_repository(tmp_path: Path) -> None:
    card = """\
title: Images of the house go to our registry
scope: publication
level: error
why: Only our registry is mirrored to the plants.
fix: Push to quay.io.
check:
  given: publications
  assert: {path: registry, equals: quay.io}
  message: "`{image}` goes to {registry}"
examples:
  bad: [{name: an example, files: {a: b}}]
  good: [{name: an example, files: {a: b}}]
"""
    files = {"lading.yaml": "cards: [policies]\n", "policies/house/registry.yaml": card}
    write_files(tmp_path, files)
    listed = run_lading("rules", "--root", ".", folder=tmp_path)
    assert b"error    house/registry" in listed.stdout
    page = run_lading("explain", "house/registry", "--root", ".", folder=tmp_path)
    assert (page.returncode, page.stdout.splitlines()[0]) == (0, b"house/registry")
    write_files(tmp_path, {"policies/stray.yaml": card})
    refused = run_lading("check", folder=tmp_path)
    assert (refused.returncode, b"a card lies in a folder of its family" in refused.stderr) == (2, True)


@pytest.mark.parametrize("option", [("--owner", "a b"), ("--repo", "a/b")])
def test_names_that_cannot_be_are_refused(option: tuple[str, str], tmp_path: Path) -> None:
    done = run_lading("check", *option, folder=tmp_path)
    words = f"lading: {option[0]} {option[1]}: GitHub has no such names\n".encode()
    assert (done.returncode, done.stderr) == (2, words)


def test_paths_with_nothing_to_look_at_are_said(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": "services: {}\n", "docs/readme.md": "", ".gitignore": "docs\n"})
    done = run_lading("check", "docs", "--root", ".", folder=tmp_path)
    words = (
        b"lading: nothing below docs is looked at; git-ignored, vendored and excluded paths are left out\n"
    )
    assert (done.returncode, done.stderr) == (0, words)


def test_the_example_of_the_readme_has_its_mistakes(tmp_path: Path) -> None:
    done = run_lading(
        "check",
        "--format",
        "json",
        "--root",
        "examples/shop",
        "--owner",
        "acme",
        "--repo",
        "shop",
        folder=ROOT,
    )
    rules = {f["rule"] for f in json.loads(done.stdout)["findings"]}
    assert rules >= {
        "compose/undefined-dependency",
        "health/wait-without-healthcheck",
        "image/left-over-placeholder",
        "publish/missing-packages-write",
    }
