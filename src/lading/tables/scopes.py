"""The scopes that `permissions:` can name, and what the shorthands and the default token hold.

Sources: actions/languageservices:workflow-parser/src/workflow-v1.0.json at 4043eda (2026-08-05) for names and levels;
actions/runner:src/Sdk/WorkflowParser/{Permissions.cs, Conversion/PermissionsHelper.cs} at 258d6c8 (2026-08-17) for
the defaults, the shorthands and what a caller's permissions are compared with.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NONE = "none"
READ = "read"
WRITE = "write"
LEVELS = (NONE, READ, WRITE)
"""From the least to the most."""

_ANY = (READ, WRITE, NONE)
_WRITE_ONLY = (WRITE, NONE)
_READ_ONLY = (READ, NONE)

SCOPES: Mapping[str, tuple[str, ...]] = {
    "actions": _ANY,
    "artifact-metadata": _ANY,
    "attestations": _ANY,
    "checks": _ANY,
    "code-quality": _ANY,
    "contents": _ANY,
    "copilot-requests": _WRITE_ONLY,
    "deployments": _ANY,
    "discussions": _ANY,
    "drives": _ANY,
    "id-token": _WRITE_ONLY,
    "issues": _ANY,
    "models": _READ_ONLY,
    "packages": _ANY,
    "pages": _ANY,
    "pull-requests": _ANY,
    "repository-projects": _ANY,
    "security-events": _ANY,
    "statuses": _ANY,
    "vulnerability-alerts": _READ_ONLY,
}
"""The levels that each scope can be given."""

READ_AT_MOST = ("models", "vulnerability-alerts")
"""Scopes whose `write` counts as `read` (Permissions.cs)."""

COMPARED = (
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "issues",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "statuses",
    "security-events",
    "id-token",
    "models",
    "vulnerability-alerts",
)
"""What GitHub compares between caller and called workflow, in the order of its messages (Permissions.cs)."""

SHORTHANDS: Mapping[str, str] = {"read-all": READ, "write-all": WRITE}
"""What a shorthand gives to every scope."""

RESTRICTED: Mapping[str, str] = {"contents": READ, "packages": READ}
"""The default token of new repositories (policy LimitedRead); every other scope is `none`."""


def capped(scope: str, level: str) -> str:
    """The level that a scope gets when it is given one."""
    return READ if level == WRITE and scope in READ_AT_MOST else level


def everything(level: str) -> dict[str, str]:
    """Every scope at a level, as `read-all` and `write-all` give it.

    With `read-all` the scopes that know no `read` of their own (`id-token`) are `read` too: GitHub compares them so.
    """
    return {scope: capped(scope, level) for scope in SCOPES}
