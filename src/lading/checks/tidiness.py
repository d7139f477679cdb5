"""What a Compose file says to no effect, or says so that other readers of YAML take it for something else."""

from __future__ import annotations

from lading import regex as re
from lading.checks.compose import RESOURCE_WORDS
from lading.findings import Hit, once
from lading.models.compose.project import Service
from lading.models.compose.values import List, Map, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Fix
    from lading.models.compose.project import Project
    from lading.models.compose.values import Value
    from lading.tree import Node


def obsolete_version(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=layer.entries["version"].key,
            message="Compose ignores `version` and warns about it every time",
            fix=_dropped(project, layer.entries["version"].key),
        )
        for layer in project.layers
        if "version" in layer.entries and not project.is_of_stack
    )


def _dropped(project: Project, key: Node) -> Fix | None:
    from lading.checks.mends import drop_entry

    return drop_entry(project.texts.tree(key.source.path), key)


def unused_resource(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Only of projects that are whole: the files of others may be used along with ones that use it."""
    if not project.is_started or project.unknowns or project.is_overlay:
        return
    if RESOURCE_WORDS.keys().isdisjoint(project.model.entries):
        return
    used = {(usage.section, usage.name) for service in project.services.values() for usage in service.usages}
    for section, word in RESOURCE_WORDS.items():
        defined = project.model.map(section)
        for name, item in defined.entries.items() if defined is not None else ():
            if (
                (section, name) in used
                or (section, name) == ("networks", "default")
                or item.value.tag is not None
            ):
                continue
            if any(_may_use(project, section, name)) or project.neighbours.is_mentioned(name, project):
                continue
            if any(_used_before(project, section, name)):
                continue
            yield Hit(
                at=item.key,
                message=f"no service uses the {word} `{name}`",
                fix=_taken_out(project, section, item.key) if _all_defined(project, section, used) else None,
            )


def _all_defined(project: Project, section: str, used: set[tuple[str, str]]) -> bool:
    """Is every name that is used there? Else the idle one may be what was meant."""
    defined = {*project.names(section), "default"}
    return all(name in defined for kind, name in used if kind == section)


def _taken_out(project: Project, section: str, key: Node) -> Fix | None:
    """The name, or its section with it where it is the only one."""
    from lading.checks.mends import drop_from_section

    return drop_from_section(project.texts.tree(key.source.path), section, key)


def _may_use(project: Project, section: str, name: str) -> Iterator[bool]:
    """Is there a place that `usages` does not know, or where a part of the name is not known?"""
    for service in project.services.values():
        value = service.definition.get(section)
        yield service.definition.is_partial
        for item in value.items if isinstance(value, List) else ():
            yield _is_open(item)
        build = service.build
        secrets = build.get("secrets") if build is not None and section == "secrets" else None
        for item in secrets.items if isinstance(secrets, List) else ():
            text = item.text("source") if isinstance(item, Map) else item
            yield isinstance(text, Text) and text.literal in (name, None)
        if section == "configs" and (credentials := service.definition.map("credential_spec")) is not None:
            yield credentials.get("config") is not None


def _used_before(project: Project, section: str, name: str) -> Iterator[bool]:
    """Does one of the files use it by itself, in a service that another one leaves out or gives something else?"""
    for layer in project.layers if len(project.layers) > 1 else ():
        services = layer.map("services")
        for key, item in services.entries.items() if services is not None else ():
            if isinstance(item.value, Map):
                used = Service(project, key, item, item.value).usages
                yield any((usage.section, usage.name) == (section, name) for usage in used)


def _is_open(item: Value) -> bool:
    text = item.text("source") if isinstance(item, Map) else item
    return isinstance(text, Text) and text.literal is None


_BASE_60 = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+")


def port_in_base_60(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        Hit(
            at=item.node,
            message=f"`{item.node.text}` is the number {_number(item.node.text)} to readers of YAML 1.1, which has "
            "numbers in base 60",
            help=f'Write it in quotes: `"{item.node.text}"`.',
            fix=_in_quotes(item, service.definition.get(key)),
        )
        for service in project.having("ports", "expose")
        for key in ("ports", "expose")
        if key in service.definition.entries
        for item in _plain_texts(service.definition.get(key))
        if _BASE_60.fullmatch(item.node.text)
    )


def _in_quotes(item: Text, among: Value | None) -> Fix | None:
    """As the other items of the list are."""
    from lading.checks.mends import put_quotes

    return put_quotes(item.node, [each.node for each in among.items] if isinstance(among, List) else ())


def _plain_texts(value: Value | None) -> Iterator[Text]:
    for item in value.items if isinstance(value, List) else ():
        if type(item) is Text and not item.node.style and item.node.tag is None and not item.is_made:
            yield item


def _number(text: str) -> int:
    """Digits of base 60, the first of any size (https://yaml.org/type/int.html)."""
    total = 0
    for digit in text.lstrip("+-").split(":"):
        total = total * 60 + int(digit)
    return -total if text.startswith("-") else total
