"""Work in a process of its own: started, its answer read, and ended, so that none is left behind whatever happens."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as signal
    from collections.abc import Callable
    from typing import Any
else:
    try:
        # What `signal` gives, without the 4 ms (measured) in which it makes enumerations of numbers.
        import _signal as signal
    except ImportError:
        import signal


def start(work: Callable[[], Any], keep: Callable[[int, int], None]) -> None:
    """Fork a process that writes what `work` returns, plain values, to a pipe; its exit code is 0 where it could.

    `keep` is given the number of the process and the end of the pipe to read from, before an interrupt can come
    between: it would leave a process of which nobody knows.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        reading, writing = os.pipe()
        process = os.fork()
        if not process:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            _work(work, writing)
        os.close(writing)
        keep(process, reading)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(work: Callable[[], Any], pipe: int) -> None:
    """Work and end, without anything that the parent would do at its end."""
    try:
        from marshal import dumps

        data = dumps(work())
        with open(pipe, "wb") as writer:
            writer.write(data)
    except BaseException:
        os._exit(1)
    os._exit(0)


def loaded(data: bytes, status: int) -> Any:
    """The answer that a process has written; None where it failed."""
    from marshal import loads

    if status != 0:
        return None
    try:
        return loads(data)
    except (EOFError, ValueError, TypeError):
        return None


def end(process: int) -> None:
    """End a process of ours, and wait until it has."""
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        return  # it had ended, and was waited for
