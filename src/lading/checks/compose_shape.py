"""Compose files whose keys or values are not what Compose takes."""

from __future__ import annotations

from lading.checks.compose import ways
from lading.findings import KNOWN, Hit, assumed, once, unknown
from lading.models.compose.project import EXTENDED
from lading.models.compose.values import Map, Text
from lading.shape import INVALID_VALUE, MISSING_KEY, RECENT_KEY, UNKNOWN_KEY, WRONG_TYPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.compose.project import Project
    from lading.models.compose.values import Value
    from lading.shape import Misfit


def unknown_key(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Services at the top of a file, where the first format of Compose files had them, are told of once."""
    at_top: dict[str, list[Misfit]] = {}
    for misfit in project.misfits if project.model.get("services") is None else ():
        if misfit.kind == UNKNOWN_KEY and len(misfit.path) == 1 and _is_like_a_service(misfit.value):
            at_top.setdefault(misfit.at.source.path, []).append(misfit)
    for first, *others in at_top.values():
        yield Hit(
            at=first.at,
            message=f"`{first.path[0]}` is a service at the top level, where Compose no longer looks for any",
            related=[(each.at, f"`{each.path[0]}` is another one") for each in others],
            basis=_basis(project, first),
            help="Put the services under `services:`.",
        )
    yield from _hits(project, UNKNOWN_KEY, told={each for found in at_top.values() for each in found})


def _is_like_a_service(value: Value) -> bool:
    return isinstance(value, Map) and any(value.get(key) is not None for key in ("image", "build", "extends"))


def wrong_type(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _hits(project, WRONG_TYPE)


def invalid_value(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _hits(project, INVALID_VALUE)


def missing_key(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _hits(project, MISSING_KEY)


def recent_key(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from _hits(project, RECENT_KEY)


def invalid_depends_on(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    for kind in (WRONG_TYPE, INVALID_VALUE, MISSING_KEY):
        yield from _hits(project, kind, of_dependencies=True)


def _hits(
    project: Project, kind: str, *, of_dependencies: bool = False, told: Container[Misfit] = ()
) -> Iterator[Hit]:
    if not project.misfits:  # as most
        return
    conflicts = [trouble.at for trouble in project.troubles if trouble.kind == "conflicting-override"]
    yield from once(
        Hit(
            at=misfit.at,
            message=misfit.message,
            related=ways(misfit.value),
            basis=_basis(project, misfit),
            help="Remove it: Compose ignores `version`." if _is_of_version(misfit) else misfit.help,
            fix=_fix_of(project, misfit),
        )
        for misfit in project.misfits
        if misfit.kind == kind
        and _has_rule_of_its_own(misfit) == of_dependencies
        and misfit.at not in conflicts
        and misfit not in told
    )


def _is_of_version(misfit: Misfit) -> bool:
    """Is it a slip of a key that has no meaning any more?"""
    return len(misfit.path) == 1 and "version" in (misfit.meant, misfit.path[0].lower())


def _fix_of(project: Project, misfit: Misfit) -> Fix | None:
    if misfit.kind == UNKNOWN_KEY and _is_of_version(misfit):
        from lading.checks.mends import drop_entry

        return drop_entry(project.texts.tree(misfit.at.source.path), misfit.at)
    if misfit.meant is None and misfit.given is None:
        return None
    from lading.checks.mends import of_misfit

    return of_misfit(misfit, misfit.value.node)


def _has_rule_of_its_own(misfit: Misfit) -> bool:
    """The form of `depends_on`, but for unknown keys."""
    return misfit.kind not in (UNKNOWN_KEY, RECENT_KEY) and misfit.path[2:3] == ("depends_on",)


def _hangs_on_the_text(misfit: Misfit) -> bool:
    """Could another text of a variable be right? None is where a list or a mapping is expected."""
    return misfit.kind == INVALID_VALUE or bool({*misfit.wanted} - {"array", "object", "null"})


def _basis(project: Project, misfit: Misfit) -> Basis:
    if project.standing == EXTENDED:
        return unknown("Compose reads no more of this file than the services which others extend")
    if misfit.kind == UNKNOWN_KEY and misfit.path[0] == "include":
        return assumed("though Compose passes over it without a word")
    if misfit.kind == MISSING_KEY:
        if project.unknowns or (isinstance(misfit.value, Map) and misfit.value.is_partial):
            return unknown(*(project.unknowns or ("a part of it cannot be read",)))
        if project.is_overlay:
            return unknown("this file is meant to be used together with another one")
    if isinstance(misfit.value, Text) and _hangs_on_the_text(misfit):
        return assumed(*misfit.value.template.conditions)
    return KNOWN
