"""Findings as plain values and back: how they go from one process to another, and into a cache."""

from __future__ import annotations

from lading.findings import Edit, Finding, Fix, Related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lading.findings import FindingKey
    from lading.source import Span

    Place = tuple[str, int, int]


def written(finding: Finding, *, is_kept: bool = True) -> tuple[Any, ...]:
    """A finding without its fingerprint, which counts equal ones of a whole run; places are path, start and end.

    What fingerprints are made of is left out where it need not be kept: it is looked up again if somebody asks.
    """
    return (
        finding.rule,
        finding.level,
        finding.message,
        _place(finding.span),
        tuple((_place(related.span), related.message) for related in finding.related),
        finding.help,
        _written_fix(finding.fix) if finding.fix is not None else None,
        finding.way if is_kept else None,
        finding.line_text if is_kept else None,
    )


def read(row: tuple[Any, ...], span: Callable[[Place], Span], way_to: Callable[[Span], str]) -> Finding:
    """The finding that was written, put together as far as somebody looks.

    `span` finds a place again, `way_to` the way to it, where that was left out.
    """
    return _Told(row, span, way_to)


def key_of(row: tuple[Any, ...]) -> FindingKey:
    """`Finding.key` of the finding that was written."""
    return (*row[3], row[0], row[2])


class _Told(Finding):
    """A finding from its row: of thousands that are as they were, a report looks at a few."""

    __slots__ = ("_span_of",)

    def __init__(
        self, row: tuple[Any, ...], span_of: Callable[[Place], Span], way_to: Callable[[Span], str]
    ) -> None:
        self.row = row
        self.rule, self.level = row[:2]
        self._span_of = span_of
        self._way_to = way_to
        self._fingerprint = self.counted = ""
        self.policy = None

    def __getattr__(self, name: str) -> Any:
        """What nobody has asked for yet."""
        read = _PARTS.get(name)
        if read is None:
            raise AttributeError(name)
        value = read(self.row, self._span_of)
        setattr(self, name, value)
        return value

    @property
    def is_mended_safely(self) -> bool | None:
        fix = self.row[6] if self.row is not None else None
        return fix[2] if fix is not None else None


_PARTS: Mapping[str, Callable[[Any, Callable[[Place], Span]], Any]] = {
    "message": lambda row, _: row[2],
    "span": lambda row, span: span(row[3]),
    "related": lambda row, span: tuple(Related(span(place), words) for place, words in row[4]),
    "help": lambda row, _: row[5],
    "fix": lambda row, span: _read_fix(row[6], span) if row[6] is not None else None,
    "_way": lambda row, _: row[7],
    "_line_text": lambda row, _: row[8],
    "count": lambda *_: None,
}


def _written_fix(fix: Fix) -> tuple[Any, ...]:
    return (fix.message, tuple((_place(edit.span), edit.text) for edit in fix.edits), fix.is_safe)


def _read_fix(row: tuple[Any, ...], span: Callable[[Place], Span]) -> Fix:
    message, edits, is_safe = row
    return Fix(message, (Edit(span(place), text) for place, text in edits), is_safe=is_safe)


def _place(span: Span) -> Place:
    return (span.source.path, span.start, span.end)
