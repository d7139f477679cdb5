"""Steps put in front of the one that needs them: the login of a push, the builder of a build."""

from __future__ import annotations

from lading import regex as re
from lading.edits import insert_item
from lading.findings import Fix
from lading.tree import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.edits import Value
    from lading.models.workflow import Job, Step

LOGIN = "docker/login-action"
BUILDER = "docker/setup-buildx-action"
_NEWEST = {LOGIN: "v4", BUILDER: "v4"}
"""Where the file names no version of the action (their release pages, mid-2026)."""


def login_before(job: Job, step: Step) -> Fix | None:
    """A login at ghcr.io with the token of the job."""
    inputs = {
        "registry": "ghcr.io",
        "username": "${{ github.actor }}",
        "password": "${{ secrets.GITHUB_TOKEN }}",
    }
    return _before(job, step, LOGIN, {"with": inputs}, "log in before it")


def builder_before(job: Job, step: Step) -> Fix | None:
    return _before(job, step, BUILDER, {}, "set a builder up before it")


def _before(job: Job, step: Step, action: str, rest: Mapping[str, Value], message: str) -> Fix | None:
    """Only in front of a step of the job itself, and only where it has no condition, which the new one would need."""
    entry = job.node.entry("steps")
    if entry is None or not isinstance(entry.value, Sequence) or step.condition is not None:
        return None
    written = re.search(rf"{re.escape(action)}@[\w.-]+(?:[ \t]+#[ \t]*v[\w.-]+)?", job.node.source.text)
    uses = written[0] if written is not None else f"{action}@{_NEWEST[action]}"
    edit = insert_item(entry.value, step.node, {"uses": uses, **rest})
    return Fix(message, [edit], is_safe=False) if edit is not None else None
