"""Services that look for one another at the wrong place."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, once
from lading.models.compose.health import image_name
from lading.models.compose.ports import container_ports, published_ports
from lading.models.compose.values import List, Map, Text
from lading.plain import whole
from lading.tables.stores import kind_of_image, kinds_of_scheme, kinds_of_words, port_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Fix
    from lading.models.compose.project import Project, Service
    from lading.tree import Scalar

_LOCAL = r"(?:localhost|127\.0\.0\.1|\[::1\])"
_URL = re.compile(
    rf"((?:jdbc:)?[a-z][a-z0-9+.-]*)://(?:[^/@]*@)?{_LOCAL}(?::(\d+))?(?:[/?].*|)", re.IGNORECASE
)
_HOST = re.compile(rf"{_LOCAL}(?::(\d+))?", re.IGNORECASE)
_OF_HOSTS = re.compile(r"HOST|HOSTS|HOSTNAME|SERVER|SERVERS|ADDR|ADDRESS|ENDPOINT|URL|URI")
_OF_SERVERS = frozenset(
    ("ADVERTISED", "BIND", "LISTEN", "LISTENER", "LISTENERS", "PUBLIC", "EXTERNAL", "ALLOWED")
)


def localhost_of_another_service(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    led = list(_led_to_localhost(project))
    if not led:
        return
    stores = {service.name: kind for service in project.having("image") if (kind := _kind(service))}
    if stores:
        yield from once(hit for each in led for hit in _looks_at_itself(*each, stores))


def _led_to_localhost(project: Project) -> Iterator[tuple[Service, str, Text]]:
    for service in project.having("environment"):
        written = service.variables_written
        if not _names_this_machine(written) and not ("$" in written and _knows_variables(service)):
            continue
        environment = service.environment
        for key, item in environment.entries.items() if environment is not None else ():
            text = item.value
            if not isinstance(text, Text):
                continue
            written = text.node.text
            may_lead = _names_this_machine(written) or ("$" in written and text.origin.environment.values)
            if may_lead and _names_this_machine(text.literal):
                yield service, key, text


def _knows_variables(service: Service) -> bool:
    """Is there a variable with a known value for what it sets?"""
    value = service.definition.get("environment")
    if isinstance(value, Map):
        return any(item.value.origin.environment.values for item in value.entries.values())
    items = value.items if isinstance(value, List) else (value,)
    return any(item is not None and item.origin.environment.values for item in items)


def _names_this_machine(value: str | None) -> bool:
    if not value:
        return False
    plain = value.casefold()
    return "localhost" in plain or "127.0.0.1" in plain or "[::1]" in plain


def _looks_at_itself(service: Service, key: str, text: Text, stores: Mapping[str, str]) -> Iterator[Hit]:
    if service.name not in stores and not _shares_a_network(service) and text.template.is_known:
        kinds, port = _meant(key, text.literal or "")
        other = _store(service.project, stores, kinds, port)
        if other is None or (port or port_of(stores[other.name])) in container_ports(service):
            return
        place = f"{other.name}:{port_of(stores[other.name])}"
        yield Hit(
            at=text.node,
            message=f"`{key}` of `{service.name}` leads to `localhost`, which is its own container; "
            f"{stores[other.name]} runs in `{other.name}`",
            related=[(other.name_node, f"{stores[other.name]} runs here")],
            basis=service.project.lack(service, "environment"),
            help=f"Write `{place}`, the name of the service with the port of its container.",
            fix=_with_service(text.node, other.name, place),
        )


_WRITTEN = re.compile(r"(?<![\w.-])(?:localhost|127\.0\.0\.1)(:\d+)?(?![\w.-])")


def _with_service(node: Scalar, name: str, place: str) -> Fix | None:
    """The service in the place of this machine; the port of its container where one is written."""
    found = list(_WRITTEN.finditer(node.text))
    if len(found) != 1:
        return None
    from lading.checks.mends import fix_of
    from lading.edits import replaced_part

    text = place if found[0][1] else name
    edit = replaced_part(node, found[0].start(), found[0].end(), text)
    return fix_of(f"write `{text}`", [edit], is_safe=False)


def _meant(key: str, value: str) -> tuple[tuple[str, ...], int | None]:
    """What kinds of store a variable looks for on this machine, and at which port."""
    url = _URL.fullmatch(value)
    if url is not None:
        return kinds_of_scheme(url[1]), whole(url[2]) if url[2] else None
    words = tuple(re.split(r"[_.-]", re.sub(r"^PG(?=HOST)", "PG_", key.upper())))
    host = _HOST.fullmatch(value)
    is_client = _OF_HOSTS.fullmatch(words[-1]) is not None
    if host is None or not is_client or _OF_SERVERS & set(words):
        return (), None
    return kinds_of_words(words), whole(host[1]) if host[1] else None


def _store(
    project: Project, stores: Mapping[str, str], kinds: tuple[str, ...], port: int | None
) -> Service | None:
    """The service that must be meant: of that kind, and with that port inside or outside."""
    for name, kind in stores.items() if kinds else ():
        service = project.services[name]
        if kind not in kinds or service.profiles != ():
            continue
        outside = {each.number for each in published_ports(service)}
        ports = {port_of(kind), *container_ports(service), *outside}
        if port is None or port in ports:
            return service
    return None


def _kind(service: Service) -> str | None:
    image = service.image
    name = image_name(image.template) if image is not None else None
    kind = kind_of_image(name) if name is not None else None
    return kind if kind is not None and not _shares_a_network(service) else None


def _shares_a_network(service: Service) -> bool:
    """Is `localhost` something else for it: that of the host, or of another container too?"""
    if service.definition.get("network_mode") is not None:
        return True
    joined = service.project.joined_networks
    return joined is None or service.name in joined
