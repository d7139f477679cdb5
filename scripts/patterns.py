"""What the compiler of `re` makes of every pattern that the program holds, for `lading.regex`."""

from __future__ import annotations

import ast
import importlib
import marshal
import pkgutil
import re
from re import _compiler, _constants  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import lading

CALLS = ("compile", "findall", "finditer", "fullmatch", "match", "search", "split", "sub")


def asked() -> list[tuple[str, int]]:
    """Patterns with their flags: those that stand as a constant in a call, and those of the schemas' tables."""
    found: dict[tuple[str, int], None] = {}
    for info in sorted(pkgutil.walk_packages(lading.__path__, "lading."), key=lambda info: info.name):
        if info.name.startswith("lading.regex.") or info.name == "lading.__main__":
            continue
        module = importlib.import_module(info.name)
        if module.__file__ is None:
            continue
        if info.name.endswith("_shape") and info.name.startswith("lading.tables."):
            found |= dict.fromkeys((text, 0) for text in _of_schema(vars(module)))
        found |= dict.fromkeys(_of_module(module, module.__file__))
    return list(found | dict.fromkeys(_made()))


def _made() -> list[tuple[str, int]]:
    """Patterns that a run puts together or passes on."""
    from lading.models import worlds
    from lading.models.recognisers.builtin import RECOGNISERS
    from lading.models.recognisers.inputs import item_of
    from lading.models.recognisers.table import Recognisers
    from lading.tables.needs import COMMANDS

    plain = (*worlds.REF_MATTERS, *worlds.EVENT_MATTERS, *Recognisers(RECOGNISERS).hints)
    return [
        *((text, 0) for text in (*plain, *(form + r"\b" for form, _, _ in COMMANDS))),
        *((item_of(separators), int(re.DOTALL)) for separators in ("\n", "\n,")),
    ]


def _of_module(module: ModuleType, path: str) -> list[tuple[str, int]]:
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    rows = (_of_call(node, {**vars(module), "re": re}) for node in calls)
    return [row for row in rows if row is not None]


def _of_call(call: ast.Call, names: dict[str, Any]) -> tuple[str, int] | None:
    if ast.unparse(call.func).partition(".") not in {("re", ".", each) for each in CALLS}:
        return None
    name = ast.unparse(call.func).partition(".")[2]
    flags: list[ast.expr] = [each.value for each in call.keywords if each.arg == "flags"]
    flags += call.args[1:2] if name == "compile" else call.args[2:3] if name not in ("split", "sub") else []
    pattern = _value(call.args[0], names)
    flag = _value(flags[0], names) if flags else 0
    return (pattern, int(flag)) if isinstance(pattern, str) and isinstance(flag, int) else None


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    """What an expression over the names of a module gives; None where it needs more."""
    try:
        return eval(compile(ast.Expression(node), "<pattern>", "eval"), names)
    except Exception:
        return None


def _of_schema(value: Any) -> list[str]:
    if isinstance(value, dict):
        found = [value["pattern"]] if isinstance(value.get("pattern"), str) else []
        inner = value.get("patternProperties")
        found += list(inner) if isinstance(inner, dict) else []
        return found + [each for below in value.values() for each in _of_schema(below)]
    if isinstance(value, tuple):
        return [each for below in value for each in _of_schema(below)]
    return []


MOST_SIGNS = 16


def signs_of(parsed: Any) -> tuple[tuple[str, ...], bool]:
    """Texts of which every match holds one, and whether letters count as small ones there; none where there are too many.

    Only a choice, a group and a repeat that happens at least once are looked into: the rest of a pattern says nothing.
    """
    folded = [bool(parsed.state.flags & re.IGNORECASE)]
    found = _best(list(parsed), folded)
    if folded[0]:
        found = {sign.lower() for sign in found}
    usable = found and len(found) <= MOST_SIGNS and (not folded[0] or all(sign.isascii() for sign in found))
    return (tuple(sorted(found)), folded[0]) if usable else ((), False)


def _best(items: list[Any], folded: list[bool]) -> set[str]:
    """The most telling signs of a sequence; an empty set where there are none."""
    options = [{run} for run in _runs(items)]
    options += [signs for signs in (_inside(item, folded) for item in items) if signs]
    return max(options, key=_worth, default=set())


def _worth(signs: set[str]) -> tuple[float, list[str]]:
    """Long signs are seldom, many take long, and one letter stands nearly everywhere."""
    shortest = min(map(len, signs))
    return shortest - len(signs) / 2 - (5 if shortest == 1 else 0), sorted(signs)


def _runs(items: list[Any]) -> list[str]:
    """Letters that stand in a row."""
    runs = [""]
    for operation, argument in items:
        if operation is _constants.LITERAL:
            runs[-1] += chr(argument)
        else:
            runs.append("")
    return [run for run in runs if run]


def _inside(item: Any, folded: list[bool]) -> set[str]:
    operation, argument = item
    if operation is _constants.SUBPATTERN:
        _, added, _, inner = argument
        folded[0] = folded[0] or bool(added & re.IGNORECASE)
        return _best(list(inner), folded)
    if operation is _constants.BRANCH:
        branches = [_best(list(each), folded) for each in argument[1]]
        return set().union(*branches) if all(branches) else set()
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
        return _best(list(argument[2]), folded) if argument[0] else set()
    return _best(list(argument), folded) if operation is _constants.ATOMIC_GROUP else set()


def row_of(text: str, flags: int) -> tuple[Any, ...]:
    """What `re.compile` would hand to the engine."""
    parsed = re._parser.parse(text, flags)  # type: ignore[attr-defined]
    code = _compiler._code(parsed, flags)
    names: list[str | None] = [None] * parsed.state.groups
    for name, number in parsed.state.groupdict.items():
        names[number] = name
    large = [each for index, word in enumerate(code) if word > 255 for each in (index, int(word))]
    small = bytes(word if word <= 255 else 0 for word in code)
    groups = parsed.state.groups - 1
    return (flags | parsed.state.flags, small, tuple(large), groups, tuple(names), *signs_of(parsed))


def table() -> str:
    """The module for the engine of this interpreter."""
    rows = sorted((text, flags, marshal.dumps(row_of(text, flags), 2)) for text, flags in asked())
    return (
        '"""Patterns as the compiler of `re` leaves them. Generated by scripts/generate.py."""\n\n'
        "from __future__ import annotations\n\n"
        "ROWS: dict[str | tuple[str, int], bytes] = {\n"
        + "".join(f"    {(text, flags) if flags else text!r}: {row!r},\n" for text, flags, row in rows)
        + "}\n"
    )
