"""The schema of Compose files: valid itself, kept to the vocabulary that our interpreter runs, and right about files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from tests.support import ROOT

TEXT = (ROOT / "schemas" / "compose.schema.json").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = json.loads(TEXT)
VALIDATOR = Draft202012Validator(SCHEMA)

ANNOTATIONS = {"title", "description", "default", "examples", "deprecated", "x-form", "x-since"}
SHAPES = {"type", "properties", "patternProperties", "additionalProperties", "items", "required", "oneOf"}
LIMITS = {"enum", "const", "pattern", "minimum", "maximum", "minLength", "minItems", "uniqueItems"}
KEYWORDS = ANNOTATIONS | SHAPES | LIMITS | {"$schema", "$id", "$defs", "$ref"}
FORMS = {
    "duration", "bytes", "port", "expose", "volume", "device", "image", "boolean", "integer", "number", "count", "cron",
    "platform", "host", "pair", "ssh-key", "mode", "device-count", "command",
}  # fmt: skip
NAMES = {"^x-", "^[a-zA-Z0-9._-]+$", "^[a-z]+$", ".+"}

JSON_TYPES = {
    type(None): "null", bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object",
}  # fmt: skip

Place = tuple[str, dict[str, Any]]


def subschemas(schema: dict[str, Any], place: str = "#") -> Iterator[Place]:
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


ALL = list(subschemas(SCHEMA))


def target(schema: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` leads to at last."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def description(schema: dict[str, Any]) -> str:
    """The nearest description: its own, or that of what it refers to."""
    while "description" not in schema and "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return str(schema.get("description", ""))


def types(schema: dict[str, Any]) -> set[str]:
    """The JSON types it allows, an integer being a number."""
    schema = target(schema)
    if "oneOf" in schema:
        return set().union(*(types(branch) for branch in schema["oneOf"]))
    names = schema.get("type", ["null", "boolean", "number", "string", "array", "object"])
    return {
        "number" if name == "integer" else name for name in ([names] if isinstance(names, str) else names)
    }


def places(errors: Iterable[ValidationError]) -> Iterator[str]:
    """Where a file does not fit: below a choice, where the branch of the value's type says."""
    for error in errors:
        branches = error.validator_value if error.validator == "oneOf" else []
        kind = JSON_TYPES[type(error.instance)]
        chosen = [number for number, branch in enumerate(branches) if kind in types(branch)]
        if chosen:
            yield from places(below for below in error.context or () if below.schema_path[0] == chosen[0])
        else:
            yield ".".join(str(step) for step in error.absolute_path)


def problems(text: str) -> list[str]:
    """Where a Compose file does not fit, as dotted paths."""
    return sorted(places(VALIDATOR.iter_errors(yaml.safe_load(text))))


def test_it_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_it_is_written_in_short_lines() -> None:
    assert [line for line in TEXT.splitlines() if len(line) > 160] == []


def test_only_known_keywords_occur() -> None:
    assert [(place, set(schema) - KEYWORDS) for place, schema in ALL if set(schema) - KEYWORDS] == []


def test_a_reference_leads_to_a_definition_and_adds_notes_only() -> None:
    beside = {"$ref", "description", "default", "x-since", "deprecated"}
    names = {f"#/$defs/{name}" for name in SCHEMA["$defs"]}
    wrong = [
        place
        for place, schema in ALL
        if "$ref" in schema and (schema["$ref"] not in names or set(schema) - beside)
    ]
    assert wrong == []


def test_every_definition_is_used() -> None:
    used = {schema["$ref"].removeprefix("#/$defs/") for _, schema in ALL if "$ref" in schema}
    assert set(SCHEMA["$defs"]) - used == set()


def test_keys_are_told_apart_by_few_patterns() -> None:
    assert {pattern for _, schema in ALL for pattern in schema.get("patternProperties", ())} == NAMES


def test_other_keys_are_refused_or_have_a_schema() -> None:
    assert [place for place, schema in ALL if schema.get("additionalProperties") is True] == []


def test_the_type_of_a_value_alone_chooses_a_branch() -> None:
    overlaps = [
        (place, types(one) & types(other))
        for place, schema in ALL
        for one, other in combinations(schema.get("oneOf", ()), 2)
        if types(one) & types(other)
    ]
    assert overlaps == []


def test_every_property_has_a_sentence_for_a_hover() -> None:
    poor = [
        f"{place}/{name}"
        for place, schema in ALL
        for name, below in schema.get("properties", {}).items()
        if len(description(below)) < 15 or not description(below).endswith(".")
    ]
    assert poor == []


def test_forms_are_known_and_stand_where_a_text_or_a_cast_value_is() -> None:
    wrong = [
        place
        for place, schema in ALL
        if "x-form" in schema and (schema["x-form"] not in FORMS or not types(schema) & {"string", "boolean"})
    ]
    assert wrong == []


def test_since_is_a_release_of_docker_compose_or_none_yet() -> None:
    since = {schema["x-since"] for _, schema in ALL if "x-since" in schema}
    assert [version for version in since if not re.fullmatch(r"\d+\.\d+|unreleased", version)] == []


def test_defaults_and_examples_fit() -> None:
    wrong = [
        (place, value)
        for place, schema in ALL
        for value in [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else ())]
        if not Draft202012Validator({"$defs": SCHEMA["$defs"], **schema}).is_valid(value)
    ]
    assert wrong == []


GOOD = {
    "an empty project": "{}",
    "an image alone": "services: {db: {image: 'postgres:17'}}",
    "short and long forms side by side": """
        services:
          web:
            build: .
            command: [serve, --port, "80"]
            environment: [TZ=UTC, TOKEN]
            ports: [3000, "8080:80", {target: 443, published: "8443", x-note: any}]
            volumes: ["./site:/site:ro", {type: tmpfs, target: /tmp, tmpfs: {size: 64m}}]
            depends_on: {db: {condition: service_healthy, restart: true}}
            networks: {front: {aliases: [www]}, back: }
          db:
            build: {context: db, args: {VERSION: 17, DEBUG: false, TOKEN: }}
            command: null
            environment: {POSTGRES_DB: shop, POSTGRES_PORT: 5432}
            depends_on: [cache]
            networks: [back]
        """,
    "variables where a number or boolean is meant": """
        services:
          web: {image: x, cpus: "${CPUS}", init: "${INIT:-true}", scale: "${N}", healthcheck: {retries: "${R}"}}
        """,
    "extensions on every level": "{x-a: 1, services: {web: {image: x, x-b: [2], deploy: {x-c: {}}}}}",
    "resources without settings": "{volumes: {data: }, networks: {back: }}",
    "the old form of an external name": "volumes: {data: {external: {name: shop-data}}}",
    "an init container": "services: {web: {image: x, pre_start: [{image: busybox, command: 'true', volumes: ['a:/a']}]}}",
    "a job with both forms of schedule": """
        jobs:
          backup:
            image: x
            triggers: {manual: false, schedule: ["0 3 * * *", {cron: "@daily", timezone: Europe/Paris, concurrency: queue}]}
        """,
    "a mask of file modes": "services: {web: {image: x, umask: 18}}",
    "hosts as a mapping and as a list": """
        services: {a: {extra_hosts: {db: [10.0.0.1, "::1"]}}, b: {extra_hosts: [db=10.0.0.1]}}
        """,
    "every GPU, or some": "services: {a: {gpus: all}, b: {gpus: [{driver: nvidia, count: 2}]}}",
    "an included file": "include: [a.yaml, {path: [b.yaml, c.yaml], env_file: .env}]",
    "a provider in place of an image": "services: {ai: {provider: {type: model, options: {model: ai/x, flag: [a, 1, true]}}}}",
}

BAD = {
    "a list at the top": ("[]", [""]),
    "an unknown key at the top": ("service: {}", [""]),
    "an unknown key of a service": ("services: {web: {imgae: x}}", ["services.web"]),
    "a service without settings": ("services: {web: }", ["services.web"]),
    "a service name with a space": ("services: {'my web': {image: x}}", ["services"]),
    "a number as an image": ("services: {web: {image: 1.10}}", ["services.web.image"]),
    "a number as a duration": (
        "services: {web: {healthcheck: {interval: 30}}}",
        ["services.web.healthcheck.interval"],
    ),
    "a dependency without a condition": (
        "services: {web: {depends_on: {db: {restart: true}}}}",
        ["services.web.depends_on.db"],
    ),
    "an unknown condition": (
        "services: {web: {depends_on: {db: {condition: healthy}}}}",
        ["services.web.depends_on.db.condition"],
    ),
    "the same port twice": ("services: {web: {ports: ['80:80', '80:80']}}", ["services.web.ports"]),
    "a mapping inside a list of variables": (
        "services: {web: {environment: [{A: b}]}}",
        ["services.web.environment.0"],
    ),
    "a variable that is a list": ("services: {web: {environment: {A: [b]}}}", ["services.web.environment.A"]),
    "a mount without a type": ("services: {web: {volumes: [{target: /a}]}}", ["services.web.volumes.0"]),
    "a score out of range": ("services: {web: {oom_score_adj: 1001}}", ["services.web.oom_score_adj"]),
    "a limit without its hard half": (
        "services: {web: {ulimits: {nofile: {soft: 1}}}}",
        ["services.web.ulimits.nofile"],
    ),
    "half a percent": ("services: {web: {cpu_percent: 0.5}}", ["services.web.cpu_percent"]),
    "a hook without a command": (
        "services: {web: {post_start: [{user: root}]}}",
        ["services.web.post_start.0"],
    ),
    "a port of an init container": (
        "services: {web: {pre_start: [{ports: [80]}]}}",
        ["services.web.pre_start.0"],
    ),
    "a job without triggers": ("jobs: {backup: {image: x}}", ["jobs.backup"]),
    "a job that restarts": ("jobs: {backup: {restart: always, triggers: {manual: true}}}", ["jobs.backup"]),
    "a secret without settings": ("secrets: {token: }", ["secrets.token"]),
    "a model that is not named": ("models: {llm: {context_size: 1024}}", ["models.llm"]),
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in GOOD.items()])
def test_fits(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(("text", "places"), [pytest.param(*row, id=name) for name, row in BAD.items()])
def test_does_not_fit(text: str, places: list[str]) -> None:
    assert problems(text) == places
