"""What is YAML, and yet not the YAML that Compose reads: keys, aliases, merge keys and marks in odd places."""

from __future__ import annotations

import re

from lading.findings import Hit, once
from lading.models.compose.scalars import typed
from lading.tree import PLAIN, Alias, Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Options
    from typing import Any

    from lading.models.compose.project import Project
    from lading.tree import Node

_RESET = "!reset"


def _walk(node: Node) -> Iterator[Node]:
    """The node and all below it but for what is reset; aliases are not followed."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.tag == _RESET:
            continue
        yield node
        if isinstance(node, Mapping):
            waiting += [entry.value for entry in reversed(node.entries)]
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)


def _in_files(
    project: Project, may_hold: Callable[[str], object], find: Callable[[Node], Iterator[Hit]]
) -> Iterator[Hit]:
    """What is found in each node of the files whose text may hold it; a file that is no sound YAML is left out."""
    for path in project.files:
        tree = project.texts.tree(path)
        if tree.is_sound and may_hold(tree.source.text):
            for document in tree.documents:
                for node in _walk(document):
                    yield from find(node)


_MAYBE_KEY = re.compile(
    r"(?:^|[{,?-])[ \t]*"
    r"(?:[-+.]?\d[\w.+:-]*|[-+]?\.\w+|~|true|True|TRUE|false|False|FALSE|null|Null|NULL)"
    r"[ \t]*:(?:\s|$)",
    re.MULTILINE,
)


def non_string_key(project: Project, options: Options[str, Any]) -> Iterator[Hit]:
    yield from once(_in_files(project, _MAYBE_KEY.search, _odd_keys))


def _odd_keys(node: Node) -> Iterator[Hit]:
    for entry in node.entries if isinstance(node, Mapping) else ():
        key = entry.key
        if isinstance(key, Scalar) and not key.style and not isinstance(typed(key), str):
            yield Hit(
                at=key,
                message=f"the key `{key.text}` is a {_kind(key)} to YAML; the keys of a Compose file are texts",
                help=f'Write `"{key.text}":`.',
            )


def _kind(key: Scalar) -> str:
    value = typed(key)
    return "null" if value is None else "boolean" if isinstance(value, bool) else "number"


def alias_cycle(project: Project, options: Options[str, Any]) -> Iterator[Hit]:
    for path in project.files:
        tree = project.texts.tree(path)
        if tree.is_sound and "*" in tree.source.text:
            for document in tree.documents:
                yield from _cycles(document, ())


def _cycles(node: Node, above: tuple[Node, ...]) -> Iterator[Hit]:
    """An alias stands for a node that was written before it, so that it can only hold what it lies in."""
    if isinstance(node, Alias):
        if any(node.target is each for each in above):
            yield Hit(
                at=node,
                message=f"`*{node.name}` lies within `&{node.name}`, so that the value holds itself without an end",
                related=[(node.target, f"`&{node.name}`")],
            )
        return
    above = (*above, node) if node.anchor is not None else above
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _cycles(entry.value, above)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _cycles(item, above)


def merge_of_no_mapping(project: Project, options: Options[str, Any]) -> Iterator[Hit]:
    yield from once(_in_files(project, lambda text: "<<" in text, _odd_merges))


def _odd_merges(node: Node) -> Iterator[Hit]:
    for entry in node.entries if isinstance(node, Mapping) else ():
        if entry.name != "<<" or not isinstance(entry.key, Scalar) or entry.key.style != PLAIN:
            continue
        value = resolve(entry.value)
        merged = value.items if isinstance(value, Sequence) else [entry.value]
        for item in merged:
            if not isinstance(resolve(item), Mapping):
                written = f"`*{item.name}` is" if isinstance(item, Alias) else "this is"
                yield Hit(
                    at=item if isinstance(item, Alias) else entry.key,
                    message=f"`<<` merges mappings, and {written} {_what(resolve(item))}",
                    related=[(resolve(item), "the value")] if isinstance(item, Alias) else (),
                )


def _what(node: Node) -> str:
    if isinstance(node, Scalar):
        return "nothing" if node.is_null else "a text"
    return "a list"


def reset_of_item(project: Project, options: Options[str, Any]) -> Iterator[Hit]:
    yield from once(_in_files(project, lambda text: _RESET in text, _reset_items))


def _reset_items(node: Node) -> Iterator[Hit]:
    for item in node.items if isinstance(node, Sequence) else ():
        if item.tag == _RESET:
            named = f" `{item.text}`" if isinstance(item, Scalar) and item.text else ""
            yield Hit(
                at=item,
                message=f"`!reset` on an item of a list removes nothing; the item{named} of the file beneath stays",
            )
