"""The quick look at workflows before they are given to several processes sees what a look at every line sees."""

from __future__ import annotations

import pytest

from lading.parallel import _lines_with

TEXTS = (
    "",
    "release",
    "on: release\r\n\r\nname: releases of release\n",
    "a: release\rb: none\rc: release",
    "one\u2028release two\x0brelease\x0cthree\n\n\nrelease\n",
    "release\nrelease\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_lines_with_a_word_are_those_of_splitlines(text: str) -> None:
    assert [line for line in text.splitlines() if "release" in line] == list(_lines_with("release", text))
