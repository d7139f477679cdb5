"""Declarative checks: where they look, what holds, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lading.models.facts import FACTS
from lading.models.joined import joined
from lading.parse import Reader
from lading.patterns import unsafe_pattern
from lading.policy import compile_policy
from lading.problems import Problem
from lading.session import Request, open_session
from lading.source import Source
from tests.support import found, outcome_of, write_files

WORKFLOW = """\
name: build
jobs:
  test:
    timeout-minutes: 10
    runs-on: ubuntu-24.04
    env: {LEVEL: "${{ vars.LEVEL }}"}
  lint:
    runs-on: [self-hosted, linux]
    steps: [{run: make}, {uses: actions/checkout@v6}]
"""


def places(
    given: str, must: dict[str, Any], when: dict[str, Any] | None = None
) -> list[tuple[int, str, str]]:
    policy = {
        "given": given,
        "assert": must,
        "message": "{key}|{value}|{path}",
        **({"when": when} if when else {}),
    }
    tree = Reader().read(Source("ci.yml", WORKFLOW))
    hits = compile_policy("source", policy, "test")(tree, {})
    return [(tree.source.place(hit.at.start)[0], hit.message, hit.basis.kind) for hit in hits]


@pytest.mark.parametrize(
    ("given", "must", "expected"),
    [
        pytest.param(
            "jobs.*",
            {"path": "timeout-minutes", "present": True},
            [(7, "lint||ci.yml", "known")],
            id="present",
        ),
        pytest.param("name", {"equals": "build"}, [], id="equals holds"),
        pytest.param("name", {"equals": "test"}, [(1, "name|build|ci.yml", "known")], id="equals fails"),
        pytest.param("jobs.*.timeout-minutes", {"equals": 10}, [], id="numbers are numbers"),
        pytest.param("name", {"one-of": ["test", "lint"]}, [(1, "name|build|ci.yml", "known")], id="one of"),
        pytest.param("name", {"matches": "b[a-z]+"}, [], id="matches the whole text"),
        pytest.param(
            "name", {"matches": "b"}, [(1, "name|build|ci.yml", "known")], id="a part does not match"
        ),
        pytest.param(
            "jobs.*.steps.*", {"path": "run", "present": False}, [(9, "0||ci.yml", "known")], id="items"
        ),
        pytest.param(
            "jobs.*.env.*",
            {"equals": "high"},
            [(6, "LEVEL|${{ vars.LEVEL }}|ci.yml", "unknown")],
            id="unknown",
        ),
        pytest.param("name", {"not": {"equals": "build"}}, [(1, "name|build|ci.yml", "known")], id="not"),
        pytest.param("name", {"any": [{"equals": "x"}, {"equals": "build"}]}, [], id="any"),
        pytest.param(
            "name",
            {"all": [{"present": True}, {"matches": "x.*"}]},
            [(1, "name|build|ci.yml", "known")],
            id="all",
        ),
        pytest.param(
            "jobs.lint.runs-on",
            {"schema": {"type": "string"}},
            [(8, "runs-on||ci.yml", "known")],
            id="schema",
        ),
        pytest.param(
            ".", {"path": "permissions", "present": True}, [(1, "||ci.yml", "known")], id="the whole file"
        ),
        pytest.param(
            "jobs.*",
            {"path": "runs-on", "equals": "x"},
            [(3, "test||ci.yml", "known"), (7, "lint||ci.yml", "known")],
            id="a path and a comparison",
        ),
    ],
)
def test_an_assertion(given: str, must: dict[str, Any], expected: list[tuple[int, str, str]]) -> None:
    assert places(given, must) == expected


def test_when_admits_only_what_holds() -> None:
    assert (
        places("jobs.*", {"path": "steps", "present": False}, {"path": "timeout-minutes", "present": True})
        == []
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|b*)*c",
        r"(x)\1",
        "a*b*c*d*e",
        "(",
        "(?:a{1,90}){1,90}",
        "(a|aa)+b",
        "(aa?)+b",
        "(?:.a|b.)*c",
    ],
)
def test_a_pattern_that_could_run_for_minutes_is_refused(pattern: str) -> None:
    assert unsafe_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"ghcr\.io/acme/[a-z0-9-]+", "v[0-9]+(\\.[0-9]+)?", "(a|b)c{1,3}", ".*-dev", "(?:ab|cd)+"]
)
def test_usual_patterns_are_admitted(pattern: str) -> None:
    assert unsafe_pattern(pattern) is None


@pytest.mark.parametrize(
    ("scope", "policy", "words"),
    [
        (
            "workflow",
            {"given": "publications", "assert": {"present": True}, "message": "x"},
            "needs `scope: publication` or `scope: repository`",
        ),
        (
            "publication",
            {"given": "jobs.*", "assert": {"present": True}, "message": "x"},
            "a path into a file",
        ),
        (
            "workflow",
            {"given": "jobs.*", "assert": {"matches": "(a+)+"}, "message": "x"},
            "a repeat inside a repeat",
        ),
        ("workflow", {"given": "jobs.*", "assert": {"schema": {"type": 5}}, "message": "x"}, "`schema`"),
    ],
)
def test_a_policy_that_cannot_be_carried_out_is_refused(
    scope: str, policy: dict[str, Any], words: str
) -> None:
    with pytest.raises(Problem, match=words):
        compile_policy(scope, policy, "rule acme/x")


def test_a_repository_has_cards_of_its_own(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "lading.yaml": "cards: [policies]\n",
            "policies/house/unpinned-runner.yaml": POLICY,
            ".github/workflows/ci.yml": "on: push\njobs:\n  a: {runs-on: ubuntu-latest, steps: [{run: make}]}\n",
        },
    )
    assert found(outcome_of(tmp_path)) == [
        ("house/unpinned-runner", ".github/workflows/ci.yml", 3, "warning")
    ]


def test_a_card_of_the_repository_cannot_name_a_function(tmp_path: Path) -> None:
    card = POLICY[: POLICY.index("check:")] + "check: os:getcwd\n" + POLICY[POLICY.index("examples:") :]
    write_files(tmp_path, {"lading.yaml": "cards: [policies]\n", "policies/house/bad.yaml": card})
    with pytest.raises(Problem, match="names the Python function os:getcwd"):
        outcome_of(tmp_path)


POLICY = """\
title: A job runs on an image that changes under it
scope: workflow
level: warning
why: The build differs from day to day although nothing here has changed.
fix: Name the version of the runner image.
check:
  given: jobs.*.runs-on
  assert: {not: {matches: ".*-latest"}}
  message: the runner `{value}` changes without notice
examples:
  bad:
    - name: latest
      files: {".github/workflows/ci.yml": "on: push\\njobs: {a: {runs-on: ubuntu-latest}}\\n"}
  good:
    - name: a version
      files: {".github/workflows/ci.yml": "on: push\\njobs: {a: {runs-on: ubuntu-24.04}}\\n"}
"""


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            {"given": "publications", "assert": {"path": "regstry", "equals": "ghcr.io"}, "message": "m"},
            "publications have no fact `regstry`; did you mean `registry`",
        ),
        (
            {"given": "consumers", "assert": {"not": {"path": "vendor", "present": True}}, "message": "m"},
            "consumers have no fact `vendor`; there are key, path, line",
        ),
        (
            {"given": "jobs", "assert": {"path": "permissions.packges", "equals": "read"}, "message": "m"},
            "`path: permissions.packges`: `permissions` has no part `packges`; did you mean `packages`?",
        ),
        (
            {
                "given": "services",
                "assert": {"any": [{"path": "ports.*.hostip", "present": True}]},
                "message": "m",
            },
            "`ports` has no part `hostip`; did you mean `host_ip`?",
        ),
        (
            {"given": "services", "assert": {"path": "restart.x", "present": True}, "message": "m"},
            "`restart` has no part `x`",
        ),
        (
            {"given": "publications", "assert": {"path": "tags", "present": True}, "message": "{imge}"},
            "nothing is known as `{imge}`; did you mean `image`",
        ),
    ],
)
def test_facts_that_do_not_exist_are_refused(policy: dict[str, Any], words: str) -> None:
    with pytest.raises(Problem) as caught:
        compile_policy("repository", policy, "rule acme/x")
    assert words in str(caught.value)


def test_the_facts_that_are_told_are_those_that_are_given(tmp_path: Path) -> None:
    workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: docker push ghcr.io/acme/shop:1}]\n"
    compose = "services: {api: {image: 'ghcr.io/acme/shop:1'}}\n"
    write_files(tmp_path, {".github/workflows/a.yml": workflow, "compose.yaml": compose})
    repository = open_session(
        Request(root=str(tmp_path), owner="acme", repo="shop", environment={})
    ).repository
    given = {name: tuple(next(joined(repository, "repository", name))[1]) for name in FACTS}
    assert given == FACTS


def test_a_pattern_that_python_will_read_otherwise_one_day_is_refused() -> None:
    assert unsafe_pattern("[[a-z]") == "it is not clear what is meant: possible nested set at position 1"
