"""The grammar of `.env`."""

from __future__ import annotations

import pytest

from lading.models.compose.dotenv import parse_dotenv
from lading.models.template import Template


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("K=a", "a"),
        ("export K=a", "a"),
        ("K: a", "a"),
        ("K = a ", "a"),
        ("K=a #comment", "a"),
        ("K=a#b", "a#b"),
        ("K='${A}'", "${A}"),
        ('K="x\\ty"', "x\ty"),
        ('K="two\nlines"', "two\nlines"),
        ("K=", ""),
        ("K=a\r\n", "a"),
        ("A=1\nK=${A}-${C:+c}2", "1-2"),
        ("K=$$x", "$x"),
        ('K="unclosed', '"unclosed'),
    ],
)
def test_a_value_is_read(text: str, value: str) -> None:
    found = parse_dotenv(text)["K"]
    assert found.literal == value


def test_a_bare_name_and_lines_of_no_form_set_nothing() -> None:
    assert parse_dotenv("# note\nJ\n\n=x\n!!\nK=1") == {"K": Template.of("1")}
