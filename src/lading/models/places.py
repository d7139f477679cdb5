"""Where expressions stand in a workflow, and what each of them can name."""

from __future__ import annotations

import re

from lading.models.expressions import ExpressionError, parse, pieces
from lading.tables import contexts
from lading.tree import Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.workflow import Job, Step, Workflow
    from lading.source import Span
    from lading.tree import Node

    Names = frozenset[str]
    Place = tuple[Scalar, Names, bool]

_MOST = 20_000
_WRITTEN = re.compile(r"\$\{\{ *([a-z]+)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+ *\}\}")
_PLAIN = re.compile(r"([a-z]+)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+")
"""A name such as `github.ref`, which needs no parser."""


class Fault:
    """An expression that GitHub does not take: its place, GitHub's words, and is a context in the wrong place?"""

    __slots__ = ("at", "is_unavailable", "message")

    def __init__(self, at: Span, message: str) -> None:
        self.at = at
        self.message = message
        self.is_unavailable = message.startswith("Unrecognized named-value")


def faults(workflow: Workflow) -> Iterator[Fault]:
    """Every expression that GitHub does not take, in the places whose contexts are known."""
    for scalar, names, is_condition in _places(workflow):
        if is_condition and "${{" not in scalar.text:
            yield from _faults_of(scalar, scalar.text, 0, names)
        elif not _is_plain(scalar.text, names):
            try:
                cut = pieces(scalar.text)
            except ExpressionError as error:
                yield Fault(scalar.inner_span(error.offset, error.offset + 3), str(error))
                continue
            for piece in cut:
                if piece.inner is not None:
                    yield from _faults_of(scalar, piece.inner, piece.inner_start, names)


_REF = re.compile(r"github\.ref(?![A-Za-z0-9_.-])")
_NAME = r"'((?!refs/)[^']+)'"
_SHORT_REF = re.compile(
    rf"\bgithub\.ref\s*(==|!=)\s*{_NAME}|{_NAME}\s*(==|!=)\s*github\.ref(?![A-Za-z0-9_.-])"
)


def short_refs(workflow: Workflow) -> Iterator[tuple[Span, str, bool]]:
    """Comparisons of `github.ref` with a text that is no full ref: place, the text, and is it `==`?"""
    text = workflow.tree.source.text
    if not any("=" in text[max(at.start() - 5, 0) : at.end() + 5] for at in _REF.finditer(text)):
        return
    for scalar, _, is_condition in _places(workflow):
        if is_condition or "${{" in scalar.text:
            for match in _SHORT_REF.finditer(scalar.text) if "github" in scalar.text else ():
                text = match[2] or match[3]
                yield scalar.inner_span(match.start(), match.end()), text, "==" in (match[1], match[4])


def expressions_in(workflow: Workflow) -> Iterator[Scalar]:
    """Every text that is or holds an expression: conditions, and what has `${{ }}` in it."""
    for scalar, _, is_condition in _places(workflow):
        if is_condition or "${{" in scalar.text:
            yield scalar


def _is_plain(text: str, names: Names) -> bool:
    """Are all its expressions names that exist there? Most are; the parser would take 50 ms for 370 workflows."""
    roots = _WRITTEN.findall(text)
    return len(roots) == text.count("${{") and names.issuperset(roots)


def _faults_of(scalar: Scalar, text: str, start: int, names: Names) -> Iterator[Fault]:
    plain = _PLAIN.fullmatch(text)
    if plain is not None and plain[1] in names:
        return
    try:
        parse(text, names)
    except ExpressionError as error:
        begin = start + error.offset
        word = re.match(r"[A-Za-z_][A-Za-z0-9_-]*|.?", text[error.offset :])
        length = max(len(word[0]) if word is not None else 1, 1)
        yield Fault(scalar.inner_span(begin, begin + length), str(error))


def _places(workflow: Workflow) -> Iterator[Place]:
    yield from _all(workflow.node.get("run-name"), contexts.WORKFLOW)
    yield from _all(workflow.node.get("concurrency"), contexts.WORKFLOW)
    yield from _all(workflow.node.get("env"), contexts.WORKFLOW_ENV)
    for job in workflow.jobs.values():
        yield from _of_job(job)


_OF_JOB = ("name", "runs-on", "timeout-minutes", "continue-on-error", "concurrency", "with")


def _of_job(job: Job) -> Iterator[Place]:
    if job.condition is not None:
        yield job.condition, contexts.JOB_IF, True
    yield from _all(job.node.get("strategy"), contexts.JOB_IF)
    for key in _OF_JOB:
        yield from _all(job.node.get(key), contexts.JOB)
    environment = job.environment
    yield from _all(
        environment.get("name") if isinstance(environment, Mapping) else environment, contexts.JOB
    )
    yield from _all(job.node.get("env"), contexts.JOB_ENV)
    if job.uses is not None:
        yield from _all(job.node.get("secrets"), contexts.JOB_ENV)
    for step in job.steps:
        yield from _of_step(step)


def _of_step(step: Step) -> Iterator[Place]:
    if step.condition is not None:
        yield step.condition, contexts.STEP_IF, True
    if step.node.source.text.find("${{", step.node.start, step.node.end) < 0:
        return
    for entry in step.node:
        if entry.name not in ("if", "id", "uses"):
            yield from _all(resolve(entry.value), contexts.STEP)


def _all(node: Node | None, names: Names) -> Iterator[Place]:
    """Every text below a node that holds an expression; keys are left out, and what an alias stands for."""
    if node is None or node.source.text.find("${{", node.start, node.end) < 0:
        return
    waiting = [node]
    left = _MOST
    while waiting and left > 0:
        left -= 1
        node = resolve(waiting.pop())
        if isinstance(node, Scalar):
            if "${{" in node.text:
                yield node, names, False
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)
        elif isinstance(node, Mapping):
            waiting += [entry.value for entry in reversed(node.entries)]
