"""The tags of what workflows push: shared by legs of a matrix, moving, or no tag at all on some branches."""

from __future__ import annotations

from lading import regex as re
from lading.findings import KNOWN, Hit, assumed, once
from lading.models.actions import is_metadata
from lading.models.evaluation import value_of
from lading.models.image import split_template
from lading.models.namespaces import is_nearby
from lading.models.template import Hole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.publishing import Publication, Sighting
    from lading.models.repository import Repository
    from lading.models.template import Template
    from lading.models.workflow import Event
    from lading.models.worlds import World


def tag_shared_by_matrix(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Two jobs of one matrix push the same name with the same tag."""
    matrix = publication.job.matrix
    if matrix is None or is_nearby(publication.registry):
        return
    yield from once(
        Hit(
            legs[0].push.at,
            f"{len(legs)} jobs of the matrix of `{publication.job.id}` push `{template.shown}`: the one that ends last "
            "overwrites the others",
            related=[(matrix, "the matrix")],
            basis=_ground_of_sharing(legs, publication),
        )
        for template, legs in _shared(publication.sightings)
    )


def _shared(sightings: Iterable[Sighting]) -> Iterator[tuple[Template, tuple[Sighting, ...]]]:
    """References with a tag that several legs of one run push, with one sighting for each leg."""
    groups: dict[object, dict[str, Sighting]] = {}
    for each in sightings:
        reference = each.push.reference
        if reference is None or not _is_tagged(reference) or not _is_same_in_a_run(reference):
            continue
        if "push-by-digest" in getattr(each.run.step.inputs.get("outputs"), "text", ""):
            continue
        if each.is_certain or not re.search(_LEG_DECIDES, _conditions(each)):
            world = each.world
            key = (tuple(map(id, world.chain)), world.events, world.ref, each.push.tool, reference)
            groups.setdefault(key, {}).setdefault(repr(world.contexts.get("matrix")), each)
    for legs in groups.values():
        found = tuple(legs.values())
        if len(found) > 1 and found[0].push.reference is not None:
            yield found[0].push.reference, found


def _is_tagged(reference: Template) -> bool:
    parts = split_template(reference)
    return parts.tag is not None and parts.digest is None


_OF_RUN = (
    r"\$\{\{\s*(?:github|needs|vars)\.[\w.-]+\s*\}\}|\{\{(?:branch|tag|pr|sha)\}\}"
    r"|\$\{?GITHUB_(?:SHA|REF_NAME|REF|RUN_ID|RUN_NUMBER)\}?"
)
"""Holes that are filled alike in every leg of a run."""


def _is_same_in_a_run(reference: Template) -> bool:
    return all(re.fullmatch(_OF_RUN, hole.text) for hole in reference.holes)


_LEG_DECIDES = r"\b(?:matrix|env|steps|strategy|runner|hashFiles)\b"
"""What may differ from leg to leg in a condition."""


def _conditions(sighting: Sighting) -> str:
    step, job = sighting.run.step, sighting.world.job
    scalars = (step.condition, sighting.run.outer.condition, job.condition)
    push = step.inputs.get("push")
    written = [scalar.text for scalar in scalars if scalar is not None]
    return " ".join([*written, getattr(push, "text", "") if push is not None else ""])


_DECIDING = ("platforms", "build-args", "context", "file", "target", "build-contexts")
"""Inputs of a build by which its image becomes another one."""


def _ground_of_sharing(legs: tuple[Sighting, ...], publication: Publication) -> Basis:
    differ = any(len({_shown(leg, name) for leg in legs}) > 1 for name in _DECIDING)
    differ |= len({_is_arm(leg.world) for leg in legs}) > 1
    ground = KNOWN if differ else assumed("unless they all push the same image")
    certain = [leg for leg in legs if leg.is_certain]
    return ground & (KNOWN if len(certain) > 1 else publication.basis)


def _shown(leg: Sighting, name: str) -> str | None:
    text = leg.run.text(name)
    return text.literal if text is not None and text.literal is not None else None


def _is_arm(world: World) -> bool:
    value = value_of(world.job.runs_on, world.contexts)
    return isinstance(value, str) and value.endswith("-arm")


def only_moving_tags(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Nothing names what was built yesterday."""
    others = _Others(repository)
    of_workflows: dict[str, dict[str | None, list[Publication]]] = {}
    for each in repository.publications:
        of_workflows.setdefault(each.workflow.path, {}).setdefault(each.image.literal, []).append(each)
    for place, found in of_workflows.items():
        workflow = repository.workflows.get(place)
        names = [name for name, group in found.items() if not all(each.lacks_tags for each in group)]
        if workflow is None or None in names or "outputs.digest" in workflow.tree.source.text:
            continue
        for name in names:
            for hit in _only_moving(found[name]):
                if not others.push(name or "", workflow.path):
                    yield hit


_MOVING = (
    r"(?:latest|main|master|trunk|next|nightly|edge|dev|develop|development|canary|unstable|snapshot|stable|beta"
    r"|alpha|staging|prod|production|test)(?:-(?:amd64|x86_64|arm64|aarch64|armv7|arm))?"
)
_BRANCH = r"\{\{branch\}\}|\$\{\{\s*github\.(?:ref_name|head_ref|base_ref)\s*\}\}|\$\{?GITHUB_REF_NAME\}?"


def _only_moving(publications: list[Publication]) -> Iterator[Hit]:
    first = publications[0]
    if is_nearby(first.registry):
        return
    tags: list[Template] = []
    for reference in (reference for each in publications for reference in each.references):
        tag = split_template(reference.template).tag
        if tag is not None:
            if not _is_moving(tag):
                return
            tags.append(tag)
    if not tags:
        return
    if any("tag" in _kinds_of_ref(each) for each in publications):
        return
    shown = ", ".join(f"`{text}`" for text in dict.fromkeys(tag.shown for tag in tags))
    yield Hit(
        first.references[0].at,
        f"`{first.image.shown}` is pushed as {shown} only, and every push takes the tag away from the image before",
        basis=first.basis,
    )


def _is_moving(tag: Template) -> bool:
    if tag.literal is not None:
        return re.fullmatch(_MOVING, tag.literal) is not None
    return (
        len(tag.parts) == 1
        and isinstance(tag.parts[0], Hole)
        and bool(re.fullmatch(_BRANCH, tag.parts[0].text))
    )


def _kinds_of_ref(publication: Publication) -> set[str]:
    """`branch` and `tag`, as far as its pushes may be of them where the name of the ref is the tag."""
    if all(tag.literal is not None for tag in publication.tags):
        return set()
    kinds = set()
    for sighting in publication.sightings:
        github = sighting.world.contexts["github"]
        kind = github.get("ref_type") if isinstance(github, dict) else None
        kinds.add(kind if isinstance(kind, str) else "tag")
    return kinds


_PUSHES = r"push:(?<!\wpush:)[ \t]*(?:['\"]?true|\$\{\{)"
_WRITES = ("type=registry", "push=true")


class _Others:
    """The workflows and actions that may push an image beside a workflow; each is asked when it may matter."""

    __slots__ = ("_brought", "_left", "_of_any_name", "_paths", "_texts")

    def __init__(self, repository: Repository) -> None:
        self._texts = repository.texts
        self._paths = (*repository.inventory.every_workflow, *repository.actions)
        self._brought = repository.candidates.recognisers.file_may_push if repository.recognisers else None
        self._of_any_name: list[str] = []
        self._left = iter(self._paths)

    def push(self, name: str, path: str) -> bool:
        """May another file than the one at `path` push an image of that name?"""
        word = name.rpartition("/")[2]
        return any(other != path for other in self._pushing_any()) or any(
            other != path and self._texts.ask(other, holds, word) and self._pushes(other)
            for other in self._paths
        )

    def _pushing_any(self) -> Iterator[str]:
        """The files that may push under any name; no further looked for than asked."""
        yield from self._of_any_name
        for path in self._left:
            if self._texts.ask(path, names_any) and self._pushes(path):
                self._of_any_name.append(path)
                yield path

    def _pushes(self, path: str) -> bool:
        """May a file push something, under whatever name, by what we know or what plugins bring?"""
        if self._texts.ask(path, pushes):
            return True
        source = self._texts.source(path) if self._brought is not None else None
        return source is not None and self._brought is not None and self._brought(source.text)


def holds(text: str, word: str) -> bool:
    """Does a text hold a word, in any place?"""
    return word in text


def names_any(text: str) -> bool:
    """May a text make names of images that are not written in it?"""
    return re.search(_ANY_NAME, text) is not None


def pushes(text: str) -> bool:
    """May a workflow or action push something, by what is built in?"""
    if any(sign in text for sign in _WRITES) or re.search(_PUSHES, text) is not None:
        return True
    from lading.models.recognisers.builtin import known

    return known().file_may_push(text)


_ANY_NAME = r"github\.repository|github\.event\.repository|GITHUB_REPOSITORY|fromJSON"


_NAME_OF_REF = r"\$\{\{\s*github\.(ref_name|head_ref|ref)\s*\}\}|\$\{?GITHUB_(REF_NAME|HEAD_REF|REF)\}?"


def branch_name_as_tag(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The name of a branch stands in a tag as it is."""
    named = [each for each in publication.sightings if _names_ref(each.push.reference)]
    yield from once(
        hit
        for sighting in sorted(named, key=lambda each: not each.is_certain)
        for event in sighting.world.events
        for hit in _refused(publication, sighting, event)
    )


def _names_ref(reference: Template | None) -> bool:
    return reference is not None and any([re.fullmatch(_NAME_OF_REF, hole.text) for hole in reference.holes])


def _refused(publication: Publication, sighting: Sighting, name: str) -> Iterator[Hit]:
    reference = sighting.push.reference
    if reference is None:
        return
    tag = split_template(reference).tag
    matches = [re.fullmatch(_NAME_OF_REF, hole.text) for hole in tag.holes] if tag is not None else []
    match = next(filter(None, matches), None)
    if match is None or _is_cleaned(sighting):
        return
    chain = sighting.world.chain
    event = (chain[0].job.workflow if chain else publication.workflow).events.get(name)
    sample = _with_slash((match[1] or match[2]).lower(), event)
    if sample is None:
        return
    example, ground = sample
    yield Hit(
        sighting.push.at,
        f"`{match[0]}` stands in a tag as it is, and a tag has no `/`: `{example}` is refused",
        related=[(event.node, "starts it")] if event is not None else [],
        basis=ground & (KNOWN if sighting.is_certain else publication.basis),
    )


def _is_cleaned(sighting: Sighting) -> bool:
    """May docker/metadata-action have made the tag? It writes `-` for what a tag cannot have."""
    at = sighting.push.at
    written = at.source.text[at.start : at.end]
    if "METADATA" in written or "needs." in written:
        return True
    return "steps." in written and any(is_metadata(run.step.action) for run in sighting.before)


def _with_slash(kind: str, event: Event | None) -> tuple[str, Basis] | None:
    """A name with a slash that the ref can have when the event happens, and how certain that is."""
    if event is None:
        return None
    if event.name == "pull_request":
        if "closed" in event.strings("types"):
            # The ref of a merged pull request is its base.
            return None
        return "fix/typo", assumed("unless no pull request comes from a branch with a `/` in its name")
    if kind == "head_ref":
        return None
    return _of_push(event) if event.name == "push" else None


def _of_push(event: Event) -> tuple[str, Basis] | None:
    """What the filters of a push let through; without any it is every branch and every tag."""
    branches, tags = event.strings("branches"), event.strings("tags")
    positive = [each for each in (*branches, *tags) if not each.startswith("!")]
    if any(each.startswith("!") and "/" in each for each in (*branches, *tags)):
        return None
    if any("/" in each for each in event.strings("branches-ignore")):
        return None
    if positive and all("/" in each and not each.startswith("**") for each in positive):
        return _sample(positive[0]), KNOWN
    with_slash = [each for each in positive if "/" in each]
    if with_slash:
        return _sample(with_slash[0]), assumed(f"unless nothing that `{with_slash[0]}` fits is pushed")
    if any("**" in each for each in positive) or not positive:
        return "feature/login", assumed("unless no branch has a `/` in its name")
    return None


def _sample(pattern: str) -> str:
    return re.sub(r"\*+", "login", pattern)
