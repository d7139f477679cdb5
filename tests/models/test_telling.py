"""A name is found in a text as the pattern that says what is meant finds it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.models.telling import tells


@pytest.mark.parametrize("is_set", [True, False])
@given(text=st.text(alphabet="TAG_= é1\n", max_size=30), name=st.sampled_from(["T", "TAG", "A_G"]))
def test_a_name_is_told_where_it_is_no_part_of_another(text: str, name: str, is_set: bool) -> None:
    rest = "=" if is_set else r"(?![A-Za-z0-9_])"
    expected = re.search(rf"(?<![A-Za-z0-9_]){name}{rest}", text) is not None
    assert tells(text, name, is_set=is_set) is expected
