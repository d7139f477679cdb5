"""A workflow file of GitHub Actions, or a composite action: its jobs and steps, each fact with its node.

Odd shapes are skipped: where a list stands in the place of a mapping, the fact is absent. Names of inputs are
lower-cased, because GitHub compares them without regard to case; names of variables and ids stay as written.

Sources of fact: docs.github.com "Workflow syntax for GitHub Actions" and actions/runner:src/Sdk/WorkflowParser,
named `runner:` below.
"""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
from lading.models.permissions import PermissionBlock
from lading.tree import PLAIN, Alias, Entry, Mapping, Node, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from lading.identity import Identity
    from lading.models.expressions import Unknown
    from lading.models.fits import Fits
    from lading.models.places import Fault, Standing
    from lading.shape import Misfit
    from lading.source import Located
    from lading.tree import Tree

    Leg = dict[str, object]

MAX_LEGS = 256
"""Jobs that one matrix may make (docs: "Running variations of jobs in a workflow")."""

_MAX_STEPS = 10_000
"""Items that are read of one list of steps, those of groups among them; aliases can repeat one without end."""
_MAX_GROUP_DEPTH = 5
"""Levels of `parallel:` groups that are looked into, the list itself being the first."""
_MAX_VALUES = 20_000
"""Values of one matrix, aliases expanded."""
_MAX_VALUE_DEPTH = 40
_MAX_PRODUCT = 4 * MAX_LEGS
"""Combinations before `exclude`."""
_MAX_COMPARISONS = 100_000
"""Values of `include` and `exclude` that are compared with those of the combinations."""


class Event:
    """What starts a workflow: `name` ("push"), its place `node`, and what stands under it."""

    __slots__ = ("_refs", "name", "node", "value")

    def __init__(self, name: str, node: Node, value: Node | None) -> None:
        self.name = name
        self.node = node
        self.value = value
        self._refs: tuple[dict[str, object], ...] | None = None

    @property
    def refs(self) -> tuple[dict[str, object], ...]:
        """What the `github` context holds of the ref, for each branch or tag that its filters name."""
        if self._refs is None:
            from lading.models.starts import refs

            self._refs = refs(self)
        return self._refs

    @property
    def config(self) -> Mapping | None:
        """The filters and inputs of the event; None where there are none."""
        return self.value if isinstance(self.value, Mapping) else None

    def strings(self, key: str) -> tuple[str, ...]:
        """The texts under a filter such as `branches`: one, or a list; empty where the filter is absent."""
        return tuple(scalar.text for scalar in _scalars(_get(self.config, key)))

    def __repr__(self) -> str:
        return f"<Event {self.name}>"


class Workflow:
    """One file under .github/workflows; its `jobs` by id, in file order."""

    __slots__ = (
        "_events",
        "_faults",
        "_fits",
        "_folded",
        "_misfits",
        "_permissions",
        "_says",
        "_standing",
        "_started",
        "jobs",
        "node",
        "path",
        "tree",
    )

    def __init__(self, tree: Tree, node: Mapping, fits: Fits | None = None) -> None:
        self.tree = tree
        self.path = tree.path
        self.node = node
        self._fits = fits
        self._misfits: tuple[Misfit, ...] | None = None
        self._events: dict[str, Event] | None = None
        self._folded: dict[str, Job] | None = None
        self._faults: tuple[Fault, ...] | None = None
        self._standing: list[Standing] | None = None
        self._started: dict[object, tuple[dict[str, object], object, object]] = {}
        self._says: dict[str, bool] = {}
        self._permissions: PermissionBlock | None = _permissions(node)
        self.jobs: dict[str, Job] = {}
        for entry in _entries(node.get("jobs")):
            value = resolve(entry.value)
            if isinstance(value, Mapping):
                name = entry.name or ""
                self.jobs.setdefault(name, Job(self, name, entry, value))

    @property
    def name(self) -> str | None:
        name = self.node.scalar("name")
        return name.text if name is not None else None

    def may_say(self, word: str) -> bool:
        """May a word, without white space, stand in a value of it? Asked once for each word."""
        found = self._says.get(word)
        if found is None:
            found = self._says[word] = self.tree.may_say((word,))
        return found

    @property
    def events(self) -> dict[str, Event]:
        """What starts it, by the event's name."""
        if self._events is None:
            self._events = {event.name: event for event in _events(self.node.get("on"))}
        return self._events

    @property
    def permissions(self) -> PermissionBlock | None:
        """The block at the top of the file; None where there is no key `permissions`."""
        return self._permissions

    @property
    def standing(self) -> list[Standing]:
        """Every text that is or holds an expression, with the place where it stands."""
        if self._standing is None:
            from lading.models.places import places

            self._standing = places(self)
        return self._standing

    def started(
        self, event: str | None, ref: dict[str, object], identity: Identity | None
    ) -> dict[str, object]:
        """The contexts of a run that an event starts, the same objects for every job (see `starts.contexts`)."""
        # The ids stay theirs, since what they are of is kept; what is equal is looked for where they are new.
        known = self._started.get((event, id(ref) if ref else None, id(identity)))
        if known is None:
            key = (event, tuple(ref.items()), identity)
            known = self._started.get(key)
            if known is None:
                from lading.models.starts import contexts

                known = self._started[key] = (contexts(self, event, ref, identity), ref, identity)
            self._started[event, id(ref) if ref else None, id(identity)] = (known[0], ref, identity)
        return known[0]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Expressions that GitHub does not take."""
        if self._faults is None:
            from lading.models.places import faults

            self._faults = tuple(faults(self))
        return self._faults

    @property
    def misfits(self) -> tuple[Misfit, ...]:
        """In what it does not fit the syntax of workflows, `permissions` left out."""
        if self._misfits is None:
            self._misfits = _misfits(self.node, self._fits, "workflow")
        return self._misfits

    @property
    def env(self) -> dict[str, Scalar]:
        return _texts(self.node.get("env"))

    def let_go(self) -> None:
        """Cut the circles of jobs and steps: nobody asks for them any more."""
        for job in self.jobs.values():
            del job.steps
        del self.jobs

    def job(self, name: str) -> Job | None:
        """A job by its id, letters compared as GitHub does: without regard to case."""
        found = self.jobs.get(name)
        if found is not None:
            return found
        if self._folded is None:
            self._folded = {job.id.lower(): job for job in reversed(self.jobs.values())}
        return self._folded.get(name.lower())

    @property
    def is_reusable(self) -> bool:
        """Can another workflow call it?"""
        return "workflow_call" in self.events

    @property
    def is_only_called(self) -> bool:
        """Does nothing but a call start it?"""
        return set(self.events) == {"workflow_call"}

    @property
    def call_inputs(self) -> dict[str, Mapping | None]:
        """The inputs that a caller can give, by lower-cased name, with what is declared of each."""
        return self._declared("workflow_call", "inputs")

    @property
    def call_secrets(self) -> dict[str, Mapping | None]:
        """The secrets that a caller can pass, by lower-cased name."""
        return self._declared("workflow_call", "secrets")

    @property
    def dispatch_inputs(self) -> dict[str, Mapping | None]:
        """The inputs of a start by hand, by lower-cased name."""
        return self._declared("workflow_dispatch", "inputs")

    @property
    def call_outputs(self) -> dict[str, Scalar]:
        """What a caller gets back, by lower-cased name: the expression under `value`."""
        found: dict[str, Scalar] = {}
        for name, declared in self._declared("workflow_call", "outputs").items():
            value = _scalar(_get(declared, "value"))
            if value is not None:
                found[name] = value
        return found

    @property
    def concurrency(self) -> Node | None:
        return self.node.get("concurrency")

    @property
    def defaults(self) -> Mapping | None:
        """`defaults.run`: shell and working directory of steps."""
        if "defaults" not in self.node.named:
            return None
        return _mapping(_get(self.node.get("defaults"), "run"))

    def _declared(self, event: str, kind: str) -> dict[str, Mapping | None]:
        found = self.events.get(event)
        declared: dict[str, Mapping | None] = {}
        if found is not None:
            for entry in _entries(_get(found.config, kind)):
                declared.setdefault((entry.name or "").lower(), _mapping(resolve(entry.value)))
        return declared

    def __repr__(self) -> str:
        return f"<Workflow {self.path}>"


class Job:
    """A job: steps of its own, or the call of a reusable workflow (`uses`); `condition` is its `if`.

    Its `steps` stand in order, those of a `parallel:` group where the group stands. They are a field and no property,
    since they are asked for nine times.
    """

    __slots__ = (
        "_actions",
        "_mentions",
        "_needs",
        "_permissions",
        "_said",
        "_scopes",
        "condition",
        "id",
        "key",
        "node",
        "steps",
        "uses",
        "workflow",
    )

    def __init__(self, workflow: Workflow, name: str, key: Entry, node: Mapping) -> None:
        self.workflow = workflow
        self.id = name
        self.key = key
        self.node = node
        named = node.names or node.named
        self.condition = _held(named["if"]) if "if" in named else None
        self.uses = _held(named["uses"]) if "uses" in named else None
        self._permissions = PermissionBlock(named["permissions"]) if "permissions" in named else None
        nodes = _step_nodes(node.get("steps")) if "steps" in named else ()
        self.steps = tuple([Step(self, index, each) for index, each in enumerate(nodes)])
        self._mentions: list[tuple[str, str]] | None = None
        self._actions: frozenset[str] | None = None
        self._needs: tuple[Scalar, ...] | None = None
        self._scopes: dict[str, str] | None = None
        self._said: dict[str, bool] = {}

    @property
    def scopes(self) -> dict[str, str]:
        """What it is seen to need of a token, for a `permissions` block of its own."""
        if self._scopes is None:
            from lading.models.needs import scopes_of

            self._scopes = scopes_of(self)
        return self._scopes

    def says(self, pattern: str) -> bool:
        """Does its text, in small letters, hold what fits a pattern, in whatever place? Asked once for each pattern."""
        found = self._said.get(pattern)
        if found is None:
            written = self.node.source.text[self.node.start : self.node.end].lower()
            found = self._said[pattern] = re.search(pattern, written) is not None
        return found

    @property
    def permissions(self) -> PermissionBlock | None:
        """The block of the job; None where the job has no key `permissions`."""
        return self._permissions

    @property
    def needs(self) -> tuple[Scalar, ...]:
        """The ids of the jobs it waits for, as they stand in the file."""
        if self._needs is None:
            self._needs = tuple(_scalars(self.node.get("needs")))
        return self._needs

    @property
    def mentions(self) -> list[tuple[str, str]]:
        """Jobs and their outputs (or empty texts) that its text reads of `needs`, in expressions or not."""
        if self._mentions is None:
            text, start, end = self.node.source.text, self.node.start, self.node.end
            self._mentions = (
                _MENTIONED.findall(text, start, end) if text.find("needs.", start, end) >= 0 else []
            )
        return self._mentions

    @property
    def env(self) -> dict[str, Scalar]:
        return _texts(self.node.get("env"))

    @property
    def actions(self) -> frozenset[str]:
        """The actions that its steps use, as `Step.action` has them."""
        if self._actions is None:
            self._actions = frozenset([step.action for step in self.steps if step.action is not None])
        return self._actions

    @property
    def inputs(self) -> dict[str, Node]:
        """What the call gives (`with:`), by lower-cased name."""
        return _inputs(self.node.get("with"))

    @property
    def secrets(self) -> dict[str, Scalar] | Literal["inherit"] | None:
        """What the call passes: by lower-cased name, all of them ("inherit"), or none."""
        node = self.node.get("secrets")
        if isinstance(node, Mapping):
            return {name.lower(): value for name, value in _texts(node).items()}
        return "inherit" if isinstance(node, Scalar) and node.text == "inherit" else None

    @property
    def matrix(self) -> Node | None:
        """`strategy.matrix`, or the whole `strategy` where an expression makes it."""
        strategy = self.node.get("strategy")
        if isinstance(strategy, Scalar):
            return None if strategy.is_null else strategy
        return _get(strategy, "matrix")

    @property
    def outputs(self) -> dict[str, Scalar]:
        return _texts(self.node.get("outputs"))

    @property
    def environment(self) -> Node | None:
        """A name, or a mapping with `name` and `url`."""
        return self.node.get("environment")

    @property
    def runs_on(self) -> Node | None:
        return self.node.get("runs-on")

    @property
    def container(self) -> Node | None:
        return self.node.get("container")

    @property
    def services(self) -> dict[str, Node]:
        """Its service containers by name."""
        return {entry.name or "": resolve(entry.value) for entry in _entries(self.node.get("services"))}

    @property
    def concurrency(self) -> Node | None:
        return self.node.get("concurrency")

    @property
    def defaults(self) -> Mapping | None:
        """`defaults.run` of the job."""
        if "defaults" not in self.node.named:
            return None
        return _mapping(_get(self.node.get("defaults"), "run"))

    def __repr__(self) -> str:
        return f"<Job {self.workflow.path}:{self.id}>"


class Action:
    """An action of this repository (action.yml)."""

    __slots__ = ("_faults", "_fits", "_misfits", "_steps", "node", "path", "tree")

    def __init__(self, tree: Tree, node: Mapping, fits: Fits | None = None) -> None:
        self.tree = tree
        self.path = tree.path
        self.node = node
        self._fits = fits
        self._misfits: tuple[Misfit, ...] | None = None
        self._steps: tuple[Step, ...] | None = None
        self._faults: tuple[Fault, ...] | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Expressions that GitHub does not take."""
        if self._faults is None:
            from lading.models.places import faults_of_action

            self._faults = tuple(faults_of_action(self))
        return self._faults

    @property
    def misfits(self) -> tuple[Misfit, ...]:
        """In what it does not fit the syntax of actions."""
        if self._misfits is None:
            self._misfits = _misfits(self.node, self._fits, "action")
        return self._misfits

    @property
    def is_composite(self) -> bool:
        using = _scalar(_get(self.node.get("runs"), "using"))
        return using is not None and using.text == "composite"

    @property
    def inputs(self) -> dict[str, Scalar | None]:
        """The default of each input, by lower-cased name; None where there is none."""
        found: dict[str, Scalar | None] = {}
        for entry in _entries(self.node.get("inputs")):
            default = _scalar(_get(resolve(entry.value), "default"))
            found.setdefault((entry.name or "").lower(), default)
        return found

    @property
    def outputs(self) -> dict[str, Scalar]:
        """The expression under `value` of each output."""
        found: dict[str, Scalar] = {}
        for entry in _entries(self.node.get("outputs")):
            value = _scalar(_get(resolve(entry.value), "value"))
            if value is not None:
                found.setdefault(entry.name or "", value)
        return found

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of a composite action; none of another kind."""
        if self._steps is None:
            nodes = _step_nodes(_get(self.node.get("runs"), "steps"))
            self._steps = tuple([Step(self, index, node) for index, node in enumerate(nodes)])
        return self._steps

    def __repr__(self) -> str:
        return f"<Action {self.path}>"


class Step:
    """A step of a job or of a composite action; `index` counts from 0, steps of groups included.

    `uses` and `run` are what it does, `condition` is its `if`; `action` is `owner/name[/path]` in lower case without
    its ref, or a local path as written, None for an image.
    """

    __slots__ = ("_inputs", "action", "condition", "id", "index", "node", "owner", "run", "uses")

    def __init__(self, owner: Job | Action, index: int, node: Mapping) -> None:
        self.owner = owner
        self.index = index
        self.node = node
        named = node.names or node.named
        used = _held(named["uses"]) if "uses" in named else None
        self.uses = used
        self.action: str | None = _action_name(used.text) if used is not None else None
        self.run = _held(named["run"]) if "run" in named else None
        self.condition = _held(named["if"]) if "if" in named else None
        name = _held(named["id"]) if "id" in named else None
        self.id = name.text if name is not None else None
        self._inputs: dict[str, Node] | None = None

    @property
    def entry(self) -> Located:
        """Where the step begins: its first key."""
        return self.node.entries[0] if self.node.entries else self.node

    @property
    def name(self) -> Scalar | None:
        return self.node.scalar("name")

    @property
    def shell(self) -> Scalar | None:
        return self.node.scalar("shell") if "shell" in self.node.named else None

    @property
    def working_directory(self) -> Scalar | None:
        return self.node.scalar("working-directory")

    @property
    def inputs(self) -> dict[str, Node]:
        """What the action is given (`with:`), by lower-cased name."""
        if self._inputs is None:
            self._inputs = _inputs(self.node.get("with"))
        return self._inputs

    @property
    def env(self) -> dict[str, Scalar]:
        return _texts(self.node.get("env"))

    @property
    def is_background(self) -> bool:
        """Does the job go on without waiting for it (`background: true`)?"""
        background = _scalar(self.node.get("background"))
        return background is not None and scalar_value(background) is True

    def __repr__(self) -> str:
        return f"<Step {self.index} of {self.owner!r}>"


@remembered(1024)
def _action_name(text: str) -> str | None:
    if text.startswith("docker://"):
        return None
    text = text.strip()
    return text if is_local(text) else text.partition("@")[0].lower()


def load_workflow(tree: Tree, fits: Fits | None = None) -> Workflow | None:
    """The workflow of a file; None where it is no mapping. `fits` is the test of its syntax, made where None."""
    return Workflow(tree, tree.root, fits) if isinstance(tree.root, Mapping) else None


def load_action(tree: Tree, fits: Fits | None = None) -> Action | None:
    """The action of a file; None where it is no mapping with a mapping `runs`."""
    root = tree.root
    if not isinstance(root, Mapping) or not isinstance(root.get("runs"), Mapping):
        return None
    return Action(tree, root, fits)


def _misfits(node: Mapping, fits: Fits | None, kind: str) -> tuple[Misfit, ...]:
    if fits is None:
        from lading.models.fits import Fits

        fits = Fits(kind)
    if fits(node):
        return ()
    from lading.models.github_shape import misfits_of

    return misfits_of(node, kind)


def local_path(uses: str) -> str | None:
    """The path inside this repository of `./path` or `$/path`, normalised; None for every other reference.

    `$/` is the repository that the file lies in (runner:../DTPipelines/Pipelines/PipelineConstants.cs).
    """
    if not is_local(uses):
        return None
    from posixpath import normpath

    path = normpath(uses[2:].replace("\\", "/").lstrip("/") or ".")
    return None if path.startswith("..") else path


def is_local(uses: str) -> bool:
    """Is a reference written as a path inside this repository?"""
    return uses.startswith(_LOCAL)


_LOCAL = ("./", ".\\", "$/")


READ = r"(?<![\w.-])needs\.([A-Za-z_][\w-]*)(?:\.outputs\.([A-Za-z_][\w-]*))?"
"""What is read of a job before: its id, and the name of an output."""
_MENTIONED = re.compile(READ.replace(r"(?<![\w.-])needs\.", r"needs\.(?<![\w.-]needs\.)"))
"""The same, found quickly: a pattern that begins with letters is not tried at every place."""
_INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INFINITE = {
    sign + dot: float(number + "inf")
    for dot in (".inf", ".Inf", ".INF")
    for sign, number in (("", ""), ("+", ""), ("-", "-"))
}
_TAG = "tag:yaml.org,2002:"


def scalar_value(scalar: Scalar) -> object:
    """What GitHub reads: null, true or false, a number (always a float), else the text.

    The core schema of YAML 1.2, with `0x` and `0o` (runner:Conversion/YamlObjectReader.cs). Text in quotes or in a
    block is text, unless a tag says otherwise.
    """
    text = scalar.text
    tag = scalar.tag.removeprefix(_TAG).removeprefix("!!") if scalar.tag is not None else None
    if tag is None and scalar.style != PLAIN:
        return text
    if tag in (None, "null") and text in _NULLS:
        return None
    if tag in (None, "bool") and text in _BOOLEANS:
        return _BOOLEANS[text]
    if tag in (None, "int", "float"):
        return _number(text)
    return text


def _number(text: str) -> object:
    if _INTEGER.fullmatch(text):
        if text.startswith(("0x", "0o")):
            return _signed_32(int(text[2:], 16 if text[1] == "x" else 8), text)
        return float(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if text in _INFINITE:
        return _INFINITE[text]
    return float("nan") if text in (".nan", ".NaN", ".NAN") else text


def _signed_32(number: int, text: str) -> object:
    """Hexadecimal and octal numbers have 32 bits there, the highest being the sign."""
    if number >= 1 << 32:
        return text
    return float(number - (1 << 32) if number >= 1 << 31 else number)


def matrix_legs(
    node: Node | None, value_of: Callable[[Scalar], object] | None = None
) -> tuple[Leg, ...] | Unknown:
    """The jobs that a matrix makes, each as the values of the `matrix` context; one leg `{}` without a matrix.

    `value_of` gives the value of a text with an expression in it, or `Unknown`; without it such a value is
    `Unknown`. A leg can hold unknown values; where they decide which legs there are, the whole is `Unknown`.
    Source: runner:Conversion/MatrixBuilder.cs.
    """
    from lading.models.expressions import Unknown

    if node is None:
        return ({},)
    plain = _Plain(value_of).value(node, 0)
    if isinstance(plain, Unknown):
        return plain
    if not isinstance(plain, dict):
        return Unknown("the matrix is no mapping")
    try:
        return _expanded(plain)
    except _Undecided as undecided:
        return Unknown(undecided.reason)


class _Undecided(Exception):
    """The legs cannot be told; carries why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Plain:
    """Turns nodes into plain values, as long as there are not too many."""

    __slots__ = ("_left", "_value_of")

    def __init__(self, value_of: Callable[[Scalar], object] | None) -> None:
        self._left = _MAX_VALUES
        self._value_of = value_of

    def value(self, node: Node, depth: int) -> object:
        from lading.models.expressions import Unknown

        node = resolve(node)
        self._left -= 1
        if self._left < 0 or depth > _MAX_VALUE_DEPTH:
            return Unknown("the matrix is too large")
        if isinstance(node, Sequence):
            return [self.value(item, depth + 1) for item in node]
        if isinstance(node, Mapping):
            return self._mapping(node, depth)
        assert isinstance(node, Scalar)
        if "${{" in node.text:
            if self._value_of is not None:
                return self._value_of(node)
            return Unknown(f"`{node.text.strip()}` is worked out when the workflow runs")
        return scalar_value(node)

    def _mapping(self, node: Mapping, depth: int) -> object:
        from lading.models.expressions import Unknown

        found: dict[str, object] = {}
        for entry in node:
            name = entry.name
            if name is None or "${{" in name:
                return Unknown("a key of the matrix is worked out when the workflow runs")
            found.setdefault(name, self.value(entry.value, depth + 1))
        return found


def _expanded(matrix: dict[str, object]) -> tuple[Leg, ...]:
    vectors = _vectors({name: matrix[name] for name in matrix if name not in ("include", "exclude")})
    include = _filters(matrix.get("include"), "include")
    exclude = [_leaves(item) for item in _filters(matrix.get("exclude"), "exclude")]
    names = {name.lower() for name in vectors}
    split = [
        (
            _leaves({key: value for key, value in item.items() if key.lower() in names}),
            {key: value for key, value in item.items() if key.lower() not in names},
        )
        for item in include
    ]
    combinations = _product(vectors)
    compared = sum(map(len, exclude)) + sum(len(leaves) for leaves, _ in split)
    if len(combinations) * compared > _MAX_COMPARISONS:
        raise _Undecided("the matrix is too large")
    legs: list[Leg] = []
    matched: set[int] = set()
    for leg in combinations:
        if any(_matches(leaves, leg) for leaves in exclude):
            continue
        extra: Leg = {}
        for number, (leaves, added) in enumerate(split):
            if _matches(leaves, leg):
                matched.add(number)
                extra.update(added)
        legs.append({**leg, **extra})
    legs += [dict(item) for number, item in enumerate(include) if number not in matched]
    if len(legs) > MAX_LEGS:
        raise _Undecided(f"the matrix has more than {MAX_LEGS} legs, which GitHub refuses")
    if not legs:
        raise _Undecided("the matrix has no legs")
    return tuple(legs)


def _vectors(values: Leg) -> dict[str, list[object]]:
    """The values of each name; a name with unknown values counts as one beside others that are known."""
    from lading.models.expressions import Unknown

    reasons = {name: value.reason for name, value in values.items() if isinstance(value, Unknown)}
    if len(reasons) == len(values):
        reasons = {}
    return {
        name: [Unknown(reasons[name])] if name in reasons else _items(value, name)
        for name, value in values.items()
    }


def _items(value: object, name: str) -> list[object]:
    from lading.models.expressions import Unknown

    if isinstance(value, Unknown):
        raise _Undecided(value.reason)
    if not isinstance(value, list) or not value:
        raise _Undecided(f"`{name}` of the matrix is no list with values")
    return value


def _filters(value: object, name: str) -> list[Leg]:
    if value is None or value == []:
        return []
    items = _items(value, name)
    found: list[Leg] = []
    for item in items:
        if not isinstance(item, dict):
            raise _Undecided(
                getattr(item, "reason", None) or f"`{name}` of the matrix holds more than mappings"
            )
        if item:
            found.append(item)
    return found


def _product(vectors: dict[str, list[object]]) -> list[Leg]:
    """Every combination, the last vector changing fastest."""
    legs: list[Leg] = [{}] if vectors else []
    for name, values in vectors.items():
        if len(legs) * len(values) > _MAX_PRODUCT:
            raise _Undecided(f"the matrix has more than {MAX_LEGS} legs, which GitHub refuses")
        legs = [{**leg, name: value} for leg in legs for value in values]
    return legs


def _leaves(value: object, path: tuple[object, ...] = ()) -> list[tuple[tuple[object, ...], object]]:
    """The scalars inside a filter with the keys that lead to them."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for at, inner in enumerate(value) for leaf in _leaves(inner, (*path, float(at)))]
    return [(path, value)]


def _matches(leaves: list[tuple[tuple[object, ...], object]], leg: Leg) -> bool:
    """Is every leaf loosely equal (GitHub's `==`) to what the leg has at its path?"""
    from lading.models.expressions import Comparison, Expression, Index, Literal, Scope, Unknown

    scope = Scope({}, {})
    undecided: Unknown | None = None
    for path, wanted in leaves:
        found: Expression = Literal(leg)
        for key in path:
            found = Index(found, Literal(key))
        equal = Comparison("==", found, Literal(wanted)).evaluate(scope)
        if isinstance(equal, Unknown):
            undecided = equal
        elif not equal:
            return False
    if undecided is not None:
        raise _Undecided(undecided.reason)
    return True


def _scalar(node: Node | None) -> Scalar | None:
    """A scalar that holds something."""
    if node is None or type(node) is not Scalar:
        return None
    return None if node.text in _NULLS and node.is_null else node


def _held(entry: Entry) -> Scalar | None:
    """The value of an entry where it is a scalar that holds something."""
    value = entry.value
    if type(value) is not Scalar:
        value = resolve(value)
        if type(value) is not Scalar:
            return None
    return None if len(value.text) < _TOO_LONG_FOR_NULL and value.is_null else value


_TOO_LONG_FOR_NULL = 5


def _mapping(node: Node | None) -> Mapping | None:
    return node if isinstance(node, Mapping) else None


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _entries(node: Node | None) -> Iterator[Entry]:
    """The entries of a mapping whose keys are texts."""
    if isinstance(node, Mapping):
        for entry in node:
            if entry.name is not None:
                yield entry


def _scalars(node: Node | None) -> Iterator[Scalar]:
    """The scalar itself, or those of a list."""
    for item in node if isinstance(node, Sequence) else (node,):
        scalar = _scalar(item)
        if scalar is not None:
            yield scalar


def _texts(node: Node | None) -> dict[str, Scalar]:
    """A mapping of names to scalars; empty values are kept, others skipped, of two equal names the first counts."""
    found: dict[str, Scalar] = {}
    for entry in node.entries if isinstance(node, Mapping) else ():
        key, value = entry.key, entry.value
        if type(value) is Alias:
            value = resolve(value)
        name = key.text if type(key) is Scalar else entry.name
        if type(value) is Scalar and name is not None:
            found.setdefault(name, value)
    return found


def _inputs(node: Node | None) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for entry in node.entries if isinstance(node, Mapping) else ():
        key, value = entry.key, entry.value
        name = key.text if type(key) is Scalar else entry.name
        if name is not None:
            found.setdefault(name.lower(), resolve(value) if type(value) is Alias else value)
    return found


def _permissions(node: Mapping) -> PermissionBlock | None:
    entry = node.entry("permissions")
    return PermissionBlock(entry) if entry is not None else None


def _events(node: Node | None) -> list[Event]:
    if not isinstance(node, Mapping):
        return [Event(scalar.text, scalar, None) for scalar in _scalars(node)]
    found: list[Event] = []
    for entry in node.entries:
        name = entry.name
        if name is not None:
            value = resolve(entry.value)
            empty = isinstance(value, Scalar) and value.is_null
            found.append(Event(name, entry.key, None if empty else value))
    return found


def _step_nodes(node: Node | None) -> list[Mapping]:
    """The steps of a list in order, those of `parallel:` groups in the place of the group."""
    found: list[Mapping] = []
    for item in node.items[:_MAX_STEPS] if isinstance(node, Sequence) else ():
        if type(item) is Mapping:
            if "parallel" in (item.names or item.named):
                return list(_within_groups(node))
            found.append(item)
        elif type(item) is Alias:
            return list(_within_groups(node))
    return found


def _within_groups(node: Node | None) -> Iterator[Mapping]:
    waiting = [iter(node)] if isinstance(node, Sequence) else []
    left = _MAX_STEPS
    while waiting and left > 0:
        left -= 1
        item = next(waiting[-1], None)
        if item is None:
            waiting.pop()
        elif isinstance(item, Mapping):
            group = item.get("parallel")
            if not isinstance(group, Sequence):
                yield item
            elif len(waiting) < _MAX_GROUP_DEPTH:
                waiting.append(iter(group))
