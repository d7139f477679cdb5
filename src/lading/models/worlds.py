"""The ways a job can run: by which callers, for which event, as which leg of its matrix.

What is known in one world belongs together: names evaluated apart would be combined into images that no run pushes.
"""

from __future__ import annotations

import re

from lading.models.calls import WORKSPACE
from lading.models.evaluation import TOKEN, as_value, text_of, truth_of, value_of
from lading.models.expressions import Partial, Unknown
from lading.models.workflow import matrix_legs
from lading.tree import Mapping, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.identity import Identity
    from lading.models.permissions import Call, CallGraph
    from lading.models.workflow import Job, Workflow

    Contexts = dict[str, object]

LATER = Partial({}, "it is known when the job runs")

MAX_WORLDS = 256
"""Of one job; where there are more, the matrix counts as not known."""

_EVENT_MATTERS = re.compile(
    r"github\s*\.\s*(?:event|ref|head_ref|base_ref)|inputs\s*[.\[]|GITHUB_(?:EVENT|REF|HEAD|BASE)|toJSON",
    re.IGNORECASE,
)


class World:
    """One way a job runs.

    - `chain`: the calls that lead to it, outermost first
    - `events`: the names of the events that may start it
    - `contexts`: what expressions of the job can name, but for `env`, `needs` and `steps`
    - `is_certain`: false where a condition on the way cannot be decided
    """

    __slots__ = ("chain", "contexts", "events", "is_certain", "job")

    def __init__(
        self, job: Job, chain: tuple[Call, ...], events: tuple[str, ...], contexts: Contexts, is_certain: bool
    ) -> None:
        self.job = job
        self.chain = chain
        self.events = events
        self.contexts = contexts
        self.is_certain = is_certain

    @property
    def before_steps(self) -> Contexts:
        """The contexts while nothing is known of what steps and other jobs leave."""
        return {**self.contexts, "env": LATER, "steps": LATER, "needs": LATER}

    def __repr__(self) -> str:
        return f"<World {self.job!r} {self.events} {self.contexts.get('matrix')}>"


def worlds(job: Job, graph: CallGraph, identity: Identity | None) -> tuple[World, ...]:
    """Every way a job runs, those that its conditions rule out left out."""
    found: list[World] = []
    for world in _worlds(job, graph, identity, with_matrix=True):
        if len(found) >= MAX_WORLDS:
            return tuple(_worlds(job, graph, identity, with_matrix=False))[:MAX_WORLDS]
        found.append(world)
    return tuple(found)


def _worlds(job: Job, graph: CallGraph, identity: Identity | None, *, with_matrix: bool) -> Iterator[World]:
    chains = graph.chains(job.workflow)
    for chain in chains:
        root = chain[0].job.workflow if chain else job.workflow
        for events, event in _events(root, job, chain):
            contexts = _start(root, event, identity)
            yield from _along(job, chain, 0, events, contexts, True, with_matrix)
    if not chains:
        contexts = _start(job.workflow, None, identity)
        contexts["inputs"] = Partial({}, "a caller that is not in this repository gives it")
        contexts["secrets"] = Partial(
            {"github_token": TOKEN}, "a caller that is not in this repository passes it"
        )
        yield from _along(job, (), 0, ("workflow_call",), contexts, False, with_matrix)


def _events(root: Workflow, job: Job, chain: tuple[Call, ...]) -> list[tuple[tuple[str, ...], str | None]]:
    """The events, one by one where it matters which, else all at once."""
    names = tuple(name for name in root.events if name != "workflow_call") or ("workflow_call",)
    if len(names) > 1 and any(_event_matters(each) for each in (job, *(call.job for call in chain))):
        return [((name,), name) for name in names]
    return [(names, names[0] if len(names) == 1 else None)]


def _event_matters(job: Job) -> bool:
    """Does the job, or what its workflow sets for it, name something that depends on the event?"""
    text = job.workflow.tree.source.text
    jobs = {job.id: job}
    waiting = [job]
    while waiting and len(jobs) < _MAX_NEEDED:
        for scalar in waiting.pop().needs:
            needed = job.workflow.job(scalar.text)
            if needed is not None and needed.id not in jobs:
                jobs[needed.id] = needed
                waiting.append(needed)
    nodes = (job.workflow.node.get("env"), *(each.node for each in jobs.values()))
    return any(_EVENT_MATTERS.search(text, node.start, node.end) for node in nodes if node is not None)


def _along(
    job: Job,
    chain: tuple[Call, ...],
    depth: int,
    events: tuple[str, ...],
    contexts: Contexts,
    is_certain: bool,
    with_matrix: bool,
) -> Iterator[World]:
    """Follow the chain from the outside in, one world for each leg on the way."""
    current = chain[depth].job if depth < len(chain) else job
    runs = _runs(current, {**contexts, "needs": _NEEDS}, {})
    if runs is False:
        return
    certain = is_certain and runs is True
    for leg in _legs(current, contexts, with_matrix):
        here = {**contexts, "matrix": leg}
        if depth == len(chain):
            yield World(job, chain, events, here, certain)
        else:
            inner = _called(chain[depth], here)
            yield from _along(job, chain, depth + 1, events, inner, certain, with_matrix)


_RUNS_ANYWAY = re.compile(r"\b(?:always|failure|cancelled)\s*\(", re.IGNORECASE)


def _runs(job: Job, contexts: Contexts, known: dict[str, bool | None]) -> bool | None:
    """Does a job run: by its own condition, and by those of the jobs it needs, as skipped ones skip it too?"""
    if job.id in known:
        return known[job.id]
    known[job.id] = None
    condition = job.condition
    runs = truth_of(condition, contexts)
    if runs is not False and len(known) < _MAX_NEEDED:
        if condition is None or not _RUNS_ANYWAY.search(condition.text):
            needed = (job.workflow.job(scalar.text) for scalar in job.needs)
            others = [_runs(each, contexts, known) for each in needed if each is not None]
            runs = False if False in others else runs if None not in others else None
    known[job.id] = runs
    return runs


_MAX_NEEDED = 50
"""Jobs that are looked at, one behind the other, for whether a job runs."""
_NEEDS = Partial({}, "it is the result of another job")


def _legs(job: Job, contexts: Contexts, with_matrix: bool) -> tuple[object, ...]:
    if job.matrix is None:
        return ({},)
    if not with_matrix:
        return (Unknown("the matrix has many legs"),)
    scope = {**contexts, "needs": _NEEDS}
    legs = matrix_legs(job.matrix, lambda scalar: value_of(scalar, scope))
    return (legs,) if isinstance(legs, Unknown) else legs


def _start(root: Workflow, event: str | None, identity: Identity | None) -> Contexts:
    """The contexts of a run that an event starts."""
    return {
        "github": _github(root, event, identity),
        "inputs": _dispatched(root, event),
        "secrets": Partial({"github_token": TOKEN}, "secrets are not known from here"),
        "vars": Partial({}, "variables of the repository are not known from here"),
    }


def _github(root: Workflow, event: str | None, identity: Identity | None) -> Partial:
    known: dict[str, object] = {"token": TOKEN, "workflow": root.name or root.path, "workspace": WORKSPACE}
    repository: dict[str, object] = {}
    if identity is not None and identity.owner is not None:
        known["repository_owner"] = identity.owner
        repository["owner"] = Partial({"login": identity.owner, "name": identity.owner}, "it is not known")
        known["server_url"] = f"https://{identity.host}"
        if identity.name is not None:
            known["repository"] = repository["full_name"] = f"{identity.owner}/{identity.name}"
            repository["name"] = identity.name
    payload: dict[str, object] = {"repository": Partial(repository, "it is not known")}
    if event is not None:
        known["event_name"] = event
        known.update(_ref(root, event))
        if not event.startswith("pull_request"):
            payload["pull_request"] = None
            known["head_ref"] = known["base_ref"] = ""
        if event != "release":
            payload["release"] = None
    known["event"] = Partial(payload, "it is known when the event happens")
    return Partial(known, "it is known when the workflow runs")


def _ref(root: Workflow, event: str) -> dict[str, object]:
    """What the filters of the event tell of the ref."""
    if event == "release":
        return {"ref_type": "tag"}
    if event != "push":
        return {}
    branches, tags = root.events[event].strings("branches"), root.events[event].strings("tags")
    if branches and not tags:
        known: dict[str, object] = {"ref_type": "branch"}
        if len(branches) == 1 and not re.search(r"[*?+\[\]!]", branches[0]):
            known |= {"ref": f"refs/heads/{branches[0]}", "ref_name": branches[0]}
        return known
    if tags and not branches and "branches-ignore" not in _keys(root.events[event].config):
        return {"ref_type": "tag"}
    return {}


def _keys(node: Mapping | None) -> tuple[str | None, ...]:
    return tuple(entry.name for entry in node) if node is not None else ()


def _dispatched(root: Workflow, event: str | None) -> object:
    """The `inputs` of a start by hand; nothing for any other event."""
    if event is not None and event != "workflow_dispatch":
        return {}
    declared = root.dispatch_inputs
    if not declared:
        return {} if event is not None else Partial({}, "it depends on the event")
    return Partial({}, "whoever starts the workflow gives it")


def _called(call: Call, contexts: Contexts) -> Contexts:
    """The contexts inside a called workflow: its inputs and secrets, the caller's `github`."""
    given = call.job.inputs
    inputs: dict[str, object] = {}
    for name, declared in call.workflow.call_inputs.items():
        node = given.get(name)
        if node is not None:
            inputs[name] = value_of(node, contexts)
        else:
            inputs[name] = _default(declared, contexts)
    return {**contexts, "inputs": inputs, "secrets": _passed(call, contexts), "matrix": {}}


def _default(declared: Mapping | None, contexts: Contexts) -> object:
    node = declared.get("default") if declared is not None else None
    if node is not None:
        return value_of(node, contexts)
    kind = declared.get("type") if declared is not None else None
    text = kind.text if isinstance(kind, Scalar) else "string"
    return {"boolean": False, "number": 0.0}.get(text, "")


def _passed(call: Call, contexts: Contexts) -> object:
    secrets = call.job.secrets
    if secrets == "inherit":
        return contexts["secrets"]
    passed: dict[str, object] = {"github_token": TOKEN}
    if isinstance(secrets, dict):
        for name, scalar in secrets.items():
            passed[name] = as_value(text_of(scalar.text, contexts))
    return passed
