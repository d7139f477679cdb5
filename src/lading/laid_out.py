"""The blocks of a report for people, kept: to lay out a finding takes the text of its file, and time."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from lading.findings import Finding

    Row = tuple[Any, ...]

_FEW = 8
"""Of so many blocks one may be laid out anew in every run before all are written again."""


class LaidOut:
    """Blocks by the rows of their findings (`lading.rows`), for one look of the report."""

    __slots__ = ("_blocks", "_known")

    def __init__(self, known: Mapping[Row, str]) -> None:
        self._known = known
        self._blocks: dict[Row, str] = {}

    def block(self, finding: Finding, lay_out: Callable[[], str]) -> str:
        """The block of a finding; laid out where it is not known."""
        row = finding.row
        if row is None:
            return lay_out()
        found = self._blocks[row] = self._known.get(row) or lay_out()
        return found

    def is_worth_keeping(self, count: int) -> bool:
        """Were many laid out anew, of so many findings in all?"""
        return sum(row not in self._known for row in self._blocks) * _FEW > count

    def of(self, rows: Iterable[Row]) -> dict[Row, str]:
        """The blocks of those findings that were ever shown."""
        known = {**self._known, **self._blocks}
        return {row: known[row] for row in rows if row in known}


def of_these_files(blocks: Mapping[Row, str], changed: set[str]) -> dict[Row, str]:
    """The blocks that show no line of a file that has changed (paths from the root)."""
    return {row: block for row, block in blocks.items() if changed.isdisjoint(_paths(row))}


def _paths(row: Row) -> Iterable[str]:
    yield row[3][0]
    for place, _ in row[4]:
        yield place[0]
