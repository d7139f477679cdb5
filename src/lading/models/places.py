"""Where expressions stand in workflows and actions, and what each of them can name."""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
from lading.models.expressions import MAX_LENGTH, ExpressionError, parse, pieces
from lading.tables import contexts as table
from lading.tree import Ahead, Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.models.expressions import Piece
    from lading.models.workflow import Action, Job, Workflow
    from lading.source import Span
    from lading.tables.contexts import Place
    from lading.tree import Node

    Standing = tuple[Scalar, Place, bool]
    """A text, its place, and is it a condition (an expression without `${{ }}`)?"""

_MOST = 20_000
_WRITTEN = re.compile(r"\$\{\{ *([a-z]+)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+ *\}\}")
_PLAIN = re.compile(r"([a-z]+)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+")
"""A name such as `github.ref`, which needs no parser."""
_MAX_TOGETHER = 254
"""Expressions in one text: GitHub makes one `format()` of them (runner:ObjectTemplating/TemplateReader.cs)."""


class Fault:
    """An expression that GitHub does not take: its place, what is wrong, and is it a name in the wrong place?"""

    __slots__ = ("at", "is_unavailable", "message")

    def __init__(self, at: Span, message: str, *, is_unavailable: bool = False) -> None:
        self.at = at
        self.message = message
        self.is_unavailable = is_unavailable


def faults(workflow: Workflow) -> Iterator[Fault]:
    """Every expression of a workflow that GitHub does not take, in the places whose contexts are known."""
    return _faults(workflow.standing)


def faults_of_action(action: Action) -> Iterator[Fault]:
    """Likewise in an action."""
    return _faults(_places_of_action(action))


def _faults(standing: Iterable[Standing]) -> Iterator[Fault]:
    for scalar, place, is_condition in standing:
        text = scalar.text
        if is_condition and "${{" not in text:
            if _judged(text, place) is not None:
                yield from _faults_of(scalar, text, 0, place)
        elif not _is_plain(text, place):
            yield from _faults_in(scalar, place)


def _faults_in(scalar: Scalar, place: Place) -> Iterator[Fault]:
    """The faults of a text with expressions in it; each is read for itself, then all together."""
    try:
        cut = pieces(scalar.text)
    except ExpressionError as error:
        yield Fault(scalar.inner_span(error.offset, error.offset + 3), error.message)
        return
    is_sound = True
    for piece in cut:
        for fault in _faults_of_piece(scalar, piece, place):
            is_sound = False
            yield fault
    if is_sound:
        yield from _too_much(scalar, cut)


def _faults_of_piece(scalar: Scalar, piece: Piece, place: Place) -> Iterator[Fault]:
    if piece.inner is None:
        return
    if not piece.inner:
        yield Fault(scalar.inner_span(piece.start, piece.end), "An expression was expected")
        return
    is_sound = True
    for fault in _faults_of(scalar, piece.inner, piece.inner_start, place):
        is_sound = False
        yield fault
    if is_sound and not place.contexts and not re.fullmatch(_QUOTED, piece.inner):
        message = f"no expression can stand in {place.words}"
        yield Fault(scalar.inner_span(piece.start, piece.end), message, is_unavailable=True)


_QUOTED = r"'(?:[^']|'')*'"


def _too_much(scalar: Scalar, cut: tuple[Piece, ...]) -> Iterator[Fault]:
    """GitHub makes one expression of a text with expressions in it, `format('…{0}…', …)`, and its limits count."""
    inner = [piece.inner for piece in cut if piece.inner is not None]
    if len(cut) < 2 or (len(scalar.text) <= MAX_LENGTH // 2 and len(inner) <= _MAX_TOGETHER):
        return
    literals = sum(len(p.literal) + sum(map(p.literal.count, "'{}")) for p in cut if p.literal is not None)
    marks = sum(len(f"{{{number}}}, {text}") for number, text in enumerate(inner))
    length = len("format('')") + literals + marks
    if length > MAX_LENGTH:
        yield Fault(
            scalar.span,
            f"Exceeded max expression length {MAX_LENGTH}: GitHub makes one expression of the whole text, which has "
            f"{length} characters",
        )
    elif len(inner) > _MAX_TOGETHER:
        yield Fault(
            scalar.span, f"Too many expressions in one text: {len(inner)}, and GitHub takes {_MAX_TOGETHER}"
        )


@remembered(4096)
def _is_plain(text: str, place: Place) -> bool:
    """Are all its expressions names that exist there? Most are; the parser would take 50 ms for 370 workflows."""
    roots = _WRITTEN.findall(text)
    return (
        len(roots) == text.count("${{")
        and place.contexts.issuperset(roots)
        and len(text) <= MAX_LENGTH // 2
        and len(roots) <= _MAX_TOGETHER
    )


def _faults_of(scalar: Scalar, text: str, start: int, place: Place) -> Iterator[Fault]:
    found = _judged(text, place)
    if found is not None:
        begin, end, message, is_unavailable = found
        yield Fault(scalar.inner_span(start + begin, start + end), message, is_unavailable=is_unavailable)


@remembered(4096)
def _judged(text: str, place: Place) -> tuple[int, int, str, bool] | None:
    """What is wrong with an expression: the offsets in it, the message, and is it a name in the wrong place?"""
    plain = _PLAIN.fullmatch(text)
    if plain is not None and plain[1] in place.contexts:
        return None
    try:
        parse(text, place.contexts, place.functions)
    except ExpressionError as error:
        word = re.match(r"[A-Za-z_][A-Za-z0-9_-]*|.?", text[error.offset :])
        name = word[0] if word is not None else ""
        missing = _missing(name, error.message, place)
        end = error.offset + max(len(name), 1)
        return error.offset, end, missing or _shortened(error.message), missing is not None
    return None


def _shortened(message: str) -> str:
    """Without the expression itself, which the place shows."""
    return message.partition(" within expression: ")[0]


def _missing(name: str, message: str, place: Place) -> str | None:
    """What to say of a name that does not exist in the place; None for another fault."""
    if message.startswith("Unrecognized named-value"):
        if not place.contexts:
            return f"no expression can stand in {place.words}"
        known = ", ".join(f"`{context}`" for context in sorted(place.contexts))
        if name.lower() not in table.CONTEXTS:
            return f"GitHub knows no context `{name}`; in {place.words} there are {known}"
        return f"`{name}` does not exist in {place.words}, where there are {known}"
    if message.startswith("Unrecognized function") and name.lower() in table.FUNCTIONS:
        where = "in steps" if name.lower() == "hashfiles" else "in an `if`"
        return f"`{name}()` does not exist in {place.words}, only {where}"
    return None


_REF = re.compile(r"github\.ref(?![A-Za-z0-9_.-])")
_NAME = r"'((?!refs/)[^']+)'"
_SHORT_REF = rf"\bgithub\.ref\s*(==|!=)\s*{_NAME}|{_NAME}\s*(==|!=)\s*github\.ref(?![A-Za-z0-9_.-])"


def short_refs(workflow: Workflow) -> Iterator[tuple[Span, str, bool]]:
    """Comparisons of `github.ref` with a text that is no full ref: place, the text, and is it `==`?"""
    if not _compares_ref(workflow.tree.source.text):
        return
    for scalar, _, _ in workflow.standing:
        for match in re.finditer(_SHORT_REF, scalar.text) if "github.ref" in scalar.text else ():
            text = match[2] or match[3]
            yield scalar.inner_span(match.start(), match.end()), text, "==" in (match[1], match[4])


def _compares_ref(text: str) -> bool:
    for at in _REF.finditer(text):
        start, end = at.span()
        if "=" in text[max(start - 5, 0) : end + 5]:
            return True
    return False


# --- where expressions stand ---


def places(workflow: Workflow) -> list[Standing]:
    """Every text of a workflow that is or holds an expression; `Workflow.standing` keeps them."""
    node = workflow.node
    names = node.names or node.named
    found: list[Standing] = []
    for key, place in (
        ("name", table.NAME),
        ("run-name", table.RUN_NAME),
        ("concurrency", table.CONCURRENCY),
        ("env", table.ENV),
        ("defaults", table.DEFAULTS),
    ):
        if key in names:
            found += _all(node.get(key), place)
    found += _of_events(node.get("on"))
    for job in workflow.jobs.values():
        _add_job(found, job)
        _add_steps(found, job)
    return found


def _of_events(on: Node | None) -> Iterator[Standing]:
    if on is None or on.source.text.find("${{", on.start, on.end) < 0:
        return
    for entry in on if isinstance(on, Mapping) else ():
        value = resolve(entry.value)
        if entry.name == "workflow_call" and isinstance(value, Mapping):
            yield from _under_each(value.get("inputs"), "default", table.CALL_DEFAULT)
            yield from _under_each(value.get("outputs"), "value", table.CALL_OUTPUT)
        else:
            yield from _all(value, table.ON)


def _under_each(node: Node | None, key: str, place: Place) -> Iterator[Standing]:
    for entry in node if isinstance(node, Mapping) else ():
        value = resolve(entry.value)
        if isinstance(value, Mapping):
            yield from _all(value.get(key), place)


_OF_JOB: dict[str, Place] = {
    "strategy": table.STRATEGY,
    "uses": table.JOB_USES,
    "needs": table.JOB_NEEDS,
    "with": table.JOB_WITH,
    "secrets": table.JOB_SECRETS,
    "env": table.JOB_ENV,
    "defaults": table.JOB_DEFAULTS,
    "outputs": table.JOB_OUTPUTS,
    **table.JOB_KEYS,
}


def _add_job(found: list[Standing], job: Job) -> None:
    """Into a list rather than from a generator, as below: there are many jobs and steps, and most have little."""
    if job.condition is not None:
        found.append((job.condition, table.JOB_IF, True))
    text = job.node.source.text
    for entry in job.node.entries:
        value = entry.value
        if type(value) is Scalar and "${{" not in value.text:
            continue
        key = entry.key
        name = key.text if type(key) is Scalar else entry.name or ""
        if name == "steps" or text.find("${{", value.start, value.end) < 0:
            continue
        value = resolve(value)
        if name == "container":
            found += _of_container(value)
        elif name == "services":
            found += _of_services(value)
        elif name == "environment" and isinstance(value, Mapping):
            for inner in value:
                is_url = inner.name == "url"
                found += _all(inner.value, table.ENVIRONMENT_URL if is_url else table.JOB_KEYS[name])
        elif name in _OF_JOB:
            found += _all(value, _OF_JOB[name])


def _of_services(node: Node) -> Iterator[Standing]:
    if isinstance(node, Mapping):
        for entry in node:
            yield from _of_container(resolve(entry.value))
    else:
        yield from _all(node, table.CONTAINER)


def _of_container(node: Node) -> Iterator[Standing]:
    if not isinstance(node, Mapping):
        yield from _all(node, table.CONTAINER)
        return
    inner = {"credentials": table.CREDENTIALS, "env": table.CONTAINER_ENV}
    for entry in node:
        yield from _all(entry.value, inner.get(entry.name or "", table.CONTAINER))


def _add_steps(found: list[Standing], job: Job) -> None:
    """Most steps lie before the next expression of the file, and of most others the texts stand side by side."""
    text = job.node.source.text
    fixed, of_step = table.STEP_FIXED, table.STEP
    ahead = Ahead(text, "${{")
    for step in job.steps:
        if step.condition is not None:
            found.append((step.condition, table.STEP_IF, True))
        node = step.node
        if not ahead.lies_in(node):
            continue
        for entry in node.entries:
            value = entry.value
            if type(value) is Scalar and "${{" not in value.text:
                continue
            key = entry.key
            name = key.text if type(key) is Scalar else entry.name or ""
            if name == "if":
                continue
            place = fixed.get(name, of_step)
            if type(value) is Scalar:
                found.append((value, place, False))
            elif type(value) is not Mapping or not _add_texts(found, value, place):
                found += _all(value, place)


def _add_texts(found: list[Standing], node: Mapping, place: Place) -> bool:
    """Is a mapping no more than texts? Then add those that hold an expression."""
    holding: list[Standing] = []
    for entry in node.entries:
        value = entry.value
        if type(value) is not Scalar:
            return False
        if "${{" in value.text:
            holding.append((value, place, False))
    found += holding
    return True


def _places_of_action(action: Action) -> Iterator[Standing]:
    runs = action.node.get("runs")
    yield from _under_each(action.node.get("inputs"), "default", table.ACTION_DEFAULT)
    if not action.is_composite:
        for key in ("args", "env"):
            yield from _all(runs.get(key) if isinstance(runs, Mapping) else None, table.CONTAINER_ACTION)
        return
    yield from _under_each(action.node.get("outputs"), "value", table.ACTION_OUTPUT)
    for step in action.steps:
        if step.condition is not None:
            yield step.condition, table.ACTION_IF, True
        for entry in step.node:
            if entry.name not in ("if", "shell"):
                is_uses = entry.name == "uses"
                yield from _all(resolve(entry.value), table.ACTION_USES if is_uses else table.ACTION_STEP)


def _all(node: Node | None, place: Place) -> list[Standing]:
    """Every text below a node that holds an expression; keys are left out, and what an alias stands for."""
    if node is None or node.source.text.find("${{", node.start, node.end) < 0:
        return []
    return _below(node, place)


def _below(node: Node, place: Place) -> list[Standing]:
    if type(node) is Scalar:
        return [(node, place, False)] if "${{" in node.text else []
    found: list[Standing] = []
    waiting = [node]
    left = _MOST
    while waiting and left > 0:
        left -= 1
        node = resolve(waiting.pop())
        if isinstance(node, Scalar):
            if "${{" in node.text:
                found.append((node, place, False))
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)
        elif isinstance(node, Mapping):
            waiting += [entry.value for entry in reversed(node.entries)]
    return found
