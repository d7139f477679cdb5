"""Names that may have been meant."""

from __future__ import annotations

from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.words import is_one_slip, nearest


@pytest.mark.parametrize(
    ("name", "meant", "expected"),
    [
        pytest.param("runn", "run", True, id="a letter too many"),
        pytest.param("stps", "steps", True, id="a letter too few"),
        pytest.param("setps", "steps", True, id="two letters exchanged"),
        pytest.param("wain", "wait", False, id="a wrong letter in a short name"),
        pytest.param("serviced", "services", True, id="a wrong letter in a long one"),
        pytest.param("Timeout_Minutes", "timeout-minutes", True, id="capitals and underscores"),
        pytest.param("step", "steps", True, id="the plural"),
        pytest.param("run", "run", True, id="the same"),
        pytest.param("cache", "cancel", False, id="two slips"),
        pytest.param("user", "uses", False, id="another word"),
        pytest.param("", "on", False, id="nothing"),
    ],
)
def test_one_slip(name: str, meant: str, expected: bool) -> None:
    assert is_one_slip(name, meant) is expected


_NAMES = st.text("abcdé", max_size=12)


@given(_NAMES, st.lists(_NAMES, max_size=6), st.sampled_from((0.6, 0.7, 0.75, 0.8)))
def test_the_nearest_is_what_the_library_takes_for_it(
    name: str, candidates: list[str], likeness: float
) -> None:
    found = get_close_matches(name, candidates, 1, likeness)
    assert nearest(name, candidates, likeness) == (found[0] if found else None)


@given(
    st.text("ab-x", max_size=40),
    st.lists(st.text("ab-x", max_size=40) | st.text("ab", min_size=190), max_size=3),
)
def test_the_nearest_of_long_names_is_what_the_library_takes_for_it(name: str, candidates: list[str]) -> None:
    """The library passes over frequent letters from 200 on."""
    for each in (name, *candidates):
        found = get_close_matches(each, candidates, 1, 0.6)
        assert nearest(each, candidates, 0.6) == (found[0] if found else None)


def test_none_is_sought_among_very_many() -> None:
    assert nearest("web", ["web"] * 200) == "web"
    assert nearest("web", ["web"] * 201) is None
    assert nearest("web", ["web"] * 201, most=201) == "web"
