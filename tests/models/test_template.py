"""Partly known strings, and the choices of their holes."""

from __future__ import annotations

import pytest

from lading.models.template import Hole, Template, among

LATEST = Template.of("ghcr.io/acme/shop:latest")
EDGE = Template.of("ghcr.io/acme/shop:edge")
API = Template.of("ghcr.io/acme/api")
NOTHING = Template(())


def choice(*texts: str) -> Hole:
    return Hole("${{ x }}", "x", tuple(map(Template.of, texts)))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param((LATEST,), LATEST, id="one"),
        pytest.param((LATEST, LATEST), LATEST, id="the same twice"),
        pytest.param(
            (LATEST, EDGE),
            Template(("ghcr.io/acme/shop:", choice("latest", "edge"))),
            id="two tags of one name",
        ),
        pytest.param(
            (API, LATEST),
            Template(("ghcr.io/acme/", choice("api", "shop:latest"))),
            id="names are not cut within a word",
        ),
        pytest.param(
            (Template.of("a/x:1"), Template.of("b/y:1")),
            Template((choice("a/x", "b/y"), ":1")),
            id="a common end",
        ),
        pytest.param(
            (LATEST, NOTHING),
            Template((choice("ghcr.io/acme/shop:latest", ""),)),
            id="nothing is in common with nothing",
        ),
        pytest.param(
            (Template.of("main"), Template.of("mail")), Template((choice("main", "mail"),)), id="words"
        ),
    ],
)
def test_one_of_several_texts(texts: tuple[Template, ...], expected: Template) -> None:
    assert expected == among(texts, "${{ x }}", "x")


def test_texts_under_conditions_have_no_part_in_common() -> None:
    under = Template(("ghcr.io/acme/shop:1",), ("unless `A` is set",))
    expected = Template((Hole("${{ x }}", "x", (under, LATEST)),))
    assert expected == among((under, LATEST), "${{ x }}", "x")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param(LATEST, (LATEST,), id="a literal"),
        pytest.param(Template((Hole("x", "x"),)), (Template((Hole("x", "x"),)),), id="a hole"),
        pytest.param(
            Template(("a:", choice("1", "2"))), (Template.of("a:1"), Template.of("a:2")), id="a choice"
        ),
        pytest.param(
            Template((choice("1", "2"), "-", choice("1", "2"))),
            (Template.of("1-1"), Template.of("2-2")),
            id="the same choice twice",
        ),
        pytest.param(
            Template((choice("1", "2"), choice("3", "4"))),
            tuple(map(Template.of, ("13", "14", "23", "24"))),
            id="two choices",
        ),
    ],
)
def test_variants(template: Template, expected: tuple[Template, ...]) -> None:
    assert expected == template.variants


def test_variants_keep_the_conditions() -> None:
    template = Template((choice("1", "2"),), ("unless `A` is set",))
    expected = tuple(Template((text,), ("unless `A` is set",)) for text in "12")
    assert expected == template.variants


def test_a_choice_has_no_choices_in_it() -> None:
    nested = Template(("a:", choice("1", "2")))
    expected = Template((Hole("${{ x }}", "x", (Template(("a:", Hole("${{ x }}", "x"))), LATEST)),))
    assert expected == among((nested, LATEST), "${{ x }}", "x")


def test_too_many_variants_stay_one() -> None:
    template = Template(Hole(str(n), "x", (Template.of("a"), Template.of("b"))) for n in range(5))
    assert (template,) == template.variants


def test_a_change_of_letters_reaches_the_choices() -> None:
    assert Template(("a:", choice("x", "y"))) == Template(("A:", choice("X", "Y"))).map(str.lower)
