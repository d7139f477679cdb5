"""What is said of well-known images, and that each row says where it is from."""

from __future__ import annotations

import json

import pytest

from lading.checks.waits import _KNOWN
from lading.models.compose.interpolation import parse
from lading.models.image import parse_reference
from lading.parse import Reader
from lading.plain import plain
from lading.source import Source
from lading.tables.images import (
    NOT_VERIFIED,
    READ,
    ROWS,
    health_of_image,
    is_datastore,
    is_of_hub,
    normalised,
    suggested_test,
    verified_test,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.tables.images import Row

IDS = [row[0][0] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_row_names_its_source_and_evidence(row: Row) -> None:
    source, evidence = row[5], row[6]
    assert source.strip()
    assert evidence in ((NOT_VERIFIED,) if source == "general knowledge" else (READ, NOT_VERIFIED))


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_row_has_its_names_as_they_are_looked_up(row: Row) -> None:
    names = (*row[0], *row[1])
    assert [name for name in names if normalised(name) != name or parse_reference(name).tag is not None] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row[3] is not None], ids=lambda row: row[0][0])
def test_a_suggested_test_is_a_list_that_compose_takes(row: Row) -> None:
    text = f"test: {row[3]}\n"
    test = plain(Reader().read(Source("compose.yaml", text)).root)["test"]
    assert test[0] in ("CMD", "CMD-SHELL")
    assert len(test) == 2 if test[0] == "CMD-SHELL" else len(test) >= 2
    assert all(isinstance(part, str) for item in test for part in parse(item))


def test_no_name_stands_in_two_rows() -> None:
    names = [name for row in ROWS for name in (*row[0], *row[1])]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize(
    ("name", "health"),
    [
        ("postgres", (False, READ)),
        ("docker.io/postgres", (False, READ)),
        ("library/postgres", (False, READ)),
        ("docker.io/library/postgres", (False, READ)),
        ("index.docker.io/library/postgres", (False, READ)),
        ("registry-1.docker.io/library/postgres", (False, READ)),
        ("axllent/mailpit", (True, READ)),
        ("ghcr.io/axllent/mailpit", (True, NOT_VERIFIED)),
        ("quay.io/minio/minio", (False, NOT_VERIFIED)),
        ("lscr.io/linuxserver/sonarr", (False, NOT_VERIFIED)),
        ("ghcr.io/acme/postgres", None),
        ("acme/postgres", None),
        ("ghcr.io/library/postgres", None),
        ("", None),
    ],
)
def test_an_image_is_known_by_its_names_and_by_what_stands_for_docker_hub(
    name: str, health: tuple[bool, str] | None
) -> None:
    assert health_of_image(name) == health


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("postgres", True),
        ("docker.io/library/redis", True),
        ("docker.io/bitnami/redis", True),
        ("acme/postgres", False),
        ("nginx", False),
    ],
)
def test_stores_of_data_are_known_by_name(name: str, is_one: bool) -> None:
    assert is_datastore(name) is is_one


def test_an_image_that_checks_itself_or_has_no_tool_for_it_gets_no_test() -> None:
    assert [suggested_test(name) for name in ("axllent/mailpit", "jaegertracing/jaeger", "acme/unknown")] == [
        None,
        None,
        None,
    ]
    assert suggested_test("docker.io/ollama/ollama") == '["CMD","ollama","list"]'


@pytest.mark.parametrize("name", _KNOWN)
def test_words_of_a_verified_test_need_no_json_to_be_read(name: str) -> None:
    row = verified_test(name)
    assert row is not None
    assert row[2:-2].split('","') == json.loads(row)


@pytest.mark.parametrize(
    "name", ["postgres", "python", "odoo", "docker.io/library/python", "vault", "minio/minio", "rocket.chat"]
)
def test_an_image_that_docker_hub_has_is_known(name: str) -> None:
    assert is_of_hub(name)


@pytest.mark.parametrize(
    "name", ["shop-api", "django", "pythons", "library", "acme/python", "ghcr.io/library/python"]
)
def test_any_other_name_of_one_word_was_given_on_some_machine(name: str) -> None:
    assert not is_of_hub(name)
