"""Healthchecks whose command cannot run in the image that they are for."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed, once
from lading.models.compose.contents import PERHAPS, YES, contents_of
from lading.models.compose.health import probe_of
from lading.models.compose.project import truth
from lading.models.compose.values import Map, Text
from lading.tables.images import READ
from lading.tables.tools import TOOLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.compose.contents import Contents
    from lading.models.compose.health import Probe
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value
    from lading.source import Located

_SHELLS = ("sh", "/bin/sh", "ash", "bash", "/bin/bash")
_FIRST_COMMAND = re.compile(r"\s*(?:!\s+)?(\S+)")
_LONGEST = 10_000
"""Characters of a healthcheck that are read: a quote that is never closed is sought from every one of them."""
_JSON_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')
_GIVES_UP = re.compile(r"\s*(?:\(?\s*(?:exit|return|kill|false)\b|$)")


def tool_not_in_image(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(hit for service in project.services.values() for hit in _missing_tool(service))


def _missing_tool(service: Service) -> Iterator[Hit]:
    healthcheck = service.healthcheck
    if (
        healthcheck is not None
        and truth(healthcheck.text("disable")) is not False
        and healthcheck.get("disable")
    ):
        return
    contents = contents_of(service) if _may_ask(service) else None
    found = _program(service, contents)
    if contents is None or found is None:
        return
    tool, at, conditions = found
    evidence = contents.lacks(tool) if tool in TOOLS else None
    if evidence is None or _brings_it(service, tool):
        return
    yield Hit(
        at=at,
        message=f"the healthcheck of `{service.name}` runs `{tool}`, which is not in `{contents.image.shown}`",
        related=[(contents.at, "this is the image")] if contents.steps else [],
        basis=_basis(contents, evidence, tool) & assumed(*conditions),
        help=_instead(contents, tool),
    )


def _may_ask(service: Service) -> bool:
    """Dockerfiles are read only where the service's own test names a tool of the table, or where there is none."""
    test = service.healthcheck.get("test") if service.healthcheck is not None else None
    if test is None:
        return service.definition.get("build") is not None
    return any(tool in text for text in _texts(test) for tool in TOOLS)


def _program(service: Service, contents: Contents | None) -> tuple[str, Located, tuple[str, ...]] | None:
    """The program that the service's test runs, or where it has none, the HEALTHCHECK of the Dockerfile."""
    if service.healthcheck is not None and service.healthcheck.get("test") is not None:
        test = probe_of(service.healthcheck)
        tool, text = _tool_of(test) if test is not None else (None, None)
        return (tool, text.node, text.template.conditions) if tool is not None and text is not None else None
    line = contents.check if contents is not None else None
    if contents is None or line is None or contents.check_at is None:
        return None
    words = _JSON_WORD.findall(line[:_LONGEST]) if line.startswith("[") else []
    tool = _base(words[0]) if words else None if line.startswith("[") else _first_of(line)
    return (tool, contents.check_at, ()) if tool is not None else None


_LOCALHOST = re.compile(r"https?://localhost(?=[:/\s\"']|$)")
_ALL_OF_IPV4 = re.compile(r"(?<![\d.])0\.0\.0\.0(?![\d.])")


def localhost_of_ipv4_server(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(hit for service in project.having("healthcheck") for hit in _only_ipv4(service))


def _only_ipv4(service: Service) -> Iterator[Hit]:
    """BusyBox tries the first address of a name only, and `localhost` is `::1` first."""
    test = service.probe
    tool, text = _tool_of(test) if test is not None else (None, None)
    if test is None or tool != "wget" or text is None:
        return
    place = next((item for item in test.items if _LOCALHOST.search(item.node.text)), None)
    contents = contents_of(service) if place is not None else None
    if contents is None or place is None or not contents.has("wget") or contents.adds("wget") == YES:
        return
    match = _LOCALHOST.search(place.node.text)
    if match is None or not _listens_on_ipv4(service, contents):
        return
    yield Hit(
        at=place.node,
        message=f"the healthcheck of `{service.name}` asks `localhost`, which is `::1` to the `wget` of "
        f"`{contents.image.shown}`, and the service listens on `0.0.0.0` only",
        basis=assumed("unless its container has no IPv6", *contents.image.conditions),
        help="Write `127.0.0.1` in place of `localhost`.",
        fix=_by_number(place, match),
    )


def _by_number(place: Text, match: re.Match[str]) -> Fix | None:
    from lading.checks.mends import fix_of
    from lading.edits import replaced_part

    start = place.node.text.index("localhost", match.start())
    edit = replaced_part(place.node, start, start + len("localhost"), "127.0.0.1")
    return fix_of("write `127.0.0.1`", [edit], is_safe=True)


def _listens_on_ipv4(service: Service, contents: Contents) -> bool:
    own = (service.definition.get(key) for key in ("command", "entrypoint", "environment"))
    said = [text for value in own if value is not None for text in _texts(value)]
    built = [value for word, value in contents.steps if word in ("CMD", "ENTRYPOINT", "ENV")]
    return any(_ALL_OF_IPV4.search(text) for text in (*said, *built))


def _basis(contents: Contents, evidence: str, tool: str) -> Basis:
    basis = assumed(*contents.image.conditions)
    if evidence != READ:
        basis &= assumed(f"unless `{contents.name}` brings `{tool}` along")
    if contents.adds(tool) == PERHAPS:
        basis &= assumed(f"unless a package that the Dockerfile installs brings `{tool}` along")
    return basis


def _instead(contents: Contents, tool: str) -> str:
    if contents.has("wget"):
        return "Use `wget -qO-`, which the image has, or install `curl` in a Dockerfile."
    if contents.name in ("node", "python"):
        return f"Ask with `{contents.name}` itself, or install `{tool}` in a Dockerfile."
    return f"Install `{tool}` in a Dockerfile, or use a program that the image has."


def _tool_of(test: Probe) -> tuple[str | None, Text | None]:
    """The first program that runs where nothing takes its place when it fails, without its folder."""
    if test.form == "CMD" and test.is_list and test.items:
        word = test.items[0].literal
        if word in _SHELLS and len(test.items) == 3 and test.items[1].literal in ("-c", "-ec", "-lc"):
            return _first_of(test.items[2].template.shown), test.items[2]
        return _base(word or ""), test.items[0]
    if test.form == "CMD-SHELL" and test.items:
        return _first_of(test.items[0].template.shown), test.items[0]
    return None, None


def _first_of(line: str) -> str | None:
    match = _FIRST_COMMAND.match(line)
    if match is None or not all(_GIVES_UP.match(other) for other in line.split("||")[1:]):
        return None
    return _base(match[1])


def _base(program: str) -> str:
    return program.rpartition("/")[2]


def _brings_it(service: Service, tool: str) -> bool:
    """Does the service itself tell of the tool: a command that installs it, a file that is mounted?"""
    telling = re.compile(rf"\b(?:{tool}|apk|apt|apt-get)\b")
    return any(
        telling.search(text)
        for key, item in service.definition.entries.items()
        if key in ("command", "entrypoint", "volumes", "configs", "post_start", "pre_start")
        for text in _texts(item.value)
    )


def _texts(value: Value) -> Iterator[str]:
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Text):
            yield each.node.text
        elif isinstance(each, Map):
            waiting += [item.value for item in each.entries.values()]
        else:
            waiting += getattr(each, "items", ())
