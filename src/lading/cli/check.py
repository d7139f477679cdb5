"""`lading check`: a session, its outcome, and the reports that were asked for."""

from __future__ import annotations

import os
import sys

from lading.findings import severity
from lading.problems import Problem
from lading.reports import FORMATS, Look, render
from lading.session import Request, open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.findings import Outcome
    from lading.reports import RuleText
    from lading.session import Session


def run_check(
    *,
    paths: tuple[str, ...],
    format: str,
    output: tuple[str, ...],
    fail_on: str,
    config: str | None,
    root: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    stdin_filename: str | None,
    owner: str | None,
    repo: str | None,
    default_token: str | None,
    color: str,
    repositories: str | None,
) -> int:
    """Check, report, and say with the exit code whether anything at or above `fail_on` was found."""
    outputs = tuple(_output(each) for each in output)
    request = Request(
        tuple(path for path in paths if path != "-"),
        root=root,
        owner=owner,
        repo=repo,
        config_path=config,
        default_token=default_token,
        select=select,
        ignore=ignore,
        strict=strict,
        unsaved_path=stdin_filename,
        unsaved=_standard_input(paths, stdin_filename),
    )
    if repositories is not None:
        from lading.cli.many import run_many

        return run_many(repositories, request, format, outputs, fail_on, color)
    session = open_session(request)
    outcome = session.check()
    if session.is_out_of_focus:
        from lading.reports.display import harmless

        given = harmless(" ".join(request.paths))
        sys.stderr.write(
            f"lading: nothing below {given} is looked at; git-ignored, vendored and excluded paths are left out\n"
        )
    prefix = prefix_of(session.root)
    for name, path in outputs:
        plain = Look(colour=False, prefix=prefix, width=100)
        write_file(path, render(name, outcome, plain, lambda: rule_texts(session)))
    write(render(format, outcome, look_of(color, prefix), lambda: rule_texts(session)))
    return exit_code(outcome, fail_on)


def exit_code(outcome: Outcome, fail_on: str) -> int:
    """1 where a finding is at least as severe as `fail_on`, else 0."""
    return int(any(severity(finding.level) >= severity(fail_on) for finding in outcome.findings))


def rule_texts(session: Session) -> Mapping[str, RuleText]:
    """What reports may tell of each rule, from its card."""
    from lading.cli.texts import rule_text

    return {rule.id: rule_text(rule) for rule in session.rules.values()}


def _output(value: str) -> tuple[str, str]:
    name, equals, path = value.partition("=")
    if not equals or not path or name not in FORMATS:
        raise Problem(f"--output {value}: expected FORMAT=FILE with one of {', '.join(FORMATS)}")
    return name, path


def _standard_input(paths: tuple[str, ...], stdin_filename: str | None) -> bytes | None:
    if "-" not in paths:
        if stdin_filename is not None:
            raise Problem("--stdin-filename names the file whose text is given with the path `-`")
        return None
    if stdin_filename is None:
        raise Problem("the path `-` needs --stdin-filename, which says where the text belongs")
    return sys.stdin.buffer.read()


def prefix_of(root: str) -> str:
    """The way from the working folder to the root, posix, with a slash at its end; empty where they are one."""
    relative = os.path.relpath(root, os.path.realpath(os.getcwd()))
    return "" if relative == "." else relative.replace(os.sep, "/") + "/"


def look_of(color: str, prefix: str) -> Look:
    """How a page for people looks here."""
    width = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else 100
    return Look(colour=wants_colour(color), prefix=prefix, width=max(width, 60))


def wants_colour(color: str) -> bool:
    """The option, else NO_COLOR, else FORCE_COLOR, else whether a terminal is there to show it."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def write(text: str) -> None:
    """Data to standard output in UTF-8, whatever the locale says."""
    data = text.encode("utf-8", "replace")
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
        return
    try:
        sys.stdout.flush()
        buffer.write(data)
        buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Problem(f"the output cannot be written: {error.strerror}") from error


def write_file(path: str, text: str) -> None:
    """Put a report in its place whole or not at all: the old file stays until the new one is complete."""
    draft = f"{path}.{os.getpid()}.tmp"
    try:
        with open(draft, "xb") as file:
            file.write(text.encode("utf-8", "replace"))
        os.replace(draft, path)
    except OSError as error:
        if os.path.exists(draft):
            os.unlink(draft)
        raise Problem(f"--output {path}: {error.strerror}") from error
