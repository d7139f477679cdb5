"""`lading check`: a session, its outcome, and the reports that were asked for, as texts."""

from __future__ import annotations

import os
import sys

from lading.cli.terminal import is_hook, wants_colour, width
from lading.cli.told import Told, deliver
from lading.findings import severity
from lading.lifecycle import REMOVED
from lading.problems import Problem
from lading.reports import FOR_PEOPLE, FORMATS, UNSEEN, Look, report
from lading.session import Request, open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from lading.findings import Finding, Outcome
    from lading.kept import Kept
    from lading.laid_out import LaidOut
    from lading.reports import Report, RuleText, Scene
    from lading.reports.sarif import Results
    from lading.session import Session

    T = TypeVar("T")


STANDARD_OUTPUT = "-"
"""A file that is none. Annotations alone can stand there beside another report: a runner picks them out of the log."""


def run_apart(
    *, fix: bool, unsafe_fixes: bool, diff: bool, repositories: str | None, asked: dict[str, Any]
) -> int:
    """Mend files, or check many repositories: what leaves more than reports behind. Returns the exit code."""
    format, fail_on, color = (asked[name] for name in ("format", "fail_on", "color"))
    request = request_of(**asked)
    outputs = tuple(_output(each) for each in asked["output"])
    if repositories is not None:
        if fix or diff or unsafe_fixes or request.since is not None or request.baseline is not None:
            raise Problem(
                "--repositories goes with none of --fix, --diff, --unsafe-fixes, --since and --baseline"
            )
        from lading.cli.many import run_many

        return run_many(repositories, request, format, outputs, fail_on, color)
    from lading.cli.fix import run_fix

    mended = run_fix(request, writes=fix and not diff, unsafe=unsafe_fixes, diff=diff)
    if diff:
        return int(bool(mended.changes))
    look = _look(mended.session, format, color)
    told = _told_of(mended.session, mended.outcome, format, outputs, fail_on, look, asked["sarif_category"])
    if fix and request.unsaved is not None:
        told.err, told.out = told.err + (told.out or b"").decode(), None  # standard output has the text
    return deliver(told)


def tell(
    *,
    format: str,
    output: tuple[str, ...],
    fail_on: str,
    color: str,
    sarif_category: str,
    kept: Kept | None = None,
    **asked: Any,
) -> Told:
    """Check, over what has changed since parts were `kept`, and what is said of it. Raises `Problem`."""
    outputs = tuple(_output(each) for each in output)
    session = open_session(request_of(**asked), kept=kept)
    look = _look(session, format, color)
    if format == "text" and session.is_large:
        look.laid_out = _laying_out(look)
    elif format == "sarif" and session.is_large:
        look.laid_out = _writing_results(session, sarif_category)
    outcome = session.check(kept, look.laid_out)
    return _told_of(session, outcome, format, outputs, fail_on, look, sarif_category)


def request_of(
    *,
    paths: tuple[str, ...],
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
    **others: object,
) -> Request:
    """What the options ask for; standard input is read where it is one of the paths."""
    return Request(
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


def _told_of(
    session: Session,
    outcome: Outcome,
    format: str,
    outputs: tuple[tuple[str, str], ...],
    fail_on: str,
    look: Look,
    category: str,
) -> Told:
    told = Told(exit_code(outcome, fail_on), session.repository.texts.files.record)
    for line in session.advice(outcome):
        told.say(line)
    is_for_people = session.request.unsaved_path is None and not is_hook()
    if is_for_people and not outcome.findings and session.is_out_of_focus:
        from lading.reports.display import harmless

        given = harmless(" ".join(session.request.paths))
        told.say(f"nothing below {given} is looked at; git-ignored, vendored and excluded paths are left out")
    scene = _scene(session, category, {format, *(name for name, _ in outputs)})
    rules = _once(lambda: rule_texts(session))
    behind = b""
    for name, path in outputs:
        plain = Look(colour=False, prefix=look.prefix, width=100, here=look.here)
        written = _report(name, outcome, plain, rules, scene, told)
        if path == STANDARD_OUTPUT:
            behind += written.data
        else:
            told.files.append((path, written.text))
    if behind or outcome.findings or format != "text" or not is_hook():
        told.out = _report(format, outcome, look, rules, scene, told).data + behind
    return told


def _look(session: Session, format: str, color: str) -> Look:
    """How what is written to standard output looks."""
    look = look_of(color, prefix_of(session.root))
    if look.colour and format == "text":
        from lading.cli.links import pages

        look.page_of = pages(session, colour=look.colour)
    return look


def _laying_out(look: Look) -> LaidOut:
    from lading.laid_out import LaidOut

    def lay_out(finding: Finding) -> str:
        from lading.reports.text import block

        return block(finding, look)

    return LaidOut((look.colour, look.prefix, look.width, look.here, look.page_of is not None), lay_out)


def _writing_results(session: Session, category: str) -> LaidOut:
    from lading.laid_out import LaidOut

    def made() -> Results:
        from lading.reports.sarif import Results

        return Results(rule_texts(session), _scene(session, category, {"sarif"}))

    results = _once(made)  # where the first finding is, which may be in another process
    return LaidOut(("sarif",), lambda finding: results().lasting(finding), has_fingerprints=True)


def _once(make: Callable[[], T]) -> Callable[[], T]:
    """What is made when it is first asked for."""
    known: list[T] = []

    def made() -> T:
        if not known:
            known.append(make())
        return known[0]

    return made


def _scene(session: Session, category: str, formats: set[str]) -> Scene:
    """Where the files lie and come from, for the formats that ask."""
    if formats.issubset(FOR_PEOPLE):
        return UNSEEN
    from lading.cli.scene import scene_of

    return scene_of(session, category)


def _report(
    name: str,
    outcome: Outcome,
    look: Look,
    rules: Callable[[], Mapping[str, RuleText]],
    scene: Scene,
    told: Told,
) -> Report:
    """A report; what it leaves out is said on standard error."""
    written = report(name, outcome, look, rules, scene)
    for notice in written.notices:
        told.say(notice)
    return written


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
    return Look(colour=wants_colour(color), prefix=prefix, width=width(), here=here_of(prefix))
