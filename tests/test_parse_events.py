"""While a text is parsed, calls stand for PyYAML's classes of events; nobody else sees them, and trees know their keys."""

from __future__ import annotations

import threading

import pytest
import yaml

from lading import events
from lading.events import fast_parser, reference_parser
from lading.parse import Reader
from lading.source import Source
from tests.support import ROOT

READERS = [pytest.param(fast_parser(), id="libyaml"), pytest.param(reference_parser(), id="ruamel.yaml")]


@pytest.mark.parametrize(
    "text", ["a: [1, *b]\n", "a: [1\n", "a: &b [1, 2]\n", "[" * 200], ids=["alias", "open", "sound", "deep"]
)
def test_others_are_given_events_whatever_a_text_was(text: str) -> None:
    Reader(fast_parser()).read(Source("a.yaml", text))
    found = [type(event).__name__ for event in yaml.parse("a: 1\n", Loader=yaml.CSafeLoader)]
    assert found == [
        "StreamStartEvent", "DocumentStartEvent", "MappingStartEvent", "ScalarEvent", "ScalarEvent",
        "MappingEndEvent", "DocumentEndEvent", "StreamEndEvent",
    ]  # fmt: skip


@pytest.mark.parametrize("parser", READERS)
@pytest.mark.parametrize(
    ("text", "keys", "is_escaped"),
    [
        ("a: {b: c}\nd:\n  - e: f\n", {"a", "b", "d", "e"}, False),
        ("a: 1\na: 2\n? [x, y]\n: z\n", {"a"}, False),
        ("a: &n b\n*n : c\n", {"a", "b"}, False),
        ('"a\\x62": c\n', {"ab"}, True),
        ("a: 'b\\x62'\n", {"a"}, False),
        ("a: |\n  b \\\n  c\n", {"a"}, False),
        ("a: !!binary aGVsbG8=\n", {"a"}, True),
    ],
    ids=["nested", "twice, and no text", "an alias", "escape in a key", "single quotes", "block", "binary"],
)
def test_a_tree_knows_its_keys(parser: object, text: str, keys: set[str], is_escaped: bool) -> None:
    tree = Reader(parser).read(Source("a.yaml", text))  # type: ignore[arg-type]
    assert (set(tree.keys), tree.is_escaped) == (keys, is_escaped)


@pytest.mark.parametrize(
    ("words", "may"),
    [
        (("needs:",), True),
        (("need:",), False),
        (("build",), True),
        (("push", "needs:"), True),
        (("push",), False),
    ],
)
def test_a_tree_may_say_a_word_or_have_a_key(words: tuple[str, ...], may: bool) -> None:
    tree = Reader().read(Source("a.yaml", "a:\n  'needs' : build\n"))
    assert tree.may_say(words) is may


SOUND = (
    "%YAML 1.1\n--- &a !!str\nx\n--- {b: [!t c, 'd'], &e f: *e}\n...\n---\n- |\n  g\n- ? h\n  : \"\\x69\"\n"
)
FILES = sorted(path for path in (ROOT / "examples").rglob("*.y*ml"))


@pytest.mark.parametrize("text", [SOUND, "a: *b\n", "a: [", *(path.read_text() for path in FILES)])
def test_events_are_the_same_called_or_asked(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = []
    for alone in (True, False):
        monkeypatch.setattr(events, "is_alone", lambda alone=alone: alone)
        tree = Reader().read(Source("a.yaml", text))
        trees.append(([*map(shown, tree.documents)], [str(trouble.message) for trouble in tree.troubles]))
    assert trees[0] == trees[1]


def shown(node: object) -> object:
    """A node with all that it holds."""
    names = (name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ()))
    held = {name: getattr(node, name) for name in names if name not in ("source", "names", "target")}
    return {
        name: [shown(each) for each in value] if isinstance(value, list) else
        shown(value) if hasattr(value, "__slots__") else value
        for name, value in held.items()
    }  # fmt: skip


def test_beside_another_thread_the_classes_of_events_stay() -> None:
    waits = threading.Event()
    thread = threading.Thread(target=waits.wait)
    thread.start()
    assert not events.is_alone()
    waits.set()
    thread.join()
