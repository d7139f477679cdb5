"""Steps that make a release or a tag of the repository, and with which token."""

from __future__ import annotations

from lading import regex as re
from lading.models.needs import is_own_token, pushes_with_own_token
from lading.models.template import Hole, Template
from lading.tables.actions import RELEASERS
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lading.models.repository import Repository
    from lading.models.shell import Ran
    from lading.models.workflow import Event, Job, Step, Workflow
    from lading.source import Located

    Place = tuple[str, int, int]


class Maker:
    """A step that makes a release or a tag, as plain values that can pass between processes.

    - `place`: path, start and end of what makes it
    - `kinds`: `release`, `tag` or both
    - `tag`: what its tag begins with as far as that is known, `is_whole` where that is all of it
    - `is_silent`: is it certainly published by the job's own token, so that no event tells of it?
    - `dispatches`: does its workflow start others in another way?
    """

    __slots__ = ("dispatches", "is_silent", "is_whole", "kinds", "place", "tag")

    def __init__(
        self,
        place: Place,
        kinds: tuple[str, ...],
        tag: str,
        is_whole: bool,
        is_silent: bool,
        dispatches: bool,
    ) -> None:
        self.place = place
        self.kinds = kinds
        self.tag = tag
        self.is_whole = is_whole
        self.is_silent = is_silent
        self.dispatches = dispatches

    @property
    def plain(self) -> tuple[Any, ...]:
        """What `__init__` takes."""
        return (self.place, self.kinds, self.tag, self.is_whole, self.is_silent, self.dispatches)

    def may_start(self, kind: str, tags: tuple[str, ...]) -> bool:
        """Is it the release or tag that an event waits for, rather than that of another part of the repository?

        `tags` are what the names of the tags begin with that the event waits for.
        """
        if kind not in self.kinds:
            return False
        if kind == "release":
            return not self.is_whole and re.fullmatch(_OF_VERSION, self.tag) is not None
        if not self.tag:
            return any(each in ("", "v") for each in tags)
        return any(
            self.tag.startswith(each) or (each.startswith(self.tag) and not self.is_whole) for each in tags
        )


class Wait:
    """A workflow that a release or tag starts, as plain values.

    - `place`: path, start and end of the event; `kind`: `release` or `tag`; `tags`: what the tags begin with
    - `callers`: paths of the workflows that call it; `follows`: does it wait for the end of others as well?
    """

    __slots__ = ("callers", "follows", "kind", "place", "tags")

    def __init__(
        self, place: Place, kind: str, tags: tuple[str, ...], callers: tuple[str, ...], follows: bool
    ) -> None:
        self.place = place
        self.kind = kind
        self.tags = tags
        self.callers = callers
        self.follows = follows

    @property
    def plain(self) -> tuple[Any, ...]:
        """What `__init__` takes."""
        return (self.place, self.kind, self.tags, self.callers, self.follows)


def waits(repository: Repository) -> Iterator[Wait]:
    """What waits for releases and tags."""
    for workflow in repository.workflows.values():
        release, push = workflow.events.get("release"), workflow.events.get("push")
        if release is not None:
            if _waits_for_making(release):
                yield _wait(workflow, release, "release", (), repository)
        elif push is not None and waits_for_tags(push):
            yield _wait(workflow, push, "tag", tags_of(push), repository)


_OF_MAKING = ("created", "prereleased", "published", "released")
"""What happens where a release is made; `edited`, `deleted` and `unpublished` tell of one that is there already.

Source: docs.github.com "Webhook events and payloads", `release`.
"""


def _waits_for_making(release: Event) -> bool:
    """Does a release that is made start it? All activities do where none is named."""
    types = release.strings("types")
    return not types or any(each in _OF_MAKING for each in types)


def _wait(workflow: Workflow, event: Event, kind: str, tags: tuple[str, ...], repository: Repository) -> Wait:
    callers = (call.job.workflow.path for call in repository.call_graph.callers(workflow))
    run = workflow.events.get("workflow_run")
    return Wait(
        _place(event.node),
        kind,
        tags,
        tuple(callers),
        follows=run is not None and isinstance(run.config, MappingNode),
    )


def _place(at: Located) -> Place:
    return (at.source.path, at.start, at.end)


def tags_of(event: Event) -> tuple[str, ...]:
    """What the names begin with that the filter `tags` of an event lets through."""
    return tuple(re.split(r"[*?+\[]", each)[0] for each in event.strings("tags") if not each.startswith("!"))


_OF_VERSION = r"v?[0-9.]*"


def waits_for_tags(push: Event) -> bool:
    """Do only pushes of tags start the workflow?"""
    return bool(push.strings("tags")) and not push.strings("branches") and not push.strings("branches-ignore")


def makers(repository: Repository) -> Iterator[Maker]:
    """Every step of a workflow that makes a release or a tag, other than for a release that exists."""
    for workflow in repository.workflows.values():
        if not _may_make(workflow.tree.source.text) or not _starts_before(workflow, repository):
            continue
        for job in workflow.jobs.values():
            for step in job.steps:
                run = step.run
                if (step.action in RELEASERS) if run is None else re.search(SCRIPT, run.text):
                    yield from _of_step(step, job, repository)


_DISPATCHES = r"gh workflow run|/dispatches|[wW]orkflow_?[dD]ispatch\(|repository-dispatch|workflow-dispatch"


def _maker(job: Job, at: Located, kinds: tuple[str, ...], tag: Template | None, is_silent: bool) -> Maker:
    return Maker(
        _place(at),
        kinds,
        tag.prefix if tag is not None else "",
        tag is not None and tag.literal is not None,
        is_silent,
        re.search(_DISPATCHES, job.workflow.tree.source.text) is not None,
    )


_MAY_MAKE = ("releas", "git push", "-tag-action", "changesets/action")


def _may_make(text: str) -> bool:
    for word in _MAY_MAKE:  # noqa: SIM110 -- half the time of a generator
        if word in text:
            return True
    return False


def _roots(workflow: Workflow, repository: Repository) -> list[Workflow]:
    """The workflows that events start for it to run."""
    chains = repository.call_graph.chains(workflow)
    return [chain[0].job.workflow if chain else workflow for chain in chains]


def _starts_before(workflow: Workflow, repository: Repository) -> bool:
    """Is it started by something else than the release itself?"""
    return any(set(root.events) - {"release", "workflow_call"} for root in _roots(workflow, repository))


def _is_started_by_tags(workflow: Workflow, repository: Repository) -> bool:
    roots = _roots(workflow, repository)
    return bool(roots) and all(map(_waits_for_tags_alone, roots))


def _waits_for_tags_alone(workflow: Workflow) -> bool:
    push = workflow.events.get("push")
    return (
        push is not None
        and waits_for_tags(push)
        and not {"schedule", "workflow_dispatch"} & set(workflow.events)
    )


def _of_step(step: Step, job: Job, repository: Repository) -> Iterator[Maker]:
    row = RELEASERS.get(step.action or "")
    if row is not None and step.uses is not None:
        kinds, token, variable, _ = row
        if _makes_any(step) and not _is_started_by_tags(job.workflow, repository):
            own = _is_own(step, job, token, variable)
            yield _maker(job, step.uses, kinds, _tag_input(step), own and not _may_be(step, "draft"))
    elif step.run is not None:
        for ran in repository.commands.of(step):
            kinds = _of_command(ran)
            if "tag" in kinds and _is_of_present_tag(ran, job, repository):
                kinds = ("release",)
            if kinds:
                at = step.run.inner_span(ran.words[0].start, ran.words[-1].end)
                own = (
                    pushes_with_own_token(job)
                    if kinds == ("tag",)
                    else _is_own(step, job, "", "GH_TOKEN", "GITHUB_TOKEN")
                )
                yield _maker(job, at, kinds, _tag_word(ran), own and not _is_draft(ran))


def _tag_input(step: Step) -> Template | None:
    for name in ("tag_name", "tag"):
        node = step.inputs.get(name)
        if isinstance(node, Scalar):
            front, expression, rest = node.text.partition("${{")
            return Template(
                (front, Hole(expression + rest, "an expression makes it")) if expression else (front,)
            )
    return None


def _tag_word(ran: Ran) -> Template | None:
    names = [word.literal or "" for word in ran.words]
    if names[:2] == ["gh", "release"] and len(ran.words) > 3:
        return ran.words[3].template
    return next(
        (Template.of(each.rpartition("refs/tags/")[2]) for each in names if "refs/tags/" in each), None
    )


def _makes_any(step: Step) -> bool:
    """Is the action not told to leave it, and told to make it where it does not by itself?"""
    if step.action == "release-drafter/release-drafter":
        return _is_set(step, "publish")
    if step.action == "changesets/action":
        return "publish" in step.inputs
    return not _is_set(step, "skip-github-release")


_OF_REF = ("github.ref_name", "GITHUB_REF_NAME", "GITHUB_REF#refs/tags/", "GITHUB_REF##*/")


def _is_of_present_tag(ran: Ran, job: Job, repository: Repository) -> bool:
    """Does `gh release create` take a tag that is there already, so that it makes none?

    It does with `--verify-tag` (cli/cli:pkg/cmd/release/create/create.go), with the name of the ref, and where a tag
    has started the workflow, unless the name is written out: the tag that is not known is the one that started it.
    """
    names = [word.literal or "" for word in ran.words]
    if names[:3] != ["gh", "release", "create"]:
        return False
    if "--verify-tag" in names or "--verify-tag=true" in names:
        return True
    tag = _tag_word(ran)
    if tag is None or tag.literal is not None:
        return False
    return any(each in tag.shown for each in _OF_REF) or _is_started_by_tags(job.workflow, repository)


def _is_draft(ran: Ran) -> bool:
    names = [word.literal or "" for word in ran.words]
    return any(each in ("-d", "--draft", "--draft=true") for each in names)


SCRIPT = r"gh release (?:create|edit)|semantic-release|git push"
"""What a script says that may make one."""


def _of_command(ran: Ran) -> tuple[str, ...]:
    names = [word.literal or "" for word in ran.words]
    if names[:3] == ["gh", "release", "create"]:
        return ("release", "tag")
    if names[:3] == ["gh", "release", "edit"] and "--draft=false" in names:
        return ("release",)
    if "semantic-release" in names[:3] and "--dry-run" not in names:
        return ("release", "tag")
    if names[:2] == ["git", "push"] and any(
        each in ("--tags", "--follow-tags") or "refs/tags/" in each for each in names
    ):
        return ("tag",)
    return ()


def _is_own(step: Step, job: Job, token: str, *variables: str) -> bool:
    """Is the token that of the job: where it is given, by input or variable, or by default of the input?"""
    given = [step.inputs[token]] if token in step.inputs else []
    for variable in variables:
        for texts in (step.env, job.env, job.workflow.env):
            if variable in texts:
                given.append(texts[variable])
                break
    if not given:
        return bool(token)
    return all(map(is_own_token, given))


def _is_set(step: Step, name: str) -> bool:
    node = step.inputs.get(name)
    return isinstance(node, Scalar) and node.text.strip().lower() == "true"


def _may_be(step: Step, name: str) -> bool:
    node = step.inputs.get(name)
    return node is not None and not (isinstance(node, Scalar) and node.text.strip().lower() == "false")
