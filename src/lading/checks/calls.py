"""What called workflows and actions of this repository are given, and what they take."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed, once
from lading.models.workflow import local_path, scalar_value
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar, resolve, text_of
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from lading.findings import Fix
    from lading.models.permissions import Call
    from lading.models.repository import Repository
    from lading.models.workflow import Action, Step, Workflow
    from lading.tree import Entry

    Declared = dict[str, MappingNode | None]


def not_callable(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A job calls a workflow that is not there to be called."""
    for call in _calls(repository):
        if not call.workflow.is_reusable and call.job.uses is not None:
            on = call.workflow.node.entry("on")
            yield Hit(
                call.job.uses,
                f"`{call.workflow.path}` cannot be called: `workflow_call` is not among its events",
                related=[(on, "the events of the called workflow")] if on is not None else [],
                basis=call.basis,
            )


def undeclared_call_argument(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A caller passes an input or secret that the called workflow does not declare."""
    for call in _calls(repository):
        if call.workflow.is_reusable:
            for what, passed, declared in _arguments(call):
                for entry in passed:
                    name = entry.name or ""
                    if name.lower() not in declared and "${{" not in name:
                        yield _undeclared(call, what, entry, passed, declared)


def _undeclared(call: Call, what: str, entry: Entry, passed: tuple[Entry, ...], declared: Declared) -> Hit:
    near = nearest((entry.name or "").lower(), declared)
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return Hit(
        entry,
        f"{what} `{entry.name}` is not defined in `{call.workflow.path}`, which this job calls{hint}",
        related=[(_interface(call.workflow), "what it can be given")],
        basis=call.basis,
        help=f"Write `{near}`." if near is not None else None,
        fix=_renamed(entry, near, passed),
    )


def _renamed(entry: Entry, name: str | None, among: Iterable[Entry]) -> Fix | None:
    """Another name, where no entry has it yet."""
    if name is None or any((each.name or "").lower() == name for each in among):
        return None
    from lading.checks.mends import rename

    return rename(entry, name, is_safe=False)


def missing_call_argument(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A caller leaves out an input or secret that the called workflow requires."""
    for call in _calls(repository):
        if call.workflow.is_reusable:
            for what, passed, declared in _arguments(call):
                given = {(entry.name or "").lower() for entry in passed}
                if not any("${{" in name for name in given):
                    yield from _missing(call, what, given, declared)


def _missing(call: Call, what: str, given: set[str], declared: Declared) -> Iterator[Hit]:
    uses = call.job.uses
    for name, spec in declared.items():
        required = spec.get("required") if spec is not None else None
        is_required = isinstance(required, Scalar) and scalar_value(required) is True
        if spec is not None and uses is not None and is_required and name not in given:
            written = _as_declared(call.workflow, what, name)
            yield Hit(
                uses,
                f"{what} `{written}` is required by `{call.workflow.path}`, and this call does not give it",
                related=[(spec, "declared here")],
                basis=call.basis,
            )


def _as_declared(workflow: Workflow, what: str, name: str) -> str:
    """The name of an input or secret as it is written, given in lower case."""
    interface = resolve(_interface(workflow).value)
    node = interface.get(f"{what}s") if isinstance(interface, MappingNode) else None
    declared = resolve(node) if node is not None else None
    written = [entry.name or "" for entry in declared] if isinstance(declared, MappingNode) else []
    return next((each for each in written if each.lower() == name), name)


def mistyped_call_input(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A caller gives an input a value of another type than the called workflow declares."""
    for call in _calls(repository):
        declared = call.workflow.call_inputs
        for name, node in call.job.inputs.items():
            spec = declared.get(name)
            wanted = spec.get("type") if spec is not None else None
            if isinstance(wanted, Scalar) and isinstance(node, Scalar) and spec is not None:
                problem = _mismatch(node, wanted.text)
                if problem is not None:
                    yield Hit(
                        node,
                        f"input `{name}` of `{call.workflow.path}` takes {problem}, not `{node.text}`",
                        related=[(spec, "declared here")],
                        basis=call.basis,
                        fix=_typed(node, wanted.text),
                    )


_OF_CONTAINERS = ("args", "entrypoint")
"""What every container action can be given (actions/runner:src/Runner.Worker/ActionRunner.cs)."""
_OTHER_VERSION = assumed("unless another version of the action is checked out")


def undeclared_action_input(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A step gives an action of this repository an input that it does not have."""
    if not repository.actions:
        return
    for workflow in repository.workflows.values():
        text = workflow.tree.source.text
        if "./" in text or "$/" in text:
            for job in workflow.jobs.values():
                yield from once(hit for step in job.steps for hit in _strange_inputs(repository, step))
    for action in repository.actions.values():
        yield from once(hit for step in action.steps for hit in _strange_inputs(repository, step))


def _strange_inputs(repository: Repository, step: Step) -> Iterator[Hit]:
    path = local_path(step.uses.text) if step.uses is not None else None
    action = _action_in(repository, path) if path is not None else None
    node = step.node.get("with")
    if action is None or not isinstance(node, MappingNode):
        return
    known = {*action.inputs, *_OF_CONTAINERS}
    for entry in node:
        name = entry.name or ""
        if name.lower() not in known and "${{" not in name:
            near = nearest(name.lower(), action.inputs)
            hint = f"; did you mean `{near}`?" if near is not None else ""
            yield Hit(
                entry,
                f"the action in `{path}` has no input `{name}`, so the value has no effect{hint}",
                related=[(action.node.entry("inputs") or action.node, "what it can be given")],
                basis=_OTHER_VERSION,
                help=f"Write `{near}`." if near is not None else None,
                fix=_renamed(entry, near, node),
            )


def _action_in(repository: Repository, path: str) -> Action | None:
    folder = "" if path == "." else f"{path}/"
    found = (repository.actions.get(f"{folder}{name}") for name in ("action.yml", "action.yaml"))
    return next((action for action in found if action is not None), None)


def mistyped_default(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The default of an input has another type than the input."""
    for name, spec in workflow.call_inputs.items() if workflow.is_reusable else ():
        default = spec.get("default") if spec is not None else None
        kind = text_of(spec.get("type")) if spec is not None else None
        if isinstance(default, Scalar) and kind is not None:
            problem = _mismatch(default, kind)
            if problem is not None:
                yield Hit(
                    default,
                    f"the default of `{name}` is `{default.text}`; {problem} is expected",
                    fix=_typed(default, kind),
                )


def _typed(node: Scalar, wanted: str) -> Fix | None:
    """Without its quotes, where it is what is wanted then."""
    is_fitting = re.fullmatch(r"true|false" if wanted == "boolean" else r"[0-9]+(?:\.[0-9]+)?", node.text)
    if is_fitting is None or not node.style:
        return None
    from lading.checks.mends import fix_of
    from lading.edits import without_quotes

    return fix_of(f"write `{node.text}`", [without_quotes(node)], is_safe=True)


_WANTED = {"boolean": (bool, "`true` or `false`"), "number": (float, "a number")}


def _mismatch(node: Scalar, wanted: str) -> str | None:
    """What is wanted, where a value without expressions is something else. Every scalar is a text."""
    kind, words = _WANTED.get(wanted, (object, ""))
    is_fitting = "${{" in node.text or isinstance(scalar_value(node), kind)
    return None if is_fitting else f"{words} without quotes" if node.style else words


def _calls(repository: Repository) -> Iterator[Call]:
    graph = repository.call_graph
    for workflow in repository.workflows.values():
        for job in workflow.jobs.values():
            call = graph.call(job) if job.uses is not None else None
            if call is not None:
                yield call


def _arguments(call: Call) -> Iterator[tuple[str, tuple[Entry, ...], Declared]]:
    """Inputs and secrets: what is passed, and what is declared. All secrets are passed with `inherit`."""
    yield "input", _entries(call, "with"), call.workflow.call_inputs
    if call.job.secrets != "inherit":
        yield "secret", _entries(call, "secrets"), call.workflow.call_secrets


def _entries(call: Call, key: str) -> tuple[Entry, ...]:
    node = call.job.node.get(key)
    return tuple(node) if isinstance(node, MappingNode) else ()


def _interface(workflow: Workflow) -> Entry:
    """Where the workflow says what it takes."""
    on = workflow.node.entry("on")
    assert on is not None
    node = resolve(on.value)
    found = node.entry("workflow_call") if isinstance(node, MappingNode) else None
    return found or on
