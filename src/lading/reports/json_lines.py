"""Findings for programs that read line by line."""

from __future__ import annotations

from lading.reports.json_report import finding_values
from lading.reports.json_text import compact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Outcome


def as_json_lines(outcome: Outcome) -> str:
    """An object on a line for each finding, with the fields that `json` has; nothing where there are none."""
    return "".join(compact(finding_values(finding)) + "\n" for finding in outcome.findings)
