"""Tags before texts: what Docker Compose 2.40 makes of each (run), and that none hides an image from a policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.events import reference_parser
from lading.models.compose.scalars import misread, typed
from lading.parse import Reader, binary_text
from lading.source import Source
from lading.tree import Mapping, Scalar
from tests.support import found, outcome_of, write_files


def scalar_of(written: str, is_reference: bool = False) -> Scalar:
    root = Reader(reference_parser() if is_reference else None).read(Source("a.yaml", f"a: {written}\n")).root
    assert isinstance(root, Mapping)
    value = root.get("a")
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!!str 12", "12"),
        ("!!str true", "true"),
        ("! 12", 12),
        ("! 010", 8),
        ('! "12"', "12"),
        ("! ~", None),
        ("!local 12", "12"),
        ("!local true", "true"),
        ('!local "12"', "12"),
        ("!!set abc", "abc"),
        ("!!int 12", 12),
        ('!!int "010"', 8),
        ('!!float "3"', 3.0),
        ('!!bool "true"', True),
        ('!!null ""', None),
        ("!!null ~", None),
        ("!!binary aGVsbG8=", "hello"),
        ('!!binary "aGVsbG8="', "hello"),
        ("!<tag:yaml.org,2002:binary> aGVsbG8=", "hello"),
        ("!<!binary> aGVsbG8=", "aGVsbG8="),
        ("!!binary |\n  aGVs\n  bG8=\n", "hello"),
        ("!!binary ''", ""),
        ("!!binary ////", "\ufffd\ufffd\ufffd"),
    ],
)
@pytest.mark.parametrize("is_reference", [False, True])
def test_a_text_with_a_tag_is_what_compose_reads(written: str, expected: object, is_reference: bool) -> None:
    scalar = scalar_of(written, is_reference)
    assert (typed(scalar), type(typed(scalar)), misread(scalar)) == (expected, type(expected), None)


@pytest.mark.parametrize(
    "written",
    ["!!int abc", "!!int true", "!!bool yes", "!!bool 1", "!!null abc", "!!float x", "!!int |\n      12\n", "!!binary aGVsbG8", '!!binary "aGVs bG8="', "!!binary =", "!!binary é"],
)  # fmt: skip
def test_what_does_not_fit_its_tag_stops_compose(written: str, tmp_path: Path) -> None:
    assert misread(scalar_of(written)) is not None
    text = f"services:\n  api:\n    image: acme/shop:1\n    hostname: {written.rstrip().replace('  12', '        12')}\n"
    findings = found(outcome_of(write_files(tmp_path, {"compose.yaml": text})))
    assert ("compose/invalid-tag", "error") in {(rule, level) for rule, _, _, level in findings}


@pytest.mark.parametrize("text", ["aGVsbG8", "a", "====", "aGVs bG8=", "aGVsbG8=aGVsbG8=", "é", "aGVs-_8="])
def test_what_go_refuses_as_base64_is_none(text: str) -> None:
    assert binary_text(text) is None


@pytest.mark.parametrize(
    "service",
    [
        "{image: !!binary bmdpbng6MQ==}",
        "{!!binary aW1hZ2U=: nginx:1}",
        "{image: !<tag:yaml.org,2002:binary> bmdpbng6MQ==}",
        "{image: !!str nginx:1}",
        "{image: !local nginx:1}",
        "{!local image: nginx:1}",
        "{! <<: {image: nginx:1}}",
        "{!!merge <<: {image: nginx:1}}",
    ],
)
def test_no_tag_hides_an_image_from_a_policy(service: str, tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "shop/compose.yaml": f"services:\n  api: {service}\n",
            "policy.yaml": "images:\n  allow: [ghcr.io/acme/*]\n",
        },
    )
    outcome = outcome_of(tmp_path / "shop", policy_path=str(tmp_path / "policy.yaml"))
    assert found(outcome) == [("image/disallowed-name", "compose.yaml", 2, "error")]


@pytest.mark.parametrize("key", ['"<<"', "!!str <<", "!local <<", "!!binary PDw="])
def test_a_merge_key_that_is_a_text_merges_nothing(key: str, tmp_path: Path) -> None:
    text = f"services:\n  api:\n    image: acme/shop:1\n    {key}: {{hostname: a}}\n"
    findings = found(outcome_of(write_files(tmp_path, {"compose.yaml": text})))
    assert [(rule, line) for rule, _, line, level in findings if level == "error"] == [
        ("compose/unknown-key", 4)
    ]
