"""Patterns from the tables are those that `re` compiles."""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import importlib.util
import itertools
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from lading import regex

ROWS = [
    (*(key if isinstance(key, tuple) else (key, 0)), regex.row_of(stored))
    for key, stored in regex.rows_of(_sre.MAGIC).items()
]
"""Pattern, flags and row."""
needs_table = pytest.mark.skipif(not ROWS, reason="no table for the engine of this interpreter")


@needs_table
def test_the_table_says_what_the_compiler_of_re_says() -> None:
    pairs = [(re.compile(text, flags), regex.pattern_of(text, row)) for text, flags, row in ROWS]
    assert [plain for plain, ours in pairs if plain != ours] == []  # compares text, flags and code
    assert [(p.groups, dict(p.groupindex)) for p, _ in pairs] == [
        (o.groups, dict(o.groupindex)) for _, o in pairs
    ]


_ONE = ("LITERAL", "NOT_LITERAL", "IN", "ANY")


@needs_table
def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 goes on behind a round that has failed (cpython#106052); an atomic group says the same."""
    assert repeats_a_group(re._parser.parse("(?:-a)*+"))  # type: ignore[attr-defined]
    found = [text for text, flags, _ in ROWS if repeats_a_group(re._parser.parse(text, flags))]  # type: ignore[attr-defined]
    assert found == []


def repeats_a_group(parsed: Any) -> bool:
    for operation, given in parsed:
        if str(operation) == "POSSESSIVE_REPEAT":
            inner = list(given[2])
            if len(inner) != 1 or str(inner[0][0]) not in _ONE:
                return True
        waiting = [given]
        while waiting:
            each = waiting.pop()
            if type(each) is type(parsed):
                if repeats_a_group(each):
                    return True
            elif isinstance(each, tuple | list):
                waiting += each
    return False


@needs_table
def test_a_pattern_of_the_table_finds_what_that_of_re_finds() -> None:
    pattern, flags, _ = next(r for r in ROWS if r[0] == r"(?m)^\s*type=(gha|registry|local|s3|azblob)\b")
    text = "type=gha\n  type=local,dest=x\ntypes=s3\n"
    ours = regex.compile(pattern, flags)
    assert [m.span(1) for m in re.finditer(pattern, text)] == [m.span(1) for m in ours.finditer(text)]


@needs_table
def test_a_pattern_is_made_when_it_is_asked_and_has_what_that_of_re_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(regex, "_ready", {})  # another test may have asked it
    late: Any = regex.compile(r"[a-f0-9]{64}")
    plain = re.compile(r"[a-f0-9]{64}")
    assert type(late).__name__ == "Later"
    assert late.fullmatch("a" * 64) is not None
    assert type(late).__name__ == "Made"
    for name in ("flags", "groupindex", "groups", "pattern"):
        assert getattr(late, name) == getattr(plain, name)
    public = {name for name in dir(plain) if not name.startswith("_")}
    assert {name for name in vars(late) if name != "asked"} == public


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
    assert regex.rows_of(1) == {}


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="a table is written for 3.11 to 3.13")
def test_this_interpreter_has_a_table() -> None:
    assert len(ROWS) > 200


def texts() -> list[str]:
    """What the patterns meet: our own cards and stories, whole and by line."""
    root = Path(__file__).parent
    paths = [*(root.parent / "rules").rglob("*.yaml"), *(root / "fixtures").rglob("*")]
    whole = [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()]
    return [*whole, *dict.fromkeys(line for text in whole for line in text.splitlines())]


@needs_table
def test_where_a_pattern_is_found_stands_one_of_its_signs() -> None:
    everywhere = texts()
    joined = "\n".join(everywhere)
    wrong = []
    for text, flags, (*_, signs, is_folded) in ROWS:
        if not signs:
            continue
        plain = re.compile(text, flags)
        found = {match[0] for match in itertools.islice(plain.finditer(joined), 2_000)}
        found |= {each for each in everywhere[:3_000] if len(each) < 500 and plain.search(each)}
        for each in found:
            held = each.lower() if is_folded else each
            if each.isascii() and not any(sign in held for sign in signs):
                wrong.append((text, each))
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        ("a(?:bc|de)f", ({"bc", "de"}, False)),
        ("(?:docker|podman|x) +login", ({"login"}, False)),
        ("x?abc(?:de)?", ({"abc"}, False)),
        ("(?:abc)*", (set(), False)),
        ("(?:abc|d?)", (set(), False)),
        ("(?:abc){2}|[0-9]def", ({"abc", "def"}, False)),
        ("(?i)GITHUB|token", ({"github", "token"}, True)),
        ("(?i:Run)[0-9]ID", ({"run"}, True)),
        ("[a-z]+", (set(), False)),
        ("(?=abc)a", ({"a"}, False)),
    ],
)
def test_signs_are_what_every_match_holds(pattern: str, signs: tuple[set[str], bool]) -> None:
    found, is_folded = patterns().signs_of(re._parser.parse(pattern))  # type: ignore[attr-defined]
    assert signs == (set(found), is_folded)


def patterns() -> Any:
    path = Path(__file__).parent.parent / "scripts" / "patterns.py"
    spec = importlib.util.spec_from_file_location("patterns", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_table
def test_a_long_s_is_found_as_the_s_that_re_takes_it_for() -> None:
    assert regex.search("(?i)toſ", "TOS") is not None
    pattern = next(text for text, _, row in ROWS if "startsWith" in text and row[6])
    text = "\u017ftartsWith(github.ref, 'refs/tags/v')"
    assert [match.span() for match in re.finditer(pattern, text)] == [
        match.span() for match in regex.finditer(pattern, text)
    ]
