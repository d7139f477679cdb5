"""Regular expressions as `re` gives them, compiled beforehand.

`re` and its compiler are Python code: importing them and compiling the seventy patterns of a small run takes 10 ms of
35 (measured on CPython 3.11). So `scripts/generate.py` writes down what the compiler makes of every pattern that the
program holds, one table for each version of the engine (`_sre.MAGIC`), and `_sre` takes it from there. A pattern that
no table has, and another version of the engine, go to `re` itself. A test shows that the tables say what `re` says.

With each pattern stand its signs: words of which every match holds one. Looking for them takes nanoseconds where trying
the pattern at every letter takes a hundred times as long; a text without any is not searched (a third of the time of
1,500 workflows, measured). So a pattern that many texts are put to is better given to the functions here than compiled.

Modules write `from lading import regex as re` and use it as they would `re`.
"""

from __future__ import annotations

import sys
from marshal import loads

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

    Key = str | tuple[str, int]
    Row = tuple[int, bytes, tuple[int, ...], int, tuple[str | None, ...], tuple[str, ...], bool]

__all__ = [
    "DOTALL", "IGNORECASE", "MULTILINE", "VERBOSE", "Match", "Pattern", "compile", "error", "escape", "findall",
    "finditer", "fullmatch", "match", "search", "split", "sub",
]  # fmt: skip


def rows_of(engine: int) -> dict[Key, bytes]:
    """The table for a version of the engine, empty where there is none.

    A row stands under its pattern, with its flags where there are any, and is read (`row_of`) when it is asked for: a
    run needs a tenth of them.
    """
    try:
        rows: dict[Key, bytes] = __import__(f"lading.regex.engine_{engine}", fromlist=["ROWS"]).ROWS
    except ImportError:
        return {}
    return rows


def row_of(stored: bytes) -> Row:
    """A row: flags with those in the pattern, code as bytes, places and values of the code that are no byte, number of
    groups, names of groups, signs, and whether these count in small letters.
    """
    row: Row = loads(stored)
    return row


def pattern_of(text: str, row: Row) -> Pattern[str]:
    """A row of a table as the pattern that `re.compile` gives."""
    flags, small, large, groups, names, _, _ = row
    code = list(small)
    for index in range(0, len(large), 2):
        code[large[index]] = large[index + 1]
    numbers = {name: number for number, name in enumerate(names) if name is not None}
    pattern: Pattern[str] = _engine().compile(text, flags, code, groups, numbers, names)
    return pattern


def _engine() -> Any:
    return __import__("_sre")


def _table() -> dict[Key, bytes]:
    """What is known for this interpreter; words of the code are laid out as the processor does."""
    if sys.implementation.name != "cpython" or sys.byteorder != "little" or _engine().CODESIZE != 4:
        return {}
    return rows_of(_engine().MAGIC)


_rows = _table()
_OF_PATTERN = (
    "findall", "finditer", "flags", "fullmatch", "groupindex", "groups", "match", "pattern", "scanner", "search",
    "split", "sub", "subn",
)  # fmt: skip
_ready: dict[tuple[str, int], tuple[Pattern[str], tuple[str, ...], bool]] = {}
"""The patterns of the table that were asked for, with their signs; no more than it has rows."""


def _made(pattern: Any, flags: int) -> tuple[Pattern[Any], tuple[str, ...], bool]:
    stored = _rows.get((pattern, flags) if flags else pattern)
    if stored is None:
        import re

        return re.compile(pattern, flags), (), False
    row = row_of(stored)
    found = _ready[pattern, flags] = pattern_of(pattern, row), row[5], row[6]
    return found


def _compiled(pattern: Any, flags: int = 0) -> Pattern[Any]:
    return (_ready.get((pattern, flags)) or _made(pattern, flags))[0]


def _for(pattern: Any, flags: int, text: str) -> Pattern[Any] | None:
    """The pattern for a text; None where a sign that every match holds is not in it."""
    compiled, signs, is_folded = _ready.get((pattern, flags)) or _made(pattern, flags)
    if not signs:
        return compiled
    if is_folded:
        if not text.isascii():  # `ſ` is found as an `s`, and no small letter of it
            return compiled
        text = text.lower()
    for sign in signs:
        if sign in text:
            return compiled
    return None


if not TYPE_CHECKING:
    IGNORECASE, MULTILINE, DOTALL, VERBOSE = 2, 8, 16, 64

    def compile(pattern, flags=0):
        if (pattern, flags) in _ready or ((pattern, flags) if flags else pattern) not in _rows:
            return _compiled(pattern, flags)
        later = Later()
        later.asked = pattern, flags
        return later

    class Later:
        """A pattern of the table that is made when something is asked of it, and from then on has what a pattern has.

        Modules name sixty patterns that a small run never tries, 6 µs each (measured).
        """

        def __getattr__(self, name):
            made = _compiled(*self.asked)
            self.__class__ = Made
            for each in _OF_PATTERN:
                setattr(self, each, getattr(made, each))
            return getattr(made, name)

    class Made:
        """A pattern that was asked."""

    def search(pattern, string, flags=0):
        compiled = _for(pattern, flags, string)
        return None if compiled is None else compiled.search(string)

    def match(pattern, string, flags=0):
        return _compiled(pattern, flags).match(string)

    def fullmatch(pattern, string, flags=0):
        return _compiled(pattern, flags).fullmatch(string)

    def finditer(pattern, string, flags=0):
        compiled = _for(pattern, flags, string)
        return iter(()) if compiled is None else compiled.finditer(string)

    def findall(pattern, string, flags=0):
        compiled = _for(pattern, flags, string)
        return [] if compiled is None else compiled.findall(string)

    def split(pattern, string, maxsplit=0, flags=0):
        return _compiled(pattern, flags).split(string, maxsplit)

    def sub(pattern, repl, string, count=0, flags=0):
        compiled = _for(pattern, flags, string)
        return string if compiled is None else compiled.sub(repl, string, count)

    def __getattr__(name):
        """`Match`, `Pattern`, `escape` and `error`, of which a plain run needs none."""
        return getattr(__import__("re"), name)
