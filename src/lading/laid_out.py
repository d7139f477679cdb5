"""What a report says of each finding, its block: made by the process that has found it, or by an earlier report.

To lay out a finding takes the text of its file, and time. Reports for people have blocks, and SARIF (its results).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from lading.answers import Answer
    from lading.findings import Finding

_FEW = 8
"""Of so many blocks one may be laid out anew in every run before all are written again."""


class LaidOut:
    """The blocks of findings for one look of the report; `lay_out` makes one, an empty one where it would not last.

    `has_fingerprints`: does the report tell the fingerprint of each finding beside its block?
    """

    __slots__ = ("_answers", "_blocks", "_known", "has_fingerprints", "lay_out", "look")

    def __init__(
        self, look: tuple[Any, ...], lay_out: Callable[[Finding], str], *, has_fingerprints: bool = False
    ) -> None:
        self.look = look
        self.lay_out = lay_out
        self.has_fingerprints = has_fingerprints
        self._blocks: dict[int, str] = {}
        """By the identity of the row that a finding was read from, which is held by its answer."""
        self._answers: list[Answer] = []
        self._known = 0
        """How many an earlier report had laid out."""

    def know(self, answers: Iterable[Answer]) -> None:
        """Take over the blocks that stand beside findings."""
        for answer in answers:
            self._answers.append(answer)
            if answer.blocks:
                rows = zip(answer.rows, answer.blocks, strict=True)
                self._blocks.update((id(row), block) for row, block in rows if block is not None)

    def know_kept(self, answers: Iterable[Answer]) -> None:
        """Likewise those of an earlier report, which need not be kept again."""
        before = len(self._blocks)
        self.know(answers)
        self._known += len(self._blocks) - before

    def blocks(self, findings: Iterable[Finding]) -> list[str]:
        """The block of each finding; laid out where it is not known."""
        known = self._blocks
        return [
            found if (found := known.get(id(finding.row))) is not None else self._laid_out(finding)
            for finding in findings
        ]

    def _laid_out(self, finding: Finding) -> str:
        found = self.lay_out(finding)
        if finding.row is not None:
            self._blocks[id(finding.row)] = found
        return found

    def is_worth_keeping(self, count: int) -> bool:
        """Were many laid out anew, of so many findings in all?"""
        return (len(self._blocks) - self._known) * _FEW > count

    def keep(self, answer: Answer) -> None:
        """Put the blocks beside their findings, where they are not there."""
        blocks = [self._blocks.get(id(row)) for row in answer.rows]
        if blocks != [*answer.blocks]:
            answer.lay_out(blocks)
