"""Names that may have been meant."""

from __future__ import annotations

import pytest

from lading.words import is_one_slip


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
