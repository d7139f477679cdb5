"""Findings for programs; the shape is an interface that others hold on to."""

from __future__ import annotations

import json

from lading.findings import ERROR, NOTE, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.findings import Finding, Outcome, Related

VERSION = 1
"""Grows when a field changes its meaning or goes away, not when one is added."""


def as_json(outcome: Outcome) -> str:
    """Lines and columns are 1-based, columns count code points, paths are relative to the repository root."""
    report = {
        "version": VERSION,
        "findings": [_finding(finding) for finding in outcome.findings],
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
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
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
        "fix": None,
    }


def _related(related: Related) -> dict[str, Any]:
    source = related.span.source
    line, column = source.place(related.span.start)
    return {"path": source.path, "line": line, "column": column, "message": related.message}
