"""What `docker compose config` lets pass, and the builder or the engine does not take."""

from __future__ import annotations

from lading import regex as re
from lading.checks.compose import unless_of_stack
from lading.findings import Hit, assumed, once
from lading.models.compose.health import dockerfile_of
from lading.models.dockerfile import read_dockerfile
from lading.words import nearest, slip_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Fix
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Text

_POLICIES = ("no", "always", "unless-stopped", "on-failure")
_POLICY = re.compile(r"no|always|unless-stopped|on-failure(?::\d+)?")


def unknown_restart_policy(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    hits = (hit for service in project.having("restart") for hit in _unknown_policy(service))
    yield from unless_of_stack(project, hits)


def _unknown_policy(service: Service) -> Iterator[Hit]:
    text = service.definition.text("restart")
    if text is None or not text.literal or _POLICY.fullmatch(text.literal):
        return
    near = nearest(text.literal, _POLICIES)
    hint = f"; did you mean `{near}`?" if near is not None else ""
    yield Hit(
        at=text.node,
        message=f"`restart` of `{service.name}` is `{text.literal}`, which is no restart policy{hint}",
        basis=assumed(*text.template.conditions) & service.is_run,
        help=f"Write `{near}`." if near is not None else None,
        fix=_reworded(text, slip_of(text.literal, _POLICIES), is_safe=True),
    )


def _reworded(text: Text, word: str | None, *, is_safe: bool) -> Fix | None:
    if word is None or text.node.text != text.literal:
        return None
    from lading.checks.mends import reword

    return reword(text.node, word, is_safe=is_safe)


def unknown_build_target(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(hit for service in project.having("build") for hit in _unknown_target(service))


def _unknown_target(service: Service) -> Iterator[Hit]:
    build = service.build
    target = build.text("target") if build is not None else None
    if build is None or target is None or not target.literal:
        return
    source = dockerfile_of(build, service)
    if isinstance(source, str):
        return
    dockerfile = read_dockerfile(source, {})
    if not dockerfile.stages or dockerfile.stage(target.literal) is not None:
        return
    names = [stage.name for stage in dockerfile.stages if stage.name is not None]
    near = nearest(target.literal, names)
    hint = f"; did you mean `{near}`?" if near is not None else ""
    yield Hit(
        at=target.node,
        message=f"`{source.path}` has no stage `{target.literal}`, which `{service.name}` is built from{hint}",
        related=[(dockerfile.line_span(stage.line), "a stage") for stage in dockerfile.stages],
        basis=assumed(*target.template.conditions),
        help=f"Write `{near}`." if near is not None else None,
        fix=_reworded(target, near, is_safe=False),
    )
