"""The line hash is that of GitHub's uploader, bit for bit."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.reports.line_hash import LineHashes

END = "c129715d7a2bc9a3:1"
"""The empty line behind the last line end."""
COMPOSE = ["2b906107f5a4537b:1", "b432089319a18e07:1", "521a25730068637d:1", END]

VECTORS = [
    pytest.param(b"", [END], id="an empty file has one line"),
    pytest.param(b"services: {}", ["29f6feaa84d28f35:1"], id="no line end at the end"),
    pytest.param(b"services: {}\n", ["1c93b8d613d17853:1", END], id="a line end at the end"),
    pytest.param(b"services:\n  web:\n    image: nginx:latest\n", COMPOSE, id="three lines"),
    pytest.param(b"services:\r\n  web:\r\n    image: nginx:latest\r\n", COMPOSE, id="CRLF counts as LF"),
    pytest.param(b"services:\n\tweb: \n    image:  nginx:latest\t\n", COMPOSE, id="blanks do not count"),
    pytest.param(
        b"a: 1\rb: 2\r", ["132b7ee912c57691:1", "5d56533273a3bbdb:1", END], id="a lone CR counts as LF"
    ),
    pytest.param(
        b"\xef\xbb\xbfservices:\n  web: {}\n",
        ["f8acfac9c1579ae4:1", "3d842dbf9656f721:1", END],
        id="a byte order mark counts",
    ),
    pytest.param(
        'name: "\U0001f680 déploy"\non: push\n'.encode(),
        ["148c430c1a06d497:1", "d5247aeb996cb854:1", END],
        id="UTF-16 units are counted",
    ),
    pytest.param(
        'a: "x\x85y\u2028z"\nb: 1\n'.encode(),
        ["e54adc9b94c6ec67:1", "c9e1e35156b45736:1", END],
        id="NEL and LS end no line",
    ),
    pytest.param(
        b"a: \xff\xfe\nb: 1\n",
        ["24e1a9fedd4aae15:1", "c9e1e35156b45736:1", END],
        id="bytes that are no UTF-8",
    ),
    pytest.param(
        (b"- " + b"k" * 150 + b"\n") * 3,
        ["e170692d678e28ce:1", "e170692d678e28ce:2", "e170692d678e28ce:3", END],
        id="equal lines are numbered",
    ),
]


def line_hashes(data: bytes, lines: Iterable[int]) -> dict[int, str]:
    """Of the lines that there are."""
    hashes = LineHashes(data)
    return {number: found for number in lines if (found := hashes.of(number)) is not None}


@pytest.mark.parametrize(("data", "hashes"), VECTORS)
def test_hashes_are_those_of_the_uploader(data: bytes, hashes: list[str]) -> None:
    found = line_hashes(data, range(1, len(hashes) + 2))
    assert found == dict(enumerate(hashes, 1))


def test_a_window_covers_the_lines_below() -> None:
    found = line_hashes(b"x: 1\n" * 40, range(1, 42))
    assert [found[n] for n in (1, 16, 21, 41)] == [
        "4844f920f3015f39:1",
        "4844f920f3015f39:16",
        "699228099659b6d7:1",
        END,
    ]


def test_only_wanted_lines_are_hashed() -> None:
    data = b"- k\n" * 200
    every = line_hashes(data, range(1, 202))
    assert line_hashes(data, (7, 150, 900)) == {n: every[n] for n in (7, 150)}


def unit_by_unit(data: bytes) -> list[str]:
    """The definition, unit by unit: a window that moves over the file, and a hash for each start of a line."""
    text = data.decode("utf-8", "replace").encode("utf-16-le")
    units: list[int] = []
    starts = [0]
    after_cr = False
    for (unit,) in struct.iter_unpack("<H", text):
        skipped = unit in (0x20, 0x09) or (after_cr and unit == 0x0A)
        after_cr = unit == 0x0D
        if skipped:
            continue
        units.append(0x0A if unit == 0x0D else unit)
        if units[-1] == 0x0A:
            starts.append(len(units))
    units += [65535, *[0] * 100]
    counts: dict[int, int] = {}
    hashes = []
    for start in starts:
        value = sum(unit * 37 ** (99 - at) for at, unit in enumerate(units[start : start + 100])) % 2**64
        counts[value] = counts.get(value, 0) + 1
        hashes.append(f"{value:x}:{counts[value]}")
    return hashes


PIECES = st.sampled_from(
    [b"a", b"key: ", b"\n", b"\r\n", b"\r", b" ", b"\t", b"\xff", b"\xe2\x82", "é\u2028".encode(), "🚢".encode(), b"\xef\xbb\xbf", b"z" * 60]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_hashes_are_those_of_the_definition(data: bytes) -> None:
    hashes = unit_by_unit(data)
    assert line_hashes(data, range(1, len(hashes) + 1)) == dict(enumerate(hashes, 1))


@given(st.lists(st.sampled_from(["a", "b: c", "  d", "", "\te"]), max_size=30))
def test_line_ends_and_blanks_make_no_difference(lines: list[str]) -> None:
    wanted = range(1, len(lines) + 2)
    plain = line_hashes("\n".join(lines).encode(), wanted)
    assert line_hashes("\r\n".join(lines).encode(), wanted) == plain
    assert line_hashes("\n".join(f"\t{line} " for line in lines).encode(), wanted) == plain
