"""`lading check`: a session, its outcome, and the reports that were asked for."""

from __future__ import annotations

import os
import sys

from lading.findings import severity
from lading.lifecycle import REMOVED
from lading.problems import Problem
from lading.reports import FOR_PEOPLE, FORMATS, UNSEEN, Look, report
from lading.session import Request, open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.findings import Outcome
    from lading.reports import RuleText, Scene
    from lading.session import Session


STANDARD_OUTPUT = "-"
"""A file that is none. Annotations alone can stand there beside another report: a runner picks them out of the log."""


def run_check(
    *,
    paths: tuple[str, ...],
    format: str,
    output: tuple[str, ...],
    sarif_category: str,
    fail_on: str,
    config: str | None,
    policy: str | None,
    root: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    preview: bool,
    baseline: str | None,
    since: str | None,
    stdin_filename: str | None,
    owner: str | None,
    repo: str | None,
    default_token: str | None,
    color: str,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
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
        policy_path=policy,
        default_token=default_token,
        select=select,
        ignore=ignore,
        strict=strict,
        preview=preview,
        baseline=baseline,
        since=since,
        unsaved_path=stdin_filename,
        unsaved=_standard_input(paths, stdin_filename),
    )
    if repositories is not None:
        if fix or diff or unsafe_fixes or since is not None or baseline is not None:
            raise Problem(
                "--repositories goes with none of --fix, --diff, --unsafe-fixes, --since and --baseline"
            )
        from lading.cli.many import run_many

        return run_many(repositories, request, format, outputs, fail_on, color)
    if fix or diff or unsafe_fixes:
        from lading.cli.fix import run_fix

        mended = run_fix(request, writes=fix and not diff, unsafe=unsafe_fixes, diff=diff)
        if diff:
            return int(bool(mended.changes))
        session, outcome = mended.session, mended.outcome
    else:
        session = open_session(request)
        outcome = session.check()
    for line in session.advice(outcome):
        sys.stderr.write(f"lading: {line}\n")
    is_for_people = stdin_filename is None and not is_hook()
    if is_for_people and not outcome.findings and session.is_out_of_focus:
        from lading.reports.display import harmless

        given = harmless(" ".join(request.paths))
        sys.stderr.write(
            f"lading: nothing below {given} is looked at; git-ignored, vendored and excluded paths are left out\n"
        )
    prefix = prefix_of(session.root)
    scene = _scene(session, sarif_category, {format, *(name for name, _ in outputs)})
    rules = _once(lambda: rule_texts(session))
    behind = ""
    for name, path in outputs:
        plain = Look(colour=False, prefix=prefix, width=100, here=here_of(prefix))
        text = _told(name, outcome, plain, rules, scene)
        if path == STANDARD_OUTPUT:
            behind += text
        else:
            write_file(path, text)
    if behind or outcome.findings or format != "text" or not is_hook():
        look = look_of(color, prefix)
        if look.colour and format == "text":
            from lading.cli.links import pages

            look.page_of = pages(session, colour=look.colour)
        shown = _told(format, outcome, look, rules, scene) + behind
        if fix and request.unsaved is not None:
            sys.stderr.write(shown)  # standard output has the text
        else:
            write(shown)
    return exit_code(outcome, fail_on)


def _once(read: Callable[[], Mapping[str, RuleText]]) -> Callable[[], Mapping[str, RuleText]]:
    """The texts of the rules, read at the first report that asks for them."""
    known: list[Mapping[str, RuleText]] = []

    def texts() -> Mapping[str, RuleText]:
        if not known:
            known.append(read())
        return known[0]

    return texts


def is_hook() -> bool:
    """Are we run by pre-commit or prek? They may run us several times at once, and expect silence where all is well."""
    return bool(os.environ.get("PRE_COMMIT"))


def _scene(session: Session, category: str, formats: set[str]) -> Scene:
    """Where the files lie and come from, for the formats that ask."""
    if formats.issubset(FOR_PEOPLE):
        return UNSEEN
    from lading.cli.scene import scene_of

    return scene_of(session, category)


def _told(
    name: str, outcome: Outcome, look: Look, rules: Callable[[], Mapping[str, RuleText]], scene: Scene
) -> str:
    """The text of a report; what it leaves out is said on standard error."""
    written = report(name, outcome, look, rules, scene)
    for notice in written.notices:
        sys.stderr.write(f"lading: {notice}\n")
    return written.text


def exit_code(outcome: Outcome, fail_on: str) -> int:
    """1 where a finding is at least as severe as `fail_on`, else 0."""
    return int(any(severity(finding.level) >= severity(fail_on) for finding in outcome.findings))


def rule_texts(session: Session) -> Mapping[str, RuleText]:
    """What reports may tell of each rule, from its card."""
    from lading.cli.texts import rule_text

    return {rule.id: rule_text(rule) for rule in session.rules.values() if rule.status != REMOVED}


def _output(value: str) -> tuple[str, str]:
    name, equals, path = value.partition("=")
    if not equals or not path or name not in FORMATS:
        raise Problem(f"--output {value}: expected FORMAT=FILE with one of {', '.join(FORMATS)}")
    if path == STANDARD_OUTPUT and name != "github":
        raise Problem(f"--output {value}: standard output holds the report of --format, so name a file")
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


def here_of(prefix: str) -> str:
    """The working folder from the root, posix, where the way to the root leads upwards only; else empty."""
    ups = prefix.count("../")
    if not ups or prefix != "../" * ups:
        return ""
    return "/".join(os.path.realpath(os.getcwd()).split(os.sep)[-ups:])


def look_of(color: str, prefix: str) -> Look:
    """How a page for people looks here."""
    width = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else 100
    return Look(colour=wants_colour(color), prefix=prefix, width=max(width, 60), here=here_of(prefix))


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
    """Data to standard output in UTF-8, whatever the locale says. Raises `Problem`."""
    if hasattr(sys.stdout, "buffer"):
        write_bytes(text.encode("utf-8", "replace"))
    else:
        sys.stdout.write(text)


def write_bytes(data: bytes) -> None:
    """Data to standard output as it is. Raises `Problem`."""
    buffer = sys.stdout.buffer
    try:
        sys.stdout.flush()
        rest = memoryview(data)
        while rest:  # without a buffer (PYTHONUNBUFFERED) a part may be taken, and only the next one refused
            rest = rest[buffer.write(rest) or 0 :]
        buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Problem(f"the output cannot be written: {error.strerror}") from error


def write_file(path: str, text: str) -> None:
    """Put a report in its place whole or not at all: the old file stays until the new one is complete.

    What is no regular file (`/dev/stdout`, a pipe) is written to as it is.
    """
    draft = f"{path}.{os.getpid()}.tmp"
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
            return
        with open(draft, "xb") as file:
            file.write(text.encode("utf-8", "replace"))
        os.replace(draft, path)
    except OSError as error:
        if os.path.exists(draft):
            os.unlink(draft)
        raise Problem(f"--output {path}: {error.strerror}") from error
