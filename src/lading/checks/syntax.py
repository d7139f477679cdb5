"""Workflows and actions that GitHub cannot read: keys, types and values that their syntax does not have."""

from __future__ import annotations

from lading.findings import KNOWN, Hit, assumed, once
from lading.memory import remembered
from lading.models.workflow import Workflow, scalar_value
from lading.shape import CONFLICTING_KEY, INVALID_VALUE, MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar, Sequence, resolve, text_of
from lading.words import is_one_slip, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.workflow import Action, Event, Job, Step
    from lading.shape import Misfit
    from lading.tree import Entry

    Subject = Workflow | Action

_IDS = ("jobs",)
_ENTRIES = ("with", "env")


def unknown_key(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A key that GitHub does not have there."""
    for misfit in _of_kind(subject, UNKNOWN_KEY):
        if misfit.path[:-1] not in (("on",), _IDS) and not _is_no_workflow(subject):
            help = _NO_MERGE if misfit.path[-1] == "<<" else misfit.help
            yield Hit(misfit.at, misfit.message, help=help, basis=_ground_of_key(misfit), fix=_fix_of(misfit))


_NO_MERGE = "Write the keys out: GitHub has anchors and aliases, but no merge keys."


def _is_no_workflow(subject: Subject) -> bool:
    """Does it look like another kind of file in the folder of workflows?"""
    return isinstance(subject, Workflow) and subject.node.entry("on") is subject.node.entry("jobs") is None


def wrong_type(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A list where a text belongs, nothing where a mapping belongs, and so on."""
    for misfit in _of_kind(subject, WRONG_TYPE):
        if not _is_input_of_step(misfit):
            is_lenient = _is_event_setting(misfit) and len(misfit.path) > 2
            basis = assumed("unless GitHub takes it all the same") if is_lenient else KNOWN
            yield Hit(misfit.at, misfit.message, help=misfit.help, basis=basis, fix=_fix_of(misfit))


def _is_input_of_step(misfit: Misfit) -> bool:
    """Is it told by `workflow/input-that-is-no-text`?"""
    path = misfit.path
    return path[0] == "jobs" and "steps" in path and len(path) > 5 and path[-2] in _ENTRIES


def invalid_value(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A value that GitHub does not take there."""
    for misfit in _of_kind(subject, INVALID_VALUE):
        path = misfit.path
        if _is_event_name(path) or _is_activity(path) or _is_step_id(path) or _is_empty_vector(misfit):
            continue
        if _is_told_with_its_contexts(misfit):
            continue
        may_be_new = path[-1] in ("queue", "using") or (_is_event_setting(misfit) and "cron" not in path)
        basis = _since() if may_be_new else KNOWN
        yield Hit(misfit.at, misfit.message, help=misfit.help, basis=basis, fix=_fix_of(misfit))


def _fix_of(misfit: Misfit) -> Fix | None:
    if misfit.meant is None and misfit.given is None:
        return None
    from lading.checks.mends import of_misfit

    return of_misfit(misfit, misfit.value)


_PLACES_AT_THE_TOP = ("defaults", "name", "on")
_PLACES = ("needs", "shell", "uses")


def _is_told_with_its_contexts(misfit: Misfit) -> bool:
    """Is it an expression in a place without contexts, which `workflow/unavailable-context` is about?"""
    value = misfit.value
    is_expression = isinstance(value, Scalar) and "${{" in value.text
    return is_expression and (misfit.path[0] in _PLACES_AT_THE_TOP or misfit.path[-1] in _PLACES)


def missing_key(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A key that must be there is not."""
    if _is_no_workflow(subject):
        yield Hit(
            subject.node.entries[0] if subject.node.entries else subject.node,
            "the file has neither `on` nor `jobs`; GitHub takes every file in `.github/workflows` for a workflow",
            help="Move the file to another folder, or make it a workflow.",
        )
        return
    for misfit in _of_kind(subject, MISSING_KEY):
        yield Hit(misfit.at, misfit.message, basis=_ground_of_absence(misfit))
    jobs = subject.node.entry("jobs") if isinstance(subject, Workflow) else None
    node = resolve(jobs.value) if jobs is not None else None
    if jobs is not None and isinstance(node, MappingNode) and not node.entries:
        yield Hit(jobs, "`jobs` holds no job; at least one with no dependencies is needed")


def _ground_of_absence(misfit: Misfit) -> Basis:
    if misfit.path[-1] != "image" or misfit.path[0] != "jobs":
        return KNOWN
    if misfit.path[-2] == "container":
        return assumed("unless the job is meant to run without a container")
    node = misfit.value
    is_computed = "${{" in node.source.text[node.start : node.end]
    return assumed("unless the service is meant to be left out") if is_computed else KNOWN


def conflicting_keys(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Two keys that exclude each other, such as `run` and `uses`."""
    for misfit in _of_kind(subject, CONFLICTING_KEY):
        yield Hit(misfit.at, misfit.message)


def duplicate_key(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Two names that are equal but for capitals."""
    for misfit in _of_kind(subject, "duplicate-key"):
        yield Hit(misfit.at, misfit.message)


def _of_kind(subject: Subject, kind: str) -> list[Misfit]:
    return [misfit for misfit in subject.misfits if misfit.kind == kind]


def _is_event_setting(misfit: Misfit) -> bool:
    """Is it below an event whose settings GitHub reads leniently? Those of `workflow_call` are strict."""
    return misfit.path[0] == "on" and misfit.path[1:2] != ("workflow_call",)


def _is_event_name(path: tuple[str, ...]) -> bool:
    return path in (("on",), ("on", "[]"))


def _is_activity(path: tuple[str, ...]) -> bool:
    return path[0] == "on" and path[2:3] == ("types",)


def _is_step_id(path: tuple[str, ...]) -> bool:
    return path[-2:] == ("[]", "id")


def _is_empty_vector(misfit: Misfit) -> bool:
    """Is it told by `workflow/empty-matrix`?"""
    path = misfit.path
    is_vector = path[0] == "jobs" and path[2:4] == ("strategy", "matrix") and len(path) == 5
    return is_vector and isinstance(resolve(misfit.value), Sequence)


def _since() -> Basis:
    from lading.tables import workflow_shape

    return assumed(f"unless GitHub has added it since {workflow_shape.ROOT['x-as-of']}")


def _ground_of_key(misfit: Misfit) -> Basis:
    """Certain for a mistyped or misplaced key and for what no key of GitHub looks like; else it may be a new one."""
    name = misfit.path[-1]
    if _is_event_setting(misfit):
        return _since()
    plain = name.replace("-", "")
    if not (plain.isascii() and plain.islower() and plain.isalpha()) or plain in ("null", "true", "false"):
        return KNOWN
    return KNOWN if _is_like_a_key(name) else _since()


@remembered(256)
def _is_like_a_key(name: str) -> bool:
    known = _all_keys()
    return name in known or any(is_one_slip(name, each) for each in known if len(each) > 2)


@remembered(1)
def _all_keys() -> frozenset[str]:
    """Every key that GitHub knows in a workflow or action."""
    from lading.tables import action_shape, workflow_shape

    return frozenset(_names((workflow_shape.ROOT, workflow_shape.DEFINITIONS, action_shape.ROOT)))


def _names(part: Any) -> Iterator[str]:
    """Every key that a schema names."""
    if isinstance(part, dict):
        yield from part.get("properties", ())
        for below in part.values():
            yield from _names(below)
    elif isinstance(part, tuple):
        for below in part:
            yield from _names(below)


def unknown_event(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The workflow waits for an event that does not exist."""
    for misfit in workflow.misfits:
        path = misfit.path
        if misfit.kind == UNKNOWN_KEY and path[:-1] == ("on",):
            yield _unknown_event(path[-1], misfit)
        elif misfit.kind == INVALID_VALUE and _is_event_name(path):
            node = resolve(misfit.value)
            yield _unknown_event(node.text if isinstance(node, Scalar) else "", misfit)


def _unknown_event(name: str, misfit: Misfit) -> Hit:
    known = _events()
    plain = name.lower().replace("-", "_")
    near = plain if plain in known else nearest(plain, known)
    hint = f"; did you mean `{near}`?" if near is not None else ""
    is_sure = near is not None and (plain == near or is_one_slip(plain, near))
    return Hit(
        misfit.at,
        f"`{name}` is no event that starts workflows{hint}",
        help=f"Write `{near}`." if near is not None else None,
        basis=KNOWN if is_sure else _since(),
        fix=_event_renamed(misfit, near) if is_sure and near is not None else None,
    )


def _event_renamed(misfit: Misfit, name: str) -> Fix | None:
    """The event may be a key, an item, or the whole value of `on`."""
    from lading.checks.mends import rename, reword

    if misfit.kind == UNKNOWN_KEY:
        return rename(misfit.at, name, is_safe=True)
    return reword(misfit.value, name, is_safe=True)


def _events() -> tuple[str, ...]:
    from lading.tables import workflow_shape

    names: tuple[str, ...] = workflow_shape.DEFINITIONS["event"]["enum"]
    return names


def unknown_activity_type(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The workflow waits for something that never happens to the subject of its event."""
    for misfit in workflow.misfits:
        if misfit.kind == INVALID_VALUE and _is_activity(misfit.path):
            node = resolve(misfit.value)
            name = node.text if isinstance(node, Scalar) else ""
            listed = misfit.message.partition("; ")[2]
            yield Hit(
                misfit.at,
                f"`{name}` is no activity of `{misfit.path[1]}`; {listed}",
                help=misfit.help,
                basis=_since(),
                fix=_fix_of(misfit),
            )


_FILTERS = ("branches", "tags", "paths")


def conflicting_filters(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An event has a filter and its opposite."""
    if "-ignore" not in workflow.tree.source.text:
        return
    for event in workflow.events.values():
        if event.config is not None:
            yield from _conflicts(event, event.config)


def _conflicts(event: Event, config: MappingNode) -> Iterator[Hit]:
    for name in _FILTERS:
        first, second = config.entry(name), config.entry(f"{name}-ignore")
        if first is not None and second is not None:
            yield Hit(
                second,
                f"`{event.name}` has both `{name}` and `{name}-ignore`, of which GitHub takes only one",
                related=[(first, f"`{name}` stands here")],
                help=f"Write what to leave out as patterns with `!` at the end of `{name}`.",
            )


def only_negative_patterns(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A filter leaves out and lets nothing in."""
    if "!" not in workflow.tree.source.text:
        return
    for event in workflow.events.values():
        for name in _FILTERS if event.config is not None else ():
            patterns = event.strings(name)
            if patterns and all([each.startswith("!") for each in patterns]):
                yield from _letting_nothing_in(event, name, patterns)


def _letting_nothing_in(event: Event, name: str, patterns: tuple[str, ...]) -> Iterator[Hit]:
    """Not where all are meant to be left out, as with `branches: ["!**"]` beside `tags`."""
    config = event.config
    filter = config.entry(name) if config is not None else None
    if config is not None and filter is not None and not {"!*", "!**"} & set(patterns):
        yield Hit(
            filter,
            f"every pattern of `{name}` begins with `!`, so {_never(event, name, config)}",
            help=f"Write `{name}-ignore` and the patterns without `!`, or put `'**'` before them.",
            fix=_ignored(filter, name) if config.entry(f"{name}-ignore") is None else None,
        )


def _never(event: Event, name: str, config: MappingNode) -> str:
    """What does not happen: a push of a tag is not asked for paths, and branches and tags are filtered apart."""
    keys = {entry.name for entry in config}
    branches, tags = (bool(keys & {kind, f"{kind}-ignore"}) for kind in ("branches", "tags"))
    if event.name == "push" and name == "paths" and (tags or not branches):
        return "no push to a branch starts the workflow"
    if event.name == "push" and name != "paths" and branches and tags:
        return f"no push of a {'branch' if name == 'branches' else 'tag'} starts the workflow"
    return f"`{event.name}` never starts the workflow"


def _ignored(filter: Entry, name: str) -> Fix | None:
    """The opposite filter, with the patterns without `!`."""
    from lading.checks.mends import fix_of
    from lading.edits import renamed, replaced

    node = resolve(filter.value)
    items = node.items if isinstance(node, Sequence) else (node,)
    edits = [replaced(item, item.text[1:]) if isinstance(item, Scalar) else None for item in items]
    return fix_of(f"write `{name}-ignore`", [renamed(filter, f"{name}-ignore"), *edits], is_safe=False)


def invalid_id(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The id of a job or step is none."""
    for misfit in subject.misfits:
        path = misfit.path
        if misfit.kind == UNKNOWN_KEY and path[:-1] == _IDS:
            rest = misfit.message.partition(": ")[2]
            yield Hit(misfit.at, f"`{path[-1]}` is no id of a job: {rest}")
        elif misfit.kind == INVALID_VALUE and _is_step_id(path):
            yield Hit(misfit.at, misfit.message)


def duplicate_id(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Two steps of one job have the same id."""
    owners = tuple(subject.jobs.values()) if isinstance(subject, Workflow) else (subject,)
    for owner in owners:
        if sum(["id" in step.node.named for step in owner.steps]) > 1:
            yield from once(_twins(owner))


def _twins(owner: Job | Action) -> Iterator[Hit]:
    first: dict[str, Scalar] = {}
    for step in owner.steps:
        node = step.node.get("id")
        if isinstance(node, Scalar) and node.text:
            other = first.setdefault(node.text.lower(), node)
            if other is not node:
                yield Hit(
                    node,
                    f"the id `{node.text}` is that of an earlier step already",
                    related=[(other, "the earlier step")],
                )


def empty_matrix(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A matrix that makes no job."""
    if "matrix:" not in workflow.tree.source.text:
        return
    for job in workflow.jobs.values():
        if "strategy" in job.node.named:
            yield from once(_empty(job))


def _empty(job: Job) -> Iterator[Hit]:
    matrix = job.matrix
    if not isinstance(matrix, MappingNode) or "<<" in (entry.name for entry in matrix):
        return
    vectors = [entry for entry in matrix if entry.name not in ("include", "exclude")]
    for entry in vectors:
        node = resolve(entry.value)
        if isinstance(node, Sequence) and not node.items:
            yield Hit(
                entry, f"`{entry.name}` of the matrix of `{job.id}` has no values; at least one is needed"
            )
    include = matrix.get("include")
    if not vectors and (include is None or (isinstance(include, Sequence) and not include.items)):
        at = job.node.get("strategy")
        key = at.entry("matrix") if isinstance(at, MappingNode) else None
        yield Hit(
            key or job.key, f"the matrix of `{job.id}` has neither values nor `include`; it makes no job"
        )


def unknown_matrix_key(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An exception of a matrix names what the matrix does not have."""
    if "exclude" in workflow.tree.source.text:
        yield from once(hit for job in workflow.jobs.values() for hit in _strange_exceptions(job))


def _strange_exceptions(job: Job) -> Iterator[Hit]:
    matrix = job.matrix
    exclude = matrix.get("exclude") if isinstance(matrix, MappingNode) else None
    if not isinstance(matrix, MappingNode) or not isinstance(exclude, Sequence):
        return
    names = {(entry.name or "").lower() for entry in matrix} - {"include", "exclude"}
    if not names or any("${{" in name for name in names):
        return
    for item in map(resolve, exclude):
        for entry in item if isinstance(item, MappingNode) else ():
            name = entry.name or ""
            if name.lower() not in names and "${{" not in name:
                yield _strange_exception(entry, names)


def _strange_exception(entry: Entry, names: set[str]) -> Hit:
    near = nearest(entry.name or "", names)
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return Hit(
        entry,
        f"the matrix has no `{entry.name}` of which anything could be left out{hint}",
        help=f"Write `{near}`." if near is not None else None,
        fix=_renamed(entry, near),
    )


def _renamed(entry: Entry, name: str | None) -> Fix | None:
    if name is None:
        return None
    from lading.checks.mends import rename

    return rename(entry, name, is_safe=False)


_TAG = "tag:yaml.org,2002:"
_TYPES: dict[str, Any] = {"bool": bool, "int": float, "float": float, "null": type(None)}


def invalid_tag(subject: Subject, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A tag that GitHub does not know, or that does not fit its value."""
    if _may_have_tags(subject.tree.source.text):
        for scalar in subject.tree.scalars():
            problem = _problem_of_tag(scalar) if scalar.tag is not None else None
            if problem is not None:
                yield Hit(scalar, problem)


def _may_have_tags(text: str) -> bool:
    """Does a `!` stand where a value can begin? Most of them stand in scripts and expressions."""
    at = text.find("!")
    while at >= 0:
        if text[max(at - 8, 0) : at].rstrip(" \t")[-1:] in (":", "-", ",", "[", "!", "\n", ""):
            return True
        at = text.find("!", at + 1)
    return False


def _problem_of_tag(scalar: Scalar) -> str | None:
    tag = scalar.tag or ""
    name = tag.removeprefix("!<").removesuffix(">").removeprefix(_TAG).removeprefix("!!")
    if name == "str" or tag == "!":
        return None
    if name not in _TYPES:
        return f"`{tag}` is no tag that GitHub knows; `!!str`, `!!int`, `!!float`, `!!bool` and `!!null` are"
    if scalar.style:
        return f"`{tag}` cannot stand before a text in quotes or in a block"
    is_fitting = isinstance(scalar_value(scalar), _TYPES[name])
    return None if is_fitting else f"`{scalar.text}` is no value of the type `{tag}`"


def choice_without_options(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An input of a start by hand is a choice of nothing, or has options and is no choice."""
    text = workflow.tree.source.text
    for name, spec in workflow.dispatch_inputs.items() if "choice" in text or "options" in text else ():
        hit = _odd_choice(name, spec) if spec is not None else None
        if hit is not None:
            yield hit


def _odd_choice(name: str, spec: MappingNode) -> Hit | None:
    kind, listed = spec.entry("type"), spec.entry("options")
    is_choice = kind is not None and text_of(kind.value) == "choice"
    choices = resolve(listed.value) if listed is not None else None
    if is_choice and (choices is None or (isinstance(choices, Sequence) and not choices.items)):
        return Hit(kind or spec, f"the input `{name}` is a choice and has no `options` to choose from")
    if not is_choice and listed is not None:
        return Hit(listed, f"the input `{name}` has `options`, and its `type` is not `choice`")
    return None


def unknown_step_target(workflow: Workflow, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A step waits for or stops a step that is not there before it."""
    text = workflow.tree.source.text
    if "wait:" in text or "cancel:" in text:
        yield from once(hit for job in workflow.jobs.values() for hit in _targets(job))


def _targets(job: Job) -> Iterator[Hit]:
    known: list[str] = []
    for step in job.steps:
        for target in _named(step):
            if "${{" not in target.text and target.text not in known:
                yield _unknown_target(target, known)
        if step.id is not None:
            known.append(step.id)


def _named(step: Step) -> Iterator[Scalar]:
    for name in ("wait", "cancel"):
        node = step.node.get(name)
        for item in node if isinstance(node, Sequence) else (node,):
            found = resolve(item) if item is not None else None
            if isinstance(found, Scalar) and not found.is_null:
                yield found


def _unknown_target(target: Scalar, known: list[str]) -> Hit:
    near = nearest(target.text, known)
    hint = f"; did you mean `{near}`?" if near is not None else ""
    return Hit(
        target,
        f"`{target.text}` is the id of no step before this one{hint}",
        help=f"Write `{near}`." if near is not None else None,
        fix=_reworded(target, near),
    )


def _reworded(node: Scalar, text: str | None) -> Fix | None:
    if text is None:
        return None
    from lading.checks.mends import reword

    return reword(node, text, is_safe=False)
