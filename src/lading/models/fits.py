"""Does a workflow or an action fit its schema? The quick way, which says yes or no.

Nearly every file fits. What `Shape` says over the same table in 1.4 ms for a file of 60 lines, this says in 0.05 ms
(measured): each part of the schema becomes a function of a node, made when it is first needed. Where it says no,
`github_shape` finds out what is wrong; a test shows that the two agree.
"""

from __future__ import annotations

import re

from lading.models.github_forms import FORMS
from lading.models.workflow import scalar_value
from lading.tree import PLAIN, Alias, Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as Map
    from typing import Any

    from lading.tree import Node

    Test = Callable[[Node], bool]
    Schema = Map[str, Any]


def tables(kind: str) -> tuple[Schema, Map[str, Schema]]:
    """Root and definitions of the schema of a "workflow" or "action".

    What `permissions` holds is left out: `models.permissions` reads it.
    """
    if kind == "workflow":
        from lading.tables.workflow_shape import DEFINITIONS, ROOT
    else:
        from lading.tables.action_shape import DEFINITIONS, ROOT
    return ROOT, {**DEFINITIONS, "permissions": {}}


class Fits:
    """The tests of one schema."""

    __slots__ = ("_definitions", "_of_definition", "_root", "_schema", "_seen")

    def __init__(self, kind: str) -> None:
        self._schema, self._definitions = tables(kind)
        self._of_definition: dict[str, Test] = {}
        self._root: Test | None = None
        self._seen: set[tuple[int, int]] = set()

    def __call__(self, root: Node) -> bool:
        if self._root is None:
            self._root = self._test(self._schema)
        self._seen.clear()
        return self._root(root)

    def _test(self, schema: Schema) -> Test:
        """The test that a schema asks for; the node that it is given can be an alias."""
        name = schema.get("$ref")
        if name is not None:
            found = self._of_definition.get(name)
            if found is None:
                found = self._of_definition[name] = self._test(self._definitions[name])
            return found
        if "oneOf" in schema:
            return self._one_of([self._resolved(branch) for branch in schema["oneOf"]])
        types = _types(schema)
        if not types:
            return _anything
        by_kind = {
            Scalar: self._scalar(schema, types) if types - {"object", "array"} else _nothing,
            Mapping: self._object(schema) if "object" in types else _nothing,
            Sequence: self._array(schema) if "array" in types else _nothing,
        }
        if by_kind[Scalar] is _anything and by_kind[Mapping] is by_kind[Sequence] is _nothing:
            return _is_scalar
        return self._by_kind(by_kind)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"]]
        return schema

    def _by_kind(self, by_kind: dict[type[Node], Test]) -> Test:
        def test(node: Node) -> bool:
            if type(node) is Alias:
                return self._behind(node, test)
            return by_kind[type(node)](node)

        return test

    def _behind(self, node: Node, test: Test) -> bool:
        """What an alias stands for, looked at once by each test."""
        while isinstance(node, Alias):
            node = node.target
        place = (id(node), id(test))
        if place in self._seen:
            return True
        self._seen.add(place)
        return test(node)

    def _one_of(self, branches: list[Schema]) -> Test:
        mappings = [branch for branch in branches if "object" in _types(branch)]
        by_kind: dict[type[Node], Test] = {Scalar: _nothing, Mapping: _nothing, Sequence: _nothing}
        for branch in branches:
            types = _types(branch)
            if "array" in types:
                by_kind[Sequence] = self._array(branch)
            if types - {"object", "array"}:
                by_kind[Scalar] = self._scalar(branch, types)
        if len(mappings) == 1:
            by_kind[Mapping] = self._object(mappings[0])
        elif mappings:
            by_kind[Mapping] = self._object_of(mappings)
        return self._by_kind(by_kind)

    def _object_of(self, branches: list[Schema]) -> Test:
        """A mapping with the keys of one branch: the first key that only one of them has says which."""
        names = [name for branch in branches for name in branch["properties"]]
        deciding: dict[str, Test] = {}
        for branch in branches:
            test = self._object(branch)
            deciding.update((name, test) for name in branch["properties"] if names.count(name) == 1)

        def of_one(node: Node) -> bool:
            assert isinstance(node, Mapping)
            for entry in node.entries:
                found = deciding.get(entry.name or "")
                if found is not None:
                    return found(node)
            return False

        return of_one

    def _object(self, schema: Schema) -> Test:
        tests: dict[str, Test] = {}
        find = self._finder(schema)
        required = schema.get("required", ())
        is_open = schema.get("additionalProperties", True) is not False or "patternProperties" in schema

        def is_object(node: Node) -> bool:
            assert isinstance(node, Mapping)
            for entry in node.entries:
                key = entry.key
                name = key.text if type(key) is Scalar else entry.name or ""
                test = tests.get(name)
                if test is None:
                    test = tests[name] = find(name)
                if test is _is_scalar:
                    if type(entry.value) is not Scalar and not test(entry.value):
                        return False
                elif not test(entry.value):
                    return False
            for name in required:
                if node.entry(name) is None:
                    return False
            return not is_open or len(node.entries) < 2 or not has_twins(node)

        return is_object

    def _finder(self, schema: Schema) -> Callable[[str], Test]:
        """What finds the test of a value by its key."""
        properties = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        others = schema.get("additionalProperties", True)

        def find(name: str) -> Test:
            if "${{" in name:
                return _nothing
            below = properties.get(name)
            if below is None:
                below = next(
                    (found for pattern, found in patterns.items() if re.search(pattern, name)), others
                )
            return _nothing if below is False else _anything if below is True else self._test(below)

        return find

    def _array(self, schema: Schema) -> Test:
        least = schema.get("minItems", 0)
        inner: Schema = schema.get("items", {})
        test: Test | None = None if inner else _anything

        def is_array(node: Node) -> bool:
            nonlocal test
            assert isinstance(node, Sequence)
            if len(node.items) < least:
                return False
            if test is None:
                test = self._test(inner)
            return all(map(test, node.items))

        return is_array

    def _scalar(self, schema: Schema, types: frozenset[str]) -> Test:
        allowed = schema.get("enum")
        least = schema.get("minLength", 0)
        form = schema.get("x-form")
        fault = FORMS[form] if form is not None else None
        takes_expression = "string" in types and not schema.get("x-literal")
        if (
            allowed is None
            and not least
            and fault is None
            and not schema.get("x-literal")
            and types >= _EVERY
        ):
            return _anything

        def is_scalar(node: Node) -> bool:
            assert isinstance(node, Scalar)
            text = node.text
            if "${{" in text:
                return takes_expression
            is_text = node.tag is None and (
                node.style != PLAIN or (text[:1] not in _DOUBTFUL and text not in _WORDS)
            )
            value: object = text if is_text else scalar_value(node)
            if _name_of(value) not in types or (allowed is not None and value not in allowed):
                return False
            return len(text) >= least and (fault is None or fault(node) is None)

        return is_scalar


_EVERY = frozenset(("string", "number", "boolean", "null"))
_DOUBTFUL = frozenset(("", *"0123456789+-.~"))
"""What numbers and nulls can begin with."""
_WORDS = frozenset(("true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL"))


def _name_of(value: object) -> str:
    if isinstance(value, str):
        return "string"
    return "null" if value is None else "boolean" if isinstance(value, bool) else "number"


def _types(schema: Schema) -> frozenset[str]:
    types = schema.get("type", ())
    return frozenset((types,) if isinstance(types, str) else types)


def _anything(node: Node) -> bool:
    return True


def _nothing(node: Node) -> bool:
    return False


def _is_scalar(node: Node) -> bool:
    return type(resolve(node)) is Scalar


def has_twins(node: Mapping) -> bool:
    """Are two of its names equal but for capitals?"""
    names = {(entry.name or "").lower() for entry in node.entries}
    return len(names) < len(node.entries)
