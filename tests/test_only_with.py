"""A rule that is passed over, since what its card names under `only-with` is not there, would have found nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lading.catalogue import cards_in, read_card
from lading.session import Request, open_session
from tests.support import ROOT, write_files

EXAMPLES = [
    pytest.param(example, id=f"{id}: {kind}: {example['name']}")
    for id, path in cards_in(str(ROOT / "rules"))
    for kind, examples in read_card(path, id)["examples"].items()
    for example in examples
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_rules_that_are_always_asked_find_no_more(example: dict[str, Any], tmp_path: Path) -> None:
    write_files(tmp_path, example["files"])
    request = Request(
        root=str(tmp_path), owner="acme", repo="shop", environment={}, preview=True, strict=True
    )
    session, plain = open_session(request), open_session(request)
    for rule in plain.rules.values():
        rule.only_with = ()
    found, expected = (
        [(each.rule, each.path, each.line, each.message) for each in run.check().findings]
        for run in (session, plain)
    )
    assert found == expected


@pytest.mark.parametrize(
    ("name", "held"),
    [("needs.", True), ("cosign", False), ("matrix", True), ("steps:", True), ("matrix:", False)],
    ids=["stands in a file", "stands in none", "may be hidden by an escape", "is a key", "is no key"],
)
def test_a_word_is_held_where_a_file_says_it(name: str, held: bool, tmp_path: Path) -> None:
    text = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo "${{ needs.b.result }}"\n'
    if name.startswith("matrix"):
        text += '        "na\\x6de": a\n'
    write_files(tmp_path, {".github/workflows/ci.yml": text})
    repository = open_session(Request(root=str(tmp_path), environment={})).repository
    assert repository.holds((name,)) is held
