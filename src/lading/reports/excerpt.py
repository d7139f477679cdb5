"""The lines of source that a finding is about, with marks under the places that are meant."""

from __future__ import annotations

from lading.memory import remembered
from lading.reports.display import cells, harmless, is_plain, shown_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.findings import Finding
    from lading.reports import Look
    from lading.source import Source, Span

_KEPT = "\ue003"
"""Stands for a space at which a line is not broken."""
NEAR = 6
"""Places of one file that are at most so many lines apart share an excerpt."""
GUTTER = "1;34"
STRONG = "1"
LEVEL = {"error": "1;31", "warning": "1;33", "note": "1;36"}


class Ink:
    """Colours, or none."""

    __slots__ = ("colour",)

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and text else text

    def level(self, level: str, text: str) -> str:
        return self._paint(LEVEL.get(level, STRONG), text)

    def strong(self, text: str) -> str:
        return self._paint(STRONG, text)

    def gutter(self, text: str) -> str:
        return self._paint(GUTTER, text)


class Mark:
    """A place to underline: code points `start` up to and without `end` of a line, at least one of them.

    `level` is that of the finding, None for a related place; `text` is the whole line.
    """

    __slots__ = ("column", "end", "label", "level", "line", "source", "start", "text")

    def __init__(self, span: Span, level: str | None, label: str) -> None:
        self.source = source = span.source
        self.level = level
        self.label = label
        start = max(span.start, 0)
        self.line, self.column = source.place(start)
        self.text = text = source.line(self.line)
        self.start = min(self.column - 1, len(text))
        end = self.column - 1 + max(span.end - start, 0)
        if end > len(text):  # as few do: it may go on in another line
            is_on_line = source.place(max(span.end, start))[0] == self.line
            end = len(text) if is_on_line else len(text.rstrip())
        self.end = max(end, self.start + 1)


def excerpts(finding: Finding, look: Look, ink: Ink) -> list[str]:
    """The excerpts of a finding, the finding's own place first, and its help."""
    first = Mark(finding.span, finding.level, "")
    if not finding.related:  # as of most
        page = _Page(look, ink, len(str(first.line)))
        if len(first.text) <= page.room and is_plain(first.text):
            return page.short(first) + page.below(finding.help)
    marks = [first]
    marks += [Mark(related.span, None, harmless(related.message).strip()) for related in finding.related]
    page = _Page(look, ink, len(str(max([mark.line for mark in marks]))))
    groups = _groups(marks, look)
    lines = page.excerpt(groups[0], "-->")
    for group in groups[1:]:
        lines += (page.empty, *page.excerpt(group, ":::"))
    return lines + page.below(finding.help)


def _groups(marks: list[Mark], look: Look) -> list[list[Mark]]:
    """Marks that share an excerpt; the first of a group is the one that opened it."""
    groups: list[list[Mark]] = []
    for mark in marks:
        group = next((group for group in groups if _belongs(mark, group, look.width // 4)), None)
        if group is None:
            groups.append([mark])
        else:
            group.append(mark)
    return groups


def _belongs(mark: Mark, group: list[Mark], room: int) -> bool:
    """Whether a mark can be shown with the others: near them, and in sight of those on its own line."""
    return (
        mark.source is group[0].source
        and any(abs(mark.line - other.line) <= NEAR for other in group)
        and all(mark.line != other.line or abs(mark.start - other.start) <= room for other in group)
    )


class _Page:
    """Lays out the lines of one finding; `digits` is the room for line numbers."""

    __slots__ = ("_digits", "_ink", "_look", "empty", "room")

    def __init__(self, look: Look, ink: Ink, digits: int) -> None:
        self._look = look
        self._ink = ink
        self._digits = digits
        self.room = max(look.width - digits - 3, 20)
        self.empty = self._row("", "")

    def excerpt(self, marks: list[Mark], arrow: str) -> list[str]:
        first = marks[0]
        lines = [self._head(first, arrow), self.empty]
        shown = sorted({mark.line for mark in marks})
        for before, number in zip([None, *shown], shown, strict=False):
            if before is not None and number == before + 2:
                lines.append(self._source_row(first.source, before + 1))
            elif before is not None and number > before + 2:
                lines.append(self._ink.gutter("..."))
            lines += self._marked([mark for mark in marks if mark.line == number])
        return lines

    def _head(self, first: Mark, arrow: str) -> str:
        place = f"{shown_path(first.source.path, self._look)}:{first.line}:{first.column}"
        return " " * self._digits + self._ink.gutter(arrow) + " " + place

    def short(self, mark: Mark) -> list[str]:
        """The excerpt of one place, in a line that is shown as it is."""
        length = max(min(mark.end, len(mark.text)) - mark.start, 1)
        under = [self._row("", row) for row in self._under(mark, mark.start, length)]
        return [self._head(mark, "-->"), self.empty, self._row(str(mark.line), mark.text), *under]

    def below(self, help: str | None) -> list[str]:
        return [self.empty, *self._help(help)] if help else []

    def _help(self, text: str) -> list[str]:
        start = " " * (self._digits + 1) + "= help: "
        room = max(self._look.width - len(start), 20)
        rows = _wrapped(text, room)
        head = " " * (self._digits + 1) + self._ink.gutter("=") + self._ink.strong(" help: ")
        return [(" " * len(start) if number else head) + row for number, row in enumerate(rows)]

    def _row(self, number: str, text: str) -> str:
        return (self._ink.gutter(number.rjust(self._digits) + " |") + " " + text).rstrip()

    def _source_row(self, source: Source, number: int) -> str:
        window = _Window(source.line(number), 0, 1, self.room)
        return self._row(str(number), window.text)

    def _marked(self, marks: list[Mark]) -> list[str]:
        """A line of source and a row of carets or dashes for each mark on it."""
        first = marks[0]
        window = _Window(first.text, first.start, first.end, self.room)
        lines = [self._row(str(first.line), window.text)]
        for mark in marks:
            indent, length = window.columns(mark.start, mark.end)
            lines += [self._row("", row) for row in self._under(mark, indent, length)]
        return lines

    def _under(self, mark: Mark, indent: int, length: int) -> list[str]:
        """The marks with their label behind them, or below where the line is full."""
        if mark.level is not None:
            return [" " * indent + self._ink.level(mark.level, "^" * length)]
        dashes = " " * indent + self._ink.gutter("-" * length)
        width = sum(width for _, width in cells(mark.label))
        label = self._ink.gutter(mark.label)
        if indent + length + 1 + width <= self.room:
            return [f"{dashes} {label}"]
        return [dashes, " " * max(0, min(indent, self.room - width)) + label]


@remembered(256)
def _wrapped(text: str, room: int) -> tuple[str, ...]:
    """A text in rows of so many columns, not broken inside of backticks; most findings of a rule have the same help."""
    from lading import regex as re
    from lading.reports.paragraph import rows_of

    whole = re.sub("`[^`]*`", lambda match: match[0].replace(" ", _KEPT), harmless(text))
    return tuple(row.replace(_KEPT, " ") for row in rows_of(whole, room))


class _Window:
    """The part of a line that fits into `room` columns, with code points `start` to `end` in sight."""

    __slots__ = ("_columns", "_first", "text")

    def __init__(self, line: str, start: int, end: int, room: int) -> None:
        is_short = len(line) <= room and is_plain(line)  # as most
        first, last = (0, len(line)) if is_short else _bounds(line, start, end, room)
        text = line[first:last]
        begin = int(first > 0)
        self._columns: Sequence[int] = range(begin, begin + len(text) + 1)
        """Where each code point that is shown begins, and where the last one ends."""
        if not is_short and not is_plain(text):
            shown = cells(text)
            text = "".join(each for each, _ in shown)
            columns = [begin]
            for _, width in shown:
                columns.append(columns[-1] + width)
            self._columns = columns
        self.text = "…" * (first > 0) + text + "…" * (last < len(line))
        self._first = first

    def columns(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the line begins, and its width: cut to what is shown, at least one column."""
        begin = self._column(start)
        return begin, max(self._column(end) - begin, 1)

    def _column(self, at: int) -> int:
        return self._columns[min(max(at - self._first, 0), len(self._columns) - 1)]


def _bounds(line: str, start: int, end: int, room: int) -> tuple[int, int]:
    """Where to cut a line: not where it fits, else so that something is left on both sides of the mark."""
    if _fitting(line, room) == len(line):
        return 0, len(line)
    room -= 2
    end = min(end, len(line))
    first = 0
    if _fitting(line[:end], room) < end:
        marked = sum(width for _, width in cells(line[start : min(end, start + room)]))
        before = max(room - marked, room // 3) * 3 // 4
        first = start - _fitting(line[max(0, start - before) : start][::-1], before)
    return first, first + _fitting(line[first:], room)


def _fitting(text: str, room: int) -> int:
    """How many code points of the text fit into `room` columns."""
    if is_plain(text):
        return max(min(len(text), room), 0)
    count = 0
    for _, width in cells(text[:room]):
        room -= width
        if room < 0:
            break
        count += 1
    return count
