"""Checkstyle XML, which many readers of lint reports take."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING
from lading.reports.xml import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding, Outcome

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n'
SEVERITY = {ERROR: "error", WARNING: "warning", NOTE: "info"}


def as_checkstyle(outcome: Outcome) -> str:
    """A `file` with an `error` for each of its findings, whatever their level."""
    files: dict[str, list[Finding]] = {}
    for finding in outcome.findings:
        files.setdefault(finding.path, []).append(finding)
    body = "".join(
        f"  <file name={quoted(path)}>\n{''.join(map(_error, findings))}  </file>\n"
        for path, findings in files.items()
    )
    return f"{HEAD}{body}</checkstyle>\n"


def _error(finding: Finding) -> str:
    return (
        f'    <error line="{finding.line}" column="{finding.column}" severity="{SEVERITY[finding.level]}" '
        f"message={quoted(finding.message)} source={quoted('lading.' + finding.rule)}/>\n"
    )
