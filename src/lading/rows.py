"""Findings as plain values and back: how they go from one process to another, and into a cache."""

from __future__ import annotations

from lading.findings import Edit, Finding, Fix, Related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lading.source import Span

    Place = tuple[str, int, int]


def written(finding: Finding) -> tuple[Any, ...]:
    """A finding without its fingerprint, which counts equal ones of a whole run; places are path, start and end."""
    return (
        finding.rule,
        finding.level,
        finding.message,
        _place(finding.span),
        tuple((_place(related.span), related.message) for related in finding.related),
        finding.help,
        _written_fix(finding.fix) if finding.fix is not None else None,
        finding.way,
        finding.line_text,
    )


def read(row: tuple[Any, ...], span: Callable[[Place], Span]) -> Finding:
    """The finding that was written; `span` finds a place again."""
    rule, level, message, at, related, help, fix, way, line = row
    others = tuple(Related(span(place), words) for place, words in related)
    mend = _read_fix(fix, span) if fix is not None else None
    found = Finding(rule, level, message, span(at), others, "", help, mend, way)
    found._line_text = line
    found.row = row
    return found


def _written_fix(fix: Fix) -> tuple[Any, ...]:
    return (fix.message, tuple((_place(edit.span), edit.text) for edit in fix.edits), fix.is_safe)


def _read_fix(row: tuple[Any, ...], span: Callable[[Place], Span]) -> Fix:
    message, edits, is_safe = row
    return Fix(message, (Edit(span(place), text) for place, text in edits), is_safe=is_safe)


def _place(span: Span) -> Place:
    return (span.source.path, span.start, span.end)
