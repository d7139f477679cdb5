"""Findings as Markdown, for the summary page of a GitHub Actions job (`$GITHUB_STEP_SUMMARY`)."""

from __future__ import annotations

from lading import regex as re
from lading.findings import ERROR, LEVELS, NOTE, WARNING
from lading.reports.addresses import in_address
from lading.reports.display import harmless
from lading.reports.text import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding, Outcome
    from lading.reports import Origin

MOST_BYTES = 1_000_000
"""GitHub refuses a summary above 1 MiB; the rest is left to other steps of the job
(docs.github.com, "Workflow commands": step isolation and limits)."""
SIGN = {ERROR: "❌ error", WARNING: "⚠️ warning", NOTE: "ℹ️ note"}


def as_markdown(outcome: Outcome, origin: Origin | None) -> str:
    """What was covered, and a table with a row for each finding, the most severe first."""
    head = f"### lading\n\n{escaped(summary(outcome))}\n"
    if not outcome.findings:
        return head
    head += "\n| | Where | What | What to do |\n|---|---|---|---|\n"
    rows = []
    size = len(head)
    ordered = [f for level in reversed(LEVELS) for f in outcome.findings if f.level == level]
    for number, finding in enumerate(ordered):
        row = _row(finding, origin)
        size += len(row.encode("utf-8", "replace"))
        if size > MOST_BYTES:
            rows.append(f"\n{len(ordered) - number} more findings do not fit on this page.\n")
            break
        rows.append(row)
    return head + "".join(rows)


def _row(finding: Finding, origin: Origin | None) -> str:
    where = escaped(f"{finding.path}:{finding.line}")
    if origin is not None and origin.revision:
        path = in_address(finding.path)
        where = f"[{where}]({origin.uri}/blob/{origin.revision}/{path}#L{finding.line})"
    what = f"{escaped(finding.message)}<br><sub>{escaped(finding.rule)}</sub>"
    return f"| {SIGN[finding.level]} | {where} | {what} | {escaped(finding.help)} |\n"


def escaped(text: str) -> str:
    """Plain text in Markdown: what stands in backticks is code, and nothing else means anything."""
    parts = harmless(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    shown = (f"<code>{_literal(part)}</code>" if at % 2 else _literal(part) for at, part in enumerate(parts))
    return "".join(shown)


def _literal(text: str) -> str:
    """Every sign that Markdown or HTML could take for more than itself, by its number."""
    return re.sub(r"[!-'*+<=>@\[-`{-~]|(?<=[A-Za-z]):(?=//)", lambda found: f"&#{ord(found[0])};", text)
