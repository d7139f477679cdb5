"""Text that an editor has not saved: joined with the rest of the repository, and nothing but findings comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.places.support import repository
from tests.support import run_lading, write_files

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
CHECKED = WAITS + "    healthcheck: {test: [CMD, pg_isready]}\n"
OVERRIDE = "services:\n  db:\n    healthcheck: {test: [CMD, pg_isready]}\n"
CALLER = "on: push\npermissions: {contents: read}\njobs:\n  image:\n    uses: ./.github/workflows/image.yml\n"
CALLED = """\
on: workflow_call
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "$TOKEN" | docker login ghcr.io -u acme --password-stdin
        env: {TOKEN: "${{ github.token }}"}
      - run: docker push ghcr.io/acme/shop:1.0
"""
HEALTH = "error[health/wait-without-healthcheck]"


def concise(folder: Path, path: str, text: str, *more: str) -> list[str]:
    """Place, level and rule of each line; standard error stays empty, and the exit code says whether there is an error."""
    options = ("--format", "concise", *more, "--stdin-filename", path, "-")
    done = run_lading("check", *options, folder=folder, stdin=text.encode())
    lines = [" ".join(line.split(" ")[:2]) for line in done.stdout.decode().splitlines()]
    assert (done.returncode, done.stderr) == (int(any(" error[" in line for line in lines)), b"")
    return lines


@pytest.mark.parametrize(
    ("disk", "path", "text", "lines"),
    [
        pytest.param(
            {"compose.yaml": CHECKED}, "compose.yaml", WAITS, [f"compose.yaml:6:20: {HEALTH}"],
            id="the text counts, not the file",
        ),
        pytest.param({"compose.yaml": WAITS}, "compose.yaml", CHECKED, [], id="the text mends the file"),
        pytest.param(
            {"compose.yaml": WAITS}, "compose.override.yaml", OVERRIDE, [], id="a file that is new mends another"
        ),
        pytest.param(
            {"compose.yaml": CHECKED, "compose.override.yaml": "services: {}\n"}, "compose.override.yaml",
            "services:\n  db:\n    healthcheck: {disable: true}\n", [f"compose.yaml:6:20: {HEALTH}"],
            id="a finding of another file about this one",
        ),
        pytest.param(
            {".github/workflows/push.yml": CALLER}, ".github/workflows/image.yml", CALLED,
            [".github/workflows/push.yml:4:3: error[publish/missing-packages-write]"],
            id="a workflow that is new, judged with its caller",
        ),
        pytest.param(
            {".github/workflows/image.yml": CALLED}, ".github/workflows/push.yml", CALLER,
            [".github/workflows/push.yml:4:3: error[publish/missing-packages-write]"],
            id="a caller that is new, judged with the called workflow",
        ),
        pytest.param(
            {"compose.yaml": CHECKED, "other/compose.yaml": WAITS}, "compose.yaml", CHECKED, [],
            id="findings that have nothing to do with the text are left out",
        ),
        pytest.param({"compose.yaml": WAITS}, "notes.yaml", "a: b\n", [], id="a file of another kind"),
        pytest.param(
            {"lading.yaml": "exclude: [/old/]\n"}, "old/compose.yaml", WAITS, [], id="a file that is left out"
        ),
        pytest.param({".gitignore": "/tmp/\n"}, "tmp/compose.yaml", WAITS, [], id="a file that git ignores"),
        pytest.param({}, "new/folder/compose.yaml", WAITS, [f"new/folder/compose.yaml:6:20: {HEALTH}"], id="a folder that is new"),
        pytest.param({"compose.yaml": WAITS}, "compose.yaml", "", ["compose.yaml:1:1: error[compose/empty-project]"], id="no text at all"),
        pytest.param(
            {"compose.yaml": CHECKED}, "compose.yaml", WAITS.replace("\n", "\r\n"), [f"compose.yaml:6:20: {HEALTH}"],
            id="lines that end as on Windows",
        ),
        pytest.param(
            {"compose.yaml": CHECKED}, "compose.yaml", "services: {api: {", ["compose.yaml:1:17: error[yaml/syntax-error]"],
            id="a line that is still being written",
        ),
    ],
)  # fmt: skip
def test_unsaved_text(disk: dict[str, str], path: str, text: str, lines: list[str], tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop", {"readme.md": "shop\n", **disk})
    assert concise(shop, path, text) == lines
    assert concise(shop, str(shop / path), text) == lines
    assert sorted(
        str(each.relative_to(shop)) for each in shop.rglob("*") if each.is_file() and ".git/" not in str(each)
    ) == sorted(("readme.md", *disk))


def test_a_place_is_shown_from_the_working_folder(tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop", {"deploy/compose.yaml": CHECKED, "compose.yaml": CHECKED})
    assert concise(shop / "deploy", "compose.yaml", WAITS) == [f"compose.yaml:6:20: {HEALTH}"]
    assert concise(shop / "deploy", "../compose.yaml", WAITS) == [f"../compose.yaml:6:20: {HEALTH}"]


def test_text_through_a_link_belongs_to_the_repository_it_leads_to(tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop", {"deploy/compose.yaml": CHECKED})
    (tmp_path / "link").symlink_to(shop / "deploy")
    assert concise(shop, str(tmp_path / "link" / "compose.yaml"), WAITS) == [
        f"deploy/compose.yaml:6:20: {HEALTH}"
    ]


def test_a_configuration_that_is_not_saved_counts(tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop", {"compose.yaml": WAITS, "lading.yaml": "{}\n"})
    assert concise(shop, "lading.yaml", "{}\n") == [f"compose.yaml:6:20: {HEALTH}"]
    assert concise(shop, "lading.yaml", "rules: {health/wait-without-healthcheck: off}\n") == []


def test_what_cannot_be_done_is_said_on_standard_error_alone(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS, "lading.yaml": "rules: []\n"})
    options = ("--format", "json", "--stdin-filename", "compose.yaml", "-")
    done = run_lading("check", *options, folder=tmp_path, stdin=WAITS.encode())
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
