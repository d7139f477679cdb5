"""`functools.lru_cache` without `functools`, which loads `collections`: 9 million instructions of 120 in a small run.

What remembers is the same compiled object (CPython only; elsewhere it is `functools` that gives it). A test shows that
both remember alike.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import lru_cache as remembered
else:

    def remembered(size: int) -> Callable[[Callable], Callable]:
        """A decorator: the last `size` results of a function are kept by their arguments."""
        try:
            from _functools import _lru_cache_wrapper
        except ImportError:
            from functools import lru_cache

            return lru_cache(size)

        return lambda function: _lru_cache_wrapper(function, size, False, lambda *numbers: numbers)


_LARGE = 8 * 1024 * 1024


def hold_memory() -> None:
    """From here on, memory for large values is used again when these are gone.

    glibc takes what is larger than 128 KiB from the system and gives it back at once, until something larger has been
    given back (mallopt(3), M_MMAP_THRESHOLD): an eighth of the pages of a run after an edit were new ones for that
    reason (measured). Nothing is written here, so that no page is taken; elsewhere it does nothing.
    """
    bytes(_LARGE)


__all__ = ["hold_memory", "remembered"]
