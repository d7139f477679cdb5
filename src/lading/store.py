"""Where results are kept between runs: a folder of the user's, in files that nobody else can have written.

Each entry begins with a digest keyed by a secret that lies in another folder than the entries (as state, not cache): a
cache that was restored from elsewhere, shared, or tampered with is not believed, whatever digest it carries. What
comes after is plain values in Python's `marshal` form, read only once the digest holds; nothing of it is ever run. What
few will read stands behind, with a digest of its own. An entry is written beside its place and moved there, so that
runs at the same time, a crash or a full disk leave a whole one or none. Whatever cannot be read or written counts as
not there: a cache is never a reason for a run to fail.

Folders: XDG Base Directory Specification; Apple's File System Programming Guide; Microsoft's known folders.
"""

from __future__ import annotations

import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

FOLDER_VARIABLE = "LADING_CACHE_DIR"
OFF_VARIABLE = "LADING_NO_CACHE"
_DIGEST = 32
"""Bytes of the digest, and of the secret."""
_HEADER = _DIGEST + 8
"""Bytes before the values: their digest, and how many bytes they have."""
_AT_ONCE = 1 << 16
"""Bytes that are read at first: of a usual repository, all."""
_BEHIND = "/"
"""Makes of the name of an entry, which has no such letter, that of the values behind it."""
_SUFFIX = ".run"
MOST_ENTRIES = 1_000
MOST_BYTES = 256 * 1024 * 1024
_LARGEST = 64 * 1024 * 1024
"""Bytes of one entry."""


class Store:
    """The entries of one user, by name: letters and digits."""

    def __init__(self, folder: str, secret_path: str) -> None:
        self.folder = folder
        self._secret_path = secret_path

    def read(self, name: str) -> Any:
        """The plain values of an entry; None where there is none to be believed."""
        found = self.entry(name)
        return found[0] if found is not None else None

    def entry(self, name: str) -> tuple[Any, Callable[[], Any]] | None:
        """Likewise, and what reads the values that were written behind them: None where they are not to be believed."""
        secret = self._secret(makes=False)
        start = _stretch(self._path(name), 0, _AT_ONCE) if secret is not None else b""
        if secret is None or len(start) < _HEADER:
            return None

        from marshal import loads

        def between(first: int, last: int, told: bytes, name_of: str) -> Any:
            is_there = last <= len(start)
            data = start[first:last] if is_there else _stretch(self._path(name), first, last - first)
            if len(data) != last - first or not _equal(told, _signed(secret, name_of, data)):
                raise ValueError(name)
            return loads(data)

        end = _HEADER + int.from_bytes(start[_DIGEST:_HEADER], "little")
        try:
            value, size, told = between(_HEADER, end, start[:_DIGEST], name)
        except (EOFError, ValueError, TypeError):
            return None

        def behind() -> Any:
            try:
                return between(end, end + size, told, name + _BEHIND)
            except (EOFError, ValueError, TypeError):
                return None

        return value, behind

    def write(self, name: str, value: Any, behind: Any = None) -> bool:
        """Keep plain values, and others `behind` them that few will read; false where that cannot be done."""
        from marshal import dumps

        try:
            rest = dumps(behind) if behind is not None else b""
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            secret = self._secret(makes=True)
            if secret is None:
                return False
            body = dumps((value, len(rest), _signed(secret, name + _BEHIND, rest)))
            if len(body) + len(rest) > _LARGEST:
                return False
            head = _signed(secret, name, body) + len(body).to_bytes(_HEADER - _DIGEST, "little")
            _put(self._path(name), head, body, rest)
            self._make_room()
        except (OSError, ValueError):
            return False
        return True

    def forget(self, name: str) -> None:
        """Remove an entry, if it is there."""
        try:
            os.unlink(self._path(name))
        except OSError:
            return

    def lies_in(self, root: str) -> bool:
        """Would it, or its secret, lie in a repository that is looked at?"""
        top = root.rstrip(os.sep) + os.sep
        folders = (self.folder, os.path.dirname(self._secret_path))
        return any((os.path.realpath(folder) + os.sep).startswith(top) for folder in folders)

    def entries(self) -> list[tuple[str, os.stat_result]]:
        """Path and status of every entry, and of what runs that were ended have left; the oldest first."""
        try:
            with os.scandir(self.folder) as found:
                mine = [entry for entry in found if _is_ours(entry.name)]
            rows = [(entry.path, entry.stat(follow_symlinks=False)) for entry in mine]
        except OSError:
            return []
        return sorted(rows, key=lambda row: row[1].st_mtime_ns)

    def clear(self) -> tuple[int, int]:
        """Remove every entry: how many there were, and their bytes. Raises OSError."""
        count = size = 0
        for path, status in self.entries():
            try:
                os.unlink(path)
            except FileNotFoundError:
                continue
            count, size = count + 1, size + status.st_size
        return count, size

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name + _SUFFIX)

    def _make_room(self) -> None:
        """Remove the oldest entries where there are too many, or where they are too large together."""
        rows = self.entries()
        size = sum(status.st_size for _, status in rows)
        count = len(rows)
        for path, status in rows:
            if count <= MOST_ENTRIES and size <= MOST_BYTES:
                return
            os.unlink(path)
            count, size = count - 1, size - status.st_size

    def _secret(self, *, makes: bool) -> bytes | None:
        """The secret of this user; None where there is none, or one that others may have written."""
        found = _private(self._secret_path)
        if found is None and makes and not os.path.lexists(self._secret_path):
            os.makedirs(os.path.dirname(self._secret_path), mode=0o700, exist_ok=True)
            _put(self._secret_path, os.urandom(_DIGEST))
            found = _private(self._secret_path)
        return found


def store_of(environment: Mapping[str, str]) -> Store | None:
    """The store of the user; None where it is turned off, or the user has no home."""
    folders = _folders(environment) if not environment.get(OFF_VARIABLE) else None
    if folders is None:
        return None
    cache, state = folders
    return Store(cache, os.path.join(state, "secret"))


def _folders(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Where entries and the secret lie; None where the user has no home."""
    given = os.path.abspath(environment[FOLDER_VARIABLE]) if environment.get(FOLDER_VARIABLE) else ""
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA", "")
        cache, state = os.path.join(local, "lading", "Cache"), os.path.join(local, "lading", "State")
        home = local
    else:
        home = environment.get("HOME", "")
        if sys.platform == "darwin":
            cache = os.path.join(home, "Library", "Caches", "lading")
            state = os.path.join(home, "Library", "Application Support", "lading")
        else:
            cache = os.path.join(_xdg(environment, "XDG_CACHE_HOME", home, ".cache"), "lading")
            state = os.path.join(_xdg(environment, "XDG_STATE_HOME", home, ".local/state"), "lading")
    if not os.path.isabs(home):
        return None
    return given or cache, state


def _xdg(environment: Mapping[str, str], name: str, home: str, default: str) -> str:
    """A base folder; a relative one is to be passed over (XDG)."""
    stated = environment.get(name, "")
    return stated if os.path.isabs(stated) else os.path.join(home, default)


def _private(path: str) -> bytes | None:
    """The secret in a file that only its owner, we, can read and write."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    if os.name == "posix" and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
        return None
    data = _stretch(path, 0, _DIGEST + 1)
    return data if len(data) == _DIGEST else None


def _stretch(path: str, start: int, most: int) -> bytes:
    """Some bytes of a regular file of bounded size, as far as it goes; nothing where it is none."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        return b""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST + _HEADER:
            return b""
        if start:
            os.lseek(descriptor, start, os.SEEK_SET)
        return os.read(descriptor, min(most, max(status.st_size - start, 0)))
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _put(path: str, *parts: bytes) -> None:
    """Write a file beside its place and move it there. Raises OSError."""
    draft = f"{path}.{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(draft, flags, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.writelines(parts)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _is_ours(name: str) -> bool:
    return name.endswith(_SUFFIX) or (name.endswith(".tmp") and _SUFFIX in name)


def _signed(secret: bytes, name: str, body: bytes | memoryview) -> bytes:
    """The digest of an entry under its name (keyed BLAKE2b, RFC 7693)."""
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b

    keyed = blake2b(name.encode() + b"\0", digest_size=_DIGEST, key=secret)
    keyed.update(body)
    return keyed.digest()


def _equal(one: bytes, other: bytes) -> bool:
    try:
        from _operator import _compare_digest as equal
    except ImportError:
        return one == other
    return bool(equal(one, other))
