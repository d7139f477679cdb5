"""Edits keep comments and style: one case for each way of writing."""

from __future__ import annotations

import pytest

from lading.edits import (
    as_mapping,
    in_quotes,
    indent_unit,
    insert_entry,
    line_end,
    put_first,
    put_in,
    remove_entry,
    renamed,
    replaced,
    replaced_part,
)
from lading.findings import Edit
from lading.fixes import edited
from lading.parse import Reader
from lading.source import Source
from lading.tree import Entry, Mapping, Node, Scalar, Sequence, Tree


def tree_of(text: str) -> Tree:
    tree = Reader().read(Source("compose.yaml", text))
    assert tree.troubles == ()
    return tree


def at(tree: Tree, path: str) -> Node:
    """The value at a dotted path, aliases not followed; a number is the index of an item."""
    node = tree.documents[0]
    for name in path.split(".") if path else ():
        if isinstance(node, Sequence):
            node = node.items[int(name)]
        else:
            node = entry_of(node, name).value
    return node


def entry_of(node: Node, name: str) -> Entry:
    assert isinstance(node, Mapping)
    found = node.entry(name)
    assert found is not None
    return found


def after(text: str, edits: Edit | list[Edit] | None) -> str | None:
    """The text with the edits, which still can be read; None where there are none."""
    if edits is None:
        return None
    new = edited(text, edits if isinstance(edits, list) else [edits])
    tree_of(new)
    return new


INSERTIONS = {
    "a block": ("a:\n  b: 1\nc: 2\n", "a", "a:\n  b: 1\n  new: 3\nc: 2\n"),
    "a block of four blanks": ("a:\n    b: 1\nc: 2\n", "a", "a:\n    b: 1\n    new: 3\nc: 2\n"),
    "behind a comment": (
        "a:\n  b: 1  # one\n# two\nc: 2\n",
        "a",
        "a:\n  b: 1  # one\n  new: 3\n# two\nc: 2\n",
    ),
    "behind a comment with a tab": ("a:\n  b: 1\t# one\n", "a", "a:\n  b: 1\t# one\n  new: 3\n"),
    "CRLF": ("a:\r\n  b: 1\r\nc: 2\r\n", "a", "a:\r\n  b: 1\r\n  new: 3\r\nc: 2\r\n"),
    "no line end at the end": ("a:\n  b: 1", "a", "a:\n  b: 1\n  new: 3"),
    "behind a nested mapping": ("a:\n  b:\n    c: 1\n", "a", "a:\n  b:\n    c: 1\n  new: 3\n"),
    "behind an unindented list": ("a:\n  b:\n  - 1\n  - 2\n", "a", "a:\n  b:\n  - 1\n  - 2\n  new: 3\n"),
    "behind a value that is not there": ("a:\n  b:\nc: 1\n", "a", "a:\n  b:\n  new: 3\nc: 1\n"),
    "behind no value and a comment": ("a:\n  b: # none\nc: 1\n", "a", "a:\n  b: # none\n  new: 3\nc: 1\n"),
    "behind a block of text": (
        "a:\n  b: |\n    x\n    y\nc: 1\n",
        "a",
        "a:\n  b: |\n    x\n    y\n  new: 3\nc: 1\n",
    ),
    "behind a text of two lines": ("a:\n  b: x\n    y\nc: 1\n", "a", "a:\n  b: x\n    y\n  new: 3\nc: 1\n"),
    "behind quotes of two lines": ('a:\n  b: "x\n    y"\n', "a", 'a:\n  b: "x\n    y"\n  new: 3\n'),
    "behind an alias": ("x: &x 1\na:\n  b: *x\n", "a", "x: &x 1\na:\n  b: *x\n  new: 3\n"),
    "behind a list on one line": ("a:\n  b: [1, 2] # c\n", "a", "a:\n  b: [1, 2] # c\n  new: 3\n"),
    "an item of a list": ("- b: 1\n  c: 2\n- d: 3\n", "0", "- b: 1\n  c: 2\n  new: 3\n- d: 3\n"),
    "an item of a list of lists": ("- - b: 1\n", "0.0", "- - b: 1\n    new: 3\n"),
    "the top of a document": ("---\na: 1\n", "", "---\na: 1\nnew: 3\n"),
    "the first of two documents": ("a: 1\n---\nb: 2\n", "", "a: 1\nnew: 3\n---\nb: 2\n"),
    "flow": ("a: {b: 1}  # c\n", "a", "a: {b: 1, new: 3}  # c\n"),
    "flow without blanks": ("a: {b: 1, }\n", "a", "a: {b: 1, new: 3, }\n"),
    "flow over lines": ("a: {\n  b: 1,\n  c: 2\n}\n", "a", "a: {\n  b: 1,\n  c: 2, new: 3\n}\n"),
    "nothing yet": ("a: {}\nb: 1\n", "a", "a: {new: 3}\nb: 1\n"),
    "a quoted key before it": ('a:\n  "b": 1\n', "a", 'a:\n  "b": 1\n  new: 3\n'),
    "beyond the basic plane": ("a:\n  b: 🚀 # 🚀\n", "a", "a:\n  b: 🚀 # 🚀\n  new: 3\n"),
}


@pytest.mark.parametrize("case", INSERTIONS)
def test_an_entry_is_put_at_the_end_of_a_mapping(case: str) -> None:
    text, path, expected = INSERTIONS[case]
    assert after(text, insert_entry(at(tree_of(text), path), "new", "3")) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("x: &x {b: 1}\na: *x\n", "a", id="an alias"),
        pytest.param("a: &a\n  b: 1\n", "a", id="an anchor"),
        pytest.param("x: &x {b: 1}\na:\n  <<: *x\n  c: 1\n", "a", id="a merge key"),
        pytest.param("a:\n  new: 1\n", "a", id="the name is there"),
        pytest.param("a: 1\n", "a", id="a text"),
        pytest.param("a:\n", "a", id="nothing"),
        pytest.param("a:\n  b: |+\n    x\n\nc: 1\n", "a", id="behind a text that keeps the blank lines at its end"),
        pytest.param("a:\n  ? b\n  : 1\n", "a", id="a key with its mark"),
        pytest.param("a: {b: }\n", "a", id="flow that ends with no value"),
    ],
)  # fmt: skip
def test_nothing_is_put_where_it_would_count_elsewhere_or_not_be_read(text: str, path: str) -> None:
    assert insert_entry(at(tree_of(text), path), "new", "3") is None


def test_an_entry_is_put_behind_a_named_one_and_before_one() -> None:
    text = "a:\n  b: 1 # one\n  # two\n  c: 2\n"
    mapping = at(tree_of(text), "a")
    assert after(text, insert_entry(mapping, "new", "3", after=entry_of(mapping, "b"))) == (
        "a:\n  b: 1 # one\n  new: 3\n  # two\n  c: 2\n"
    )
    assert after(text, insert_entry(mapping, "new", "3", before=entry_of(mapping, "b"))) == (
        "a:\n  new: 3\n  b: 1 # one\n  # two\n  c: 2\n"
    )


def test_an_entry_before_the_first_one_of_an_item_takes_the_dash() -> None:
    text = "- b: 1\n  c: 2\n"
    item = at(tree_of(text), "0")
    assert (
        after(text, insert_entry(item, "new", "3", before=entry_of(item, "b")))
        == "- new: 3\n  b: 1\n  c: 2\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n    b: 1\n", "a:\n    b: 1\n    new:\n        x: 1\n        y:\n            z: 2\n"),
        ("a: {b: 1}\n", "a: {b: 1, new: {x: 1, y: {z: 2}}}\n"),
    ],
)
def test_a_mapping_is_put_in_as_the_file_is_written(text: str, expected: str) -> None:
    edit = insert_entry(at(tree_of(text), "a"), "new", {"x": "1", "y": {"z": "2"}})
    assert after(text, edit) == expected


REMOVALS = {
    "in the midst": ("a: 1\nb: 2\nc: 3\n", "b", "a: 1\nc: 3\n"),
    "the first, with its blank line": ("b: 2\n\nc: 3\n", "b", "c: 3\n"),
    "the first of a document": ("---\nb: 2\nc: 3\n", "b", "---\nc: 3\n"),
    "the last": ("a: 1\nb: 2\n", "b", "a: 1\n"),
    "the last, without a line end": ("a: 1\nb: 2", "b", "a: 1"),
    "with its comments": ("a: 1\n# of b\nb: 2  # two\n# of c\nc: 3\n", "b", "a: 1\n# of c\nc: 3\n"),
    "the comment of the file stays": ("# shop\nb: 2\nc: 3\n", "b", "# shop\nc: 3\n"),
    "the licence stays": ("# licence\n\nb: 2\n\nc: 3\n", "b", "# licence\n\nc: 3\n"),
    "between blank lines": ("a: 1\n\nb: 2\n\nc: 3\n", "b", "a: 1\n\nc: 3\n"),
    "with what is beneath it": ("a: 1\nb:\n  - x\n  # y\n  - z\nc: 3\n", "b", "a: 1\nc: 3\n"),
    "CRLF": ("a: 1\r\nb: 2\r\nc: 3\r\n", "b", "a: 1\r\nc: 3\r\n"),
    "flow": ("{a: 1, b: 2, c: 3}\n", "b", "{a: 1, c: 3}\n"),
    "flow, the last": ("{a: 1, b: 2}\n", "b", "{a: 1}\n"),
}


@pytest.mark.parametrize("case", REMOVALS)
def test_an_entry_is_taken_out(case: str) -> None:
    text, name, expected = REMOVALS[case]
    root = at(tree_of(text), "")
    assert after(text, remove_entry(root, entry_of(root, name))) == expected


def test_the_first_entry_of_an_item_leaves_the_dash() -> None:
    text = "- b: 1\n  c: 2\n"
    item = at(tree_of(text), "0")
    assert after(text, remove_entry(item, entry_of(item, "b"))) == "- c: 2\n"


@pytest.mark.parametrize(
    "text", ["b: 2\n", "b: &x 2\nc: *x\n", "b: {k: &x 2}\nc: *x\n", "{b: 2, # two\n c: 3}\n"]
)
def test_an_only_entry_and_one_that_others_need_stay(text: str) -> None:
    root = at(tree_of(text), "")
    assert remove_entry(root, entry_of(root, "b")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # c\n", "b: 1 # c\n"),
        ('"a": 1\n', '"b": 1\n'),
        ("'a': 1\n", "'b': 1\n"),
        ("a : 1\n", "b : 1\n"),
        ("{a: 1}\n", "{b: 1}\n"),
    ],
)
def test_a_key_is_renamed_in_its_quotes(text: str, expected: str) -> None:
    assert after(text, renamed(entry_of(at(tree_of(text), ""), "a"), "b")) == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("a: x # c\n", "yes", 'a: "yes" # c\n'),
        ("a: x\n", "y-z", "a: y-z\n"),
        ("a: x\n", "30", 'a: "30"\n'),
        ("a: x\nb: '1'\nc: '2'\n", "30", "a: '30'\nb: '1'\nc: '2'\n"),
        ("a: x\n", "v: w", 'a: "v: w"\n'),
        ('a: "x"\n', 'say "y"', 'a: "say \\"y\\""\n'),
        ("a: 'x'\n", "y", "a: 'y'\n"),
        ("a: 'x'\n", "it's", 'a: "it\'s"\n'),
        ("a: x:${T}\n", "y:${T}", "a: y:${T}\n"),
    ],
)
def test_a_text_is_replaced_in_its_style(text: str, word: str, expected: str) -> None:
    assert after(text, replaced(at(tree_of(text), "a"), word)) == expected


@pytest.mark.parametrize("text", ["a: |\n  x\n", "a: >\n  x\n", "a: x\n  y\n", "a: [x]\n"])
def test_a_text_of_several_lines_is_not_replaced(text: str) -> None:
    assert replaced(at(tree_of(text), "a"), "y") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: old:1 # c\n", "a: new:1 # c\n"),
        ('a: "old:1"\n', 'a: "new:1"\n'),
        ("a: |\n  old:1\n", "a: |\n  new:1\n"),
        ("a: '''old'\n", None),
    ],
)
def test_a_part_of_a_text_is_replaced_where_it_is_written_as_it_is_read(
    text: str, expected: str | None
) -> None:
    assert after(text, replaced_part(at(tree_of(text), "a"), 0, 3, "new")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: $X\n", "a: $$X\n"),
        ('a: "\\t$X"\n', 'a: "\\t$$X"\n'),
        ("a: |\n  b\n  $X\n", "a: |\n  b\n  $$X\n"),
        ("a: >\n  b\n  $X\n", "a: >\n  b\n  $$X\n"),
        ("a: 'it''s $X'\n", "a: 'it''s $$X'\n"),
    ],
)
def test_a_dollar_is_put_into_a_text_of_any_style(text: str, expected: str) -> None:
    scalar = at(tree_of(text), "a")
    assert isinstance(scalar, Scalar)
    assert after(text, put_in(scalar, scalar.text.index("$"), "$")) == expected


def test_quotes_are_those_of_the_neighbours_and_else_those_of_the_file() -> None:
    text = 'a: [22:22, \'80:80\']\nb: "x"\nc: "y"\nd: 1:1\n'
    tree = tree_of(text)
    items = at(tree, "a")
    assert isinstance(items, Sequence)
    assert after(text, in_quotes(items.items[0], items.items)) == text.replace("22:22", "'22:22'")
    assert after(text, in_quotes(at(tree, "d"))) == text.replace("1:1", '"1:1"')
    assert in_quotes(items.items[1]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a: ["x", y]\n', 'a: ["CMD", "x", y]\n'),
        ("a: [x]\n", "a: [CMD, x]\n"),
        ("a:\n  - 'x'\n  - y\n", "a:\n  - 'CMD'\n  - 'x'\n  - y\n"),
        ("a:\n-   x # c\n", "a:\n-   CMD\n-   x # c\n"),
    ],
)
def test_a_word_is_put_in_front_of_a_list(text: str, expected: str) -> None:
    assert after(text, put_first(at(tree_of(text), "a"), "CMD")) == expected


LONG_FORMS = {
    "indented": ("on:\n  - db  # d\n  - ui\n", "on:\n  db:  # d\n    k: 1\n  ui:\n    k: 2\n"),
    "unindented": ("on:\n- db\n- ui\nx: 1\n", "on:\n  db:\n    k: 1\n  ui:\n    k: 2\nx: 1\n"),
    "comments between": ("on:\n  # d\n  - db\n\n  # u\n  - ui", "on:\n  # d\n  db:\n    k: 1\n\n  # u\n  ui:\n    k: 2"),
    "CRLF": ("on:\r\n  - db\r\n  - ui\r\n", "on:\r\n  db:\r\n    k: 1\r\n  ui:\r\n    k: 2\r\n"),
    "quotes": ('on:\n  - "db"\n  - ui\n', 'on:\n  "db":\n    k: 1\n  ui:\n    k: 2\n'),
    "flow": ("on: [db, ui] # c\n", "on: # c\n  db:\n    k: 1\n  ui:\n    k: 2\n"),
    "flow over lines": ("on: [\n  db, ui\n]\nx: 1\n", "on:\n  db:\n    k: 1\n  ui:\n    k: 2\nx: 1\n"),
    "wide dashes": ("on:\n  -   db\n  -   ui\n", "on:\n  db:\n    k: 1\n  ui:\n    k: 2\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", LONG_FORMS)
def test_a_list_becomes_a_mapping(case: str) -> None:
    text, expected = LONG_FORMS[case]
    owner = entry_of(at(tree_of(text), ""), "on")
    assert after(text, as_mapping(owner, {"db": {"k": "1"}, "ui": {"k": "2"}})) == expected


def test_a_list_within_a_flow_stays_on_its_line() -> None:
    text = "a: {on: [db]}\n"
    owner = entry_of(at(tree_of(text), "a"), "on")
    assert after(text, as_mapping(owner, {"db": {"k": "1"}})) == "a: {on: {db: {k: 1}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "on: [db, db]\n",
        "on: [&x db]\n",
        "on: &x [db]\n",
        "on: [other]\n",
        "on: [[db]]\n",
        "on: [db, # c\n  ui]\n",
    ],
)
def test_a_list_that_is_more_than_names_stays_one(text: str) -> None:
    owner = entry_of(at(tree_of(text), ""), "on")
    assert as_mapping(owner, {"db": {"k": "1"}, "ui": {"k": "2"}}) is None


def test_indentation_and_line_ends_are_those_of_the_file() -> None:
    assert indent_unit(Source("a", "- x\na:\n    b: 1\n  \n")) == "    "
    assert indent_unit(Source("a", "a: 1\n")) == "  "
    assert [line_end(Source("a", text)) for text in ("a\r\nb\n", "a\nb", "a", "a\rb")] == [
        "\r\n",
        "\n",
        "\n",
        "\r",
    ]
