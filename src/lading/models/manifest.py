"""The bill itself as plain facts: what is published, and who consumes it; policies and other programs read these."""

from __future__ import annotations

from lading import regex as re
from lading.models.facts import Fact, shown
from lading.models.join import published
from lading.models.joined import consumer_facts, job_facts, jobs_of, publication_facts, service_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from lading.models.compose.project import ImageUse, Project, Service
    from lading.models.consumers import Consumer
    from lading.models.publishing import Publication
    from lading.models.repository import Repository
    from lading.models.template import Template
    from lading.models.workflow import Job
    from lading.source import Located

    Facts = dict[str, Any]


def _source(publication: Publication) -> str | None:
    """What the label `org.opencontainers.image.source` says, as far as it is known and one."""
    labels = publication.source_labels if publication.kind == "image" else ()
    texts = {label.value.pattern if label.value is not None else None for label in labels}
    return texts.pop() if len(texts) == 1 else None


def manifest(repository: Repository) -> Facts:
    """The whole bill of a repository: its lists refer to each other by the place in the list."""
    identity = repository.identity
    publications = repository.publications
    rows = [_publication_row(each) for each in publications]
    names = [published(each).name if each.kind == "image" else None for each in publications]
    publishers = _Publishers(rows, names)
    return {
        "version": 1,
        "repository": f"{identity.owner}/{identity.name}" if identity is not None else None,
        "publications": rows,
        "jobs": _jobs(repository),
        "consumers": [_consumer_row(each, publishers) for each in repository.consumers],
        "services": _services(repository),
    }


def _publication_row(publication: Publication) -> Facts:
    row = _row(publication_facts(publication))
    parts = (publication.image, *publication.tags)
    return row | {
        "endLine": _last_line(publication.step.node),
        "source": _source(publication),
        "conditions": list(publication.basis.conditions),
        "unknown": _unknown(parts),
    }


def _consumer_row(consumer: Consumer, publishers: _Publishers) -> Facts:
    """A consumer with the publications of the same name, by their place in the list."""
    row = _row(consumer_facts(consumer))
    name = consumer.full_name.literal
    row["conditions"] = list(consumer.template.conditions)
    row["unknown"] = _unknown((consumer.template,))
    row["published_by"] = publishers.of(name)
    row["tag_published_by"] = publishers.of_tag(row["published_by"], row["tag"])
    row["perhaps_published_by"] = [] if row["published_by"] else publishers.perhaps_of(name)
    return row


def _unknown(templates: Iterable[Template]) -> list[dict[str, str]]:
    """What stands where a name has `*`, and why it is not known."""
    holes = dict.fromkeys(hole for template in templates for hole in template.holes)
    return [{"text": hole.text, "reason": hole.reason} for hole in holes]


class _Publishers:
    """Which publications have a name, as the rules over the join know it; None stands for an unknown one."""

    def __init__(self, published: list[Facts], names: list[str | None]) -> None:
        self._published = published
        self._known: dict[str, list[int]] = {}
        self._partly: list[tuple[re.Pattern[str], int]] = []
        for index, (row, name) in enumerate(zip(published, names, strict=True)):
            image = row["image"]
            if name is not None:
                self._known.setdefault(name, []).append(index)
                continue
            hub = "docker.io/" if row["registry"] == "docker.io" else ""
            whole = hub + image.removeprefix(hub)
            if row["resolved"] == "partial" and _says_enough(whole):
                self._partly.append((_filled(whole), index))

    def of(self, name: str | None) -> list[int]:
        """Publications of this very name."""
        return list(self._known.get(name, ())) if name is not None else []

    def of_tag(self, numbers: list[int], tag: str | None) -> list[int]:
        """Those that push the tag, or may push it as far as their tags are known."""
        wanted = tag or "latest"
        return [
            number
            for number in numbers
            if "*" in wanted or any(_filled(each).fullmatch(wanted) for each in self._tags(number))
        ]

    def _tags(self, number: int) -> list[str]:
        return self._published[number]["tags"] or ["latest"]

    def perhaps_of(self, name: str | None) -> list[int]:
        """Publications whose name, as far as it is known, does not speak against it."""
        if name is None:
            return []
        return [index for pattern, index in self._partly if pattern.fullmatch(name)]


def _filled(pattern: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in pattern.split("*")))


def _says_enough(pattern: str) -> bool:
    """Is more known than the registry: the owner, or the whole last segment?"""
    segments = pattern.split("/")
    return "*" not in segments[-1] or (len(segments) > 2 and "*" not in segments[1])


def _jobs(repository: Repository) -> list[Facts]:
    """The jobs of all workflows, with what they publish."""
    numbers: dict[int, list[int]] = {}
    for index, publication in enumerate(repository.publications):
        numbers.setdefault(id(publication.job), []).append(index)
    return [_job_row(job, repository, numbers.get(id(job), [])) for job in jobs_of(repository)]


def _job_row(job: Job, repository: Repository, publications: list[int]) -> Facts:
    row = _row(job_facts(job, repository))
    return row | {"endLine": _last_line(job.node), "publications": publications}


def _services(repository: Repository) -> list[Facts]:
    """Every service once: a place that several projects read, and a name that a project has twice, are one."""
    by_place = {_use_key(each): index for index, each in enumerate(repository.consumers)}
    rows: list[Facts] = []
    places: dict[tuple[str, int], int] = {}
    names: dict[tuple[str, str], int] = {}
    first_of: dict[tuple[int, str], int] = {}
    projects = sorted(repository.projects, key=lambda project: project.standing != "default")
    for number, project in enumerate(projects):
        for service in project.services.values():
            place, name = _start(service.name_node), (project.path, service.name)
            index = places.get(place, names.get(name, len(rows)))
            if index == len(rows):
                rows.append(_service_row(project, service))
            places.setdefault(place, index)
            names.setdefault(name, index)
            first_of[number, service.name] = index
    for number, project in enumerate(projects):
        for use in project.images:
            _add(rows[first_of[number, use.service.name]]["consumers"], by_place.get(_use_key(use)))
        for edge in project.dependencies:
            waits = rows[first_of[number, edge.service.name]]["waits_for"]
            known = {each["name"] for each in waits}
            if edge.target_name not in known:
                waits.append(
                    {
                        "name": edge.target_name,
                        "service": first_of.get((number, edge.target_name)),
                        "way": edge.way,
                        "condition": edge.condition,
                        "required": edge.required,
                    }
                )
    return rows


def _service_row(project: Project, service: Service) -> Facts:
    row = _row(service_facts(project, service))
    row["profiles"] = list(service.profiles) if service.profiles is not None else None
    row["places"] = list(_places(project, service))
    row["consumers"] = []
    row["waits_for"] = []
    return row


def _places(project: Project, service: Service) -> Iterator[Facts]:
    """Where files say something of a service."""
    seen = set()
    for layer in (*project.layers, project.model):
        section = layer.map("services")
        item = section.entries.get(service.name) if section is not None else None
        if item is not None and _start(item.key) not in seen:
            seen.add(_start(item.key))
            source, node = item.key.source, item.value.node
            last = max(_line(item.key), _last_line(node) if node.source is source else 0)
            yield {"path": source.path, "line": _line(item.key), "endLine": last}


def _use_key(use: ImageUse | Consumer) -> tuple[object, ...]:
    return (*_start(use.node), use.template.parts)


def _start(node: Located) -> tuple[str, int]:
    return node.source.path, node.start


def _add(numbers: list[int], number: int | None) -> None:
    if number is not None and number not in numbers:
        numbers.append(number)


def _line(node: Located) -> int:
    return node.source.place(node.start)[0]


def _last_line(node: Located) -> int:
    """The last line of what is written there; what ends at the start of a line ends on the line before."""
    return node.source.place(max(node.start, node.end - 1))[0]


_NULLS = ("permissions", "registry", "tag")
"""Facts that are null in the bill where they are not known."""


def _row(facts: Facts) -> Facts:
    """Facts as other programs read them; an unknown value is `*`."""
    row = {name: shown(value) for name, value in facts.items() if name != "key"}
    for name in _NULLS:
        value = facts.get(name)
        is_open = isinstance(value, Fact) and (name == "permissions" or value.value is None)
        if is_open:
            row[name] = None
    return row
