"""Every card is valid, and every example on it is a test of its rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lading.catalogue import cards_in, read_card
from lading.mend import mend
from lading.session import Request, all_rules, open_session
from tests.support import MARK, ROOT, write_files

CARDS = {id: read_card(path, id) for id, path in cards_in(str(ROOT / "rules"))}
EXAMPLES = [
    pytest.param(id, kind, example, id=f"{id}: {kind}: {example['name']}")
    for id, card in CARDS.items()
    for kind in ("bad", "good", "fixed")
    for example in card["examples"].get(kind) or ()
]


def expected(card: dict[str, Any], example: dict[str, Any]) -> list[tuple[str, int, str]]:
    """The marked places: file, line, level."""
    places = [
        (row["file"], row["line"], row.get("level", card["level"])) for row in example.get("expect") or ()
    ]
    for path, text in example["files"].items():
        for number, line in enumerate(text.splitlines(), 1):
            mark = MARK.search(line)
            if mark:
                places.append((path, number, mark[1] or card["level"]))
    return sorted(places)


def request_of(folder: Path, id: str, example: dict[str, Any], **options: Any) -> Request:
    """A run over an example as the repository that it says it is."""
    if example.get("options"):
        write_files(folder, {"lading.yaml": f"rules: {{{id}: {{options: {example['options']!r}}}}}"})
    owner, _, name = example.get("repository", "acme/shop").partition("/")
    return Request(
        root=str(folder),
        owner=owner,
        repo=name,
        default_token=example.get("default-token"),
        environment={},
        preview=True,
        **options,
    )


@pytest.mark.parametrize(("id", "kind", "example"), EXAMPLES)
def test_example(id: str, kind: str, example: dict[str, Any], tmp_path: Path) -> None:
    write_files(tmp_path, example["files"])
    findings = open_session(request_of(tmp_path, id, example, strict=True)).check().findings
    places = expected(CARDS[id], example)
    is_note = CARDS[id]["level"] == "note"
    own = sorted(
        (f.path, f.line, f.level)
        for f in findings
        if f.rule == id and (f.level != "note" or kind == "bad" or is_note)
    )
    if not is_note and "note" not in {level for _, _, level in places}:
        own = [place for place in own if place[2] != "note"]
    assert own == places, [f"{f.rule} {f.path}:{f.line} {f.message}" for f in findings]
    assert [f for f in findings if f.level == "error" and f.rule != id] == []


FIXED = [
    pytest.param(id, example, fixed, id=f"{id}: {fixed['name']}")
    for id, card in CARDS.items()
    for fixed in card["examples"].get("fixed") or ()
    for example in card["examples"]["bad"]
    if example["name"] == fixed["name"]
]


@pytest.mark.parametrize(("id", "example", "fixed"), FIXED)
def test_the_fixes_of_a_bad_example_make_the_fixed_one_of_it(
    id: str, example: dict[str, Any], fixed: dict[str, Any], tmp_path: Path
) -> None:
    files = {path: without_marks(text) for path, text in example["files"].items()}
    write_files(tmp_path, files)
    mended = mend(request_of(tmp_path, id, example, select=(id,)), unsafe=True)
    files |= {path: new.decode() for path, (_, new) in mended.changes.items()}
    assert files == fixed["files"]
    assert (mended.is_stable, mended.dropped) == (True, ())


def without_marks(text: str) -> str:
    return "".join(MARK.sub("", line).rstrip(" ") + end for line, end in lines_of(text))


def lines_of(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines(keepends=True):
        yield line.rstrip("\r\n"), line[len(line.rstrip("\r\n")) :]


@pytest.mark.parametrize("id", CARDS)
def test_a_fixed_example_has_the_name_of_a_bad_one(id: str) -> None:
    examples = CARDS[id]["examples"]
    names = {each["name"] for each in examples["bad"]}
    assert {each["name"] for each in examples.get("fixed") or ()} <= names


@pytest.mark.parametrize("id", CARDS)
def test_a_card_marks_something_in_every_bad_example(id: str) -> None:
    assert [e["name"] for e in CARDS[id]["examples"]["bad"] if not expected(CARDS[id], e)] == []


@pytest.mark.parametrize("id", CARDS)
def test_a_card_has_two_good_examples_or_more_and_ends_its_title_without_a_full_stop(id: str) -> None:
    card = CARDS[id]
    assert len(card["examples"]["good"]) + len(card["examples"].get("fixed") or ()) >= 1
    assert not card["title"].endswith(".")


def test_every_card_is_a_rule_whose_check_loads() -> None:
    rules = all_rules()
    assert sorted(CARDS) == sorted(id for id, rule in rules.items() if rule.provider == "lading")
    assert all(callable(rule.check) for rule in rules.values())
