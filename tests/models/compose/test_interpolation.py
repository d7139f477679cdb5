"""`$NAME` and `${NAME…}`: A is `va`, E is empty, U is set nowhere."""

from __future__ import annotations

import pytest

from lading.models.compose.interpolation import Environment, InvalidFormat, all_names, interpolate, parse
from lading.models.template import Hole, Template

SET = Environment({"A": Template.of("va"), "B": Template.of("vb"), "E": Template.of("")})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A-x", "va-x"),
        ("${A}", "va"),
        ("${E:+r}", ""),
        ("${E+r}", "r"),
        ("${E:-d}", "d"),
        ("${E-d}", ""),
        ("${A:?m}", "va"),
        ("${E?m}", ""),
        ("$$A", "$A"),
        ("$${A}", "${A}"),
        ("$1", "$1"),
        ("100%$", "100%$"),
        ("$-x", "$-x"),
        ("$Á", "$Á"),
    ],
)
def test_what_is_set_is_known(text: str, value: str) -> None:
    assert interpolate(text, SET) == Template.of(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${U:-d}", "d"),
        ("${U-d}", "d"),
        ("${U:+r}", ""),
        ("${U:-${A}}", "va"),
        ("${U:-a}b}", "ab}"),
        ("${U-a:-b}", "a:-b"),
        ('${U:-{"k":"v"}}', '{"k":"v"}'),
    ],
)
def test_a_default_holds_unless_the_variable_is_set(text: str, value: str) -> None:
    assert interpolate(text, SET) == Template((value,), ("unless `U` is set",))


def test_a_default_within_a_default_has_both_conditions() -> None:
    expected = Template(("deep",), ("unless `U` is set", "unless `V` is set"))
    assert interpolate("${U:-${V:-deep}}", SET) == expected


def test_a_variable_without_a_value_is_a_hole() -> None:
    expected = Template(("app:", Hole("${U}", "`U` is set nowhere in the repository")))
    assert interpolate("app:${U}", SET) == expected


def test_a_required_variable_without_a_value_is_a_hole() -> None:
    expected = Template((Hole("${U:?set it}", "`U` is required, and set nowhere in the repository"),))
    assert interpolate("${U:?set it}", SET) == expected


@pytest.mark.parametrize("text", ["${1}", "${}", "${A", "${A!}", "${A/x/y}", "${A.b}", "${-x}", "${A:=x}"])
def test_any_other_brace_is_invalid(text: str) -> None:
    with pytest.raises(InvalidFormat) as caught:
        parse("ab" + text)
    assert caught.value.start == 2


def test_names_in_words_are_found() -> None:
    assert list(all_names("$A ${B:-${C}} $$D")) == ["A", "B", "C"]


def test_defaults_nested_without_end_are_left_as_a_hole() -> None:
    found = interpolate("${U:-" * 300 + "x" + "}" * 300, SET)
    assert found.reasons == ("the defaults are nested too deep",)
