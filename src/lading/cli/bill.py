"""The bill of lading as a table for the terminal."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def bill_as_text(bill: dict[str, Any]) -> str:
    """Two tables: publications and consumers."""
    published = [
        (
            f"{row['image'] or '*'}:{', '.join(row['tags']) or '*'}",
            f"{row['path']}:{row['line']}",
            row["job"],
            row["credential"],
            ", ".join(row["events"]),
        )
        for row in bill["publications"]
    ]
    consumed = [
        (f"{row['image']}:{row['tag'] or 'latest'}", f"{row['path']}:{row['line']}", row["service"])
        for row in bill["consumers"]
    ]
    return "".join(
        (
            _table("published", ("image", "place", "job", "credential", "events"), published),
            "\n",
            _table("consumed", ("image", "place", "service"), consumed),
        )
    )


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, *(tuple(_shown(cell) for cell in row) for row in rows)]
    if len(lines) == 1:
        return f"{title}: nothing\n"
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    shown = [
        "  " + "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join((title, *shown)) + "\n"


def _shown(text: str) -> str:
    """Without what could steer a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)
