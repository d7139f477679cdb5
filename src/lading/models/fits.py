"""Does a workflow or an action fit its schema? The quick way, which says yes or no.

Nearly every file fits. What `Shape` says over the same table in 0.39 ms for a file, this says in 0.04 ms
(measured over 400 real files): each part of the schema becomes a function of a node, made when it is first needed.
Where it says no, `github_shape` finds out what is wrong; a test shows that the two agree.
"""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
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
    Tests = dict[type[Node], Test]
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
    """The tests of one schema: for each kind of node a function, or `_yes` where every node of that kind fits.

    A function is given nodes of its kind only, and does not ask again: that would cost a tenth of the whole.
    """

    __slots__ = ("_definitions", "_of_definition", "_root", "_schema", "_seen")

    def __init__(self, kind: str) -> None:
        self._schema, self._definitions = tables(kind)
        self._of_definition: dict[str, Tests] = {}
        self._root: Tests | None = None
        self._seen: set[tuple[int, int]] = set()

    def __call__(self, root: Node) -> bool:
        if self._root is None:
            self._root = self._tests(self._schema)
        self._seen.clear()
        test = self._root.get(type(root))
        return test is not None and test(root)

    def _tests(self, schema: Schema) -> Tests:
        name = schema.get("$ref")
        if name is None:
            return self._made(schema)
        found = self._of_definition.get(name)
        if found is None:
            found = self._of_definition[name] = self._tests(self._definitions[name])
        return found

    def _made(self, schema: Schema) -> Tests:
        branches = [self._resolved(branch) for branch in schema.get("oneOf", (schema,))]
        tests: Tests = {}
        mappings = []
        for branch in branches:
            types = _types(branch)
            if not types:
                return _ANYTHING
            if "object" in types:
                mappings.append(branch)
            if "array" in types:
                tests[Sequence] = self._array(branch)
            if types - {"object", "array"}:
                tests[Scalar] = self._scalar(branch, types)
        if mappings:
            tests[Mapping] = self._object(mappings[0]) if len(mappings) == 1 else self._object_of(mappings)
        tests[Alias] = self._alias(tests)
        return tests

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"]]
        return schema

    def _alias(self, tests: Tests) -> Test:
        """What an alias stands for is looked at once by the same tests: aliases can repeat it without end."""

        def is_alias(node: Node) -> bool:
            node = resolve(node)
            place = (id(node), id(tests))
            if place in self._seen:
                return True
            self._seen.add(place)
            test = tests.get(type(node))
            return test is not None and test(node)

        return is_alias

    def _object_of(self, branches: list[Schema]) -> Test:
        """A mapping with the keys of one branch: the first key that only one of them has says which."""
        names = [name for branch in branches for name in branch["properties"]]
        deciding: dict[str, Test] = {}
        for branch in branches:
            test = self._object(branch)
            deciding.update((name, test) for name in branch["properties"] if names.count(name) == 1)

        def of_one(node: Any) -> bool:
            for name in node.names or node.named:
                if name in deciding:
                    return deciding[name](node)
            return False

        return of_one

    def _object(self, schema: Schema) -> Test:
        by_name: dict[str, Tests] = {}
        of_texts: dict[str, Test | None] = {}
        """Of values that are texts, as most are; None where every text fits."""
        find = self._finder(schema)
        required = schema.get("required", ())
        is_open = schema.get("additionalProperties", True) is not False or "patternProperties" in schema

        def is_object(node: Any) -> bool:
            for entry in node.entries:
                key, value = entry.key, entry.value
                name = key.text if type(key) is Scalar else entry.name or ""
                kind = type(value)
                if kind is Scalar and name in of_texts:
                    test = of_texts[name]
                    if test is not None and not test(value):
                        return False
                    continue
                tests = by_name.get(name)
                if tests is None:
                    tests = by_name[name] = find(name)
                test = tests.get(kind)
                if kind is Scalar:
                    of_texts[name] = None if test is _yes else test or _no
                if test is None or not test(value):
                    return False
            if required:
                names = node.names or node.named
                for name in required:
                    if name not in names:
                        return False
            return not is_open or len(node.entries) < 2 or not _has_twins(node)

        return is_object

    def _finder(self, schema: Schema) -> Callable[[str], Tests]:
        """What finds the tests of a value by its key."""
        properties = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        others = schema.get("additionalProperties", True)

        def find(name: str) -> Tests:
            below = properties.get(name)
            if below is None:
                below = next(
                    (found for pattern, found in patterns.items() if re.search(pattern, name)), others
                )
            if below is False or "${{" in name:
                return _NOTHING
            return _ANYTHING if below is True else self._tests(below)

        return find

    def _array(self, schema: Schema) -> Test:
        least = schema.get("minItems", 0)
        inner: Schema = schema.get("items", {})
        tests: Tests | None = None if inner else _ANYTHING

        def is_array(node: Any) -> bool:
            nonlocal tests
            if tests is None:
                tests = self._tests(inner)
            for item in node.items:
                test = tests.get(type(item))
                if test is not _yes and (test is None or not test(item)):
                    return False
            return bool(len(node.items) >= least)

        return is_array

    def _scalar(self, schema: Schema, types: frozenset[str]) -> Test:
        allowed = schema.get("enum")
        least = schema.get("minLength", 0)
        form = schema.get("x-form")
        fault = FORMS[form] if form is not None else None
        is_literal = schema.get("x-literal", False)
        if types >= _EVERY and allowed is None and fault is None and not least and not is_literal:
            return _yes
        takes_expression = "string" in types and not is_literal
        fitting: set[str] = set()
        """Short texts without quotes and tag that were found to fit: the names of actions and the like come again."""

        def is_scalar(node: Any) -> bool:
            text = node.text
            if text in fitting and node.style == PLAIN and node.tag is None:
                return True
            fits = is_new(node, text)
            if fits and len(text) <= _SHORT and node.style == PLAIN and node.tag is None:
                fitting.add(text)
            return fits

        def is_new(node: Any, text: str) -> bool:
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


def _yes(node: Node) -> bool:
    return True


def _no(node: Node) -> bool:
    return False


_SHORT = 100
_NOTHING: Tests = {}
_ANYTHING: Tests = {Scalar: _yes, Sequence: _yes, Mapping: _yes, Alias: _yes}
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


def _has_twins(node: Mapping) -> bool:
    """Are two of the names equal but for capitals?"""
    entries = node.entries
    if node.names is not None and len(node.names) == len(entries):
        together = "".join(node.names)
        if together == together.lower():
            return False
    names = {each.key.text.lower() if type(each.key) is Scalar else each.name for each in entries}
    return len(names) < len(entries)


@remembered(8)
def fits_of(kind: str) -> Fits:
    """The tests of a kind of file, made once."""
    return Fits(kind)
