"""One mistake is told of once, by the rule that knows most of it."""

from __future__ import annotations

from pathlib import Path

from tests.support import found, outcome_of, write_files

NAMELESS = """\
services:
  api:
    image: ghcr.io/acme/api:1.4
    container_name: ""
    deploy: {replicas: 2}
  worker:
    image: ghcr.io/acme/worker:1.4
    container_name: ""
"""


def test_an_empty_name_of_a_container_is_an_invalid_value_and_no_name(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": NAMELESS})
    assert [(rule, line) for rule, _, line, _ in found(outcome_of(tmp_path))] == [
        ("compose/invalid-value", 4),
        ("compose/invalid-value", 8),
    ]
