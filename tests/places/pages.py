"""The pages under docs/: their blocks of code, with what a block says of itself."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import ROOT

DOCS = ROOT / "docs"
_FENCE = re.compile(r"(?P<indent> *)```(?P<language>\S*)(?: title=\"(?P<title>[^\"]+)\")? *$")
_MARK = re.compile(r"<!-- (?P<words>.+?) -->")


class Block:
    """A fenced block. `title` is the file that it is; `mark` the comment right above it, which says how it is tested."""

    def __init__(self, page: Path, line: int, language: str, title: str, mark: str, text: str) -> None:
        self.page = page
        self.line = line
        self.language = language
        self.title = title
        self.mark = mark
        self.text = text

    def __repr__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block | str]:
    """The blocks of a page in order, and the comments that stand alone."""
    found: list[Block | str] = []
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    mark = ""
    for number, line in lines:
        opened = _FENCE.fullmatch(line)
        comment = _MARK.fullmatch(line.strip())
        if opened:
            text = _until_closed(lines, opened["indent"])
            found.append(Block(page, number, opened["language"], opened["title"] or "", mark, text))
        elif mark and line.strip():
            found.append(mark)
        mark = comment["words"] if comment else (mark if not line.strip() else "")
    return found


def _until_closed(lines: object, indent: str) -> str:
    text = []
    for _, line in lines:  # type: ignore[attr-defined]
        if line == f"{indent}```":
            break
        text.append(line.removeprefix(indent))
    return "".join(f"{line}\n" for line in text)


def block(page: str, title: str) -> str:
    """The text of the one block with a title on a page."""
    (found,) = (each for each in blocks(DOCS / page) if isinstance(each, Block) and each.title == title)
    return found.text
