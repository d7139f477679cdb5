"""The short way: plain `lading check …` without importing click, 20 ms saved (measured).

The table is generated from click's own definition, so the two cannot differ; whatever is not plain (help, a mistake,
another command) is left to click. A test compares both over many command lines.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def short_way(arguments: list[str]) -> dict[str, Any] | None:
    """The options of `check`, or None where click has to look at it."""
    if not arguments or arguments[0] != "check":
        return None
    from lading.tables.options import DEFAULTS, OPTIONS

    values: dict[str, Any] = dict(DEFAULTS)
    paths: list[str] = []
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "-" or not argument.startswith("-"):
            paths.append(argument)
            continue
        name, equals, value = argument.partition("=")
        known = OPTIONS.get(name)
        if known is None:
            return None
        parameter, takes_value, is_multiple, choices = known
        if not takes_value:
            if equals:
                return None
            values[parameter] = True
            continue
        text: str | None = value if equals else next(rest, None)
        if text is None or (choices and text not in choices) or (not equals and text.startswith("-")):
            return None
        values[parameter] = (*values[parameter], text) if is_multiple else text
    values["paths"] = tuple(paths)
    return values
