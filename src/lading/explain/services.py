"""A Compose project and its services as facts: the files, the merged definition with its origins, health, waiting."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.explain.places import ground_of, place_of, text_facts
from lading.models.compose.project import DEFAULT, EXTENDED, INCLUDED
from lading.models.compose.values import List, Map, Text
from lading.models.image import split_template
from lading.models.join import full_name
from lading.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.explain.places import Facts
    from lading.models.compose.project import Dependency, Project, Service
    from lading.models.compose.values import Step, Value
    from lading.models.publishing import Publication
    from lading.models.repository import Repository
    from lading.models.template import Template

_SECRET = re.compile(
    r"(?:^|[_.-])(?:pass|password|passwd|passphrase|pw|pwd|secrets?|token|credentials?|(?:api|access|private|auth)?_?key)"
    r"(?:$|[_.-])",
    re.IGNORECASE,
)
"""What a name has that holds what is not for everybody's eyes; a value from `.env` is shown as it is written then."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_VALUES = 2000
"""Values of one definition that are shown."""


def project_facts(project: Project, repository: Repository) -> Facts:
    """A project with its files and, briefly, its services."""
    return {
        "kind": "compose-project",
        "path": project.path,
        **_files(project),
        "services": [
            {
                "service": service.name,
                **place_of(service.name_node),
                "image": _image(service, repository),
                "health": _health(service),
                "waits_for": [_edge(edge) for edge in project.dependencies if edge.service is service],
            }
            for service in project.services.values()
        ],
    }


def spans_of_service(service: Service) -> list[Span]:
    """Where the files of the project write of the service, those that it extends left out."""
    found = []
    for layer in service.project.layers:
        services = layer.map("services")
        item = services.entries.get(service.name) if services is not None else None
        if item is not None:
            node = item.value.node
            is_beside = node.source is item.key.source and node.end > item.key.start
            end = node.end if is_beside else item.key.end
            found.append(Span(item.key.source, item.key.start, end))
    return found


def service_facts(service: Service, repository: Repository) -> Facts:
    """A service as Compose merges it, each value with the place where it is written and the way it came."""
    project = service.project
    return {
        "kind": "service",
        "service": service.name,
        **place_of(service.name_node),
        "project": {"path": project.path, **_files(project)},
        "profiles": list(service.profiles) if service.profiles is not None else None,
        "definition": list(_definition(service)),
        "partial": service.definition.is_partial,
        "image": _image(service, repository),
        "health": _health(service),
        "waits_for": [_edge(edge) for edge in project.dependencies if edge.service is service],
        "awaited_by": [_edge(edge) for edge in project.dependencies if edge.target is service],
    }


# --- the files ---


def _files(project: Project) -> Facts:
    return {
        "standing": project.standing,
        "because": _because(project),
        "files": [*_given(project), *_drawn_in(project)],
        "active_profiles": list(project.profiles),
        "unknown": list(project.unknowns),
    }


def _because(project: Project) -> str:
    """Why these files are a project."""
    given, whole = len(project.sources), len(project.files)
    what = "this file" if given == 1 else "these files"
    if given < whole:
        what = "the first" if given == 1 else f"the first {given}"
    if project.origin != project.path:
        return f"`{project.origin}`{_line_of(project)} names {what}"
    if project.standing == DEFAULT:
        return f"`docker compose` finds {what} by name"
    if project.standing == INCLUDED:
        return "it is taken by itself; another file includes it"
    if project.standing == EXTENDED:
        return "it is taken by itself; a service of another file extends one of it"
    return "nothing in the repository says that another file is used with it"


def _line_of(project: Project) -> str:
    """The one line of the origin that names every file, as words; nothing where there is none or several."""
    source = project.texts.source(project.origin)
    names = [posixpath.basename(path) for path in project.sources]
    lines = range(1, source.line_count + 1) if source is not None else ()
    found = [n for n in lines if source is not None and all(name in source.line(n) for name in names)]
    return f", line {found[0]}," if len(found) == 1 else ""


def _given(project: Project) -> Iterator[Facts]:
    for index, path in enumerate(project.sources):
        yield {"path": path, "how": "override file" if index else "first file", "from": None}


def _drawn_in(project: Project) -> Iterator[Facts]:
    """Files that the given ones include or extend from, each with the place that says so."""
    turns: dict[str, Step] = {}
    for value in _all_values(project.model):
        steps = [step for step in value.via if step.kind in ("include", "extends")]
        if steps:
            turns.setdefault(value.node.source.path, steps[-1])
    for path in project.files:
        if path not in project.sources:
            turn = turns.get(path)
            how = (
                {"include": "included", "extends": "extended"}[turn.kind] if turn is not None else "drawn in"
            )
            yield {"path": path, "how": how, "from": place_of(turn.at) if turn is not None else None}


def _all_values(value: Value) -> Iterator[Value]:
    waiting = [value]
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, Map):
            waiting += [item.value for item in current.entries.values()]
        elif isinstance(current, List):
            waiting += current.items


# --- the definition ---


def _definition(service: Service) -> Iterator[Facts]:
    found = _leaves(service.definition, ())
    for number, (keys, value) in enumerate(found):
        if number == _MAX_VALUES:
            return
        yield {
            "key": list(keys),
            **_value(keys, value),
            **place_of(value.node),
            "via": [
                {"kind": step.kind, **place_of(step.at)} for step in value.via if step.kind != "override file"
            ],
            "file": _file_of(value, service.project),
            "in_place_of": list(_replaced(service, keys, value)),
        }


Keys = tuple[str | int, ...]


def _leaves(value: Value, keys: Keys) -> Iterator[tuple[Keys, Value]]:
    """The ends of a definition; an empty mapping or list is one."""
    if value.tag == "reset":
        return
    if isinstance(value, Map) and value.entries:
        for name, item in value.entries.items():
            yield from _leaves(item.value, (*keys, name))
    elif isinstance(value, List) and value.items:
        for index, each in enumerate(value.items):
            yield from _leaves(each, (*keys, index))
    else:
        yield keys, value


def _value(keys: Keys, value: Value) -> Facts:
    if not isinstance(value, Text):
        return {"value": "{}" if isinstance(value, Map) else "[]", "unknown": [], "conditions": []}
    facts = text_facts(value.template)
    shown = facts.pop("text")
    written = value.node.text
    if "$" in written and _is_secret(keys, written):
        shown = written.partition("=")[2] if value.is_made and "=" in written else written
    return {"value": None if value.is_null else shown, **facts}


def _is_secret(keys: Keys, written: str) -> bool:
    names = (*(key for key in keys if isinstance(key, str)), *_NAME.findall(written))
    return any(_SECRET.search(name) for name in names)


def _file_of(value: Value, project: Project) -> str:
    """What the file is that a value stands in, as one word."""
    path = value.node.source.path
    kinds = {step.kind for step in value.via}
    if "extends" in kinds:
        return "extends"
    if "include" in kinds:
        return "include"
    return "override" if path in project.sources[1:] else "base"


def _replaced(service: Service, keys: Keys, value: Value) -> Iterator[Facts]:
    """What other files say in the same place, which this value goes over."""
    if any(isinstance(key, int) for key in keys):
        return
    seen = {(value.node.source.path, value.node.start)}
    for layer in service.project.layers:
        services = layer.map("services")
        below: Value | None = services.get(service.name) if services is not None else None
        for key in keys:
            below = below.get(str(key)) if isinstance(below, Map) else None
        if isinstance(below, Text) and (below.node.source.path, below.node.start) not in seen:
            seen.add((below.node.source.path, below.node.start))
            yield {**_value(keys, below), **place_of(below.node)}


# --- health, waiting, image ---


def _health(service: Service) -> Facts:
    health = service.health
    return {
        "state": health.state,
        "reason": health.reason,
        **place_of(health.at),
        **ground_of(health.basis),
    }


def _edge(edge: Dependency) -> Facts:
    target = edge.target
    return {
        "service": edge.service.name,
        "target": edge.target_name,
        "condition": edge.condition,
        "required": edge.required,
        "key": edge.way,
        **place_of(edge.condition_node),
        "defined": target is not None,
        "health": target.health.state if target is not None and edge.waits_for_health else None,
        "reason": target.health.reason if target is not None and edge.waits_for_health else None,
    }


def _image(service: Service, repository: Repository) -> Facts | None:
    """The image, and who makes it: a build here, publications of the same name, or others that may have it."""
    image = service.image
    build = service.build
    facts: Facts = {"reference": None, "built_from": None, "published_by": [], "may_be_published_by": []}
    if build is not None:
        context = build.text("context")
        facts["built_from"] = {
            "context": context.template.shown if context is not None else ".",
            **place_of(build.node),
        }
    if image is not None:
        facts["reference"] = {**text_facts(image.template), **place_of(image.node)}
        facts |= _published(image.template, repository)
    return facts if image is not None or build is not None else None


def _published(template: Template, repository: Repository) -> Facts:
    parts = split_template(template)
    name = repository.owned.original(full_name(parts.name)).literal
    tag = "latest" if parts.has_version is False else parts.tag.literal if parts.tag is not None else None
    certain, perhaps = [], []
    for publication in repository.publications:
        if publication.kind != "image" or publication.lacks_tags:
            continue
        pushed = publication.owned.original(full_name(publication.image)).literal
        if name is not None and pushed == name:
            certain.append(_publisher(publication, tag))
        elif not template.holes and pushed is None and _may_be(publication.image, parts.name.shown):
            perhaps.append(_publisher(publication, tag))
    return {"published_by": certain, "may_be_published_by": perhaps}


def _may_be(pattern: Template, name: str) -> bool:
    """Can the holes of a name be filled so that it is this one? A name that is nothing but holes says nothing."""
    literal = pattern.pattern.replace("*", "").strip("/:")
    if not literal:
        return False
    expression = "".join(re.escape(part) if isinstance(part, str) else ".+" for part in pattern.parts)
    return re.fullmatch(expression, name, re.IGNORECASE) is not None


def _publisher(publication: Publication, tag: str | None) -> Facts:
    """A job that pushes the name; `tag` says whether it pushes the tag too: yes, no, or unknown."""
    tags = publication.tags
    has = "unknown"
    if tag is not None and any(each.literal == tag for each in tags):
        has = "yes"
    elif tag is not None and tags and not any(each.holes for each in tags):
        has = "no"
    return {
        "job": publication.job.id,
        **place_of(publication.place),
        "tags": list(dict.fromkeys(each.shown for each in tags)),
        "tag": has,
    }
