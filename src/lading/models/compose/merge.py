"""How a later file changes an earlier one: compose-go's `override/merge.go` and `uncity.go` as a table."""

from __future__ import annotations

from lading.models.compose.values import OVERRIDE, RESET, Item, List, Map, Text, Value, made_text
from lading.models.template import Template, join
from lading.tree import scalar_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

REPLACE = "replace"
"""The later value stands alone."""
PAIRS = "pairs"
"""`KEY=value` lists and mappings alike, joined by key."""
NAMES = "names"
"""Lists of names and mappings alike, merged by name."""
DEPENDENCIES = "dependencies"
"""As `NAMES`; a name in a list says `service_started`."""
CONTEXT = "context"
"""A text stands for `context:`."""
DRIVER = "driver"
"""Merged where both have the same `driver` or one has none, else replaced."""
UNIQUE = "unique"
"""A text or a list of texts; appended, the same text once."""
TARGETS = "targets"
"""Appended, the later one of the same target wins."""
APPEND = "append"
"""A text or a list; appended."""
HOSTS = "hosts"
"""A list or a mapping of host names; appended, but for what the earlier file has word for word."""

_OF_SERVICES = {
    "annotations": PAIRS,
    "build": CONTEXT,
    "build.additional_contexts": PAIRS,
    "build.args": PAIRS,
    "build.extra_hosts": HOSTS,
    "build.labels": PAIRS,
    "build.tags": UNIQUE,
    "cap_add": UNIQUE,
    "cap_drop": UNIQUE,
    "command": REPLACE,
    "configs": APPEND,
    "depends_on": DEPENDENCIES,
    "deploy.labels": PAIRS,
    "devices": APPEND,
    "dns": UNIQUE,
    "dns_opt": UNIQUE,
    "dns_search": UNIQUE,
    "entrypoint": REPLACE,
    "env_file": APPEND,
    "environment": PAIRS,
    "expose": UNIQUE,
    "extra_hosts": HOSTS,
    "healthcheck.test": REPLACE,
    "label_file": UNIQUE,
    "labels": PAIRS,
    "links": UNIQUE,
    "logging": DRIVER,
    "models": NAMES,
    "networks": NAMES,
    "ports": APPEND,
    "profiles": UNIQUE,
    "secrets": APPEND,
    "sysctls": PAIRS,
    "tmpfs": UNIQUE,
    "ulimits.*": REPLACE,
    "volumes": TARGETS,
}
RULES = {("services", "*", *path.split(".")): rule for path, rule in _OF_SERVICES.items()} | {
    ("networks", "*", "ipam", "config"): APPEND,
    ("networks", "*", "labels"): PAIRS,
    ("volumes", "*", "labels"): PAIRS,
    ("configs", "*", "labels"): PAIRS,
    ("secrets", "*", "labels"): PAIRS,
}
"""The rule for a path, `*` for any name; without one mappings merge, lists append, texts replace."""


class Conflict:
    """A value that cannot go over another one: `path` as in Compose's message `cannot override PATH`."""

    __slots__ = ("base", "over", "path")

    def __init__(self, path: str, base: Value, over: Value) -> None:
        self.path = path
        self.base = base
        self.over = over


class Merger:
    """Merges values; what did not fit is in `conflicts`. Marks of `!reset` stay for later merges."""

    def __init__(self) -> None:
        self.conflicts: list[Conflict] = []

    def merge(self, base: Value, over: Value, path: tuple[str, ...] = ()) -> Value:
        """`over` on top of `base`; neither is changed. No value keeps that of `base`, but for what is replaced."""
        if over.tag in (RESET, OVERRIDE) or base.tag == RESET or base.is_null:
            return over
        rule = rule_of(path)
        if rule == REPLACE:
            return over
        if over.is_null:
            return base
        base, over = normal(base, rule), normal(over, rule)
        if isinstance(base, Map) and isinstance(over, Map):
            return over if rule == DRIVER and _differ(base, over) else self._maps(base, over, path)
        if isinstance(base, List) and isinstance(over, List):
            return _lists(base, over, rule)
        if isinstance(base, Text):
            return over
        self.conflicts.append(Conflict(".".join(path), base, over))
        return over

    def _maps(self, base: Map, over: Map, path: tuple[str, ...]) -> Map:
        entries = dict(base.entries)
        for name, item in over.entries.items():
            below = entries.get(name)
            if below is None:
                entries[name] = item
                continue
            value = self.merge(below.value, item.value, (*path, name))
            entries[name] = Item(below.key if value is below.value else item.key, value)
        return Map(over.node, over.origin, base.tag, entries, base.is_partial or over.is_partial)


def rule_of(path: tuple[str, ...]) -> str | None:
    if len(path) < 3:
        return None
    general = (path[0], "*", *path[2:])
    return RULES.get(general) or RULES.get((*general[:-1], "*"))


def normal(value: Value, rule: str | None) -> Value:
    """The long form of a value that has a short one."""
    if rule == CONTEXT and isinstance(value, Text):
        return Map(value.node, value.origin, value.tag, {"context": Item(value.node, value)})
    if rule in (NAMES, DEPENDENCIES) and isinstance(value, List):
        return _by_name(value, rule == DEPENDENCIES)
    if rule == PAIRS and isinstance(value, Text) and not value.is_null:
        value = List(value.node, value.origin, value.tag, (value,))
    if rule == PAIRS and isinstance(value, List):
        return _by_key(value)
    if rule in (UNIQUE, APPEND) and isinstance(value, Text):
        return List(value.node, value.origin, value.tag, (value,))
    if rule == HOSTS and isinstance(value, Map):
        return List(value.node, value.origin, value.tag, tuple(_hosts(value)))
    return value


def _hosts(value: Map) -> Iterator[Value]:
    """`name=address`, at the place of each address."""
    for name, item in value.entries.items():
        given = item.value
        for each in given.items if isinstance(given, List) else (given,):
            if isinstance(each, Text):
                template = join((Template.of(f"{name}="), each.template))
                yield Text(each.node, each.origin, each.tag, template)


def _by_name(value: List, is_dependency: bool) -> Map:
    entries: dict[str, Item] = {}
    for item in value.items:
        if not isinstance(item, Text) or item.is_null:
            continue
        name = item.template.shown
        if is_dependency:
            condition = Item(item.node, made_text("service_started", item.node, item.origin))
            long: Value = Map(item.node, item.origin, None, {"condition": condition})
        else:
            long = made_null(item)
        entries.setdefault(name, Item(item.node, long))
    return Map(value.node, value.origin, value.tag, entries)


def made_null(item: Text) -> Text:
    """No value, at the place of a text."""
    node = item.node
    return Text(scalar_at(node, ""), item.origin)


def _by_key(value: List) -> Map:
    """`KEY=value` cut at the first `=` that is written; the later one of the same key wins."""
    entries: dict[str, Item] = {}
    for item in value.items:
        if not isinstance(item, Text) or item.is_null:
            continue
        name, rest = _cut(item.template)
        made = Text(item.node, item.origin, item.tag, rest) if rest is not None else made_null(item)
        entries[name] = Item(item.node, made)
    return Map(value.node, value.origin, value.tag, entries)


def _cut(template: Template) -> tuple[str, Template | None]:
    first = template.parts[0] if template.parts else ""
    if not isinstance(first, str) or "=" not in first:
        return template.shown, None
    name, _, rest = first.partition("=")
    if len(template.parts) == 1 and not template.conditions:
        return name, Template.of(rest)
    return name, Template((rest, *template.parts[1:]), template.conditions)


def _differ(base: Map, over: Map) -> bool:
    drivers = [text.template.shown for text in (base.text("driver"), over.text("driver")) if text is not None]
    return len(set(drivers)) > 1


def _lists(base: List, over: List, rule: str | None) -> List:
    items = list(base.items + over.items)
    if rule == UNIQUE:
        items = _unique(items)
    elif rule == HOSTS:
        there = {item.template.shown for item in base.items if isinstance(item, Text)}
        added = (
            item for item in over.items if not isinstance(item, Text) or item.template.shown not in there
        )
        items = [*base.items, *added]
    elif rule == TARGETS:
        items = list({volume_target(item, index): item for index, item in enumerate(items)}.values())
    return List(over.node, over.origin, base.tag, tuple(items))


def _unique(items: list[Value]) -> list[Value]:
    seen: dict[object, Value] = {}
    for index, item in enumerate(items):
        seen.setdefault(item.template.shown if isinstance(item, Text) else index, item)
    return list(seen.values())


def volume_target(item: Value, index: int) -> object:
    """Where a volume is mounted: the second part of `source:target:options`, or `target:`."""
    if isinstance(item, Map):
        target = item.text("target")
        return target.template.shown if target is not None else index
    if isinstance(item, Text):
        literal = item.literal
        shown = literal if literal is not None else item.template.shown
        source, colon, rest = shown.partition(":")
        if len(source) == 1:
            source, colon, rest = _drive(source, rest)
        return rest.partition(":")[0] if colon else source
    return index


def _drive(letter: str, rest: str) -> tuple[str, str, str]:
    """A single letter before the colon is taken for a drive of Windows."""
    path, colon, after = rest.partition(":")
    return f"{letter}:{path}", colon, after
