"""What GITHUB_TOKEN may do: blocks, chains of callers, and the calls that GitHub refuses."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lading.config import Config
from lading.findings import KNOWN, Basis, assumed
from lading.identity import Identity
from lading.models.permissions import (
    UNLESS_READ_WRITE,
    CallGraph,
    PermissionBlock,
    call_graph,
    called_path,
    effective,
    excesses,
)
from lading.models.workflow import Workflow, load_workflow
from lading.parse import Reader
from lading.source import Source
from lading.tables import scopes as table

IDENTITY = Identity("github.com", "acme", "shop", "option --owner")
RESTRICTED = Config(default_token="restricted")
PERMISSIVE = Config(default_token="permissive")
UNSTATED = Config()

PUSH = "on: push\n"
CALLED = "on: workflow_call\n"


def workflow_of(text: str, name: str = "ci") -> Workflow:
    path = f".github/workflows/{name}.yml"
    workflow = load_workflow(Reader().read(Source(path, dedent(text))))
    assert workflow is not None
    return workflow


def graph_of(**texts: str) -> CallGraph:
    """Workflows by the name of their file, without its ending."""
    workflows = {f".github/workflows/{name}.yml": workflow_of(text, name) for name, text in texts.items()}
    return call_graph(workflows, IDENTITY)


def block_of(text: str) -> PermissionBlock:
    block = workflow_of(f"jobs: {{}}\npermissions: {text}\n").permissions
    assert block is not None
    return block


def job(permissions: str | None = None, uses: str | None = None) -> str:
    """A workflow's only job, `run`."""
    lines = ["jobs:", "  run:", "    runs-on: ubuntu-24.04"]
    if permissions is not None:
        lines.append(f"    permissions: {permissions}")
    if uses is not None:
        lines[2:3] = [f"    uses: ./.github/workflows/{uses}.yml"]
    return "\n".join(lines) + "\n"


def refused(graph: CallGraph, config: Config) -> list[tuple[str, str | None, str, str, Basis]]:
    """The calling job's file, the nested job, what is asked and what is allowed, and the basis."""
    return [
        (
            excess.call.job.workflow.path.rpartition("/")[2],
            excess.job.id if excess.job is not None else None,
            excess.requested,
            excess.allowed,
            excess.basis,
        )
        for excess in excesses(graph, config)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{}", {}, id="nothing"),
        pytest.param(
            "{contents: read, packages: write}", {"contents": "read", "packages": "write"}, id="two"
        ),
        pytest.param("{contents: none}", {"contents": "none"}, id="none in words"),
        pytest.param("{contents: read, contents: write}", {"contents": "read"}, id="of two the first"),
        pytest.param("read-all", dict.fromkeys(table.SCOPES, "read"), id="read-all gives read everywhere"),
        pytest.param(
            "write-all",
            {**dict.fromkeys(table.SCOPES, "write"), "models": "read", "vulnerability-alerts": "read"},
            id="write-all gives write where there is one",
        ),
    ],
)
def test_a_block_names_levels(text: str, expected: dict[str, str]) -> None:
    block = block_of(text)
    assert (block.scopes, block.is_sound) == (expected, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{package: write}", [("scope", "package", None)]),
        ("{Contents: read}", [("scope", "Contents", None)]),
        ("{packages: admin, contents: read}", [("level", "admin", "packages")]),
        ("{id-token: read, models: write}", [("level", "read", "id-token"), ("level", "write", "models")]),
        ("{contents: [read]}", [("level", "sequence", "contents")]),
        ("{contents: }", [("level", "", "contents")]),
        ("write", [("shape", "write", None)]),
        ("[contents]", [("shape", "sequence", None)]),
        ("", [("shape", "", None)]),
    ],
)
def test_what_github_does_not_take_is_a_fault(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert [(fault.kind, fault.text, fault.scope) for fault in block_of(text).problems] == expected


def test_a_fault_does_not_hide_what_else_the_block_says() -> None:
    block = block_of("{package: write, contents: read}")
    assert (block.scopes, block.level("contents"), block.level("packages")) == (
        {"contents": "read"},
        "read",
        "none",
    )


def test_without_the_key_there_is_no_block() -> None:
    assert workflow_of(PUSH + job()).permissions is None


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ("./.github/workflows/image.yml", (".github/workflows/image.yml", None)),
        ("acme/shop/.github/workflows/image.yml@v1", (".github/workflows/image.yml", "v1")),
        ("Acme/Shop/.github/workflows/image.yml@v1", (".github/workflows/image.yml", "v1")),
        ("acme/tools/.github/workflows/image.yml@v1", None),
        ("acme/shop/.github/workflows/image.yml", None),
        ("acme/shop@v1", None),
    ],
)
def test_a_call_is_local_by_path_or_by_the_name_of_this_repository(
    uses: str, expected: tuple[str, str | None] | None
) -> None:
    assert called_path(uses, IDENTITY) == expected


def test_without_an_identity_a_name_is_that_of_another_repository() -> None:
    assert called_path("acme/shop/.github/workflows/image.yml@v1", None) is None


def test_chains_lead_from_every_workflow_that_an_event_starts() -> None:
    graph = graph_of(
        release=PUSH + job(uses="middle"),
        nightly="on: schedule\n" + job(uses="image"),
        middle=CALLED + job(uses="image"),
        image="on: [workflow_call, workflow_dispatch]\n" + job(),
    )
    chains = graph.chains(graph.workflows[".github/workflows/image.yml"])
    assert [[call.job.workflow.path.rpartition("/")[2] for call in chain] for chain in chains] == [
        [],
        ["nightly.yml"],
        ["release.yml", "middle.yml"],
    ]


def test_workflows_that_call_each_other_in_a_circle_have_finite_chains() -> None:
    graph = graph_of(
        a="on: [push, workflow_call]\n" + job(uses="b"), b=CALLED + job(uses="c"), c=CALLED + job(uses="a")
    )
    chains = graph.chains(graph.workflows[".github/workflows/c.yml"])
    assert [[call.workflow.path.rpartition("/")[2] for call in chain] for chain in chains] == [
        ["b.yml", "c.yml"]
    ]
    assert refused(graph, RESTRICTED) == []


@pytest.mark.parametrize(
    ("config", "scopes", "basis"),
    [
        (RESTRICTED, {"contents": "read", "packages": "read"}, KNOWN),
        (PERMISSIVE, table.everything("write"), KNOWN),
        (UNSTATED, {"contents": "read", "packages": "read"}, assumed(UNLESS_READ_WRITE)),
    ],
    ids=["read-only", "read-write", "not stated"],
)
def test_without_a_block_the_default_token_decides(
    config: Config, scopes: dict[str, str], basis: Basis
) -> None:
    workflow = workflow_of(PUSH + job())
    (token,) = effective(workflow.jobs["run"], config, call_graph({workflow.path: workflow}, IDENTITY))
    assert (dict(token.scopes), token.basis) == (scopes, basis)


@pytest.mark.parametrize(
    ("whole", "own", "expected"),
    [
        ("{contents: read}", None, {"contents": "read"}),
        ("{contents: read}", "{packages: write}", {"packages": "write"}),
        ("{contents: read}", "{}", {}),
        ("{}", "{contents: write}", {"contents": "write"}),
    ],
)
def test_the_block_of_a_job_replaces_that_of_the_workflow(
    whole: str, own: str | None, expected: dict[str, str]
) -> None:
    workflow = workflow_of(f"{PUSH}permissions: {whole}\n{job(own)}")
    (token,) = effective(workflow.jobs["run"], PERMISSIVE, call_graph({workflow.path: workflow}, IDENTITY))
    assert (token.scopes, token.basis, token.chain) == (expected, KNOWN, ())


def test_a_called_workflow_without_a_block_has_what_its_caller_has_in_each_chain() -> None:
    graph = graph_of(
        release=PUSH + job("{contents: read, packages: write}", "image"),
        nightly="on: schedule\npermissions: {contents: read}\n" + job(uses="image"),
        image=CALLED + job(),
    )
    tokens = effective(graph.workflows[".github/workflows/image.yml"].jobs["run"], UNSTATED, graph)
    assert [(dict(token.scopes), token.basis, [w for _, w in token.provenance]) for token in tokens] == [
        (
            {"contents": "read", "packages": "write"},
            KNOWN,
            ["set on the calling job `run`", "called by job `run`"],
        ),
        ({"contents": "read"}, KNOWN, ["set at the workflow", "called by job `run`"]),
    ]


def test_a_called_workflow_can_take_permissions_away() -> None:
    graph = graph_of(
        release=PUSH + job("write-all", "image"),
        image=CALLED + "permissions: {contents: read}\n" + job(),
    )
    (token,) = effective(graph.workflows[".github/workflows/image.yml"].jobs["run"], RESTRICTED, graph)
    assert (token.scopes, token.basis) == ({"contents": "read"}, KNOWN)


def test_a_refused_call_leaves_its_job_with_what_is_certain_at_most() -> None:
    graph = graph_of(
        release=PUSH + job("{contents: read}", "image"),
        image=CALLED + job("{contents: read, packages: write}"),
    )
    (token,) = effective(graph.workflows[".github/workflows/image.yml"].jobs["run"], RESTRICTED, graph)
    assert (token.scopes, token.basis.kind) == ({"contents": "read", "packages": "none"}, "unknown")


def test_a_workflow_that_only_others_elsewhere_call_has_an_unknown_token() -> None:
    graph = graph_of(image=CALLED + job())
    (token,) = effective(graph.workflows[".github/workflows/image.yml"].jobs["run"], PERMISSIVE, graph)
    assert (dict(token.scopes), token.basis.kind) == ({}, "unknown")


def test_a_block_that_github_does_not_take_leaves_the_token_unknown() -> None:
    workflow = workflow_of(PUSH + job("{package: write}"))
    (token,) = effective(workflow.jobs["run"], RESTRICTED, call_graph({workflow.path: workflow}, IDENTITY))
    assert token.basis.kind == "unknown"


def test_a_nested_job_asks_for_more_than_the_calling_job_has() -> None:
    graph = graph_of(
        release=PUSH + job("{contents: read, packages: read}", "image"),
        image=CALLED + job("{contents: read, packages: write, id-token: write}"),
    )
    assert refused(graph, UNSTATED) == [
        (
            "release.yml",
            "run",
            "packages: write, id-token: write",
            "packages: read, id-token: none",
            KNOWN,
        )
    ]


def test_the_called_workflow_itself_asks_for_more_than_the_callers_workflow_has() -> None:
    graph = graph_of(
        release=PUSH + "permissions: {actions: read}\n" + job(uses="deploy"),
        deploy=CALLED + "permissions: {actions: write}\n" + job(),
    )
    assert refused(graph, UNSTATED) == [("release.yml", None, "actions: write", "actions: read", KNOWN)]


def test_a_nested_job_is_held_against_the_caller_not_against_its_own_workflow() -> None:
    graph = graph_of(
        release=PUSH + job("{contents: read, packages: write}", "image"),
        image=CALLED + "permissions: {contents: read}\n" + job("{packages: write}"),
    )
    assert refused(graph, RESTRICTED) == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (RESTRICTED, [("release.yml", "run", "packages: write", "packages: read", KNOWN)]),
        (
            UNSTATED,
            [("release.yml", "run", "packages: write", "packages: read", assumed(UNLESS_READ_WRITE))],
        ),
        (PERMISSIVE, []),
    ],
    ids=["read-only", "not stated", "read-write"],
)
def test_where_no_block_says_what_the_caller_has_the_default_token_does(
    config: Config, expected: list[object]
) -> None:
    graph = graph_of(
        release=PUSH + job(uses="image"), image=CALLED + job("{contents: read, packages: write}")
    )
    assert refused(graph, config) == expected


def test_a_call_two_levels_down_is_refused_at_the_calling_job_in_the_middle() -> None:
    graph = graph_of(
        release=PUSH + job("{contents: read}", "middle"),
        middle=CALLED + job(uses="image"),
        image=CALLED + job("{packages: write}"),
    )
    (excess,) = excesses(graph, UNSTATED)
    assert (
        excess.call.job.workflow.path,
        [call.job.workflow.path for call in excess.chain],
        excess.ceiling.words,
        excess.requested,
        excess.allowed,
    ) == (
        ".github/workflows/middle.yml",
        [".github/workflows/release.yml"],
        "set on the job",
        "packages: write",
        "packages: none",
    )


def test_nothing_is_looked_at_behind_a_refused_call() -> None:
    graph = graph_of(
        release=PUSH + job("{}", "middle"),
        middle=CALLED + job("{contents: read}", "image"),
        image=CALLED + job("{packages: write}"),
    )
    assert [excess[0] for excess in refused(graph, UNSTATED)] == ["release.yml"]


def test_each_caller_is_held_to_its_own_grant() -> None:
    graph = graph_of(
        release=PUSH + job("{packages: write}", "image"),
        nightly="on: schedule\n" + job("{packages: read}", "image"),
        image=CALLED + job("{packages: write}"),
    )
    assert refused(graph, UNSTATED) == [("nightly.yml", "run", "packages: write", "packages: read", KNOWN)]


def test_of_a_caller_elsewhere_only_what_its_callee_states_counts() -> None:
    graph = graph_of(
        middle=CALLED + job(uses="image"),
        narrow=CALLED + job("{contents: read}", "image"),
        image=CALLED + job("{packages: write}"),
    )
    assert refused(graph, PERMISSIVE) == [("narrow.yml", "run", "packages: write", "packages: none", KNOWN)]


def test_a_call_by_name_and_version_may_meet_another_file() -> None:
    graph = graph_of(
        release=f"{PUSH}jobs: {{run: {{permissions: {{}}, uses: acme/shop/.github/workflows/image.yml@v1}}}}\n",
        image=CALLED + job("{packages: write}"),
    )
    assert refused(graph, UNSTATED) == [
        (
            "release.yml",
            "run",
            "packages: write",
            "packages: none",
            assumed("unless `.github/workflows/image.yml` differs at `@v1`"),
        )
    ]


@pytest.mark.parametrize("faulty", ["{package: write}", "write", "[packages]"])
def test_a_block_that_github_does_not_take_is_neither_a_request_nor_a_limit(faulty: str) -> None:
    graph = graph_of(
        asks=PUSH + job("{}", "one"),
        one=CALLED + job(faulty),
        limits=PUSH + job(faulty, "two"),
        two=CALLED + job("{packages: write}"),
    )
    assert refused(graph, UNSTATED) == []


def test_scopes_that_github_does_not_compare_are_no_excess() -> None:
    graph = graph_of(release=PUSH + job("{}", "image"), image=CALLED + job("{code-quality: write}"))
    assert refused(graph, UNSTATED) == []


def test_read_all_asks_for_every_scope_that_is_compared() -> None:
    graph = graph_of(release=PUSH + job("{}", "image"), image=CALLED + job("read-all"))
    (excess,) = excesses(graph, UNSTATED)
    assert excess.scopes == table.COMPARED
