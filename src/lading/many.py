"""Many repositories in one run: which lie below a folder, and the work for each in a process of its own.

A process for each repository keeps the memory flat, since it takes its models with it when it ends; it uses every
processor; and whatever happens to it (a crash of a compiled parser, no memory left) happens to one repository only.
"""

from __future__ import annotations

import os
import sys

from lading.discover import VENDORED
from lading.problems import Problem
from lading.processes import end, loaded, start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import Any

MAX_DEPTH = 6
"""Folders between the one that is given and a repository."""
_AHEAD = 64
"""Repositories that are checked while the report of an earlier one is waited for."""


def repositories_in(folder: str) -> tuple[str, ...]:
    """The repositories below a folder: relative posix paths, sorted.

    A repository has a `.git`; a direct sub-folder in which there is none counts as one itself. Links are not followed,
    and nothing is looked for inside of a repository. Raises `Problem` where there are none.
    """
    try:
        names = sorted(_folders(folder))
    except OSError as error:
        raise Problem(
            f"--repositories {folder}: {(error.strerror or 'it cannot be read').lower()}"
        ) from error
    found = [path for name in names for path in (tuple(_marked(folder, name)) or (name,))]
    if not found:
        raise Problem(f"--repositories {folder}: there is no repository below it")
    return tuple(found)


def _folders(folder: str) -> Iterator[str]:
    with os.scandir(folder) as listing:
        for entry in listing:
            if entry.name not in VENDORED and entry.is_dir(follow_symlinks=False):
                yield entry.name


def _marked(top: str, path: str) -> Iterator[str]:
    """The folders with a `.git`, at a path and below."""
    whole = os.path.join(top, path)
    if os.path.lexists(os.path.join(whole, ".git")):
        yield path
        return
    if path.count("/") + 1 >= MAX_DEPTH:
        return
    try:
        names = sorted(_folders(whole))
    except OSError:
        return
    for name in names:
        yield from _marked(top, f"{path}/{name}")


class Ended:
    """A process that ended without an answer; `how` says in words how it did."""

    __slots__ = ("how",)

    def __init__(self, status: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        self.how = f"signal {-code}" if code < 0 else f"exit code {code}"


class _Child:
    """A process that works on a number, and what it has written so far."""

    __slots__ = ("data", "number", "process")

    def __init__(self, number: int, process: int) -> None:
        self.number = number
        self.process = process
        self.data = bytearray()


def spread(work: Callable[[int], Any], count: int, processes: int) -> Generator[Any, None, None]:
    """The answers to the numbers below `count`, in order; plain values that `marshal` takes, or an `Ended`.

    Where processes are not cheap to start (other systems than Linux), the work is done here, one after another. The
    processes are ended with the generator: close it.
    """
    if sys.platform != "linux":
        import gc

        for number in range(count):
            yield work(number)
            gc.collect()  # it is off while a repository is checked
        return
    yield from _Spread(work, count, processes).answers()


class _Spread:
    """The processes that run, and the answers whose turn has not come."""

    def __init__(self, work: Callable[[int], Any], count: int, processes: int) -> None:
        import select

        self._work = work
        self._count = count
        self._processes = processes
        self._poll = select.poll()
        self._running: dict[int, _Child] = {}
        self._done: dict[int, Any] = {}
        self._started = 0

    def answers(self) -> Iterator[Any]:
        try:
            for turn in range(self._count):
                while turn not in self._done:
                    self._start(turn)
                    for pipe, _ in self._poll.poll():
                        self._read(pipe)
                yield self._done.pop(turn)
        finally:
            for pipe, child in self._running.items():
                end(child.process)
                os.close(pipe)

    def _start(self, turn: int) -> None:
        last = min(self._count, turn + _AHEAD)
        while self._started < last and len(self._running) < self._processes:
            number = self._started
            self._started += 1
            start(lambda: self._work(number), self._keep)  # noqa: B023 -- forked before the next round

    def _keep(self, process: int, pipe: int) -> None:
        self._running[pipe] = _Child(self._started - 1, process)
        self._poll.register(pipe)

    def _read(self, pipe: int) -> None:
        part = os.read(pipe, 1 << 20)
        child = self._running[pipe]
        if part:
            child.data += part
            return
        self._poll.unregister(pipe)
        os.close(pipe)
        del self._running[pipe]
        _, status = os.waitpid(child.process, 0)
        answer = loaded(bytes(child.data), status)
        self._done[child.number] = Ended(status) if answer is None else answer


def processes() -> int:
    """How many can work at once."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return 1


def preload() -> None:
    """Load what a check may need, once, before there are processes that would each load it for themselves."""
    from importlib import import_module
    from pkgutil import walk_packages

    import lading.checks
    import lading.models
    from lading.models.shell import Scripts
    from lading.parse import Reader
    from lading.source import Source

    for package in (lading.checks, lading.models):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    Reader().read(Source("", ""))
    Scripts().follow("true", (), {})
