"""What `docker compose push` leaves out without a word."""

from __future__ import annotations

import re

from lading.findings import Hit, once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.compose.project import Project
    from lading.models.publishing import Publication
    from lading.models.repository import Repository

_OF_ALL = re.compile(r"\bcompose\b(?:(?!\bpush\b)[^\n;&|#])*(?:\bpush|--push)[ \t]*(?=$|[\n;&|#])")
"""A push of all services: none is named behind it."""


def built_without_image(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A service that is built has no name that `docker compose push` could push it by."""
    pushes = {each.place.source.path: each for each in repository.publications if _pushes_all(each)}
    yield from once(
        hit
        for project in (repository.projects if pushes else ())
        if project.is_started and not project.unknowns
        for path in project.sources
        if path in pushes
        for hit in _left_out(project, pushes[path])
    )


def _pushes_all(publication: Publication) -> bool:
    script = publication.step.run
    by_compose = any(each.push.tool == "docker compose push" for each in publication.sightings)
    return by_compose and script is not None and _OF_ALL.search(script.text) is not None


def _left_out(project: Project, publication: Publication) -> Iterator[Hit]:
    for service in project.services.values():
        if service.definition.get("build") is None or service.definition.get("image") is not None:
            continue
        if service.profiles == () and not service.definition.is_partial:
            yield Hit(
                at=service.name_node,
                message=f"`{service.name}` is built but has no `image`, so `docker compose push` in job "
                f"`{publication.job.id}` leaves it out",
                related=[(publication.step.run or publication.step.entry, "the images are pushed here")],
                basis=publication.basis & project.lack(service, "image"),
            )
