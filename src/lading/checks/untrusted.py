"""Pushes that strangers can reach: by a pull request, by a workflow that it starts, or by a comment."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed, once
from lading.models.recognisers.push import NEEDS_LOGIN
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.publishing import Publication, Sighting
    from lading.models.repository import Repository
    from lading.models.workflow import Event
    from lading.source import Located


def push_on_pull_request(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Pull requests reach a push that only a branch of this repository may do; told once a job, of its surest push."""
    jobs: dict[int, list[Publication]] = {}
    for publication in repository.publications:
        if _is_reached_by_requests(publication):
            jobs.setdefault(id(publication.job), []).append(publication)
    for found in jobs.values():
        first, *others = sorted(found, key=lambda each: each.basis.doubt)
        starts = first.start(_REQUEST)
        places = {(each.place.start, each.place.source.path): each.place for each in others}
        places.pop((first.place.start, first.place.source.path), None)
        yield Hit(
            first.place,
            f"job `{first.job.id}` pushes for every pull request, and those of forks and of Dependabot have "
            "neither secrets nor a token that may write",
            related=[
                *([(starts, "pull requests start it")] if starts is not None else ()),
                *((place, "it pushes here as well") for place in places.values()),
            ],
            basis=first.basis,
        )


_REQUEST = "pull_request"


def _is_reached_by_requests(publication: Publication) -> bool:
    if _REQUEST not in publication.certain_events or publication.credential in ("none", "unknown"):
        return False
    return publication.registry in NEEDS_LOGIN


def code_of_pull_request(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The code of any pull request is built and pushed with a token that may write."""
    yield from once(
        hit
        for publication in repository.publications
        for hit in (
            *_for_requests(publication),
            *_after_run(publication, repository),
            *_for_comments(publication),
        )
    )


_OF_REQUEST = r"pull_request\.head|github\.head_ref|refs/pull/|pull_request\.merge_commit_sha"
_OF_RUN = r"workflow_run\.(?:head_sha|head_branch|head_commit|pull_requests)"
_OF_COMMENT = r"refs/pull/|issue\.number|steps\.[\w-]+\.outputs\.[\w-]*(?:ref|sha|head|branch)"


def _checkout(sighting: Sighting, pattern: str) -> Located | None:
    """The place where the code of the request is checked out before the push."""
    for run in sighting.before:
        step = run.step
        ref = step.inputs.get("ref")
        if step.action == "actions/checkout" and isinstance(ref, Scalar) and re.search(pattern, ref.text):
            return ref
        if step.run is not None and "gh pr checkout" in step.run.text:
            return step.run
    return None


def _for_requests(publication: Publication) -> Iterator[Hit]:
    event = "pull_request_target"
    starts = publication.start(event)
    if event not in publication.certain_events or starts is None:
        return
    ref = _checkout(publication.sightings[0], _OF_REQUEST)
    if ref is None:
        return
    yield Hit(
        starts,
        f"`{event}` gives job `{publication.job.id}` a token that may write, and the job builds and pushes the code "
        "of any pull request",
        related=[(ref, "the code of the pull request"), (publication.place, "pushed here")],
        basis=publication.basis,
    )


_ASKS_ORIGIN = (
    r"workflow_run\.(?:event|head_repository|head_branch|actor|triggering_actor)|head_repository|\bfork\b"
)
_ASKS_PERSON = (
    r"(?i)author_association|permission\b|github\.(?:triggering_)?actor\s*(?:[!=]=|[,)])|sender\.|user\.login|collaborator|member|"
    r"team|allow|environment:"
)


def _after_run(publication: Publication, repository: Repository) -> Iterator[Hit]:
    event = _event(publication, "workflow_run")
    ref = _checkout(publication.sightings[0], _OF_RUN) if event is not None else None
    if event is None or ref is None or event.strings("branches") or _guards(publication, _ASKS_ORIGIN, ref):
        return
    names = event.strings("workflows")
    if not any(_starts_for_requests(name, repository) for name in names):
        return
    yield Hit(
        event.node,
        f"job `{publication.job.id}` builds and pushes the commit of a run that any pull request can start, with a "
        "token that may write",
        related=[(ref, "the code of the pull request"), (publication.place, "pushed here")],
        basis=assumed("unless something else lets only trusted code pass"),
        help="Let only runs of pushes pass: `if: github.event.workflow_run.event == 'push'`.",
    )


def _for_comments(publication: Publication) -> Iterator[Hit]:
    event = _event(publication, "issue_comment")
    ref = _checkout(publication.sightings[0], _OF_COMMENT) if event is not None else None
    if event is None or ref is None or _guards(publication, _ASKS_PERSON, ref):
        return
    yield Hit(
        event.node,
        f"job `{publication.job.id}` builds and pushes the code of a pull request for whoever writes a comment, with a "
        "token that may write",
        related=[(ref, "the code of the pull request"), (publication.place, "pushed here")],
        basis=assumed("unless something else asks who has written it"),
        help="Ask for the writer: `if: github.event.comment.author_association == 'MEMBER'`.",
    )


def _event(publication: Publication, name: str) -> Event | None:
    """The event of the workflow itself, where it may lead to the push."""
    return publication.workflow.events.get(name) if name in publication.events else None


def _guards(publication: Publication, pattern: str, but: Located) -> bool:
    """Does the workflow ask anywhere, but where the code is checked out?"""
    text = publication.workflow.tree.source.text
    return any(not but.start <= match.start() <= but.end for match in re.finditer(pattern, text))


_NAME = r"(?m)^name:[ \t]*+(.+)$"


def _starts_for_requests(name: str, repository: Repository) -> bool:
    """Is there a workflow of that name which pull requests start?"""
    for path in repository.inventory.every_workflow:
        written, for_requests = repository.texts.ask(path, name_and_start)
        if (path if written is None else written) == name:
            return bool(for_requests)
    return False


def name_and_start(text: str) -> tuple[str | None, bool]:
    """The name that a workflow gives itself, and whether it speaks of pull requests."""
    found = re.search(_NAME, text)
    return found[1].strip(" \t").strip("'\"") if found is not None else None, "pull_request" in text
