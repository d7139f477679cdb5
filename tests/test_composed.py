"""A tree that PyYAML's C parser has composed is the same as one that was read event by event."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading import parse
from lading.composed import Composer
from lading.events import c_module, fast_parser
from lading.parse import MAX_DEPTH, MAX_NODES, Reader
from lading.source import Source
from lading.tree import Alias, Mapping, Scalar, Sequence, Tree
from tests.support import ROOT
from tests.test_parse import TEXTS
from tests.test_parse_events import SOUND, shown

MODULE = c_module()
COMPOSER = Composer(MODULE, MAX_DEPTH, MAX_NODES // 3, parse._empty_place)
FILES = sorted(path for folder in ("examples", "tests/fixtures") for path in (ROOT / folder).rglob("*.y*ml"))
PLAIN = (
    "a:\nb: [c, {d: , e}, f: ]\ng:\n  -\n  - # h\n  - i:\n",
    "? a\n: b\n? c # d\n: \n? e\n",
    "? |\n  a\n: \n'b' :\n\"c\":\n",
    "on:\n  push:\n  pull_request: # why\njobs: {}\nsteps: []\nx: {a-, 'b': , c: }\n",
    "a: |\n  b\n\n\n# c\nd: >-\n  e\n  f\ng: 'h''i'\nj: \"k\\n\"\nl: m\n  n\n\no:\n- p\n-\n- - q\n",
    "a: b && c & d 2>&1 x=&y e&f\n",
    "a: if ! b\nc: |\n  d && ! e\n  f !g\n",
    "--- a\n---\n...\n---\nb: c\n",
    "",
    "# a\n",
    "a:\r\n  b: |\r\n    c\r\n  d:\r\n",
    "ä: '🚢'\n\u2028b:\n",
    "[" * MAX_DEPTH + "]" * MAX_DEPTH,
    "".join(f"k{n}: [[{{}}, []], {{a: [b]}}]\n" for n in range(60)),
)


def both(text: str) -> list[object]:
    source = Source("a.yaml", text)
    trees = (COMPOSER.read(source), Reader(fast_parser()).read(source))
    assert trees[0] is None or (trees[0].is_plain and is_plain(trees[1]))
    return [
        None
        if tree is None
        else ([*map(shown, tree.documents)], names(tree), set(tree.keys), tree.is_escaped, len(tree.troubles))
        for tree in trees
    ]


def is_plain(tree: Tree) -> bool:
    """No tag, anchor or alias, and every key is a scalar."""
    waiting = list(tree.documents)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Alias) or node.tag is not None or node.anchor is not None:
            return False
        if isinstance(node, Mapping):
            if not all(type(entry.key) is Scalar for entry in node.entries):
                return False
            waiting += [each for entry in node.entries for each in (entry.key, entry.value)]
        elif isinstance(node, Sequence):
            waiting += node.items
    return True


def names(tree: Tree) -> list[object]:
    """Of every mapping the places of the names that it has been left, or None."""
    found: list[object] = []
    waiting = list(tree.documents)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            found.append(node.names and [(name, entry.start) for name, entry in node.names.items()])
            waiting += [entry.value for entry in node.entries]
        elif isinstance(node, Sequence):
            waiting += node.items
    return found


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_text_is_composed_and_the_same(text: str) -> None:
    composed, read = both(text)
    assert composed is not None
    assert composed == read


@pytest.mark.parametrize(
    "text", [SOUND, *TEXTS.values(), *(path.read_text(encoding="utf-8", errors="replace") for path in FILES)]
)
def test_what_is_composed_is_the_same(text: str) -> None:
    composed, read = both(text)
    assert composed in (None, read)


@pytest.mark.parametrize(
    "text",
    [
        "a: &b c\n", "a: *b\n", "- &b\n", "[&b c]\n", "&b a: c\n", "a: !b c\n", "a: ! [b]\n", "! {a: b}\n", "- !\n", "[!, a]\n", "!<!> a\n", "a: ! 'b'\n",
        "a: 1\na: 2\n", "? [a]\n: b\n", "a: [\n", "a: \x01\n", "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "a: \ud83d\n", "x" * (MAX_NODES // 3 + 1),
    ],
)  # fmt: skip
def test_what_composing_does_not_tell_is_left_to_others(text: str) -> None:
    kept = dict(vars(MODULE))
    assert COMPOSER.read(Source("a.yaml", text)) is None
    assert kept == vars(MODULE)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*"ab:-? []{},#'\"&*!|><\n", "a: ", "- ", "? ", ": ", "\n  ", "\n- ", "\\", "\r\n", "é", "---\n"]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_any_text_is_the_same_or_left_to_others(text: str) -> None:
    composed, read = both(text)
    assert composed in (None, read)


def test_where_somebody_audits_texts_are_left_to_others() -> None:
    import subprocess

    program = (
        "import sys; sys.addaudithook(lambda *_: None); from lading.parse import Reader; from lading.source import Source;"
        "reader = Reader(); trees = [reader.read(Source('a.yaml', 'a: [b]\\n')) for _ in range(40)];"
        "print({repr(tree.root.entries) != '' and tree.root.get('a').items[0].text for tree in trees}, len(trees))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "{'b'} 40\n"


def test_a_reader_composes_from_many_texts_on(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    trees = [reader.read(Source("a.yaml", f"a: {number}\n")) for number in range(50)]
    assert reader._composer is not None
    assert [tree.root.scalar("a").text for tree in trees] == [str(number) for number in range(50)]  # type: ignore[union-attr]
