"""Patterns as .gitignore has them, written by others: those that pathspec does not take, or could take minutes for."""

from __future__ import annotations

from lading import regex as re
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec import GitIgnoreSpec

_MAX_STARS = 4
_MAX_LENGTH = 4_096
"""Characters, as PATH_MAX of Linux: no path is longer, so that no longer pattern without stars could match one."""
_SPREAD = re.compile(r"\*\*/|/\*\*$")


def spec_of(lines: Iterable[str]) -> GitIgnoreSpec:
    """The patterns for pathspec, without those that git does not understand either (`foo\\`, `[z-a]`)."""
    import warnings

    from pathspec import GitIgnoreSpec

    quick = [line for line in lines if is_quick(line)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of `re`, about `[[:alpha:]]`
        try:
            return GitIgnoreSpec.from_lines(quick)
        except (ValueError, re.error):
            return GitIgnoreSpec.from_lines([line for line in quick if is_pattern(line)])


def is_quick(line: str) -> bool:
    """Can a pattern be matched in bounded time? Each star in a row with others tries every length of the rest."""
    rest, folders = _SPREAD.subn("", line.strip())
    return folders <= _MAX_STARS and rest.count("*") <= _MAX_STARS and len(line) <= _MAX_LENGTH


def is_pattern(line: str) -> bool:
    """Does pathspec take it?"""
    import warnings

    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error):
            return False
    return True


def refuse_odd(where: str, patterns: Iterable[str]) -> None:
    """Raises `Problem` for a pattern of the configuration that is none, or could take minutes."""
    for pattern in patterns:
        shown = pattern if len(pattern) <= 100 else f"{pattern[:99]}…"
        if not is_quick(pattern):
            raise Problem(
                f"{where}: `{shown}` is no pattern that is quickly matched: at most {_MAX_STARS} `*` and "
                f"{_MAX_STARS} `**/`, in at most {_MAX_LENGTH:,} characters"
            )
        is_doubtful = "[" in pattern or "\\" in pattern or not pattern.strip("!/* ")
        if is_doubtful and not is_pattern(pattern):  # not asked about every one, for the price of pathspec
            raise Problem(f"{where}: `{shown}` is not a pattern as .gitignore has them")
