"""What a run has looked at, and whether it is still the same: what a result that is kept for later depends on.

A place is told by its look: kind, times of change, size and number on disk (stat), as git's index does. Where it was
changed within `GRAIN` of the run, it may change again and look the same ("racy git", git's documentation), so there the
digest of what it holds decides; it does too where the look is another and the length is not, as after a checkout.
"""

from __future__ import annotations

import os
import stat
from time import time_ns

try:
    # What `hashlib` gives, without the 3 ms (measured) in which it loads OpenSSL.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    Look = tuple[int, str, int, int, int, int]
    """Mode, where a link leads, the times of change of content and of status in ns, bytes, number on disk."""
    Kind = tuple[int, str]
    """The kind that the mode tells, and where a link leads."""
    Steering = tuple[tuple[str, ...], dict[str, Kind]]
    """What tells which files there are and how all is judged: what was seen, and of what the kind alone."""

GRAIN = 2_000_000_000
"""Nanoseconds; the coarsest times that a file system in use keeps (FAT: 2 s)."""

MANY = 64
"""Places that look otherwise and hold the same, from which on it pays to write all looks again."""
NOTHING: Any = (0, {}, {}, ())
"""What has changed since an earlier record (`Record.since`), where nothing has."""

_GONE: Look = (0, "", 0, 0, 0, 0)
_MISSING: Kind = (0, "")
_TELLS_OF_NEW = os.name == "posix"
"""Does a folder change its time when something appears in it, on every file system?"""
_MOST = 16 * 1024 * 1024


class Record:
    """What a run has looked at; paths in `read`, `missing` and `listed` are posix and relative to the root.

    Kept beside, by whole path: how the files and folders looked that were read (`seen`, with a digest where one is
    known), and of what was looked up its kind alone (`kinds`). `is_whole` is false once something counted that cannot
    be held here, such as an answer of git, or where nobody wants to keep anything; digests are made no more then.
    """

    __slots__ = (
        "given",
        "is_whole",
        "kinds",
        "light",
        "listed",
        "missing",
        "read",
        "root",
        "seen",
        "started",
    )

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.started = time_ns()
        self.read: set[str] = set()
        self.missing: set[str] = set()
        self.listed: set[str] = set()
        self.seen: dict[str, tuple[Look, bytes]] = {}
        self.kinds: dict[str, Kind] = {}
        self.light: set[str] = set()
        self.given: set[str] = set()
        """What the user names, by whole path: what is found does not depend on it."""
        self.is_whole = True

    def file(self, path: str, look: Look, data: bytes) -> None:
        """A file was read, which looked like that before."""
        if self.is_whole:
            self.see(path, look, digest(data))

    def kind(self, path: str) -> None:
        """It was asked whether there is a file or folder, and of which kind."""
        if self.is_whole and path not in self.kinds:
            self.kinds[path] = kind_of(look_at(path))

    def miss(self, path: str) -> None:
        """Likewise, and it is known that there is nothing."""
        if self.is_whole and path not in self.kinds:
            self.kinds[path] = _MISSING

    def note(self, path: str, *, is_read: bool = True) -> None:
        """Something is about to be read or listed in another way, or is not there; or it will not be read at all."""
        self._note(path, digest_of if is_read else None)

    def note_lightly(self, path: str) -> None:
        """Likewise for what tells only that no plugin is installed: a digest where the look can tell nothing yet."""
        path = os.path.abspath(path)
        self.light.add(path)
        self._note(path, digest_of, is_sparing=True)

    def _note(
        self, path: str, told: Callable[[str, Look], bytes] | None, *, is_sparing: bool = False
    ) -> None:
        if not self.is_whole:
            return
        path = os.path.abspath(path)
        look = look_at(path)
        if look is _GONE:
            self.kinds[path] = kind_of(look)
        elif path not in self.seen:
            is_needed = not is_sparing or max(look[2:4]) >= self.started - GRAIN
            self.seen[path] = (look, told(path, look) if told is not None and is_needed else b"")

    def refuse(self) -> None:
        """Something counted that is not on record."""
        self.is_whole = False

    @property
    def seen_so_far(self) -> tuple[Any, ...]:
        """Plain values for `add`: how a process of its own says what it has looked at."""
        return (self.seen, self.kinds, self.is_whole)

    def add(self, other: Any) -> None:
        """What another process has looked at counts as well."""
        seen, kinds, is_whole = other
        for path, row in seen.items():
            known = self.seen.get(path)
            if known is None or not known[1]:
                self.seen[path] = row
            elif row[1] and row != known:
                self.is_whole = False
        for path, kind in kinds.items():
            self.is_whole &= self.kinds.setdefault(path, kind) == kind
        self.is_whole &= is_whole

    def see(self, path: str, look: Look, found: bytes) -> None:
        """A file was read, or a folder listed, which looked like that before; with the digest of what it held."""
        known = self.seen.get(path)
        if known is not None and known[1] and known != (look, found):
            self.is_whole = False  # it changed in the middle of the run
        self.seen[path] = (look, found)

    @property
    def steering(self) -> Steering:
        """What was looked at until now, but for what was given, and what tells of plugins."""
        left = self.light | self.given
        kinds = {path: kind for path, kind in self.kinds.items() if path not in left}
        return tuple(path for path in self.seen if path not in self.light), kinds

    def look_again(self, before: Before, steering: Steering) -> None:
        """All this counts as looked at: an earlier run has seen it, and it is as it was (`Before.vouches`)."""
        paths, kinds = steering
        seen, later = before.record[1], before.later
        for path in paths:
            look, found = seen[path]
            self.seen.setdefault(path, (later.get(path, look), found))
        self.kinds = {**kinds, **self.kinds}

    def since(self, before: Before) -> Any:
        """Plain values for `renewed`: what this run has seen otherwise, or beside, and what it has not seen again.

        None where it does not agree with what was seen before and has not changed.
        """
        _, seen, kinds, told_by = before.record
        changed = before.changed
        rows = {path: (look, seen[path][1]) for path, look in before.later.items()}
        for path, row in self.seen.items():
            if path in changed or path not in seen:
                rows[path] = row
                continue
            known = rows.get(path, seen[path])
            if row[1] and known != row:
                if known[1]:
                    return None
                rows[path] = row
        others: dict[str, Kind] = {}
        for path, kind in self.kinds.items():
            if path in seen and path not in changed:  # which tells more
                if kind != kind_of(seen[path][0]):
                    return None
            elif path in changed or (path not in kinds and path not in told_by):
                others[path] = kind
            elif kind != kinds.get(path, _MISSING):
                return None
        for folder in self._above((*rows, *others)):
            if folder not in rows and (folder in changed or (folder not in seen and folder not in kinds)):
                others.setdefault(folder, kind_of(look_at(folder)))
        gone = tuple(path for path in changed if path not in rows and path not in others)
        return (self.started, rows, others, gone) if self.is_whole else None

    @property
    def plain(self) -> Any:
        """Plain values for `Before`: when, what was seen, the kinds, and what is missing with the folder that tells."""
        listed = _listed(self.seen)
        kinds, told_by = dict(self.kinds), {}
        for path, kind in self.kinds.items():
            if kind == _MISSING and folder_of(path) in listed:
                told_by[path] = folder_of(path)
                del kinds[path]
        for folder in self._above((*self.seen, *kinds)):
            if folder not in self.seen:
                kinds.setdefault(folder, kind_of(look_at(folder)))
        for path in sorted(path for path, kind in kinds.items() if kind == _MISSING):  # folders come first
            above = folder_of(path)
            if above in told_by or kinds.get(above) == _MISSING:
                told_by[path] = above
        for path in told_by:
            kinds.pop(path, None)
        return self.started, self.seen, kinds, told_by

    @property
    def told_by_files(self) -> tuple[Any, ...]:
        """The files that were read until now with their digests, or how they look where none is known; no folders.

        What tells of plugins is not among them: where there is one, nothing is kept.
        """
        rows = ((path, *row) for path, row in self.seen.items() if path not in self.light)
        return tuple(sorted((path, found or look) for path, look, found in rows if not stat.S_ISDIR(look[0])))

    def _above(self, paths: Iterable[str]) -> set[str]:
        """The folders below the root in which something lies: none of them may become a link."""
        top = self.root.rstrip(os.sep) + os.sep
        found: set[str] = set()
        for folder in set(map(folder_of, paths)):
            while folder not in found and folder.startswith(top):
                found.add(folder)
                folder = folder_of(folder)
        return found


class Before:
    """What an earlier run had looked at (`Record.plain`), the name of its entry, and what of it is not as it was.

    `later` are the newer looks of what only looks otherwise.
    """

    __slots__ = ("changed", "later", "name", "record")

    def __init__(self, name: str, record: Any) -> None:
        self.name = name
        self.record = record
        started, seen, kinds, told_by = record
        otherwise = dict(_otherwise(started, seen))
        self.changed = changed = {path for path, look in otherwise.items() if look is None}
        self.later = {path: look for path, look in otherwise.items() if look is not None}
        changed.update(path for path, kind in kinds.items() if kind_of(look_at(path)) != kind)
        for path, above in told_by.items():
            if above in changed and look_at(path) != _GONE:
                changed.add(path)

    @property
    def has_other_names(self) -> bool:
        """Does any folder hold other names than it did?"""
        seen = self.record[1]
        return any(path in seen and stat.S_ISDIR(seen[path][0][0]) for path in self.changed)

    def vouches(self, steering: Steering) -> bool:
        """Had the earlier run looked at all of this, and is it as it was?"""
        paths, kinds = steering
        _, seen, others, told_by = self.record
        return (
            self.changed.isdisjoint(paths)
            and seen.keys() >= {*paths}
            and all(path in seen or path in others or path in told_by for path in kinds)
            and all(kind_of(look_at(path)) == kinds[path] for path in self.changed if path in kinds)
        )


def renewed(since: Any, before: Before) -> Any:
    """The same plain values where all is as it was (newer looks among them, where a digest had to tell); else None.

    They are what a later run has seen otherwise (`Record.since`).
    """
    started, rows, others, gone = since
    now = time_ns()
    is_known = before.changed <= {*rows, *others, *gone} if before.changed else True
    if not is_known or any(kind_of(look_at(path)) != kind for path, kind in others.items()):
        return None
    seen = before.record[1]
    newer = {path: (look, seen[path][1]) for path, look in before.later.items() if path not in rows}
    for path, look in _otherwise(started, rows):
        if look is None:
            return None
        newer[path] = (look, rows[path][1])
    return (now, {**rows, **newer}, others, gone) if newer else since


def merged(since: Any, before: Before) -> Any:
    """A record and what has changed since in one (`Record.plain`)."""
    started, rows, others, gone = since
    _, seen, kinds, told_by = before.record
    left = {*others, *rows, *gone}
    every = {**{path: row for path, row in seen.items() if path not in left}, **rows}
    listed = _listed(every)
    missing = ((path, folder_of(path)) for path, kind in others.items() if kind == _MISSING)
    told = {path: above for path, above in missing if above in listed}
    return (
        started,
        every,
        {
            **{path: kind for path, kind in kinds.items() if path not in left},
            **{path: kind for path, kind in others.items() if path not in told},
        },
        {**{path: above for path, above in told_by.items() if path not in left}, **told},
    )


def _listed(seen: Mapping[str, tuple[Look, bytes]]) -> set[str]:
    """The folders that tell of what is new in them."""
    return {path for path, (look, _) in seen.items() if _TELLS_OF_NEW and stat.S_ISDIR(look[0])}


def _otherwise(started: int, seen: Mapping[str, tuple[Look, bytes]]) -> Iterator[tuple[str, Look | None]]:
    """What its look alone does not vouch for: None where it has changed, else how it looks now."""
    racy = started - GRAIN
    lstat = os.lstat
    for path, (look, found) in seen.items():
        try:
            status = lstat(path)
        except (OSError, ValueError):
            yield path, None
            continue
        if (
            look[2] < racy
            and look[3] < racy
            and status.st_mtime_ns == look[2]
            and status.st_ino == look[5]
            and status.st_size == look[4]
            and status.st_mode == look[0]
            and status.st_ctime_ns == look[3]
            and not look[1]
        ):
            continue
        as_now = look_at(path)
        if as_now == look and max(look[2:4]) < racy:
            continue
        is_same = as_now[:2] == look[:2] and found and digest_of(path, as_now) == found
        yield path, as_now if is_same else None


def look_at(path: str) -> Look:
    """How a path looks; where it is a link, what lies at its end."""
    try:
        status = os.lstat(path)
        if not stat.S_ISLNK(status.st_mode):
            return look_of(status)
        there = os.path.realpath(path)
    except (OSError, ValueError, RecursionError):
        return _GONE
    try:
        return look_of(os.lstat(there), there)
    except (OSError, ValueError):
        return (0, there, 0, 0, 0, 0)


def look_of(status: os.stat_result, there: str = "") -> Look:
    return (
        status.st_mode,
        there,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_size,
        status.st_ino,
    )


def folder_of(path: str) -> str:
    """The folder of a whole path in its plain form; `os.path.dirname` takes ten times as long."""
    return path[: path.rfind(os.sep)] or os.sep


def kind_of(look: Look) -> Kind:
    return (stat.S_IFMT(look[0]), look[1])


def entries_in(path: str) -> list[tuple[str, bool, bool]]:
    """(name, is a folder, is a link) of everything in a folder, by name; a link is never a folder. Raises OSError."""
    with os.scandir(path) as entries:
        return sorted(map(_entry, entries))


def _entry(entry: os.DirEntry[str]) -> tuple[str, bool, bool]:
    is_link = entry.is_symlink()
    return entry.name, not is_link and entry.is_dir(follow_symlinks=False), is_link


def digest_of(path: str, look: Look) -> bytes:
    """The digest of what a file or folder holds now; nothing where it cannot be told."""
    try:
        if stat.S_ISDIR(look[0]):
            return digest_of_entries(entries_in(path))
        if not stat.S_ISREG(look[0]) or look[4] > _MOST:
            return b""
        with open(path, "rb") as file:
            return digest(file.read(_MOST + 1))
    except (OSError, ValueError):
        return b""


def digest_of_entries(entries: Iterable[tuple[str, bool, bool]]) -> bytes:
    """The digest of a folder, of what `entries_in` gives."""
    lines = (f"{'l' if is_link else 'd' if is_folder else '-'}{name}" for name, is_folder, is_link in entries)
    return digest("\0".join(lines).encode("utf-8", "surrogatepass"))


def digest(data: bytes) -> bytes:
    """16 bytes that tell contents apart (BLAKE2b)."""
    return blake2b(data, digest_size=16).digest()
