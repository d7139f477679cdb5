"""What an override file changes."""

from __future__ import annotations

from typing import Any

import pytest

from lading.models.compose.values import List, Map, Text, Value

from .conftest import Load


def plain(value: Value | None) -> Any:
    if isinstance(value, Text):
        return None if value.is_null else value.template.shown
    if isinstance(value, List):
        return [plain(item) for item in value.items]
    if isinstance(value, Map):
        return {name: plain(item.value) for name, item in value.entries.items() if item.value.tag != "reset"}
    return None


def merged(load: Load, base: str, over: str, key: str) -> Any:
    def file(text: str) -> str:
        return f"services:\n  s:\n    {text}\n"

    (project,) = load({"compose.yaml": file(f"image: a\n    {base}"), "compose.override.yaml": file(over)})
    return plain(project.services["s"].definition.get(key))


@pytest.mark.parametrize(
    ("key", "base", "over", "expected"),
    [
        pytest.param("environment", "[A=1, B=2]", "{B: 3}", {"A": "1", "B": "3"}, id="pairs join by key"),
        pytest.param("command", "echo a", "[c]", ["c"], id="a command is replaced"),
        pytest.param("cap_add", "[A]", "[A, B]", ["A", "B"], id="a text stays unique"),
        pytest.param("dns", "1.1.1.1", "[2.2.2.2]", ["1.1.1.1", "2.2.2.2"], id="a text joins a list"),
        pytest.param("volumes", '["a1:/x"]', '["b1:/x:ro"]', ["b1:/x:ro"], id="one volume for a target"),
        pytest.param("profiles", "[a]", "[b]", ["a", "b"], id="profiles add up"),
        pytest.param("extra_hosts", '["a:1"]', "{b: 2}", ["a:1", "b=2"], id="hosts are appended"),
        pytest.param(
            "extra_hosts",
            '["a:1", "b:2"]',
            '["b:2", "b:3"]',
            ["a:1", "b:2", "b:3"],
            id="a host that is there word for word is not appended",
        ),
        pytest.param("extra_hosts", "[b=2]", "{b: 2, c: 3}", ["b=2", "c=3"], id="nor one of a mapping"),
        pytest.param(
            "networks", "[a]", "{b: {aliases: [x]}}", {"a": None, "b": {"aliases": ["x"]}}, id="names"
        ),
        pytest.param("restart", "always", "", "always", id="no value keeps the base"),
        pytest.param(
            "build", ".", "{args: {A: 1}}", {"context": ".", "args": {"A": "1"}}, id="build long form"
        ),
        pytest.param(
            "logging", "{driver: a, options: {x: 1}}", "{driver: b}", {"driver": "b"}, id="another driver"
        ),
        pytest.param("healthcheck", "{test: [CMD, a]}", "!reset {}", None, id="reset"),
        pytest.param(
            "healthcheck",
            "{test: a, retries: 3}",
            "!override {test: z}",
            {"test": "z"},
            id="override replaces",
        ),
        pytest.param(
            "healthcheck",
            "{test: [CMD, a], retries: 3}",
            "{test: b}",
            {"test": "b", "retries": "3"},
            id="a test is replaced as a whole",
        ),
        pytest.param(
            "depends_on",
            "{d: {condition: service_healthy, restart: true}}",
            "[d]",
            {"d": {"condition": "service_started", "restart": "true"}},
            id="the short form resets the condition",
        ),
        pytest.param(
            "depends_on",
            "[d, e]",
            "{d: !reset null}",
            {"e": {"condition": "service_started"}},
            id="one dependency is reset",
        ),
    ],
)
def test_a_later_file_changes_an_earlier_one(
    load: Load, key: str, base: str, over: str, expected: Any
) -> None:
    assert merged(load, f"{key}: {base}", f"{key}: {over}", key) == expected


def test_a_list_and_a_mapping_conflict(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": "services: {s: {image: a, ports: ['80:80']}}",
            "compose.override.yaml": "services: {s: {ports: {a: b}}}",
        }
    )
    assert [(trouble.kind, trouble.at.source.path) for trouble in project.troubles] == [
        ("conflicting-override", "compose.override.yaml")
    ]
