"""Where bytes stop being text."""

from __future__ import annotations

import pytest

from lading.decode import NotText, decode


@pytest.mark.parametrize(
    ("data", "reason", "offset", "line"),
    [
        pytest.param(b"a\0b", "it holds a NUL byte, as binary files do", 1, 1, id="too odd for UTF-16"),
        pytest.param(
            b"\xef\xbb\xbfa\n\0", "it holds a NUL byte, as binary files do", 5, 2, id="behind a mark"
        ),
        pytest.param(
            "é\0".encode(), "it holds a NUL byte, as binary files do", 2, 1, id="bytes, not letters"
        ),
        pytest.param(b"ab\xc3", "the byte 0xc3 in line 1 belongs to no character", 2, 1, id="cut off"),
        pytest.param(
            b"\n\xed\xa0\x80", "the byte 0xed in line 2 belongs to no character", 1, 2, id="half a pair"
        ),
        pytest.param(
            b"\xff\xfe\n\n\n\0\0\xd8",
            "it begins like UTF-16-LE and is not",
            6,
            2,
            id="0x0a in another letter is no line",
        ),
    ],
)
def test_the_place_is_in_bytes_and_the_line_in_text(data: bytes, reason: str, offset: int, line: int) -> None:
    with pytest.raises(NotText) as caught:
        decode(data)
    assert (caught.value.reason, caught.value.offset, caught.value.line) == (reason, offset, line)


@pytest.mark.parametrize(
    "data", [b"\xed\xb0\x80", b"\xff\xfe\0\xd8", b"\xfe\xff\xdc\0", b"\xff\xfe\0\0\0\xd8\0\0"]
)
def test_half_a_surrogate_pair_is_no_text_in_any_encoding(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)
