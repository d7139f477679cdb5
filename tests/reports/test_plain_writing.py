"""What reports write without the libraries for it is what the libraries write."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lading.reports import json_text
from lading.reports.addresses import in_address
from lading.reports.paragraph import rows_of

TEXTS = some.text(some.characters(exclude_categories=()))
"""Lone surrogates among them, which stand for bytes that are no UTF-8."""
VALUES: some.SearchStrategy[Any] = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | TEXTS,
    lambda inner: some.lists(inner) | some.tuples(inner) | some.dictionaries(TEXTS, inner),
)


@given(VALUES)
def test_json_is_written_as_json_writes_it(value: Any) -> None:
    assert json_text.indented(value) == json.dumps(value, ensure_ascii=False, indent=2)
    assert json_text.compact(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("make", [None, lambda: None], ids=["no encoder", "another encoder"])
def test_without_the_encoder_it_is_written_by_json(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"a": [1, "ü", {}], "b": complex(1, 2)}
    quick = json_text.compact(value, str)
    monkeypatch.setattr(json_text, "_make_encoder", make)
    assert quick == json_text.compact(value, str) == '{"a":[1,"ü",{}],"b":"(1+2j)"}'


@pytest.mark.parametrize("write", [json_text.compact, json_text.indented])
def test_what_json_does_not_have_is_refused(write: Any) -> None:
    with pytest.raises(TypeError):
        write({"a": object()})


@given(TEXTS)
def test_a_path_is_written_as_quote_writes_it(path: str) -> None:
    assert in_address(path) == quote(path, errors="replace")
    assert in_address(path, "surrogatepass") == quote(path, errors="surrogatepass")


@given(some.lists(some.text("ab-\u3000") | some.just("\t"), max_size=30).map(" ".join), some.integers(1, 20))
def test_a_paragraph_is_broken_as_textwrap_breaks_it(text: str, room: int) -> None:
    assert rows_of(text, room) == textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)


@given(some.lists(some.text("ab-", min_size=1), min_size=1).map(" ".join), some.integers(1, 20))
def test_a_plain_paragraph_is_broken_as_textwrap_breaks_it(text: str, room: int) -> None:
    assert rows_of(text, room) == textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)


def test_none_loads_the_library() -> None:
    program = (
        "import sys\n"
        "def loaded(): return [m for m in sys.modules if m.partition('.')[0] in ('json', 're', 'textwrap', 'urllib')]\n"
        "for name in loaded(): del sys.modules[name]\n"
        "from lading.reports.addresses import in_address\n"
        "from lading.reports.json_text import compact, indented\n"
        "from lading.reports.paragraph import rows_of\n"
        "compact(['ü']); indented({'a': 1}); in_address('a b'); rows_of('a b', 2)\n"
        "print(loaded())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
