"""Findings in files that several projects share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import outcome_of, write_files

WAIT = """services:
  api: {image: 'ghcr.io/acme/shop:1', depends_on: {db: {condition: service_healthy}}}
  db: {image: 'postgres:17'}
"""
CHECK = "services: {db: {healthcheck: {test: [CMD-SHELL, pg_isready -U postgres]}}}\n"
PLAIN = "services: {db: {restart: always}}\n"
COMMAND = "\tdocker compose -f compose.yaml -f compose.{}.yaml up\n"


@pytest.mark.parametrize(
    ("overlays", "expected"),
    [
        ({}, [("error", "")]),
        ({"prod": CHECK}, []),
        ({"dev": PLAIN}, [("error", "")]),
        (
            {"dev": PLAIN, "prod": CHECK},
            [("error", ", when `compose.yaml` and `compose.dev.yaml` are used together (see `Makefile`)")],
        ),
    ],
    ids=["no overlay", "one that mends it", "one that does not", "one of each"],
)
def test_a_defect_is_told_once_and_names_the_combination_that_has_it(
    tmp_path: Path, overlays: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    files = {f"compose.{name}.yaml": text for name, text in overlays.items()}
    makefile = "up:\n" + "".join(COMMAND.format(name) for name in overlays)
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": WAIT, "Makefile": makefile, **files}))
    message = "`api` waits until `db` is healthy, but the image `postgres` brings no healthcheck"
    assert [(f.level, f.message) for f in outcome.findings] == [
        (level, message + suffix) for level, suffix in expected
    ]


def test_an_overlay_that_is_run_by_itself_lacks_its_image_for_certain(tmp_path: Path) -> None:
    files = {
        "compose.yaml": WAIT,
        "compose.dev.yaml": PLAIN,
        "Makefile": "dev:\n\tdocker compose -f compose.dev.yaml up\n",
    }
    outcome = outcome_of(write_files(tmp_path, files), select=("compose",))
    assert [(f.rule, f.path, f.level) for f in outcome.findings] == [
        ("compose/neither-image-nor-build", "compose.dev.yaml", "error")
    ]
