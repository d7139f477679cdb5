"""Help, completion and links: what a person at a terminal meets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from lading.builtin import provider
from lading.cli.app import app, check
from lading.cli.complete import SHELLS, script
from lading.reports import Look
from lading.reports.text import pieces_of
from tests.reports.stories import shop
from tests.support import run_lading, write_files

RULE = "health/wait-without-healthcheck"
WAITS = "services:\n  api:\n    image: a/b:1\n    depends_on: {db: {condition: service_healthy}}\n  db:\n    image: postgres:17\n"


def help_of(*arguments: str, folder: Path) -> str:
    done = run_lading(*arguments, "--help", folder=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_the_help_of_check_shows_every_option_once_in_a_group(tmp_path: Path) -> None:
    text = help_of("check", folder=tmp_path)
    options = [o.opts[0] for o in check.params if isinstance(o, click.Option)]
    assert [name for name in options if len(re.findall(rf"(?m)^  {name}\b", text)) != 1] == []
    others = text.partition("Other options:\n")[2].partition("\n\n")[0]
    assert others.split() == ["-h,", "--help", "Show", "this", "message", "and", "exit."]


def test_every_example_in_the_help_is_a_command_that_is_understood(tmp_path: Path) -> None:
    """It is parsed, not run: a mistake in it would be one of usage."""
    text = help_of("check", folder=tmp_path) + help_of(folder=tmp_path)
    lines = re.findall(r"(?m)^    lading (.*?)(?:  |$)", text)
    assert len(lines) > 10
    for line in lines:
        words = line.split()
        context = app.make_context("lading", list(words), resilient_parsing=False)
        command = app.commands[words[0]]
        assert command.make_context(words[0], words[1:], parent=context)


def test_the_exit_codes_are_told(tmp_path: Path) -> None:
    codes = re.findall(r"(?m)^    (\d+)  ", help_of("check", folder=tmp_path))
    assert codes == ["0", "1", "2", "130"]


def completed(words: str, at: int, folder: Path) -> list[str]:
    environment = {"COMP_WORDS": words, "COMP_CWORD": str(at), "_LADING_COMPLETE": "bash_complete"}
    done = run_lading(folder=folder, environment=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().split()


IDS = [rule.id for rule in provider().rules]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lading expl", ["plain,explain"]),
        ("lading completion z", ["plain,zsh"]),
        ("lading check --select pub", [f"plain,{id}" for id in IDS if id.startswith("publish/")]),
        ("lading check --ignore health/wait-w", [f"plain,{RULE}"]),
        ("lading explain health/wait-w", [f"plain,{RULE}"]),
        ("lading explain compose.y", ["file,compose.y"]),
        ("lading check comp", ["file,comp"]),
        ("lading check --root s", ["dir,s"]),
        ("lading check --fail-on w", ["plain,warning"]),
    ],
)
def test_what_a_shell_offers(words: str, expected: list[str], tmp_path: Path) -> None:
    assert completed(words, len(words.split()) - 1, tmp_path) == expected


def test_rules_of_the_repository_are_offered_and_a_broken_card_is_no_obstacle(tmp_path: Path) -> None:
    write_files(tmp_path, {"lading.yaml": "cards: [nowhere]\n"})
    assert completed("lading check --select yaml/dup", 3, tmp_path) == ["plain,yaml/duplicate-key"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_one_that_its_shell_reads(shell: str, tmp_path: Path) -> None:
    done = run_lading("completion", shell, folder=tmp_path)
    assert done.returncode == 0
    text = done.stdout.decode()
    assert text.strip() == script(shell).strip()
    program = shutil.which(shell)
    if program is None:
        assert "_LADING_COMPLETE" in text
        return
    path = tmp_path / "script"
    path.write_text(text)
    assert subprocess.run([program, "-n", str(path)], check=False).returncode == 0


def test_an_id_is_a_link_where_links_are_shown() -> None:
    plain = "".join(pieces_of(shop(), Look(colour=False, prefix="", width=80)))
    pages = {"publish/missing-packages-write": "https://example.org/a"}
    linked = "".join(pieces_of(shop(), Look(colour=False, prefix="", width=80, page_of=pages.get)))
    link = "\x1b]8;;https://example.org/a\x1b\\publish/missing-packages-write\x1b]8;;\x1b\\"
    assert linked == plain.replace("publish/missing-packages-write", link)


def at_a_terminal(folder: Path, **environment: str) -> bytes:
    """What `lading check` writes to a terminal."""
    import pty

    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("GITHUB_", "VTE_")) and k not in ("CI", "NO_COLOR")
    }
    main, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lading", "check", "--root", "."],
        cwd=folder,
        env=kept | {"TERM": "xterm-256color", "PYTHONSAFEPATH": "1"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=end,
    )
    os.close(end)
    written = b""
    try:
        while part := os.read(main, 65536):
            written += part
    except OSError:  # Linux says so when the other end has gone
        pass
    os.close(main)
    assert process.wait(60) == 1
    return written


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize(
    ("environment", "has_links", "has_colours"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "linux"}, False, True),
        ({"FORCE_HYPERLINK": "0"}, False, True),
        ({"VTE_VERSION": "4205"}, False, True),
        ({"VTE_VERSION": "7600"}, True, True),
    ],
)
def test_links_are_for_terminals_that_know_them(
    environment: dict[str, str], has_links: bool, has_colours: bool, tmp_path: Path
) -> None:
    written = at_a_terminal(write_files(tmp_path, {"compose.yaml": WAITS}), **environment)
    assert (b"\x1b]8;;https://" in written, b"\x1b[1;31m" in written) == (has_links, has_colours)


def test_a_pipe_never_gets_links_even_if_it_gets_colours(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    forced = {"FORCE_COLOR": "1", "FORCE_HYPERLINK": "1", "NO_COLOR": "", "TERM": "xterm"}
    done = run_lading("check", "--color", "always", folder=tmp_path, environment=forced)
    assert (b"\x1b]8" in done.stdout, b"\x1b[" in done.stdout) == (False, True)
