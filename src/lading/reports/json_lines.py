"""Findings for programs that read line by line."""

from __future__ import annotations

import json

from lading.reports.json_report import finding_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Outcome


def as_json_lines(outcome: Outcome) -> str:
    """An object on a line for each finding, with the fields that `json` has; nothing where there are none."""
    return "".join(
        json.dumps(finding_values(finding), ensure_ascii=False, separators=(",", ":")) + "\n"
        for finding in outcome.findings
    )
