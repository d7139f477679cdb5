"""Ports of the host that two containers want."""

from __future__ import annotations

from lading.findings import KNOWN, Hit, assumed, once, unknown
from lading.models.compose.ports import may_clash, published_ports
from lading.models.compose.project import EXTENDED, truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.compose.ports import PublishedPort
    from lading.models.compose.project import Project, Service


def port_published_twice(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.standing != EXTENDED:
        yield from once(_clashes(project))


def _clashes(project: Project) -> Iterator[Hit]:
    if not may_clash(project.having("ports")):
        return
    needs: dict[str, frozenset[str]] | None = None
    seen: dict[tuple[int, str], list[PublishedPort]] = {}
    for port in _ports(project):
        others = seen.setdefault((port.number, port.protocol), [])
        clash = next((each for each in others if _clash(each, port)), None)
        others.append(port)
        if clash is None:
            continue
        needs = _needs(project) if needs is None else needs
        together = _run_together(clash.service, port.service, needs)
        if together is None:
            continue
        basis = together & _as_numbered(clash, port, is_certain=together == KNOWN)
        if project.unknowns:
            basis &= unknown(*project.unknowns)
        if clash.service is port.service:
            message = f"`{port.service.name}` publishes the port {port.number} of the host twice"
        else:
            both = f"`{clash.service.name}` and `{port.service.name}`"
            message = f"{both} both publish the port {port.number} of the host"
        yield Hit(
            at=port.node,
            message=message,
            related=[(clash.node, f"`{clash.service.name}` takes it here")],
            basis=basis,
        )


def _ports(project: Project) -> Iterator[PublishedPort]:
    for service in project.having("ports"):
        if (
            not service.replicas_are_zero
            and service.definition.get("provider") is None
            and _is_reachable(service)
        ):
            yield from published_ports(service)


def _is_reachable(service: Service) -> bool:
    """Is it on a bridge that publishes ports? The engine publishes none on `internal` ones, nor with `host`."""
    mode = service.definition.text("network_mode")
    if mode is not None:
        return mode.literal == "bridge"
    usages = service.usages if "networks" in service.definition.entries else ()
    used = [usage.name for usage in usages if usage.section == "networks"]
    return any(_publishes(service.project, name) for name in used or ["default"])


def _publishes(project: Project, network: str) -> bool:
    section = project.model.map("networks")
    made = section.map(network) if section is not None else None
    if made is None:
        return network == "default" or network in project.names("networks")
    driver, internal = made.text("driver"), made.text("internal")
    is_bridge = driver is None or driver.literal == "bridge"
    is_open = internal is None or truth(internal) is False
    return is_bridge and is_open and made.get("external") is None


def _clash(one: PublishedPort, other: PublishedPort) -> bool:
    """Swarm may spread `mode: host` over machines."""
    return not one.is_of_node and not other.is_of_node and one.clashes_with(other)


def _as_numbered(one: PublishedPort, other: PublishedPort, *, is_certain: bool) -> Basis:
    """What the numbers hang on. Variables that change both alike part them only where the engine chooses the port."""
    if one.written != other.written:
        return assumed(*dict.fromkeys(one.conditions + other.conditions))
    return assumed(*(f"{each} to 0 or a range" for each in one.conditions)) if is_certain else KNOWN


def _run_together(one: Service, other: Service, needs: Mapping[str, frozenset[str]]) -> Basis | None:
    """Known where one needs the other; None where their profiles, or what is stated, do not bring them together."""
    statement = one.project.statement
    is_only_read = statement is not None and len(statement.files) > 1 and not statement.runs
    if one is other or one.name in needs[other.name] or other.name in needs[one.name]:
        return assumed("unless nothing is started from these files together") if is_only_read else KNOWN
    if is_only_read:
        return None
    if one.profiles is None or other.profiles is None:
        return None
    if one.is_alternative_to(other):
        return None
    if (one.profiles or other.profiles) and not set(one.profiles) & set(other.profiles):
        return None
    together = assumed(f"unless `{one.name}` and `{other.name}` are never run at the same time")
    return together & _lacks_profiles(one) & _lacks_profiles(other)


def _lacks_profiles(service: Service) -> Basis:
    """What can only be laid on another file has the profiles that are given there."""
    project = service.project
    if service.is_defined or not project.neighbours.giving(service.name, "profiles", project):
        return KNOWN
    return project.lack(service, "profiles")


def _needs(project: Project) -> dict[str, frozenset[str]]:
    """What each service cannot run without, directly or not."""
    direct: dict[str, set[str]] = {name: set() for name in project.services}
    for edge in project.dependencies:
        if edge.target is not None and edge.required is True:
            direct[edge.service.name].add(edge.target_name)
    found = {}
    for name in direct:
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            new = direct[waiting.pop()] - reached
            reached |= new
            waiting += new
        found[name] = frozenset(reached)
    return found
