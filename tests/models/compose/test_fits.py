"""The quick test of a Compose model says no exactly where `Shape` finds something, and finding is the same with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.catalogue import cards_in, read_card
from lading.models.compose.fits import Fits
from lading.models.compose.interpolation import Environment
from lading.models.compose.shape import ComposeView, misfits
from lading.models.compose.values import Builder, Map, Origin
from lading.parse import Reader
from lading.shape import Shape
from lading.source import Source
from lading.tables.compose_shape import DEFINITIONS, ROOT
from lading.tree import Mapping, Node, Scalar, Sequence
from tests.support import ROOT as FOLDER

FITS = Fits()
INSTEAD = (
    "",
    "1",
    "1.5",
    "true",
    "[]",
    "{}",
    "[1, 1]",
    "{x: 1}",
    "'x'",
    "${X}",
    "${X:-1}",
    "!reset null",
    "x y",
    "-1",
)


def texts() -> Iterator[str]:
    for id, path_of_card in cards_in(str(FOLDER / "rules")):
        for examples in read_card(path_of_card, id)["examples"].values():
            for example in examples:
                for path, text in example["files"].items():
                    if "compose" in Path(path).name and path.endswith((".yml", ".yaml")):
                        yield text


def model(text: str) -> Map | None:
    tree = Reader().read(Source("compose.yaml", text))
    if not isinstance(tree.root, Mapping):
        return None
    value = Builder(tree).build(tree.root, Origin(Environment(), ""))
    return value if isinstance(value, Map) else None


def scalars(node: Node) -> Iterator[Node]:
    """What can be replaced: every value and key."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            waiting += [part for entry in each.entries for part in (entry.key, entry.value)]
        elif isinstance(each, Sequence):
            waiting += each.items
        if isinstance(each, Scalar) or (isinstance(each, Sequence) and each.items):
            yield each


def changed(text: str) -> Iterator[str]:
    """The text, and what it becomes with another value at a quarter of the places."""
    yield text
    root = Reader().read(Source("compose.yaml", text)).root
    for number, node in enumerate(scalars(root) if root is not None else ()):
        if (number + len(text)) % 4 == 0:
            new = INSTEAD[(number * 3 + len(text)) % len(INSTEAD)]
            yield text[: node.start] + new + text[node.end :]


ALL = sorted(set(texts()))


@pytest.mark.parametrize("part", range(4))
def test_the_quick_test_agrees(part: int) -> None:
    said = set()
    for text in ALL[part::4]:
        for each in changed(text):
            value = model(each)
            if value is not None:
                FITS.forget()
                found = list(Shape(ROOT, DEFINITIONS, ComposeView()).misfits(value))
                assert FITS(value, ROOT) is not bool(found), each
                said.add(bool(found))
    assert said == {True, False}


def test_the_same_is_found_with_it() -> None:
    for text in ALL:
        for each in list(changed(text))[::7]:
            value = model(each)
            if value is not None:
                FITS.forget()
                with_it = [(m.kind, m.path, m.message) for m in misfits((value,), (value,), FITS)]
                assert with_it == [(m.kind, m.path, m.message) for m in misfits((value,), (value,))]
