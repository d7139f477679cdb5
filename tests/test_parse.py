"""Both parsers give the same tree; spans slice back to the text; trouble has a place."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lading.events import fast_parser, reference_parser
from lading.parse import MAX_DEPTH, Reader
from lading.source import Source
from lading.tree import Alias, Mapping, Node, Scalar, Sequence, Tree, resolve

FAST = fast_parser()
assert FAST is not None, "these tests need PyYAML with libyaml, as its wheels have it"
READERS = {"libyaml": Reader(FAST), "ruamel.yaml": Reader(reference_parser())}


def read(text: str) -> Tree:
    return Reader().read(Source("compose.yaml", text))


def shape(node: Node) -> object:
    place = (node.start, node.end, node.tag, node.anchor)
    if isinstance(node, Scalar):
        return (*place, node.text, node.style)
    if isinstance(node, Alias):
        return (*place, node.name)
    if isinstance(node, Sequence):
        return (*place, node.flow, [shape(item) for item in node.items])
    assert isinstance(node, Mapping)
    return (*place, node.flow, [(shape(entry.key), shape(entry.value)) for entry in node.entries])


TEXTS = {
    "plain values": "a: b\nc: 'd'\ne: \"f\"\n",
    "empty values": "a:\nb:   # nothing\nc: [x, {y: , z}]\nd:\n  -\n  - # later\n  - e\n",
    "tagged and anchored": "a: &x !reset null\nb: !override [1]\nc: &y\n  d: *x\ne: !reset\nf: &z\ng: *z\n",
    "blocks": "a: |\n  one\n  two\n\n# c\nb: >-\n  folded\n  text\n\nc: d\n",
    "merge keys": "x: &x {a: 1}\ny: &y {b: 2}\nz:\n  <<: [*x, *y]\n  c: 3\n",
    "duplicate keys": "a: 1\nb: 2\na: 3\n",
    "indented lists": "a:\n- b\n- c: d\n  e: f\nk:\n  - - x\n    - y\n",
    "several documents": "a: 1\n---\nb: 2\n...\n---\nc: 3\n",
    "windows line ends": "a:\r\n  b: c\r\n  d: |\r\n    e\r\n",
    "letters beyond ascii": "ä: 'ö 🚢'\nü: 🚢🚢\n",
    "explicit keys": "? a\n: b\n? c\n? [d, e]\n: f\n",
    "colons in flow": "a: [8080:80, http://x, {A:B}]\n",
    "comments everywhere": "# one\na: # two\n  b: 'c # no' # three\n",
    "nothing": "",
    "only a comment": "# nothing\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_both_parsers_give_the_same_tree(name: str) -> None:
    source = Source("compose.yaml", TEXTS[name])
    fast, slow = (reader.read(source) for reader in READERS.values())
    assert [shape(d) for d in fast.documents] == [shape(d) for d in slow.documents]
    assert [(t.kind, t.span.start) for t in fast.troubles] == [(t.kind, t.span.start) for t in slow.troubles]


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine one draw can take two seconds
@given(
    st.recursive(
        st.text("ab:-#&*!|>'\"{}[], \n🚢é0", max_size=8) | st.sampled_from(["no", "on", "22:22", "~", ""]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_both_parsers_give_the_same_tree_for_any_value(value: object, flow: bool) -> None:
    import yaml

    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    source = Source("compose.yaml", text)
    fast, slow = (reader.read(source) for reader in READERS.values())
    assert [shape(d) for d in fast.documents] == [shape(d) for d in slow.documents]


@pytest.mark.parametrize("name", TEXTS)
def test_a_plain_scalar_slices_back_to_its_text(name: str) -> None:
    text = TEXTS[name]
    plain = [s for s in read(text).scalars() if s.style == ""]
    assert [s.text for s in plain] == [text[s.start : s.end] for s in plain]


def test_an_empty_value_stands_right_behind_its_indicator() -> None:
    text = "a:\nb:\n  -\n  - c\n"
    root = read(text).root
    assert isinstance(root, Mapping)
    items = root.get("b")
    assert isinstance(items, Sequence)
    places = [root.entries[0].value.start, items.items[0].start]
    assert [text[:place].splitlines()[-1].strip() for place in places] == ["a:", "-"]


def test_a_block_collection_ends_with_its_last_child() -> None:
    text = "a:\n  b: c\n\n# a comment\nd: e\n"
    root = read(text).root
    assert isinstance(root, Mapping)
    inner = root.entries[0].value
    assert text[inner.start : inner.end] == "b: c"


def test_on_and_no_stay_texts() -> None:
    assert [s.text for s in read("on: {no: yes, 022: 1e3}").scalars()] == ["on", "no", "yes", "022", "1e3"]


def test_an_alias_keeps_its_own_place_and_its_target() -> None:
    root = read("a: &x [1]\nb: *x\n").root
    assert isinstance(root, Mapping)
    alias = root.entries[1].value
    assert isinstance(alias, Alias)
    assert (alias.name, resolve(alias) is root.entries[0].value, alias.span.text) == ("x", True, "*x")


@pytest.mark.parametrize(
    ("text", "kind", "line", "column", "words"),
    [
        ("a: b: c\n", "syntax-error", 1, 5, "a `:` is not allowed here"),
        ("a:\n\tb: 1\n", "syntax-error", 2, 1, "a tab is used for indentation"),
        ("a: 'x\n", "syntax-error", 1, 4, "this quote or bracket is never closed"),
        ("a: @b\n", "syntax-error", 1, 4, "a value cannot start with `@`"),
        ("a: *b\n", "syntax-error", 1, 4, "the alias `*b` has no anchor"),
        ("- a\nb: c\n", "syntax-error", 2, 1, "this line does not fit the list above it"),
        ("a: \x01\n", "syntax-error", 1, 4, "U+0001 is not allowed"),
        ("a: 1\na: 2\n", "duplicate-key", 2, 1, "the key `a` is already defined"),
        ("[" * (MAX_DEPTH + 2), "too-deep-or-large", 1, MAX_DEPTH + 1, "nested deeper than 100 levels"),
        (f"#{'[' * (MAX_DEPTH + 2)}\na: b: c\n", "syntax-error", 2, 5, "a `:` is not allowed here"),
    ],
)
def test_trouble_has_a_place_and_plain_words(
    text: str, kind: str, line: int, column: int, words: str
) -> None:
    (trouble,) = read(text).troubles
    assert (trouble.kind, *trouble.span.source.place(trouble.span.start)) == (kind, line, column)
    assert trouble.message.startswith(words) or words in trouble.message


def test_what_libyaml_refuses_and_the_reference_accepts_is_no_error() -> None:
    tree = read("dns: [::1]\n")
    assert tree.troubles == ()
    assert [s.text for s in tree.scalars()] == ["dns", "::1"]


def test_an_alias_bomb_is_not_expanded() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    assert sum(1 for _ in read("\n".join(lines)).scalars()) == 62


def test_comments_are_found_outside_of_texts_only() -> None:
    text = "# one\na: 'b # no' # two\nc: |\n  # no\nd: e#no\n  # three\n"
    assert [(c.text, c.line, c.alone) for c in read(text).comments()] == [
        ("one", 1, True),
        ("two", 2, False),
        ("three", 6, True),
    ]


@pytest.mark.parametrize(
    ("text", "part", "slice_"),
    [
        ("a: bcd", (1, 2), "c"),
        ("a: 'bcd'", (1, 2), "c"),
        ("a: |\n  one\n  two three\n", (4, 7), "two"),
        ('a: "b\\tcd"', (2, 3), "c"),
        ('a: "\\u00e9 cd"', (2, 3), "c"),
        ('a: "b \\"c\\" d"', (2, 5), '\\"c\\"'[:-1]),
        ('a: "b\\\n  cd"', (1, 2), "c"),
        ("a: 'b ''cd'' e'", (3, 5), "cd"),
        ("a: b\n  c d\n", (4, 5), "d"),
        ("a: >\n  one\n  two\n\n  three\n", (4, 7), "two"),
        ("a: >-\n  one\n  two\n\n  three\n", (8, 13), "three"),
        ("a: >-\n  one\n\n\n    two  x\n  three\n", (13, 14), "x"),
    ],
)
def test_a_part_of_a_scalar_has_its_own_place(text: str, part: tuple[int, int], slice_: str) -> None:
    *_, scalar = read(text).scalars()
    assert scalar.inner_span(*part).text == slice_


def test_the_light_loader_leaves_pyyaml_as_it_is() -> None:
    import subprocess

    program = (
        "from lading.events import fast_parser; p = fast_parser(); assert p;"
        "import sys; assert 'yaml.constructor' not in sys.modules;"
        "import yaml; assert yaml.__with_libyaml__; assert yaml.load('a: on', yaml.CSafeLoader) == {'a': True};"
        "text = '%YAML 1.1\\n---\\n[&a !b c, {*a : 1}]\\n...';"
        "pairs = list(zip(yaml.scan(text, yaml.CLoader), yaml.scan(text), strict=True));"
        "assert len(pairs) > 15; assert all(type(a) is type(b) for a, b in pairs);"
        "assert yaml.dump({'a': [1]}, Dumper=yaml.CSafeDumper) == yaml.dump({'a': [1]}, Dumper=yaml.SafeDumper);"
        "print('well')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "well\n"
