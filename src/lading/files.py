"""All reading of the linted repository, in one place: what was read, missed and listed is on record.

Paths are posix and relative to the root. Nothing outside of the root is read, whatever links and `..` say; nothing but
regular files is opened, so that a pipe or a device cannot hold a run up.
"""

from __future__ import annotations

import os
import posixpath
import stat

from lading.record import Record, digest_of_entries, entries_in, folder_of, look_at, look_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.record import Look

    Listing = tuple[Look, bytes, tuple[tuple[str, bool, bool], ...]]
    """How the folder looked, the digest of the names, and what `entries` gives."""

MAX_SIZE = 16 * 1024 * 1024
"""Bytes of a file that is read; the largest Compose file or workflow known has 0.12 MB."""

_UNSEEN: Look = (stat.S_IFDIR, "", 0, 0, 0, 0)
"""The look of a folder, where nobody keeps it."""

_MAX_PATH = 4096
"""Characters of a path that is looked up, as PATH_MAX of Linux; a file that names a longer one costs nothing."""


_FOLDERS_ABOVE = 3
"""Folders of a path that are looked for among what is listed: `.github/workflows/ci.yml` has two."""


class Unreadable(Exception):
    """A file that is there, or should be, cannot be read; `reason` says why in plain words."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Files:
    """The files of a repository; `unsaved` holds texts that stand for those on disk, `absent` those passed over."""

    def __init__(
        self,
        root: str,
        unsaved: dict[str, bytes] | None = None,
        absent: frozenset[str] = frozenset(),
        record: Record | None = None,
    ) -> None:
        self._start(os.path.realpath(root), unsaved or {}, absent, record if record is not None else Record())

    def _start(self, root: str, unsaved: dict[str, bytes], absent: frozenset[str], record: Record) -> None:
        """`root` holds no links."""
        self.root = root
        self._prefix = root if root.endswith(os.sep) else root + os.sep
        self.record = record
        record.root = root
        self._unsaved = unsaved
        self._absent = absent
        self._sound_folders: dict[str, bool] = {root: True}
        self._places: dict[str, str] = {}
        self.listings: dict[str, Listing] = {}
        """What folders held, by whole path."""
        self.former: dict[str, tuple[Look, bytes]] = {}
        """Likewise in an earlier run: how the folder looked, and the rest packed (`packed_listing`)."""
        self._folders: set[str] = set()
        """What lies in those that is a folder and no link, its whole path without one; where no look is kept."""
        self._names: dict[str, frozenset[str]] = {}
        """What lies in those, in small letters: most files that are looked up are missing."""

    def overlay(self, path: str, data: bytes) -> Files:
        """The same files, one of them with another text."""
        return Files(self.root, {**self._unsaved, posixpath.normpath(path): data}, self._absent, self.record)

    def view(self) -> Files:
        """The same files, with a record of its own."""
        record = Record()
        record.started = self.record.started
        record.is_whole = self.record.is_whole
        other = Files.__new__(Files)
        other._start(self.root, self._unsaved, self._absent, record)
        other._sound_folders, other._places = self._sound_folders, self._places
        other.listings, other.former = self.listings, self.former
        other._folders, other._names = self._folders, self._names
        return other

    def read(self, path: str) -> bytes:
        """The bytes of a regular file. Raises `Unreadable`."""
        if self._is_unsaved(path):
            return self._unsaved[posixpath.normpath(path)]
        self.record.read.add(path)
        if self._is_absent(path):
            raise Unreadable(path, "there is no such file")
        own = self.place(path)
        status = self._plain_status(own)
        whole = own if status is not None else self.whole(path)
        if whole is None:
            self._note(path)
            is_long = len(path) > _MAX_PATH
            raise Unreadable(path, "its path is too long" if is_long else "it lies outside of the repository")
        try:
            data, look = _content(path, whole, status)
            if own != whole:  # a link
                look = look_at(own)
            self.record.file(own, look, data)
            return data
        except Unreadable:
            self._note(path)
            raise
        except UnicodeEncodeError as error:  # half a surrogate pair, which no name on disk holds
            self.record.missing.add(path)
            raise Unreadable(path, "there is no such file") from error
        except OSError as error:
            self._note(path)
            self.record.missing.add(path)
            raise Unreadable(path, _reason(error)) from error

    def is_file(self, path: str, *, as_listed: bool = False) -> bool:
        """Is there a regular file (or a link to one inside the repository)?

        `as_listed`: was there one when its folder was listed, if it was?
        """
        if self._is_unsaved(path):
            return True
        own = self.place(path) if as_listed else ""
        if own and self._misses(path, own):
            return False
        return self._is(path, stat.S_ISREG)

    def is_directory(self, path: str) -> bool:
        return self._is(path, stat.S_ISDIR) or any(True for _ in self._unsaved_in(path))

    def entries(self, path: str) -> tuple[tuple[str, bool, bool], ...]:
        """(name, is a folder, is a link) of everything in a folder, by name; a link is never a folder.

        Nothing for a folder that cannot be listed.
        """
        self.record.listed.add(path)
        entries = self._entries_on_disk(path)
        if not self._absent and not self._unsaved:
            return entries
        prefix = "" if path in ("", ".") else f"{path}/"
        found = {entry[0]: entry for entry in entries if not self._is_absent(prefix + entry[0])}
        for name, is_folder in self._unsaved_in(path):
            found.setdefault(name, (name, is_folder, False))
        return tuple(found[name] for name in sorted(found))

    def _entries_on_disk(self, path: str) -> tuple[tuple[str, bool, bool], ...]:
        own = self.place(path)
        listed = self.listings.get(own)
        if listed is not None:  # all of a run see a folder as it was at first
            look, digest, entries = listed
            self.record.see(own, look, digest)
            return entries
        if own and self._misses(path, own):
            return ()
        if own in self._folders and not self.record.is_whole:  # as most: nobody asks how it looks
            self._sound_folders[own] = True
            return self._listed_in(path, own, own, _UNSEEN)
        look = look_at(own)
        whole: str | None = own
        if own != self.root and stat.S_ISDIR(look[0]) and not look[1] and self._is_sound(folder_of(own)):
            self._sound_folders[own] = True  # as of most folders: the system is asked once
        elif own != self.root:
            whole = self.whole(path)
        if not whole:
            self._note(path)
            return ()
        former = self.former.get(own)
        if former is not None and former[0] == look:
            self.listings[own] = unpacked_listing(former)
            return self._entries_on_disk(path)
        return self._listed_in(path, own, whole, look)

    def _listed_in(self, path: str, own: str, whole: str, look: Look) -> tuple[tuple[str, bool, bool], ...]:
        """What the system says that a folder holds."""
        try:
            entries = tuple(entries_in(whole))
        except (OSError, UnicodeEncodeError):
            self.record.missing.add(path)
            self._note(path)
            return ()
        digest = b""
        if self.record.is_whole:
            digest = digest_of_entries(entries)
        elif whole == own:
            prefix = own if own.endswith(os.sep) else own + os.sep
            self._folders.update([prefix + name for name, is_folder, _ in entries if is_folder])
        self.record.see(own, look, digest)
        self.listings[own] = (look, digest, entries)
        return entries

    def _is_unsaved(self, path: str) -> bool:
        return bool(self._unsaved) and posixpath.normpath(path) in self._unsaved

    def _is_absent(self, path: str) -> bool:
        return bool(self._absent) and posixpath.normpath(path) in self._absent

    def _unsaved_in(self, path: str) -> list[tuple[str, bool]]:
        if not self._unsaved:
            return []
        normal = posixpath.normpath(path)
        prefix = "" if normal == "." else normal + "/"
        rests = [other[len(prefix) :] for other in self._unsaved if other.startswith(prefix)]
        return [(rest.partition("/")[0], "/" in rest) for rest in rests]

    def _is(self, path: str, kind: Callable[[int], bool]) -> bool:
        own = self.place(path)
        if own:
            self.record.kind(own)
        found = not self._is_absent(path) and kind(self._mode(path))
        (self.record.read if found else self.record.missing).add(path)
        return found

    def _misses(self, path: str, own: str) -> bool:
        """Is it known that nothing lies there? That goes on record."""
        if not self._is_missing(own):
            return False
        self.record.miss(own)
        self.record.missing.add(path)
        return True

    def _is_missing(self, whole: str) -> bool:
        """Is it known from what its folder held that there is nothing, whatever the file system takes for equal?

        Or from what the folder of that held, where it is missing itself.
        """
        for _ in range(_FOLDERS_ABOVE):
            folder = folder_of(whole)
            names = self._names.get(folder)
            if names is None and folder in self.listings:
                names = frozenset(name.lower() for name, _, _ in self.listings[folder][2])
                self._names[folder] = names
            if names is not None:
                name = whole[whole.rfind(os.sep) + 1 :]
                return name.isascii() and name.lower() not in names
            if not folder.startswith(self._prefix):
                return False
            whole = folder
        return False

    def _mode(self, path: str) -> int:
        """The mode of what lies at a path inside the root, links followed; 0 where there is nothing."""
        whole = self.place(path)
        try:
            if whole and whole != self.root and self._is_sound(folder_of(whole)):
                status = os.lstat(whole)
                if not stat.S_ISLNK(status.st_mode):  # as most: the system is asked once
                    return status.st_mode
            real = self.whole(path)
            return os.stat(real).st_mode if real is not None else 0
        except (OSError, ValueError):
            return 0

    def _plain_status(self, whole: str) -> os.stat_result | None:
        """How a place below the root looks to which no link leads; None for any other, and where nothing is."""
        if not whole or whole == self.root or not self._is_sound(folder_of(whole)):
            return None
        try:
            status = os.lstat(whole)
        except (OSError, ValueError):
            return None
        return None if stat.S_ISLNK(status.st_mode) else status

    def _note(self, path: str) -> None:
        """Put on record that something could not be read."""
        own = self.place(path)
        if own:
            self.record.note(own, is_read=False)

    def place(self, path: str) -> str:
        """Where a path would lie on disk, links not followed; empty where that is not below the root."""
        found = self._places.get(path)
        if found is None:
            found = self._places[path] = self._place(path)
        return found

    def _place(self, path: str) -> str:
        if (
            path.startswith("/")
            or "\0" in path
            or len(path) > _MAX_PATH
            or (os.sep == "\\" and (":" in path or "\\" in path))
        ):
            return ""
        if path in ("", "."):
            return self.root
        parts = f"/{path}/"
        if os.sep == "/" and "//" not in parts and "/./" not in parts and "/../" not in parts:
            return self._prefix + path  # as of most: nothing to take out
        normal = os.path.normpath(path)
        if normal == os.pardir or normal.startswith(os.pardir + os.sep):
            return ""
        if normal == os.curdir:
            return self.root
        return os.path.join(self.root, normal)

    def whole(self, path: str) -> str | None:
        """Where a path lies on disk, links followed; None where it leads out of the root."""
        whole = self.place(path)
        if not whole or whole == self.root:
            return whole or None
        if self._is_sound(folder_of(whole)) and not os.path.islink(whole):
            return whole
        real = _real(whole)
        return real if real == self.root or real.startswith(self.root.rstrip(os.sep) + os.sep) else None

    def _is_sound(self, folder: str) -> bool:
        """Is no part of a folder's path below the root a link?"""
        waiting: list[str] = []
        while folder not in self._sound_folders:
            waiting.append(folder)
            folder = os.path.dirname(folder)
        is_sound = self._sound_folders[folder]
        for below in reversed(waiting):
            is_sound = is_sound and not os.path.islink(below)
            self._sound_folders[below] = is_sound
        return is_sound


def packed_listing(listing: Listing) -> tuple[Look, bytes]:
    """For `Files.former`."""
    from marshal import dumps

    return listing[0], dumps(listing[1:])


def unpacked_listing(former: tuple[Look, bytes]) -> Listing:
    """What was packed."""
    from marshal import loads

    look, rest = former
    digest, entries = loads(rest)
    return look, digest, entries


def _real(whole: str) -> str:
    """Where links lead; the path itself where they lead on and on, which the system refuses to open."""
    try:
        return os.path.realpath(whole)
    except (OSError, RecursionError, ValueError):
        return whole


def read_regular(path: str) -> bytes:
    """The bytes of a regular file of bounded size anywhere on disk. Raises `Unreadable` and OSError."""
    return _content(path, _real(path))[0]


def is_within(folder: str, path: str) -> bool:
    """Does a path on disk lie in a folder, links followed?"""
    return _real(path).startswith(_real(folder).rstrip(os.sep) + os.sep)


_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_NOFOLLOW", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)


def leads_out(folder: str, path: str) -> bool:
    """Does a path on disk go into a folder, which holds no links itself, and out of it again by a link?"""
    whole = os.path.abspath(path)
    above = os.path.dirname(whole)
    while _real(above) != folder:
        if above == os.path.dirname(above):
            return False
        above = os.path.dirname(above)
    return not is_within(folder, whole)


def _content(path: str, whole: str, known: os.stat_result | None = None) -> tuple[bytes, Look]:
    """Read a regular file of bounded size, and how it looked before; `whole` holds no links; `known` is its status.

    Raises `Unreadable` and OSError.

    Asked before it is opened, since opening a device or the end of a pipe does something; and after, since another
    may stand there by then.
    """
    _refuse_odd(path, known or os.stat(whole))
    descriptor = os.open(whole, _FLAGS)
    try:
        status = os.fstat(descriptor)
        _refuse_odd(path, status)
        # A byte more than there should be: what is shorter has come to its end, and need not be asked again.
        parts = [os.read(descriptor, status.st_size + 1)]
        if len(parts[0]) == status.st_size:
            return parts[0], look_of(status)
        left = MAX_SIZE + 1 - len(parts[0])
        while left > 0:
            part = os.read(descriptor, min(left, 1024 * 1024))
            if not part:
                return b"".join(parts), look_of(status)
            parts.append(part)
            left -= len(part)
        raise Unreadable(path, f"it is larger than {MAX_SIZE // 1024 // 1024} MiB")
    finally:
        os.close(descriptor)


def _refuse_odd(path: str, status: os.stat_result) -> None:
    """Raises `Unreadable` for all but regular files of bounded size."""
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable(path, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(path, "it is no regular file")
    if status.st_size > MAX_SIZE:
        raise Unreadable(path, f"it is larger than {MAX_SIZE // 1024 // 1024} MiB")


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "permission is denied"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    return (error.strerror or type(error).__name__).lower()
