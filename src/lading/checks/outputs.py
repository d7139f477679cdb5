"""What a job reads of the jobs that it needs, and what these hand on."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Edit, Fix, Hit, once
from lading.models.expressions import ExpressionError, pieces
from lading.models.workflow import READ
from lading.source import Span
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar, Sequence
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.permissions import CallGraph
    from lading.models.repository import Repository
    from lading.models.workflow import Job, Workflow
    from lading.tree import Node

    Reading = tuple[Span, str, str | None]

_READ = re.compile(rf"'(?:[^']|'')*'|{READ}")
"""A text in quotes, or what is read of a needed job: its id, and the name of an output."""


def unneeded_job(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An expression reads a job that its own job does not wait for."""
    for job in workflow.jobs.values():
        if not job.mentions:
            continue
        needs = [need.text.lower() for need in job.needs]
        if any([name.lower() not in needs for name, _ in job.mentions]):
            yield from once(
                _unneeded(workflow, job, at, name)
                for at, name, _ in _readings(job)
                if name.lower() not in needs
            )


def _unneeded(workflow: Workflow, job: Job, at: Span, name: str) -> Hit:
    known = workflow.job(name)
    near = nearest(name, (need.text for need in job.needs)) if known is None else None
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return Hit(
        at,
        f"`needs.{name}` is empty here: `{job.id}` does not need a job `{name}`{hint}",
        related=[(known.key, "the job")] if known is not None else [],
        help=f"Write `needs.{near}`." if near is not None else f"Add `{name}` to the `needs` of `{job.id}`.",
        fix=_needed(workflow, job, known.id) if known is not None and known is not job else None,
    )


def _needed(workflow: Workflow, job: Job, name: str) -> Fix | None:
    """The job among the needs, where it does not wait for this one."""
    from lading.edits import append_name, insert_entry

    waiting, before = [name], {name}
    while waiting:
        other = workflow.job(waiting.pop())
        new = {need.text for need in other.needs} - before if other is not None else set()
        before |= new
        waiting += new
    if job.id.lower() in {each.lower() for each in before}:
        return None
    entry = job.node.entry("needs")
    if entry is not None:
        edit = append_name(entry, name)
    else:
        runs_on = job.node.entry("runs-on")
        edit = insert_entry(job.key.value, "needs", name, before=runs_on) if runs_on is not None else None
    return (
        Fix(f"add `{name}` to the `needs` of `{job.id}`", [edit], is_safe=False) if edit is not None else None
    )


def undeclared_output(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An expression reads an output that the needed job does not have."""
    graph = repository.call_graph
    for workflow in repository.workflows.values():
        for job in workflow.jobs.values() if "needs" in workflow.tree.keys else ():
            if "needs" in job.node.named and any(
                _is_undeclared(workflow.job(name), output, graph) for name, output in job.mentions if output
            ):
                yield from once(
                    _undeclared(workflow, at, name, output or "", graph)
                    for at, name, output in _readings(job)
                    if _is_undeclared(workflow.job(name), output, graph)
                )


def _is_undeclared(source: Job | None, output: str | None, graph: CallGraph) -> bool:
    """`source` is the job that is read."""
    declared = _outputs_of(source, graph) if source is not None and output else None
    return declared is not None and (output or "").lower() not in declared


def _undeclared(workflow: Workflow, at: Span, name: str, output: str, graph: CallGraph) -> Hit:
    source = workflow.job(name)
    assert source is not None
    near = nearest(output.lower(), _outputs_of(source, graph) or ())
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return Hit(
        at,
        f"`{source.id}` has no output `{output}`, so this is empty{hint}",
        related=[(source.key, "the job")],
        help=f"Write `{near}`." if near is not None else None,
        fix=_other_output(at, output, near) if near is not None else None,
    )


def _other_output(at: Span, output: str, name: str) -> Fix | None:
    """The name at the end of `needs.JOB.outputs.NAME`."""
    if not at.text.endswith(f".{output}"):
        return None
    edit = Edit(Span(at.source, at.end - len(output), at.end), name)
    return Fix(f"write `{name}`", [edit], is_safe=False)


def _outputs_of(job: Job, graph: CallGraph) -> set[str] | None:
    """The outputs of a job by lower-cased name; None where they cannot be told."""
    if job.uses is not None:
        call = graph.call(job)
        if call is None or call.ref is not None or not call.workflow.is_reusable:
            return None
        return set(call.workflow.call_outputs)
    node = job.node.get("outputs")
    names = [entry.name for entry in node] if isinstance(node, MappingNode) else []
    if any(name is None or "${{" in name for name in names):
        return None
    return None if node is not None and not names else {str(name).lower() for name in names}


def _readings(job: Job) -> Iterator[Reading]:
    """Place, job and output of everything that a job's expressions read of other jobs, aliases left out."""
    for scalar, start, text in expressions(job.node):
        for match in _READ.finditer(text) if "needs." in text else ():
            if match[1] is not None:
                yield scalar.inner_span(start + match.start(), start + match.end()), match[1], match[2]


def expressions(node: Node) -> Iterator[tuple[Scalar, int, str]]:
    """Every expression below a node, aliases left out: its text, and where it begins in that of the scalar."""
    waiting: list[tuple[Node, bool]] = [(node, False)]
    while waiting:
        below, is_condition = waiting.pop()
        if isinstance(below, MappingNode):
            waiting += [(entry.value, entry.name == "if") for entry in reversed(below.entries)]
        elif isinstance(below, Sequence):
            waiting += [(item, False) for item in reversed(below.items)]
        elif isinstance(below, Scalar) and (is_condition or "${{" in below.text):
            yield from _of_text(below, is_condition)


def _of_text(scalar: Scalar, is_condition: bool) -> Iterator[tuple[Scalar, int, str]]:
    if is_condition and "${{" not in scalar.text:
        yield scalar, 0, scalar.text
        return
    try:
        cut = pieces(scalar.text)
    except ExpressionError:
        return
    for piece in cut:
        if piece.inner is not None:
            yield scalar, piece.inner_start, piece.inner
