"""What GITHUB_TOKEN may do: `permissions:` blocks, calls of reusable workflows, and what each job ends up with.

Source of the rules: actions/runner:src/Sdk/WorkflowParser/Conversion/{WorkflowTemplateConverter, PermissionsHelper}.cs
at 258d6c8. A block replaces the one above it, nothing is merged; what a block does not name is `none`; a called
workflow without a block has the caller's permissions, and one that asks for more is refused when the run starts.
"""

from __future__ import annotations

from lading.config import PERMISSIVE, RESTRICTED
from lading.findings import KNOWN, assumed, unknown
from lading.tables import scopes as table
from lading.tree import Entry, Mapping, Node, Scalar, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Map

    from lading.config import Config
    from lading.findings import Basis
    from lading.identity import Identity
    from lading.models.workflow import Job, Workflow
    from lading.source import Located

MAX_DEPTH = 10
"""Levels of workflows that call each other (docs: "Reuse workflows", limitations)."""

_MAX_CHAINS = 64
"""Chains of callers that are followed for one workflow."""
_MAX_VISITS = 10_000
"""Called workflows that are looked at, one for each ceiling."""

UNLESS_READ_WRITE = "unless the default token of the repository or organisation is read-write"


class Fault:
    """A part of a block that GitHub does not take.

    `kind` is "scope" (no such key), "level" (not a level of that scope) or "shape" (neither mapping nor shorthand);
    `at` the place, `text` what is written there, `scope` the key it belongs to.
    """

    __slots__ = ("at", "kind", "scope", "text")

    def __init__(self, kind: str, at: Located, text: str, scope: str | None = None) -> None:
        self.kind = kind
        self.at = at
        self.text = text
        self.scope = scope

    def __repr__(self) -> str:
        return f"Fault({self.kind!r}, {self.text!r}, {self.scope!r})"


class PermissionBlock:
    """The value of a key `permissions`.

    - `key`: the key's place; `node`: the value
    - `scopes`: the level of each scope that is named; every scope for a shorthand
    - `entries`: the places of the scopes that are named
    - `shorthand`: "read-all", "write-all" or None
    - `problems`: what GitHub does not take
    """

    __slots__ = ("entries", "key", "node", "problems", "scopes", "shorthand")

    def __init__(self, key: Entry) -> None:
        self.key = key
        self.node: Node = resolve(key.value)
        self.shorthand: str | None = None
        self.entries: dict[str, Entry] = {}
        self.scopes: dict[str, str] = {}
        self.problems: tuple[Fault, ...] = ()
        if isinstance(self.node, Mapping):
            self.problems = tuple(self._read(self.node))
        elif isinstance(self.node, Scalar) and self.node.text in table.SHORTHANDS:
            self.shorthand = self.node.text
            self.scopes = table.everything(table.SHORTHANDS[self.shorthand])
        else:
            text = self.node.text if isinstance(self.node, Scalar) else self.node.kind
            self.problems = (Fault("shape", self.node if text else key, text),)

    def _read(self, node: Mapping) -> Iterator[Fault]:
        for entry in node:
            name = entry.name
            value = resolve(entry.value)
            if name is None:
                continue
            level = value.text if isinstance(value, Scalar) else value.kind
            allowed = table.SCOPES.get(name)
            if allowed is None:
                yield Fault("scope", entry, name)
            elif not isinstance(value, Scalar) or level not in allowed:
                yield Fault("level", value if level else entry, level, name)
            else:
                self.scopes.setdefault(name, level)
                self.entries.setdefault(name, entry)

    @property
    def is_sound(self) -> bool:
        """Does GitHub take it as it is?"""
        return not self.problems

    def level(self, scope: str) -> str:
        """`none`, `read` or `write`."""
        return self.scopes.get(scope, table.NONE)

    def __repr__(self) -> str:
        return f"<PermissionBlock {self.scopes}>"


class Call:
    """A job that calls a reusable workflow of this repository.

    `ref` is the version it names (`owner/name/path@ref`), None where it calls the file of the same commit.
    """

    __slots__ = ("job", "ref", "workflow")

    def __init__(self, job: Job, workflow: Workflow, ref: str | None) -> None:
        self.job = job
        self.workflow = workflow
        self.ref = ref

    @property
    def basis(self) -> Basis:
        """Is the called workflow the one that we see?"""
        if self.ref is None:
            return KNOWN
        return assumed(f"unless `{self.workflow.path}` differs at `@{self.ref}`")

    def __repr__(self) -> str:
        return f"<Call of {self.workflow.path} by {self.job!r}>"


Chain = tuple[Call, ...]


class CallGraph:
    """Which job calls which workflow of this repository."""

    __slots__ = ("_by_callee", "_by_caller", "_chains", "workflows")

    def __init__(self, workflows: Map[str, Workflow], calls: tuple[Call, ...]) -> None:
        self.workflows = workflows
        self._by_callee: dict[str, list[Call]] = {}
        self._by_caller: dict[tuple[str, str], Call] = {}
        self._chains: dict[Workflow, tuple[Chain, ...]] = {}
        for call in calls:
            self._by_callee.setdefault(call.workflow.path, []).append(call)
            self._by_caller[call.job.workflow.path, call.job.id] = call

    def call(self, job: Job) -> Call | None:
        """The call that a job is; None for a job with steps and for a workflow that is not here."""
        return self._by_caller.get((job.workflow.path, job.id))

    @property
    def has_calls(self) -> bool:
        return bool(self._by_caller)

    def callers(self, workflow: Workflow) -> tuple[Call, ...]:
        return tuple(self._by_callee.get(workflow.path, ()))

    def starts(self, workflow: Workflow) -> bool:
        """Can a run begin with it: has it an event of its own?"""
        return not workflow.is_only_called

    def chains(self, workflow: Workflow) -> tuple[Chain, ...]:
        """The ways a run gets to it: the calls from the workflow that an event starts, outermost first.

        `()` is among them where an event starts the workflow itself. There is none where only workflows elsewhere
        can call it. Circles are left out; at most 64 chains are followed, each of at most 10 levels.
        """
        known = self._chains.get(workflow)
        if known is None:
            known = self._chains[workflow] = self._followed(workflow)
        return known

    def _followed(self, workflow: Workflow) -> tuple[Chain, ...]:
        found: list[Chain] = []
        waiting: list[tuple[Workflow, Chain]] = [(workflow, ())]
        while waiting and len(found) < _MAX_CHAINS:
            current, chain = waiting.pop(0)
            if self.starts(current):
                found.append(chain)
            if len(chain) >= MAX_DEPTH or len(waiting) > _MAX_CHAINS:
                continue
            seen = {current.path, workflow.path, *(call.workflow.path for call in chain)}
            for call in self.callers(current):
                if call.job.workflow.path not in seen:
                    waiting.append((call.job.workflow, (call, *chain)))
        return tuple(found)


def call_graph(workflows: Map[str, Workflow], identity: Identity | None) -> CallGraph:
    """Resolve every call of a workflow of this repository, by path or by the repository's own name."""
    calls: list[Call] = []
    for workflow in workflows.values():
        for job in workflow.jobs.values():
            uses = job.uses
            if uses is None:
                continue
            target = called_path(uses.text, identity)
            if target is not None and target[0] in workflows:
                calls.append(Call(job, workflows[target[0]], target[1]))
    return CallGraph(workflows, tuple(calls))


def called_path(uses: str, identity: Identity | None) -> tuple[str, str | None] | None:
    """Path and ref of a called workflow of this repository; None for one that lies elsewhere."""
    from lading.models.workflow import local_path

    path = local_path(uses)
    if path is not None:
        return path, None
    name, at, ref = uses.partition("@")
    owner, _, rest = name.partition("/")
    repository, _, path = rest.partition("/")
    if not at or not path or identity is None or identity.owner is None or identity.name is None:
        return None
    same = (owner.lower(), repository.lower()) == (identity.owner.lower(), identity.name.lower())
    return (path, ref) if same else None


class Ceiling:
    """What a job has, or may hand on: levels by scope, where they come from, and on what basis.

    `block` is the block that states them; None where the default token or an unknown caller decides.
    """

    __slots__ = ("basis", "block", "scopes", "words")

    def __init__(
        self, scopes: Map[str, str], block: PermissionBlock | None, words: str, basis: Basis
    ) -> None:
        self.scopes = scopes
        self.block = block
        self.words = words
        self.basis = basis

    def level(self, scope: str) -> str:
        return self.scopes.get(scope, table.NONE)


def default_ceiling(config: Config) -> Ceiling:
    """The token where no block says anything."""
    if config.default_token == PERMISSIVE:
        return Ceiling(table.everything(table.WRITE), None, "the default token, which is read-write", KNOWN)
    if config.default_token == RESTRICTED:
        return Ceiling(table.RESTRICTED, None, "the default token, which is read-only", KNOWN)
    return Ceiling(table.RESTRICTED, None, "the default token of the repository", assumed(UNLESS_READ_WRITE))


_NO_CALLER = Ceiling(
    {},
    None,
    "a caller that is not here",
    unknown("the permissions are those of a caller that is not in this repository"),
)


def _own(job: Job, inherited: Ceiling) -> Ceiling:
    """What the job has: its own block, else its workflow's, else what was inherited."""
    for block, words in (
        (job.permissions, "set on the job"),
        (job.workflow.permissions, "set at the workflow"),
    ):
        if block is not None:
            return Ceiling(block.scopes, block, words, KNOWN)
    return inherited


class Effective:
    """What the token of a job may do when the job is reached by one chain of callers.

    - `chain`: the calls that lead to the job's workflow, outermost first; empty where an event starts it
    - `basis`: known; assumed where the default token decides; unknown where a caller that is not here decides, and
      where GitHub refuses the chain because a called workflow asks for more than its caller has
    - `provenance`: places, each with what it says, the one that grants first
    """

    __slots__ = ("basis", "chain", "provenance", "scopes")

    def __init__(
        self,
        scopes: Map[str, str],
        basis: Basis,
        provenance: tuple[tuple[Located, str], ...],
        chain: Chain,
    ) -> None:
        self.scopes = scopes
        self.basis = basis
        self.provenance = provenance
        self.chain = chain

    def level(self, scope: str) -> str:
        """`none`, `read` or `write`; under an unknown basis what is certain at most."""
        return self.scopes.get(scope, table.NONE)

    def __repr__(self) -> str:
        return f"<Effective {dict(self.scopes)} {self.basis!r}>"


def effective(job: Job, config: Config, callers: CallGraph) -> tuple[Effective, ...]:
    """The token of a job, one for each way a run gets to it."""
    chains = callers.chains(job.workflow)
    if chains:
        return tuple(_along(job, chain, default_ceiling(config)) for chain in chains)
    return (_along(job, (), _NO_CALLER),)


def _along(job: Job, chain: Chain, start: Ceiling) -> Effective:
    """Follow a chain from the outside in."""
    inherited = start
    basis = KNOWN
    hops: list[tuple[Located, str]] = []
    caps: list[tuple[Located, str]] = []
    limits: list[Map[str, str]] = []
    for call in chain:
        own = _own(call.job, inherited)
        basis &= call.basis
        hops.append((call.job.key, f"called by job `{call.job.id}`"))
        if own.block is not None:
            words = f"{own.words} `{call.job.id}`" if own.words.endswith("job") else own.words
            inherited = Ceiling(
                own.scopes, own.block, words.replace("set on the", "set on the calling"), KNOWN
            )
            limits.append(own.scopes)
            caps.append((own.block.key, f"capped by the calling job `{call.job.id}`"))
        elif own.basis == KNOWN:
            limits.append(own.scopes)
            caps.append((call.job.key, f"capped by {own.words}"))
    final = _own(job, inherited)
    granted: Located = final.block.key if final.block is not None else job.key
    scopes = {scope: _least(level, scope, limits) for scope, level in final.scopes.items()}
    provenance = [(granted, final.words), *reversed(hops)]
    if final.block is not None and not final.block.is_sound:
        basis &= unknown("GitHub refuses the `permissions` it has")
    elif _is_refused(final, job, limits):
        basis &= unknown(
            "GitHub refuses the call, because the called workflow asks for more than its caller has"
        )
        provenance += caps
    return Effective(scopes, basis & final.basis, tuple(provenance), chain)


def _least(level: str, scope: str, limits: list[Map[str, str]]) -> str:
    levels = [level, *(limit.get(scope, table.NONE) for limit in limits)]
    return min(levels, key=table.LEVELS.index)


def _is_refused(final: Ceiling, job: Job, limits: list[Map[str, str]]) -> bool:
    asked = [block for block in (job.permissions, job.workflow.permissions) if block is not None]
    return bool(limits) and any(_above(block.scopes, limits[-1]) for block in asked)


def _above(requested: Map[str, str], allowed: Map[str, str]) -> tuple[str, ...]:
    """The scopes of which more is requested than allowed, in GitHub's order."""
    rank = table.LEVELS.index
    none = table.NONE
    return tuple(
        scope for scope in table.COMPARED if rank(requested.get(scope, none)) > rank(allowed.get(scope, none))
    )


class Excess:
    """A call that GitHub refuses when the run starts.

    - `call`: the call it reports; `chain`: the calls before it, outermost first
    - `job`: the job of the called workflow that asks for too much, None where the workflow's own block does
    - `block`: the block that asks; `ceiling`: what the caller has
    - `scopes`: the scopes in question, in GitHub's order
    """

    __slots__ = ("basis", "block", "call", "ceiling", "chain", "job", "scopes")

    def __init__(
        self,
        call: Call,
        chain: Chain,
        job: Job | None,
        block: PermissionBlock,
        ceiling: Ceiling,
        scopes: tuple[str, ...],
    ) -> None:
        self.call = call
        self.chain = chain
        self.job = job
        self.block = block
        self.ceiling = ceiling
        self.scopes = scopes
        basis = ceiling.basis & call.basis
        for hop in chain:
            basis &= hop.basis
        self.basis = basis

    @property
    def requested(self) -> str:
        return ", ".join(f"{scope}: {self.block.level(scope)}" for scope in self.scopes)

    @property
    def allowed(self) -> str:
        return ", ".join(f"{scope}: {self.ceiling.level(scope)}" for scope in self.scopes)

    def __repr__(self) -> str:
        return f"<Excess {self.call!r}: {self.requested}>"


def excesses(graph: CallGraph, config: Config) -> Iterator[Excess]:
    """Every call that asks for more than its caller has, each once for each ceiling it meets.

    A chain begins where an event starts a workflow, with the default token, and where only callers elsewhere can
    begin it, with permissions that are not known. As GitHub does, nothing is looked at behind a refused call.
    """
    default = default_ceiling(config)
    seen: set[tuple[str, int]] = set()
    waiting: list[tuple[Workflow, Ceiling, Chain]] = []
    for workflow in graph.workflows.values():
        if graph.starts(workflow):
            waiting.append((workflow, default, ()))
        elif not graph.callers(workflow):
            waiting.append((workflow, _NO_CALLER, ()))
    waiting.reverse()
    while waiting:
        workflow, inherited, chain = waiting.pop()
        if (
            (workflow.path, id(inherited.scopes)) in seen
            or len(chain) >= MAX_DEPTH
            or len(seen) > _MAX_VISITS
        ):
            continue
        seen.add((workflow.path, id(inherited.scopes)))
        for job in workflow.jobs.values():
            call = graph.call(job)
            if call is None:
                continue
            ceiling = _own(job, inherited)
            refused = tuple(_excesses_of(call, ceiling, chain))
            yield from refused
            if not refused:
                waiting.append((call.workflow, ceiling, (*chain, call)))


def _excesses_of(call: Call, ceiling: Ceiling, chain: Chain) -> Iterator[Excess]:
    """What one call asks too much: the workflow's block and each job's, all against the caller's."""
    if ceiling.basis.kind == "unknown" or (ceiling.block is not None and not ceiling.block.is_sound):
        return
    requests: list[tuple[Job | None, PermissionBlock | None]] = [(None, call.workflow.permissions)]
    requests += [(job, job.permissions) for job in call.workflow.jobs.values()]
    for job, block in requests:
        if block is None or not block.is_sound:
            continue
        above = _above(block.scopes, ceiling.scopes)
        if above:
            yield Excess(call, chain, job, block, ceiling, above)
