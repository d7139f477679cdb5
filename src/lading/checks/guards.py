"""Conditions that never hold: compared with what is no event or ref, or ruled out by what starts the workflow."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed
from lading.tables.events import EVENTS
from lading.tree import Scalar
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.recognisers.table import Recognisers
    from lading.models.repository import Repository
    from lading.models.workflow import Job, Step, Workflow
    from lading.models.worlds import World

_END = r"(?![A-Za-z0-9_.-])"
_NAME = r"github\.(event_name|ref_type|ref_name|base_ref|head_ref|ref)" + _END
_COMPARED = rf"(?i)\b{_NAME}\s*(==|!=)\s*'([^']*)'|'([^']*)'\s*(==|!=)\s*{_NAME}"
_STARTS = r"(?i)\bstartsWith\s*\(\s*github\.(ref|ref_name)\s*,\s*'([^']*)'\s*\)"
_REFS = ("refs/heads/", "refs/tags/", "refs/pull/")
_ELSEWHERE = ("refs/changes/", "refs/notes/", "refs/remotes/", "refs/stash", "refs/meta/")


def never_equal(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """`github.event_name` or a part of the ref is compared with what it never is."""
    text = workflow.tree.source.text
    if "github.event_name" not in text and "github.ref" not in text:
        return
    for scalar, _, _ in workflow.standing:
        written = scalar.text
        if "github." not in written:
            continue
        is_compared = "==" in written or "!=" in written
        for match in re.finditer(_COMPARED, written) if is_compared else ():
            name, value = (match[1] or match[6]).lower(), match[3] if match[1] else match[4]
            said = _never(name, value)
            if said is not None:
                verdict = "never" if "==" in (match[2], match[5]) else "always"
                yield _hit(scalar.inner_span(match.start(), match.end()), verdict, said)
        for match in re.finditer(_STARTS, written) if "(" in written else ():
            said = _never_starts(match[1].lower(), match[2])
            if said is not None:
                yield _hit(scalar.inner_span(match.start(), match.end()), "never", said)


def _hit(at: Any, verdict: str, said: tuple[str, str | None, Basis]) -> Hit:
    why, help, basis = said
    return Hit(at, f"this is {verdict} true: {why}", help=help, basis=basis)


_CERTAIN = assumed()


def _never(name: str, value: str) -> tuple[str, str | None, Basis] | None:
    """Why the property is never the value, and what was meant; None where it can be."""
    if name == "event_name":
        return None if not value or value.lower() in EVENTS else _no_event(value)
    if name == "ref_type":
        if value.lower() in ("branch", "tag", ""):
            return None
        return f"`github.ref_type` is `branch` or `tag`, not `{value}`", None, _CERTAIN
    if name == "ref":
        if not value.startswith("refs/") or value.startswith((*_REFS, *_ELSEWHERE)):
            return None
        return f"a ref starts with `refs/heads/` or `refs/tags/`, not as `{value}` does", None, _CERTAIN
    if value.startswith(_REFS[:2]):
        short = value.split("/", 2)[2]
        return f"`github.{name}` is the name alone, such as `{short}`", f"Write `'{short}'`.", _CERTAIN
    return None


def _no_event(value: str) -> tuple[str, str | None, Basis]:
    if value.lower() == "tag":
        return "there is no event `tag`", "Ask `github.ref_type == 'tag'`.", _CERTAIN
    near = nearest(value.lower().replace("-", "_"), EVENTS)
    hint = f"; did you mean `{near}`?" if near is not None else ""
    basis = _CERTAIN if near is not None else assumed("unless GitHub has added it since this version")
    return f"there is no event `{value}`{hint}", f"Write `'{near}'`." if near is not None else None, basis


def _never_starts(name: str, value: str) -> tuple[str, str | None, Basis] | None:
    if name == "ref_name":
        if not value.startswith(_REFS[:2]):
            return None
        short = value.split("/", 2)[2]
        return "`github.ref_name` is the name alone", f"Write `'{short}'`, or `github.ref`.", _CERTAIN
    if any(each.startswith(value) or value.startswith(each) for each in (*_REFS, *_ELSEWHERE)):
        return None
    prefix = "refs/" if value.startswith(("heads/", "tags/")) else "refs/heads/"
    help = f"Write `'{prefix}{value}'`, or ask `github.ref_name`."
    return f"`github.ref` is a full ref such as `{prefix}{value}…`", help, _CERTAIN


def never_met(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Whatever starts the workflow, the condition of a job or of a push is false."""
    for workflow in repository.workflows.values():
        if (
            workflow.is_reusable
            or not workflow.events
            or not re.search(_ASKS_EVENT, workflow.tree.source.text)
        ):
            continue
        for job in workflow.jobs.values():
            for at, what in _never_met(job, repository):
                events = ", ".join(f"`{name}`" for name in workflow.events)
                yield Hit(
                    at,
                    f"{what}: the condition holds for nothing that starts the workflow ({events})",
                    related=[(event.node, "starts it") for event in workflow.events.values()],
                )


def _never_met(job: Job, repository: Repository) -> Iterator[tuple[Scalar, str]]:
    """The conditions of a job that nothing meets; whose they are is not asked of the repository's name."""
    condition = job.condition if _asks(job.condition) else None
    asked = _asked(job, repository) if job.uses is None else []
    if condition is None and not asked:
        return
    # What is true in a way of which more is known is true in one of which less is known.
    asked = [each for each in asked if not any(_may_hold(*each, way) for way in repository.known_worlds(job))]
    if not asked and repository.known_worlds(job):
        return
    from lading.models.worlds import Worlds, may_begin

    if not asked and condition is not None and may_begin(job):
        return
    ways = Worlds(job, repository.call_graph, None)
    if not any(True for _ in ways):
        if condition is not None:
            yield condition, f"job `{job.id}` never runs"
        return
    if not asked or all(name.startswith("pull_request") for name in job.workflow.events):
        return
    told: set[Step] = set()
    for node, step in asked:
        if step not in told and not any(_may_hold(node, step, way) for way in ways):
            told.add(step)
            yield node, f"job `{job.id}` never pushes this"


def _asked(job: Job, repository: Repository) -> list[tuple[Scalar, Step]]:
    """The conditions of steps that push, those of the push itself among them, which ask for the event or the ref."""
    candidates = repository.candidates
    return [
        (node, step)
        for step in candidates.of(job)
        for node in (step.condition, step.inputs.get("push"))
        if isinstance(node, Scalar) and _asks(node) and _pushes(step, candidates.recognisers)
    ]


def _pushes(step: Step, known: Recognisers) -> bool:
    return known.script_may_push(step.run.text) if step.run is not None else known.action_may_push(step)


def _may_hold(node: Scalar, step: Step, way: World) -> bool:
    from lading.models.evaluation import truth_of, value_of

    if node is step.condition:
        return truth_of(node, way.before_steps) is not False
    return value_of(node, way.before_steps) not in (False, "false")


def _asks(node: Scalar | None) -> bool:
    """Does a condition ask for the event or the ref, and is it not turned off on purpose?"""
    if node is None or "github" not in node.text:
        return False
    return re.search(_ASKS_EVENT, node.text) is not None and re.search(_OFF, node.text) is None


_ASKS_EVENT = r"github\s*\.\s*(?:event|ref|head_ref|base_ref)"
_OFF = r"^\s*(?:\$\{\{\s*)?false\b|&&\s*false\b"
