"""Aliases and merge keys, and their bounds."""

from __future__ import annotations

from lading.models.compose.values import Map

from .conftest import Load
from .test_merge import plain


def test_explicit_keys_win_and_of_several_merged_ones_the_first(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": """
x-a: &a {restart: always, environment: {A: 1}}
x-b: &b {restart: "no", tty: true}
services:
  s:
    image: a
    environment: {B: 2}
    <<: [*a, *b]
"""
        }
    )
    assert plain(project.services["s"].definition) == {
        "image": "a",
        "environment": {"B": "2"},
        "restart": "always",
        "tty": "true",
    }


def test_a_value_knows_its_way(load: Load) -> None:
    (project,) = load(
        {"compose.yaml": "x-h: &h {test: y}\nservices: {a: {image: a, healthcheck: *h}}\n"},
    )
    healthcheck = project.services["a"].healthcheck
    assert isinstance(healthcheck, Map)
    assert [step.kind for step in healthcheck.via] == ["alias"]


def test_a_cycle_of_aliases_makes_the_project_unknown(load: Load) -> None:
    (project,) = load({"compose.yaml": "services:\n  s: &s\n    image: a\n    labels: {x: *s}\n"})
    assert project.unknowns == ("`compose.yaml` expands to too much to be read",)


def test_aliases_that_multiply_make_the_project_unknown(load: Load) -> None:
    lines = ["x0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"x{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    (project,) = load({"compose.yaml": "\n".join([*lines, "services: {s: {image: a, labels: *a11}}"])})
    assert project.unknowns == ("`compose.yaml` expands to too much to be read",)
