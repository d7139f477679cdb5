"""Names that GitHub keeps to itself."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed, once
from lading.tables import variables
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.workflow import Workflow
    from lading.tree import Entry, Node


def reserved_name(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A variable or secret has a name that GitHub keeps to itself."""
    event = workflow.events.get("workflow_call")
    secrets = event.config.get("secrets") if event is not None and event.config is not None else None
    for entry in secrets if isinstance(secrets, MappingNode) else ():
        if (entry.name or "").upper() == "GITHUB_TOKEN":
            yield Hit(entry, f"`{entry.name}` is no name for a secret: every called workflow has it already")
    text = workflow.tree.source.text
    if _names_reserved(text) and "DO NOT EDIT" not in text[:_HEAD]:
        yield from once(_reserved(entry) for entry in _variables(workflow) if _is_another_value(entry))


_KEY = re.compile(r"[A-Z_]+[\"']?[ \t]*:")
_HEAD = 4000
"""Characters at the beginning of a file in which a generator says that it wrote it."""


def _names_reserved(text: str) -> bool:
    """Does a key look like a variable of GitHub?"""
    for prefix in ("GITHUB_", "RUNNER_"):
        at = text.find(prefix)
        while at >= 0:
            if _KEY.match(text, at) is not None and not text.startswith("GITHUB_TOKEN", at):
                return True
            at = text.find(prefix, at + 1)
    return False


def _is_another_value(entry: Entry) -> bool:
    """Is a variable of GitHub given a value of one's own? An expression gives it, as a rule, the value that it has."""
    value = resolve(entry.value)
    return entry.name in variables.SET_BY_GITHUB and isinstance(value, Scalar) and "${{" not in value.text


def _reserved(entry: Entry) -> Hit:
    return Hit(
        entry,
        f"GitHub sets `{entry.name}` itself, and the value here has no effect",
        basis=assumed("unless a runner of your own lets it through"),
        help="Give the variable a name of its own.",
    )


def _variables(workflow: Workflow) -> Iterator[Entry]:
    """The entries of every `env`."""
    nodes: list[Node | None] = [workflow.node.get("env")]
    for job in workflow.jobs.values():
        nodes.append(job.node.get("env"))
        nodes += [step.node.get("env") for step in job.steps]
    for node in nodes:
        if isinstance(node, MappingNode):
            yield from node
