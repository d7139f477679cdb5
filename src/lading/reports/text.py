"""Findings for people: what is wrong, the lines it is about, what to do, and what the run covered."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING
from lading.reports import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding, Outcome
    from lading.reports import Look

NOTHING = "nothing to check: no Compose file, workflow, action or Dockerfile was found"
MARK = "[*]"
"""Stands before what `--fix` mends."""


def pieces_of(outcome: Outcome, look: Look) -> list[str]:
    """A block for each finding, with empty lines between, and the summary as the last line."""
    known = look.laid_out
    findings = outcome.findings
    blocks = known.blocks(findings) if known is not None else [block(each, look) for each in findings]
    return [*(piece for block in blocks for piece in (block, "\n")), summary(outcome), "\n"]


def summary(outcome: Outcome) -> str:
    """What was found, and in what."""
    if not outcome.files and not outcome.findings:
        return NOTHING
    counts = ((outcome.count(level), level) for level in (ERROR, WARNING, NOTE))
    found = ", ".join(counted(n, level) for n, level in counts if n) or "no findings"
    kinds = (
        (outcome.workflows, "workflow"),
        (outcome.projects, "compose project"),
        (outcome.publications, "publication"),
    )
    covered = ", ".join(counted(n, kind) for n, kind in kinds if n)
    line = f"{found} in {counted(outcome.files, 'file')}" + (f": {covered}" if covered else "")
    if outcome.undecided:
        shows = "shows it" if outcome.undecided == 1 else "shows them"
        line += f"; {outcome.undecided} undecided (--strict {shows})"
    if outcome.suppressed:
        line += f"; {outcome.suppressed} suppressed"
    if outcome.baselined:
        line += f"; {outcome.baselined} in the baseline"
    if outcome.mended:
        gone = "is gone" if outcome.mended == 1 else "are gone"
        line += f"; {outcome.mended} of the baseline {gone} (`lading baseline --update` drops what is)"
    return line + _fixable(outcome)


def _fixable(outcome: Outcome) -> str:
    """How many findings the program can mend by itself."""
    mended = [finding.is_mended_safely for finding in outcome.findings]
    safe, more = mended.count(True), mended.count(False)
    if not safe and not more:
        return ""
    if not safe:
        return f"; --fix --unsafe-fixes mends {more}"
    return f"; --fix mends {safe} ({MARK})" + (f", with --unsafe-fixes {more} more" if more else "")


def _linked(rule: str, look: Look) -> str:
    """A rule's id as a link to its page, where there are both."""
    url = look.page_of(rule) if look.page_of is not None else None
    return f"\x1b]8;;{url}\x1b\\{rule}\x1b]8;;\x1b\\" if url is not None else rule


def block(finding: Finding, look: Look) -> str:
    """What is said of a finding, with the lines it is about, in a form that ends its last line."""
    from lading.reports.display import harmless
    from lading.reports.excerpt import Ink, excerpts

    ink = Ink(look.colour)
    head = ink.level(finding.level, f"{finding.level}[{_linked(finding.rule, look)}]")
    mark = f"{MARK} " if finding.is_mended_safely else ""
    lines = [f"{head}: {mark}{ink.strong(harmless(finding.message))}", *excerpts(finding, look, ink)]
    return "\n".join(lines) + "\n"
