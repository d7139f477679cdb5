"""What actions need of the job's token, and do not have."""

from __future__ import annotations

import re

from lading.findings import KNOWN, Hit, assumed
from lading.models.evaluation import truth_of
from lading.models.permissions import effective
from lading.models.worlds import worlds
from lading.tables.actions import NEEDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.permissions import CallGraph
    from lading.models.repository import Repository
    from lading.models.workflow import Job, Step
    from lading.models.worlds import World


def missing_action_permission(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An action needs a permission that the job's block does not give."""
    graph = repository.call_graph
    for workflow in repository.workflows.values():
        if any(name in workflow.tree.source.text for name in _NEEDING):
            for job in workflow.jobs.values():
                steps = tuple(step for step in job.steps if _needs_of(step))
                if steps:
                    yield from _lacking(job, steps, repository, graph)


_NEEDING = ("cosign", *dict.fromkeys(name.partition("/")[2].partition("/")[0] for name in NEEDS))


_KEYLESS = re.compile(r"(?m)^[^#\n]*\bcosign\s+(?:sign|attest)\b(?!-)(?!.*(?:--?key|--identity-token|--sk))")
_CONTINUED = re.compile(r"\\\n")


def _signs_without_key(step: Step) -> bool:
    """Does a script sign with an identity that it asks GitHub for? (sigstore/cosign README: keyless signing)"""
    run = step.run
    if run is None or "cosign" not in run.text or "SIGSTORE_ID_TOKEN" in step.node.source.text:
        return False
    return _KEYLESS.search(_CONTINUED.sub(" ", run.text)) is not None


def _needs_of(step: Step) -> Mapping[str, str]:
    if _signs_without_key(step):
        return {"id-token": "write"}
    row = NEEDS.get(step.action or "")
    if row is None or any(name in step.inputs for name in row[1]):
        return {}
    return row[0]


def _lacking(job: Job, steps: tuple[Step, ...], repository: Repository, graph: CallGraph) -> Iterator[Hit]:
    ways = worlds(job, graph, repository.identity, repository.config.variables)
    for token in effective(job, repository.config, graph):
        for step in steps:
            needs = _needs_of(step)
            lacks = {scope: level for scope, level in needs.items() if token.level(scope) != level}
            ground = _ground_of(step, tuple(way for way in ways if way.chain == token.chain))
            if lacks and ground is not None:
                wanted = ", ".join(f"{scope}: {level}" for scope, level in lacks.items())
                block = job.permissions
                yield Hit(
                    step.uses or step.run or step.entry,
                    f"`{step.action or 'cosign'}` needs `{wanted}`, which job `{job.id}` does not have",
                    related=[
                        (block.key if block is not None else token.provenance[0][0], "the permissions it has")
                    ],
                    basis=token.basis & ground,
                    help=f"Add `{wanted}` to the `permissions` of job `{job.id}`.",
                )


def _ground_of(step: Step, ways: tuple[World, ...]) -> Basis | None:
    """How certain it is that a step runs; None where it certainly does not."""
    runs = [(truth_of(step.condition, way.before_steps), way.is_certain) for way in ways]
    if any(verdict is True and certain for verdict, certain in runs):
        return KNOWN
    return assumed("unless the step never runs") if any(verdict is not False for verdict, _ in runs) else None
