"""An edit changes what it says and nothing else: over texts that are written in every style, made by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lading.edits import as_mapping, insert_entry, line_end, remove_entry
from lading.findings import Edit
from lading.fixes import edited
from lading.parse import Reader
from lading.plain import plain
from lading.source import Source
from lading.tree import Entry, Mapping, Node, Sequence, Tree

NAMES = st.sampled_from(["a", "b", "c", "up-1", "x_y"])
WORDS = st.sampled_from(
    ["1", "two", "three: 3", "# four", "it's", 'say "5"', "🚀 six", "seven\neight\n", "", "*"]
)
VALUES: Any = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, min_size=1, max_size=3), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


class Writer:
    """Writes values as people do: each choice is drawn."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.unit = draw(st.sampled_from(["  ", "    "]))
        self.dashes_are_indented = draw(st.booleans())

    def file(self, value: dict[str, Any]) -> str:
        lines = ["---"] if self.draw(st.booleans()) else []
        lines += self.mapping(value, "")
        text = "\n".join(lines) + ("\n" if self.draw(st.booleans()) else "")
        return text.replace("\n", "\r\n") if self.draw(st.booleans()) else text

    def mapping(self, value: dict[str, Any], lead: str) -> list[str]:
        lines = []
        for name, each in value.items():
            if self.draw(st.integers(0, 4)) == 0:
                lines += ["", f"{lead}# about {name}"]
            lines += self.entry(f"{lead}{name}:", each, lead)
        return lines

    def entry(self, key: str, value: Any, lead: str) -> list[str]:
        if isinstance(value, dict) and self.draw(st.integers(0, 3)):
            return [key + self.comment(), *self.mapping(value, lead + self.unit)]
        if isinstance(value, list) and self.draw(st.integers(0, 3)):
            return [
                key + self.comment(),
                *self.items(value, lead + (self.unit if self.dashes_are_indented else "")),
            ]
        if isinstance(value, str) and value.endswith("\n"):
            return [f"{key} |", *(lead + self.unit + line for line in value.splitlines())]
        return [f"{key} {self.flow(value)}{self.comment()}"]

    def items(self, value: list[Any], lead: str) -> list[str]:
        lines = []
        for each in value:
            if isinstance(each, dict) and self.draw(st.booleans()):
                first, *rest = self.mapping(each, lead + "  ")
                while not first.strip() or first.strip().startswith("#"):
                    first, *rest = rest
                lines += [f"{lead}- {first.strip()}", *rest]
            else:
                lines.append(f"{lead}- {self.flow(each)}{self.comment()}")
        return lines

    def flow(self, value: Any) -> str:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return "{" + ", ".join(f"{name}: {self.flow(each)}" for name, each in value.items()) + "}"
        return "[" + ", ".join(map(self.flow, value)) + "]"

    def text(self, value: str) -> str:
        if value == "two" and self.draw(st.booleans()):
            return "two"
        if value.isprintable() and self.draw(st.booleans()):
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    def comment(self) -> str:
        return str(self.draw(st.sampled_from(["", "", " # note", "\t# a\tb"])))


def tree_of(text: str) -> Tree:
    tree = Reader().read(Source("compose.yaml", text))
    assert tree.troubles == (), text
    return tree


def meaning(node: Node | None) -> Any:
    """The values, with the order of keys."""
    if isinstance(node, Mapping):
        return [(entry.name, meaning(entry.value)) for entry in node]
    return [meaning(item) for item in node.items] if isinstance(node, Sequence) else plain(node)


def parts(node: Node, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Node]]:
    """Every node with the way to it, as indexes."""
    found = [(path, node)]
    if isinstance(node, Mapping):
        found += [part for index, entry in enumerate(node) for part in parts(entry.value, (*path, index, 1))]
    elif isinstance(node, Sequence):
        found += [part for index, item in enumerate(node.items) for part in parts(item, (*path, index))]
    return found


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for index in path:
        value = value[index]
    return value


def lines_kept(old: str, new: str, edit: Edit) -> bool:
    """Is everything outside of the edit as it was, and are there no line ends of another kind?"""
    span = edit.span
    is_kept = new.startswith(old[: span.start]) and new.endswith(old[span.end :])
    return is_kept and (line_end(Source("", old)) == "\n" or "\n" not in new.replace("\r\n", ""))


@st.composite
def texts(draw: Any) -> str:
    return Writer(draw).file(draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)))


SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@SETTINGS
@given(texts())
def test_an_entry_is_put_into_any_mapping(text: str) -> None:
    tree = tree_of(text)
    for path, node in parts(tree.documents[0]):
        if not isinstance(node, Mapping):
            continue
        for value, new in (("1", 1), ({"k": "2", "m": "3"}, [("k", 2), ("m", 3)])):
            edit = insert_entry(node, "new", value)
            if edit is None:
                assert text.endswith("eight"), text  # a block of text without a line end
                continue
            after = edited(text, [edit])
            expected = meaning(tree.documents[0])
            at(expected, path).append(("new", new))
            assert (meaning(tree_of(after).documents[0]), lines_kept(text, after, edit)) == (expected, True)


@SETTINGS
@given(texts())
def test_an_entry_is_taken_out_of_any_mapping(text: str) -> None:
    tree = tree_of(text)
    for path, node in parts(tree.documents[0]):
        for index, entry in enumerate(node) if isinstance(node, Mapping) else ():
            edit = remove_entry(node, entry)
            if edit is None:
                continue
            after = edited(text, [edit])
            expected = meaning(tree.documents[0])
            del at(expected, path)[index]
            assert (meaning(tree_of(after).documents[0]), lines_kept(text, after, edit)) == (expected, True)


@SETTINGS
@given(texts())
def test_any_list_of_names_becomes_a_mapping(text: str) -> None:
    tree = tree_of(text)
    for path, owner in owners(tree.documents[0]):
        names = meaning(owner.value)
        if not all(isinstance(name, str) and name in ("two", "1", "it's") for name in names):
            continue
        edits = as_mapping(owner, {name: {"k": "1"} for name in names})
        if edits is None:
            assert len(set(names)) < len(names)
            continue
        expected = meaning(tree.documents[0])
        pair = at(expected, path[:-1])
        at(expected, path[:-2])[path[-2]] = (pair[0], [(name, [("k", 1)]) for name in names])
        assert meaning(tree_of(edited(text, edits)).documents[0]) == expected


def owners(node: Node, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Entry]]:
    found = []
    for way, each in parts(node, path):
        if isinstance(each, Mapping):
            found += [((*way, i, 1), e) for i, e in enumerate(each) if isinstance(e.value, Sequence)]
    return found
