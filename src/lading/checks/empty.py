"""What to say of expressions that are always empty, since nothing has the name that they read."""

from __future__ import annotations

from lading import regex as re
from lading.checks.outputs import expressions
from lading.findings import KNOWN, Edit, Fix, Hit, assumed, once
from lading.models.workflow import Action
from lading.source import Span
from lading.words import is_one_slip, nearest, slip_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.workflow import Job, Step, Workflow
    from lading.tree import Node, Scalar

    Names = dict[str, str]
    Reading = tuple[Scalar, Span, re.Match[str], str]

_NAME = r"([A-Za-z_][\w-]*)"
_READ_STEP = re.compile(rf"'(?:[^']|'')*'|(?<![\w.-])steps\.{_NAME}")
_READ_INPUT = re.compile(rf"'(?:[^']|'')*'|(?<![\w.-])(?:github\.event\.)?inputs\.{_NAME}")
_READ_KEY = re.compile(rf"'(?:[^']|'')*'|(?<![\w.-])matrix\.{_NAME}")
"""A text in quotes, or what is read."""


def steps(owner: Job | Action) -> list[Hit]:
    """Every step that a job or action reads before it has run, each place once."""
    return once(_steps(owner))


def _steps(owner: Job | Action) -> Iterator[Hit]:
    node = owner.node
    ids: Names = {}
    for step in owner.steps:
        if node.start <= step.node.start < node.end:  # what an alias stands for is judged where it is written
            yield from _unknown_steps(step.node, ids, owner, step)
        if step.id is not None:
            ids.setdefault(step.id.lower(), step.id)
    for key in ("outputs", "environment"):
        below = node.get(key)
        if below is not None:
            yield from _unknown_steps(below, ids, owner, None)


def _unknown_steps(node: Node, ids: Names, owner: Job | Action, reader: Step | None) -> Iterator[Hit]:
    for _, at, match, _ in _readings(node, _READ_STEP):
        name = match[1]
        if name.lower() not in ids:
            yield _unknown_step(at, name, ids, owner, reader)


def _unknown_step(at: Span, name: str, ids: Names, owner: Job | Action, reader: Step | None) -> Hit:
    later = next((each for each in owner.steps if (each.id or "").lower() == name.lower()), None)
    if later is not None:
        is_same = later is reader
        return Hit(
            at,
            f"`steps.{name}` is empty here: "
            + ("it is this step, which has not run yet" if is_same else "the step runs later"),
            related=[] if is_same else [(later.entry, "the step")],
        )
    named = next((each for each in owner.steps if each.id is None and _is_named(each, name)), None)
    if named is not None:
        return Hit(
            at,
            f"`steps.{name}` is empty: the step of that name has no `id`",
            related=[(named.entry, "the step")],
            help=f"Give it `id: {name}`.",
        )
    whole = "this action" if isinstance(owner, Action) else f"`{owner.id}`"
    near = _near(name, ids)
    other = _elsewhere(name, owner) if near is None else None
    return Hit(
        at,
        f"`steps.{name}` is empty: no step of {whole} has the id `{name}`{_hint(near)}",
        related=[(other[1].entry, f"a step of `{other[0].id}`")] if other is not None else [],
        help=_help(near)
        or (f"Hand it on by `outputs` of `{other[0].id}` and read `needs`." if other is not None else None),
        fix=_renamed(at, name, near),
    )


def _is_named(step: Step, name: str) -> bool:
    """Is it the name that people see, which no expression knows?"""
    return step.name is not None and step.name.text.strip().lower() == name.lower()


def _elsewhere(name: str, owner: Job | Action) -> tuple[Job, Step] | None:
    """The step of another job that has the id."""
    if isinstance(owner, Action):
        return None
    for job in owner.workflow.jobs.values():
        for step in job.steps:
            if (step.id or "").lower() == name.lower():
                return job, step
    return None


def inputs(subject: Workflow | Action, declared: Names) -> list[Hit]:
    """Every input that a workflow or action reads without declaring it, each place once."""
    return once(_inputs(subject, declared))


def _inputs(subject: Workflow | Action, declared: Names) -> Iterator[Hit]:
    is_action = isinstance(subject, Action)
    whole = "action" if is_action else "workflow"
    keys = ("runs", "outputs") if is_action else tuple(subject.node.named)
    is_called = not isinstance(subject, Action) and subject.is_reusable
    for key in keys:
        node = subject.node.get(key)
        for _, at, match, text in _readings(node, _READ_INPUT) if node is not None else ():
            name, read = match[1], match[0]
            of_event = read.startswith("github")
            if name.lower() in declared or (of_event and (is_action or is_called)):
                continue
            if re.match(r"\s*\|\|", text[match.end() :]) and slip_of(name.lower(), declared) is None:
                continue  # it has a default, as one that may be declared some day
            near = _near(name, declared)
            yield Hit(
                at,
                f"`{read}` is empty: this {whole} declares no input `{name}`{_hint(near)}",
                help=_help(near),
                basis=_PASSED if is_action else KNOWN,
                fix=_renamed(at, name, near),
            )


_PASSED = assumed("unless a caller passes it all the same")
"""The runner warns of an input that no action.yml declares, and hands it on (runner:Runner.Worker/ActionRunner.cs)."""


def matrix_keys(job: Job, keys: Names) -> list[Hit]:
    """Every key that is put in and that no leg of the job's matrix has, each place once."""
    return once(_matrix_keys(job, keys))


_QUESTIONS = ("if", "continue-on-error")
_ALONE = r"matrix(?:\.[A-Za-z_][\w-]*)+"


def _matrix_keys(job: Job, keys: Names) -> Iterator[Hit]:
    questions = [
        each.get(key) for each in (job.node, *(step.node for step in job.steps)) for key in _QUESTIONS
    ]
    for entry in job.node.entries:
        if entry.name in ("strategy", "if"):
            continue
        for scalar, at, match, whole in _readings(entry.value, _READ_KEY):
            name = match[1]
            if name.lower() in keys:
                continue
            is_put_in = re.fullmatch(_ALONE, whole.strip()) and not any(scalar is each for each in questions)
            if not is_put_in and slip_of(name.lower(), keys) is None:
                continue  # a key that some leg may have some day
            near = _near(name, keys)
            missing = f"no leg of `{job.id}` has the key `{name}`" if keys else f"`{job.id}` has no matrix"
            yield Hit(
                at,
                f"`matrix.{name}` is empty: {missing}{_hint(near)}",
                help=_help(near),
                fix=_renamed(at, name, near),
            )


def _readings(node: Node, pattern: re.Pattern[str]) -> Iterator[Reading]:
    """Everything that fits a pattern in the expressions below a node: the text, the place, the match, the expression.

    Aliases are left out, and lines of a block that begin with `#`: in a script they are comments.
    """
    for scalar, start, text in expressions(node):
        for match in pattern.finditer(text):
            if match[1] is not None and not _is_commented(scalar, start + match.start()):
                at = scalar.inner_span(start + match.start(), start + match.end())
                yield scalar, at, match, text


def _is_commented(scalar: Scalar, at: int) -> bool:
    line = scalar.text[scalar.text.rfind("\n", 0, at) + 1 : at]
    return line.lstrip().startswith("#")


def _near(name: str, known: Names) -> str | None:
    """The name that was meant, as it is declared."""
    near = slip_of(name.lower(), known) or nearest(name.lower(), known)
    return known[near] if near is not None else None


def _hint(near: str | None) -> str:
    return f"; did you mean `{near}`?" if near is not None else ""


def _help(near: str | None) -> str | None:
    return f"Write `{near}`." if near is not None else None


def _renamed(at: Span, name: str, near: str | None) -> Fix | None:
    """The name that was meant, at the end of what is read; what is not one slip away may be another thing."""
    if near is None or not is_one_slip(name, near) or not at.text.endswith(f".{name}"):
        return None
    return Fix(f"write `{near}`", [Edit(Span(at.source, at.end - len(name), at.end), near)], is_safe=False)
