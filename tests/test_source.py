"""Offsets, lines and columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.source import Source, Span, span_of_line


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        pytest.param("ab\ncd", 3, (2, 1), id="a line feed ends a line"),
        pytest.param("ab\r\ncd", 4, (2, 1), id="carriage return and line feed are one end"),
        pytest.param("ab\rcd", 3, (2, 1), id="a lone carriage return ends a line"),
        pytest.param("ab\r\n\rcd", 5, (3, 1), id="mixed ends are told apart"),
        pytest.param("a\u0085b\u2028c", 4, (1, 5), id="next line and line separator end none"),
        pytest.param("🚢b", 1, (1, 2), id="a character beyond the basic plane is one column"),
        pytest.param("", 0, (1, 1), id="an empty text has one place"),
    ],
)
def test_place(text: str, offset: int, place: tuple[int, int]) -> None:
    source = Source("compose.yaml", text)
    assert source.place(offset) == place
    assert source.offset(*place) == offset


def test_editors_get_columns_in_their_own_units() -> None:
    source = Source("compose.yaml", "é🚢x")
    assert (source.utf16_column(2), source.utf8_column(2)) == (4, 7)


def test_a_line_has_no_line_end_and_lines_outside_are_empty() -> None:
    source = Source("compose.yaml", "a\r\nb")
    assert [source.line(n) for n in (0, 1, 2, 3)] == ["", "a", "b", ""]


def test_the_span_of_a_line_leaves_out_its_indentation() -> None:
    assert span_of_line(Source("compose.yaml", "a\n  b c \n"), 2).text == "b c"


def test_a_span_shows_where_it_is() -> None:
    assert repr(Span(Source("compose.yaml", "a: b"), 3, 4)) == "<Span compose.yaml:1:4 'b'>"


@given(st.text("a\0\n\u2028\x85", max_size=9))
def test_lines_begin_behind_line_ends_whatever_else_a_text_holds(text: str) -> None:
    starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]
    assert [Source("a", text).offset(line) for line in range(1, text.count("\n") + 2)] == starts
