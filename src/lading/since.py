"""Of all findings those that came up since a revision: in changed files, or caused by what changed there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.changes import Changes
    from lading.findings import Finding, Outcome


def narrowed(outcome: Outcome, changes: Changes, before: Callable[[], Outcome]) -> Outcome:
    """Findings of which a place lies in a changed file, and those that a change elsewhere has caused.

    Who deletes a reusable workflow, or a HEALTHCHECK in a Dockerfile, breaks files that did not change. So a finding
    that concerns no changed file is told too if it is not there `before`, in the repository as it was.
    """
    far = [finding for finding in outcome.findings if not _concerns(finding, changes)]
    if not far:
        return outcome
    known = {finding.fingerprint for finding in before().findings} if changes.paths else None
    left_out = {id(finding) for finding in far if known is None or finding.fingerprint in known}
    return outcome.having(
        findings=tuple(finding for finding in outcome.findings if id(finding) not in left_out)
    )


def _concerns(finding: Finding, changes: Changes) -> bool:
    paths = (finding.path, *(related.span.source.path for related in finding.related))
    return any(path in changes.paths for path in paths)
