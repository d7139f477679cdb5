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


__all__ = ["remembered"]
