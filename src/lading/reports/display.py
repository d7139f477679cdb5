"""Text from a repository as a terminal can safely show it, and how many columns it takes there."""

from __future__ import annotations

import posixpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.reports import Look

TAB = "    "
UNSAFE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories that move the cursor, turn the direction of writing, break lines or cannot be encoded."""
WIDE = frozenset("WF")
WITHOUT_WIDTH = frozenset(("Mn", "Me"))


def cells(text: str) -> list[tuple[str, int]]:
    """What to show for each code point, and its width in columns.

    Tabs become blanks; whatever acts on a terminal instead of being seen there is spelled `\\u{…}`.
    """
    if text.isascii() and text.isprintable():
        return [(character, 1) for character in text]
    from unicodedata import category, east_asian_width

    def cell(character: str) -> tuple[str, int]:
        if character == "\t":
            return TAB, len(TAB)
        kind = category(character)
        if kind in UNSAFE:
            spelled = f"\\u{{{ord(character):x}}}"
            return spelled, len(spelled)
        if kind in WITHOUT_WIDTH:
            return character, 0
        return character, 2 if east_asian_width(character) in WIDE else 1

    return [cell(character) for character in text]


def harmless(text: str) -> str:
    """The text on one line, without anything that acts on a terminal."""
    if text.isascii() and text.isprintable():
        return text
    for blank in ("\r\n", "\n", "\r", "\t"):
        text = text.replace(blank, " ")
    return "".join(shown for shown, _ in cells(text))


def shown_path(path: str, look: Look) -> str:
    """A path of the repository, as seen from the working folder."""
    shown = posixpath.relpath(path, look.here) if look.here else posixpath.normpath(look.prefix + path)
    return harmless(shown)
