"""The ports of the host that a service takes: `ports`, in its short and its long form."""

from __future__ import annotations

from lading import regex as re
from lading.models.compose.values import List, Map, Text
from lading.plain import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.models.compose.project import Service
    from lading.models.compose.values import Value
    from lading.tree import Node

_SHORT = re.compile(
    r"(?:(?P<ip>\[[0-9A-Fa-f:.]+\]|[0-9.]+):)?(?P<host>\d+(?:-\d+)?):(?P<container>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?"
)
_CONTAINER = re.compile(r"(?:.*:)?(?P<container>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?")
LONGEST = 1_000
"""Ports of one range that are told apart; a longer one is left out."""
_V4 = "0.0.0.0"
_V6 = "::"


class PublishedPort:
    """One port of the host, fixed by number: `ip` is "" for all addresses, `target` the container's port.

    `conditions` are the assumptions under which the numbers are what they are; `is_of_node` says that `mode: host`
    asks Swarm for the port of whichever machine it runs on; `written` is the same where the same words and variables
    make the numbers.
    """

    __slots__ = (
        "conditions",
        "ip",
        "is_of_node",
        "node",
        "number",
        "protocol",
        "service",
        "target",
        "written",
    )

    def __init__(
        self,
        service: Service,
        node: Node,
        number: int,
        target: int,
        *,
        ip: str,
        protocol: str,
        conditions: tuple[str, ...],
        is_of_node: bool = False,
        written: tuple[object, ...] = (),
    ) -> None:
        self.service = service
        self.node = node
        self.number = number
        self.target = target
        self.ip = ip.strip("[]")
        self.protocol = protocol.lower()
        self.conditions = conditions
        self.is_of_node = is_of_node
        self.written = written

    def clashes_with(self, other: PublishedPort) -> bool:
        """Do both need the same number and protocol on an address that they share?"""
        same = (self.number, self.protocol) == (other.number, other.protocol)
        return same and _share_an_address(self.ip, other.ip)

    def __repr__(self) -> str:
        return f"<PublishedPort {self.service.name} {self.ip}:{self.number}:{self.target}/{self.protocol}>"


def may_clash(services: Iterable[Service]) -> bool:
    """May two of their ports have one number of the host? In few projects: a glance spares the others the rest."""
    seen: set[str] = set()
    for service in services:
        value = service.definition.get("ports")
        for item in value.items if isinstance(value, List) else ():
            if not isinstance(item, Text):
                return True
            host = (item.literal or "").rpartition(":")[0].rpartition(":")[2]
            if not host:
                continue  # the engine chooses one
            if host in seen or not (host.isascii() and host.isdecimal()) or host[0] == "0":
                return True
            seen.add(host)
    return False


def published_ports(service: Service) -> Iterator[PublishedPort]:
    """Ports with a number of their own; a range for a single container port leaves the choice to the engine.

    What is said twice in the same words counts once, in its last place, as it does for Compose.
    """
    found: dict[tuple[object, ...], PublishedPort] = {}
    value = service.definition.get("ports")
    for item in value.items if isinstance(value, List) else ():
        ports = _short(service, item) if isinstance(item, Text) else _long(service, item)
        for port in ports:
            found[port.ip, port.number, port.target, port.protocol] = port
    yield from found.values()


def container_ports(service: Service) -> frozenset[int]:
    """The ports that `ports` and `expose` say the container listens on."""
    found: set[int] = set()
    for key in ("ports", "expose"):
        value = service.definition.get(key)
        for item in value.items if isinstance(value, List) else ():
            text = item.text("target") if isinstance(item, Map) else item
            match = _CONTAINER.fullmatch(text.literal or "") if isinstance(text, Text) else None
            if match is not None:
                found.update(_numbers(match["container"]))
    return frozenset(found)


def _short(service: Service, item: Text) -> Iterator[PublishedPort]:
    match = _SHORT.fullmatch(item.literal or "")
    if match is None:
        return
    hosts, targets = _numbers(match["host"]), _numbers(match["container"])
    if len(hosts) > LONGEST:
        return
    for number, target in zip(hosts, targets, strict=True) if len(hosts) == len(targets) else ():
        yield PublishedPort(
            service,
            item.node,
            number,
            target,
            ip=match["ip"] or "",
            protocol=match["protocol"] or "tcp",
            conditions=item.template.conditions,
            written=(item.origin.environment, item.node.text),
        )


def _long(service: Service, item: Value) -> Iterator[PublishedPort]:
    if not isinstance(item, Map):
        return
    texts = {name: item.text(name) for name in ("published", "target", "host_ip", "protocol", "mode")}
    if any(text is not None and text.literal is None for text in texts.values()):
        return
    known = {name: text.literal or "" for name, text in texts.items() if text is not None}
    published, target = known.get("published", ""), known.get("target", "")
    node = texts["published"].node if texts["published"] is not None else item.node
    if not (published.isdecimal() and target.isdecimal()):
        return
    conditions = tuple(c for text in texts.values() if text is not None for c in text.template.conditions)
    yield PublishedPort(
        service,
        node,
        whole(published),
        whole(target),
        ip=known.get("host_ip", ""),
        protocol=known.get("protocol", "tcp"),
        conditions=conditions,
        is_of_node=known.get("mode") == "host",
        written=(item.origin.environment, *(text.node.text for text in texts.values() if text is not None)),
    )


def _numbers(text: str) -> range:
    first, _, last = text.partition("-")
    return range(whole(first), min(whole(last or first), 65535) + 1)


def _share_an_address(one: str, other: str) -> bool:
    if "" in (one, other) or one == other:
        return True
    if (":" in one) != (":" in other):
        return False
    return bool({_V4, _V6} & {one, other})
