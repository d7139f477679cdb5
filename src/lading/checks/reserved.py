"""Names that GitHub keeps to itself."""

from __future__ import annotations

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
    tree = workflow.tree
    if not tree.keys.isdisjoint(variables.SET_BY_GITHUB) and "DO NOT EDIT" not in tree.source.text[:_HEAD]:
        yield from once(_reserved(entry) for entry in _variables(workflow) if _is_another_value(entry))


_HEAD = 4000
"""Characters at the beginning of a file in which a generator says that it wrote it."""


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
