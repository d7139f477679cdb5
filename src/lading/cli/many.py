"""`lading check --repositories`: every repository below a folder, each with its own configuration, in one report."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing

from lading.cli.judge import exit_code, look_of, prefix_of, rule_texts
from lading.cli.scene import scene_of
from lading.cli.writing import write, write_file
from lading.findings import LEVELS
from lading.many import Ended, preload, processes, repositories_in, spread
from lading.problems import Problem
from lading.reports import FOR_PEOPLE, UNSEEN, Look, counted, report
from lading.reports.display import harmless
from lading.session import open_session
from lading.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from lading.findings import Outcome
    from lading.session import Request, Session

NAME = "{name}"
"""Stands for a repository in the path of `--output`: each has a report of its own then."""
BY_LINE = ("concise", "json-lines", "github")
"""Formats whose reports need no more than to stand one behind the other."""
TOGETHER = ("text", "json", "sarif", *BY_LINE)


def run_many(
    folder: str, request: Request, format: str, outputs: Sequence[tuple[str, str]], fail_on: str, color: str
) -> int:
    """Check every repository below a folder. Raises `Problem`.

    The exit code is 2 where one could not be checked, else 1 where one has findings at or above `fail_on`.
    """
    if request.paths or request.root is not None or request.repo is not None or request.unsaved is not None:
        raise Problem("--repositories checks whole repositories: leave out PATHS, --root, --repo and `-`")
    names = repositories_in(os.path.join(request.working_folder, folder))
    joined = [(format, None), *((name, path) for name, path in outputs if NAME not in path)]
    for name, _ in joined:
        if name not in TOGETHER:
            raise Problem(
                f"--repositories: {name} has no form for several repositories; "
                f"write one report for each with --output {name}=DIR/{NAME}.txt"
            )
    apart = [(name, path) for name, path in outputs if NAME in path]
    _refuse_equal_files(names, apart)

    preload()
    if any(name == "sarif" for name, _ in (*joined, *apart)):
        _load_sarif()

    def work(number: int) -> Any:
        return _checked(names[number], folder, request, [name for name, _ in joined], apart, fail_on, color)

    totals = Totals(len(names))
    progress = _Progress(len(names))
    sinks = [_Sink(name, path) for name, path in joined]
    try:
        with closing(spread(work, len(names), processes())) as answers:
            for name, answer in zip(names, answers, strict=True):
                if isinstance(answer, Ended):
                    answer = ((), f"its process ended: {answer.how}", ())
                fragments, problem, numbers = answer
                totals.add(problem, numbers)
                progress.clear()
                if problem is not None:
                    sys.stderr.write(f"lading: {harmless(name)}: {harmless(problem)}\n")
                for at, sink in enumerate(sinks):
                    sink.add(fragments[at] if fragments else _failed(sink.format, name, str(problem)))
                progress.show(totals.done, name)
        for sink in sinks:
            sink.end(totals)
    finally:
        progress.clear()
        for sink in sinks:
            sink.drop()
    if format != "text":
        sys.stderr.write(f"lading: {totals.line}\n")
    return 2 if totals.failed else int(totals.fails)


def _refuse_equal_files(names: Sequence[str], apart: Sequence[tuple[str, str]]) -> None:
    """No report may take the place of another, and the folder must be there before the work is done."""
    for _, path in apart:
        if len({file_of(path, name) for name in names}) < len(names):
            raise Problem(f"--output {path}: two repositories would have the same file")
        above = os.path.dirname(path)
        if NAME not in above and not os.path.isdir(above or "."):
            raise Problem(f"--output {path}: there is no folder {above}")


def file_of(path: str, name: str) -> str:
    """The path of a repository's own report; its folders become part of one name."""
    return path.replace(NAME, harmless(name).replace("/", "__").replace(os.sep, "__"))


# --- in the process of a repository: everything here is handed over as plain values ---


def _checked(
    name: str,
    folder: str,
    request: Request,
    joined: Sequence[str],
    apart: Sequence[tuple[str, str]],
    fail_on: str,
    color: str,
) -> tuple[tuple[str, ...], str | None, tuple[Any, ...]]:
    """The fragments of the joined reports, what went wrong, and the numbers."""
    # What CI says of the repository it runs for is true of no other.
    environment = {k: v for k, v in request.environment.items() if not k.startswith("GITHUB_")}
    try:
        session = open_session(request.having(root=os.path.join(folder, name), environment=environment))
        outcome = session.check()
        fragments = tuple(_fragment(each, name, session, outcome, color) for each in joined)
        for format, path in apart:
            _write_apart(format, file_of(path, name), session, outcome)
    except Problem as problem:
        return (), str(problem), ()
    except Exception as error:
        if os.environ.get("LADING_DEBUG"):
            raise
        return (), f"internal error: {type(error).__name__}: {error}", ()
    return fragments, None, _numbers(outcome, fail_on)


def _numbers(outcome: Outcome, fail_on: str) -> tuple[Any, ...]:
    by_rule: dict[tuple[str, str], int] = {}
    for finding in outcome.findings:
        key = (finding.level, finding.rule)
        by_rule[key] = by_rule.get(key, 0) + 1
    return (by_rule, outcome.files, exit_code(outcome, fail_on))


def _load_sarif() -> None:
    """Once for all repositories, not in each process again."""
    from importlib import import_module

    import_module("lading.reports.sarif")
    import_module("lading.tables.prose")


def _fragment(format: str, name: str, session: Session, outcome: Outcome, color: str) -> str:
    """What a repository adds to a joined report."""
    look = look_of(color, prefix_of(session.root))
    text = _report(format, session, outcome, look)
    if format == "json":
        return _compact({"repository": name, **json.loads(text)})
    if format == "sarif":
        (run,) = json.loads(text)["runs"]
        run["automationDetails"] = {"id": f"lading/{name}/"}
        run["originalUriBaseIds"] = {"%SRCROOT%": {"description": {"text": f"The root of {name}."}}}
        return _compact(run)
    return f"== {harmless(name)}\n\n{text}\n" if format == "text" else text


def _failed(format: str, name: str, problem: str) -> str:
    """What stands in a joined report for a repository that could not be checked."""
    if format == "json":
        return _compact({"repository": name, "problem": problem})
    if format == "sarif":
        note = {"level": "error", "message": {"text": f"{name}: {problem}"}}
        driver = {"name": "lading", "version": __version__}
        invocation = {"executionSuccessful": False, "toolExecutionNotifications": [note]}
        details = {"id": f"lading/{name}/"}
        return _compact(
            {"tool": {"driver": driver}, "automationDetails": details, "invocations": [invocation]}
        )
    return f"== {harmless(name)}\n\nnot checked: {harmless(problem)}\n\n" if format == "text" else ""


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_apart(format: str, path: str, session: Session, outcome: Outcome) -> None:
    above = os.path.dirname(path)
    if above:
        os.makedirs(above, exist_ok=True)
    look = Look(colour=False, prefix=prefix_of(session.root), width=100)
    write_file(path, _report(format, session, outcome, look))


def _report(format: str, session: Session, outcome: Outcome, look: Look) -> str:
    scene = UNSEEN if format in FOR_PEOPLE else scene_of(session, "lading")
    return report(format, outcome, look, lambda: rule_texts(session), scene).text


# --- in the process that was started ---


class Totals:
    """What was found in all of them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.done = 0
        self.failed = 0
        self.files = 0
        self.with_findings = 0
        self.fails = False
        self.levels = dict.fromkeys(reversed(LEVELS), 0)
        self.by_rule: dict[tuple[str, str], list[int]] = {}
        """Findings, and repositories that have them, by level and rule."""

    def add(self, problem: str | None, numbers: Any) -> None:
        self.done += 1
        if problem is not None:
            self.failed += 1
            return
        by_rule, files, fails = numbers
        self.files += files
        self.fails = self.fails or bool(fails)
        self.with_findings += bool(by_rule)
        for (level, rule), count in by_rule.items():
            self.levels[level] += count
            known = self.by_rule.setdefault((level, rule), [0, 0])
            known[0] += count
            known[1] += 1

    @property
    def line(self) -> str:
        """All of it in one sentence."""
        found = ", ".join(counted(count, level) for level, count in self.levels.items() if count)
        line = f"{counted(self.count, 'repository')}, {counted(self.files, 'file')}: {found or 'no findings'}"
        if self.with_findings:
            line += f" in {counted(self.with_findings, 'repository')}"
        return line + (f"; {self.failed} could not be checked" if self.failed else "")

    @property
    def table(self) -> str:
        """Rules by level, those with most findings first."""
        order = list(self.levels)
        rows = sorted(self.by_rule.items(), key=lambda row: (order.index(row[0][0]), -row[1][0], row[0][1]))
        return "".join(
            f"{count:6}  {level:7}  {rule}  in {counted(repositories, 'repository')}\n"
            for (level, rule), (count, repositories) in rows
        )

    @property
    def plain(self) -> dict[str, Any]:
        """For programs."""
        rules = [
            {"rule": rule, "level": level, "findings": count, "repositories": repositories}
            for (level, rule), (count, repositories) in sorted(self.by_rule.items())
        ]
        numbers = {f"{level}s": count for level, count in self.levels.items()}
        return {
            "repositories": self.count,
            "failed": self.failed,
            "files": self.files,
            **numbers,
            "rules": rules,
        }


class _Sink:
    """A joined report, written piece by piece: to standard output, or to a file that appears when it is whole."""

    def __init__(self, format: str, path: str | None) -> None:
        self.format = format
        self._path = path
        self._draft = f"{path}.{os.getpid()}.tmp"
        self._file: TextIO | None = None
        self._is_first = True
        if path is not None:
            with self._told():
                self._file = open(self._draft, "x", encoding="utf-8", errors="replace", newline="")  # noqa: SIM115 -- closed by `end` or `drop`

    def _told(self) -> _Told:
        return _Told(str(self._path))

    def _write(self, text: str) -> None:
        if self._file is None:
            write(text)
            return
        with self._told():
            self._file.write(text)

    def add(self, fragment: str) -> None:
        """The next repository."""
        begin, between, _ = _FRAMES.get(self.format, ("", "", ""))
        self._write((begin if self._is_first else between) + fragment)
        self._is_first = False

    def end(self, totals: Totals) -> None:
        """What stands behind the last repository; the file takes its place."""
        _, _, close = _FRAMES.get(self.format, ("", "", ""))
        if self.format == "text":
            close = f"{totals.table}{totals.line}\n"
        self._write(close.replace("SUMMARY", _compact(totals.plain)))
        if self._file is not None and self._path is not None:
            with self._told():
                self._file.close()
                os.replace(self._draft, self._path)
            self._file = None

    def drop(self) -> None:
        """Leave nothing of a report that did not come to its end."""
        if self._file is not None:
            with self._told():
                os.unlink(self._draft)
                self._file.close()


_FRAMES = {
    "json": ('{"version":1,"repositories":[\n', ",\n", '\n],"summary":SUMMARY}\n'),
    "sarif": (
        '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[\n',
        ",\n",
        "\n]}\n",
    ),
}
"""What stands before, between and behind the repositories."""


class _Told:
    """Says of a file that cannot be written that it is the one of `--output`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise Problem(f"--output {self._path}: {error.strerror}") from error


class _Progress:
    """A line on the terminal that says how far it is; nothing where standard error is none."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._is_shown = sys.stderr.isatty()

    def show(self, done: int, name: str) -> None:
        if self._is_shown:
            sys.stderr.write(f"\r\x1b[K{done}/{self._count} {harmless(name)[:60]}")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
