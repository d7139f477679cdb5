"""What is looked at for the sake of speed alone says what the plain way says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lading.checks.hashes import _EITHER, _ESCAPED, _PLAIN
from lading.checks.mends import _may_comment_on
from lading.checks.releases import _is_date, _may_date
from lading.files import Files
from lading.models.compose.cycles import _groups, _perhaps_in_circles
from lading.models.compose.documents import _ODD_REFERENCE, faults
from lading.models.compose.forms import command_line, is_ip_address
from lading.models.compose.glance import may_state
from lading.models.compose.interpolation import InvalidFormat, parse
from lading.models.compose.ports import may_clash, published_ports
from lading.models.compose.projects import project_of
from lading.parse import Reader
from lading.source import Source
from lading.texts import Texts
from lading.tree import Mapping, Node, Scalar, Sequence
from lading.words import has_word
from tests.test_composed import COMPOSER

_PIECES = (
    "$",
    "{",
    "}",
    "A",
    ":-",
    "-",
    "?",
    " ",
    "'",
    '"',
    "#",
    ",",
    ":",
    "\n  ",
    "x",
    "1",
    "\\x24",
    "!!binary ",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=12))
@example(["\n  ", "$", "{", ":"])
def test_no_odd_reference_is_passed_over(pieces: list[str]) -> None:
    source = Source("compose.yaml", "a:\n  b: " + "".join(pieces) + "\n")
    tree = Reader().read(source)
    odd = [each for each in faults(tree, set()) if each.kind == "invalid-interpolation"]
    expected = [
        text for root in tree.documents for text in _values(root) if "${" in text and not _is_right(text)
    ]
    assert bool(odd) == bool(expected)


def _values(node: Node) -> Iterator[str]:
    """Every text that is no key: those Compose leaves as they are."""
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _values(item)
    elif isinstance(node, Mapping):
        for entry in node:
            yield from _values(entry.value)


def _is_right(text: str) -> bool:
    try:
        parse(text)
    except InvalidFormat:
        return False
    return True


@pytest.mark.parametrize("text", ["'${A:-x' # }", "${A:-x # }", "${A", "${1}", "a ${A:-${B}} ${"])
def test_a_reference_that_goes_on_behind_its_text_is_looked_at(text: str) -> None:
    assert _ODD_REFERENCE.search(text) is not None


def test_the_keys_and_tags_of_a_file_are_told() -> None:
    text = "a: {b: 1}\nc: !reset {d: &x {e: 2}}\nf: !override [{g: 3}]\n? h\n: *x\n"
    said: set[str] = set()
    assert not list(faults(Reader().read(Source("compose.yaml", text)), said))
    assert said == {*"abcdefgh", "!reset", "!override"}


_KEYS = (
    "a",
    "networks",
    "true",
    "null",
    "'null'",
    "1",
    "'1'",
    "~",
    "<<",
    "-x",
    ".5",
    "2024-01-01",
    "no",
    "None",
)


@given(
    st.lists(st.sampled_from(_KEYS), max_size=4),
    st.sampled_from(("1", "{b: 2}", "'${A:-x}'", "'${A'", "[{d: 1}]")),
)
def test_what_a_plain_file_is_spared_would_find_nothing(keys: list[str], value: str) -> None:
    text = "".join(f"{key}: {{c: {{{key}: {value}}}}}\n" for key in keys)
    tree = COMPOSER.read(Source("compose.yaml", text))
    assert tree is not None or len({key.strip("'") for key in keys}) < len(keys)
    found = []
    for is_plain in (True, False) if tree is not None else ():
        assert tree is not None
        tree.is_plain, said = is_plain, set[str]()
        found.append(([(each.kind, each.message) for each in faults(tree, said)], said))
    assert found[:1] == found[1:]


_NAMES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(_NAMES, _NAMES), max_size=12))
def test_no_circle_is_among_what_is_left_out(pairs: list[tuple[str, str]]) -> None:
    needs = {name: sorted({target for each, target in pairs if each == name}) for name in "abcdef"}
    lines = [f"  {name}: {{image: x, depends_on: [{', '.join(targets)}]}}" for name, targets in needs.items()]
    files = Files("/nowhere", {"compose.yaml": "\n".join(("services:", *lines)).encode()})
    edges = list(project_of(("compose.yaml",), Texts(files, Reader()), {}).dependencies)
    left = _perhaps_in_circles(edges)
    by_name = {name: [edge for edge in edges if edge.service.name == name] for name in needs}
    groups = _groups(by_name)
    assert all(edge in left for edge in edges if groups[edge.service.name] == groups[edge.target_name])


@given(st.lists(st.sampled_from(("$", "$$", "apr1", "2y", "1", "-x9", "sha512", "a")), max_size=8))
def test_a_file_without_a_sign_of_a_hash_holds_none(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert _EITHER.search(text) or not (_PLAIN.search(text) or _ESCAPED.search(text))


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("docker compose -f a.yml up", True),
        ("docker Compose --file=a.yml", True),
        ("-f compose.yml", True),
        ("compose x-f y", False),
        ("compose (-f y)", True),
        ("compose\n-f y", True),
        ("COMPOSE_FILE=a.yml", True),
        ('{"dockerComposeFile": "a.yml"}', True),
        ("docker run -f a", False),
    ],
)
def test_a_text_may_state_what_it_names_with_an_option(text: str, states: bool) -> None:
    assert may_state(text) is states


_PORTS = (
    "80",
    "80:80",
    "080:80",
    "80:81/udp",
    "81:80",
    "[::1]:80:80",
    "1.2.3.4:80:80",
    "79-81:79-81",
    "${A:-80}:1",
    "x:80",
)


@given(
    st.lists(st.sampled_from((*_PORTS, "{target: 80, published: 80}", "{target: 80}")), max_size=4),
    st.lists(st.sampled_from(_PORTS), max_size=3),
)
def test_ports_with_one_number_are_not_passed_over(one: list[str], other: list[str]) -> None:
    lists = (
        ", ".join(each if each.startswith("{") else f"'{each}'" for each in given) for given in (one, other)
    )
    services = (f"  {name}: {{image: x, ports: [{ports}]}}" for name, ports in zip("ab", lists, strict=True))
    files = Files("/nowhere", {"compose.yaml": "\n".join(("services:", *services)).encode()})
    project = project_of(("compose.yaml",), Texts(files, Reader()), {})
    numbers = [port.number for service in project.services.values() for port in published_ports(service)]
    assert may_clash(project.services.values()) or len(set(numbers)) == len(numbers)


@given(
    st.lists(
        st.sampled_from(("0", "00", "1", "9", "25", "4", "5", "6", ".", ":", "a", "٣", "%", "\n")),
        max_size=16,
    )
)
def test_an_address_is_one_for_the_library_too(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        ip_address(text)
    except ValueError:
        assert not is_ip_address(text)
    else:
        assert is_ip_address(text) is ("%" not in text)


@given(st.lists(st.sampled_from(("a", "b", " ", "#", ": ", "\n", "\r", "'", "- ")), max_size=20))
def test_a_comment_that_says_a_name_is_looked_at(pieces: list[str]) -> None:
    tree = Reader().read(Source("compose.yaml", "".join(pieces)))
    said = [comment.text for comment in tree.comments()]
    assert _may_comment_on("a", tree.source.text) or not any(has_word("a", text) for text in said)


@given(st.sampled_from(("a", "ab", "a.b", "")), st.text("ab-_. é", max_size=9))
def test_a_word_is_what_a_pattern_takes_for_one(word: str, text: str) -> None:
    pattern = rf"(?<![\w-]){re.escape(word)}(?![\w-])"
    assert has_word(word, text) is (re.search(pattern, text) is not None)


@given(
    st.lists(
        st.sampled_from(
            (
                *(
                    "2024-1-2",
                    "2024-01-02T03:04:05Z",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    ":",
                    " ",
                    "\n",
                    "-",
                    "'a'",
                    "#",
                ),
                *("\n  c: ", "\r  d: ", "\u2028  e: ", "\n# ", "\t"),
            )
        ),
        max_size=10,
    )
)
def test_no_date_is_passed_over(pieces: list[str]) -> None:
    source = Source("compose.yaml", "a:\n  b: " + "".join(pieces) + "\n")
    tree = Reader().read(source)
    dates = [scalar for scalar in tree.scalars() if _is_date(scalar)]
    assert _may_date(source.text) or not dates


def test_a_date_in_a_comment_is_none() -> None:
    """As most are: no value has to be looked at."""
    assert not _may_date("# 2024-01-02\na:\n\t # on 2024-01-02\n")
    assert _may_date("# c\r  b: 2024-01-02\n"), "the line ends where YAML says so"


@given(
    st.lists(
        st.sampled_from(("a", "b.c", ".", "..", "...", "", "/", ".github", "a..b")), min_size=1, max_size=6
    )
)
def test_a_plain_path_lies_where_it_says(parts: list[str]) -> None:
    path = "/".join(parts)
    found = Files("/nowhere/shop", {}).place(path)
    whole = posixpath.normpath(posixpath.join("/nowhere/shop", path))
    is_within = whole == "/nowhere/shop" or whole.startswith("/nowhere/shop/")
    assert found == (whole if is_within and not path.startswith("/") else "")


@given(st.text("ab-= \t\r\n\u00a0\u2028$#", max_size=12))
def test_a_command_without_quotes_is_cut_as_any_other(text: str) -> None:
    quick, with_quotes = command_line(text), command_line(f"{text} ''")
    assert (*quick.words, "") == with_quotes.words
    assert quick.cut_at is with_quotes.cut_at is None
