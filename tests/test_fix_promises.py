"""Every fix of every example and story: the finding is gone, nothing new is there, and twice is once."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fixes import broken_promises
from benchmarks.fixes import request_of as request_of_case
from lading.session import Request
from tests.support import ROOT, write_files
from tests.test_cards import CARDS, request_of

EXAMPLES = [
    pytest.param(id, example, id=f"{id}: {example['name']}")
    for id, card in CARDS.items()
    for example in card["examples"]["bad"]
]
REVEALED = {
    "compose/invalid-depends-on: the condition is mistyped": "wait-without-healthcheck",
    "compose/unknown-key: in an include, where Compose passes over it": "missing-included-file",
    "image/uppercase-name: in front of a variable": "unset-variable",
    "several-workflows": "published-under-another-name",
}
"""Defects that another one hid, by the example or story."""


@pytest.mark.parametrize(("id", "example"), EXAMPLES)
def test_fixes_of_an_example_keep_their_promises(id: str, example: dict[str, Any], tmp_path: Path) -> None:
    write_files(tmp_path, example["files"])
    request = request_of(tmp_path, id, example, strict=True)
    revealed = REVEALED.get(f"{id}: {example['name']}")
    broken = broken_promises(request, unsafe=True, counts=Counter())
    assert [problem for problem in broken if revealed is None or revealed not in problem] == []


@pytest.mark.parametrize(
    "story", sorted((ROOT / "tests" / "fixtures").iterdir()), ids=lambda folder: folder.name
)
def test_fixes_of_a_story_keep_their_promises(story: Path, tmp_path: Path) -> None:
    shutil.copytree(story / "repository", tmp_path / "shop")
    request = Request(root=str(tmp_path / "shop"), owner="acme", repo="Shop", environment={}, strict=True)
    revealed = REVEALED.get(story.name)
    broken = broken_promises(request, unsafe=True, counts=Counter())
    assert [problem for problem in broken if revealed is None or revealed not in problem] == []


def test_a_labelled_case_is_mended_as_the_repository_it_stands_for(tmp_path: Path) -> None:
    text = "services:\n  app:\n    build: .\n    image: ghcr.io/AcmeOrg/app:1.0.0\n"
    write_files(tmp_path, {
        "capital/compose.yaml": text,
        "octo__shop/compose.yaml": text,
        "expected.jsonl": '{"case": "other", "owner": "o", "repo": "r"}\n{"case": "capital", "owner": "AcmeOrg", "repo": "App"}\n',
    })  # fmt: skip
    request = request_of_case(tmp_path / "capital")
    assert (request.owner, request.repo) == ("AcmeOrg", "App")
    counts: Counter[str] = Counter()
    assert broken_promises(request, unsafe=True, counts=counts) == []
    assert counts == {"image/uppercase-name (safe)": 1}
    assert request_of_case(tmp_path / "octo__shop").owner == "octo"
    assert request_of_case(tmp_path / "unlabelled").owner == "acme"
