"""What is remembered without functools is what functools remembers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from lading.memory import remembered


@pytest.mark.parametrize("remember", [remembered, functools.lru_cache], ids=["ours", "functools"])
def test_the_last_results_are_kept(remember: Callable[[int], Any]) -> None:
    asked: list[tuple[int, int]] = []

    @remember(2)  # type: ignore[untyped-decorator]
    def added(one: int, other: int = 1) -> int:
        """Adds."""
        asked.append((one, other))
        return one + other

    assert [added(1), added(1), added(2), added(1), added(3), added(2), added(1, other=1)] == [
        2,
        2,
        3,
        2,
        4,
        3,
        2,
    ]
    assert asked == [(1, 1), (2, 1), (3, 1), (2, 1), (1, 1)]


def test_what_raises_is_not_kept() -> None:
    calls = []

    @remembered(2)
    def broken(text: str) -> None:
        calls.append(text)
        raise ValueError(text)

    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            broken("a")
    assert calls == ["a", "a"]
