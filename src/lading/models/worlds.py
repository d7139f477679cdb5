"""The ways a job can run: by which callers, for which event, as which leg of its matrix.

What is known in one world belongs together: names evaluated apart would be combined into images that no run pushes.
"""

from __future__ import annotations

from lading import regex as re
from lading.models.evaluation import TOKEN, as_text, as_value, text_of, truth_of, value_of
from lading.models.expressions import Partial, Unknown
from lading.models.runners import runner
from lading.models.starts import github
from lading.models.values import OneOf
from lading.models.workflow import matrix_legs
from lading.tree import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Mapping_

    from lading.identity import Identity
    from lading.models.permissions import Call, CallGraph
    from lading.models.workflow import Job, Workflow

    Contexts = dict[str, object]
    Variables = Mapping_[str, str]
    Needs = Callable[[Job, "World"], object]

LATER = Partial({}, "it is known when the job runs")

MAX_WORLDS = 256
"""Of one job; where there are more, the matrix counts as not known."""
_MAX_TEXT = 4_000_000
"""Code points of a job times its worlds, likewise; each world goes over them. The largest known has 0.9 million."""

REF_MATTERS = (r"github(?:\s*\.\s*|_)ref", "tojson")
EVENT_MATTERS = (
    r"github(?:\s*\.\s*(?:event|ref|head_ref|base_ref)|_(?:event|ref|head|base))",
    r"inputs\s*[.\[]",
    "tojson",
)
"""In small letters, in which texts are searched for them: a pattern that takes both is tried at every letter, as is one
that may begin with several. Compiled where there is something to tell apart only."""


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

    @property
    def ref(self) -> str:
        """What `github.ref` is here, as far as it is known; only for telling one run from another."""
        github = self.contexts.get("github")
        return repr(github.get("ref")) if isinstance(github, dict) else ""

    def __repr__(self) -> str:
        return f"<World {self.job!r} {self.events} {self.contexts.get('matrix')}>"


def worlds(
    job: Job,
    graph: CallGraph,
    identity: Identity | None,
    variables: Variables | None = None,
    needs: Needs | None = None,
) -> tuple[World, ...]:
    """Every way a job runs, those that its conditions rule out left out.

    `variables` are what the configuration says of the repository's own (`vars`). `needs` works out what the jobs
    before leave; without it only their results are known.
    """
    found: list[World] = []
    most = _most(job)
    for with_matrix in (True, False):
        found.clear()
        for world in _worlds(job, graph, identity, variables, _Follow(needs or _results_of, with_matrix)):
            found.append(world)
            if with_matrix and len(found) > most:
                break
        else:
            break
    return tuple(found[:MAX_WORLDS])


def _most(job: Job) -> int:
    """How many worlds of a job are told apart by the legs of its matrix."""
    return min(MAX_WORLDS, _MAX_TEXT // max(job.node.end - job.node.start, 1))


class Worlds:
    """The worlds of a job, worked out as they are asked for: a question is often answered by the first of them.

    Where there are more than are told apart, those in which the matrix is not known come behind the others; what is
    true in all of `worlds` is true in all of these. What the jobs before leave is not followed.
    """

    __slots__ = ("_found", "_rest")

    def __init__(self, job: Job, graph: CallGraph, identity: Identity | None) -> None:
        self._found: list[World] = []
        self._rest = _one_by_one(job, graph, identity)

    def __iter__(self) -> Iterator[World]:
        yield from self._found
        for world in self._rest:
            self._found.append(world)
            yield world


def _one_by_one(job: Job, graph: CallGraph, identity: Identity | None) -> Iterator[World]:
    for most, with_matrix in ((_most(job), True), (MAX_WORLDS, False)):
        left = most
        for world in _worlds(job, graph, identity, None, _Follow(_results_of, with_matrix)):
            if not left:
                break
            left -= 1
            yield world
        else:
            return


class _Follow:
    """How worlds are followed: what tells of the jobs before, and are the legs of a matrix told apart?"""

    __slots__ = ("_fixed", "_runners", "needs", "with_matrix")

    def __init__(self, needs: Needs, with_matrix: bool) -> None:
        self.needs = needs
        self.with_matrix = with_matrix
        self._fixed: dict[Job, tuple[object, ...]] = {}
        self._runners: dict[Job, Partial] = {}

    def runner(self, job: Job, contexts: Contexts) -> Partial:
        """What is known of the machine; worked out once where no expression names it."""
        found = self._runners.get(job)
        if found is None:
            node = job.runs_on
            items = node.items if isinstance(node, Sequence) else (node,)
            texts = [item for item in items if isinstance(item, Scalar)]
            found = runner(value_of(item, contexts) for item in texts)
            if not any("${{" in item.text for item in texts):
                self._runners[job] = found
        return found

    def legs(self, job: Job, contexts: Contexts) -> tuple[object, ...]:
        """The legs of a job; those of a matrix without expressions and aliases are worked out once."""
        matrix = job.matrix
        if matrix is None:
            return _ONE
        if not self.with_matrix:
            return (Unknown("the matrix has many legs"),)
        written = matrix.source.text[matrix.start : matrix.end]
        if "${{" in written or "*" in written:
            return legs_of(job, contexts)
        if job not in self._fixed:
            self._fixed[job] = legs_of(job, contexts)
        return self._fixed[job]


def _worlds(
    job: Job, graph: CallGraph, identity: Identity | None, variables: Variables | None, follow: _Follow
) -> Iterator[World]:
    settings = _settings(variables)
    chains = graph.chains(job.workflow)
    for chain in chains:
        root = chain[0].job.workflow if chain else job.workflow
        for events, event, ref in _starts(root, job, chain):
            contexts = settings | root.started(event, ref, identity)
            yield from _along(job, chain, 0, events, contexts, True, follow)
    if not chains:
        contexts = settings | {
            "github": github(job.workflow, None, {}, identity),
            "inputs": Partial({}, "a caller that is not in this repository gives it"),
            "secrets": Partial({"github_token": TOKEN}, "a caller that is not in this repository passes it"),
        }
        yield from _along(job, (), 0, ("workflow_call",), contexts, False, follow)


def _settings(variables: Variables | None) -> Contexts:
    return {"vars": Partial(variables or {}, "variables of the repository are not known from here")}


Start = tuple[tuple[str, ...], str | None, dict[str, object]]
"""The events, which of them it is (None: any), and what is known of the ref."""


def _starts(root: Workflow, job: Job, chain: tuple[Call, ...]) -> Iterator[Start]:
    """The events one by one where it matters which, else all at once; for each ref where that matters."""
    names = tuple(name for name in root.events if name != "workflow_call") or ("workflow_call",)
    jobs = (job, *(call.job for call in chain))
    if len(names) > 1 and not any(_matters(each, EVENT_MATTERS) for each in jobs):
        yield names, None, {}
        return
    for name in names:
        event = root.events.get(name)
        known = event.refs if event is not None else ({},)
        if len(known) > 1 and not any(_matters(each, REF_MATTERS) for each in jobs):
            known = (_common(known),)
        for ref in known:
            yield (name,), name, ref


def _common(refs: tuple[dict[str, object], ...]) -> dict[str, object]:
    """What is true of each."""
    first, *others = refs
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}


def _matters(job: Job, named: tuple[str, ...]) -> bool:
    """Does the job, a job it needs, or the environment of its workflow name such a thing?"""
    jobs = {job.id: job}
    waiting = [job]
    while waiting and len(jobs) < _MAX_NEEDED:
        for scalar in waiting.pop().needs:
            needed = job.workflow.job(scalar.text)
            if needed is not None and needed.id not in jobs:
                jobs[needed.id] = needed
                waiting.append(needed)
    if any(each.says(pattern) for each in jobs.values() for pattern in named):
        return True
    env = job.workflow.node.get("env")
    written = env.source.text[env.start : env.end].lower() if env is not None else ""
    return any(re.search(pattern, written) is not None for pattern in named)


def _along(
    job: Job,
    chain: tuple[Call, ...],
    depth: int,
    events: tuple[str, ...],
    contexts: Contexts,
    is_certain: bool,
    follow: _Follow,
) -> Iterator[World]:
    """Follow the chain from the outside in, one world for each leg on the way."""
    current = chain[depth].job if depth < len(chain) else job
    needs: object = {}
    if current.needs:
        outside = World(current, chain[:depth], events, {**contexts, "matrix": {}}, is_certain)
        needs = follow.needs(current, outside)
    scope = {**contexts, "needs": needs}
    runs = _runs(current, scope, {}) if current.needs or current.condition is not None else True
    if runs is False:
        return
    certain = is_certain and runs is True
    legs = follow.legs(current, scope)
    for number, leg in enumerate(legs):
        here = {**contexts, "matrix": leg, "strategy": _strategy(current, number, legs)}
        if depth == len(chain):
            yield World(job, chain, events, {**here, "runner": follow.runner(job, here)}, certain)
        else:
            inner = called(chain[depth], {**here, "needs": scope["needs"]})
            yield from _along(job, chain, depth + 1, events, inner, certain, follow)


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
            scope = {**contexts, "needs": _ANOTHER}
            others = [_runs(each, scope, known) for each in needed if each is not None]
            runs = False if False in others else runs if None not in others else None
    known[job.id] = runs
    return runs


def may_begin(job: Job) -> bool:
    """Does an event meet the condition of a job, and those of the jobs before it? Said by the first, without worlds.

    What holds where the event and the ref are known holds in a world where less is known of them.
    """
    known = {**_settings(None), "needs": _results_before(job)}
    for name, event in job.workflow.events.items():
        for ref in event.refs:
            if _runs(job, known | job.workflow.started(name, ref, None), {}) is not False:
                return True
    return False


_MAX_NEEDED = 50
"""Jobs that are looked at, one behind the other, for whether a job runs."""
_ANOTHER = Partial({}, "it is the result of another job")
_RESULTS = ("success", "failure", "cancelled", "skipped")


def result_before(job: Job) -> object:
    """The result that the jobs before have where a job runs; any, where its condition asks for failed ones too."""
    if job.condition is not None and _RUNS_ANYWAY.search(job.condition.text):
        return OneOf(_RESULTS, "it is the result of another job")
    return "success"


def _results_of(job: Job, world: World) -> object:
    """Likewise, in whichever world."""
    return _results_before(job)


def _results_before(job: Job) -> object:
    """The context `needs` as far as it is known without following the jobs."""
    before = (job.workflow.job(scalar.text) for scalar in job.needs)
    known = {"result": result_before(job)}
    return {each.id: Partial(known, "it is an output of another job") for each in before if each is not None}


_ONE: tuple[object, ...] = ({},)
"""The legs of a job without a matrix."""
_ALONE = Partial(
    {"job-index": 0.0, "job-total": 1.0, "fail-fast": True, "max-parallel": 1.0}, "it is set under `strategy`"
)


def _strategy(job: Job, number: int, legs: tuple[object, ...]) -> object:
    """The context `strategy` of a leg."""
    node = job.node.get("strategy")
    if node is None and legs == _ONE:
        return _ALONE
    leg = legs[number]
    if not isinstance(leg, dict) or any(isinstance(value, Unknown) for value in leg.values()):
        return Partial({}, "it depends on the matrix")
    known: Contexts = {"job-index": float(number), "job-total": float(len(legs))}
    for key, default in (("fail-fast", True), ("max-parallel", float(len(legs)))):
        if not isinstance(node, Mapping) or node.get(key) is None:
            known[key] = default
    return Partial(known, "it is set under `strategy`")


def legs_of(job: Job, contexts: Contexts) -> tuple[object, ...]:
    """The values that the context `matrix` takes, or one unknown; one empty leg without a matrix."""
    if job.matrix is None:
        return ({},)
    legs = matrix_legs(job.matrix, lambda scalar: value_of(scalar, contexts))
    return (legs,) if isinstance(legs, Unknown) else legs


def called(call: Call, contexts: Contexts) -> Contexts:
    """The contexts inside a called workflow: its inputs and secrets, the caller's `github`."""
    given = call.job.inputs
    inputs: dict[str, object] = {}
    for name, declared in call.workflow.call_inputs.items():
        kind = declared.get("type") if declared is not None else None
        text = kind.text if isinstance(kind, Scalar) else "string"
        node = given.get(name) or (declared.get("default") if declared is not None else None)
        inputs[name] = _DEFAULTS.get(text, "") if node is None else _typed(value_of(node, contexts), text)
    return {**contexts, "inputs": inputs, "secrets": _passed(call, contexts), "matrix": {}}


_DEFAULTS: Contexts = {"boolean": False, "number": 0.0}
"""What an input that nobody gives is, by its type; a text is empty."""


def _typed(value: object, kind: str) -> object:
    """A value as the declared type of the input takes it."""
    if kind == "string":
        return as_text(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _passed(call: Call, contexts: Contexts) -> object:
    secrets = call.job.secrets
    if secrets == "inherit":
        return contexts["secrets"]
    passed: dict[str, object] = {"github_token": TOKEN}
    if isinstance(secrets, dict):
        for name, scalar in secrets.items():
            passed[name] = as_value(text_of(scalar.text, contexts))
    return passed
