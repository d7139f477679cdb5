"""A Code Quality report of GitLab (docs.gitlab.com, "Code Quality": import results of a tool)."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING
from lading.reports.display import harmless
from lading.reports.json_text import indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.findings import Finding, Outcome

SEVERITY = {ERROR: "major", WARNING: "minor", NOTE: "info"}


def as_code_quality(outcome: Outcome) -> str:
    """An array, empty where there are no findings. Columns count code points."""
    taken: set[str] = set()
    issues = []
    for finding in outcome.findings:
        key = _unique(finding.fingerprint, taken)
        taken.add(key)
        issues.append(_issue(finding, key))
    return indented(issues) + "\n"


def _unique(fingerprint: str, taken: set[str]) -> str:
    """GitLab keeps one of the issues that have the same fingerprint."""
    number = 1
    key = fingerprint
    while key in taken:
        number += 1
        key = f"{fingerprint}-{number}"
    return key


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    """GitLab shows the description alone, so the rule stands in it too."""
    return {
        "description": f"{finding.rule}: {harmless(finding.message)}",
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITY[finding.level],
        "location": {
            "path": finding.path,
            "positions": {
                "begin": {"line": finding.line, "column": finding.column},
                "end": {"line": finding.end_line, "column": finding.end_column},
            },
        },
    }
