"""What actions need of the job's token and do not have, and what the token has that nobody uses."""

from __future__ import annotations

from lading.findings import KNOWN, Hit, assumed
from lading.models.needs import Need, need_of, need_of_call, needs_of, use_of
from lading.models.permissions import effective
from lading.models.recognisers.push import GITHUB_TOKEN
from lading.tables import scopes as table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.candidates import Candidates
    from lading.models.needs import Use
    from lading.models.permissions import CallGraph, Effective, PermissionBlock
    from lading.models.repository import Repository
    from lading.models.workflow import Action, Job, Step, Workflow
    from lading.models.worlds import World
    from lading.source import Located
    from lading.tree import Mapping as MappingNode
    from lading.tree import Scalar


def missing_action_permission(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An action or a called workflow needs a permission that the job's block does not give."""
    graph = repository.call_graph
    for workflow in repository.workflows.values():
        for job in workflow.jobs.values():
            needs = _needs_of(job)
            if repository.actions:
                needs += _needs_within(job, repository.candidates)
            if needs:
                yield from _lacking(job, needs, repository, graph)


_Needing = tuple["Need", "Located", "Scalar | None", "Basis"]


def _needs_of(job: Job) -> list[_Needing]:
    """Each need of a job, with its place, the condition of the step, and how certain it is that something fails."""
    found: list[_Needing] = []
    called = need_of_call(job) if job.uses is not None else None
    if called is not None:
        found.append((called, job.uses or job.key, None, _doubt(called, job.node)))
    for step, need in needs_of(job):
        found.append((need, step.uses or step.run or step.entry, step.condition, _doubt(need, step.node)))
    return found


def _needs_within(job: Job, candidates: Candidates) -> Iterator[_Needing]:
    """What the composite actions of this repository need that a job uses, told where it uses them."""
    for step in job.steps:
        action = candidates.action(step)
        if action is None or step.uses is None:
            continue
        for need, inner in _needs_inside(action, candidates, set()):
            inside = Need(
                f"{need.what}` in `{action.path}",
                need.scopes,
                is_verified=need.is_verified,
                is_seldom=need.is_seldom,
            )
            doubt = _doubt(inside, inner.node) & _doubt(need, step.node)
            if inner.condition is not None:
                doubt &= assumed("unless the step never runs")
            yield inside, step.uses, step.condition, doubt


_MOST_WITHIN = 50
"""Composite actions that are looked into for one step; GitHub nests ten."""


def _needs_inside(action: Action, candidates: Candidates, seen: set[str]) -> Iterator[tuple[Need, Step]]:
    """What the steps of an action need, and those of the actions within, each of them looked into once.

    A step that an input of the action may switch off is left alone.
    """
    seen.add(action.path)
    for step in action.steps:
        if step.condition is not None and "inputs" in step.condition.text:
            continue
        need = need_of(step)
        if need is not None:
            yield need, step
        inner = candidates.action(step)
        is_new = inner is not None and inner.path not in seen and len(seen) < _MOST_WITHIN
        if inner is not None and is_new and step.condition is None:
            yield from _needs_inside(inner, candidates, seen)


def _lacking(job: Job, needs: list[_Needing], repository: Repository, graph: CallGraph) -> Iterator[Hit]:
    for token in effective(job, repository.config, graph):
        missing = [(*each, wanted) for each in needs if (wanted := _wanted(each[0], token))]
        if not missing:
            continue
        from lading.models.worlds import worlds

        ways = worlds(job, graph, repository.identity, repository.config.variables)
        own = job.permissions
        has = own.key if own is not None else token.provenance[0][0]
        told: dict[tuple[str, str], list[tuple[Located, Basis]]] = {}
        for need, at, condition, doubt, wanted in missing:
            ground = _ground_of(condition, tuple(way for way in ways if way.chain == token.chain))
            if ground is not None:
                told.setdefault((need.what, wanted), []).append((at, token.basis & ground & doubt))
        for (what, wanted), places in told.items():
            at, basis = min(places, key=lambda each: each[1].doubt)
            yield Hit(
                at,
                f"`{what}` needs `{wanted}`, which job `{job.id}` does not have",
                related=[
                    (has, "the permissions it has"),
                    *((other, "needs it too") for other, _ in places if other is not at),
                ],
                basis=basis,
                help=f"Add `{wanted}` to the `permissions` of job `{job.id}`.",
                fix=_granted(job, wanted, token, basis, graph),
            )


def _granted(job: Job, wanted: str, token: Effective, basis: Basis, graph: CallGraph) -> Fix | None:
    """The scopes in the block of the job; a called workflow without a block has what its caller has."""
    if token.chain and job.permissions is None and job.workflow.permissions is None:
        return None
    from lading.checks.grants import grant

    scopes = dict(each.split(": ") for each in wanted.split(", "))
    return grant(job, scopes, basis, callers=graph.callers(job.workflow))


def _wanted(need: Need, token: Effective) -> str:
    """The scopes that a token lacks, as they are written."""
    rank = table.LEVELS.index
    lacks = {s: level for s, level in need.scopes.items() if rank(token.level(s)) < rank(level)}
    return ", ".join(f"{scope}: {level}" for scope, level in lacks.items())


def _doubt(need: Need, node: MappingNode) -> Basis:
    basis = KNOWN if need.is_verified else assumed(f"unless `{need.what}` needs less than is known of it")
    if need.is_seldom:
        basis &= assumed("unless it never has anything to write")
    if node.get("continue-on-error") is not None:
        basis &= assumed("unless its failure is meant to be passed over")
    return basis


def _ground_of(condition: Scalar | None, ways: tuple[World, ...]) -> Basis | None:
    """How certain it is that a step runs; None where it certainly does not."""
    from lading.models.evaluation import truth_of

    runs = [(truth_of(condition, way.before_steps), way.is_certain) for way in ways]
    if any(verdict is True and certain for verdict, certain in runs):
        return KNOWN
    return assumed("unless the step never runs") if any(verdict is not False for verdict, _ in runs) else None


def write_all(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A block gives every scope there is."""
    jobs = workflow.jobs.values()
    blocks: list[tuple[PermissionBlock | None, str]] = [(workflow.permissions, "every job of the workflow")]
    blocks += [(job.permissions, f"job `{job.id}`") for job in jobs]
    for block, whose in blocks:
        if block is not None and block.shorthand == "write-all":
            yield Hit(
                block.node,
                f"`write-all` gives {whose} every scope of the repository, {len(table.SCOPES)} of them",
                fix=_named(workflow, block),
            )


def _named(workflow: Workflow, block: PermissionBlock) -> Fix | None:
    """The scopes that are needed, where it can be seen what every job does with its token."""
    from lading.checks.grants import name_scopes

    jobs = workflow.jobs.values()
    return name_scopes(block, [job for job in jobs if (job.permissions or workflow.permissions) is block])


def surplus_permission(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A scope may be written that no step uses, or by jobs that do not use it."""
    with_token: dict[str, set[str]] = {}
    for each in repository.publications:
        if each.credential in (GITHUB_TOKEN, "unknown"):
            with_token.setdefault(each.workflow.path, set()).add(each.job.id)
    for workflow in repository.workflows.values():
        block = workflow.permissions
        written = _written(block)
        jobs = [job for job in workflow.jobs.values() if _written(job.permissions) and not _is_off(job)]
        if not written and not jobs:
            continue
        pushing = with_token.get(workflow.path, set())
        for job in jobs:
            scopes = _written(job.permissions)
            use = use_of(job, repository.actions, job.id in pushing, scopes.keys())
            for scope, at in scopes.items():
                if not use.may(scope):
                    yield Hit(
                        at,
                        f"job `{job.id}` may write `{scope}`, and no step of it does",
                        help=f"Take `{scope}: write` from job `{job.id}`.",
                        fix=_taken(job, scope),
                    )
        if written:
            yield from _of_workflow(workflow, written, pushing, repository)


def _taken(job: Job, scope: str) -> Fix | None:
    from lading.checks.grants import take_from_job

    return take_from_job(job, scope)


def _is_off(job: Job) -> bool:
    return job.condition is not None and job.condition.text.strip(" ${}") == "false"


def _written(block: PermissionBlock | None) -> dict[str, Located]:
    """The scopes that a block names one by one for writing, with their places."""
    if block is None or block.shorthand is not None or not block.is_sound:
        return {}
    return {scope: at for scope, at in block.entries.items() if block.level(scope) == table.WRITE}


def _of_workflow(
    workflow: Workflow, written: dict[str, Located], pushing: set[str], repository: Repository
) -> Iterator[Hit]:
    uses: dict[str, Use] = {
        job.id: use_of(job, repository.actions, job.id in pushing, written.keys())
        for job in workflow.jobs.values()
        if job.permissions is None
    }
    for scope, at in written.items():
        idle = [name for name, use in uses.items() if not use.may(scope)]
        using = [name for name in uses if name not in idle]
        if not idle:
            continue
        shown = ", ".join(f"`{name}`" for name in idle[:_MAX_SHOWN]) + (
            ", …" if len(idle) > _MAX_SHOWN else ""
        )
        if using:
            needed = ", ".join(f"`{name}`" for name in using)
            yield Hit(
                at,
                f"`{scope}: write` is given to every job, and nothing in {shown} writes it",
                related=[(workflow.jobs[name].key, "may need it") for name in using],
                help=f"Give it in the `permissions` of {needed}, and take it out here.",
                fix=_moved(workflow, scope, using),
            )
        else:
            yield Hit(
                at,
                f"`{scope}: write` is given to every job, and no step of any job writes it",
                fix=_moved(workflow, scope, []),
            )


def _moved(workflow: Workflow, scope: str, using: list[str]) -> Fix | None:
    from lading.checks.grants import move_to_jobs

    return move_to_jobs(workflow, scope, using)


_MAX_SHOWN = 3
