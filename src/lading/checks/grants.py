"""Scopes written into `permissions`: into the block that counts, or into a new one that takes nothing away."""

from __future__ import annotations

from lading.edits import as_entries, insert_entry, is_shared, line_end, remove_entry, replaced
from lading.findings import KNOWN, Edit, Fix
from lading.memory import remembered
from lading.tables import scopes as table
from lading.tree import Mapping, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Map

    from lading.edits import Value
    from lading.findings import Basis
    from lading.models.permissions import Call, PermissionBlock
    from lading.models.workflow import Job, Workflow
    from lading.tree import Entry

    Scopes = Map[str, str]

LOOK = "; look whether it needs more, since a block takes away what the default token had"


def grant(
    job: Job,
    scopes: Scopes,
    basis: Basis,
    callers: Iterable[Call] = (),
    called: Workflow | None = None,
    *,
    is_restricted: bool = False,
) -> Fix | None:
    """More scopes for a job, where its permissions are written; a job without any gets a block of its own.

    `callers` are the calls that lead to its workflow: what they do not have, it cannot ask for. `called` is the
    workflow that the job calls. Safe where the need is certain and nothing is taken away.
    """
    if not all(_may_hand_on(call, scopes) for call in callers):
        return None
    whole = job.workflow.permissions
    if job.permissions is not None:
        edits = _into(job.permissions, scopes)
        return _fix(f"add {_shown(scopes)} to the `permissions` of `{job.id}`", edits, basis == KNOWN)
    if whole is not None:
        if whole.shorthand is not None or not whole.is_sound:
            return None
        block = merged(whole.scopes, scopes)
        message = f"give `{job.id}` the `permissions` of the workflow, and {_shown(scopes)}"
        return _fix(message, _new_block(job, block), basis == KNOWN)
    needed = _needed(job, called)
    if needed is None:
        return None
    if called is None and (fix := _for_all(job.workflow, tuple(scopes.items()))) is not None:
        return fix
    block = merged(needed, scopes)
    is_safe = is_restricted and basis == KNOWN
    message = f"give `{job.id}` the `permissions` {_shown(block)}"
    return _fix(message if is_safe else message + LOOK, _new_block(job, block), is_safe)


@remembered(8)
def _for_all(workflow: Workflow, scopes: tuple[tuple[str, str], ...]) -> Fix | None:
    """One block for the workflow, where every job is seen to need the same as this one.

    Each job asks for it: without the memory a workflow of many jobs takes time by the square of their number.
    """
    jobs = tuple(workflow.jobs.values())
    if len(jobs) < _SEVERAL or any(job.uses is not None or job.permissions is not None for job in jobs):
        return None
    needed = {tuple(job.scopes.items()): job.scopes for job in jobs}.values()
    if not all(_covers(each, dict(scopes)) for each in needed):
        return None
    block: dict[str, str] = {}
    for each in needed:
        block = merged(block, each)
    edit = _block_of_workflow(workflow, block)
    return _fix(f"give the workflow the `permissions` {_shown(block)}{LOOK}", [edit] if edit else None, False)


_SEVERAL = 2


def _covers(scopes: Scopes, other: Scopes) -> bool:
    return all(_RANKS[scopes.get(scope, table.NONE)] >= _RANKS[level] for scope, level in other.items())


_RANKS = {level: rank for rank, level in enumerate(table.LEVELS)}


def _block_of_workflow(workflow: Workflow, scopes: Scopes) -> Edit | None:
    """Above `jobs`, set off from what stands before it as `jobs` is."""
    entries = workflow.node.entries
    index = next(index for index, entry in enumerate(entries) if entry.name == "jobs")
    if index == 0:
        return insert_entry(workflow.node, "permissions", scopes, before=entries[0])
    edit = insert_entry(workflow.node, "permissions", scopes, after=entries[index - 1])
    between = workflow.node.source.text[edit.span.end : entries[index].start] if edit is not None else ""
    is_set_off = edit is not None and between.replace("\r", "").startswith("\n\n")
    return Edit(edit.span, line_end(edit.span.source) + edit.text) if edit and is_set_off else edit


def _fix(message: str, edits: list[Edit] | None, is_safe: bool) -> Fix | None:
    return Fix(message, edits, is_safe=is_safe) if edits else None


def _shown(scopes: Scopes) -> str:
    return ", ".join(f"`{scope}: {level}`" for scope, level in scopes.items())


def merged(one: Scopes, other: Scopes) -> dict[str, str]:
    """Of each scope the higher level; `contents` first, the others as they come."""
    found = dict(one)
    for scope, level in other.items():
        if _RANKS[found.setdefault(scope, level)] < _RANKS[level]:
            found[scope] = level
    if "contents" not in found or next(iter(found)) == "contents":
        return found
    return {"contents": found.pop("contents"), **found}


def _may_hand_on(call: Call, scopes: Scopes) -> bool:
    block = call.job.permissions or call.job.workflow.permissions
    return block is not None and _covers(block.scopes, scopes)


def _needed(job: Job, called: Workflow | None) -> dict[str, str] | None:
    """What a job needs as far as it can be seen; None where it calls what cannot be looked through."""
    if job.uses is None:
        return job.scopes
    if called is None:
        return None
    found: dict[str, str] = {"contents": table.READ}
    blocks = [called.permissions, *(each.permissions for each in called.jobs.values())]
    for block in blocks:
        if block is not None and (block.shorthand is not None or not block.is_sound):
            return None
        found = merged(found, block.scopes if block is not None else {})
    for each in called.jobs.values():
        if each.uses is not None:
            return None
        found = merged(found, each.scopes if each.permissions is called.permissions is None else {})
    return found


def _into(block: PermissionBlock, scopes: Scopes) -> list[Edit] | None:
    """Scopes into a block that is written as a mapping."""
    node = block.key.value
    if not isinstance(node, Mapping) or not block.is_sound:
        return None
    edits: list[Edit | None] = []
    new: list[tuple[str, str]] = []
    for scope, level in scopes.items():
        entry = node.entry(scope)
        if entry is None:
            new.append((scope, level))
        elif table.LEVELS.index(block.level(scope)) < table.LEVELS.index(level):
            edits.append(replaced(entry.value, level))
    if new and node.flow and not node.entries:
        head, *rest = new
        text = ", ".join(f"{scope}: {level}" for scope, level in rest)
        edits.append(insert_entry(node, head[0], head[1] + (f", {text}" if text else "")))
    else:
        for scope, level in new:
            first = node.entries[0] if scope == "contents" and node.entries else None
            edits.append(insert_entry(node, scope, level, before=first))
    return [edit for edit in edits if edit is not None] if all(edits) else None


_BEFORE_IT = ("name", "if", "needs", "runs-on")
"""What people write above the permissions of a job."""


def _new_block(job: Job, scopes: Scopes) -> list[Edit] | None:
    node = job.key.value
    if not isinstance(node, Mapping) or is_shared(node):
        return None
    above: Entry | None = None
    for entry in node:
        if entry.name not in _BEFORE_IT:
            break
        above = entry
    value: Value = scopes or "{}"
    if above is not None:
        edit = insert_entry(node, "permissions", value, after=above)
    else:
        edit = insert_entry(node, "permissions", value, before=node.entries[0])
    return [edit] if edit is not None else None


def take_from_job(job: Job, scope: str) -> Fix | None:
    """A job that writes nothing reads; `id-token` has nothing to read."""
    block = job.permissions
    edits = _less(block, scope) if block is not None else None
    return _fix(f"take `{scope}: write` from `{job.id}`", edits, False)


def move_to_jobs(workflow: Workflow, scope: str, using: Iterable[str]) -> Fix | None:
    """A scope of a whole workflow to the jobs that may need it, which keep all that they have."""
    block = workflow.permissions
    edits = _less(block, scope) if block is not None else None
    if block is None or edits is None:
        return None
    names = tuple(using)
    if len(names) > _FEW:
        return None
    for name in names:
        added = _new_block(workflow.jobs[name], merged(block.scopes, {}))
        if added is None:
            return None
        edits += added
    shown = ", ".join(f"`{name}`" for name in names)
    message = f"give `{scope}: write` to {shown} alone" if names else f"take `{scope}: write` out"
    return _fix(message, edits, False)


def name_scopes(block: PermissionBlock, jobs: Iterable[Job]) -> Fix | None:
    """The scopes that jobs are seen to use, in the place of a shorthand; None where one may use what nobody sees."""
    from lading.models.needs import use_of

    found: dict[str, str] = {"contents": table.READ}
    for job in jobs:
        use = use_of(job, {}, publishes=False)
        if use.possible is None:
            return None
        certain = job.scopes
        likely = {scope: table.WRITE for scope in use.possible if scope not in ("id-token", "contents")}
        found = merged(merged(found, certain), likely)
    edits = as_entries(block.key, found)
    return _fix(f"name what is needed: {_shown(found)}; look whether that is all", edits, False)


_FEW = 2
"""Jobs that are given a block of their own for one scope; with more of them the whole file would be another one."""


def _less(block: PermissionBlock, scope: str) -> list[Edit] | None:
    """`read` in the place of `write`, or nothing of a scope that cannot be read."""
    node, entry = block.key.value, block.entries[scope]
    if not isinstance(node, Mapping) or not isinstance(entry.value, Scalar):
        return None
    can_be_read = table.READ in table.SCOPES[scope]
    edit = replaced(entry.value, table.READ) if can_be_read else remove_entry(node, entry)
    return [edit] if edit is not None else None
