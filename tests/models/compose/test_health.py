"""Does a service report whether it is healthy?"""

from __future__ import annotations

import pytest

from lading.config import Config
from lading.findings import KNOWN, assumed
from lading.models.compose.health import Health, image_name
from lading.models.template import Hole, Template

from .conftest import Load


def health(load: Load, service: str, config: Config | None = None, **files: str) -> Health:
    given = {name.replace("_", "/"): text for name, text in files.items()}
    (project,) = load({"compose.yaml": f"services: {{db: {service}}}", **given}, config)
    return project.services["db"].health


@pytest.mark.parametrize(
    ("service", "state"),
    [
        ("{image: x/y, healthcheck: {test: pg_isready}}", "present"),
        ("{image: x/y, healthcheck: {test: [CMD, x]}}", "present"),
        ("{image: x/y, healthcheck: {test: [NONE]}}", "absent"),
        ("{image: x/y, healthcheck: {test: 'NONE'}}", "present"),
        ("{image: x/y, healthcheck: {test: x, disable: yes}}", "absent"),
        ("{image: x/y, healthcheck: {test: x, disable: 'no'}}", "present"),
        ("{image: x/y, healthcheck: {test: x, disable: '${D}'}}", "unknown"),
        ("{image: x/y, healthcheck: {test: ['${T}']}}", "unknown"),
        ("{image: x/y, healthcheck: [x]}", "unknown"),
        ("{image: x/y}", "unknown"),
        ("{image: '${IMAGE}'}", "unknown"),
        ("{image: postgres}", "absent"),
        ("{image: 'postgres:${TAG}'}", "absent"),
        ("{image: 'docker.io/library/postgres:17@sha256:abc'}", "absent"),
        ("{image: postgres, healthcheck: {interval: 5s}}", "absent"),
        ("{image: postgres, healthcheck: {test: []}}", "absent"),
        ("{build: https://github.com/acme/x.git}", "unknown"),
        ("{build: ./missing}", "unknown"),
    ],
)
def test_the_healthcheck_decides_and_then_the_image(load: Load, service: str, state: str) -> None:
    assert health(load, service).state == state


@pytest.mark.parametrize(
    ("build", "dockerfile", "state"),
    [
        (".", "FROM x/y\nHEALTHCHECK CMD x", "present"),
        (".", "FROM x/y\nHEALTHCHECK NONE", "absent"),
        (".", "FROM x/y", "unknown"),
        (".", "FROM postgres", "absent"),
        (".", "FROM scratch", "absent"),
        ("{context: ., target: a}", "FROM postgres AS a\nFROM a\nHEALTHCHECK CMD x", "absent"),
        ("{context: ., target: none}", "FROM postgres AS a", "unknown"),
        ("{context: ., target: '${T}'}", "FROM postgres AS a", "unknown"),
        ("{context: ., args: {BASE: x/y}}", "ARG BASE=postgres\nFROM $BASE", "unknown"),
        ("{context: ., additional_contexts: {postgres: ./pg}}", "FROM postgres", "unknown"),
    ],
)
def test_a_build_is_judged_by_its_dockerfile(load: Load, build: str, dockerfile: str, state: str) -> None:
    assert health(load, f"{{build: {build}}}", Dockerfile=dockerfile).state == state


def test_a_dockerfile_may_stand_in_the_compose_file(load: Load) -> None:
    found = health(load, '{build: {dockerfile_inline: "FROM x/y\\nHEALTHCHECK CMD x"}}')
    assert found.state == "present"


def test_a_default_image_is_a_condition(load: Load) -> None:
    assert health(load, "{image: '${DB:-postgres:17}'}").basis == assumed("unless `DB` is set")


def test_a_verified_image_is_known(load: Load) -> None:
    assert health(load, "{image: 'postgres:17'}").basis == KNOWN


def test_the_configuration_knows_private_images(load: Load) -> None:
    config = Config(healthy_images=("ghcr.io/acme/*",))
    assert health(load, "{image: 'ghcr.io/acme/db:1'}", config).state == "present"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (Template.of("Postgres:17"), "postgres"),
        (Template.of("docker.io/library/redis"), "redis"),
        (Template.of("localhost:5000/a/b"), "localhost:5000/a/b"),
        (Template(("a/b:", Hole("$T", "?"))), "a/b"),
        (Template(("a/b", Hole("$T", "?"))), None),
        (Template((Hole("$R", "?"), "postgres:17")), None),
    ],
)
def test_the_name_of_an_image(template: Template, name: str | None) -> None:
    assert image_name(template) == name
