"""Patterns of names and forms of tags; sisters and mirrors in the join."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lading.config_parts import TagForms
from lading.models.image_policy import NamePattern, TagRule
from lading.models.manifest import manifest
from lading.models.template import Hole, Template
from lading.session import Request, open_session
from tests.support import found, outcome_of, write_files


def template(text: str) -> Template:
    """`<…>` is a hole."""
    parts: list[str | Hole] = []
    for index, part in enumerate(text.replace(">", "<").split("<")):
        parts.append(Hole(part, "it is not known") if index % 2 else part)
    return Template(parts)


@pytest.mark.parametrize(
    ("pattern", "name", "holds"),
    [
        ("ghcr.io/acme", "ghcr.io/acme/shop", True),
        ("ghcr.io/acme", "ghcr.io/acme", True),
        ("ghcr.io/acme", "ghcr.io/acme-evil/x", False),
        ("ghcr.io/acme", "ghcr.io.evil.example/acme/x", False),
        ("ghcr.io", "ghcr.io/alice/x/y", True),
        ("ghcr.io", "ghcr.io.evil.example/x", False),
        ("registry.acme.example:5000", "registry.acme.example:5000/x", True),
        ("postgres", "docker.io/library/postgres", True),
        ("acme/shop", "docker.io/acme/shop", True),
        ("docker.io/library", "docker.io/acme/library", False),
        ("ghcr.io/acme/*", "ghcr.io/acme/shop", True),
        ("ghcr.io/acme/*", "ghcr.io/acme/shop/api", False),
        ("ghcr.io/acme/**", "ghcr.io/acme/shop/api", True),
        ("ghcr.io/acme/**", "ghcr.io/acme-evil/api", False),
        ("ghcr.io/acme-*/base", "ghcr.io/acme-labs/base", True),
        ("ghcr.io/acme-*/base", "ghcr.io/acme-x/y/base", False),
        ("ghcr.io/acme/v?", "ghcr.io/acme/v2", True),
        ("ghcr.io/acme/v?", "ghcr.io/acme/v/", False),
        ("*.acme.example/**", "eu.acme.example/shop", True),
        ("**", "docker.io/library/x", True),
        ("ghcr.io/acme", "ghcr.io/acme/<NAME>", True),
        ("ghcr.io/acme", "ghcr.io/<OWNER>/shop", None),
        ("ghcr.io/acme", "quay.io/<OWNER>/shop", False),
        ("ghcr.io/acme", "ghcr.io/acme<SUFFIX>/shop", None),
        ("ghcr.io/acme", "ghcr.io/acme-<SUFFIX>/shop", False),
        ("ghcr.io/acme", "<REGISTRY>/acme/shop", None),
        ("ghcr.io/acme/**", "ghcr.io/acme/<NAME>", True),
        ("ghcr.io/*/base", "ghcr.io/<OWNER>/base", None),
        ("ghcr.io/*/base", "ghcr.io/<OWNER>-x", False),
        ("ghcr.io/?/base", "ghcr.io/acme/<NAME>", False),
    ],
)
def test_a_pattern_holds_for_a_name(pattern: str, name: str, holds: bool | None) -> None:
    assert NamePattern(pattern).holds(template(name)) is holds


@pytest.mark.parametrize(
    ("form", "tag", "fulfils"),
    [
        ("semver", "1.4.2", True),
        ("semver", "v1.4.2-rc.1", True),
        ("semver", "1.4", False),
        ("semver", "01.4.2", False),
        ("semver", "<TAG>", None),
        ("sha", "sha-0a1b2c3", True),
        ("sha", "sha-main", False),
        ("release-*", "release-7", True),
        ("release-*", "pre-release-7", False),
        ("release-*", "<TAG>", None),
        ("release-*", "v<TAG>", False),
        ("digest", "1.4.2", False),
    ],
)
def test_a_tag_has_a_form(form: str, tag: str, fulfils: bool | None) -> None:
    assert TagRule(TagForms(require=(form,))).fulfils(template(tag), False) is fulfils


PUBLISH = """\
on: {push: {branches: [main]}}
jobs:
  publish:
    runs-on: ubuntu-24.04
    permissions: {contents: read, packages: write}
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, username: "${{ github.actor }}", password: "${{ secrets.GITHUB_TOKEN }}"}
      - uses: docker/build-push-action@v7
        with: {push: true, tags: "ghcr.io/acme/shop/api:1.4.2"}
"""
MIRRORS = "images: {mirrors: {registry.acme.example/mirror: ghcr.io/acme, registry.acme.example: quay.io}}\n"


def consumers(folder: Path, files: dict[str, str]) -> list[dict[str, Any]]:
    write_files(folder, {".github/workflows/publish.yml": PUBLISH, **files})
    request = Request(root=str(folder), owner="acme", repo="shop", environment={})
    return list(manifest(open_session(request).repository)["consumers"])


def test_who_runs_the_image_of_a_mirror_runs_the_original(tmp_path: Path) -> None:
    compose = "services:\n  api: {image: 'registry.acme.example/mirror/shop/api:1.4.2'}\n  web: {image: 'registry.acme.example/mirrored/shop/api:1.4.2'}\n"
    rows = consumers(tmp_path, {"lading.yaml": MIRRORS, "compose.yaml": compose})
    assert [(row["image"], row["published_by"], row["tag_published_by"]) for row in rows] == [
        ("registry.acme.example/mirror/shop/api", [0], [0]),
        ("registry.acme.example/mirrored/shop/api", [], []),
    ]


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        ("registry.acme.example/mirror/shop-api:1.4.2", "image/published-under-another-name"),
        ("registry.acme.example/mirror/shop/api:1.4.3", "image/tag-never-published"),
    ],
)
def test_a_name_in_a_mirror_may_have_drifted_too(image: str, rule: str, tmp_path: Path) -> None:
    files = {"lading.yaml": MIRRORS, "compose.yaml": f"services: {{api: {{image: '{image}'}}}}\n"}
    write_files(tmp_path, {".github/workflows/publish.yml": PUBLISH, **files})
    assert [each[0] for each in found(outcome_of(tmp_path))] == [rule]


def test_what_a_sister_organisation_publishes_is_no_slip_of_ours(tmp_path: Path) -> None:
    compose = "services: {api: {image: 'ghcr.io/acme-labs/shop/api:1.4.2'}}\n"
    write_files(
        tmp_path,
        {
            ".github/workflows/publish.yml": PUBLISH,
            "lading.yaml": "images: {sisters: [ghcr.io/acme-labs]}\n",
            "compose.yaml": compose,
        },
    )
    assert found(outcome_of(tmp_path)) == []


def test_an_image_named_for_a_sister_organisation_counts_as_own(tmp_path: Path) -> None:
    files = {"compose.yaml": "services: {api: {build: ., image: 'ghcr.io/acme-labs/api:1'}}\n", "Dockerfile": "FROM scratch\n"}  # fmt: skip
    write_files(tmp_path, files)
    assert [each[0] for each in found(outcome_of(tmp_path))] == ["image/foreign-namespace"]
    write_files(tmp_path, {"lading.yaml": "images: {sisters: [ghcr.io/acme-labs]}\n"})
    assert found(outcome_of(tmp_path)) == []
