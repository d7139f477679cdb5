"""What one release of Compose reads and another refuses, or reads otherwise."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed, once
from lading.models.compose.project import EXTENDED
from lading.models.compose.scalars import Timestamp, typed
from lading.models.compose.shape import ComposeView
from lading.models.compose.values import List, Map, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Fix
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Item, Value
    from lading.tree import Scalar

_OF_DATES = re.compile(r"-(?<=\d{4}-)(?:(?<=[\s\[{,]\d{4}-)|(?<=[\"']:\d{4}-))\d{1,2}-\d")
"""A part of every date without quotes, and what may stand before it; a search finds the sign in no time."""
_BREAKS = frozenset("\r\x85\u2028\u2029")
"""What ends a line of YAML beside `\\n`."""


def unquoted_date(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """go-yaml 3 makes a time of it, which no key takes; go-yaml 4 (Compose 5) the text of that time."""
    if project.standing != EXTENDED and any(
        _may_date(project.texts.tree(path).source.text) for path in project.files
    ):
        yield from once(hit for layer in project.layers for hit in _dates(layer))


def _may_date(text: str) -> bool:
    """May there be a date without quotes, which no line of a comment holds?"""
    return any(not _is_in_comment(text, found.start()) for found in _OF_DATES.finditer(text))


def _is_in_comment(text: str, at: int) -> bool:
    """Does the line begin with `#`?"""
    before = text[text.rfind("\n", 0, at) + 1 : at].lstrip(" \t")
    return before.startswith("#") and _BREAKS.isdisjoint(before)


def _dates(layer: Map) -> Iterator[Hit]:
    waiting: list[Value] = [layer]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Map):
            waiting += [item.value for name, item in value.entries.items() if not name.startswith("x-")]
        elif isinstance(value, List):
            waiting += value.items
        elif isinstance(value, Text) and _is_date(value.node):
            written = value.node.text
            yield Hit(
                at=value.node,
                message=f"`{written}` without quotes is a point in time, not a text: Compose before 5.0 refuses it, "
                "later releases write it out in another form",
                help=f'Write `"{written}"`.',
                fix=_in_quotes(value),
            )


def _is_date(node: Scalar) -> bool:
    return not node.style and node.text[:4].isdigit() and isinstance(typed(node), Timestamp)


def _in_quotes(text: Text) -> Fix | None:
    from lading.checks.mends import put_quotes

    return put_quotes(text.node)


_DURATIONS = (
    (("healthcheck",), ("interval", "timeout", "start_period", "start_interval")),
    ((), ("stop_grace_period",)),
    (("deploy", "update_config"), ("delay", "monitor")),
    (("deploy", "rollback_config"), ("delay", "monitor")),
    (("deploy", "restart_policy"), ("delay", "window")),
)
"""The way to a mapping, and its keys."""
_DAYS = re.compile(r"-?(?:\d+(?:\.\d+)?(?:[a-zµμ]+))*?\d+(?:\.\d+)?[dw](?:\d.*)?")


def recent_form(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.standing != EXTENDED:
        yield from once(
            hit
            for service in project.having("healthcheck", "stop_grace_period", "deploy", "depends_on")
            for find in (_days, _replaced_booleans)
            for hit in find(service)
        )


def _days(service: Service) -> Iterator[Hit]:
    for value in _durations(service):
        if _DAYS.fullmatch(value.literal or ""):
            yield Hit(
                at=value.node,
                message=f"`{value.literal}` has days or weeks, which Compose reads since February 2025 "
                "(compose-go 2.4.9); earlier releases refuse the project",
                basis=assumed(*value.template.conditions),
                help="Write it in hours (`24h` for a day).",
            )


def _durations(service: Service) -> Iterator[Text]:
    for path, keys in _DURATIONS:
        block: Map | None = service.definition
        if path and path[0] not in service.definition.entries:
            continue
        for name in path:
            block = block.map(name) if block is not None else None
        if block is not None:
            yield from (text for key in keys if (text := block.text(key)) is not None)


def _replaced_booleans(service: Service) -> Iterator[Hit]:
    """A text, such as what a variable brings, is one until it is cast; before 5.0 no release cast `required`."""
    depends_on = service.definition.map("depends_on")
    for item in depends_on.entries.values() if depends_on is not None else ():
        text = item.value.text("required") if isinstance(item.value, Map) else None
        if text is not None and not isinstance(ComposeView().scalar(text), bool):
            yield Hit(
                at=text.node,
                message="`required` is a text, which Compose takes for a boolean since 5.0 only; earlier releases "
                "refuse the project",
            )


def include_conflict(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Compose before 5.0 imports what is included only where nothing has the name, or exactly the same."""
    if project.standing != EXTENDED:
        yield from once(hit for layer in project.layers for hit in _conflicts(project, layer))


def _conflicts(project: Project, layer: Map) -> Iterator[Hit]:
    included = layer.get("include")
    taken = dict(_defined(layer))
    for item in included.items if isinstance(included, List) else ():
        here = [other for other in project.layers if _comes_through(other, item)]
        for other in here:
            for name, found in _defined(other):
                first = taken.setdefault(name, found)
                if (
                    first is not found
                    and not _equal(first.value, found.value)
                    and not _both_in(first, found, here)
                ):
                    yield Hit(
                        at=first.key,
                        message=f"`{name[0]}.{name[1]}` is defined here and differently in "
                        f"`{found.key.source.path}`, which is included; Compose before 5.0 refuses that",
                        related=[(found.key, "the other definition")],
                    )


def _both_in(one: Item, other: Item, layers: list[Map]) -> bool:
    """Do both stand in files that one item includes together, the later over the earlier?"""
    paths = {layer.node.source.path for layer in layers}
    return {one.key.source.path, other.key.source.path} <= paths


def _comes_through(layer: Map, item: Value) -> bool:
    return any(step.kind == "include" and step.at is item.node for step in layer.via)


_SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")


def _defined(layer: Map) -> Iterator[tuple[tuple[str, str], Item]]:
    for section in _SECTIONS:
        named = layer.map(section)
        for name, item in named.entries.items() if named is not None else ():
            if item.value.tag is None:
                yield (section, name), item


def _equal(one: Value, other: Value) -> bool:
    """Is the same written? Relative paths of different folders are not compared."""
    if isinstance(one, Map) and isinstance(other, Map):
        return one.entries.keys() == other.entries.keys() and all(
            _equal(item.value, other.entries[name].value) for name, item in one.entries.items()
        )
    if isinstance(one, List) and isinstance(other, List):
        return len(one.items) == len(other.items) and all(map(_equal, one.items, other.items))
    if isinstance(one, Text) and isinstance(other, Text):
        return one.is_null == other.is_null and one.template.shown == other.template.shown
    return False
