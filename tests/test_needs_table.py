"""What is known of the scopes that steps need: each row is well formed and says where it is from."""

from __future__ import annotations

import re

import pytest

from lading.tables.actions import RELEASERS
from lading.tables.needs import ACTIONS, COMMANDS, WORKFLOWS, Row
from lading.tables.scopes import SCOPES

ROWS = {**ACTIONS, **WORKFLOWS}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_names_its_source_and_levels_that_its_scopes_have(name: str) -> None:
    row: Row = ROWS[name]
    assert name == name.lower()
    assert row.source
    assert [s for scopes in (row.needs, row.may) for s in scopes if scopes[s] not in SCOPES[s]] == []
    assert row.is_verified == (
        "general knowledge" not in row.source and row.source != "semantic-release/github README.md"
    )
    assert [
        name for name in (*row.only, *row.token) if not name.startswith("$") and name != name.lower()
    ] == []


def test_commands_of_gh_are_told_apart_and_use_scopes_that_there_are() -> None:
    assert [form for form, scopes, source in COMMANDS if not source or set(scopes) - set(SCOPES)] == []
    first = next(scopes for form, scopes, _ in COMMANDS if re.match(form, "release create"))
    assert first == {"contents": "write"}


def test_an_action_that_makes_releases_has_a_row_for_what_that_needs() -> None:
    without = {"google-github-actions/release-please-action"}
    assert set(RELEASERS) - set(ACTIONS) == without
