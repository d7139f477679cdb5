"""One line for each finding, as compilers write them."""

from __future__ import annotations

from lading.reports.display import harmless, shown_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding, Outcome
    from lading.reports import Look


def as_lines(outcome: Outcome, look: Look) -> str:
    """Nothing but findings, so that pipes stay clean."""
    return "".join(_line(finding, look) for finding in outcome.findings)


def _line(finding: Finding, look: Look) -> str:
    place = f"{shown_path(finding.path, look)}:{finding.line}:{finding.column}"
    return f"{place}: {finding.level}[{finding.rule}] {harmless(finding.message)}\n"
