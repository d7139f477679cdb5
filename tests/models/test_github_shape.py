"""What GitHub cannot read in workflows and actions: the quick test, what it is that does not fit, and the forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from lading.catalogue import cards_in, read_card
from lading.models.fits import Fits
from lading.models.github_forms import FORMS
from lading.models.github_shape import misfits_of
from lading.parse import Reader
from lading.source import Source
from lading.tree import Node, Scalar
from tests.support import ROOT


def node_of(text: str) -> Node:
    root = Reader().read(Source("ci.yml", text)).root
    assert root is not None
    return root


def kind_of(path: str) -> str | None:
    if path.startswith(".github/workflows/"):
        return "workflow"
    return "action" if Path(path).name in ("action.yml", "action.yaml") else None


FILES = [
    pytest.param(kind_of(path), text, id=f"{id}: {example['name']}: {path}")
    for id, path_of_card in cards_in(str(ROOT / "rules"))
    for examples in read_card(path_of_card, id)["examples"].values()
    for example in examples
    for path, text in example["files"].items()
    if kind_of(path) is not None
]
FITS = {kind: Fits(kind) for kind in ("workflow", "action")}
ORACLES = {
    kind: Draft202012Validator(json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8")))
    for kind in FITS
}


@pytest.mark.parametrize(("kind", "text"), FILES)
def test_the_quick_test_says_no_where_something_is_found(kind: str, text: str) -> None:
    root = node_of(text)
    if FITS[kind](root):
        assert misfits_of(root, kind) == ()
        if not any(word in text for word in ("permissions", "<<", "!env")):
            assert [error.message for error in ORACLES[kind].iter_errors(YAML(typ="safe").load(text))] == []
    elif "${{ insert }}" not in text:
        assert misfits_of(root, kind) != ()


def of_steps(steps: str) -> list[tuple[str, str]]:
    text = f"{{on: push, jobs: {{a: {{runs-on: x, steps: {steps}}}}}}}"
    root = node_of(text)
    found = misfits_of(root, "workflow")
    assert FITS["workflow"](root) is not bool(found)
    return [(misfit.kind, misfit.message) for misfit in found]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param("[{run: a, shell: b}]", [], id="a script with its shell"),
        pytest.param("[{shell: b, run: a}]", [], id="in any order"),
        pytest.param(
            "[{run: a, uses: b/c@d}]",
            [("conflicting-key", "an item of `jobs.a.steps` has `run`, beside which `uses` cannot stand")],
            id="the first key decides",
        ),
        pytest.param(
            "[{shell: a, uses: b/c@d}]",
            [
                (
                    "conflicting-key",
                    "an item of `jobs.a.steps` has `shell`, beside which `uses` cannot stand",
                ),
                ("missing-key", "an item of `jobs.a.steps` has no `run`, which is required"),
            ],
            id="even where it is not the chief one",
        ),
        pytest.param(
            "[{name: a}]",
            [
                (
                    "missing-key",
                    "an item of `jobs.a.steps` has none of `run`, `uses`, `wait`, `wait-all`, `cancel`, of which one is required",
                )
            ],
            id="a name alone decides nothing",
        ),
        pytest.param(
            "[{usse: a/b@c}]",
            [
                (
                    "unknown-key",
                    "`usse` is no key of an item of `jobs.a.steps` that GitHub knows; did you mean `uses`?",
                )
            ],
            id="a mistyped key is not missing too",
        ),
        pytest.param("[{run: '${{ github.sha }}'}]", [], id="an expression where one may stand"),
        pytest.param(
            "[{uses: 'a/b@${{ github.sha }}'}]",
            [
                (
                    "invalid-value",
                    "`jobs.a.steps.uses` holds an expression, which GitHub does not evaluate there",
                )
            ],
            id="an expression where none may stand",
        ),
        pytest.param("[{run: a, env: {A: b, c: d}}]", [], id="two names"),
        pytest.param(
            "[{run: a, env: {A: b, a: d}}]",
            [("duplicate-key", "`a` is already defined as `A`: GitHub does not tell capitals apart here")],
            id="two names that differ in capitals",
        ),
        pytest.param(
            "[{run: [a]}]",
            [("wrong-type", "`jobs.a.steps.run` is a list; a text is expected")],
            id="a list for a text",
        ),
    ],
)
def test_steps(steps: str, expected: list[tuple[str, str]]) -> None:
    assert of_steps(steps) == expected


def test_a_value_that_holds_itself_is_left() -> None:
    root = node_of(
        "{on: push, jobs: {a: {runs-on: x, strategy: {matrix: &m {include: [*m]}}, steps: [{run: a}]}}}"
    )
    assert FITS["workflow"](root)
    assert misfits_of(root, "workflow") == ()


def test_a_list_that_many_aliases_stand_for_is_looked_at_once() -> None:
    lines = ["on: push", "jobs:", "  a:", "    runs-on: x", "    steps: &s", *["      - run: a"] * 3000]
    for number in range(3000):
        lines += [f"  j{number}: {{runs-on: x, steps: *s}}"]
    assert FITS["workflow"](node_of("\n".join(lines)))


def scalar(text: str) -> Any:
    node = node_of(text)
    assert isinstance(node, Scalar)
    return node


CASES = {
    "cron": (
        ["17 3 * * *", "*/5 * * * *", "0 0,12 1-15/2 JAN-MAR mon", "0 0 * * 7", "5/15 * * * FRI-MON"],
        ["* * * *", "0 0 3 * * *", "60 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "*/0 * * * *", "1- * * * *", "5-1 * * * *", "@daily", "0 0 L * *", "a * * * *", "1-2-3 * * * *"],
    ),
    "id": (["a", "_", "_a-1", "A" * 99], ["1a", "-a", "a.b", "a b", "__a", "'a\n'", "ä", "A" * 100]),
    "action": (
        ["a/b@c", "a/b/c/d@e", "./a", "$/a", "docker://a", "./", "a\\b@c"],
        ["a@b", "a/b", "a/b@", "a/b@c@d", "$$docker://a", "'@b'", "a/@b"],
    ),
    "workflow": (
        ["./.github/workflows/a.yml", "$/.github/workflows/a.yaml", "a/b/.github/workflows/c.yml@v1", "./.github/workflows/a.yml@v1"],
        ["./a.yml", "a/b/.github/workflows/c.yml", "a/b@v1", "./.github/workflows/a/b.yml", "a/b/.github/workflows/c@v1"],
    ),
    "group": (["a", "org/a", "enterprise/a"], ["acme/a", "org/", "org/a/b", "a/"]),
    "group-name": (["ci", "a" * 400], ["a" * 401]),
    "image": (["alpine:3.22", "docker://alpine", "''"], ["docker://"]),
    "snapshot": (["1.*", "'20.*'"], ["1", "1.2", "a.*", "'.*'", "1.*.*"]),
    "number": (["1", "1.5", "${{ x }}"], ["one", "'1'", "true"]),
    "boolean": (["true", "False", "${{ x }}"], ["yes", "'true'", "1"]),
    "expression": (["${{ x }}", "a ${{ x }}"], ["x"]),
    "using": (["composite", "node24", "Docker"], ["node", "node18", "python"]),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_form(form: str) -> None:
    good, bad = CASES[form]
    wrong = FORMS[form]
    if form == "cron":
        good, bad = ([f"'{text}'" for text in texts] for texts in (good, bad))
    assert [text for text in good if wrong(scalar(text)) is not None] == []
    assert [text for text in bad if wrong(scalar(text)) is None] == []
