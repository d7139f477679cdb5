"""The schemas of workflows and actions: valid themselves, kept to the vocabulary that our interpreters run, and right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from lading.models.github_forms import FORMS
from lading.tables.scopes import SCOPES, SHORTHANDS
from tests.support import ROOT

NAMES = ("workflow", "action")
TEXTS = {name: (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8") for name in NAMES}
SCHEMAS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in TEXTS.items()}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}

ANNOTATIONS = {"title", "description", "default", "examples", "x-form", "x-literal", "x-since", "x-as-of"}
SHAPES = {"type", "properties", "patternProperties", "additionalProperties", "items", "required", "oneOf"}
LIMITS = {"enum", "minLength", "minItems"}
KEYWORDS = ANNOTATIONS | SHAPES | LIMITS | {"$schema", "$id", "$defs", "$ref"}


def subschemas(schema: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and all below it, each with its place."""
    yield place, schema
    for keyword in ("properties", "patternProperties", "$defs"):
        for name, below in schema.get(keyword, {}).items():
            yield from subschemas(below, f"{place}/{keyword}/{name}")
    for keyword in ("items", "additionalProperties"):
        if schema.get(keyword):
            yield from subschemas(schema[keyword], f"{place}/{keyword}")
    for number, below in enumerate(schema.get("oneOf", [])):
        yield from subschemas(below, f"{place}/oneOf/{number}")


ALL = [
    (name, place, below)
    for name, schema in SCHEMAS.items()
    for place, below in subschemas(schema, f"{name}#")
]


def target(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` leads to at last."""
    while "$ref" in schema:
        schema = SCHEMAS[name]["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def description(name: str, schema: dict[str, Any]) -> str:
    """The nearest description: its own, or that of what it refers to."""
    return str(schema.get("description") or target(name, schema).get("description", ""))


def types(name: str, schema: dict[str, Any]) -> set[str]:
    schema = target(name, schema)
    if "oneOf" in schema:
        return set().union(*(types(name, branch) for branch in schema["oneOf"]))
    names = schema.get("type", ["null", "boolean", "number", "string", "array", "object"])
    return {names} if isinstance(names, str) else set(names)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_valid_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", NAMES)
def test_it_is_written_in_short_lines(name: str) -> None:
    assert [line for line in TEXTS[name].splitlines() if len(line) > 160] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_says_of_which_day_it_is(name: str) -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", SCHEMAS[name]["x-as-of"])


def test_only_known_keywords_occur() -> None:
    assert [(place, set(schema) - KEYWORDS) for _, place, schema in ALL if set(schema) - KEYWORDS] == []


def test_a_reference_leads_to_a_definition_and_adds_notes_only() -> None:
    beside = {"$ref", "description", "default", "x-since"}
    wrong = [
        place
        for name, place, schema in ALL
        if "$ref" in schema
        and (schema["$ref"].removeprefix("#/$defs/") not in SCHEMAS[name]["$defs"] or set(schema) - beside)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_is_used(name: str) -> None:
    used = {
        schema["$ref"].removeprefix("#/$defs/") for own, _, schema in ALL if own == name and "$ref" in schema
    }
    assert set(SCHEMAS[name]["$defs"]) - used == set()


def test_the_type_of_a_value_chooses_a_branch_or_among_mappings_a_key_that_only_one_of_them_has() -> None:
    wrong = []
    for name, place, schema in ALL:
        branches = [target(name, branch) for branch in schema.get("oneOf", ())]
        for one, other in combinations(branches, 2):
            shared = types(name, one) & types(name, other)
            if shared and (shared != {"object"} or set(one["required"]) == set(other["required"])):
                wrong.append(place)
    assert wrong == []


def test_every_property_has_a_sentence_for_a_hover() -> None:
    poor = [
        f"{place}/{key}"
        for name, place, schema in ALL
        for key, below in schema.get("properties", {}).items()
        if len(description(name, below)) < 15 or not description(name, below).endswith(".")
    ]
    assert poor == []


def test_forms_are_known_and_stand_where_a_text_is() -> None:
    forms = {schema["x-form"] for _, _, schema in ALL if "x-form" in schema}
    assert forms == set(FORMS)
    assert [place for name, place, s in ALL if "x-form" in s and "string" not in types(name, s)] == []


def test_defaults_and_examples_fit() -> None:
    wrong = [
        (place, value)
        for name, place, schema in ALL
        for value in [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else ())]
        if not Draft202012Validator({"$defs": SCHEMAS[name]["$defs"], **schema}).is_valid(value)
    ]
    assert wrong == []


def test_permissions_are_those_of_the_table_of_scopes() -> None:
    scopes, shorthands = SCHEMAS["workflow"]["$defs"]["permissions"]["oneOf"]
    assert {name: set(below["enum"]) for name, below in scopes["properties"].items()} == {
        name: set(levels) for name, levels in SCOPES.items()
    }
    assert shorthands["enum"] == list(SHORTHANDS)


def test_every_event_of_the_mapping_can_be_named_alone() -> None:
    one, many, settings = SCHEMAS["workflow"]["properties"]["on"]["oneOf"]
    assert (
        one["enum"]
        == target("workflow", many["items"])["enum"]
        == sorted({*settings["properties"], "dynamic"})
    )


GOOD = {
    "the least": ("workflow", "{on: push, jobs: {a: {runs-on: x, steps: [{run: make}]}}}"),
    "a call": ("workflow", "{on: [push], jobs: {a: {uses: ./.github/workflows/b.yml, secrets: inherit}}}"),
    "numbers where texts are meant": (
        "workflow",
        "{name: 1, on: push, env: {A: 1.5, B: true, C: }, jobs: {a: {runs-on: 1, steps: [{run: 1, name: }]}}}",
    ),
    "groups of steps": (
        "workflow",
        "{on: push, jobs: {a: {runs-on: x, steps: [{parallel: [{run: a}, {uses: b/c@d}]}, {wait-all: }]}}}",
    ),
    "an action of every kind": (
        "action",
        "{name: a, icon: x, runs: {using: composite, steps: [{run: a, shell: bash}, {uses: b/c@d}]}}",
    ),
    "a program": ("action", "{runs: {using: node24, main: a.js, post: b.js, post-if: always()}}"),
    "an image": ("action", "{runs: {using: docker, image: Dockerfile, args: [1, a]}}"),
}
BAD = {
    "no jobs": ("workflow", "{on: push}"),
    "no event": ("workflow", "{jobs: {a: {runs-on: x, steps: [{run: make}]}}}"),
    "an unknown key": ("workflow", "{on: push, jobs: {a: {runs-on: x, steps: [{runn: make}]}}}"),
    "two kinds of step in one": (
        "workflow",
        "{on: push, jobs: {a: {runs-on: x, steps: [{run: a, uses: b/c@d}]}}}",
    ),
    "two kinds of job in one": ("workflow", "{on: push, jobs: {a: {runs-on: x, uses: b/c@d}}}"),
    "an id with a dot": ("workflow", "{on: push, jobs: {a.b: {runs-on: x, steps: [{run: make}]}}}"),
    "a level of no scope": (
        "workflow",
        "{on: push, permissions: {contents: admin}, jobs: {a: {runs-on: x, steps: [{run: make}]}}}",
    ),
    "no shell in an action": ("action", "{runs: {using: composite, steps: [{run: a}]}}"),
    "an action without a way to run": ("action", "{name: a, runs: {steps: []}}"),
}


@pytest.mark.parametrize(("name", "text"), [pytest.param(*row, id=label) for label, row in GOOD.items()])
def test_fits(name: str, text: str) -> None:
    assert [error.message for error in VALIDATORS[name].iter_errors(YAML(typ="safe").load(text))] == []


@pytest.mark.parametrize(("name", "text"), [pytest.param(*row, id=label) for label, row in BAD.items()])
def test_does_not_fit(name: str, text: str) -> None:
    assert not VALIDATORS[name].is_valid(YAML(typ="safe").load(text))
