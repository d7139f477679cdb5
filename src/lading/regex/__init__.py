"""Regular expressions as `re` gives them, compiled beforehand.

`re` and its compiler are Python code: importing them and compiling the seventy patterns of a small run takes 10 ms of
35 (measured on CPython 3.11). So `scripts/generate.py` writes down what the compiler makes of every pattern that the
program holds, one table for each version of the engine (`_sre.MAGIC`), and `_sre` takes it from there. A pattern that
no table has, and another version of the engine, go to `re` itself. A test shows that the tables say what `re` says.

Modules write `from lading import regex as re` and use it as they would `re`.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import (
        DOTALL,
        IGNORECASE,
        MULTILINE,
        VERBOSE,
        Match,
        Pattern,
        compile,
        error,
        escape,
        findall,
        finditer,
        fullmatch,
        match,
        search,
        split,
        sub,
    )
    from typing import Any

    Row = tuple[str, int, int, bytes, tuple[int, ...], int, tuple[str | None, ...]]

__all__ = [
    "DOTALL", "IGNORECASE", "MULTILINE", "VERBOSE", "Match", "Pattern", "compile", "error", "escape", "findall",
    "finditer", "fullmatch", "match", "search", "split", "sub",
]  # fmt: skip


def rows_of(engine: int) -> tuple[Row, ...]:
    """The table for a version of the engine, empty where there is none.

    A row: pattern, flags, flags with those in the pattern, code as bytes, places and values of the code that are no
    byte, number of groups, names of groups.
    """
    try:
        return tuple(__import__(f"lading.regex.engine_{engine}", fromlist=["ROWS"]).ROWS)
    except ImportError:
        return ()


def pattern_of(row: Row) -> Pattern[str]:
    """A row of a table as the pattern that `re.compile` gives."""
    text, _, flags, small, large, groups, names = row
    code = list(small)
    for index in range(0, len(large), 2):
        code[large[index]] = large[index + 1]
    numbers = {name: number for number, name in enumerate(names) if name is not None}
    pattern: Pattern[str] = _engine().compile(text, flags, code, groups, numbers, names)
    return pattern


def _engine() -> Any:
    return __import__("_sre")


def _table() -> dict[tuple[str, int], Row]:
    """What is known for this interpreter; words of the code are laid out as the processor does."""
    if sys.implementation.name != "cpython" or sys.byteorder != "little" or _engine().CODESIZE != 4:
        return {}
    return {(row[0], row[1]): row for row in rows_of(_engine().MAGIC)}


_rows = _table()
_ready: dict[tuple[str, int], Pattern[str]] = {}
"""The patterns of the table that were asked for; no more than it has rows."""


def _compiled(pattern: Any, flags: int = 0) -> Pattern[Any]:
    found = _ready.get((pattern, flags))
    if found is not None:
        return found
    row = _rows.get((pattern, flags))
    if row is None:
        import re

        return re.compile(pattern, flags)
    _ready[pattern, flags] = made = pattern_of(row)
    return made


if not TYPE_CHECKING:
    IGNORECASE, MULTILINE, DOTALL, VERBOSE = 2, 8, 16, 64
    compile = _compiled

    def search(pattern, string, flags=0):
        return _compiled(pattern, flags).search(string)

    def match(pattern, string, flags=0):
        return _compiled(pattern, flags).match(string)

    def fullmatch(pattern, string, flags=0):
        return _compiled(pattern, flags).fullmatch(string)

    def finditer(pattern, string, flags=0):
        return _compiled(pattern, flags).finditer(string)

    def findall(pattern, string, flags=0):
        return _compiled(pattern, flags).findall(string)

    def split(pattern, string, maxsplit=0, flags=0):
        return _compiled(pattern, flags).split(string, maxsplit)

    def sub(pattern, repl, string, count=0, flags=0):
        return _compiled(pattern, flags).sub(repl, string, count)

    def __getattr__(name):
        """`Match`, `Pattern`, `escape` and `error`, of which a plain run needs none."""
        return getattr(__import__("re"), name)
