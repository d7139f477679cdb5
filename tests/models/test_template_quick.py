"""What templates do quickly equals what they do letter by letter."""

from __future__ import annotations

import pytest

from lading.models.template import Hole, Template
from lading.models.values import Partial, PartlyKnown, access

HOLE = Hole("$A", "it is not set")
TEXTS = ["", "a", " a", "a ", " ", "a,b", ",a", "a,", "a\nb,c", "\n"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_cut_as_one_with_conditions_is(text: str) -> None:
    plain, with_condition = Template.of(text), Template((text,), ("unless `A` is set",))
    assert [each.parts for each in plain.split("\n,")] == [each.parts for each in with_condition.split("\n,")]


@pytest.mark.parametrize("first", TEXTS)
@pytest.mark.parametrize("last", TEXTS)
def test_white_space_is_taken_from_both_ends(first: str, last: str) -> None:
    template = Template((first, HOLE, last))
    assert template.strip() == Template((first.lstrip(), HOLE, last.rstrip()))


def test_a_text_alone_is_stripped() -> None:
    assert [Template.of(text).strip() for text in TEXTS] == [Template.of(text.strip()) for text in TEXTS]


def test_a_partly_known_text_says_why() -> None:
    value = PartlyKnown(Template(("a", HOLE), ("unless `B` is set",)))
    assert value.reason == "it is not set; unless `B` is set"


@pytest.mark.parametrize("key", ["Ref", "REF", "ref"])
def test_a_key_is_found_in_other_letters(key: str) -> None:
    assert access(Partial({"sha": 1, "ref": "x"}, "later"), key) == "x"
