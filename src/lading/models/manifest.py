"""The bill itself as plain facts: what is published, and who consumes it; policies and other programs read these."""

from __future__ import annotations

from lading.models.join import full_name, published

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lading.models.compose.project import Project, Service
    from lading.models.consumers import Consumer
    from lading.models.publishing import Publication
    from lading.models.repository import Repository
    from lading.source import Located

    Facts = dict[str, Any]


FACTS = {
    "publications": (
        *("key", "path", "line", "job", "step", "image", "tags", "resolved", "registry"),
        *("credential", "permissions", "events"),
    ),
    "consumers": ("key", "path", "line", "service", "image", "tag", "built", "kind"),
    "services": ("key", "path", "line", "service", "project", "image", "built"),
}
"""The facts of each list, by which a policy may ask for them; a test holds them equal to what is given."""


def joined(subject: Any, scope: str, given: str) -> Iterator[tuple[Located, Facts]]:
    """Places and facts of the `given` list (publications, consumers, services) that a subject of that scope holds."""
    if given == "publications":
        for publication in subject.publications if scope == "repository" else (subject,):
            yield publication.node, publication_facts(publication)
    elif given == "consumers":
        for consumer in subject.consumers if scope == "repository" else (subject,):
            yield consumer.node, consumer_facts(consumer)
    elif given == "services":
        for project in subject.projects:
            for service in project.services.values():
                yield service.name_node, service_facts(project, service)


def publication_facts(publication: Publication) -> Facts:
    """One image that a step pushes. `image` is without tag; a segment that is not known is `*`."""
    node = publication.node
    return {
        "key": publication.job.id,
        "path": node.source.path,
        "line": node.source.place(node.start)[0],
        "job": publication.job.id,
        "step": publication.step.index if publication.step is not None else None,
        "image": publication.image.pattern,
        "tags": list(dict.fromkeys(tag.pattern for tag in publication.tags)),
        "resolved": publication.resolved,
        "registry": publication.registry,
        "credential": publication.credential,
        "permissions": _permissions(publication),
        "events": list(publication.events),
    }


def _permissions(publication: Publication) -> dict[str, str] | None:
    """The least that any chain of callers grants, for the scopes that publishing needs; None where it is not known."""
    ranks = ("none", "read", "write")
    scopes = ("contents", "packages", "id-token", "attestations")
    if not publication.permissions or any(e.basis.kind != "known" for e in publication.permissions):
        return None
    return {s: min((e.level(s) for e in publication.permissions), key=ranks.index) for s in scopes}


def consumer_facts(consumer: Consumer) -> Facts:
    """One image that a service names."""
    node = consumer.node
    name, _, tag = _without_tag(consumer.template.pattern)
    return {
        "key": consumer.service_name,
        "path": node.source.path,
        "line": node.source.place(node.start)[0],
        "service": consumer.service_name,
        "image": name,
        "tag": tag or None,
        "built": consumer.is_built,
        "kind": consumer.kind,
    }


def _without_tag(pattern: str) -> tuple[str, str, str]:
    name = pattern.partition("@")[0]
    before, colon, tag = name.rpartition(":")
    return (before, colon, tag) if colon and "/" not in tag else (name, "", "")


def service_facts(project: Project, service: Service) -> Facts:
    """One service of a Compose project."""
    node = service.name_node
    return {
        "key": service.name,
        "path": node.source.path,
        "line": node.source.place(node.start)[0],
        "service": service.name,
        "project": project.path,
        "image": service.image.template.pattern if service.image is not None else None,
        "built": service.build is not None,
    }


def manifest(repository: Repository) -> Facts:
    """The whole bill of a repository."""
    publications = repository.publications
    names = [published(each).name if each.kind == "image" else None for each in publications]
    return {
        "version": 1,
        "publications": [_row(publication_facts(each)) for each in publications],
        "consumers": [_consumer_row(each, names) for each in repository.consumers],
    }


def _consumer_row(consumer: Consumer, names: list[str | None]) -> Facts:
    """A consumer with the publications of the same name, by their place in the list."""
    row = _row(consumer_facts(consumer))
    name = full_name(consumer.parts.name).literal
    row["published_by"] = [index for index, other in enumerate(names) if name is not None and other == name]
    return row


def _row(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if name != "key"}
