"""Healthchecks whose command cannot run in the image that they are for."""

from __future__ import annotations

import re

from lading.findings import Hit, assumed, once
from lading.models.compose.contents import PERHAPS, contents_of
from lading.models.compose.health import probe_of
from lading.models.compose.project import truth
from lading.models.compose.values import Map, Text
from lading.tables.images import READ
from lading.tables.tools import TOOLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.compose.contents import Contents
    from lading.models.compose.health import Probe
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value

_SHELLS = ("sh", "/bin/sh", "ash", "bash", "/bin/bash")
_FIRST_COMMAND = re.compile(r"\s*(?:!\s+)?(\S+)")
_GIVES_UP = re.compile(r"\s*(?:\(?\s*(?:exit|return|kill|false)\b|$)")


def tool_not_in_image(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(hit for service in project.services.values() for hit in _missing_tool(service))


def _missing_tool(service: Service) -> Iterator[Hit]:
    test = probe_of(service.healthcheck)
    if test is None or service.healthcheck is None or truth(service.healthcheck.text("disable")):
        return
    tool, at = _tool_of(test)
    if tool not in TOOLS or at is None:
        return
    contents = contents_of(service)
    evidence = contents.lacks(tool) if contents is not None else None
    if contents is None or evidence is None or _brings_it(service, tool):
        return
    shown = contents.image.shown
    yield Hit(
        at=at.node,
        message=f"the healthcheck of `{service.name}` runs `{tool}`, which is not in `{shown}`",
        related=[(contents.at, "this is the image")] if contents.steps else [],
        basis=_basis(contents, evidence, tool) & assumed(*at.template.conditions),
        help=_instead(contents, tool),
    )


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
