"""Findings as annotations of a GitHub Actions run: workflow commands, which the runner picks out of the log.

The runner takes the first 10 of each level for a step, and no more than 50 for a job (actions/toolkit,
docs/problem-matchers.md, "Limitations").
"""

from __future__ import annotations

from lading.findings import ERROR, LEVELS, NOTE, WARNING
from lading.reports.display import harmless, on_one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding, Outcome

MOST = 10
COMMAND = {ERROR: "error", WARNING: "warning", NOTE: "notice"}


def as_commands(outcome: Outcome) -> str:
    """A command for each finding that will be shown, the most severe first, and a line about the others."""
    lines = []
    left_out = 0
    for level in reversed(LEVELS):
        found = [finding for finding in outcome.findings if finding.level == level]
        lines += [_command(finding) for finding in found[:MOST]]
        left_out += max(len(found) - MOST, 0)
    if left_out:
        more = "1 more finding is" if left_out == 1 else f"{left_out} more findings are"
        lines.append(f"{more} not annotated: GitHub shows {MOST} of each level for a step")
    return "".join(line + "\n" for line in lines)


def _command(finding: Finding) -> str:
    """The message has the place too, so that the log can be read."""
    properties = {
        "file": on_one_line(finding.path),
        "line": str(finding.line),
        "endLine": str(finding.end_line),
        "title": f"lading: {finding.rule}",
    }
    if finding.end_line == finding.line:  # GitHub refuses columns where the lines differ
        properties |= {"col": str(finding.column), "endColumn": str(finding.end_column)}
    place = f"{finding.path}:{finding.line}:{finding.column}"
    message = f"{place}: {finding.message} [{finding.rule}]"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{COMMAND[finding.level]} {written}::{_data(harmless(message))}"


def _data(text: str) -> str:
    """As the runner unescapes it (actions/runner, src/Runner.Common/ActionCommand.cs)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
