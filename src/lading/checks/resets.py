"""Marks of `!reset` that have no effect."""

from __future__ import annotations

from lading.findings import Hit
from lading.tree import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Options
    from typing import Any

    from lading.models.compose.project import Project
    from lading.tree import Node

_RESET = "!reset"


def reset_of_item(project: Project, options: Options[str, Any]) -> Iterator[Hit]:
    for path in project.sources:
        tree = project.texts.tree(path)
        if tree.is_sound and _RESET in tree.source.text:
            for document in tree.documents:
                yield from _reset_items(document)


def _reset_items(document: Node) -> Iterator[Hit]:
    """Items of lists outside of what is reset itself; aliases are not followed."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if node.tag == _RESET:
            continue
        if isinstance(node, Mapping):
            waiting += [entry.value for entry in node.entries]
        elif isinstance(node, Sequence):
            waiting += node.items
            for item in node.items:
                if item.tag == _RESET:
                    named = f" `{item.text}`" if isinstance(item, Scalar) and item.text else ""
                    yield Hit(
                        at=item,
                        message=f"`!reset` on an item of a list removes nothing; the item{named} of the file "
                        "beneath stays",
                    )
