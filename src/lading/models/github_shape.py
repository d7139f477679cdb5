"""What does not fit in a workflow or an action: the schemas of ours, read with GitHub's eyes.

How GitHub looks at a value: actions/runner:src/Sdk/WorkflowParser/ObjectTemplating/TemplateReader.cs at 258d6c8.
"""

from __future__ import annotations

from lading.models.fits import tables
from lading.models.github_forms import FORMS
from lading.models.workflow import scalar_value
from lading.shape import INVALID_VALUE, MISSING_KEY, RECENT_KEY, UNKNOWN_TEXT, Misfit, Shape
from lading.tree import Alias, Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from lading.source import Located
    from lading.tree import Node

_MAX_ALIASES = 10_000
"""Aliases that are followed in one file: many can stand for one long list."""


DUPLICATE_KEY = "duplicate-key"


def misfits_of(node: Node, kind: str) -> tuple[Misfit, ...]:
    """All in which a file's root does not fit; `kind` is "workflow" or "action"."""
    root, definitions = tables(kind)
    found = (*Shape(root, definitions, _View()).misfits(node), *_twins(node), *_expressions(node, kind))
    return tuple(misfit for misfit in found if not _is_idle(misfit))


def _is_idle(misfit: Misfit) -> bool:
    """Keys that are new are fine here; where an expression makes keys, none is missing for certain."""
    if misfit.kind == MISSING_KEY and isinstance(misfit.value, Mapping):
        return any("${{" in (entry.name or "") for entry in misfit.value)
    return misfit.kind == RECENT_KEY


def _twins(root: Node) -> Iterator[Misfit]:
    """Names in one mapping that are equal but for capitals, which GitHub takes for the same."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Sequence):
            waiting += reversed(node.items)
        elif isinstance(node, Mapping):
            waiting += [entry.value for entry in reversed(node.entries)]
            first: dict[str, str] = {}
            for entry in node:
                name = entry.name or ""
                other = first.setdefault(name.lower(), name)
                if other != name:
                    message = (
                        f"`{name}` is already defined as `{other}`: GitHub does not tell capitals apart here"
                    )
                    yield Misfit(DUPLICATE_KEY, entry, (name,), message, entry.value)


_KEYS_OF_JOB = ("with", "secrets", "outputs")


def _expressions(root: Node, kind: str) -> Iterator[Misfit]:
    """Expressions in the place of keys, where GitHub evaluates none."""
    jobs = root.get("jobs") if isinstance(root, Mapping) and kind == "workflow" else None
    bodies = [resolve(entry.value) for entry in jobs] if isinstance(jobs, Mapping) else []
    inner = [body.get(name) for body in bodies if isinstance(body, Mapping) for name in _KEYS_OF_JOB]
    steps = [body.get("steps") for body in bodies if isinstance(body, Mapping)]
    items = [resolve(item) for each in steps if isinstance(each, Sequence) for item in each]
    for node in (root, jobs, *bodies, *inner, *items):
        for entry in node if isinstance(node, Mapping) else ():
            name = entry.name or ""
            if "${{" in name:
                message = f"`{name}` stands in the place of a key, where GitHub evaluates no expression"
                yield Misfit(INVALID_VALUE, entry, ("jobs", name), message, entry.value)


class _View:
    """How GitHub looks at a tree."""

    __slots__ = ("_left",)

    reader = "GitHub"

    def __init__(self) -> None:
        self._left = _MAX_ALIASES

    def _behind(self, node: Node) -> Node:
        """What an alias stands for; the alias itself where there are too many."""
        while isinstance(node, Alias) and self._left > 0:
            self._left -= 1
            node = node.target
        return node

    def kind(self, value: Any) -> str:
        node = self._behind(value)
        return "object" if isinstance(node, Mapping) else "array" if isinstance(node, Sequence) else "scalar"

    def scalar(self, value: Any) -> Any:
        node = self._behind(value)
        if not isinstance(node, Scalar) or "${{" in node.text:
            return UNKNOWN_TEXT
        typed = scalar_value(node)
        return int(typed) if isinstance(typed, float) and typed.is_integer() else typed

    def entries(self, value: Any) -> Iterable[tuple[str, Located, Any]]:
        node = self._behind(value)
        assert isinstance(node, Mapping)
        named = ((entry.name, entry) for entry in node)
        return [(name, entry, entry.value) for name, entry in named if name is not None and "${{" not in name]

    def items(self, value: Any) -> Any:
        node = self._behind(value)
        assert isinstance(node, Sequence)
        return node.items

    def place(self, value: Any) -> Located:
        node = self._behind(value)
        if node is value and isinstance(node, Mapping) and node.entries and not node.flow:
            return node.entries[0]
        located: Located = value
        return located

    def lacking(self, value: Node, key: Located | None) -> Located:
        return self.place(value)

    def form(self, form: str, value: Any) -> str | None:
        node = self._behind(value)
        return FORMS[form](node) if isinstance(node, Scalar) else None
