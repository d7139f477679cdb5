"""Validation of our own files against the schemas we ship; jsonschema is imported only here and only when asked."""

from __future__ import annotations

import os

from lading.tree import Mapping, Node, Sequence, resolve
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from lading.tree import Tree


class SchemaError:
    """What does not fit: a message, and the way to it as keys and indexes."""

    __slots__ = ("message", "way")

    def __init__(self, message: str, way: tuple[str | int, ...]) -> None:
        self.message = message
        self.way = way

    def place_in(self, tree: Tree) -> tuple[int, int]:
        """Line and column in the file that the value came from: of the key where there is one."""
        node: Node | None = tree.root
        at = node.start if node is not None else 0
        for step in self.way:
            if isinstance(node, Mapping) and isinstance(step, str):
                entry = node.entry(step)
                if entry is None:
                    break
                at, node = entry.start, resolve(entry.value)
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = resolve(node.items[step])
                at = node.start
            else:
                break
        return tree.source.place(at)


def schema_path(name: str) -> str:
    """Where a schema that we ship lies on disk."""
    from lading.schemas import __file__ as here

    return os.path.join(os.path.dirname(str(here)), f"{name}.schema.json")


def load_schema(name: str) -> dict[str, Any]:
    import json

    with open(schema_path(name), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


def first_error(name: str, value: Any) -> SchemaError | None:
    """The most telling thing in which a plain value does not fit the schema of that name, None where it fits."""
    return _first_error(load_schema(name), value)


def misfit(schema: dict[str, Any], value: Any) -> str | None:
    """In which a plain value does not fit any JSON Schema; None where it fits."""
    error = _first_error(schema, value)
    return error.message if error is not None else None


def broken_schema(schema: dict[str, Any]) -> str | None:
    """Why something is no JSON Schema, None where it is one."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError as Broken

    try:
        Draft202012Validator.check_schema(schema)
    except Broken as error:
        return str(error.message)
    return None


def _first_error(schema: dict[str, Any], value: Any) -> SchemaError | None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    errors = list(Draft202012Validator(schema).iter_errors(value))
    if not errors:
        return None
    slips = [error for error in _with_branches(errors) if _is_slip(error)]
    error = slips[0] if slips else _meant_branch(best_match(iter(errors)))
    way = tuple(error.absolute_path)
    where = ".".join(str(step) for step in way)
    message = error.message if len(error.message) < 300 else error.message[:300] + "…"
    stray = _stray_key(error)
    if stray is not None:
        way = (*way, stray)
        message += _meant(stray, error.schema)
    return SchemaError(f"`{where}`: {message}" if where else message, way)


def _with_branches(errors: Iterable[Any]) -> Iterator[Any]:
    """The errors, and those below each in the branches that it could not choose from."""
    for error in errors:
        yield error
        yield from _with_branches(error.context or ())


def _is_slip(error: Any) -> bool:
    """Is it a key that is nearly one of those that the schema knows?"""
    stray = _stray_key(error)
    return stray is not None and bool(_meant(stray, error.schema))


def _meant_branch(error: Any) -> Any:
    """Of several branches the errors of the one that takes a value of this kind, where only one does."""
    if error.validator not in ("oneOf", "anyOf"):
        return error
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [
        found for found in branches.values() if not any(e.validator == "type" and not e.path for e in found)
    ]
    return _meant_branch(fitting[0][0]) if len(fitting) == 1 else error


def _stray_key(error: Any) -> str | None:
    """The first key of a mapping that its schema does not know, where that is the error."""
    if error.validator != "additionalProperties" or error.validator_value is not False:
        return None
    known = error.schema.get("properties", {})
    return next((key for key in error.instance if key not in known), None)


def _meant(key: str, schema: Any) -> str:
    near = nearest(key, schema.get("properties", {}), 0.6)
    return f"; did you mean `{near}`?" if near is not None else ""
