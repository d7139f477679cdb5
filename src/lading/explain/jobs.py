"""A workflow and its jobs as facts: what starts them, what their token may do and why, what they push."""

from __future__ import annotations

from lading.explain.places import ground_of, place_of, text_facts
from lading.models.permissions import effective
from lading.models.worlds import MAX_WORLDS, worlds
from lading.source import Span, span_of
from lading.tables.scopes import COMPARED, NONE, SCOPES
from lading.tree import Mapping, Scalar, Sequence, resolve, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.explain.places import Facts
    from lading.models.labels import SourceLabel
    from lading.models.permissions import Call, Chain, Effective, PermissionBlock
    from lading.models.publishing import Publication
    from lading.models.repository import Repository
    from lading.models.workflow import Event, Job, Step, Workflow
    from lading.tree import Node

_FILTERS = (
    *("branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "types", "workflows"),
)
"""What narrows an event down (docs: "Workflow syntax")."""
_MAX_NEEDED = 50
"""Jobs whose conditions are looked at, one behind the other."""


def workflow_facts(workflow: Workflow, repository: Repository) -> Facts:
    """A workflow with all its jobs."""
    return {
        "kind": "workflow",
        "path": workflow.path,
        "name": workflow.name,
        "events": [_event(event) for event in workflow.events.values()],
        "callers": [_caller(call) for call in repository.call_graph.callers(workflow)],
        "permissions": _block(workflow.permissions),
        "jobs": [job_facts(job, repository) for job in workflow.jobs.values()],
    }


def spans_of_job(job: Job) -> list[Span]:
    """Where the job is written."""
    return [Span(job.key.source, job.key.start, job.node.end)]


def spans_of_pushes(job: Job, repository: Repository) -> list[Span]:
    """Where its pushes and logins are written, which may be in an action."""
    pushes = [each for each in repository.writes if each.job is job]
    logins = [login.at for each in pushes for login in each.logins]
    return [span_of(at) for at in (*(each.place for each in pushes), *logins)]


def job_facts(job: Job, repository: Repository) -> Facts:
    """A job: when it runs, with which token, and what it pushes, itself or through the workflow that it calls."""
    call = repository.call_graph.call(job)
    pushes = [each for each in repository.writes if each.job is job]
    beyond = [each for each in repository.writes if any(one.job is job for one in each.callers)]
    events, never = _events(job, repository)
    return {
        "kind": "job",
        "job": job.id,
        **place_of(job.key),
        "workflow": job.workflow.name,
        "events": events,
        "never": never,
        "needs": [{"job": need.text, **place_of(need)} for need in job.needs],
        "guards": list(_guards(job)),
        "environment": _environment(job),
        "calls": _called(job, call),
        "tokens": [_token(each) for each in effective(job, repository.config, repository.call_graph)],
        "pushes": [_push(each) for each in pushes],
        "pushes_by_call": [_push(each, job) for each in beyond],
    }


def _event(event: Event) -> Facts:
    filters = {name: list(found) for name in _FILTERS if (found := event.strings(name))}
    if isinstance(event.value, Sequence):
        crons = (text_of(item.get("cron")) for item in event.value if isinstance(item, Mapping))
        filters["cron"] = [cron for cron in crons if cron is not None]
    return {"event": event.name, **place_of(event.node), "filters": filters}


def _caller(call: Call) -> Facts:
    return {"job": call.job.id, **place_of(call.job.key)}


def _block(block: PermissionBlock | None) -> Facts | None:
    if block is None:
        return None
    return {
        **place_of(block.key),
        "scopes": {scope: level for scope, level in block.scopes.items() if level != NONE},
    }


def _called(job: Job, call: Call | None) -> Facts | None:
    if job.uses is None:
        return None
    path = call.workflow.path if call is not None else None
    return {"uses": job.uses.text, **place_of(job.uses), "workflow": path}


def _environment(job: Job) -> Facts | None:
    node = job.environment
    name = node.get("name") if isinstance(node, Mapping) else node
    return {"name": name.text, **place_of(name)} if isinstance(name, Scalar) else None


def _events(job: Job, repository: Repository) -> tuple[list[Facts], list[str]]:
    """What leads to the job, `certain` where every such run has it; and what starts a run in which it is skipped."""
    ways = worlds(
        job,
        repository.call_graph,
        repository.identity,
        repository.config.variables,
        repository.walker.needs,
    )
    found: dict[str, bool] = {}
    for world in ways:
        for event in world.events:
            found[event] = found.get(event, False) or world.is_certain
    roots = _roots(job, repository)
    started = dict.fromkeys(name for root in roots for name in root.events if name != "workflow_call")
    never = [name for name in started if name not in found] if len(ways) < MAX_WORLDS else []
    events = [
        {"event": name, "certain": certain, "filters": _filters(roots, name)}
        for name, certain in found.items()
    ]
    return events, never


def _filters(roots: tuple[Workflow, ...], event: str) -> dict[str, list[str]]:
    """The filters of an event; none where several workflows start by it."""
    starts = [root.events[event] for root in roots if event in root.events]
    filters: dict[str, list[str]] = _event(starts[0])["filters"] if len(starts) == 1 else {}
    return filters


def _roots(job: Job, repository: Repository) -> tuple[Workflow, ...]:
    """The workflows that a run with the job begins with."""
    chains = repository.call_graph.chains(job.workflow)
    roots = [chain[0].job.workflow if chain else job.workflow for chain in chains]
    return tuple({root.path: root for root in roots}.values())


def _token(token: Effective) -> Facts:
    order = (*COMPARED, *(scope for scope in SCOPES if scope not in COMPARED))
    return {
        "chain": [_caller(call) for call in token.chain],
        "scopes": {scope: token.level(scope) for scope in order if token.level(scope) != NONE},
        **ground_of(token.basis),
        "provenance": [{**place_of(at), "words": words} for at, words in token.provenance],
    }


def _push(publication: Publication, through: Job | None = None) -> Facts:
    """A push; where it is seen from a job that calls its workflow, as that job leads to it."""
    step = publication.caller
    login = publication.login
    return {
        "kind": publication.kind,
        "job": publication.job.id,
        **place_of(publication.place),
        "step": step.index,
        "step_name": step.name.text if step.name is not None else None,
        "tool": publication.tool,
        "image": None if publication.lacks_tags else text_facts(publication.image),
        "references": [{**text_facts(each.template), **place_of(each.at)} for each in publication.references],
        "source_labels": [label_facts(each) for each in publication.source_labels]
        if publication.kind == "image"
        else [],
        "registry": publication.registry,
        "credential": publication.credential,
        "login": None if login is None else {"certain": login.is_certain, **place_of(login.at)},
        "other_logins": [
            {"registry": each.registry, "credential": each.credential, **place_of(each.at)}
            for each in publication.logins
            if each is not login and login is None
        ],
        "unseen_login": publication.unseen if login is None else None,
        "events": _events_of_push(publication, through),
        "guards": list(_guards_of_push(publication)),
        "tokens": [_token(each) for each in publication.permissions if _leads(each.chain, through)],
        **ground_of(publication.basis),
    }


def label_facts(label: SourceLabel) -> Facts:
    """The label of an image that names its source: what it says and where, or why it is not known."""
    value = text_facts(label.value) if label.value is not None else None
    place = place_of(label.at) if label.at is not None else {"path": None, "line": None}
    return {"value": value, **place, "unknown": label.reason}


def _leads(chain: Chain, through: Job | None) -> bool:
    return through is None or any(call.job is through for call in chain)


def _events_of_push(publication: Publication, through: Job | None) -> list[Facts]:
    found: dict[str, bool] = {}
    for sighting in publication.sightings:
        if _leads(sighting.world.chain, through):
            for event in sighting.world.events:
                found[event] = found.get(event, False) or sighting.is_certain
    return [{"event": event, "certain": certain} for event, certain in found.items()]


def _guards(job: Job) -> Iterator[Facts]:
    """Conditions on the way to the job: its own, and those of the jobs it needs."""
    waiting, seen = [job], {job.id}
    while waiting and len(seen) <= _MAX_NEEDED:
        current = waiting.pop(0)
        if current.condition is not None:
            whose = "the job" if current is job else f"job `{current.id}`, which it needs"
            yield _guard(whose, "if", current.condition)
        for need in current.needs:
            needed = current.workflow.job(need.text)
            if needed is not None and needed.id not in seen:
                seen.add(needed.id)
                waiting.append(needed)


def _guard(whose: str, key: str, scalar: Scalar) -> Facts:
    return {"of": whose, "key": key, "text": " ".join(scalar.text.split()), **place_of(scalar)}


def _guards_of_push(publication: Publication) -> Iterator[Facts]:
    """Conditions between the start of a run and the push, from the outside in."""
    calls = {id(call): call for each in publication.sightings for call in each.world.chain}
    for call in calls.values():
        if call.job.condition is not None:
            yield _guard(f"the calling job `{call.job.id}`", "if", call.job.condition)
    yield from _guards(publication.job)
    steps: tuple[Step, ...] = (publication.caller,)
    if publication.step is not publication.caller:
        steps += (publication.step,)
    for step in steps:
        if step.condition is not None:
            yield _guard("the step", "if", step.condition)
        for key in ("push", "outputs"):
            value = _value(step.inputs.get(key))
            if value is not None and "${{" in value.text:
                yield _guard("the step", key, value)


def _value(node: Node | None) -> Scalar | None:
    found = resolve(node) if node is not None else None
    return found if isinstance(found, Scalar) else None
