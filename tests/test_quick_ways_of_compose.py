"""What is looked at for the sake of speed alone says what the plain way says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lading.checks.delivery import _IN_TOKENS, _TOKENS, _may_hold_a_secret, _secrets
from lading.checks.hashes import _EITHER, _ESCAPED, _PLAIN
from lading.checks.mends import _may_comment_on
from lading.checks.releases import _is_date, _may_date
from lading.files import Files
from lading.models.compose import documents
from lading.models.compose.cycles import _groups, _perhaps_in_circles
from lading.models.compose.documents import _ODD_REFERENCE, _may_blow_up, _measure, faults
from lading.models.compose.forms import _sections, command_line, is_ip_address
from lading.models.compose.glance import may_state
from lading.models.compose.interpolation import Environment, InvalidFormat, parse
from lading.models.compose.ports import may_clash, published_ports
from lading.models.compose.projects import project_of
from lading.models.compose.values import Builder, List, Map, Origin, Text, Value
from lading.parse import Reader
from lading.source import Source
from lading.texts import Texts
from lading.tree import Mapping, Node, Scalar, Sequence, Tree
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


_ALIASED = (
    *("&a ", "&b ", "*a ", "*b ", "x", ", ", "[", "]", "{c: ", "}", "\n  d: ", "\n  - ", "!x ", "!reset "),
    *("[x, ", "{c: x", ", <<: ", "\n  <<: ", "\n  e: "),
)


@given(
    st.recursive(
        st.sampled_from(("a", "''", "1", "~", "", "$X")),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(item or 'b' for item in items)}]"),
            st.dictionaries(st.sampled_from(("a", "'b'", "<<", "'<<'")), inner, max_size=3).map(
                lambda entries: "{" + ", ".join(f"{name}: {value}" for name, value in entries.items()) + "}"
            ),
        ),
        max_leaves=12,
    )
)
def test_the_values_of_a_plain_file_are_those_of_any(written: str) -> None:
    tree = COMPOSER.read(Source("compose.yaml", f"x: {written}\n"))
    assert tree is None or tree.is_plain
    _same_values(tree)


@given(st.lists(st.sampled_from(_ALIASED), max_size=14))
@example(["&a ", "[x, ", "{c: x", "}", "]", "\n  d: ", "[", "*a ", ", ", "{c: x", "}", "]"])
@example(["&a ", "{c: x", "}", "\n  d: ", "{c: x", ", <<: ", "*a ", "}"])
def test_the_values_beside_aliases_are_those_of_any(pieces: list[str]) -> None:
    _same_values(Reader().read(Source("compose.yaml", "a:\n  b: " + "".join(pieces) + "\n")))


def _same_values(tree: Tree | None) -> None:
    """As they are built where nothing is known of the tree."""
    root = tree.root if tree is not None else None
    if tree is None or root is None:
        return
    origin, told = Origin(Environment(), ""), []
    for is_known in (True, False):
        tree.is_plain, tree.is_regular = tree.is_plain and is_known, tree.is_regular and is_known
        builder = Builder(tree)
        value = builder.build(root, origin)
        told.append((_told(value), builder.is_exhausted))
    assert told[0] == told[1]


def _told(value: Value) -> object:
    """All that there is to a value."""
    told = (type(value), value.node, value.tag, len(value.via))
    if isinstance(value, Map):
        return told, [(name, item.key, _told(item.value)) for name, item in value.entries.items()]
    if isinstance(value, List):
        return told, [_told(item) for item in value.items]
    assert isinstance(value, Text)
    return told, value.template.shown, value.is_made


def test_a_plain_file_with_too_many_values_is_not_read() -> None:
    tree = COMPOSER.read(Source("compose.yaml", f"a: [{'b,' * 100_001}]\n"))
    assert tree is not None
    assert tree.root is not None
    builder = Builder(tree)
    builder.build(tree.root, Origin(Environment(), ""))
    assert builder.is_exhausted


@given(st.lists(st.sampled_from(_ALIASED), max_size=14))
@example(["&a ", "[", "*a ", "]"])
@example(
    [
        "&a ",
        "[",
        "x",
        "]",
        "\n  d: ",
        "&b ",
        "[",
        "*a ",
        ", ",
        "*a ",
        "]",
        "\n  d: ",
        "[",
        "*b ",
        ", ",
        "*b ",
        "]",
    ]
)
def test_aliases_that_stand_for_much_are_counted(pieces: list[str]) -> None:
    tree = Reader().read(Source("compose.yaml", "a:\n  b: " + "".join(pieces) + "\n"))
    most = 12
    for document in tree.documents:
        sizes: dict[int, int] = {}
        loop = _measure(document, sizes)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(documents, "MAX_VISITS", most)
            is_looked_at = _may_blow_up(tree)
        assert is_looked_at or (loop is None and sizes.get(id(document), 1) <= most)


@pytest.mark.parametrize("shape", [shape for shape, _ in _TOKENS], ids=[said for _, said in _TOKENS])
def test_a_token_has_what_is_looked_for_first(shape: re.Pattern[str]) -> None:
    @given(st.from_regex(shape.pattern, fullmatch=True))
    @settings(max_examples=20)
    def holds(token: str) -> None:
        assert any(mark in token for mark in _IN_TOKENS)

    holds()


_SETTINGS = (
    *("A=ghp_" + "0aB1" * 9, "A_TOKEN: x9Kd8sQw2Lp0zVb7Nm4Tr6", "API.KEY=x9Kd8sQw2Lp0zVb7Nm4Tr6", "A=b", "A"),
    *("PASSWORD=$SECRET", "'a_pass= x9Kd8sQw2Lp0zVb7Nm4Tr6'", 'SECRET="x9Kd8sQw2Lp0zVb7Nm4Tr6"'),
)


@given(st.lists(st.sampled_from(_SETTINGS), unique=True), st.booleans(), st.booleans())
def test_no_secret_is_passed_over(written: list[str], is_built: bool, is_mapping: bool) -> None:
    if is_mapping:
        pairs = (each.strip("'").replace("=", ": ", 1) for each in written if "=" in each)
        environment = "{" + ", ".join(pairs) + "}"
    else:
        environment = "[" + ", ".join(each for each in written if ": " not in each) + "]"
    text = f"services: {{a: {{{'build: .' if is_built else 'image: b'}, environment: {environment}}}}}\n"
    files = Files("/nowhere", {"deploy/compose.yaml": text.encode()})
    service = project_of(("deploy/compose.yaml",), Texts(files, Reader()), {}).services["a"]
    assert _may_hold_a_secret(service, True) or not list(_secrets(service))


@given(st.text("ab:/. cC", max_size=10))
def test_a_mount_is_cut_at_its_colons_but_for_a_drive(text: str) -> None:
    sections, current = [], ""
    for letter in text:
        if letter == ":" and not (len(current) == 1 and current.isalpha()):
            sections.append(current)
            current = ""
        else:
            current += letter
    assert _sections(text) == [*sections, current]


@given(st.text("a$=\n ", max_size=6), st.booleans())
def test_what_is_written_of_variables_has_them_all(text: str, is_mapping: bool) -> None:
    quoted = '"' + text.replace("\n", "\\n") + '"'
    environment = f"{{a: {quoted}}}" if is_mapping else f"[{quoted}]"
    files = Files("/nowhere", {"compose.yaml": f"services: {{a: {{environment: {environment}}}}}\n".encode()})
    service = project_of(("compose.yaml",), Texts(files, Reader()), {}).services["a"]
    assert service.variables_written == (f"a={text}" if is_mapping else text)
    names = service.environment.entries if service.environment is not None else {}
    assert all(service.sets(name) for name in names if "$" not in text and name)
