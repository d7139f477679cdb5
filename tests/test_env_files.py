"""A file that several services miss is told of once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import outcome_of, write_files

SERVICE = "  {name}:\n    image: ghcr.io/acme/{name}:1.4\n    env_file: {file}\n"


@pytest.mark.parametrize(
    ("names", "who", "related"),
    [
        (["api"], "`api` takes", []),
        (["api", "cron"], "`api` and `cron` take", [7]),
        (["api", "cron", "web"], "`api` and 2 other services take", [7, 10]),
    ],
)
def test_the_message_says_how_many(names: list[str], who: str, related: list[int], tmp_path: Path) -> None:
    text = "services:\n" + "".join(SERVICE.format(name=name, file="shop.env") for name in names)
    (finding,) = outcome_of(write_files(tmp_path, {"compose.yaml": text})).findings
    expected = f"{who} variables from `shop.env`, which is not in the repository, unless it is made where Compose runs"
    assert (finding.line, finding.message) == (4, expected)
    assert [each.span.source.place(each.span.start)[0] for each in finding.related] == related


def test_two_files_are_two_findings(tmp_path: Path) -> None:
    text = (
        "services:\n"
        + SERVICE.format(name="api", file="a.env")
        + SERVICE.format(name="web", file="[a.env, b.env]")
    )
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": text}))
    assert [finding.line for finding in outcome.findings] == [4, 7]
