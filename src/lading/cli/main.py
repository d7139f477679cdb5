"""Where the program starts and ends: the exit code, and one clear line whatever goes wrong."""

from __future__ import annotations

import gc
import os
import sys

from lading.byte_code import use_byte_code
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `lading` with the arguments of the process; returns the exit code.

    0 nothing at or above `--fail-on`, 1 findings, 2 the work could not be done, 130 interrupted.
    """
    # Trees stay alive to the end of the run: collecting would look at every node again and again (5 times slower).
    gc.disable()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _finished(_run(given))
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return _closed_output()
    except Problem as problem:
        _say(str(problem))
        return FAILED
    except Exception as error:
        if os.environ.get("LADING_DEBUG"):
            raise
        _say(f"internal error: {type(error).__name__}: {error} (LADING_DEBUG=1 shows where)")
        return FAILED


def program() -> None:
    """The console script. Ends at once: taking every tree apart first costs a sixth of a run (measured)."""
    use_byte_code(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or FAILED  # what could not be written has been said, where that could be
    os._exit(code)


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        from lading.version import __version__

        sys.stdout.write(f"lading {__version__}\n")
        return CLEAN
    from lading.cli.short import short_way

    options = short_way(arguments)
    if options is not None:
        from lading.cli.check import run_check

        return run_check(**options)
    from lading.cli.app import run_app

    return run_app(arguments)


def _finished(code: int) -> int:
    sys.stdout.flush()
    return code


def _closed_output() -> int:
    """The reader of our output has gone (`| head`): end quietly, and keep the interpreter from flushing again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _say(message: str) -> None:
    from lading.reports.display import harmless

    print(f"lading: {harmless(' '.join(message.split()))}", file=sys.stderr)
