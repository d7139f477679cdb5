"""A Dockerfile as facts: its stages, whether their images report health, the label of their source, who builds it."""

from __future__ import annotations

from lading.explain.jobs import label_facts
from lading.explain.places import ground_of, place_of, text_facts
from lading.models.compose.health import Health, dockerfile_of, health_of_reference
from lading.models.dockerfile import INHERITED, read_dockerfile
from lading.models.labels import ABSENT, SOURCE, SourceLabel
from lading.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.explain.places import Facts
    from lading.models.dockerfile import Dockerfile, Stage
    from lading.models.repository import Repository


def spans_of_dockerfile(path: str, repository: Repository) -> list[Span]:
    """All of it."""
    source = repository.texts.source(path)
    return [Span(source, 0, len(source.text))] if source is not None else []


def dockerfile_facts(path: str, repository: Repository) -> Facts:
    """What its stages are built on and pass on, with the defaults of its arguments."""
    source = repository.texts.source(path)
    dockerfile = read_dockerfile(source, {}) if source is not None else None
    healthy = repository.config.healthy_images
    stages = (
        [_stage(each, number, dockerfile, healthy) for number, each in enumerate(dockerfile.stages)]
        if dockerfile is not None
        else []
    )
    return {
        "kind": "dockerfile",
        "path": path,
        "stages": stages,
        "services": list(_services(path, repository)),
        "pushes": list(_pushes(path, repository)),
    }


def _stage(stage: Stage, number: int, dockerfile: Dockerfile, healthy: tuple[str, ...]) -> Facts:
    base = stage.base
    return {
        "name": stage.name,
        **place_of(dockerfile.line_span(stage.line)),
        "base": (base.name or str(dockerfile.stages.index(base))) if base is not None else None,
        "image": text_facts(stage.image) if stage.image is not None else None,
        "health": _health(str(number), dockerfile, healthy),
        "label": label_facts(_label(stage, dockerfile)),
    }


def _health(number: str, dockerfile: Dockerfile, healthy: tuple[str, ...]) -> Facts:
    verdict = dockerfile.health(number)
    at = dockerfile.line_span(verdict.line)
    health = Health(verdict.state, f"it has {verdict.reason}", at)
    if verdict.state == INHERITED and verdict.image is not None:
        found = health_of_reference(verdict.image, at, healthy)
        health = Health(found.state, f"no HEALTHCHECK of its own, and {found.reason}", at, found.basis)
    return {"state": health.state, "reason": health.reason, **place_of(at), **ground_of(health.basis)}


def _label(stage: Stage, dockerfile: Dockerfile) -> SourceLabel:
    if SOURCE not in stage.labels:
        return ABSENT
    value, line = stage.labels[SOURCE]
    return SourceLabel(value, dockerfile.line_span(line))


def _services(path: str, repository: Repository) -> Iterator[Facts]:
    """The services that build it."""
    seen = set()
    for project in repository.projects:
        for service in project.services.values():
            build = service.build
            source = dockerfile_of(build, service) if build is not None else ""
            place = (service.name_node.source.path, service.name_node.start)
            if not isinstance(source, str) and source.path == path and place not in seen:
                seen.add(place)
                yield {"service": service.name, **place_of(service.name_node)}


def _pushes(path: str, repository: Repository) -> Iterator[Facts]:
    """The images whose label it gives, and that are pushed."""
    for publication in repository.publications:
        if publication.kind != "image":
            continue
        if any(each.at is not None and each.at.source.path == path for each in publication.source_labels):
            image = None if publication.lacks_tags else text_facts(publication.image)
            yield {"job": publication.job.id, "kind": "image", "image": image, **place_of(publication.place)}
