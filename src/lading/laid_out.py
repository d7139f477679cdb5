"""The blocks of a report for people, kept: to lay out a finding takes the text of its file, and time."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lading.answers import Answer
    from lading.findings import Finding

_FEW = 8
"""Of so many blocks one may be laid out anew in every run before all are written again."""


class LaidOut:
    """The blocks of findings, as an earlier report with the same look has them."""

    __slots__ = ("_blocks", "_fresh")

    def __init__(self) -> None:
        self._blocks: dict[int, str] = {}
        """By the identity of the row that a finding was read from: whoever holds this holds the rows as well."""
        self._fresh = 0

    def know(self, answers: Iterable[Answer], changed: set[str]) -> None:
        """Take over the blocks of findings that are about no file which has changed (paths from the root)."""
        blocks = self._blocks
        for answer in answers:
            is_same = changed.isdisjoint(answer.about)
            for row, block in zip(answer.rows, answer.blocks, strict=False):
                if block is not None and (
                    is_same or (row[3][0] not in changed and all(at[0] not in changed for at, _ in row[4]))
                ):
                    blocks[id(row)] = block

    def block(self, finding: Finding, lay_out: Callable[[], str]) -> str:
        """The block of a finding; laid out where it is not known."""
        if finding.row is None:
            return lay_out()
        found = self._blocks.get(id(finding.row))
        if found is None:
            found = self._blocks[id(finding.row)] = lay_out()
            self._fresh += 1
        return found

    def is_worth_keeping(self, count: int) -> bool:
        """Were many laid out anew, of so many findings in all?"""
        return self._fresh * _FEW > count

    def keep(self, answer: Answer) -> None:
        """Put the blocks beside their findings."""
        answer.lay_out([self._blocks.get(id(row)) for row in answer.rows])
