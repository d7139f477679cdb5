"""What is published held against what is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lading.config import Config
from lading.identity import Identity
from lading.models.join import Names, Published, full_name, published
from lading.models.manifest import manifest
from lading.models.namespaces import owned
from lading.models.repository import Repository
from lading.models.template import Template
from lading.session import Request, open_session
from tests.support import write_files

PUBLISH = """\
on: {push: {branches: [main]}}
jobs:
  publish:
    runs-on: ubuntu-24.04
    permissions: {contents: read, packages: write}
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, password: "${{ github.token }}"}
      - run: |
          docker push ghcr.io/acme/Shop:1.4
          docker push acme/shop:${{ github.sha }}
          docker push ghcr.io/acme/${{ vars.NAME }}:${{ vars.TAG }}
"""


def repository(folder: Path, files: dict[str, str]) -> Repository:
    write_files(folder, files)
    return open_session(Request(root=str(folder), owner="acme", repo="shop", environment={})).repository


def names(*literals: str) -> Names:
    found = [
        Published(name, (re.escape(name),), (".*",), (), ("", 0, 0), "publish.yml", "job")
        for name in literals
    ]
    identity = Identity("github.com", "acme", "shop", "test")
    return Names(found, owned(identity, Config()), identity)


@pytest.mark.parametrize(
    ("name", "other", "kind"),
    [
        pytest.param("ghcr.io/acme/api", "ghcr.io/acme/shop/api", "path", id="a segment is missing"),
        pytest.param("ghcr.io/acme/shop/x/api", "ghcr.io/acme/shop/api", "path", id="a segment too many"),
        pytest.param("ghcr.io/acme/shop-api", "ghcr.io/acme/shop/api", "path", id="another sign"),
        pytest.param("ghcr.io/acme/shop", "ghcr.io/acme/shop/api", "below", id="the last segment is missing"),
        pytest.param("ghcr.io/acme", "ghcr.io/acme/shop", "below", id="only the account"),
        pytest.param("ghcr.io/acme/wroker", "ghcr.io/acme/worker", "letters", id="swapped letters"),
        pytest.param("ghcr.io/acme/worker-2", "ghcr.io/acme/worker-1", None, id="another number"),
        pytest.param("ghcr.io/acme/api", "ghcr.io/acme/app", None, id="short words"),
        pytest.param("ghcr.io/acme/shop/api", "ghcr.io/acme/shop", None, id="longer than a published one"),
        pytest.param("docker.io/acme/shop", "ghcr.io/acme/shop", "registry", id="Docker Hub for ghcr.io"),
        pytest.param("ghcr.io/acme/shop", "docker.io/acme/shop", "registry", id="ghcr.io for Docker Hub"),
        pytest.param("quay.io/acme/shop", "ghcr.io/acme/shop", None, id="a registry with its own ways"),
        pytest.param("ghcr.io/acme/shop", "localhost:5000/acme/shop", None, id="a registry nearby"),
        pytest.param("ghcr.io/shop/api", "ghcr.io/acme/shop/api", "account-missing", id="no account"),
        pytest.param("ghcr.io/alice/shop", "ghcr.io/acme/shop", "account", id="another account"),
        pytest.param("ghcr.io/alice/redis", "ghcr.io/acme/redis", None, id="a common name elsewhere"),
        pytest.param("docker.io/library/redis", "docker.io/acme/redis", None, id="an official image"),
    ],
)
def test_a_name_is_near_to_a_published_one(name: str, other: str, kind: str | None) -> None:
    near = names(other).near(name)
    assert (near.kind if near is not None else None) == kind


def test_the_likeliest_of_several_names_is_meant_and_those_taken_are_left_out() -> None:
    known = names("ghcr.io/acme/shop/api", "ghcr.io/acme/api/web", "ghcr.io/acme/apis")
    first = known.near("ghcr.io/acme/api")
    assert first is not None
    second = known.near("ghcr.io/acme/api", frozenset(("ghcr.io/acme/shop/api",)))
    assert second is not None
    assert (first.published.name, second.published.name) == ("ghcr.io/acme/shop/api", "ghcr.io/acme/api/web")


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("postgres", "docker.io/library/postgres"),
        ("acme/shop", "docker.io/acme/shop"),
        ("docker.io/acme/shop", "docker.io/acme/shop"),
        ("ghcr.io/Acme/Shop", "ghcr.io/acme/shop"),
    ],
)
def test_a_full_name_has_its_registry_and_small_letters(written: str, full: str) -> None:
    assert full_name(Template.of(written)).literal == full


def test_what_a_publication_may_push(tmp_path: Path) -> None:
    found = repository(tmp_path, {".github/workflows/publish.yml": PUBLISH}).published
    asked = [
        (each.name, each.may_be("ghcr.io/acme/api"), each.may_have("1.4"), each.may_have("0a1b2c3d"))
        for each in found
    ]
    assert asked == [
        ("ghcr.io/acme/shop", False, True, False),
        ("docker.io/acme/shop", False, False, True),
        (None, True, True, True),
    ]


def test_it_passes_as_plain_values(tmp_path: Path) -> None:
    from marshal import dumps, loads

    for each in map(published, repository(tmp_path, {".github/workflows/publish.yml": PUBLISH}).publications):
        assert Published(*loads(dumps(each.plain))).plain == each.plain


def test_the_manifest_joins_as_the_rules_do(tmp_path: Path) -> None:
    compose = "services:\n  api: {image: 'docker.io/acme/shop:1'}\n  db: {image: shop}\n"
    files = {".github/workflows/publish.yml": PUBLISH, "compose.yaml": compose}
    rows = manifest(repository(tmp_path, files))["consumers"]
    assert [row["published_by"] for row in rows] == [[1], []]


UNSEEN = {
    ".github/workflows/a.yml": """\
on: push
jobs:
  build: {runs-on: ubuntu-24.04, steps: [{run: make build}]}
  called: {uses: ./.github/workflows/b.yml}
  elsewhere: {uses: acme/ci/.github/workflows/publish.yml@v1}
""",
    ".github/workflows/b.yml": """\
on: workflow_call
jobs:
  behind-login: {runs-on: ubuntu-24.04, steps: [{uses: docker/login-action@v4}, {run: ./ship}]}
  may-write: {runs-on: ubuntu-24.04, permissions: {packages: write}, steps: [{run: ./ship}]}
""",
    ".github/workflows/broken.yml": "on: [",
    ".gitlab-ci.yml": "build: {script: [make]}\n",
    "Makefile": "release:\n\tdocker push ghcr.io/acme/shop:1\n",
    "scripts/test.sh": "docker compose up\n",
}


def test_signs_of_publishers_that_are_not_seen(tmp_path: Path) -> None:
    assert repository(tmp_path, UNSEEN).unseen_publishers == (
        "what job `elsewhere` of `.github/workflows/a.yml` calls",
        "job `behind-login` of `.github/workflows/b.yml`",
        "job `may-write` of `.github/workflows/b.yml`",
        "`.github/workflows/broken.yml`, which cannot be read,",
        "`.gitlab-ci.yml`",
        "`Makefile`",
    )
