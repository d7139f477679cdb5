"""How images are released: behind which tests, cancelled half-way, signed by what, with which provenance."""

from __future__ import annotations

from lading import regex as re
from lading.findings import KNOWN, Hit
from lading.models.commands import steps_that_say
from lading.models.evaluation import value_of
from lading.models.expressions import Partial
from lading.models.namespaces import is_nearby
from lading.models.starts import refs
from lading.models.testing import is_test, may_test, parts_named
from lading.models.worlds import worlds
from lading.tree import Mapping as MappingNode
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.permissions import Call
    from lading.models.publishing import Publication, Sighting
    from lading.models.repository import Repository
    from lading.models.shell import Word
    from lading.models.workflow import Job
    from lading.tree import Node


def cancelled_push(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A newer run ends the one that pushes."""
    if is_nearby(publication.registry) or not publication.references:
        return
    workflows = {call.job.workflow for each in publication.sightings for call in each.world.chain}
    if not any(["cancel-in-progress" in each.tree.keys for each in (publication.workflow, *workflows)]):
        return
    seen = set()
    for sighting in publication.sightings:
        for owner, concurrency in _concurrency(sighting):
            cancel = concurrency.get("cancel-in-progress")
            if cancel is None or id(cancel) in seen or not _cancels(sighting, concurrency, cancel):
                continue
            seen.add(id(cancel))
            yield Hit(
                cancel,
                f"a newer run cancels {owner} while it pushes, and leaves some tags moved and others not",
                related=[(publication.place, "pushed here")],
                basis=KNOWN if sighting.is_certain else publication.basis,
            )


def _concurrency(sighting: Sighting) -> Iterator[tuple[str, MappingNode]]:
    """The groups that a push runs in: of its job and workflow, and of those that call it."""
    jobs = (*(call.job for call in sighting.world.chain), sighting.world.job)
    for job in jobs:
        for owner, node in (("the workflow", job.workflow.concurrency), (f"job `{job.id}`", job.concurrency)):
            if isinstance(node, MappingNode):
                yield owner, node


_OF_ONE_RUN = r"run_id|run_number|github\.sha\b|event\.after|head_commit|GITHUB_RUN_ID"
"""What makes a group of every run, or of every commit."""


def _cancels(sighting: Sighting, concurrency: MappingNode, cancel: Node) -> bool:
    """Does a push to the same branch cancel the run before?"""
    group = concurrency.get("group")
    chain = sighting.world.chain
    root = chain[0].job.workflow if chain else sighting.world.job.workflow
    if (
        "push" not in sighting.world.events
        or not isinstance(group, Scalar)
        or re.search(_OF_ONE_RUN, group.text)
    ):
        return False
    told = next((each for each in refs(root.events["push"]) if each.get("ref_type") != "tag"), None)
    if told is None:
        return False
    github = sighting.world.contexts["github"]
    known = {**(github if isinstance(github, dict) else {}), "event_name": "push", "head_ref": "", **told}
    contexts = {**sighting.world.contexts, "github": Partial(known, "it is known when the workflow runs")}
    value = value_of(cancel, contexts)
    return value is True or value == "true"


def untested_image(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The image is pushed whether or not the tests of the same workflow pass."""
    tests: dict[str, list[Job]] = {}
    pushing = {(each.job.workflow.path, each.job.id) for each in repository.publications}
    seen = set()
    for publication in repository.publications:
        job = publication.job
        key = (job.workflow.path, job.id)
        if key in seen or is_nearby(publication.registry) or not publication.tags:
            continue
        seen.add(key)
        if job.workflow.path not in tests:
            tests[job.workflow.path] = [
                each
                for each in job.workflow.jobs.values()
                if is_test(each)
                and not any((need.workflow.path, need.id) in pushing for need in _needed(each))
            ]
        if tests[job.workflow.path]:
            yield from _untested(publication, tests[job.workflow.path], repository)


def _untested(publication: Publication, tests: list[Job], repository: Repository) -> Iterator[Hit]:
    job = publication.job
    before = _needed(job)
    gate = next((need for need in before if need in tests), None)
    if gate is not None:
        if _runs_anyway(job):
            yield Hit(
                job.condition or job.key,
                f"`always()` lets job `{job.id}` push although job `{gate.id}` has failed",
                related=[(gate.key, "the tests"), (publication.place, "pushed here")],
                basis=publication.basis,
            )
        return
    if may_test(job) or any(map(may_test, before)) or any(map(_is_gated, publication.callers)):
        return
    events = set(publication.events) - {"pull_request", "pull_request_target"}
    for test in tests:
        if _is_of_another_part(test, publication, repository):
            continue
        ways = worlds(test, repository.call_graph, repository.identity, repository.config.variables)
        if any(events & set(way.events) for way in ways if way.is_certain):
            yield Hit(
                job.key,
                f"job `{job.id}` pushes `{publication.image.shown}` without waiting for job `{test.id}`",
                related=[(test.key, "the tests"), (publication.place, "pushed here")],
                basis=publication.basis,
                help=f"Write `needs: {test.id}` in job `{job.id}`.",
            )
            return


def _is_of_another_part(test: Job, publication: Publication, repository: Repository) -> bool:
    """Where a workflow pushes several images: is the test named for a part that the one pushed here is not?"""
    job = publication.job
    names = {each.image.shown for each in repository.publications if each.job.workflow is job.workflow}
    parts = parts_named(test.id)
    return len(names) > 1 and bool(parts) and not parts & parts_named(f"{job.id} {publication.image.shown}")


def _needed(job: Job) -> list[Job]:
    """The jobs that a job waits for, directly or not."""
    found: list[Job] = []
    waiting = [job]
    while waiting:
        current = waiting.pop()
        for scalar in current.needs:
            needed = job.workflow.job(scalar.text)
            if needed is not None and needed is not job and needed not in found:
                found.append(needed)
                waiting.append(needed)
    return found


def _is_gated(call: Call) -> bool:
    return any(map(may_test, _needed(call.job)))


_ALWAYS = r"(?i)\balways\s*\(\s*\)|!\s*cancelled\s*\(\s*\)"
_ASKS = r"(?i)\bresult\b|\bsuccess\s*\(|\bfailure\s*\(|\boutputs\b|\bstatus\b"


def _runs_anyway(job: Job) -> bool:
    """Does it run whatever became of the jobs before, without asking?"""
    text = job.condition.text if job.condition is not None else ""
    return re.search(_ALWAYS, text) is not None and re.search(_ASKS, text) is None


def signed_by_tag(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """What is signed is whatever the tag names by then."""
    for step in steps_that_say(repository, "cosign"):
        for ran in repository.commands.of(step):
            word = _signed(ran.words)
            if word is not None and step.run is not None and _is_by_tag(word):
                yield Hit(
                    step.run.inner_span(word.start, word.end),
                    f"`{word.template.shown}` is signed by its tag, which may name another image by then",
                )


def _signed(words: tuple[Word, ...]) -> Word | None:
    """The image of `cosign sign` or `cosign attest`: the last word."""
    names = [word.literal for word in words]
    if names[:2] in (["cosign", "sign"], ["cosign", "attest"]) and len(words) > 2:
        return words[-1]
    return None


def _is_by_tag(word: Word) -> bool:
    text = word.template.pattern
    name, colon, _ = text.rpartition("/")[2].partition(":")
    is_reference = "/" in text and bool(name) and bool(colon) and "@" not in text and "://" not in text
    said = word.template.shown.lower()
    return is_reference and "digest" not in said and "sha256" not in said


def disabled_provenance(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The build is told to leave its provenance out, and nothing else attests it."""
    step = publication.step
    node = step.inputs.get("provenance")
    if is_nearby(publication.registry) or not isinstance(node, Scalar) or node.text.strip() != "false":
        return
    if re.search(_ATTESTS, publication.workflow.tree.source.text):
        return
    yield Hit(
        node,
        "`provenance: false` leaves out of the image from which commit and by which workflow it was built",
        related=[(publication.place, "pushed here")],
        basis=publication.basis,
    )


_ATTESTS = r"actions/attest|cosign|slsa-framework|attests:|sbom:\s*['\"]?true|notation\s+sign"
