"""More that whoever controls the linted repository cannot do, found by trying; docs/threat-model.md has the claims."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lading.changes import changes_since
from lading.files import MAX_SIZE
from lading.reports.display import harmless
from tests.support import run_lading, write_files

POSIX = pytest.mark.skipif(os.name != "posix", reason="links and names of POSIX")
WRONG = "services:\n  api:\n    image: acme/api:1\n    depends_on: [db]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error file=a:b::x", "\\u{3a}:error file=a:b::x"),
        ("  ::add-mask::x", "  \\u{3a}:add-mask::x"),
        ("\u00a0::error ::x", "\u00a0\\u{3a}:error ::x"),
        ("##[add-mask]x", "##\\u{5b}add-mask]x"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("reads ::name here", "reads ::name here"),
    ],
)
def test_nothing_shown_is_a_command_to_a_runner(text: str, expected: str) -> None:
    assert harmless(text) == expected


@POSIX
@pytest.mark.parametrize(
    "folder", ["::error file=a:b::x", "::stop-commands::x", "##[group]x", "::save-state name=a::"]
)
@pytest.mark.parametrize("format", ["text", "concise", "github"])
def test_the_name_of_a_folder_is_no_command_to_a_runner(folder: str, format: str, tmp_path: Path) -> None:
    write_files(tmp_path, {f"{folder}/compose.yaml": WRONG})
    done = run_lading("check", "--root", ".", "--format", format, folder=tmp_path)
    assert done.returncode == 1
    own = ("::error file=", "::warning file=", "::notice file=") if format == "github" else ()
    for line in (done.stdout + done.stderr).decode().splitlines():
        is_own = line.startswith(own) and line.count("::") >= 2  # which a runner tries before `##[`
        assert is_own or not (line.lstrip().startswith("::") or "##[" in line)


@POSIX
@pytest.mark.parametrize("command", [("baseline", "--force", "--output"), ("check", "--baseline")])
def test_a_baseline_named_on_the_command_line_is_not_written_or_read_elsewhere(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    write_files(tmp_path, {"other/old.json": "[]\n", "shop/compose.yaml": WRONG})
    (tmp_path / "shop/old.json").symlink_to("../other/old.json")
    (tmp_path / "shop/folder").symlink_to("../other")
    for name in ("old.json", "folder/old.json"):
        done = run_lading(*command, name, "--root", ".", folder=tmp_path / "shop")
        words = f"lading: {name}: a link of the repository leads out of it here\n"
        assert (done.returncode, done.stderr.decode()) == (2, words)
    assert (tmp_path / "other/old.json").read_text() == "[]\n"


@POSIX
def test_a_report_takes_the_place_of_a_link_and_goes_nowhere_else(tmp_path: Path) -> None:
    write_files(tmp_path, {"other": "old\n", "shop/compose.yaml": WRONG})
    (tmp_path / "shop/report.sarif").symlink_to("../other")
    run_lading("check", "--root", ".", "--output", "sarif=report.sarif", folder=tmp_path / "shop")
    assert (tmp_path / "other").read_text() == "old\n"
    assert not (tmp_path / "shop/report.sarif").is_symlink()


def test_a_huge_file_that_was_touched_is_not_read_to_be_compared(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    name = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgSign=false")
    for command in (("init", "-q"), ("add", "-A"), (*name, "commit", "-q", "-m", "before", "--allow-empty")):
        if command[0] == "add":
            with open(tmp_path / "huge", "wb") as file:
                file.truncate(MAX_SIZE + 1)
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True, env=environment)
    os.utime(tmp_path / "huge", (1, 1))
    assert changes_since(str(tmp_path), "HEAD", environment).paths == {"huge"}
