"""What Compose refuses in the volumes, networks, secrets and configs at the top level."""

from __future__ import annotations

from lading import regex as re
from lading.checks.compose import RESOURCE_WORDS
from lading.findings import Hit, assumed, once
from lading.models.compose.project import EXTENDED, truth
from lading.models.compose.values import RESET, Map, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.compose.project import Project

_SOURCES = {"secrets": ("file", "environment"), "configs": ("file", "environment", "content")}


def _resources(project: Project, sections: tuple[str, ...]) -> Iterator[tuple[str, str, Map]]:
    """Section, name and definition of each."""
    for section in sections if project.standing != EXTENDED else ():
        defined = project.model.map(section)
        for name in defined.entries if defined is not None else ():
            resource = defined.map(name) if defined is not None else None
            if resource is not None:
                yield section, name, resource


def resource_without_content(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.unknowns or project.is_overlay:
        return
    for section, sources in _SOURCES.items():
        defined = project.model.map(section)
        for name, item in defined.entries.items() if defined is not None else ():
            value = item.value
            if value.tag == RESET or not (isinstance(value, Map) or value.is_null):
                continue
            if isinstance(value, Map) and _has_content(section, value):
                continue
            basis = project.absence(section, name)
            if isinstance(value, Map) and value.get("driver") is not None:
                basis &= assumed("unless it is only deployed to a swarm")
            yield Hit(
                at=item.key,
                message=f"the {RESOURCE_WORDS[section]} `{name}` does not say where its content comes from",
                basis=basis,
                help=f"Give it {' or '.join(f'`{key}`' for key in (*sources, 'external'))}.",
            )


def _has_content(section: str, resource: Map) -> bool:
    """Compose asks configs only for the key `external`, and takes a driver in place of their content."""
    if any(resource.get(key) is not None for key in _SOURCES[section]):
        return True
    if section == "configs":
        return resource.get("external") is not None or resource.get("driver") is not None
    external = resource.get("external")
    return external is not None and not (isinstance(external, Text) and truth(external) is False)


def resource_with_several_sources(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_several(project))


def _several(project: Project) -> Iterator[Hit]:
    for section, name, resource in _resources(project, ("secrets", "configs")):
        given = [
            key for key in resource.entries if key in _SOURCES[section] and resource.get(key) is not None
        ]
        if len(given) > 1:
            listed = " and ".join(f"`{key}`" for key in given)
            yield Hit(
                at=resource.entries[given[1]].key,
                message=f"the content of the {RESOURCE_WORDS[section]} `{name}` is given by {listed}; "
                "one of them counts",
                related=[(resource.entries[key].key, "given here too") for key in (given[0], *given[2:])],
            )


def external_volume_with_settings(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_settings(project))


def _settings(project: Project) -> Iterator[Hit]:
    for _, name, resource in _resources(project, ("volumes",)):
        ground = _is_external(resource)
        if ground is None:
            continue
        for key, item in resource.entries.items():
            if key in ("name", "external") or key.startswith("x-") or resource.get(key) is None:
                continue
            yield Hit(
                at=item.key,
                message=f"the volume `{name}` is external, made elsewhere, so that `{key}` cannot be set here",
                related=[(resource.entries["external"].key, "external")],
                basis=ground,
            )


def _is_external(resource: Map) -> Basis | None:
    """On what ground a resource is external, None where it is not or that is not known."""
    value = resource.get("external")
    if isinstance(value, Map):
        return assumed()
    return assumed(*value.template.conditions) if isinstance(value, Text) and truth(value) is True else None


def conflicting_external_name(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(_two_names(project))


def _two_names(project: Project) -> Iterator[Hit]:
    for section, name, resource in _resources(project, tuple(RESOURCE_WORDS)):
        external = resource.map("external")
        old, new = external.text("name") if external is not None else None, resource.text("name")
        if old is None or new is None or None in (old.literal, new.literal) or old.literal == new.literal:
            continue
        yield Hit(
            at=old.node,
            message=f"the {RESOURCE_WORDS[section]} `{name}` is named `{old.literal}` under `external` and "
            f"`{new.literal}` by `name`",
            related=[(new.node, "the other name")],
            basis=assumed(*old.template.conditions, *new.template.conditions),
        )


_SWARM_KEYS = ("driver", "template_driver")
_OF_SWARM = ("endpoint_mode", "mode", "placement", "rollback_config", "update_config")
_SWARM_FILES = re.compile(r"stack|swarm|podman", re.IGNORECASE)


def swarm_only_resource(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """`docker compose up` stops at them; a swarm, of which files of a project tell, takes them."""
    found = once(_swarm_only(project)) if project.standing != EXTENDED else []
    if found and not _is_of_swarm(project):
        yield from found


def _is_of_swarm(project: Project) -> bool:
    if any(_SWARM_FILES.search(path) for path in project.files):
        return True
    networks = project.model.map("networks")
    for name in networks.entries if networks is not None else ():
        network = networks.map(name) if networks is not None else None
        driver = network.text("driver") if network is not None else None
        if driver is not None and driver.literal == "overlay":
            return True
    blocks = [service.definition.map("deploy") for service in project.having("deploy")]
    if any(block is not None and any(block.get(key) is not None for key in _OF_SWARM) for block in blocks):
        return True
    return project.is_of_stack


def _swarm_only(project: Project) -> Iterator[Hit]:
    used: dict[tuple[str, str], str] = {}
    for service in project.having("secrets", "configs"):
        for usage in service.usages:
            if usage.section in _SOURCES and not usage.is_of_build:
                used.setdefault((usage.section, usage.name), service.name)
    for section, name, resource in _resources(project, ("secrets", "configs")):
        key = next((key for key in _SWARM_KEYS if resource.get(key) is not None), None)
        if key is None and _is_external(resource) is not None:
            key = "external"
        if key is not None and (section, name) in used:
            yield Hit(
                at=resource.entries[key].key,
                message=f"the {RESOURCE_WORDS[section]} `{name}`, which `{used[section, name]}` uses, has `{key}`; "
                "`docker compose up` stops at it",
                basis=assumed("unless it is only deployed to a swarm"),
            )


def secret_in_read_only_service(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """What is no file is copied into the container, once it is made (docker/compose `pkg/compose/secrets.go`)."""
    if project.standing != EXTENDED:
        yield from once(_copied(project))


def _copied(project: Project) -> Iterator[Hit]:
    for service in project.having("read_only"):
        read_only = service.definition.text("read_only")
        if read_only is None or truth(read_only) is not True:
            continue
        for usage in service.usages:
            section = project.model.map(usage.section) if usage.section in _SOURCES else None
            resource = section.map(usage.name) if section is not None and not usage.is_of_build else None
            key = next(
                (key for key in ("content", "environment") if resource is not None and resource.get(key)),
                None,
            )
            if key is not None:
                yield Hit(
                    at=usage.node,
                    message=f"the {RESOURCE_WORDS[usage.section]} `{usage.name}` comes from `{key}` and is copied into "
                    f"`{service.name}`, whose file system is read-only",
                    related=[(service.definition.entries["read_only"].key, "read-only")],
                    basis=assumed(*read_only.template.conditions, *usage.conditions) & service.is_run,
                )
