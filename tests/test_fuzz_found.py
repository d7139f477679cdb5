"""Inputs that the fuzzer found, made small: each broke a promise of its target once."""

from __future__ import annotations

import time

import pytest

from tests.test_properties import FUZZ


@pytest.mark.parametrize(
    ("target", "text"),
    [
        pytest.param("yaml", "&-\x85\x85-", id="an anchor whose line NEL ends, before an item of nothing"),
        pytest.param("yaml", "a: &x\u2028 - b\n", id="an anchor whose line LS ends"),
        pytest.param("yaml", "!!map\u2029 a: b", id="a tag whose line PS ends"),
        pytest.param("yaml", "- &a !b # c\x85\n- d", id="a comment that NEL ends behind properties"),
        pytest.param(
            "session",
            "=== compose.yaml\nservices:\n  api:\n    extends:\n      file: base.yaml\n      sÉrvice: api\n"
            "=== base.yaml\nservices:1  api:\n      file: base.yaml\n    image: shop\n",
            id="a fix that draws in a broken file",
        ),
        pytest.param(
            "expression", "&&".join(["put"] * 3_500), id="an expression that is too long with blanks"
        ),
    ],
)
def test_what_the_fuzzer_found_is_mended(target: str, text: str) -> None:
    FUZZ.TARGETS[target](text)


def test_white_space_after_a_mistake_in_a_bake_file_is_read_once() -> None:
    mistake = '{"group": {"defaul' + "&a [" * 40 + 't": {"a": ["b"],'
    started = time.process_time()
    FUZZ.TARGETS["bake"](mistake + "\n" * 60_000 + "&a")
    assert time.process_time() - started < 4  # took a minute


def test_a_long_stretch_of_spaces_in_a_makefile_is_cut_in_one_way() -> None:
    started = time.process_time()
    FUZZ.TARGETS["makefile"]("push: build" + " " * 9_000 + "x = y\n\tdocker build .\n")
    FUZZ.TARGETS["makefile"]("a" + " " * 9_000 + ":" + " " * 900 + "b c = d\n")
    assert time.process_time() - started < 4  # took minutes


def test_the_reference_is_not_asked_about_brackets_in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at all that are open at each word: four texts of 4 kB took 2 s."""
    from lading import parse
    from lading.source import Source

    def asked() -> object:
        raise AssertionError("the reference is asked")

    monkeypatch.setattr(parse, "reference_parser", asked)
    tree = parse.Reader().read(Source("a.yaml", "b: %\na: " + "[x, " * 101))
    assert [each.kind for each in tree.troubles] == ["syntax-error"]
    with pytest.raises(AssertionError):
        parse.Reader().read(Source("a.yaml", "a: [x, [y]\nb: %\n"))
