"""What is found quickly about the places of a file is what the plain way finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.models.fits import Fits
from lading.models.github_shape import misfits_of
from lading.parse import Reader
from lading.source import Source
from lading.tree import Mapping


def _starts(text: str) -> list[int]:
    """Where lines start, letter by letter: behind LF, CRLF and a lone CR."""
    ends = [at for at, letter in enumerate(text) if letter == "\n" or text[at : at + 2] == "\r"]
    ends += [
        at for at, letter in enumerate(text) if letter == "\r" and text[at + 1 : at + 2] not in ("\n", "")
    ]
    return [0, *sorted(at + 1 for at in ends)]


@given(st.text("ab \n\r\v\f\x1c\x85\u2028", max_size=30))
@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r"])
def test_every_place_has_the_line_that_counting_gives(end: str, text: str) -> None:
    text += end
    starts = _starts(text)
    source = Source("a.yml", text)
    for at in range(len(text) + 1):
        line = sum(start <= at for start in starts)
        assert (line, at - starts[line - 1] + 1) == source.place(at)
    assert len(starts) == source.line_count


@pytest.mark.parametrize(
    "step",
    [
        "{run: make, name: Build}",
        "{run: make, id: [a]}",
        "{run: make, shell: 1, unknown: 2}",
        "{run: make, env: {A: 1, B: ~}}",
        "{run: make, env: {A: 1, a: 2}}",
        "{run: make, env: {A: [1]}}",
        "{run: make, env: {[a]: 1}}",
        "{run: make, run: make}",
        "{name: Build}",
        "{? &key run : make, name: *key }",
        "{}",
    ],
)
def test_the_quick_test_of_a_step_says_what_the_whole_one_says(step: str) -> None:
    job = f"{{runs-on: ubuntu-24.04, steps: [{{run: make}}, {step}]}}"
    root = Reader().read(Source("ci.yml", f"{{on: push, jobs: {{a: {job}}}}}\n")).root
    assert isinstance(root, Mapping)
    fits = Fits("workflow")
    expected = not misfits_of(root, "workflow")
    assert [expected, expected] == [fits(root), fits(root)]
