"""Text from a repository as a terminal can safely show it, and how many columns it takes there."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.memory import remembered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.reports import Look

TAB = "    "
_LIKE_COMMAND = re.compile(r"##\[|(?<!\S):(?=:[A-Za-z-]+[ :])")
"""What a runner of GitHub Actions takes for a command: `##[name]` anywhere, `::name …::` at the start of a line, with
anything but `::` between the two (actions/runner, src/Runner.Common/ActionCommand.cs)."""
UNSAFE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories that move the cursor, turn the direction of writing, break lines or cannot be encoded."""
WIDE = frozenset("WF")
WITHOUT_WIDTH = frozenset(("Mn", "Me"))


def cells(text: str) -> list[tuple[str, int]]:
    """What to show for each code point, and its width in columns.

    Tabs become blanks; whatever acts on a terminal instead of being seen there is spelled `\\u{…}`.
    """
    shown = _plain_cells(text)
    if "##[" in text:
        for found in re.finditer(r"##\[", text):
            shown[found.end() - 1] = (_spelled("["), len(_spelled("[")))
    return shown


def is_plain(text: str) -> bool:
    """Is every letter shown as it is, one column wide? So are most lines, which then need no cells."""
    return text.isascii() and text.isprintable() and "##[" not in text


def _plain_cells(text: str) -> list[tuple[str, int]]:
    if text.isascii() and text.isprintable():
        return [(character, 1) for character in text]
    return list(map(_cell, text))


@remembered(4_096)
def _cell(character: str) -> tuple[str, int]:
    from unicodedata import category, east_asian_width

    if character == "\t":
        return TAB, len(TAB)
    kind = category(character)
    if kind in UNSAFE:
        spelled = _spelled(character)
        return spelled, len(spelled)
    if kind in WITHOUT_WIDTH:
        return character, 0
    return character, 2 if east_asian_width(character) in WIDE else 1


def _spelled(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"


def harmless(text: str) -> str:
    """The text on one line, without anything that acts on a terminal or on a runner that reads the log."""
    if "::" in text or "##[" in text:
        last = text.rfind("::")

        def spelled(found: re.Match[str]) -> str:
            is_command = found[0] != ":" or found.end() < last
            return found[0][:-1] + _spelled(found[0][-1]) if is_command else found[0]

        text = _LIKE_COMMAND.sub(spelled, text)
    return on_one_line(text)


def on_one_line(text: str) -> str:
    """The text on one line, without anything that acts on a terminal, none of which is printable (`UNSAFE`)."""
    if text.isprintable():
        return text
    for blank in ("\r\n", "\n", "\r", "\t"):
        text = text.replace(blank, " ")
    return "".join(shown for shown, _ in _plain_cells(text))


def shown_path(path: str, look: Look) -> str:
    """A path of the repository, as seen from the working folder."""
    return _shown_from(path, look.here, look.prefix)


@remembered(1_024)
def _shown_from(path: str, here: str, prefix: str) -> str:
    return harmless(posixpath.relpath(path, here) if here else posixpath.normpath(prefix + path))
