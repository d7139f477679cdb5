"""The text of one file, and every way of saying where something in it is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Located(Protocol):
        """Anything that lies somewhere in a file: a `Span`, a node of a tree, an entry of a mapping."""

        @property
        def source(self) -> Source: ...
        @property
        def start(self) -> int: ...
        @property
        def end(self) -> int: ...


_LONG_LINE = 10_000
"""Code points."""


class Source:
    """A file as text.

    `path` is posix and relative to the repository root; `text` has no byte order mark and keeps its line ends.
    Offsets count code points of `text`; lines and columns are 1-based and are worked out only when asked for.
    """

    __slots__ = ("_condensed", "_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None
        self._condensed: dict[int, str] | None = None

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = _line_starts(self.text)
        return self._starts

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset; the column counts code points."""
        import bisect  # which few runs need

        starts = self._line_starts()
        line = bisect.bisect_right(starts, offset) - 1
        return line + 1, offset - starts[line] + 1

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of a place; a place outside the text is moved to its nearest end."""
        starts = self._line_starts()
        if line > len(starts):
            return len(self.text)
        return min(starts[max(line, 1) - 1] + max(column, 1) - 1, len(self.text))

    def line(self, number: int) -> str:
        """The text of a line without its line end."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def condensed(self, number: int) -> str:
        """A line with single spaces; of a long one, which may hold thousands of findings, the digest."""
        if self._condensed is None:
            self._condensed = {}
        found = self._condensed.get(number)
        if found is None:
            line = " ".join(self.line(number).split())
            if len(line) > _LONG_LINE:
                from lading.record import digest

                line = digest(line.encode("utf-8", "replace")).hex()
            found = self._condensed[number] = line
        return found

    @property
    def line_count(self) -> int:
        return len(self._line_starts())

    def utf16_column(self, offset: int) -> int:
        """The 1-based column in UTF-16 code units, as editors count."""
        line, column = self.place(offset)
        before = self.line(line)[: column - 1]
        return column + sum(character > "\uffff" for character in before)

    def utf8_column(self, offset: int) -> int:
        """The 1-based column in bytes of UTF-8."""
        line, column = self.place(offset)
        return len(self.line(line)[: column - 1].encode("utf-8", "surrogatepass")) + 1


class Unread(Source):
    """A file whose text is read when somebody asks for it."""

    __slots__ = ("_read", "_text")

    def __init__(self, path: str, read: Callable[[], str]) -> None:
        self.path = path
        self._read = read
        self._text: str | None = None
        self._starts = None
        self._condensed = None

    @property
    def text(self) -> str:  # type: ignore[override]
        """The text, as `Source` has it."""
        if self._text is None:
            self._text = self._read()
        return self._text


class Span:
    """A stretch of a source, from `start` up to and without `end`, in code points."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def __repr__(self) -> str:
        line, column = self.source.place(self.start)
        return f"<Span {self.source.path}:{line}:{column} {self.text[:40]!r}>"


def span_of(located: Located) -> Span:
    return Span(located.source, located.start, located.end)


def span_of_line(source: Source, number: int) -> Span:
    """A line from its first visible character to its last."""
    text = source.line(number)
    start = source.offset(number) + len(text) - len(text.lstrip())
    return Span(source, start, start + len(text.strip()))


def _line_starts(text: str) -> list[int]:
    """Lines end at LF, CRLF or a lone CR, as in editors and in YAML 1.2; NEL, LS and PS end none."""
    if "\r" not in text or text.count("\r") == text.count("\r\n"):
        from itertools import accumulate

        if "\0" in text:
            starts = list(accumulate([len(line) + 1 for line in text.split("\n")], initial=0))
        else:  # the same, and nothing of it in Python
            starts = list(accumulate(map(len, text.replace("\n", "\n\0").split("\0")), initial=0))
        del starts[-1]
        return starts
    starts = [0]
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\r" and text[at + 1 : at + 2] == "\n":
            at += 1
        if character in "\r\n":
            starts.append(at + 1)
        at += 1
    return starts
