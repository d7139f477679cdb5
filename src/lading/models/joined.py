"""What policies and the bill tell of publications, jobs, consumers and services: plain values, each with its ground."""

from __future__ import annotations

from lading import regex as re
from lading.findings import KNOWN, assumed, unknown
from lading.models.compose.forms import BadForm, mount
from lading.models.compose.merge import UNIQUE, normal
from lading.models.compose.project import truth
from lading.models.compose.values import List, Map, Text
from lading.models.facts import Fact, on
from lading.models.image import split_template
from lading.models.join import full_name
from lading.models.permissions import effective
from lading.models.template import Template
from lading.models.workflow import scalar_value
from lading.tables.scopes import LEVELS, SCOPES
from lading.tree import Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from lading.findings import Basis
    from lading.models.compose.project import Project, Service
    from lading.models.consumers import Consumer
    from lading.models.permissions import Effective
    from lading.models.publishing import Publication
    from lading.models.repository import Repository
    from lading.models.workflow import Job
    from lading.models.worlds import World
    from lading.source import Located
    from lading.tree import Node

    Facts = dict[str, Any]


Places = dict[str, "Located"]


def joined(subject: Any, scope: str, given: str) -> Iterator[tuple[Located, Facts, Basis, Places]]:
    """What the `given` list holds for a subject of that scope: place, facts, ground, and where single facts stand."""
    is_whole = scope == "repository"
    if given == "publications":
        for publication in subject.publications if is_whole else (subject,):
            yield publication.node, publication_facts(publication), publication.basis, {}
    elif given == "consumers":
        for consumer in subject.consumers if is_whole else (subject,):
            yield consumer.node, consumer_facts(consumer), KNOWN, {}
    elif given == "jobs":
        for job in jobs_of(subject):
            yield job.key, job_facts(job, subject), KNOWN, {}
    elif given == "services":
        for project in subject.projects if is_whole else (subject,):
            for service in project.services.values():
                yield service.name_node, service_facts(project, service), KNOWN, _places(service)


_KEYS = {
    **dict.fromkeys(("image", "tag", "digest", "registry"), "image"),
    "built": "build",
    "health": "healthcheck",
    "waits_for": "depends_on",
    "mounts": "volumes",
    **{
        key: key
        for key in ("restart", "profiles", "ports", "privileged", "read_only", "user", "network_mode")
    },
    **{key: key for key in ("pid", "cap_add")},
}
"""The keys of Compose that say what facts of a service are."""


def _places(service: Service) -> Places:
    entries = service.definition.entries
    return {fact: entries[key].key for fact, key in _KEYS.items() if key in entries}


# --- images ---


def _image(name: Template) -> Any:
    """A name without tag: an unknown part is `*`."""
    return _of_template(name)


def _of_template(template: Template) -> Any:
    if template.holes:
        return Fact(template.pattern, unknown(*template.reasons))
    return on(template.literal, assumed(*template.conditions))


def _parts(template: Template) -> Facts:
    """Name, tag, digest and registry of a reference."""
    parts = split_template(template)
    is_open = parts.has_version is None
    why = unknown(*template.reasons)

    def version(part: Template | None) -> Any:
        if part is not None:
            return _of_template(part)
        return Fact(None, why) if is_open else on(None, assumed(*template.conditions))

    return {
        "image": _image(parts.name),
        "tag": version(parts.tag),
        "digest": version(parts.digest),
        "registry": parts.registry if parts.registry is not None else Fact(None, why),
    }


def _own(verdict: bool | None, reasons: tuple[str, ...]) -> Any:
    if verdict is None:
        return Fact(None, unknown(*(reasons or ("it is not known where own images go",))))
    return verdict


# --- publications ---


def publication_facts(publication: Publication) -> Facts:
    """One image that a step pushes. `image` is without tag; a segment that is not known is `*`."""
    node, job, image = publication.node, publication.job, publication.image
    ways = tuple(sighting.world for sighting in publication.sightings)
    own = publication.owned
    return {
        "key": job.id,
        "path": node.source.path,
        "line": node.source.place(node.start)[0],
        "workflow": publication.workflow.name,
        "job": job.id,
        "step": publication.step.index if publication.step is not None else None,
        "kind": publication.kind,
        "image": _image(image),
        "tags": list({tag.pattern: _of_template(tag) for tag in publication.tags}.values()),
        "resolved": publication.resolved,
        "registry": publication.registry if publication.registry is not None else _unseen("the registry is not known"),
        "own": _own(own.hold(full_name(image)) if own.spaces else None, image.reasons),
        "login": _login(publication),
        "credential": _credential(publication),
        "permissions": _permissions(publication.permissions, min),
        "events": _events(publication),
        "refs": _refs((each.world, each.is_certain) for each in publication.sightings),
        "guards": _guards(publication),
        "environment": _environment(job),
        "timeout": _timeout(job),
        "runs_on": _runs_on(job, ways),
        "certainty": publication.basis.kind,
    }  # fmt: skip


def _unseen(*reasons: str) -> Fact:
    return Fact(None, unknown(*reasons))


def _login(publication: Publication) -> Any:
    """The registry that the job logs in to for this push; nothing where it logs in nowhere."""
    if publication.login is not None:
        return publication.login.registry or _unseen("the registry of the login is not known")
    if publication.unseen is not None:
        return _unseen(f"it may be that {publication.unseen}")
    if publication.credential == "unknown":
        return _unseen("the login is not known")
    return None


def _credential(publication: Publication) -> Any:
    credential = publication.credential
    if credential == "unknown":
        return Fact(credential, unknown("what it logs in with is not known"))
    if credential == "none" and publication.unseen is not None:
        return Fact(credential, unknown(f"it may be that {publication.unseen}"))
    return credential


def _permissions(tokens: tuple[Effective, ...], choose: Callable[..., str]) -> Any:
    """The level of each scope, over all chains of callers the least (`min`) or the most (`max`)."""
    if not tokens:
        return _unseen("what the token may do is not known")
    basis = KNOWN
    for token in tokens:
        basis &= token.basis
    levels = {scope: choose((t.level(scope) for t in tokens), key=LEVELS.index) for scope in SCOPES}
    return on(levels, basis)


def _events(publication: Publication) -> list[Any]:
    """What leads to the push; where conditions leave it open whether an event does, it holds unless they do not."""
    doubt = assumed("unless the condition of the push never holds")
    return [
        event if event in publication.certain_events else Fact(event, doubt) for event in publication.events
    ]


def _refs(ways: Iterable[tuple[World, bool]]) -> list[Any]:
    """The refs for which it runs, as the filters of the events write them: `refs/heads/main`, `refs/tags/v*`, `*`.

    Each way comes with whether it certainly leads there: where a condition decides, a pattern is not known.
    """
    from lading.models.starts import on_default_branch, refs
    from lading.models.values import PartlyKnown

    found: dict[str, Any] = {}
    for way, is_certain in ways:
        context = way.contexts["github"]
        ref = context.get("ref") if isinstance(context, dict) else None
        root = way.chain[0].job.workflow if way.chain else way.job.workflow
        for name in way.events:
            event = root.events.get(name)
            values = (
                [ref] if ref is not None else [each.get("ref") for each in refs(event)] if event else [None]
            )
            is_known = is_certain and event is not None and not on_default_branch(name)
            for value in values:
                if isinstance(value, str):
                    found[value] = value
                    continue
                seen = value.template.pattern if isinstance(value, PartlyKnown) else "*"
                if is_known:
                    found[seen] = seen
                else:
                    found.setdefault(seen, Fact(seen, unknown("the ref is known when it runs")))
    return list(found.values())


def _guards(publication: Publication) -> list[str]:
    """The conditions of the push as they are written: of the calls that lead to it, of the job and of its steps."""
    calls = [call.job.condition for each in publication.sightings for call in each.world.chain]
    own = (publication.job.condition, publication.caller.condition, publication.step.condition)
    return list(dict.fromkeys(each.text for each in (*calls, *own) if each is not None))


# --- jobs ---


def jobs_of(repository: Repository) -> Iterator[Job]:
    for workflow in repository.workflows.values():
        yield from workflow.jobs.values()


def job_facts(job: Job, repository: Repository) -> Facts:
    """A job of a workflow. `permissions` are the most that its token may do by any chain of callers."""
    graph, config = repository.call_graph, repository.config
    ways = repository.worlds(job)
    return {
        "key": job.id,
        "path": job.workflow.path,
        "line": job.key.source.place(job.key.start)[0],
        "workflow": job.workflow.name,
        "job": job.id,
        "runs_on": _runs_on(job, ways),
        "timeout": _timeout(job),
        "environment": _environment(job),
        "permissions": _permissions(effective(job, config, graph), max),
        "events": _events_of(ways),
        "refs": _refs((way, way.is_certain) for way in ways),
        "condition": job.condition.text if job.condition is not None else None,
        "needs": [need.text for need in job.needs],
        "uses": list(dict.fromkeys(step.uses.text for step in job.steps if step.uses is not None)),
        "calls": job.uses.text if job.uses is not None else None,
        "publishes": _publishes(job, repository),
    }


def _publishes(job: Job, repository: Repository) -> list[Any]:
    """The names that a job pushes, each once, on its surest ground."""
    found: dict[str, tuple[int, Any]] = {}
    for each in repository.publications:
        if each.job is job:
            row = (each.basis.doubt, _on_ground(_image(each.image), each.basis))
            name = each.image.pattern
            found[name] = min(found.get(name, row), row, key=lambda pair: pair[0])
    return [fact for _, fact in found.values()]


def _on_ground(value: Any, basis: Basis) -> Any:
    if isinstance(value, Fact):
        return Fact(value.value, value.basis & basis)
    return on(value, basis)


def _events_of(ways: tuple[World, ...]) -> list[Any]:
    """What makes the job run."""
    certain = {event for way in ways if way.is_certain for event in way.events}
    doubt = assumed("unless the condition of the job never holds")
    elsewhere = unknown("only workflows elsewhere call it")
    found: dict[str, Any] = {}
    for way in ways:
        basis = elsewhere if way.events == ("workflow_call",) and not way.chain else doubt
        for event in way.events:
            found.setdefault(event, event if event in certain else Fact(event, basis))
    return list(found.values())


def _timeout(job: Job) -> Any:
    """Minutes; nothing where the platform's six hours count."""
    node = job.node.get("timeout-minutes")
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return None
    if not isinstance(node, Scalar) or "${{" in node.text:
        return _unseen("`timeout-minutes` is known when the job runs")
    value = scalar_value(node)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _environment(job: Job) -> Any:
    """The name of the deployment environment."""
    node = job.environment
    name = resolve_text(node.get("name")) if isinstance(node, Mapping) else resolve_text(node)
    if name is None:
        return None
    return _unseen("the environment is known when the job runs") if "${{" in name else name


def resolve_text(node: Node | None) -> str | None:
    scalar = resolve(node) if node is not None else None
    return scalar.text if isinstance(scalar, Scalar) and not scalar.is_null else None


def _runs_on(job: Job, ways: Iterable[World]) -> list[Any]:
    """The labels of the runner; of a matrix those of all legs."""
    from lading.models.evaluation import text_of

    node = job.runs_on
    if isinstance(node, Mapping):
        node = node.get("labels")
    items = [resolve(item) for item in node.items] if isinstance(node, Sequence) else [node]
    found: dict[str, Any] = {}
    for item in items:
        if not isinstance(item, Scalar):
            continue
        texts = [Template.of(item.text)]
        if "${{" in item.text:
            texts = [text_of(item.text, way.contexts) for way in ways]
        for text in texts:
            for variant in text.variants:
                found.setdefault(variant.pattern, _of_template(variant))
    return list(found.values())


# --- consumers and services ---


def consumer_facts(consumer: Consumer) -> Facts:
    """One image that a service names."""
    node = consumer.node
    owned = consumer.owned
    parts = _parts(consumer.template)
    return {
        "key": consumer.service_name,
        "path": node.source.path,
        "line": node.source.place(node.start)[0],
        "service": consumer.service_name,
        "project": consumer.project_path,
        "image": parts["image"],
        "tag": parts["tag"],
        "digest": parts["digest"],
        "registry": parts["registry"],
        "own": _own(owned.hold(consumer.full_name) if owned.spaces else None, consumer.parts.name.reasons),
        "built": consumer.is_built,
        "pulled": consumer.is_pulled,
        "kind": consumer.kind,
    }


def service_facts(project: Project, service: Service) -> Facts:
    """One service of a Compose project, merged from its files; what a file beside may give it is not known."""
    node, health = service.name_node, service.health
    nothing = {"image": None, "tag": None, "digest": None, "registry": None}
    return {
        "key": service.name,
        "path": node.source.path,
        "line": node.source.place(node.start)[0],
        "service": service.name,
        "project": project.path,
        **(_parts(service.image.template) if service.image is not None else nothing),
        "built": service.build is not None,
        "health": {
            "state": on(health.state, health.basis),
            "certainty": health.basis.kind,
            "reason": health.reason,
        },
        "waits_for": list(_waits_for(project, service)),
        "restart": _text(service, "restart"),
        "profiles": list(service.profiles) if service.profiles is not None else _unseen("a profile is not known"),
        "ports": _list(service, "ports", _port),
        "mounts": _list(service, "volumes", _mount),
        "privileged": _switch(service, "privileged"),
        "read_only": _switch(service, "read_only"),
        "user": _text(service, "user"),
        "network_mode": _text(service, "network_mode"),
        "pid": _text(service, "pid"),
        "cap_add": _list(service, "cap_add", _item),
    }  # fmt: skip


def _text(service: Service, key: str) -> Any:
    text = service.definition.text(key)
    if text is None:
        return on(None, service.project.lack(service, key))
    return _of_template(text.template)


def _switch(service: Service, key: str) -> Any:
    """True or false; what is not written is false."""
    text = service.definition.text(key)
    if text is None:
        return on(False, service.project.lack(service, key))
    value = truth(text)
    if value is None:
        return _unseen(*(text.template.reasons or (f"`{key}` is neither true nor false",)))
    return on(value, assumed(*text.template.conditions))


def _list(service: Service, key: str, facts: Callable[[Any], Any]) -> Any:
    """What is written under a key, item by item; of a list that is not there nothing."""
    value = service.definition.get(key)
    if value is None:
        return on([], service.project.lack(service, key))
    value = normal(value, UNIQUE)
    if not isinstance(value, List):
        return _unseen(f"`{key}` has no known form")
    return [facts(item) for item in value.items]


def _item(item: Any) -> Any:
    return _of_template(item.template) if isinstance(item, Text) else _unseen("an item is no text")


def _mount(item: Any) -> Facts:
    """A mount: `kind` is bind, volume or what is written, `source` a path of the host or the name of a volume."""
    if isinstance(item, Map):
        texts = {name: item.text(name) for name in ("type", "source", "target")}
        kind, source, target = (
            _of_template(text.template) if text is not None else None for text in texts.values()
        )
        return {"kind": kind, "source": source, "target": target}
    if not isinstance(item, Text) or item.literal is None:
        why = item.template.reasons if isinstance(item, Text) else ("an item of `volumes` has no known form",)
        pattern = item.template.pattern if isinstance(item, Text) else None
        parts = (pattern or "").split(":")
        source = parts[0] if len(parts) > 1 and "*" not in parts[0] and len(parts[0]) > 1 else None
        unknowns = {name: _unseen(*why) for name in ("kind", "source", "target")}
        return unknowns if source is None else unknowns | {"source": source}
    basis = assumed(*item.template.conditions)
    try:
        found = mount(item.literal)
    except BadForm as error:
        return {name: _unseen(f"`{item.literal}` {error}") for name in ("kind", "source", "target")}
    named = {"kind": found.kind, "source": found.source or None, "target": found.target}
    return {name: on(value, basis) for name, value in named.items()}


_PORT = re.compile(
    r"(?:(?P<host_ip>\[[0-9A-Fa-f:.]+\]|[0-9.]+\.[0-9.]+):)?(?:(?P<published>[0-9-]*):)?(?P<target>[0-9-]+)(?:/(?P<protocol>\w+))?"
)
_BOUND = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9]+\.[0-9.]+):.+")
_OF_PORT = ("host_ip", "published", "target", "protocol")


def _port(item: Any) -> Facts:
    """A port: the address of the host it is bound to (nothing: all of them), ports as texts, a range as `8000-8010`."""
    if isinstance(item, Map):
        texts = {name: item.text(name) for name in _OF_PORT}
        return {
            name: _of_template(text.template) if text is not None else None for name, text in texts.items()
        }
    if not isinstance(item, Text):
        return {name: _unseen("an item of `ports` has no known form") for name in _OF_PORT}
    basis = assumed(*item.template.conditions)
    match = _PORT.fullmatch(item.literal or "")
    if match is not None:
        found: Facts = {name: on(match[name] or None, basis) for name in _OF_PORT}
        return found | {"host_ip": on(match["host_ip"].strip("[]"), basis)} if match["host_ip"] else found
    why = item.template.reasons or ("it is no port",)
    bound = _BOUND.fullmatch(item.template.pattern)
    address = on(bound[1].strip("[]"), basis) if bound is not None else _unseen(*why)
    return {name: _unseen(*why) for name in _OF_PORT} | {"host_ip": address}


def _waits_for(project: Project, service: Service) -> Iterator[Facts]:
    for edge in project.dependencies:
        if edge.service is service:
            why = "the condition is not known"
            yield {
                "name": on(edge.target_name, assumed(*edge.conditions)),
                "way": edge.way,
                "condition": edge.condition if edge.condition is not None else _unseen(why),
                "required": edge.required if edge.required is not None else _unseen("it is not known"),
            }
