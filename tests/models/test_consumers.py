"""The images that Compose projects name."""

from __future__ import annotations

from pathlib import Path

from lading.models.consumers import Consumer
from lading.session import Request, open_session
from lading.tables.images import NOT_VERIFIED, READ, ROWS, health_of_image
from tests.support import write_files


def consumers(folder: Path, files: dict[str, str]) -> tuple[Consumer, ...]:
    write_files(folder, files)
    request = Request(root=str(folder), owner="acme", repo="shop", environment={})
    return open_session(request).repository.consumers


def test_every_image_and_further_tag_of_a_build_is_a_consumer(tmp_path: Path) -> None:
    text = """\
services:
  api:
    image: ghcr.io/acme/api:1
    build: {context: api, tags: [ghcr.io/acme/api:latest]}
  db: {image: postgres}
"""
    found = [
        (c.service_name, c.template.shown, c.kind, c.is_built)
        for c in consumers(tmp_path, {"compose.yaml": text})
    ]
    assert found == [
        ("api", "ghcr.io/acme/api:1", "image", True),
        ("api", "ghcr.io/acme/api:latest", "build.tags", True),
        ("db", "postgres", "image", False),
    ]


def test_a_place_that_several_projects_read_is_one_consumer(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "x-base: &base {image: 'acme/api:1'}\nservices: {a: *base, b: *base}\n",
        "prod/compose.yaml": "include: [../compose.yaml]\nservices: {c: {image: x}}\n",
    }
    found = [(c.node.source.path, c.template.shown) for c in consumers(tmp_path, files)]
    assert found == [("compose.yaml", "acme/api:1"), ("prod/compose.yaml", "x")]


def test_every_row_of_known_images_names_its_source_and_evidence() -> None:
    assert [row[0] for row in ROWS if not row[5] or row[6] not in (READ, NOT_VERIFIED)] == []


def test_images_are_known_by_every_spelling_of_docker_hub() -> None:
    names = ("postgres", "docker.io/library/postgres", "library/postgres", "index.docker.io/library/postgres")
    assert {health_of_image(name) for name in names} == {(False, READ)}
    assert health_of_image("axllent/mailpit") == (True, READ)
    assert health_of_image("acme/unknown") is None
