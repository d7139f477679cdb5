"""Patterns from the tables are those that `re` compiles."""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import re
import sys

import pytest

from lading import regex

ROWS = regex.rows_of(_sre.MAGIC)
needs_table = pytest.mark.skipif(not ROWS, reason="no table for the engine of this interpreter")


@needs_table
def test_the_table_says_what_the_compiler_of_re_says() -> None:
    pairs = [(re.compile(row[0], row[1]), regex.pattern_of(row)) for row in ROWS]
    assert [plain for plain, ours in pairs if plain != ours] == []  # compares text, flags and code
    assert [(p.groups, dict(p.groupindex)) for p, _ in pairs] == [
        (o.groups, dict(o.groupindex)) for _, o in pairs
    ]


@needs_table
def test_a_pattern_of_the_table_finds_what_that_of_re_finds() -> None:
    row = next(row for row in ROWS if row[0] == r"(?m)^\s*type=(gha|registry|local|s3|azblob)\b")
    text = "type=gha\n  type=local,dest=x\ntypes=s3\n"
    ours = regex.compile(row[0], row[1])
    assert [m.span(1) for m in re.finditer(row[0], text)] == [m.span(1) for m in ours.finditer(text)]


def test_what_no_table_has_goes_to_re() -> None:
    assert regex.compile("acme-[0-9]+", regex.IGNORECASE) is re.compile("acme-[0-9]+", re.IGNORECASE)
    assert regex.escape("a.b") == re.escape("a.b")
    assert regex.Match is re.Match


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (regex.sub("a+", "b", "caaat aa", 1), re.sub("a+", "b", "caaat aa", count=1)),
        (regex.split(",", "a,b,c", 1), re.split(",", "a,b,c", maxsplit=1)),
        (regex.findall("b", "aBb", regex.IGNORECASE), re.findall("b", "aBb", re.IGNORECASE)),
        (regex.search("^b", "a\nb", regex.MULTILINE) is None, re.search("^b", "a\nb", re.MULTILINE) is None),
        (regex.fullmatch(".+", "a\nb", regex.DOTALL) is None, re.fullmatch(".+", "a\nb", re.DOTALL) is None),
        (
            (regex.IGNORECASE, regex.MULTILINE, regex.DOTALL, regex.VERBOSE),
            (re.I, re.M, re.S, re.X),
        ),
    ],
    ids=["sub", "split", "findall", "search", "fullmatch", "flags"],
)
def test_functions_take_what_those_of_re_take(ours: object, theirs: object) -> None:
    assert ours == theirs


def test_there_is_no_table_for_another_engine() -> None:
    assert regex.rows_of(1) == ()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="a table is written for 3.11 to 3.13")
def test_this_interpreter_has_a_table() -> None:
    assert len(ROWS) > 200
