"""Bytes to text: UTF-8, and what carries the mark of another encoding of Unicode (YAML 1.2.2, section 5.2)."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 before UTF-16, whose mark is the beginning of its own."""


_NUL = "it holds a NUL byte, as binary files do"


class NotText(Exception):
    """Bytes that are no text: `reason` in plain words, `offset` in bytes, `line` from 1."""

    def __init__(self, reason: str, offset: int = 0, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.line = line


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """The byte order mark that data begins with, empty where there is none, and the encoding."""
    if data[:1] < b"\x80" and 0 not in data[:4]:  # as nearly all: no mark begins so
        return b"", "utf-8"
    return next(((m, name) for m, name in _MARKS if data.startswith(m)), (b"", _guessed(data)))


def encode_like(text: str, data: bytes) -> bytes:
    """A text with the byte order mark and in the encoding that data has."""
    mark, encoding = encoding_of(data)
    return mark + text.encode(encoding, "surrogatepass")


def decode(data: bytes) -> str:
    """The text without its byte order mark. Raises `NotText`."""
    mark, encoding = encoding_of(data)
    body = data[len(mark) :] if mark else data
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" and not mark:  # nothing but a NUL byte spoke for that encoding
            nul = data.find(b"\0")
            raise NotText(_NUL, nul, data.count(b"\n", 0, nul) + 1) from error
        offset = error.start + len(mark)
        line = body[: error.start].decode(encoding).count("\n") + 1
        byte = f"the byte 0x{data[offset]:02x} in line {line} belongs to no character"
        reason = byte if encoding == "utf-8" else f"it begins like {encoding.upper()} and is not"
        raise NotText(reason, offset, line) from error
    nul = text.find("\0")
    if nul >= 0:
        before = text[:nul]
        raise NotText(_NUL, len(mark) + len(before.encode(encoding)), before.count("\n") + 1)
    return text


def _guessed(data: bytes) -> str:
    """The encoding that the NUL bytes around a first letter of ASCII tell of, where there is no mark."""
    first = data[:4]
    if 0 not in first:
        return "utf-8"
    for pattern, encoding in (
        (b"\0\0\0x", "utf-32-be"),
        (b"x\0\0\0", "utf-32-le"),
        (b"\0x", "utf-16-be"),
        (b"x\0", "utf-16-le"),
    ):
        if len(first) >= len(pattern) and all(
            byte in _FIRST_LETTERS if wanted else byte == 0
            for byte, wanted in zip(first, pattern, strict=False)
        ):
            return encoding
    return "utf-8"


_FIRST_LETTERS = frozenset((*range(0x20, 0x7F), 0x09, 0x0A, 0x0D))
