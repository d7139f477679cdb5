"""IP and hardware addresses that Compose or the engine refuses when the project starts."""

from __future__ import annotations

from lading import regex as re
from lading.findings import KNOWN, Hit, assumed, once
from lading.models.compose.merge import NAMES, UNIQUE, normal
from lading.models.compose.project import EXTENDED
from lading.models.compose.values import List, Map, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from ipaddress import IPv4Network, IPv6Network
    from typing import Any

    from lading.findings import Basis
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value

    Network = IPv4Network | IPv6Network

_MAC = re.compile(
    r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?:[:-][0-9A-Fa-f]{2}){0,2}|(?:[0-9A-Fa-f]{4}\.){2,3}[0-9A-Fa-f]{4}"
)


_LENIENT = "unless Compose is older than 5.0, which hands it on to the container"


def invalid_address(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.standing != EXTENDED:
        yield from once((*_in_networks(project), *_in_services(project)))


def _in_networks(project: Project) -> Iterator[Hit]:
    for name, pool in _pools(project):
        for key in ("subnet", "ip_range"):
            yield from _judged(
                pool.text(key),
                f"`{key}` of the network `{name}`",
                _is_subnet,
                "no subnet such as `172.28.0.0/16`",
            )
        aux = pool.map("aux_addresses")
        others = [aux.text(host) for host in aux.entries] if aux is not None else []
        for text in (pool.text("gateway"), *others):
            yield from _judged(text, f"an address of the network `{name}`", _is_address, "no IP address")


def _in_services(project: Project) -> Iterator[Hit]:
    for service in project.having("dns", "mac_address", "networks", "ipv4_address", "ipv6_address"):
        whose = f"of `{service.name}`"
        ground = service.is_run
        given = service.definition.get("dns")
        for item in _items(normal(given, UNIQUE) if given is not None else None):
            if isinstance(item, Text):
                what = f"a name server {whose}"
                yield from _judged(item, what, _is_address, "no IP address", ground & assumed(_LENIENT))
        for holder in (service.definition, *(endpoint for _, endpoint in _endpoints(service))):
            mac = holder.text("mac_address")
            yield from _judged(mac, f"`mac_address` {whose}", _is_mac, "no hardware address", ground)
            for key in ("ipv4_address", "ipv6_address"):
                text = holder.text(key)
                yield from _judged(text, f"`{key}` {whose}", _is_address, "no IP address", ground)


def _judged(
    text: Text | None, what: str, is_valid: Callable[[str], bool], instead: str, ground: Basis = KNOWN
) -> Iterator[Hit]:
    if text is not None and text.literal and not is_valid(text.literal):
        yield Hit(
            text.node,
            f"{what} is `{text.literal}`, which is {instead}",
            basis=ground & assumed(*text.template.conditions),
        )


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_subnet(text: str) -> bool:
    return _network(text) is not None


def _is_mac(text: str) -> bool:
    return _MAC.fullmatch(text) is not None


def _network(text: str) -> Network | None:
    """A prefix with its length; bits of a host in it are the engine's business."""
    from ipaddress import ip_network

    _, slash, length = text.partition("/")
    try:
        return ip_network(text, strict=False) if slash and length.isdigit() else None
    except ValueError:
        return None


def _items(value: Value | None) -> tuple[Value, ...]:
    return value.items if isinstance(value, List) else ()


def _pools(project: Project) -> Iterator[tuple[str, Map]]:
    """Each item of the `ipam.config` of a network that the project makes with the engine's own address driver."""
    networks = project.model.map("networks")
    for name in networks.entries if networks is not None else ():
        network = networks.map(name) if networks is not None else None
        ipam = network.map("ipam") if network is not None else None
        if network is None or ipam is None or network.get("external") is not None:
            continue
        driver = ipam.text("driver")
        if driver is not None and driver.literal != "default":
            continue
        for pool in _items(ipam.get("config")):
            if isinstance(pool, Map):
                yield name, pool


def _endpoints(service: Service) -> Iterator[tuple[str, Map]]:
    given = service.definition.get("networks")
    networks = normal(given, NAMES) if given is not None else None
    for name in networks.entries if isinstance(networks, Map) else ():
        endpoint = networks.map(name) if isinstance(networks, Map) else None
        if endpoint is not None:
            yield name, endpoint


def address_outside_subnet(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.standing != EXTENDED:
        yield from once((*_gateways(project), *_outside(project)))


def _gateways(project: Project) -> Iterator[Hit]:
    for name, pool in _pools(project):
        subnet, gateway = pool.text("subnet"), pool.text("gateway")
        if subnet is None or gateway is None or gateway.literal is None:
            continue
        network = _network(subnet.literal or "")
        if network is not None and _is_address(gateway.literal) and not _holds(network, gateway.literal):
            yield Hit(
                at=gateway.node,
                message=f"the gateway `{gateway.literal}` of the network `{name}` lies outside of its "
                f"subnet `{subnet.literal}`",
                related=[(subnet.node, "the subnet")],
                basis=assumed(*subnet.template.conditions, *gateway.template.conditions),
            )


def _outside(project: Project) -> Iterator[Hit]:
    pools: dict[str, list[Map]] = {}
    for name, pool in _pools(project):
        pools.setdefault(name, []).append(pool)
    for service in project.having("networks"):
        for name, endpoint in _endpoints(service):
            for key in ("ipv4_address", "ipv6_address"):
                text = endpoint.text(key)
                if text is not None and name in pools:
                    yield from _out_of(service, name, text, [pool.text("subnet") for pool in pools[name]])


def _out_of(service: Service, name: str, text: Text, subnets: list[Text | None]) -> Iterator[Hit]:
    """Said only where every subnet of the network is known."""
    given = [subnet for subnet in subnets if subnet is not None]
    networks = [_network(subnet.literal or "") for subnet in given]
    if not given or len(given) < len(subnets) or None in networks or not _is_address(text.literal or ""):
        return
    if any(network is not None and _holds(network, text.literal or "") for network in networks):
        return
    listed = ", ".join(f"`{subnet.literal}`" for subnet in given)
    yield Hit(
        at=text.node,
        message=f"`{text.literal}` of `{service.name}` lies outside of the network `{name}`, which has {listed}",
        related=[(subnet.node, "a subnet of the network") for subnet in given],
        basis=service.is_run
        & assumed(*text.template.conditions, *(c for each in given for c in each.template.conditions)),
    )


def _holds(network: Network, address: str) -> bool:
    from ipaddress import ip_address

    return ip_address(address) in network


def address_taken_twice(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.standing != EXTENDED:
        yield from once(_twice(project))


def _twice(project: Project) -> Iterator[Hit]:
    taken: dict[tuple[str, str], tuple[Service, Text]] = {}
    for service in project.having("networks"):
        for name, endpoint in _endpoints(service):
            for key in ("ipv4_address", "ipv6_address"):
                text = endpoint.text(key)
                if text is None or not text.literal or service.replicas_are_zero:
                    continue
                other, first = taken.setdefault((name, text.literal), (service, text))
                if other is not service and not _are_apart(service, other):
                    yield Hit(
                        at=text.node,
                        message=f"`{other.name}` and `{service.name}` both have the address `{text.literal}` in the "
                        f"network `{name}`",
                        related=[(first.node, f"`{other.name}` takes it here")],
                        basis=assumed(
                            f"unless `{other.name}` and `{service.name}` are never run at the same time",
                            *text.template.conditions,
                            *first.template.conditions,
                        ),
                    )


def _are_apart(one: Service, other: Service) -> bool:
    """Do their profiles keep them from running together, or is that not known?"""
    if one.profiles is None or other.profiles is None:
        return True
    return bool(one.profiles or other.profiles) and not set(one.profiles) & set(other.profiles)
