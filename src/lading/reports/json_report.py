"""Findings for programs; the shape is an interface that others hold on to."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING
from lading.reports.json_text import indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.findings import Edit, Finding, Fix, Outcome, Related

VERSION = 1
"""Grows when a field changes its meaning or goes away, not when one is added."""


def as_json(outcome: Outcome) -> str:
    """Lines and columns are 1-based, columns count code points, paths are relative to the repository root."""
    report = {
        "version": VERSION,
        "findings": [finding_values(finding) for finding in outcome.findings],
        "summary": {
            "files": outcome.files,
            "workflows": outcome.workflows,
            "projects": outcome.projects,
            "publications": outcome.publications,
            "undecided": outcome.undecided,
            "suppressed": outcome.suppressed,
            "baselined": outcome.baselined,
            "errors": outcome.count(ERROR),
            "warnings": outcome.count(WARNING),
            "notes": outcome.count(NOTE),
        },
    }
    return indented(report) + "\n"


def finding_values(finding: Finding) -> dict[str, Any]:
    """A finding as plain values, by the names of the interface."""
    return {
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "fingerprint": finding.fingerprint,
        "way": finding.way,
        "help": finding.help,
        "related": [_related(related) for related in finding.related],
        "fix": _fix(finding.fix) if finding.fix is not None else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {"message": fix.message, "safe": fix.is_safe, "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> dict[str, Any]:
    source = edit.span.source
    line, column = source.place(edit.span.start)
    end_line, end_column = source.place(edit.span.end)
    return {
        "path": source.path,
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
        "text": edit.text,
    }


def _related(related: Related) -> dict[str, Any]:
    source = related.span.source
    line, column = source.place(related.span.start)
    return {"path": source.path, "line": line, "column": column, "message": related.message}
