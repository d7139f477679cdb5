"""How a page is set: headings, names with what is said of them, values with the place they come from."""

from __future__ import annotations

import textwrap

from lading.reports.display import harmless, shown_path
from lading.reports.excerpt import Ink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.explain.places import Facts
    from lading.reports import Look

_WIDEST = 100
_NAME = 12
"""Columns for the name of what is said."""
_GAP = 2


class Sheet:
    """Lines for people. Text is made harmless, broken at the width, and coloured last."""

    __slots__ = ("_ink", "_look", "_own", "width")

    def __init__(self, look: Look, own: str | None = None) -> None:
        """`own` is the path of the file that the page is about: its places are told by their line alone."""
        self._look = look
        self._own = own
        self._ink = Ink(look.colour)
        self.width = min(look.width, _WIDEST)

    def title(self, text: str, under: str) -> Iterator[str]:
        """The first lines of a page."""
        yield self._ink.strong(harmless(text))
        yield from self.said(under)

    def heading(self, text: str) -> Iterator[str]:
        yield ""
        yield self._ink.gutter(harmless(text))

    def said(self, text: str, indent: int = 0, level: str | None = None, hang: int = 0) -> Iterator[str]:
        """A sentence or two; lines after the first stand `hang` columns further in."""
        for number, line in enumerate(self._wrapped(text, self.width - indent - hang)):
            blank = " " * (indent + (hang if number else 0))
            yield blank + (self._ink.level(level, line) if level is not None else line)

    def strong(self, text: str, indent: int = 0) -> Iterator[str]:
        for line in self._wrapped(text, self.width - indent):
            yield " " * indent + self._ink.strong(line)

    def field(self, name: str, text: str, indent: int = 2) -> Iterator[str]:
        """A name, and beside it what is said."""
        left = " " * indent + f"{harmless(name):{_NAME}}"
        if not left.endswith(" "):
            left += " " * _GAP
        for number, line in enumerate(self._wrapped(text, self.width - len(left))):
            yield (left if number == 0 else " " * len(left)) + line

    def fields(self, name: str, texts: list[str], indent: int = 2) -> Iterator[str]:
        """A name, and beside it several things, each on a line of its own."""
        for number, text in enumerate(texts):
            yield from self.field(name if number == 0 else "", text, indent)

    def beside(self, text: str, place: str, indent: int, column: int) -> Iterator[str]:
        """A text with its place at a column; below it where there is no room."""
        shown = " " * indent + harmless(text)
        place = harmless(place)
        if not place:
            yield shown.rstrip()
        elif len(shown) + _GAP <= column and column + len(place) <= self.width:
            yield f"{shown:{column}}{self._ink.gutter(place)}"
        elif len(shown) + _GAP + len(place) <= self.width:
            yield f"{shown}{' ' * _GAP}{self._ink.gutter(place)}"
        else:
            yield self.cut(shown)
            yield " " * max(min(column, self.width - len(place)), indent) + self._ink.gutter(place)

    def cut(self, text: str) -> str:
        """One line, its end left out where it is too long."""
        return text if len(text) <= self.width else text[: self.width - 1] + "…"

    def place(self, facts: Facts) -> str:
        """`path:line` as seen from the working folder; `line 7` of the page's own file."""
        if facts["path"] == self._own:
            return f"line {facts['line']}"
        return f"{self.path(facts['path'])}:{facts['line']}"

    def path(self, path: str) -> str:
        return shown_path(path, self._look)

    def _wrapped(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(
            harmless(text), max(width, 20), break_long_words=False, break_on_hyphens=False
        ) or [""]
