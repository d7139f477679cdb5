"""What a project says about services, dependencies and images."""

from __future__ import annotations

import pytest

from lading.models.compose.project import truth
from lading.models.template import Hole

from .conftest import Load


def test_dependencies_come_from_every_key_that_implies_one(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": """
services:
  s:
    image: a
    depends_on: {c: {condition: service_healthy, required: false}}
    links: ["d:alias"]
    network_mode: "service:e"
    volumes_from: ["f:ro", "container:other"]
    pid: "service:g"
  c: {image: c, depends_on: [d]}
  d: {image: d}
"""
        }
    )
    edges = [
        (e.service.name, e.way, e.target_name, e.condition, e.required, e.is_short, e.target is not None)
        for e in project.dependencies
    ]
    assert edges == [
        ("s", "depends_on", "c", "service_healthy", False, False, True),
        ("s", "links", "d", "service_started", True, False, True),
        ("s", "volumes_from", "f", "service_started", True, False, False),
        ("s", "network_mode", "e", "service_started", True, False, False),
        ("s", "pid", "g", "service_started", True, False, False),
        ("c", "depends_on", "d", "service_started", True, True, True),
    ]


def test_images_and_build_tags_are_images_that_are_built(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": """
services:
  s: {image: "ghcr.io/acme/s:${TAG}", build: {context: ., tags: ["acme/s:1"]}}
  t: {image: "%IMAGE%"}
"""
        }
    )
    assert [(use.service.name, use.kind, use.template.parts, use.is_built) for use in project.images] == [
        ("s", "image", ("ghcr.io/acme/s:", Hole("${TAG}", "`TAG` is set nowhere in the repository")), True),
        ("s", "build.tags", ("acme/s:1",), True),
        ("t", "image", (Hole("%IMAGE%", "`%IMAGE%` is a placeholder"),), False),
    ]


def test_models_and_secrets_of_the_build_are_used_as_well(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": """
services:
  s:
    build: {context: ., secrets: [npm, {source: pip}]}
    secrets: [token]
    models: {llm: {endpoint_var: URL}}
  t: {image: t, models: [small]}
"""
        }
    )
    usages = [
        (use.service.name, use.section, use.name, use.is_of_build)
        for service in project.services.values()
        for use in service.usages
    ]
    assert usages == [
        ("s", "secrets", "token", False),
        ("s", "models", "llm", False),
        ("s", "secrets", "npm", True),
        ("s", "secrets", "pip", True),
        ("t", "models", "small", False),
    ]


@pytest.mark.parametrize(
    ("profiles", "active", "kind"),
    [
        pytest.param("[]", "", "known", id="no profile: it always runs"),
        pytest.param("[debug]", "", "assumed", id="a profile that nobody activates"),
        pytest.param("[debug]", "debug,web", "known", id="a profile that is active"),
        pytest.param("[debug]", "*", "known", id="all profiles are active"),
        pytest.param("[$P]", "debug", "assumed", id="a profile that is not known"),
    ],
)
def test_a_service_runs_for_certain_without_a_profile_or_with_an_active_one(
    load: Load, profiles: str, active: str, kind: str
) -> None:
    text = f"services:\n  s: {{image: a, profiles: {profiles}}}\n"
    (project,) = load({"compose.yaml": text, ".env": f"COMPOSE_PROFILES={active}\n"})
    assert project.services["s"].is_run.kind == kind


def test_named_resources_are_told_from_paths(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": """
services:
  s:
    image: a
    volumes: [data:/d, ./x:/x, ~/h:/h, /anon, "x:/drive", {type: bind, source: b, target: /b},
              {type: volume, source: v, target: /v}]
    networks: {n: , default: }
    secrets: [k, {source: l}]
    configs: ["${C:-c}"]
"""
        }
    )
    usages = [(u.section, u.name, u.conditions) for u in project.services["s"].usages]
    assert usages == [
        ("volumes", "data", ()),
        ("volumes", "v", ()),
        ("networks", "n", ()),
        ("networks", "default", ()),
        ("secrets", "k", ()),
        ("secrets", "l", ()),
        ("configs", "c", ("unless `C` is set",)),
    ]


@pytest.mark.parametrize(
    ("text", "value"), [("yes", True), ('"true"', True), ("off", False), ("${X}", None), ("maybe", None)]
)
def test_booleans_are_cast_as_compose_does(load: Load, text: str, value: bool | None) -> None:
    (project,) = load({"compose.yaml": f"services:\n  s:\n    image: a\n    privileged: {text}\n"})
    assert truth(project.services["s"].definition.text("privileged")) == value


def test_a_group_of_services_that_need_each_other_gives_one_shortest_circle(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": """
services:
  z: {image: a, depends_on: [a]}
  a: {image: a, depends_on: [b, c]}
  b: {image: a, depends_on: [c]}
  c: {image: a, depends_on: [a]}
  s: {image: a, depends_on: [s]}
"""
        }
    )
    assert [[edge.service.name for edge in cycle] for cycle in project.cycles] == [["a", "c"], ["s"]]
