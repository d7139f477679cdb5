"""Workflows that GitHub refuses before a job runs, or that fail for want of a file or of the right to read."""

from __future__ import annotations

from lading import regex as re
from lading.findings import KNOWN, Edit, Fix, Hit, assumed, once
from lading.models.places import short_refs
from lading.models.workflow import local_path
from lading.source import Span
from lading.tables import scopes as table
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar, resolve
from lading.words import likeness_of, nearest, slip_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.permissions import Excess, Fault, PermissionBlock
    from lading.models.places import Fault as FaultOfExpression
    from lading.models.repository import Repository
    from lading.models.workflow import Job, Step, Workflow
    from lading.source import Located
    from lading.tree import Entry, Node

    Edges = dict[str, list[tuple[str, Scalar]]]

_MAX_VISITS = 100_000
"""Jobs that are looked at in search of circles."""

_SURE = 0.87
"""Likeness (difflib) from which a name is a typing mistake for certain: `pacakges` has 0.875."""
"""Likeness from which a name is suggested."""

_SINCE = "since this version"


def unknown_permission_scope(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        _unknown_scope(block, fault)
        for _, block in _blocks(workflow)
        for fault in block.problems
        if fault.kind == "scope"
    )


def _blocks(workflow: Workflow) -> Iterator[tuple[Job | None, PermissionBlock]]:
    """The workflow's block and those of its jobs."""
    if workflow.permissions is not None:
        yield None, workflow.permissions
    for job in workflow.jobs.values():
        if job.permissions is not None:
            yield job, job.permissions


def _unknown_scope(block: PermissionBlock, fault: Fault) -> Hit:
    near, is_sure = _meant(fault.text)
    if near is not None:
        message = f"`{fault.text}` is no permission scope; did you mean `{near}`?"
    elif fault.text in _OF_APPS:
        message = (
            f"`{fault.text}` is no permission of GITHUB_TOKEN, only of GitHub Apps and personal access tokens"
        )
    else:
        message = f"`{fault.text}` is no permission scope that GitHub knows"
    return Hit(
        at=fault.at,
        message=message,
        basis=KNOWN if is_sure else assumed(f"unless GitHub has added it {_SINCE}"),
        help=f"Write `{near}`." if near is not None else None,
        fix=_scope_renamed(block, fault, near) if is_sure and near is not None else None,
    )


def _scope_renamed(block: PermissionBlock, fault: Fault, name: str) -> Fix | None:
    if name in block.entries:
        return None
    from lading.checks.mends import rename

    return rename(fault.at, name, is_safe=True)


_OF_APPS = ("administration", "environments", "members", "metadata", "secrets", "workflows")
"""Permissions of GitHub Apps (docs: "Permissions required for GitHub Apps") that people write for GITHUB_TOKEN."""


def _meant(name: str) -> tuple[str | None, bool]:
    """The scope that was meant, and whether the name can be nothing else."""
    plain = _plain(name)
    near = nearest(name, table.SCOPES) or nearest(plain, table.SCOPES)
    for scope in table.SCOPES:
        if _plain(scope) == plain:
            return scope, True
    return near, near is not None and likeness_of(name, near) >= _SURE


def _plain(name: str) -> str:
    """Without what is mistaken most: capitals, underscores, the plural."""
    return name.lower().replace("_", "-").removesuffix("s")


def invalid_permission_level(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    yield from once(
        _invalid_level(fault) if fault.kind == "level" else _misshapen(block, fault)
        for _, block in _blocks(workflow)
        for fault in block.problems
        if fault.kind in ("level", "shape")
    )


_SETTLED = ("id-token", "models")
"""Scopes without all three levels that are old enough: they will not get another one unnoticed."""


def _invalid_level(fault: Fault) -> Hit:
    scope = fault.scope or ""
    levels = table.SCOPES.get(scope, table.LEVELS)
    wanted = f"`{scope}` can be {_either(levels)}"
    if "${{" in fault.text:
        message = f"the level of `{scope}` is an expression, which GitHub does not evaluate here; {wanted}"
    elif not fault.text:
        message = f"`{scope}` has no level; {wanted}"
    else:
        message = f"`{fault.text}` is no level of `{scope}`; {wanted}"
    is_new = fault.text in table.LEVELS and scope not in _SETTLED
    return Hit(
        at=fault.at,
        message=message,
        basis=assumed(f"unless GitHub has added this level {_SINCE}") if is_new else KNOWN,
        help=f"Write one of {', '.join(f'`{level}`' for level in levels)}.",
        fix=_level_reworded(fault, levels),
    )


def _level_reworded(fault: Fault, levels: tuple[str, ...]) -> Fix | None:
    meant = slip_of(fault.text, levels)
    if meant is None or not isinstance(fault.at, Scalar):
        return None
    from lading.checks.mends import reword

    return reword(fault.at, meant, is_safe=True)


def _either(words: tuple[str, ...]) -> str:
    quoted = [f"`{word}`" for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _misshapen(block: PermissionBlock, fault: Fault) -> Hit:
    wanted = "it takes a mapping of scopes, `read-all`, `write-all` or `{}`"
    if not fault.text:
        message = f"`permissions` has no value; {wanted}"
    elif block.node.kind == "sequence":
        message = f"`permissions` is a list; {wanted}"
    else:
        message = f"`permissions` is `{fault.text}`; {wanted}"
    return Hit(
        at=fault.at,
        message=message,
        help="Write `permissions: {}` for none, or name each scope with its level.",
    )


def callee_exceeds_caller(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    from lading.models.permissions import excesses

    found = sorted(
        excesses(repository.call_graph, repository.config), key=lambda each: each.basis.kind != KNOWN.kind
    )
    seen = set()
    for excess in found:
        message = _refusal(excess)
        place = (excess.call.job.workflow.path, excess.call.job.id, message)
        if place not in seen:
            seen.add(place)
            yield Hit(
                at=excess.call.job.key,
                message=message,
                related=list(_places(excess)),
                basis=excess.basis,
                help=_grant(excess),
                fix=_granted(excess),
            )


def _refusal(excess: Excess) -> str:
    """In GitHub's words (PermissionsHelper.cs), without the full stop; it cuts long texts too."""
    uses = excess.call.job.uses
    called = uses.text if uses is not None else excess.call.workflow.path
    who = f"The workflow '{called}'" if excess.job is None else f"The nested job '{excess.job.id}'"
    allowed = excess.allowed
    if len(excess.scopes) > _MAX_SHOWN:
        allowed = f"{', '.join(allowed.split(', ')[:_MAX_SHOWN])}, [...]"
    return f"{who} is requesting '{excess.requested}', but is only allowed '{allowed}'"


_MAX_SHOWN = 4
"""Scopes of which a message says what is allowed; what is requested is always said in full."""


def _places(excess: Excess) -> Iterator[tuple[Located, str]]:
    block, ceiling = excess.block, excess.ceiling
    asks: Located = next((block.entries[s] for s in excess.scopes if s in block.entries), block.key)
    yield asks, f"asks for `{block.shorthand or excess.requested}`"
    if ceiling.block is not None:
        named = ceiling.block.entries
        allows: Located = next((named[s] for s in excess.scopes if s in named), ceiling.block.key)
        yield allows, f"what the caller has, {ceiling.words}"
    for hop in reversed(excess.chain):
        yield hop.job.key, f"called by job `{hop.job.id}`"


def _grant(excess: Excess) -> str | None:
    """What to write, where one block alone decides."""
    job = excess.call.job
    if excess.block.shorthand is not None:
        return f"Name in the called workflow what it needs, in the place of `{excess.block.shorthand}`."
    if job.permissions is not None:
        return f"Add `{excess.requested}` to the `permissions` of `{job.id}`."
    if not excess.chain:
        return f"Give `{job.id}` a `permissions:` block with all that the called workflow asks for."
    return None


def _granted(excess: Excess) -> Fix | None:
    """What the called workflow asks for, given to the job that calls it."""
    call, block = excess.call, excess.block
    if excess.chain or block.shorthand is not None:
        return None
    from lading.checks.grants import grant
    from lading.models.needs import use_of

    uses = [use_of(job, {}, publishes=True) for job in call.workflow.jobs.values()]
    if not all(
        block.level(scope) != table.WRITE or any(use.may(scope) for use in uses) for scope in excess.scopes
    ):
        return None  # it asks for what it does not use, and so is the one to be changed
    wanted = {scope: block.level(scope) for scope in excess.scopes}
    fix = grant(call.job, wanted, excess.basis, called=call.workflow)
    return Fix(fix.message, fix.edits, is_safe=False) if fix is not None else None


def unknown_needs(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    if _waits_for_earlier(workflow):
        return
    declared = _declared_jobs(workflow)
    if declared is None:
        return
    folded = {name.lower() for name in declared}
    yield from once(
        _unknown_need(job, need, declared)
        for job in workflow.jobs.values()
        for need in job.needs
        if need.text.lower() not in folded and "${{" not in need.text
    )


def _waits_for_earlier(workflow: Workflow) -> bool:
    """Does every job wait for such alone as stand above it? So it is in most files."""
    above: set[str] = set()
    for job in workflow.jobs.values():
        for need in job.needs:
            if need.text.lower() not in above:
                return False
        above.add(job.id.lower())
    return True


def _declared_jobs(workflow: Workflow) -> list[str] | None:
    """The ids under `jobs`, misshapen jobs among them; None where a merge key or an odd key may bring more."""
    jobs = workflow.node.get("jobs")
    names = [entry.name for entry in jobs] if isinstance(jobs, MappingNode) else []
    known = [name for name in names if name is not None and name != "<<"]
    return known if len(known) == len(names) else None


def _unknown_need(job: Job, need: Scalar, declared: list[str]) -> Hit:
    named = {job.id.lower(), *(other.text.lower() for other in job.needs)}
    near = nearest(need.text, (name for name in declared if name.lower() not in named))
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return Hit(
        at=need,
        message=f"`{job.id}` needs the job `{need.text}`, which this workflow does not have{hint}",
        help=f"Write `{near}`." if near is not None else None,
        fix=_reworded(need, near),
    )


def _reworded(node: Scalar, text: str | None) -> Fix | None:
    if text is None:
        return None
    from lading.checks.mends import reword

    return reword(node, text, is_safe=False)


def needs_cycle(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    if _waits_for_earlier(workflow):
        return
    edges = _edges(workflow)
    stuck = [] if not all(edges.values()) else _nowhere_to_begin(workflow)
    for circle in _circles(edges):
        names = " -> ".join((*(name for name, _ in circle), circle[0][0]))
        alone = f"the job `{circle[0][0]}` waits for itself"
        yield Hit(
            at=circle[0][1],
            message=f"jobs wait for each other: {names}" if len(circle) > 1 else alone,
            related=[*((need, f"`{name}` needs `{need.text}`") for name, need in circle[1:]), *stuck],
        )


def _nowhere_to_begin(workflow: Workflow) -> list[tuple[Located, str]]:
    return [(job.key, "no job of the workflow is free to begin") for job in list(workflow.jobs.values())[:1]]


def _edges(workflow: Workflow) -> Edges:
    """What each job waits for: the id of the other job, and the place that names it."""
    ids: dict[str, str] = {}
    for name in workflow.jobs:
        ids.setdefault(name.lower(), name)
    return {
        job.id: [(ids[need.text.lower()], need) for need in job.needs if need.text.lower() in ids]
        for job in workflow.jobs.values()
    }


def _circles(edges: Edges) -> Iterator[tuple[tuple[str, Scalar], ...]]:
    """Circles that share no job, each from its first job and as short as can be."""
    entangled = _entangled(edges)
    left = _MAX_VISITS
    for start in edges:
        if start not in entangled or left <= 0:
            continue
        came: dict[str, tuple[str, Scalar]] = {}
        waiting = [start]
        for name in waiting:
            left -= len(edges[name])
            for target, need in edges[name]:
                if target in entangled and target not in came:
                    came[target] = (name, need)
                    waiting.append(target)
            if start in came:
                circle = _way_back(start, came)
                entangled -= {member for member, _ in circle}
                yield circle
                break


def _entangled(edges: Edges) -> set[str]:
    """The jobs that can never start: those in a circle, and those that wait for one."""
    missing = {name: len(needs) for name, needs in edges.items()}
    waiting_for: dict[str, list[str]] = {}
    for name, needs in edges.items():
        for target, _ in needs:
            waiting_for.setdefault(target, []).append(name)
    ready = [name for name, count in missing.items() if count == 0]
    for name in ready:
        for other in waiting_for.get(name, ()):
            missing[other] -= 1
            if missing[other] == 0:
                ready.append(other)
    return {name for name, count in missing.items() if count > 0}


def _way_back(start: str, came: dict[str, tuple[str, Scalar]]) -> tuple[tuple[str, Scalar], ...]:
    """The jobs of a circle in the order of their needs, each with the place that names the next one."""
    circle = [came[start]]
    while circle[-1][0] != start:
        circle.append(came[circle[-1][0]])
    return tuple(reversed(circle))


def missing_local_workflow(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    for workflow in repository.workflows.values():
        yield from once(_missing_files(repository, workflow))


def _missing_files(repository: Repository, workflow: Workflow) -> list[Hit]:
    hits: list[Hit | None] = []
    for job in workflow.jobs.values():
        if job.uses is not None:
            hits.append(_missing_workflow(repository, job.uses))
        if any([action[:1] in _BEFORE_A_PATH for action in job.actions]):
            hits += [_missing_action(repository, step, ground) for step, ground in _grounds(job)]
    return [hit for hit in hits if hit is not None]


_BEFORE_A_PATH = frozenset((".", "$"))


def _missing_workflow(repository: Repository, uses: Scalar) -> Hit | None:
    path = local_path(uses.text)
    if path is None or "${{" in uses.text or repository.texts.exists(path):
        return None
    near = nearest(path, repository.inventory.every_workflow, 0.8)
    hint = f"; did you mean `./{near}`?" if near is not None else ""
    if "@" in path and repository.texts.exists(path.partition("@")[0]):
        hint = "; a local workflow is called without a version"
        near = path.partition("@")[0]
    return Hit(
        at=uses,
        message=f"this repository has no file `{path}`{hint}",
        help=f"Write `./{near}`." if near is not None else None,
        fix=_reworded(uses, f"./{near}" if near is not None else None),
    )


_DEFINITIONS = ("action.yml", "action.yaml", "Dockerfile", "dockerfile")
"""What makes a folder an action (actions/runner:src/Runner.Worker/ActionManager.cs)."""


def _missing_action(repository: Repository, step: Step, ground: Basis | None) -> Hit | None:
    """`ground`: on what ground a folder that is not in the repository is missing when the step runs."""
    uses = step.uses
    path = local_path(uses.text) if uses is not None else None
    if uses is None or path is None or "${{" in uses.text:
        return None
    folder = "" if path == "." else f"{path}/"
    if any(repository.texts.exists(folder + name) for name in _DEFINITIONS):
        return None
    if path.endswith((".yml", ".yaml")) and repository.texts.exists(path):
        return _file_as_action(uses, path)
    basis = KNOWN if uses.text.startswith("$/") else ground
    if basis is None or (basis != KNOWN and not path.startswith(".github/")):
        return None
    return Hit(
        at=uses,
        message=f"there is no action in `{path}`: it has no `action.yml`, `action.yaml` or `Dockerfile`",
        basis=basis,
    )


def _file_as_action(uses: Scalar, path: str) -> Hit:
    if path.startswith(".github/workflows/"):
        return Hit(
            at=uses,
            message=f"`{path}` is a workflow, which a job calls; a step uses a folder with an action",
            help="Call it by `uses` of a job, without `steps`.",
        )
    return Hit(
        at=uses,
        message=f"`{path}` is a file; a step names the folder that holds the action",
        help=f"Write `./{path.rpartition('/')[0]}`.",
        fix=_reworded(uses, f"./{path.rpartition('/')[0]}"),
    )


def _grounds(job: Job) -> Iterator[tuple[Step, Basis | None]]:
    """Each step with the ground on which a folder that is not in the repository is missing when it runs.

    None before the repository is checked out, and after a step that may have brought anything.
    """
    ground: Basis | None = None
    least = _PERHAPS if _runs_elsewhere(job.workflow) else KNOWN
    for step in job.steps:
        yield step, None if job.workflow.is_reusable or _is_off(step) else ground
        if _is_plain_checkout(step):
            ground = ground if ground is not None else least
        elif _may_make(step):
            yield from ((other, None) for other in job.steps[step.index + 1 :])
            return
        else:
            least = _PERHAPS
            ground = ground and least


_PERHAPS = assumed("unless an earlier step or another branch brings it")
_CHECKOUT = "actions/checkout"
_ELSEWHERE = {"repository", "ref", "path", "submodules"}
"""Inputs of actions/checkout that bring other files, or bring them to another place."""


def _is_plain_checkout(step: Step) -> bool:
    """Does the step check out this repository, at the commit of the run, into the workspace itself?"""
    return step.action == _CHECKOUT and not _ELSEWHERE & set(step.inputs)


def _runs_elsewhere(workflow: Workflow) -> bool:
    """May it check out a commit that has other files than the workflow's own?"""
    return bool({"pull_request_target", "workflow_run", "issue_comment"} & set(workflow.events))


def _is_off(step: Step) -> bool:
    """Is it never run: `if: false`?"""
    return _says(step.condition, _FALSE)


_FALSE = re.compile(r"false|\$\{\{\s*false\s*\}\}")
_MAKES = re.compile(r"\b(?:git|gh|cp|mv|ln|tar|unzip|rsync|curl|wget)\b|\.github\b")


def _may_make(step: Step) -> bool:
    """May the step bring files to the folder: does its script fetch or move any, or is it such an action?"""
    run = step.run
    if run is not None:
        return _MAKES.search(run.text) is not None
    action = step.action or ""
    return "checkout" in action or "download" in action or "cache" in action or action.startswith("./")


def dropped_contents_read(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    whole = workflow.permissions
    if whole is None or not whole.is_sound or whole.level("contents") == table.NONE:
        return
    yield from once(
        _dropped(job, job.permissions, whole, step)
        for job in workflow.jobs.values()
        if job.permissions is not None and _leaves_out_contents(job.permissions) and not _is_for_public(job)
        for step in job.steps
        if _checks_out_with_token(step)
    )


def _leaves_out_contents(block: PermissionBlock) -> bool:
    """Does it name scopes, but not `contents`? `{}` and `contents: none` say what they mean."""
    return block.is_sound and bool(block.scopes) and "contents" not in block.scopes


def _is_for_public(job: Job) -> bool:
    """Is the job made for a public repository? Its scorecard is published for no other."""
    return any(
        step.action == "ossf/scorecard-action" and _says(step.inputs.get("publish_results"), _TRUE)
        for step in job.steps
    )


def _dropped(job: Job, block: PermissionBlock, whole: PermissionBlock, step: Step) -> Hit:
    granted = whole.level("contents")
    return Hit(
        at=block.key,
        message=f"the `permissions` of `{job.id}` replace those of the workflow and leave out "
        "`contents: read`, so the checkout fails",
        related=[
            (whole.entries.get("contents", whole.key), f"`contents: {granted}` for jobs without a block"),
            (step.entry, "checks out with the token of the job"),
        ],
        basis=assumed("unless the repository is public"),
        fix=_with_contents(job),
    )


def _with_contents(job: Job) -> Fix | None:
    from lading.checks.grants import grant

    return grant(job, {"contents": "read"}, assumed("unless the repository is public"))


_TRUE = re.compile("true", re.IGNORECASE)
_OWN_TOKEN = re.compile(r"\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN)\s*\}\}", re.IGNORECASE)
_OWN_REPOSITORY = re.compile(r"\$\{\{\s*github\.repository\s*\}\}", re.IGNORECASE)


def _checks_out_with_token(step: Step) -> bool:
    """Does it check out this repository with the token of the job?"""
    inputs = step.inputs
    return (
        step.action == _CHECKOUT
        and "ssh-key" not in inputs
        and all(
            name not in inputs or _says(inputs[name], own)
            for name, own in (("token", _OWN_TOKEN), ("repository", _OWN_REPOSITORY))
        )
    )


def _says(node: Node | None, pattern: re.Pattern[str]) -> bool:
    return isinstance(node, Scalar) and pattern.fullmatch(node.text.strip()) is not None


def unavailable_context(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An expression names a context or function that does not exist where it stands."""
    for faults in _faults(repository):
        yield from once(Hit(fault.at, fault.message) for fault in faults if fault.is_unavailable)


def invalid_expression(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An expression that GitHub cannot read."""
    for faults in _faults(repository):
        yield from once(Hit(fault.at, fault.message) for fault in faults if not fault.is_unavailable)


def _faults(repository: Repository) -> Iterator[tuple[FaultOfExpression, ...]]:
    for workflow in repository.workflows.values():
        yield workflow.faults
    for action in repository.actions.values():
        yield action.faults


def name_compared_with_ref(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """`github.ref` is a full ref and never equals the name of a branch or tag."""
    for at, text, is_equal in short_refs(workflow):
        verdict = "never" if is_equal else "always"
        yield Hit(
            at,
            f"`github.ref` is a full ref such as `refs/heads/{text}`, so this is {verdict} true",
            help=f"Compare with `'refs/heads/{text}'`, or compare `github.ref_name`.",
            fix=_with_full_ref(at, text),
        )


def _with_full_ref(at: Span, name: str) -> Fix | None:
    """The full ref of a branch; what looks like a version may be a tag."""
    if at.text.count(f"'{name}'") != 1 or re.match(r"v?\d", name):
        return None
    start = at.start + at.text.index(f"'{name}'") + 1
    edit = Edit(Span(at.source, start, start), "refs/heads/")
    return Fix(f"compare with `'refs/heads/{name}'`", [edit], is_safe=False)


def input_that_is_no_text(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An input or variable of a step is a list or a mapping."""
    found = [each for job in workflow.jobs.values() for step in job.steps for each in _without_text(step)]
    yield from once(
        Hit(
            entry,
            f"`{entry.name}` is a {resolve(entry.value).kind}, and {what} of a step are texts",
            help="Write the items as one text, a line each: `|` behind the key, without `-`.",
        )
        for what, entry in found
    )


def _without_text(step: Step) -> list[tuple[str, Entry]]:
    """The inputs and variables whose values are lists and mappings; of most steps none."""
    found = []
    names = step.node.named
    for key, what in (("with", "inputs"), ("env", "variables")):
        node = step.node.get(key) if key in names else None
        for entry in node.entries if isinstance(node, MappingNode) else ():
            if type(entry.value) is not Scalar and type(resolve(entry.value)) is not Scalar:
                found.append((what, entry))
    return found
