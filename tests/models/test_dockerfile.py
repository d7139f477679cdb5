"""Stages and their HEALTHCHECK."""

from __future__ import annotations

import pytest

from lading.models.dockerfile import read_dockerfile
from lading.models.template import Hole, Template
from lading.source import Source


def health(text: str, target: str | None = None, **arguments: str) -> tuple[str, int]:
    given = {name: Template.of(value) for name, value in arguments.items()}
    found = read_dockerfile(Source("Dockerfile", text), given).health(target)
    return found.state, found.line


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("FROM a\nHEALTHCHECK CMD x", None, ("present", 2)),
        ("FROM a\nHEALTHCHECK CMD x\nHEALTHCHECK NONE", None, ("absent", 3)),
        ("FROM a\nHEALTHCHECK --interval=5s \\\n  CMD x\nCMD y", None, ("present", 2)),
        ("FROM a AS b\nHEALTHCHECK CMD x\nFROM B", None, ("present", 2)),
        ("FROM a AS b\nHEALTHCHECK CMD x\nFROM c", None, ("inherited", 3)),
        ("FROM a AS b\nHEALTHCHECK CMD x\nFROM c", "B", ("present", 2)),
        ("FROM a AS b\nHEALTHCHECK CMD x\nFROM c", "0", ("present", 2)),
        ("FROM a AS b", "x", ("unknown", 1)),
        ("FROM scratch", None, ("absent", 1)),
        ("from a\nhealthcheck none", None, ("absent", 2)),
        ("# FROM x\nRUN x", None, ("unknown", 1)),
        ("FROM a\nRUN <<EOF\nHEALTHCHECK CMD x\nFROM b\nEOF\n", None, ("inherited", 1)),
        ("FROM a\r\nHEALTHCHECK CMD x\r\n", None, ("present", 2)),
    ],
)
def test_the_nearest_instruction_of_the_chain_decides(
    text: str, target: str | None, expected: tuple[str, int]
) -> None:
    assert health(text, target) == expected


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("ARG V=17\nFROM postgres:$V", Template.of("postgres:17")),
        ("ARG V\nFROM postgres:${V:-16}", Template(("postgres:16",), ("unless `V` is set",))),
        ("ARG A=1 B='x'\nFROM r/$B:${A}", Template.of("r/x:1")),
        ("FROM --platform=$BUILDPLATFORM node:24 AS build", Template.of("node:24")),
        ("FROM $BASE", Template((Hole("$BASE", "the build argument in `$BASE` has no value here"),))),
    ],
)
def test_arguments_are_put_into_the_base(text: str, image: Template) -> None:
    (stage,) = read_dockerfile(Source("Dockerfile", text)).stages
    assert stage.image == image


def test_a_given_argument_wins_over_its_default() -> None:
    given = {"V": Template.of("18")}
    (stage,) = read_dockerfile(Source("Dockerfile", "ARG V=17\nFROM postgres:$V"), given).stages
    assert stage.image == Template.of("postgres:18")


@pytest.mark.parametrize(
    "text", ["", "\\", "FROM", "FROM \\", "\x00\ufffd", "ARG", "ARG =\nFROM a b c d", "<<EOF"]
)
def test_no_text_makes_it_fail(text: str) -> None:
    read_dockerfile(Source("Dockerfile", text)).health("x")
