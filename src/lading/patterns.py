"""Regular expressions that others write: which of them could run for minutes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_FEW_ROUNDS = 8
"""A repeat of at most so many rounds is no long one."""
_LONGEST_PATTERN = 200
_MOST_STEPS = 10_000_000


def unsafe_pattern(pattern: str) -> str | None:
    """Why a regular expression is refused: it is none, or a text could make it run for minutes.

    Refused are repeats and ambiguous choices inside repeats, more than three unbounded repeats, and back references;
    what is left needs at most the third power of the text's length in steps.
    """
    import re
    import warnings

    try:
        from re import _parser as parser  # type: ignore[attr-defined]

        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # `[[` is to mean something else one day
            tree = parser.parse(pattern)
    except FutureWarning as warning:
        return f"it is not clear what is meant: {str(warning)[:1].lower()}{str(warning)[1:]}"
    except (re.error, RecursionError, OverflowError) as error:
        return f"not a regular expression: {error}"
    if _has_back_reference(tree):
        return "back references are not supported"
    unbounded, nested = _repeats(tree, 0)
    if nested:
        return "a repeat inside a repeat is not supported"
    if _is_ambiguous(tree, is_repeated=False):
        return "a choice inside a repeat is not supported unless each alternative begins with another letter"
    if unbounded > 3:
        return "more than three unbounded repeats are not supported"
    return None


def _repeats(tree: Any, depth: int) -> tuple[int, bool]:
    count, nested = 0, False
    for operation, argument in tree:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            is_long = argument[1] > _FEW_ROUNDS
            nested = nested or (is_long and depth > 0)
            inner, deeper = _repeats(argument[2], depth + is_long)
            count, nested = count + is_long + inner, nested or deeper
            continue
        for part in _sub_patterns(argument):
            inner, deeper = _repeats(part, depth)
            count, nested = count + inner, nested or deeper
    return count, nested


def is_quick(pattern: str, text: str) -> bool:
    """Is a pattern that nobody has read safe to search the text with: at most some 10 million steps?"""
    if len(pattern) > _LONGEST_PATTERN or unsafe_pattern(pattern) is not None:
        return False
    from re import _parser as parser  # type: ignore[attr-defined]

    unbounded, _ = _repeats(parser.parse(pattern), 0)
    steps: int = (len(text) + 1) ** (unbounded + 1)
    return steps <= _MOST_STEPS


def _is_ambiguous(tree: Any, *, is_repeated: bool) -> bool:
    """Can one text be read in several ways within a repeat? Their number would double with each round."""
    for operation, argument in tree:
        name = str(operation)
        if "REPEAT" in name:
            is_open = is_repeated and argument[0] != argument[1]
            if is_open or _is_ambiguous(argument[2], is_repeated=is_repeated or argument[1] > _FEW_ROUNDS):
                return True
            continue
        if name == "BRANCH" and is_repeated and not _begin_apart(argument[1]):
            return True
        if any(_is_ambiguous(part, is_repeated=is_repeated) for part in _sub_patterns(argument)):
            return True
    return False


def _begin_apart(branches: Any) -> bool:
    """Does each alternative begin with a letter of its own?"""
    begins = [branch[0] if len(branch) else None for branch in branches]
    letters = {begin[1] for begin in begins if begin is not None and str(begin[0]) == "LITERAL"}
    return len(letters) == len(begins)


def _has_back_reference(tree: Any) -> bool:
    for operation, argument in tree:
        if str(operation) in ("GROUPREF", "GROUPREF_EXISTS"):
            return True
        parts = argument[2:] if "REPEAT" in str(operation) else _sub_patterns(argument)
        if any(_has_back_reference(part) for part in parts):
            return True
    return False


def _sub_patterns(argument: Any) -> Iterator[Any]:
    """The patterns inside a parsed operation: of groups, branches and look-arounds."""
    from re import _parser as parser  # type: ignore[attr-defined]

    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for part in argument:
            yield from _sub_patterns(part)
