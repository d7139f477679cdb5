"""Where reports go: standard output, files, and what is no regular file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lading.reports import FORMATS
from tests.support import run_lading, write_files

WRONG = {"compose.yaml": "services:\n  api:\n    image: acme/api:1\n    depends_on: [db]\n"}
COMMAND = b"::error file=compose.yaml,line=4,endLine=4,title=lading%3A compose/undefined-dependency,"


def test_one_run_writes_every_format(tmp_path: Path) -> None:
    write_files(tmp_path / "shop", WRONG)
    outputs = [f"--output={name}={tmp_path / name}" for name in FORMATS]
    done = run_lading("check", "--root", ".", "--format", "concise", *outputs, folder=tmp_path / "shop")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"compose.yaml:4:18: error[compose/undefined-dependency] ")
    reports = {name: (tmp_path / name).read_bytes() for name in FORMATS}
    assert [name for name, report in reports.items() if b"compose.yaml" not in report] == []
    assert reports["concise"] == done.stdout


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_the_same_on_standard_output_and_in_a_file(name: str, tmp_path: Path) -> None:
    write_files(tmp_path / "shop", WRONG)
    done = run_lading(
        "check",
        "--root",
        ".",
        "--format",
        name,
        "--output",
        f"{name}={tmp_path / 'report'}",
        folder=tmp_path / "shop",
    )
    assert done.returncode == 1
    assert done.stdout == (tmp_path / "report").read_bytes()


def test_annotations_can_stand_behind_another_report(tmp_path: Path) -> None:
    done = run_lading("check", "--root", ".", "--output", "github=-", folder=write_files(tmp_path, WRONG))
    text, _, commands = done.stdout.partition(b"\n::")
    assert text.startswith(b"error[compose/undefined-dependency]: ")
    assert (b"::" + commands).startswith(COMMAND)


@pytest.mark.parametrize("name", ["json", "sarif", "summary"])
def test_nothing_else_can(name: str, tmp_path: Path) -> None:
    done = run_lading("check", "--output", f"{name}=-", folder=write_files(tmp_path, WRONG))
    assert (done.returncode, done.stdout, done.stderr.decode()) == (
        2,
        b"",
        f"lading: --output {name}=-: standard output holds the report of --format, so name a file\n",
    )


@pytest.mark.skipif(os.name != "posix", reason="devices and pipes of POSIX")
def test_a_device_or_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "shop", WRONG)
    done = run_lading(
        "check", "--root", ".", "--format=concise", "--output=github=/dev/stderr", folder=folder
    )
    assert done.stderr.startswith(COMMAND)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, "-c", "print(open('pipe').read())"], cwd=tmp_path, stdout=-1
    ) as reader:
        run_lading("check", "--root", ".", f"--output=json={pipe}", folder=folder)
        told, _ = reader.communicate(timeout=60)
    assert json.loads(told)["summary"]["errors"] == 1
    assert pipe.is_fifo()


def test_what_a_message_quotes_is_no_command(tmp_path: Path) -> None:
    done = run_lading("check", "--select", "##[add-mask]x", folder=write_files(tmp_path, WRONG))
    assert (done.returncode, b"##[" in done.stderr, b"##\\u{5b}add-mask]x" in done.stderr) == (2, False, True)
