"""Generic issues of SonarQube, in the form of 10.3 (docs.sonarsource.com, "Generic issue data")."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING
from lading.reports.display import harmless
from lading.reports.json_text import indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lading.findings import Outcome
    from lading.reports import RuleText
    from lading.source import Span

IMPACT = {ERROR: "HIGH", WARNING: "MEDIUM", NOTE: "LOW"}


def as_sonar(outcome: Outcome, rules: Mapping[str, RuleText]) -> str:
    """The issues, and the rules that they name."""
    named = dict.fromkeys(finding.rule for finding in outcome.findings)
    report = {
        "rules": [_rule(id, rules.get(id)) for id in named],
        "issues": [
            {
                "ruleId": finding.rule,
                "primaryLocation": _location(finding.span, finding.message),
                "secondaryLocations": [_location(other.span, other.message) for other in finding.related],
            }
            for finding in outcome.findings
        ],
    }
    return indented(report) + "\n"


def _rule(id: str, rule: RuleText | None) -> dict[str, Any]:
    """A rule that is about security counts as such, every other as one about what works."""
    is_security = rule is not None and rule.security is not None
    return {
        "id": id,
        "name": rule.title if rule is not None else id,
        "description": f"{rule.why}\n\nFix: {rule.fix}" if rule is not None else id,
        "engineId": "lading",
        "cleanCodeAttribute": "TRUSTWORTHY" if is_security else "LOGICAL",
        "impacts": [
            {
                "softwareQuality": "SECURITY" if is_security else "RELIABILITY",
                "severity": IMPACT[rule.level if rule is not None else WARNING],
            }
        ],
    }


def _location(span: Span, message: str) -> dict[str, Any]:
    return {"message": harmless(message), "filePath": span.source.path, "textRange": _range(span)}


def _range(span: Span) -> dict[str, int]:
    """Columns are 0-based and count UTF-16 units; a range must hold something, so an empty one is the line."""
    source = span.source
    first, last = max(span.start, 0), min(span.end, len(source.text))
    while last > first and source.text[last - 1] in "\r\n":
        last -= 1
    if last <= first:
        return {"startLine": min(source.place(first)[0], source.line_count)}
    return {
        "startLine": source.place(first)[0],
        "endLine": source.place(last)[0],
        "startColumn": source.utf16_column(first) - 1,
        "endColumn": source.utf16_column(last) - 1,
    }
