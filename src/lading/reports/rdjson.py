"""The diagnostic format of reviewdog (reviewdog/reviewdog, proto/rdf/reviewdog.proto)."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING
from lading.reports.display import harmless
from lading.reports.json_text import indented
from lading.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lading.findings import Finding, Fix, Outcome
    from lading.reports import RuleText

SEVERITY = {ERROR: "ERROR", WARNING: "WARNING", NOTE: "INFO"}


def as_rdjson(outcome: Outcome, rules: Mapping[str, RuleText]) -> str:
    """Columns are 1-based and count bytes of UTF-8. Related places have no field that every reviewdog reads."""
    report = {
        "source": {"name": "lading"},
        "diagnostics": [_diagnostic(finding, rules.get(finding.rule)) for finding in outcome.findings],
    }
    return indented(report) + "\n"


def _diagnostic(finding: Finding, rule: RuleText | None) -> dict[str, Any]:
    code = {"value": finding.rule} | ({"url": rule.url} if rule is not None and rule.url else {})
    diagnostic: dict[str, Any] = {
        "message": harmless(finding.message),
        "location": _location(finding.span),
        "severity": SEVERITY[finding.level],
        "code": code,
    }
    if finding.fix is not None:
        diagnostic["suggestions"] = _suggestions(finding.fix, finding.path)
    return diagnostic


def _suggestions(fix: Fix, path: str) -> list[dict[str, Any]]:
    """One suggestion for the whole fix, since each can be taken alone; none where it reaches into other files."""
    edits = sorted(fix.edits, key=lambda edit: (edit.span.start, edit.span.end))
    if not edits or any(edit.span.source.path != path for edit in edits):
        return []
    source = edits[0].span.source
    at = start = edits[0].span.start
    parts = []
    for edit in edits:
        parts += [source.text[at : edit.span.start], edit.text]
        at = edit.span.end
    return [{"range": _range(Span(source, start, at)), "text": "".join(parts)}]


def _location(span: Span) -> dict[str, Any]:
    return {"path": span.source.path, "range": _range(span)}


def _range(span: Span) -> dict[str, Any]:
    return {"start": _position(span, span.start), "end": _position(span, max(span.end, span.start))}


def _position(span: Span, offset: int) -> dict[str, int]:
    return {"line": span.source.place(offset)[0], "column": span.source.utf8_column(offset)}
