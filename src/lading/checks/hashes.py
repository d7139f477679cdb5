"""Password hashes that Compose takes for variables."""

from __future__ import annotations

import re

from lading.findings import Hit, assumed, once
from lading.models.compose.interpolation import references
from lading.models.compose.values import Map, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.compose.interpolation import Reference
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value

_SCHEMES = r"apr1|argon2(?:id|i|d)?|bcrypt|pbkdf2|scrypt|sha512|sha256"
_PLAIN = re.compile(rf"(?<!\$)\$(?:{_SCHEMES})(?:-[a-z0-9]+)?\$")
_ESCAPED = re.compile(rf"\$\$(?:{_SCHEMES}|2[abxy]|1|5|6|y)(?:-[a-z0-9]+)?\$")


def hash_read_as_variable(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        hit
        for service in project.services.values()
        for text in _texts(service)
        for hit in _cut(service, text)
    )


def _cut(service: Service, text: Text) -> Iterator[Hit]:
    written = text.node.text
    start = _PLAIN.search(written) or _ESCAPED.search(written)
    if start is None:
        return
    lost = [
        each for each in references(written) if each.start >= start.start() and _is_no_variable(each, text)
    ]
    if not lost:
        return
    names = ", ".join(f"`{each.text}`" for each in lost)
    is_certain = _PLAIN.match(written, start.start()) is not None
    yield Hit(
        at=text.node.inner_span(lost[0].start, lost[-1].end),
        message=f"Compose replaces {names} in the password hash of `{service.name}` by nothing",
        basis=assumed() if is_certain else assumed(f"unless `{lost[0].name}` is set where Compose runs"),
        help="Double each `$` of the hash: `$$`.",
    )


def _is_no_variable(reference: Reference, text: Text) -> bool:
    is_bare = reference.operator is None and not reference.text.startswith("${")
    return is_bare and reference.name not in text.origin.environment.values


def _texts(service: Service) -> Iterator[Text]:
    build, deploy = service.build, service.definition.map("deploy")
    waiting: list[Value | None] = [
        service.definition.get(key) for key in ("environment", "labels", "command")
    ]
    waiting.append(build.get("args") if build is not None else None)
    waiting.append(deploy.get("labels") if deploy is not None else None)
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, Text):
            yield value
        elif isinstance(value, Map):
            waiting += [item.value for item in value.entries.values()]
        else:
            waiting += getattr(value, "items", ())
