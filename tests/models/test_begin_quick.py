"""Whether anything that starts a workflow begins a job is told without its worlds as they tell it."""

from __future__ import annotations

from itertools import product

import pytest

from lading.models.permissions import call_graph
from lading.models.workflow import load_workflow
from lading.models.worlds import Worlds, may_begin
from lading.parse import Reader
from lading.source import Source

_CONDITIONS = (
    "github.event_name == 'push'",
    "github.event_name == 'schedule'",
    "github.ref == 'refs/heads/main'",
    "startsWith(github.ref, 'refs/tags/') && needs.one.result == 'success'",
    "always() && github.ref_type == 'tag'",
    "failure()",
)
_EVENTS = ("push", "{push: {tags: ['v*']}}", "[push, pull_request]", "{push: {branches: [main]}, release: }")


@pytest.mark.parametrize("events", _EVENTS)
def test_a_job_behind_others_with_conditions_begins_where_it_has_a_world(events: str) -> None:
    for first, second, third in product(("", *_CONDITIONS), ("", *_CONDITIONS), _CONDITIONS):
        jobs = "".join(
            f"  {name}:\n    runs-on: x\n    needs: [{needs}]\n{f'    if: {condition}' if condition else ''}\n"
            "    steps: [{run: ls}]\n"
            for name, needs, condition in (
                ("one", "", first),
                ("two", "one", second),
                ("a", "one, two, b", third),
            )
        )
        text = f"on: {events}\njobs:\n{jobs}"
        workflow = load_workflow(Reader().read(Source(".github/workflows/x.yml", text)))
        assert workflow is not None
        job = workflow.jobs["a"]
        graph = call_graph({workflow.path: workflow}, None)
        assert may_begin(job) == any(True for _ in Worlds(job, graph, None)), text
