"""Expressions that read what is not there: a step that has not run, or an input or matrix key that nobody declares.

The text of a file is asked first: few names in it are wrong, and only where one is are its expressions taken out.
"""

from __future__ import annotations

from lading import regex as re
from lading.models.workflow import Action, Workflow
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Hit
    from lading.models.workflow import Job

    Subject = Workflow | Action

_STEP = re.compile(r"steps\.(?<![\w.-]steps\.)([A-Za-z_][\w-]*)")
_INPUT = re.compile(r"inputs\.([A-Za-z_][\w-]*)")
_MATRIX = re.compile(r"matrix\.(?<![\w.-]matrix\.)([A-Za-z_][\w-]*)")
"""What is read, in expressions or not: a pattern that begins with letters is not tried at every place."""


def unknown_step(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An expression reads a step that is not there, or that runs later."""
    for owner in (subject,) if isinstance(subject, Action) else subject.jobs.values():
        if owner.steps and _may_miss_a_step(owner):
            from lading.checks.empty import steps

            yield from steps(owner)


def _may_miss_a_step(owner: Job | Action) -> bool:
    """Does its text read a step that does not stand before?"""
    node = owner.node
    text = node.source.text
    at = text.find("steps.", node.start, node.end)
    if at < 0:
        return False
    ends: dict[str, int] = {}
    for step in owner.steps:
        if step.id is not None:
            ends.setdefault(step.id.lower(), step.node.end)
    first, last = owner.steps[0].node.start, owner.steps[-1].node.end
    for match in _STEP.finditer(text, at, node.end):
        end = ends.get(match[1].lower())
        if end is None or first <= match.start() < min(end, last):
            return True
    return False


def undeclared_input(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An expression reads an input that nobody declares."""
    declared = _of_action(subject) if isinstance(subject, Action) else _of_workflow(subject)
    if declared is None:
        return
    read = _INPUT.findall(subject.tree.source.text)
    if any([name.lower() not in declared for name in read]):
        from lading.checks.empty import inputs

        yield from inputs(subject, declared)


def _of_action(action: Action) -> dict[str, str] | None:
    return _names(action.node.get("inputs"))


def _of_workflow(workflow: Workflow) -> dict[str, str] | None:
    """The inputs of calls and of starts by hand, as written, by lower-cased name; None where they cannot be told."""
    declared: dict[str, str] = {}
    for name in ("workflow_call", "workflow_dispatch"):
        event = workflow.events.get(name)
        if event is None or event.value is None:
            continue
        names = _names(event.config.get("inputs")) if event.config is not None else None
        if names is None:
            return None
        declared |= names
    return declared


def _names(node: object) -> dict[str, str] | None:
    """The keys of a mapping, by lower-cased name; None where they cannot be told."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return {}
    if not isinstance(node, MappingNode):
        return None
    found: dict[str, str] = {}
    for entry in node.entries:
        name = entry.name
        if name is None or name == "<<" or "${{" in name:
            return None
        found.setdefault(name.lower(), name)
    return found


def undeclared_matrix_key(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An expression puts in a key that no leg of the matrix has."""
    text = workflow.tree.source.text
    for job in workflow.jobs.values():
        node = job.node
        if text.find("matrix.", node.start, node.end) < 0:
            continue
        keys = _keys_of(job)
        if keys is not None and any(
            [name.lower() not in keys for name in _MATRIX.findall(text, node.start, node.end)]
        ):
            from lading.checks.empty import matrix_keys

            yield from matrix_keys(job, keys)


def _keys_of(job: Job) -> dict[str, str] | None:
    """The keys that the legs of a job can have, as written, by lower-cased name; None where they cannot be told."""
    matrix = job.matrix
    if matrix is None:
        return {}
    keys = _names(matrix) if isinstance(matrix, MappingNode) else None
    if keys is None:
        return None
    assert isinstance(matrix, MappingNode)
    include = matrix.get("include")
    keys.pop("include", None)
    keys.pop("exclude", None)
    if include is None:
        return keys
    if not isinstance(include, Sequence):
        return None
    for item in include.items:
        added = resolve(item)
        names = _names(added) if isinstance(added, MappingNode) else None
        if names is None:
            return None
        keys |= names
    return keys
