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


class NotText(Exception):
    """Bytes that are no text: `reason` in plain words, `offset` in bytes, `line` from 1."""

    def __init__(self, reason: str, offset: int = 0, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.line = line


def decode(data: bytes) -> str:
    """The text without its byte order mark. Raises `NotText`."""
    mark, encoding = next(((m, name) for m, name in _MARKS if data.startswith(m)), (b"", _guessed(data)))
    body = data[len(mark) :] if mark else data
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        offset = error.start + len(mark)
        line = data.count(b"\n", 0, offset) + 1
        byte = f"the byte 0x{data[offset]:02x} in line {line} belongs to no character"
        reason = byte if encoding == "utf-8" else f"it begins like {encoding.upper()} and is not"
        raise NotText(reason, offset, line) from error
    nul = text.find("\0")
    if nul >= 0:
        raise NotText("it holds a NUL byte, as binary files do", nul, text.count("\n", 0, nul) + 1)
    return text


def _guessed(data: bytes) -> str:
    """The encoding that the NUL bytes around the first character tell of, where there is no mark."""
    first = data[:4]
    if len(first) == 4 and first[:3] == b"\0\0\0" and first[3]:
        return "utf-32-be"
    if len(first) == 4 and first[1:] == b"\0\0\0" and first[0]:
        return "utf-32-le"
    if len(first) >= 2 and not first[0] and first[1]:
        return "utf-16-be"
    if len(first) >= 2 and first[0] and not first[1] and first[0] < 0x80 and len(data) % 2 == 0:
        return "utf-16-le"
    return "utf-8"
