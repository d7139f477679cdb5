"""What a workflow file says: events, jobs, steps, matrices, each in every shape that GitHub takes."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lading.models.expressions import Unknown
from lading.models.workflow import (
    Workflow,
    load_action,
    load_workflow,
    local_path,
    matrix_legs,
    scalar_value,
)
from lading.parse import Reader
from lading.source import Source
from lading.tree import Scalar, Tree

PATH = ".github/workflows/ci.yml"


def tree_of(text: str) -> Tree:
    return Reader().read(Source(PATH, dedent(text)))


def workflow_of(text: str) -> Workflow:
    workflow = load_workflow(tree_of(text))
    assert workflow is not None
    return workflow


def legs_of(matrix: str) -> object:
    return matrix_legs(tree_of(matrix).root)


def texts(scalars: dict[str, Scalar]) -> dict[str, str]:
    return {name: scalar.text for name, scalar in scalars.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("jobs: {}", True, id="a mapping without jobs in it is one"),
        pytest.param("jobs: {a: {}, b: c}", True, id="so is one with a job that is no mapping"),
        pytest.param("on: push", True, id="so is one without the key jobs"),
        pytest.param("jobs: [a]", True, id="and one with a list of jobs"),
        pytest.param("- jobs", False, id="a list is none"),
        pytest.param("", False, id="nor an empty file"),
        pytest.param("jobs: {a: [", False, id="nor a file that is no YAML"),
    ],
)
def test_a_workflow_is_a_mapping(text: str, expected: bool) -> None:
    assert (load_workflow(tree_of(text)) is not None) is expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("on: push", {"push": None}, id="a text"),
        pytest.param("on: [push, workflow_call]", {"push": None, "workflow_call": None}, id="a list"),
        pytest.param(
            "on: {push: {branches: [main, dev]}, release: }",
            {"push": ("main", "dev"), "release": None},
            id="a mapping, with filters and without",
        ),
        pytest.param("on: {push: {branches: main}}", {"push": ("main",)}, id="a filter of one text"),
        pytest.param('"on": push', {"push": None}, id="the key in quotes"),
        pytest.param("on: [push, {release: x}, ]", {"push": None}, id="a mapping in a list is skipped"),
        pytest.param("on:", {}, id="nothing"),
        pytest.param("name: x", {}, id="no key"),
    ],
)
def test_events_are_a_text_a_list_or_a_mapping(on: str, expected: dict[str, tuple[str, ...] | None]) -> None:
    events = workflow_of(f"{on}\njobs: {{}}").events
    assert {
        name: event.strings("branches") if event.config is not None else None
        for name, event in events.items()
    } == expected


@pytest.mark.parametrize(
    ("on", "reusable", "only_called"),
    [
        ("workflow_call", True, True),
        ("[push, workflow_call]", True, False),
        ("push", False, False),
    ],
)
def test_a_workflow_that_nothing_but_a_call_starts(on: str, reusable: bool, only_called: bool) -> None:
    workflow = workflow_of(f"on: {on}\njobs: {{}}")
    assert (workflow.is_reusable, workflow.is_only_called) == (reusable, only_called)


def test_inputs_secrets_and_outputs_of_a_call_have_lower_case_names() -> None:
    workflow = workflow_of(
        """
        on:
          workflow_call:
            inputs:
              Image: {type: string}
              tag:
            secrets: {TOKEN: {required: true}}
            outputs: {Digest: {value: "${{ jobs.image.outputs.digest }}"}}
          workflow_dispatch:
            inputs: {Tag: {default: v1}}
        jobs: {}
        """
    )
    assert list(workflow.call_inputs) == ["image", "tag"]
    assert workflow.call_inputs["tag"] is None
    assert list(workflow.call_secrets) == ["token"]
    assert texts(workflow.call_outputs) == {"digest": "${{ jobs.image.outputs.digest }}"}
    assert list(workflow.dispatch_inputs) == ["tag"]


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ("build", ["build"]),
        ("[build, test]", ["build", "test"]),
        ("", []),
        ("{build: x}", []),
        ("[build, [test], null]", ["build"]),
    ],
)
def test_needs_is_one_id_or_a_list(needs: str, expected: list[str]) -> None:
    job = workflow_of(f"jobs: {{a: {{needs: {needs}}}}}").jobs["a"]
    assert [need.text for need in job.needs] == expected


def test_a_job_is_found_by_its_id_in_other_capitals() -> None:
    workflow = workflow_of("jobs: {Build: {}, build-2: {}}")
    assert [workflow.job(name) for name in ("build", "BUILD-2", "test")] == [
        workflow.jobs["Build"],
        workflow.jobs["build-2"],
        None,
    ]


def test_a_job_without_a_mapping_is_skipped_and_of_two_of_one_name_the_first_counts() -> None:
    workflow = workflow_of("jobs:\n  a: {if: one}\n  b: text\n  a: {if: two}\n")
    assert {name: job.condition and job.condition.text for name, job in workflow.jobs.items()} == {"a": "one"}


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        ("inherit", "inherit"),
        ("{Token: a, other: b}", {"token": "a", "other": "b"}),
        ("[a]", None),
        ("all", None),
    ],
)
def test_a_call_passes_all_secrets_or_those_named(secrets: str, expected: object) -> None:
    passed = workflow_of(f"jobs: {{a: {{uses: ./x.yml, secrets: {secrets}}}}}").jobs["a"].secrets
    assert (texts(passed) if isinstance(passed, dict) else passed) == expected


def test_steps_of_a_group_stand_where_the_group_stands() -> None:
    job = workflow_of(
        """
        jobs:
          a:
            steps:
              - run: one
              - parallel:
                  - run: two
                  - parallel: [{run: three}]
              - text
              - run: four
        """
    ).jobs["a"]
    assert [(step.index, step.run and step.run.text) for step in job.steps] == [
        (0, "one"),
        (1, "two"),
        (2, "three"),
        (3, "four"),
    ]


def test_steps_that_repeat_themselves_without_end_are_read_to_a_bound() -> None:
    bomb = "x: &a [{run: x}, {run: x}]\n" + "".join(
        f"x{n}: &a{n} [{{parallel: *a{'' if n == 1 else n - 1}}}, {{parallel: *a{'' if n == 1 else n - 1}}}]\n"
        for n in range(1, 40)
    )
    steps = workflow_of(bomb + "jobs: {a: {steps: *a39}}").jobs["a"].steps
    assert steps == ()


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ("actions/checkout@v6", "actions/checkout"),
        ("Docker/Build-Push-Action@v7", "docker/build-push-action"),
        ("github/codeql-action/init@v4", "github/codeql-action/init"),
        ("./.github/actions/Setup", "./.github/actions/Setup"),
        ("$/actions/Setup", "$/actions/Setup"),
        ("docker://alpine:3.22", None),
    ],
)
def test_an_action_is_named_without_its_version(uses: str, expected: str | None) -> None:
    assert workflow_of(f"jobs: {{a: {{steps: [{{uses: {uses!r}}}]}}}}").jobs["a"].steps[0].action == expected


def test_a_step_has_its_inputs_in_lower_case_and_its_variables_as_written() -> None:
    step = (
        workflow_of(
            """
            jobs:
              a:
                steps:
                  - name: Push
                    id: push
                    uses: docker/build-push-action@v7
                    if: always()
                    background: true
                    with: {Push: true, tags: [a, b]}
                    env: {Token: x}
            """
        )
        .jobs["a"]
        .steps[0]
    )
    assert (step.id, list(step.inputs), texts(step.env), step.is_background) == (
        "push",
        ["push", "tags"],
        {"Token": "x"},
        True,
    )


def test_a_composite_action_has_steps_and_defaults_of_its_inputs() -> None:
    action = load_action(
        tree_of(
            """
            inputs:
              Image: {default: app}
              tag: {required: true}
            outputs: {digest: {value: "${{ steps.push.outputs.digest }}"}}
            runs:
              using: composite
              steps: [{run: make}]
            """
        )
    )
    assert action is not None
    assert action.is_composite
    assert {name: default and default.text for name, default in action.inputs.items()} == {
        "image": "app",
        "tag": None,
    }
    assert texts(action.outputs) == {"digest": "${{ steps.push.outputs.digest }}"}
    assert [step.run and step.run.text for step in action.steps] == ["make"]


@pytest.mark.parametrize("text", ["name: x", "runs: node24", "[runs]", ""])
def test_an_action_is_a_mapping_with_a_mapping_of_runs(text: str) -> None:
    assert load_action(tree_of(text)) is None


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ("./.github/workflows/image.yml", ".github/workflows/image.yml"),
        ("./.github//actions/../workflows/./image.yml", ".github/workflows/image.yml"),
        (".\\.github\\actions\\setup", ".github/actions/setup"),
        ("$/.github/actions/setup", ".github/actions/setup"),
        ("./", "."),
        ("./.github/workflows/image.yml@main", ".github/workflows/image.yml@main"),
        ("./../other/action", None),
        ("acme/shop/.github/workflows/image.yml@main", None),
        ("docker://alpine:3.22", None),
    ],
)
def test_a_local_path_is_one_inside_this_repository(uses: str, expected: str | None) -> None:
    assert local_path(uses) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("~", None),
        ("true", True),
        ("yes", "yes"),
        ("'true'", "true"),
        ("012", 12.0),
        ("0x1F", 31.0),
        ("0o17", 15.0),
        ("0xFFFFFFFF", -1.0),
        ("1e2", 100.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("1.2.3", "1.2.3"),
        ("!!str 1", "1"),
    ],
)
def test_a_scalar_has_the_value_of_the_core_schema(text: str, expected: object) -> None:
    scalar = tree_of(text).root
    assert isinstance(scalar, Scalar)
    value = scalar_value(scalar)
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        pytest.param(
            "{app: [api, web], os: [linux, mac]}",
            [
                {"app": "api", "os": "linux"},
                {"app": "api", "os": "mac"},
                {"app": "web", "os": "linux"},
                {"app": "web", "os": "mac"},
            ],
            id="every combination, the last vector changing fastest",
        ),
        pytest.param(
            "{app: [api, web], os: [linux, mac], exclude: [{app: api, os: mac}, {os: linux, app: web}]}",
            [{"app": "api", "os": "linux"}, {"app": "web", "os": "mac"}],
            id="exclude takes combinations away",
        ),
        pytest.param(
            "{app: [api, web], os: [linux, mac], exclude: [{os: mac}]}",
            [{"app": "api", "os": "linux"}, {"app": "web", "os": "linux"}],
            id="exclude by one key takes all of them",
        ),
        pytest.param(
            "{app: [api, web], include: [{app: api, port: 80}]}",
            [{"app": "api", "port": 80.0}, {"app": "web"}],
            id="include adds a value where it matches",
        ),
        pytest.param(
            "{app: [api, web], include: [{cache: true}]}",
            [{"app": "api", "cache": True}, {"app": "web", "cache": True}],
            id="include without a key of the vectors matches everywhere",
        ),
        pytest.param(
            "{app: [api], include: [{app: db, port: 5432}, {app: db}]}",
            [{"app": "api"}, {"app": "db", "port": 5432.0}, {"app": "db"}],
            id="include that matches nowhere is a leg of its own, even beside another",
        ),
        pytest.param(
            "{app: [api, web], tier: [one], include: [{tier: two}, {size: s}, {size: l, app: web}]}",
            [
                {"app": "api", "tier": "one", "size": "s"},
                {"app": "web", "tier": "one", "size": "l"},
                {"tier": "two"},
            ],
            id="a later include wins over an earlier one",
        ),
        pytest.param(
            "{include: [{app: api}, {app: web}]}", [{"app": "api"}, {"app": "web"}], id="include alone"
        ),
        pytest.param(
            "{app: [api, web], exclude: [{app: web}], include: [{app: web, os: mac}]}",
            [{"app": "api"}, {"app": "web", "os": "mac"}],
            id="what was excluded can be included anew",
        ),
        pytest.param(
            "{target: [{os: linux, arch: arm}, {os: linux, arch: amd}], exclude: [{target: {arch: arm}}]}",
            [{"target": {"os": "linux", "arch": "amd"}}],
            id="exclude looks into mappings",
        ),
        pytest.param(
            "{node: [20, '22'], exclude: [{node: '20'}, {node: 22}]}",
            Unknown("the matrix has no legs"),
            id="numbers and texts are compared as in expressions",
        ),
        pytest.param(
            "{App: [api, web], include: [{app: api, port: 80}]}",
            [{"App": "api", "port": 80.0}, {"App": "web"}],
            id="keys are compared without regard to case",
        ),
        pytest.param(
            "{app: [api, '${{ inputs.app }}']}",
            [{"app": "api"}, {"app": Unknown("`${{ inputs.app }}` is worked out when the workflow runs")}],
            id="an expression as one value leaves the others known",
        ),
        pytest.param(
            "{app: '${{ fromJSON(inputs.apps) }}'}",
            Unknown("`${{ fromJSON(inputs.apps) }}` is worked out when the workflow runs"),
            id="an expression as a vector leaves nothing known",
        ),
        pytest.param(
            "{app: [api, '${{ inputs.app }}'], exclude: [{app: web}]}",
            Unknown("`${{ inputs.app }}` is worked out when the workflow runs"),
            id="an unknown value that exclude would compare leaves nothing known",
        ),
        pytest.param(
            "'${{ fromJSON(needs.plan.outputs.matrix) }}'",
            Unknown("`${{ fromJSON(needs.plan.outputs.matrix) }}` is worked out when the workflow runs"),
            id="an expression as the whole",
        ),
        pytest.param("[a]", Unknown("the matrix is no mapping"), id="a list"),
        pytest.param("{app: []}", Unknown("`app` of the matrix is no list with values"), id="an empty list"),
        pytest.param("{app: api}", Unknown("`app` of the matrix is no list with values"), id="a text"),
        pytest.param(
            "{app: [api], include: [web]}",
            Unknown("`include` of the matrix holds more than mappings"),
            id="a text to include",
        ),
    ],
)
def test_a_matrix_makes_legs(matrix: str, expected: object) -> None:
    legs = legs_of(matrix)
    assert (list(legs) if isinstance(legs, tuple) else legs) == expected


def test_a_job_without_a_matrix_has_one_leg() -> None:
    assert matrix_legs(None) == ({},)


def test_expressions_of_a_matrix_are_evaluated_by_whom_it_is_given() -> None:
    node = tree_of("{app: '${{ inputs.apps }}', tag: [v1]}").root
    assert matrix_legs(node, lambda scalar: ["api", "web"]) == (
        {"app": "api", "tag": "v1"},
        {"app": "web", "tag": "v1"},
    )


def test_a_matrix_of_more_legs_than_github_takes_is_unknown() -> None:
    sixteen = list(range(16))
    legs = legs_of(f"{{a: {sixteen}, b: {sixteen}}}")
    assert isinstance(legs, tuple)
    assert len(legs) == 256
    assert legs_of(f"{{a: {sixteen}, b: {sixteen}, include: [{{a: 99}}]}}") == Unknown(
        "the matrix has more than 256 legs, which GitHub refuses"
    )


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("{matrix: {app: [api]}}", ({"app": "api"},)),
        ("{fail-fast: false}", ({},)),
        ("", ({},)),
        (
            "${{ fromJSON(inputs.plan) }}",
            Unknown("`${{ fromJSON(inputs.plan) }}` is worked out when the workflow runs"),
        ),
    ],
)
def test_the_matrix_of_a_job_may_come_with_its_whole_strategy(strategy: str, expected: object) -> None:
    job = workflow_of(f"jobs:\n  a:\n    strategy: {strategy}\n").jobs["a"]
    assert matrix_legs(job.matrix) == expected
