"""A job followed step by step in one world: what each step sees, and what it leaves for the next."""

from __future__ import annotations

from lading.models.actions import has_outputs, is_metadata, outputs_of
from lading.models.calls import WORKSPACE, resolved
from lading.models.candidates import MAX_ACTIONS
from lading.models.evaluation import (
    PartlyKnown,
    as_template,
    as_text,
    as_value,
    text_of,
    text_of_piece,
    truth_of,
    value_of,
)
from lading.models.expressions import ExpressionError, Partial, Unknown
from lading.models.shell import Effects, Scripts, cut, unread
from lading.models.template import Hole, Template
from lading.models.values import one_of
from lading.models.workflow import Action, Job, Step
from lading.models.worlds import LATER, World, called, legs_of, result_before
from lading.tables.actions import SETS_KO
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.models.candidates import Candidates
    from lading.models.expressions import Piece
    from lading.models.hcl import Purse
    from lading.models.permissions import CallGraph
    from lading.source import Located, Span
    from lading.texts import Texts
    from lading.tree import Node

    Contexts = dict[str, object]
    Variables = tuple[tuple[str, Scalar], ...]

_MAX_INNER_STEPS = 1_000
"""Steps inside of composite actions that one run of a job takes; their number grows by powers with the levels."""
_MAX_LEGS = 8
"""Legs of a matrix whose outputs are followed one by one."""
_MAX_NEEDS = 12
"""Jobs in a row whose outputs make up those of the next."""
_OTHER_SHELLS = ("pwsh", "powershell", "cmd", "python")


class StepRun:
    """A step as it runs in a world.

    - `step`: the step itself, `outer` the step of the job that it belongs to (another one inside a composite action)
    - `contexts`: what its expressions can name
    - `is_certain`: false where its condition cannot be decided
    """

    __slots__ = ("_effects", "_outputs", "_walker", "contexts", "is_certain", "outer", "step", "world")

    def __init__(
        self,
        step: Step,
        outer: Step,
        world: World,
        contexts: Contexts,
        is_certain: bool,
        walker: Walker,
    ) -> None:
        self.step = step
        self.outer = outer
        self.world = world
        self.contexts = contexts
        self.is_certain = is_certain
        self._walker = walker
        self._effects: Effects | None = None
        self._outputs: dict[str, object] | None = None

    @property
    def effects(self) -> Effects | None:
        """What its script does; None for an action."""
        if self._effects is None and self.step.run is not None:
            self._effects = self._walker.effects(self)
        return self._effects

    @property
    def known_outputs(self) -> dict[str, object]:
        """The outputs of its action that can be told."""
        if self._outputs is None:
            self._outputs = outputs_of(self)
        return self._outputs

    @property
    def variables(self) -> dict[str, Template]:
        """The environment in which it runs, as far as known."""
        return _variables(self.contexts)

    @property
    def may_push(self) -> bool:
        """Can its script push or log in?"""
        script = self.step.run
        return script is not None and ("login" in script.text or self._walker.script_may_push(self.step))

    @property
    def texts(self) -> Texts:
        """The files of the repository."""
        return self._walker.texts

    @property
    def places(self) -> Places:
        """Where things stand in the texts of steps."""
        return self._walker.places

    @property
    def bake_purse(self) -> Purse:
        """What is left for working bake files out."""
        return self._walker.bake_purse

    @property
    def top(self) -> str | None:
        """The folder of the repository in which the job starts; None where that is not known."""
        return self._walker.top(self.world.job)

    @property
    def folder(self) -> str | None:
        """The folder in which its script runs, from the root of the repository; None where that is not known."""
        named = self._walker.folder(self.step)
        if named is None:
            return self.top
        folder = text_of(named.text, self.contexts).literal
        return resolved(self.top, folder) if folder is not None else None

    def text(self, name: str) -> Template | None:
        """An input of the action as a text; None where it is not given."""
        node = self.step.inputs.get(name)
        if not isinstance(node, Scalar):
            return None
        return as_template(value_of(node, self.contexts), node.text)

    def value(self, name: str) -> object:
        """An input of the action; null where it is not given."""
        node = self.step.inputs.get(name)
        return None if node is None else value_of(node, self.contexts)

    def __repr__(self) -> str:
        return f"<StepRun {self.step!r}>"


class Places:
    """Places in the texts of steps, looked for once: every world and every leg asks for the same."""

    __slots__ = ("_found", "_spans")

    def __init__(self) -> None:
        self._spans: dict[tuple[Scalar, int, int], Span] = {}
        self._found: dict[tuple[Scalar, str], list[Located]] = {}

    def of(self, scalar: Scalar, start: int, end: int) -> Span:
        """The place of a stretch of a text (see `Scalar.inner_span`)."""
        key = (scalar, start, end)
        found = self._spans.get(key)
        if found is None:
            found = self._spans[key] = scalar.inner_span(start, end)
        return found

    def once(self, key: tuple[Scalar, str], find: Callable[[], list[Located]]) -> list[Located]:
        """The places of the items of a list, by the text and what stands between them."""
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = find()
        return found


class _Level:
    """How many composite actions stand around a step, and how many steps in them are still taken."""

    __slots__ = ("_depth", "_left")

    def __init__(self) -> None:
        self._depth = 0
        self._left = _MAX_INNER_STEPS

    def admits(self, action: Action) -> bool:
        return self._depth < MAX_ACTIONS and self._left >= len(action.steps)

    def enter(self, action: Action) -> None:
        self._depth += 1
        self._left -= len(action.steps)

    def leave(self) -> None:
        self._depth -= 1


class _Reading:
    """What of a script is the same in every world: itself, masked, its expressions, and the variables it can read.

    `names` are those variables, None where what it calls may read any.
    """

    __slots__ = ("_asks_github", "names", "pieces", "script")

    def __init__(self, script: str, pieces: tuple[Piece, ...], names: frozenset[str] | None) -> None:
        self.script = script
        self.pieces = pieces
        self.names = names
        self._asks_github = names is None or not names.isdisjoint(_GITHUB_VARIABLES)

    def variables(self, contexts: Contexts) -> dict[str, Template]:
        """The environment of the script, of the variables that it can read."""
        if self._asks_github:
            return _variables(contexts, self.names)
        names = self.names or ()
        given = _dict(contexts["env"])
        return {name: as_template(value, f"${name}") for name, value in given.items() if name in names}


class Walker:
    """Follows jobs; `candidates` know what matters."""

    def __init__(self, candidates: Candidates, graph: CallGraph) -> None:
        self._graph = graph
        self.recognisers = candidates.recognisers
        self.texts = candidates.texts
        self.action = candidates.action
        self.called = candidates.called
        self.script_may_push = candidates.script_may_push
        self.top = candidates.top
        self.folder = candidates.folder
        self._scripts = Scripts(candidates.texts.source)
        self._bake_purse: Purse | None = None
        self._known: dict[Step, bool] = {}
        self._read: dict[Step, _Reading | None] = {}
        self._shells: dict[Job | Action, bool] = {}
        self._variables: dict[Job, tuple[Variables, ...]] = {}
        self.places = Places()
        self._outputs: dict[tuple[int, int, str, str], tuple[object, object, object]] = {}
        self._waiting: set[tuple[str, str]] = set()

    @property
    def bake_purse(self) -> Purse:
        """What all bake files together may still take; made, and its module loaded, where the first one is read."""
        if self._bake_purse is None:
            from lading.models.hcl import Purse

            self._bake_purse = Purse()
        return self._bake_purse

    def walk(self, world: World) -> Iterator[StepRun]:
        """Every step that may run, in order."""
        return self._walk(world, *self._begin(world))

    def _begin(self, world: World) -> tuple[Contexts, _Trail]:
        """The contexts before the first step, and what the steps will leave."""
        job = world.job
        contexts = {**world.contexts, "needs": self.needs(job, world), "job": LATER}
        environment: dict[str, object] = {}
        texts = self._variables.get(job)
        if texts is None:
            both = (job.workflow.env, job.env)
            texts = self._variables[job] = tuple(tuple(each.items()) for each in both if each)
        for variables in texts:
            scope = {**contexts, "env": Partial(environment, _UNSET)}
            environment |= {name: value_of_text(scalar, scope) for name, scalar in variables}
        contexts["env"] = Partial(environment, _UNSET)
        contexts["steps"] = {}
        return contexts, _Trail(environment)

    def _walk(self, world: World, contexts: Contexts, trail: _Trail) -> Iterator[StepRun]:
        outside = self.called(world.job)
        level = _Level()
        known = self._known
        for step in (outside,) if outside is not None else world.job.steps:
            matters = known.get(step)
            if step.id is None and not (self.matters(step) if matters is None else matters):
                # What `_step` does with it, at once.
                yield StepRun(step, step, world, trail.seen(contexts), True, self)
            else:
                yield from self._step(step, step, world, contexts, trail, True, level)

    def _step(
        self,
        step: Step,
        outer: Step,
        world: World,
        contexts: Contexts,
        trail: _Trail,
        is_certain: bool,
        level: _Level,
    ) -> Iterator[StepRun]:
        contexts = trail.seen(contexts)
        if not self.matters(step):
            yield StepRun(step, outer, world, contexts, is_certain, self)
            if step.id is not None:
                trail.finish(step, _result(Partial({}, _of_step(step))))
            return
        runs = truth_of(step.condition, contexts)
        if runs is False:
            trail.finish(step, {"outputs": {}, "outcome": "skipped", "conclusion": "skipped"})
            return
        certain = is_certain and runs is True
        if "env" in step.node.named:
            own = {name: value_of_text(scalar, contexts) for name, scalar in step.env.items()}
            contexts = {**contexts, "env": Partial({**trail.environment, **own}, trail.reason)}
        action = self.action(step)
        if action is not None and level.admits(action):
            yield from self._composite(action, step, outer, world, contexts, trail, certain, level)
            return
        run = StepRun(step, outer, world, contexts, certain, self)
        yield run
        trail.take(run)

    def _composite(
        self,
        action: Action,
        step: Step,
        outer: Step,
        world: World,
        contexts: Contexts,
        trail: _Trail,
        is_certain: bool,
        level: _Level,
    ) -> Iterator[StepRun]:
        inputs: dict[str, object] = {}
        for name, default in action.inputs.items():
            node: Node | None = step.inputs.get(name, default)
            inputs[name] = "" if node is None else as_text(value_of(node, contexts))
        inner = {**contexts, "inputs": inputs, "github": _inside_action(contexts["github"], action)}
        inner_trail = _Trail(_environment(contexts))
        level.enter(action)
        for each in action.steps:
            yield from self._step(each, outer, world, inner, inner_trail, is_certain, level)
        level.leave()
        trail.set({n: v for n, v in inner_trail.environment.items() if n not in step.env})
        if step.id is not None:
            scope = {**inner, "steps": inner_trail.outputs}
            outputs = {name: as_value(text_of(scalar.text, scope)) for name, scalar in action.outputs.items()}
            trail.finish(step, {"outputs": outputs, "outcome": "success", "conclusion": "success"})

    def matters(self, step: Step) -> bool:
        """Can a step push, log in, or leave something for later steps that we could read?"""
        known = self._known.get(step)
        if known is None:
            text = step.run.text if step.run is not None else None
            if text is None:
                known = self._is_read(step.action) or self.action(step) is not None
            else:
                leaves = _leaves_something(text) or "login" in text
                known = leaves or self.script_may_push(step)
            self._known[step] = known
        return known

    def _is_read(self, action: str | None) -> bool:
        """Is an action known to push, to log in, or to hand something to later steps that can be told?"""
        return self.recognisers.for_action(action) is not None or has_outputs(action)

    def effects(self, run: StepRun) -> Effects:
        """What the script of a step does; nothing known for another shell."""
        scalar = run.step.run
        assert scalar is not None
        step = run.step
        if step not in self._read:
            self._read[step] = self._reading(step)
        reading = self._read[step]
        if reading is None:
            return unread()
        contexts = run.contexts
        text = scalar.text
        values = tuple([text_of_piece(piece, text, contexts) for piece in reading.pieces])
        variables = reading.variables(contexts)
        return self._scripts.follow_seen(reading.script, values, variables, run.folder)

    def _reading(self, step: Step) -> _Reading | None:
        """How the script of a step is read; None of another shell, and where an expression cannot be read."""
        owner = step.owner
        if "shell" in step.node.named:
            is_other = is_other_shell(step)
        elif owner in self._shells:
            is_other = self._shells[owner]
        else:
            is_other = self._shells[owner] = is_other_shell(step)
        if is_other or step.run is None:
            return None
        try:
            script, pieces = cut(step.run.text)
        except ExpressionError:
            return None
        return _Reading(script, pieces, self._scripts.names(script))

    def needs(self, job: Job, world: World) -> object:
        """The `needs` context: what the jobs before leave, where the file names it at all."""
        if not job.needs or "needs." not in job.workflow.tree.source.text[job.node.start : job.node.end]:
            return LATER if job.needs else {}
        before = (job.workflow.job(scalar.text) for scalar in job.needs)
        result = result_before(job)
        return {
            each.id: {"outputs": self._outputs_of(each, world), "result": result}
            for each in before
            if each is not None
        }

    def _outputs_of(self, job: Job, world: World) -> object:
        """The outputs of a job in a world, worked out once for each run and what its caller gives."""
        run, given = world.contexts["github"], world.contexts["inputs"]
        key = (id(run), id(given), job.workflow.path, job.id)
        if key not in self._outputs:
            # The contexts are kept with it, so that their ids stay theirs.
            self._outputs[key] = (self._worked_out(job, world), run, given)
        return self._outputs[key][0]

    def _worked_out(self, job: Job, world: World) -> object:
        unknown = Partial({}, f"it is an output of job `{job.id}`")
        name = (job.workflow.path, job.id)
        if name in self._waiting or len(self._waiting) >= _MAX_NEEDS:
            return unknown
        self._waiting.add(name)
        try:
            if job.uses is not None:
                return self._of_call(job, world) or unknown
            if not job.outputs:
                return {} if job.node.get("outputs") is None else unknown
            contexts = {**world.contexts, "matrix": {}}
            legs = legs_of(job, {**contexts, "needs": self.needs(job, world)})
            legs = legs if len(legs) <= _MAX_LEGS else (Unknown("the matrix has many legs"),)
            found = [
                self._of_leg(job, World(job, world.chain, world.events, {**contexts, "matrix": leg}, True))
                for leg in legs
            ]
            if None in found:
                return unknown
            return {
                name: one_of(
                    (each[name] for each in found if each is not None), "each leg of the matrix may set it"
                )
                for name in job.outputs
            }
        finally:
            self._waiting.discard(name)

    def _of_leg(self, job: Job, here: World) -> dict[str, object] | None:
        """The outputs of a job in one leg of its matrix; None where it has no steps."""
        if not job.steps:
            return None
        contexts, trail = self._begin(here)
        last = _last_read(job)
        for run in self._walk(here, contexts, trail):
            if run.outer.index > last:
                break
        scope = {**contexts, "env": trail.context, "steps": trail.outputs}
        return {name: as_value(text_of(scalar.text, scope)) for name, scalar in job.outputs.items()}

    def _of_call(self, job: Job, world: World) -> object:
        """The outputs of a called workflow; None where it is not one of this repository, or called in legs."""
        call = self._graph.call(job)
        if call is None or call.ref is not None or job.matrix is not None:
            return None
        inner = called(call, {**world.contexts, "matrix": {}, "needs": self.needs(job, world)})
        jobs = {
            each.id: {
                "outputs": self._outputs_of(
                    each, World(each, (*world.chain, call), world.events, inner, True)
                ),
                "result": "success",
            }
            for each in call.workflow.jobs.values()
        }
        scope = {**inner, "jobs": jobs}
        outputs = call.workflow.call_outputs
        return {name: as_value(text_of(scalar.text, scope)) for name, scalar in outputs.items()}


def _leaves_something(script: str) -> bool:
    return "GITHUB_OUTPUT" in script or "GITHUB_ENV" in script


_UNSET = "no file sets it"


class _Trail:
    """What the steps of one job or composite action have left so far."""

    __slots__ = ("_seen", "context", "environment", "outputs", "reason")

    def __init__(self, environment: dict[str, object]) -> None:
        self.environment = dict(environment)
        self.outputs: dict[str, object] = {}
        self.reason = _UNSET
        self.context = Partial(self.environment, _UNSET)
        self._seen: Contexts | None = None

    def seen(self, contexts: Contexts) -> Contexts:
        """The contexts of the job, or of the composite action, with what has been left so far.

        Steps between which nothing is left see the same; nobody changes it.
        """
        if self._seen is None:
            self._seen = {**contexts, "env": self.context, "steps": self.outputs}
        return self._seen

    def set(self, values: dict[str, object], reason: str | None = None) -> None:
        """More of the environment; contexts that were given out stay as they are."""
        self.environment = {**self.environment, **values}
        self.reason = reason or self.reason
        self.context = Partial(self.environment, self.reason)
        self._seen = None

    def finish(self, step: Step, result: object) -> None:
        """The entry of a step in the `steps` context, likewise."""
        if step.id is not None:
            self.outputs = {**self.outputs, step.id: result}
            self._seen = None

    def take(self, run: StepRun) -> None:
        """Note what a step leaves."""
        script = run.step.run
        if script is not None and _leaves_something(script.text):
            effects = run.effects
            assert effects is not None
            if effects.environment or "GITHUB_ENV" in effects.unclear:
                unclear = "an earlier step may set it" if "GITHUB_ENV" in effects.unclear else None
                values = effects.environment.items()
                self.set({name: self._after(name, value, run.is_certain) for name, value in values}, unclear)
        elif is_metadata(run.step.action):
            self.set(_metadata_variables(run))
        elif run.step.action in SETS_KO and "KO_DOCKER_REPO" not in self.environment:
            self.set(_ko_repository(run))
        if run.step.id is not None:
            self.finish(run.step, _result(_outputs(run)))

    def _after(self, name: str, value: Template, is_certain: bool) -> object:
        if is_certain or as_value(value) == self.environment.get(name):
            return as_value(value)
        hole = Hole(f"${name}", f"`{name}` depends on a condition")
        return PartlyKnown(Template((hole,)))


def _last_read(job: Job) -> int:
    """The index of the last step that the outputs of a job can read: they tell nothing of the steps behind it.

    Every step where they name the environment, or take `steps` as a whole; -1 where they read no step.
    """
    said = "\n".join([scalar.text for scalar in job.outputs.values()]).lower()
    behind = said.split("steps")[1:]
    if "env" in said or not all(
        each[:1] == "." and (each[1:2].isalpha() or each[1:2] == "_") for each in behind
    ):
        return len(job.steps)
    ids = [(step.index, step.id.lower()) for step in job.steps if step.id]
    return max([index for index, id in ids if id in said], default=-1)


def _result(outputs: object) -> object:
    """The entry of a step in the `steps` context."""
    result = Unknown("it is the result of a step")
    return {"outputs": outputs, "outcome": result, "conclusion": result}


def _of_step(step: Step) -> str:
    return f"it is an output of step `{step.id}`"


def _outputs(run: StepRun) -> object:
    reason = _of_step(run.step)
    script = run.step.run
    if script is not None and "GITHUB_OUTPUT" not in script.text:
        return Partial({}, reason)
    effects = run.effects
    if effects is not None:
        values = {name: as_value(value) for name, value in effects.outputs.items()}
        is_whole = "GITHUB_OUTPUT" not in effects.unclear
        return values if is_whole else Partial(values, reason)
    return Partial(run.known_outputs, reason)


def _metadata_variables(run: StepRun) -> dict[str, object]:
    """What docker/metadata-action exports: DOCKER_METADATA_OUTPUT_TAGS and the like."""
    outputs = run.known_outputs.items()
    return {f"DOCKER_METADATA_OUTPUT_{name.upper().replace('-', '_')}": value for name, value in outputs}


def _ko_repository(run: StepRun) -> dict[str, object]:
    """What setup-ko exports: what its own `env` gives, else the repository's own name in small letters."""
    given = run.variables.get("KO_DOCKER_REPO")
    if given is not None and given.parts:
        return {"KO_DOCKER_REPO": as_value(given)}
    repository = _dict(run.contexts["github"]).get("repository")
    return {"KO_DOCKER_REPO": f"ghcr.io/{repository.lower()}"} if isinstance(repository, str) else {}


def value_of_text(scalar: Scalar, contexts: Contexts) -> object:
    """A value of `env:`: always a text."""
    return as_text(value_of(scalar, contexts))


def _inside_action(github: object, action: Action) -> object:
    """The `github` context inside a composite action."""
    folder = action.path.rpartition("/")[0]
    if not isinstance(github, Partial):
        return github
    return Partial({**github, "action_path": f"{WORKSPACE}/{folder}".rstrip("/")}, github.reason)


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _environment(contexts: Contexts) -> dict[str, object]:
    return dict(_dict(contexts["env"]))


def is_other_shell(step: Step) -> bool:
    """Is the script one of PowerShell, cmd or Python?"""
    shell = step.shell
    job = step.owner
    if shell is None and isinstance(job, Job):
        for defaults in (job.defaults, job.workflow.defaults):
            found = defaults.get("shell") if defaults is not None else None
            if shell is None and isinstance(found, Scalar):
                shell = found
        if shell is None:
            runner = job.runs_on
            return isinstance(runner, Scalar) and "windows" in runner.text
    return shell is not None and shell.text.split()[:1] != [] and shell.text.split()[0] in _OTHER_SHELLS


def _variables(contexts: Contexts, names: frozenset[str] | None = None) -> dict[str, Template]:
    """The environment of a script: `env`, and what GitHub sets itself; of the names that are given alone."""
    found = _given_by_github(contexts, names)
    environment = _dict(contexts["env"])
    if names is None:
        found |= environment
    else:
        for name in environment:
            if name in names:
                found[name] = environment[name]
    return {name: as_template(value, f"${name}") for name, value in found.items()}


_GITHUB_VARIABLES = {
    "GITHUB_REPOSITORY": "repository",
    "GITHUB_REPOSITORY_OWNER": "repository_owner",
    "GITHUB_SERVER_URL": "server_url",
    "GITHUB_EVENT_NAME": "event_name",
    "GITHUB_REF": "ref",
    "GITHUB_REF_NAME": "ref_name",
    "GITHUB_REF_TYPE": "ref_type",
    "GITHUB_WORKFLOW": "workflow",
    "GITHUB_WORKSPACE": "workspace",
    "GITHUB_ACTION_PATH": "action_path",
    "GITHUB_HEAD_REF": "head_ref",
    "GITHUB_BASE_REF": "base_ref",
}


def _given_by_github(contexts: Contexts, names: frozenset[str] | None) -> dict[str, object]:
    if names is not None and names.isdisjoint(_GITHUB_VARIABLES):
        return {}
    github = _dict(contexts["github"])
    reason = github.reason if isinstance(github, Partial) else "it is not known"
    unknown = Unknown(reason)
    return {
        variable: github.get(name, unknown)
        for variable, name in _GITHUB_VARIABLES.items()
        if names is None or variable in names
    }
