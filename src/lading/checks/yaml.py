"""Files that are no YAML, or not the YAML that Compose and GitHub read."""

from __future__ import annotations

from lading.discover import ACTION, WORKFLOW, kind_of
from lading.findings import Hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.tree import Tree


def syntax_error(tree: Tree, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A template of a Compose file, whatever its name, is YAML only when it is filled in."""
    if tree.troubles and kind_of(tree.source.path) not in (WORKFLOW, ACTION):
        from lading.models.compose.glance import is_template

        if is_template(tree.source.path, tree.source.text):
            return
    yield from _troubles(tree, "syntax-error")


def duplicate_key(tree: Tree, options: Mapping[str, Any]) -> Iterator[Hit]:
    return _troubles(tree, "duplicate-key")


def unreadable_file(tree: Tree, options: Mapping[str, Any]) -> Iterator[Hit]:
    return _troubles(tree, "unreadable-file")


def not_utf_8(tree: Tree, options: Mapping[str, Any]) -> Iterator[Hit]:
    return _troubles(tree, "not-utf-8")


def too_deep_or_large(tree: Tree, options: Mapping[str, Any]) -> Iterator[Hit]:
    return _troubles(tree, "too-deep-or-large")


def _troubles(tree: Tree, kind: str) -> Iterator[Hit]:
    for trouble in tree.troubles:
        if trouble.kind == kind:
            yield Hit(trouble.span, trouble.message, related=trouble.related)
