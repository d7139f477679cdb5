"""What is looked at first in workflows, for the sake of speed, says what the plain way says."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.checks.workflow import _circles, _declared_jobs, _edges, _waits_for_earlier
from lading.findings import KNOWN, Basis, Hit, assumed, once, unknown
from lading.models.needs import need_of, needs_of, use_of
from lading.models.places import places
from lading.models.workflow import Workflow, load_workflow
from lading.models.worlds import Worlds, may_begin
from lading.parse import Reader
from lading.session import Request, open_session
from lading.source import Source, Span
from lading.tree import Scalar
from tests.support import write_files


def workflow_of(text: str) -> Workflow:
    found = load_workflow(Reader().read(Source(".github/workflows/x.yml", text)))
    assert found is not None
    return found


@given(st.lists(st.sampled_from(("\n", "\r", "\r\n", "a", "äb", "\x85", "\u2028")), max_size=12).map("".join))
def test_lines_begin_where_a_line_has_ended(text: str) -> None:
    ends = [
        at + 1
        for at, sign in enumerate(text)
        if sign == "\n" or (sign == "\r" and text[at + 1 : at + 2] != "\n")
    ]
    assert [0, *ends] == [Source("x", text).offset(line) for line in range(1, len(ends) + 2)]
    assert Source("x", text).line_count == len(ends) + 1


_VALUES = (
    "x",
    "${{ github.sha }}",
    "'a ${{ env.A }}'",
    "|\n            a\n            ${{ env.B }}",
    "[a, '${{ env.C }}']",
)
_STEPS = (
    "- run: {0}\n        env: {{A: x, B: '${{{{ env.D }}}}'}}",
    "- uses: acme/tool@v1\n        with:\n          a: {0}\n          # ${{{{ env.E }}}}\n          b: x",
    "- name: {0}\n        if: github.sha == 'x'\n        run: ls",
    "- id: {0}\n        if: ${{{{ always() }}}}\n        run: ls",
    "- run: ls",
)


@given(st.lists(st.tuples(st.sampled_from(_STEPS), st.sampled_from(_VALUES)), min_size=1, max_size=5))
def test_the_expressions_of_steps_are_found_as_in_all_texts(steps: list[tuple[str, str]]) -> None:
    written = "".join(f"      {step.format(value)}\n" for step, value in steps)
    workflow = workflow_of(f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{written}")
    conditions = [step.condition for job in workflow.jobs.values() for step in job.steps]
    expected = [
        scalar
        for scalar in workflow.tree.scalars()
        if any(scalar is each for each in conditions) or "${{" in scalar.text
    ]
    assert _by_place(expected) == _by_place([scalar for scalar, _, _ in places(workflow)])


def _by_place(scalars: list[Scalar]) -> list[int]:
    return sorted(scalar.start for scalar in scalars)


_CONDITIONS = (
    "github.event_name == 'push'",
    "github.ref == 'refs/heads/main' && github.event_name != 'push'",
    "startsWith(github.ref, 'refs/tags/') && needs.before.result == 'success'",
    "github.event.pull_request.head.repo.fork == false",
    "github.ref_type == 'tag' && inputs.deploy",
    "github.event_name == 'schedule' && failure()",
)
_EVENTS = (
    "push",
    "[push, pull_request]",
    "{push: {branches: [main]}}",
    "{push: {tags: ['v*']}, schedule: []}",
)


@pytest.mark.parametrize(
    ("condition", "events", "before"),
    list(product(_CONDITIONS, _EVENTS, ("", "needs: before", "needs: [gone]"))),
)
def test_a_job_that_an_event_is_seen_to_begin_has_a_way_to_run(
    condition: str, events: str, before: str, tmp_path: Path
) -> None:
    other = "  before:\n    runs-on: x\n    steps: [{run: ls}]\n"
    job = f"  a:\n    runs-on: x\n    if: {condition}\n    {before}\n    steps: [{{run: ls}}]\n"
    write_files(tmp_path, {".github/workflows/x.yml": f"on: {events}\njobs:\n{other}{job}"})
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    asked = session.repository.workflows[".github/workflows/x.yml"].jobs["a"]
    has_way = any(True for _ in Worlds(asked, session.repository.call_graph, None))
    assert may_begin(asked) == has_way


_USES = (
    "- uses: actions/checkout@v6",
    "- uses: softprops/action-gh-release@v3",
    "- uses: docker/login-action@v4",
    "- uses: acme/unknown@v1",
    "- run: git push",
    "- run: make release",
    "- {run: gh release create v1, env: {GH_TOKEN: '${{ github.token }}'}}",
    "- {run: ./release.sh, env: {GH_TOKEN: '${{ github.token }}'}}",
    "- run: docker login ghcr.io",
    "- run: cosign sign --yes acme/shop@sha256:1",
)


@given(st.lists(st.sampled_from(_USES), min_size=1, max_size=4), st.booleans())
def test_what_is_asked_of_some_scopes_is_what_all_would_say(steps: list[str], publishes: bool) -> None:
    written = "".join(f"      {step}\n" for step in steps)
    job = workflow_of(f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{written}").jobs["a"]
    whole = use_of(job, {}, publishes)
    for asked in ({"contents"}, {"packages"}, {"id-token", "contents"}, {"issues", "packages"}):
        some = use_of(job, {}, publishes, asked)
        assert {scope: whole.may(scope) for scope in asked} == {scope: some.may(scope) for scope in asked}
    needs = [(step, need_of(step)) for step in job.steps]
    expected = [(step, need.what) for step, need in needs if need is not None]
    assert expected == [(step, need.what) for step, need in needs_of(job)]
    assert job.actions == {step.action for step in job.steps if step.action is not None}


@given(
    st.lists(st.tuples(st.sampled_from("abCd"), st.lists(st.sampled_from("abcdx"), max_size=2)), max_size=4)
)
def test_jobs_that_wait_for_earlier_ones_are_in_no_circle_and_need_none_that_is_not_there(
    jobs: list[tuple[str, list[str]]],
) -> None:
    written = "".join(f"  {name}: {{runs-on: x, needs: [{', '.join(needs)}]}}\n" for name, needs in jobs)
    workflow = workflow_of(f"on: push\njobs:\n{written or '  {}'}\n")
    if _waits_for_earlier(workflow):
        assert not list(_circles(_edges(workflow)))
        declared = {name.lower() for name in _declared_jobs(workflow) or ()}
        assert {need.text for job in workflow.jobs.values() for need in job.needs} <= declared


def test_equal_starts_have_the_same_contexts() -> None:
    workflow = workflow_of("on: push\njobs: {}\n")
    ref: dict[str, object] = {"ref_type": "branch"}
    first = workflow.started("push", ref, None)
    assert first is workflow.started("push", ref, None) is workflow.started("push", dict(ref), None)
    assert workflow.started("push", {}, None) is workflow.started("push", {}, None) is not first


@given(
    *(st.sampled_from((KNOWN, assumed("a"), assumed("a", "b"), unknown("c"), Basis("known", ("d",)))),) * 2
)
def test_the_basis_of_both_has_the_conditions_of_both(one: Basis, other: Basis) -> None:
    kind = max(one, other, key=lambda each: each.doubt).kind
    conditions = (*one.conditions, *(each for each in other.conditions if each not in one.conditions))
    assert Basis(kind, conditions) == one & other


def test_of_several_hits_at_one_place_the_first_counts() -> None:
    source = Source("x", "text")
    hits = [Hit(Span(source, start, 4), message) for start, message in ((0, "a"), (2, "b"), (0, "c"))]
    assert hits[:2] == once(iter(hits))
    assert once(iter(())) == []
