"""Compose values with their provenance: aliases and merge keys expanded, texts interpolated on demand."""

from __future__ import annotations

from lading.models.compose.interpolation import interpolate
from lading.models.compose.scalars import is_merge_key, misread, typed
from lading.models.template import Hole, Template
from lading.tree import NULLS, Alias, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.models.compose.interpolation import Environment
    from lading.source import Located
    from lading.tree import Tree

MAX_VISITS = 100_000
"""Nodes that one file may expand to; compose-go gives up at the same number (`loader/reset.go`)."""
MAX_DEPTH = 200

RESET = "reset"
OVERRIDE = "override"
_TAGS = {"!reset": RESET, "!override": OVERRIDE}


class Step:
    """A turn on the way from the place where a value is written to where it counts.

    `kind` is one of "alias", "merge key", "extends", "include", "override file"; `at` the place of the turn.
    """

    __slots__ = ("at", "kind")

    def __init__(self, kind: str, at: Located) -> None:
        self.kind = kind
        self.at = at

    def __repr__(self) -> str:
        return f"Step({self.kind!r}, {self.at!r})"


class Origin:
    """What a value's text depends on beyond itself.

    `folder` is the folder (relative to the repository root, "" for the root) against which its paths resolve,
    `project` that of the project it counts for: of an included one its own, of a file that is extended not its own.
    """

    __slots__ = ("environment", "folder", "project", "via")

    def __init__(
        self, environment: Environment, folder: str, via: tuple[Step, ...] = (), project: str | None = None
    ) -> None:
        self.environment = environment
        self.folder = folder
        self.project = folder if project is None else project
        self.via = via

    def through(self, kind: str, at: Located) -> Origin:
        return Origin(self.environment, self.folder, (*self.via, Step(kind, at)), self.project)


class Value:
    """A value: its node (aliases followed), where it comes from, and its tag `reset` or `override` if any."""

    __slots__ = ("node", "origin", "tag")

    def __init__(self, node: Node, origin: Origin, tag: str | None = None) -> None:
        self.node = node
        self.origin = origin
        self.tag = tag

    @property
    def via(self) -> tuple[Step, ...]:
        return self.origin.via

    @property
    def is_null(self) -> bool:
        return False


class Text(Value):
    """A scalar, interpolated. `made` is given where the value stands for something that is not written."""

    __slots__ = ("_is_made", "_template")

    node: Scalar

    def __init__(
        self, node: Scalar, origin: Origin, tag: str | None = None, made: Template | None = None
    ) -> None:
        self.node = node
        self.origin = origin
        self.tag = tag
        self._template = made
        self._is_made = made is not None

    @property
    def template(self) -> Template:
        if self._template is None:
            node = self.node
            if node.tag is None and "$" not in node.text:
                self._template = Template.of(node.text)
            elif node.tag is not None and misread(node) is not None:
                self._template = Template((Hole(node.text, "it does not fit its tag"),))
            else:
                self._template = interpolate(node.text, self.origin.environment)
        return self._template

    @property
    def literal(self) -> str | None:
        """The text where no part of it is unknown, perhaps under conditions."""
        node = self.node
        if node.tag is None and "$" not in node.text and not self._is_made:  # as most
            return node.text
        return self.template.literal

    @property
    def is_null(self) -> bool:
        node = self.node
        if node.tag is not None and node.tag not in _TAGS:
            return not self._is_made and typed(node) is None
        return not self._is_made and node.is_null

    @property
    def is_made(self) -> bool:
        """Does it stand for something that is not written like this, such as one side of `KEY=value`?"""
        return self._is_made


class List(Value):
    """Items in order."""

    __slots__ = ("items",)

    def __init__(self, node: Node, origin: Origin, tag: str | None, items: tuple[Value, ...]) -> None:
        self.node = node
        self.origin = origin
        self.tag = tag
        self.items = items


class Item:
    """A name with its value; `key` is the node where the name is written."""

    __slots__ = ("key", "value")

    def __init__(self, key: Node, value: Value) -> None:
        self.key = key
        self.value = value


class Map(Value):
    """Names and values. `is_partial`: a part of it (an `extends` elsewhere) could not be read."""

    __slots__ = ("entries", "is_partial")

    def __init__(
        self, node: Node, origin: Origin, tag: str | None, entries: dict[str, Item], is_partial: bool = False
    ) -> None:
        self.node = node
        self.origin = origin
        self.tag = tag
        self.entries = entries
        self.is_partial = is_partial

    def get(self, name: str) -> Value | None:
        """The value of a name; None for no such name, for no value, and for one that is reset."""
        item = self.entries.get(name)
        if item is None:
            return None
        value = item.value
        if value.tag is None and (type(value) is not Text or value.node.text not in NULLS):  # as most
            return value
        is_null = type(value) is Text and value.node.text in NULLS and value.is_null
        return None if is_null or value.tag == RESET else value

    def text(self, name: str) -> Text | None:
        item = self.entries.get(name)
        if item is None:
            return None
        value = item.value
        if type(value) is not Text or value.tag == RESET or (value.node.text in NULLS and value.is_null):
            return None
        return value

    def map(self, name: str) -> Map | None:
        item = self.entries.get(name)
        if item is None:
            return None
        value = item.value
        return value if type(value) is Map and value.tag != RESET else None

    def without(self, name: str) -> Map:
        kept = {key: item for key, item in self.entries.items() if key != name}
        return Map(self.node, self.origin, self.tag, kept, self.is_partial)


class Builder:
    """Turns nodes of one file into values, with a bound on what aliases may expand to."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._visits = 0
        self.is_exhausted = False

    def build(self, node: Node, origin: Origin) -> Value:
        """A cycle of aliases, and whatever lies beyond the bounds, ends in an empty list."""
        value = self._build(node, origin, (), 0)
        self.is_exhausted = self.is_exhausted or self._visits > MAX_VISITS
        return value

    def _plain(self, node: Any, origin: Origin) -> Value:
        """A collection that `Tree.is_plain_in`, as most are, in half the time: nothing is called for its texts."""
        new_text, new_item = Text.__new__, Item.__new__
        if type(node) is Sequence:
            items: list[Value] = []
            for below in node.items:
                if type(below) is Scalar:
                    text = new_text(Text)
                    text.node = below
                    text.origin = origin
                    text.tag = text._template = None
                    text._is_made = False
                    items.append(text)
                else:
                    items.append(self._plain(below, origin))
            self._visits += len(items) + 1
            return List(node, origin, None, tuple(items))
        names = node.named
        if "<<" in names:
            return self._map(node, origin, None, (), 0)
        entries: dict[str, Item] = {}
        for name, entry in names.items():
            below = entry.value
            entries[name] = item = new_item(Item)
            item.key = entry.key
            if type(below) is Scalar:
                item.value = text = new_text(Text)
                text.node = below
                text.origin = origin
                text.tag = text._template = None
                text._is_made = False
            else:
                item.value = self._plain(below, origin)
        self._visits += len(entries) + 1
        return Map(node, origin, None, entries)

    def _build(self, node: Node, origin: Origin, open_nodes: tuple[Node, ...], depth: int) -> Value:
        self._visits += 1
        while type(node) is Alias:
            origin = origin.through("alias", node)
            node = node.target
            if any(node is other for other in open_nodes):
                self.is_exhausted = True
            open_nodes = (*open_nodes, node)
        if self._visits > MAX_VISITS or depth > MAX_DEPTH:
            self.is_exhausted = True
        tag = _TAGS.get(node.tag) if node.tag is not None else None
        if type(node) is Scalar:
            return Text(node, origin, tag)
        if self.is_exhausted:
            return List(node, origin, tag, ())
        if self._tree.is_plain_in(node):
            return self._plain(node, origin)
        if type(node) is Sequence:
            items = [self._build(item, origin, open_nodes, depth + 1) for item in node.items]
            return List(node, origin, tag, tuple(item for item in items if item.tag != RESET))
        assert isinstance(node, Mapping)
        return self._map(node, origin, tag, open_nodes, depth)

    def _map(
        self, node: Mapping, origin: Origin, tag: str | None, open_nodes: tuple[Node, ...], depth: int
    ) -> Map:
        """Explicit keys win over merged ones wherever they stand, the first of several merged ones wins."""
        entries: dict[str, Item] = {}
        merges = []
        for entry in node.entries:
            key, name = entry.key, entry.name
            if name == "<<" and type(key) is Scalar and is_merge_key(key):
                merges.append(entry)
            elif name is not None and name not in entries:
                entries[name] = Item(key, self._build(entry.value, origin, open_nodes, depth + 1))
        for entry in merges:
            merged = self._build(entry.value, origin.through("merge key", entry), open_nodes, depth + 1)
            for value in merged.items if isinstance(merged, List) else (merged,):
                if isinstance(value, Map):
                    for name, item in value.entries.items():
                        entries.setdefault(name, item)
        return Map(node, origin, tag, entries)


def made_text(text: str, like: Scalar, origin: Origin) -> Text:
    """A value that is not written but meant, at the place of the scalar that means it."""
    return Text(like, origin, None, Template.of(text))
