"""Facts that policies ask for and the bill shows: their names, and a value with the ground on which it stands."""

from __future__ import annotations

from lading.tables.scopes import SCOPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.findings import Basis

FACTS = {
    "publications": (
        *("key", "path", "line", "workflow", "job", "step", "kind", "image", "tags", "resolved", "registry", "own"),
        *("login", "credential", "permissions", "events", "refs", "guards", "environment", "timeout", "runs_on"),
        "certainty",
    ),
    "jobs": (
        *("key", "path", "line", "workflow", "job", "runs_on", "timeout", "environment", "permissions", "events"),
        *("refs", "condition", "needs", "uses", "calls", "publishes"),
    ),
    "consumers": (
        *("key", "path", "line", "service", "project", "image", "tag", "digest", "registry", "own", "built"),
        *("pulled", "kind"),
    ),
    "services": (
        *("key", "path", "line", "service", "project", "image", "tag", "digest", "registry", "built", "health"),
        *("waits_for", "restart", "profiles", "ports", "mounts", "privileged", "read_only", "user", "network_mode"),
        *("pid", "cap_add"),
    ),
}  # fmt: skip
"""The facts of each list, by which a policy may ask for them; a test holds them equal to what is given."""

PARTS: dict[str, tuple[str, ...]] = {
    "permissions": tuple(SCOPES),
    "health": ("state", "certainty", "reason"),
    "waits_for": ("name", "way", "condition", "required"),
    "ports": ("host_ip", "published", "target", "protocol"),
    "mounts": ("kind", "source", "target"),
}
"""What facts that have parts are made of; those of a list stand below `*`."""


class Fact:
    """A value that is not simply known: on which ground it stands. Of an unknown one `value` is what is seen of it."""

    __slots__ = ("basis", "value")

    def __init__(self, value: Any, basis: Basis) -> None:
        self.value = value
        self.basis = basis

    def __repr__(self) -> str:
        return f"Fact({self.value!r}, {self.basis!r})"


def on(value: Any, basis: Basis) -> Any:
    """The value, with its ground where that is more than known."""
    return value if basis.kind == "known" else Fact(value, basis)


def shown(facts: Any) -> Any:
    """The same without grounds, for programs that read the bill: what is not known at all is `*`."""
    if isinstance(facts, Fact):
        if facts.basis.kind == "unknown" and facts.value is None:
            return "*"
        return shown(facts.value)
    if isinstance(facts, dict):
        return {name: shown(value) for name, value in facts.items()}
    return [shown(value) for value in facts] if isinstance(facts, list) else facts
