"""Workflows that wait for an event which nothing raises, because GITHUB_TOKEN made what it would tell of."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed
from lading.models.releases import makers, tags_of, waits_for_tags
from lading.tree import Mapping as MappingNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.releases import Maker
    from lading.models.repository import Repository
    from lading.models.workflow import Event, Workflow


def event_never_raised(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A release or tag that is made with GITHUB_TOKEN starts no workflow."""
    waiting = list(_waiting(repository))
    if not waiting:
        return
    found: dict[str, list[Maker]] = {}
    for maker in makers(repository):
        for kind in maker.kinds:
            found.setdefault(kind, []).append(maker)
    for workflow, event, kind in waiting:
        tags = tags_of(event) if kind == "tag" else ()
        others = [
            each
            for each in found.get(kind, ())
            if each.workflow is not workflow and each.may_start(kind, tags)
        ]
        if not others or not all(each.is_silent for each in others):
            continue
        maker = others[0]
        if not any(_starts(each, workflow, repository) for each in others):
            yield Hit(
                event.node,
                f"the {kind} that `{maker.workflow.path}` makes does not start this workflow: what GITHUB_TOKEN does "
                "raises no event",
                related=[(maker.at, f"makes the {kind} with GITHUB_TOKEN")],
                basis=assumed(f"unless a {kind} is made by hand as well"),
            )


def _waiting(repository: Repository) -> Iterator[tuple[Workflow, Event, str]]:
    for workflow in repository.workflows.values():
        release, push = workflow.events.get("release"), workflow.events.get("push")
        if release is not None:
            yield workflow, release, "release"
        elif push is not None and waits_for_tags(push):
            yield workflow, push, "tag"


_DISPATCHES = r"gh workflow run|/dispatches|[wW]orkflow_?[dD]ispatch\(|repository-dispatch|workflow-dispatch"


def _starts(maker: Maker, workflow: Workflow, repository: Repository) -> bool:
    """Does the maker start the workflow in another way: by a call, a dispatch, or because it waits for its end?"""
    graph = repository.call_graph
    if any(call.job.workflow is maker.workflow for call in graph.callers(workflow)):
        return True
    if re.search(_DISPATCHES, maker.workflow.tree.source.text):
        return True
    run = workflow.events.get("workflow_run")
    return run is not None and isinstance(run.config, MappingNode)
