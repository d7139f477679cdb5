"""Which tools well-known images lack, and that each row says where it is from."""

from __future__ import annotations

import re

import pytest

from lading.tables.images import NOT_VERIFIED, READ, normalised
from lading.tables.tools import ROWS, TOOLS, has_tool, lacks_tool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.tables.tools import Row


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0][0]} {row[1]}")
def test_a_row_names_its_source_its_tools_and_its_evidence(row: Row) -> None:
    names, tags, lacking, there, source, evidence = row
    assert [name for name in names if normalised(name) != name] == []
    re.compile(tags)
    assert set(lacking) | set(there) <= set(TOOLS)
    assert set(lacking) & set(there) == set()
    assert evidence == (NOT_VERIFIED if source == "general knowledge" else READ)


@pytest.mark.parametrize(
    ("name", "tag", "lacking"),
    [
        ("node", "22-alpine", "curl"),
        ("node", "22-alpine3.20", "curl"),
        ("node", "22-bookworm-slim", "curl wget"),
        ("node", "22", ""),
        ("python", "3.13-slim", "curl wget"),
        ("python", "3.13-slim-bookworm", "curl wget"),
        ("docker.io/library/python", "3.13-alpine", "curl"),
        ("nginx", "alpine", ""),
        ("nginx", "1.29-alpine-slim", "curl"),
        ("postgres", "17", "curl wget"),
        ("postgres", "17-alpine", "curl"),
        ("eclipse-temurin", "25-jre", "curl"),
        ("eclipse-temurin", "21-jre", ""),
        ("gcr.io/distroless/java21-debian12", "latest", "curl wget"),
        ("gcr.io/distroless/java21-debian12", "debug-nonroot", "curl"),
        ("quay.io/keycloak/keycloak", "26.2", "curl wget"),
        ("quay.io/keycloak/keycloak", "16.1.1", ""),
        ("ghcr.io/acme/node", "22-alpine", ""),
    ],
)
def test_a_tool_is_lacking_by_name_and_tag(name: str, tag: str, lacking: str) -> None:
    assert [tool for tool in TOOLS if lacks_tool(name, tag, tool)] == lacking.split()


def test_a_tool_is_there_only_where_a_row_says_so() -> None:
    assert [has_tool("node", tag, "wget") for tag in ("22-alpine", "22-slim", "22")] == [True, False, False]
