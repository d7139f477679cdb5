"""Fixes carried out: rounds of checking and mending, and files written whole or not at all."""

from __future__ import annotations

import os
import posixpath
import stat
from contextlib import suppress

from lading.decode import encode_like
from lading.fixes import Draft
from lading.problems import Problem
from lading.session import open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.findings import Finding, Outcome
    from lading.session import Request, Session

MAX_ROUNDS = 12
"""Rounds of mending. A fix is put off to the next one where another wants its place; few need more than two."""


class Mended:
    """What mending made of a repository.

    - `session`, `outcome`: the last check, which tells what is left
    - `changes`: the bytes of each file that is not what it was, old and new, by its path from the root
    - `fixed`: the findings that are mended, with their places at the time
    - `dropped`: findings whose fix would have left a file that cannot be read
    - `is_stable`: is there nothing left that could be mended?
    """

    __slots__ = ("changes", "dropped", "fixed", "is_stable", "outcome", "session")

    def __init__(
        self,
        session: Session,
        outcome: Outcome,
        changes: dict[str, tuple[bytes, bytes]],
        fixed: tuple[Finding, ...],
        dropped: tuple[Finding, ...],
        *,
        is_stable: bool,
    ) -> None:
        self.session = session
        self.outcome = outcome
        self.changes = changes
        self.fixed = fixed
        self.dropped = dropped
        self.is_stable = is_stable


def mend(request: Request, *, unsafe: bool) -> Mended:
    """Check and mend in memory, again and again; nothing is written. Raises `Problem`."""
    session = open_session(request)
    outcome = session.check()
    work = _Work(session, unsafe)
    for _ in range(MAX_ROUNDS):
        taken = work.round(session, outcome)
        if not taken:
            return work.result(session, outcome, is_stable=True)
        before = outcome
        session = open_session(request, work.texts)
        outcome = session.check()
        work.give_up(before, taken, outcome)
    return work.result(session, outcome, is_stable=False)


class _Work:
    """What the rounds add up to."""

    def __init__(self, session: Session, unsafe: bool) -> None:
        self.root = session.root
        self.texts: dict[str, bytes] = {}
        self._unsafe = unsafe
        self._old: dict[str, bytes] = {}
        self._fixed: list[Finding] = []
        self._dropped: dict[tuple[str, str, str], Finding] = {}
        self._stuck: set[tuple[str, str]] = set()
        self._real_paths: dict[str, str] = {}

    def round(self, session: Session, outcome: Outcome) -> tuple[Finding, ...]:
        """Mend what can be mended at once."""
        draft = Draft(self._real)
        wanted = []
        focus = session.focus
        for finding in outcome.findings:
            fix = finding.fix
            if (
                fix is None
                or not (fix.is_safe or self._unsafe)
                or (finding.rule, finding.path) in self._stuck
            ):
                continue
            paths = {edit.span.source.path for edit in fix.edits}
            if (focus.focus and not all(map(focus.holds, paths))) or not all(map(self._is_inside, paths)):
                continue
            wanted.append(finding)
        taken = []
        for finding, verdict in zip(wanted, draft.take_all(wanted), strict=True):
            if verdict is None:
                taken.append(finding)
            elif verdict == "unreadable":
                self._dropped[finding.rule, finding.path, finding.message] = finding
        files = session.repository.texts.files
        for path, text in draft.texts().items():
            data = files.read(path)
            self._old.setdefault(path, data)
            self.texts.update(dict.fromkeys(self._names_of(session, path), encode_like(text, data)))
        self._fixed += taken
        return tuple(taken)

    def give_up(self, before: Outcome, taken: tuple[Finding, ...], after: Outcome) -> None:
        """A rule whose findings are not fewer although they were mended is not tried again in that file."""
        for rule, path in {(finding.rule, finding.path) for finding in taken}:
            mended = _count(taken, rule, path)
            if _count(after.findings, rule, path) > _count(before.findings, rule, path) - mended:
                self._stuck.add((rule, path))

    def result(self, session: Session, outcome: Outcome, *, is_stable: bool) -> Mended:
        changes = {
            path: (old, self.texts[path]) for path, old in self._old.items() if self.texts[path] != old
        }
        dropped = tuple(self._dropped.values())
        return Mended(session, outcome, changes, tuple(self._fixed), dropped, is_stable=is_stable)

    def _real(self, path: str) -> str:
        """The path from the root of the file itself, links followed."""
        if path not in self._real_paths:
            whole = os.path.realpath(os.path.join(self.root, path))
            self._real_paths[path] = os.path.relpath(whole, self.root).replace(os.sep, "/")
        return self._real_paths[path]

    def _is_inside(self, path: str) -> bool:
        real = self._real(path)
        return not os.path.isabs(real) and real.partition("/")[0] != os.pardir

    def _names_of(self, session: Session, path: str) -> Iterator[str]:
        """A file's own path, and those of links to it that are looked at."""
        inventory = session.repository.inventory
        yield path
        for other in (*inventory.compose, *inventory.workflows, *inventory.actions):
            if other != path and self._real(other) == path:
                yield other


def _count(findings: tuple[Finding, ...], rule: str, path: str) -> int:
    return sum((finding.rule, finding.path) == (rule, path) for finding in findings)


def write_changes(mended: Mended) -> None:
    """Put every changed file in its place. Raises `Problem` at the end where one could not be written."""
    problems = []
    for path, (old, new) in mended.changes.items():
        problem = _write(mended.session.root, path, old, new)
        if problem is not None:
            problems.append(f"{path} {problem}")
    if problems:
        raise Problem("; ".join(problems))


def _write(root: str, path: str, old: bytes, new: bytes) -> str | None:
    """Write a file through a draft beside it; what went wrong, in words."""
    whole = os.path.join(root, path)
    if os.path.realpath(whole) != os.path.join(os.path.realpath(root), *path.split("/")):
        return "is another file by now, and was left as it is"
    draft = os.path.join(os.path.dirname(whole), f".{posixpath.basename(path)}.{os.getpid()}.tmp")
    try:
        status = os.stat(whole)
        if not os.access(whole, os.W_OK):
            return "cannot be written: permission is denied"
        with open(draft, "xb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(draft, status)
        if not _holds(whole, old):
            return "has changed while it was checked, and was left as it is"
        os.replace(draft, whole)
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    finally:
        if os.path.lexists(draft):
            os.unlink(draft)
    return None


def _keep_owner(draft: str, status: os.stat_result) -> None:
    """The mode that the file has, and its owner as far as we may."""
    own = os.stat(draft)
    if hasattr(os, "chown") and (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        with suppress(PermissionError):
            os.chown(draft, status.st_uid, status.st_gid)
    os.chmod(draft, stat.S_IMODE(status.st_mode))


def _holds(path: str, data: bytes) -> bool:
    with open(path, "rb") as file:
        return file.read(len(data) + 1) == data
