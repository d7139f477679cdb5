"""Work in a process of its own that says what it knows, hears what others know, and goes on with it."""

from __future__ import annotations

import os

from lading.processes import end, signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    Say = Callable[[Any], None]
    Hear = Callable[[], Any]

_FAILURES = (EOFError, ValueError, TypeError, OSError)
_MOST = 1024 * 1024


class Talk:
    """A process of ours, seen from here. What it says and hears are plain values."""

    __slots__ = ("_number", "_reading", "_writing")

    def __init__(self, number: int, reading: int, writing: int) -> None:
        self._number = number
        self._reading = reading
        self._writing = writing

    def hear(self) -> Any:
        """What it says next; None where it failed."""
        try:
            return _heard(self._reading)
        except _FAILURES:
            return None

    def tell(self, value: Any) -> None:
        """Answer it. One that has ended does not hear it, and says no more."""
        try:
            _say(self._writing, value)
        except OSError:
            return

    def end(self) -> None:
        """End it where it still works, and wait until it has ended."""
        os.close(self._reading)
        os.close(self._writing)
        end(self._number)


class Queue:
    """Numbers that several processes take one by one: they lie in a pipe, which each reads from.

    It is made before the processes are, and filled when it is known with what. They wait until then.
    """

    _SIZE = 2
    """Bytes of a number; reading so few cannot be torn apart."""
    MOST = 30_000
    """What a pipe holds without anybody reading (Linux: 64 kB)."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        # Files, since these may be closed twice: an interrupt can come when one has been.
        self._reading = open(reading, "rb", buffering=0)  # noqa: SIM115
        self._writing = open(writing, "wb", buffering=0)  # noqa: SIM115

    def fill(self, numbers: Sequence[int]) -> None:
        """Say all numbers there are; to be called once, by the process that has made it.

        Raises `ValueError` for more than it holds, or a number that is larger.
        """
        if len(numbers) > self.MOST or max(numbers, default=0) > self.MOST:
            raise ValueError(f"more than {self.MOST} numbers")
        self._writing.write(b"".join(number.to_bytes(self._SIZE, "little") for number in numbers))
        self._writing.close()

    def take_only(self) -> None:
        """In another process than that which fills it, before anything is taken: all must let go of that end."""
        self._writing.close()

    def __iter__(self) -> Iterator[int]:
        while data := self._reading.read(self._SIZE):
            yield int.from_bytes(data, "little")

    def close(self) -> None:
        """Take no more."""
        self._reading.close()
        self._writing.close()


def talk(work: Callable[[Say, Hear], Any], keep: Callable[[Talk], None]) -> None:
    """Fork a process that works; `work` is given a function that says a value, and one that hears one.

    What it returns is said at the end. `keep` is given the process before an interrupt can come between: it would
    leave a process of which nobody knows.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        from_it, its_writing = os.pipe()
        its_reading, to_it = os.pipe()
        process = os.fork()
        if not process:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            os.close(from_it)
            os.close(to_it)
            _work(work, its_reading, its_writing)
        os.close(its_writing)
        os.close(its_reading)
        keep(Talk(process, from_it, to_it))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(work: Callable[[Say, Hear], Any], reading: int, writing: int) -> None:
    """Work and end, without anything that the parent would do at its end."""
    try:
        _say(writing, work(lambda value: _say(writing, value), lambda: _heard(reading)))
    except BaseException:
        os._exit(1)
    os._exit(0)


def _say(pipe: int, value: Any) -> None:
    """Its length, and the value."""
    from marshal import dumps

    data = dumps(value)
    left = memoryview(len(data).to_bytes(8, "little") + data)
    while left:
        left = left[os.write(pipe, left) :]


def _heard(pipe: int) -> Any:
    from marshal import loads

    return loads(_bytes(pipe, int.from_bytes(_bytes(pipe, 8), "little")))


def _bytes(pipe: int, length: int) -> bytes:
    parts = []
    while length > 0:
        part = os.read(pipe, min(length, _MOST))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
