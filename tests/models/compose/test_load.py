"""What the files of a project become."""

from __future__ import annotations

import pytest

from lading.config import Config
from lading.findings import KNOWN
from lading.models.compose.project import Project

from .conftest import Load

BASE = "services: {db: {image: 'db:1'}}\n"


def images(project: Project) -> dict[str, str]:
    return {name: s.image.template.pattern for name, s in project.services.items() if s.image is not None}


def test_dotenv_sets_variables_and_the_configuration_wins(load: Load) -> None:
    files = {".env": "TAG=1\nNAME=web", "compose.yaml": "services: {s: {image: '${NAME}:${TAG}'}}"}
    (project,) = load(files, Config(variables={"TAG": "2"}))
    assert images(project) == {"s": "web:2"}


def test_the_name_of_the_project_is_a_variable(load: Load) -> None:
    (project,) = load(
        {"compose.yaml": "name: My_App.1\nservices: {s: {image: 'a:${COMPOSE_PROJECT_NAME}'}}"},
    )
    assert images(project) == {"s": "a:my_app1"}


def test_documents_of_one_file_lie_on_top_of_each_other(load: Load) -> None:
    (project,) = load(
        {"compose.yaml": "services: {s: {image: a}}\n---\nservices: {s: {image: b}, t: {image: t}}"}
    )
    assert images(project) == {"s": "b", "t": "t"}


@pytest.mark.parametrize(
    ("include", "image"),
    [
        ("[d/c.yaml]", "i:sub"),
        ("[{path: d/c.yaml}]", "i:sub"),
        ("[{path: [d/c.yaml, d/o.yaml]}]", "o:sub"),
        ("[{path: d/c.yaml, env_file: my.env}]", "i:my"),
        ("[{path: d/c.yaml, project_directory: .}]", "i:t"),
    ],
)
def test_an_include_brings_services(load: Load, include: str, image: str) -> None:
    (project,) = load(
        {
            "compose.yaml": f"include: {include}",
            "d/c.yaml": "services: {i: {image: 'i:${T:-t}'}}",
            "d/o.yaml": "services: {i: {image: 'o:${T:-t}'}}",
            "d/.env": "T=sub",
            "my.env": "T=my",
        }
    )
    assert images(project) == {"i": image}


def test_the_including_file_wins_and_its_variables_too(load: Load) -> None:
    (project,) = load(
        {
            ".env": "T=root",
            "compose.yaml": "include: [d/c.yaml]\nservices: {i: {restart: always}, j: {image: own}}",
            "d/c.yaml": "services: {i: {image: 'i:${T}'}, j: {image: theirs}}",
            "d/.env": "T=sub",
        }
    )
    assert images(project) == {"i": "i:root", "j": "own"}


@pytest.mark.parametrize(
    "include", ["https://github.com/acme/x.git", "oci://ghcr.io/acme/x", "../x.yaml", "missing.yaml", "${X}"]
)
def test_an_include_from_elsewhere_leaves_the_project_partly_unknown(load: Load, include: str) -> None:
    (project,) = load({"compose.yaml": f"include: ['{include}']\nservices: {{s: {{image: a}}}}"})
    assert (len(project.unknowns), project.absence("services", "x").kind) == (1, "unknown")


def test_files_that_include_each_other_are_a_trouble(load: Load) -> None:
    (project,) = load({"compose.yaml": "include: [a.yaml]", "a.yaml": "include: [compose.yaml]"})
    assert [trouble.kind for trouble in project.troubles] == ["include-cycle"]


def test_extends_goes_through_files_and_keeps_what_a_service_waits_for(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": "services: {s: {extends: {file: d/one.yaml, service: s}, labels: {l: zero}}}",
            "d/one.yaml": "services: {s: {extends: t, build: .}, t: {extends: {file: two.yaml, service: s}}}",
            "d/two.yaml": "services: {s: {image: two, depends_on: [db]}}",
        }
    )
    service = project.services["s"]
    build = service.build
    assert build is not None
    assert (images(project), [e.target_name for e in project.dependencies], build.origin.folder) == (
        {"s": "two"},
        ["db"],
        "d",
    )
    assert [step.kind for step in project.dependencies[0].via] == ["extends", "extends"]


def test_extends_takes_marks_into_account(load: Load) -> None:
    (project,) = load(
        {
            "compose.yaml": "services: {s: {extends: {file: one.yaml, service: s}, healthcheck: !reset null}}",
            "one.yaml": "services: {s: {image: two, healthcheck: {test: x}}}",
        }
    )
    assert project.services["s"].healthcheck is None


@pytest.mark.parametrize(
    ("services", "kind"),
    [
        ("{a: {extends: zz}}", "unknown-extends"),
        ("{a: {extends: b}, b: {extends: a}}", "extends-cycle"),
    ],
)
def test_what_cannot_be_extended_is_a_trouble(load: Load, services: str, kind: str) -> None:
    (project,) = load({"compose.yaml": f"services: {services}"})
    assert {trouble.kind for trouble in project.troubles} == {kind}


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ("compose.dev.yaml", "unknown"),
        ("other/compose.dev.yaml", "unknown"),
        ("other/compose.yaml", "known"),
    ],
)
def test_a_name_that_only_another_project_has_is_missing_for_certain(
    load: Load, other: str, kind: str
) -> None:
    project = load({"compose.yaml": BASE, other: "services: {web: {image: web}}"})[0]
    assert (project.absence("services", "cache"), project.absence("services", "web").kind) == (KNOWN, kind)


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ("compose.yaml", "unknown"),
        ("suite/compose.yaml", "unknown"),
        ("suite/web/compose.yaml", "assumed"),
        ("suite/api/part/compose.yaml", "known"),
    ],
)
def test_a_name_is_missing_the_less_certainly_the_nearer_a_base_may_be(
    load: Load, other: str, kind: str
) -> None:
    found = load({"suite/api/compose.yaml": BASE, other: "services: {web: {image: web}}"})
    project = next(each for each in found if each.path == "suite/api/compose.yaml")
    assert project.absence("services", "web").kind == kind


@pytest.mark.parametrize(
    "text", ["", "[]", "services:", "services: []", "services: {s: }", "services: {s: [x]}", "x: 1"]
)
def test_odd_shapes_give_an_empty_project(load: Load, text: str) -> None:
    (project,) = load({"compose.yaml": text})
    assert (project.services, project.dependencies, project.images) == ({}, (), ())
