"""The label that connects a package on ghcr.io to its repository: `org.opencontainers.image.source`."""

from __future__ import annotations

from lading.config import GITHUB_REGISTRY
from lading.findings import Hit, assumed, unknown
from lading.models.labels import SOURCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.labels import SourceLabel
    from lading.models.publishing import Publication


def foreign_source_label(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The label names another repository than the one that publishes."""
    own = _own(publication)
    for label in _labels(publication) if own is not None else ():
        named = label.repository
        if named is None or own is None or label.at is None or _same(named, own):
            continue
        yield Hit(
            label.at,
            f"the label `{SOURCE}` of `{publication.image.shown}` names `{'/'.join(named)}`, and "
            f"`{'/'.join(own)}` publishes it",
            related=[(publication.place, "pushed here")],
            basis=_ground(publication, label, named, own),
        )


def _ground(
    publication: Publication, label: SourceLabel, named: tuple[str, str], own: tuple[str, str]
) -> Basis:
    """A repository may pack the code of another one; a fork that keeps its origin's label looks like a mistake."""
    conditions = label.value.conditions if label.value is not None else ()
    basis = publication.basis & assumed(*conditions)
    if named[0].lower() != own[0].lower():
        return basis & unknown(f"a fork that keeps the label of `{'/'.join(named)}` looks the same")
    return basis & assumed(f"unless the image is built from the code of `{'/'.join(named)}`")


def invalid_source_label(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The label is no URL, so that it connects the package to nothing."""
    own = _own(publication)
    for label in _labels(publication):
        text = label.value.literal if label.value is not None else None
        if text is None or label.value is None or label.at is None or ":" in text:
            continue
        example = (
            f"https://github.com/{'/'.join(own)}" if own is not None else "https://github.com/OWNER/NAME"
        )
        said = f"is `{text}`, which is no URL" if text.strip() else "is empty"
        yield Hit(
            label.at,
            f"the label `{SOURCE}` of `{publication.image.shown}` {said}",
            related=[(publication.place, "pushed here")],
            basis=publication.basis & assumed(*label.value.conditions),
            help=f"Write `{SOURCE}={example}`.",
        )


def unlinked_package(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A secret pushes an own package without the label, so that nothing connects it to the repository."""
    own = _own(publication)
    if own is None or publication.registry != GITHUB_REGISTRY or publication.kind != "image":
        return
    if not publication.credential.startswith("secret:"):
        return
    name = publication.image.literal
    if name is None or not name.lower().startswith(f"{GITHUB_REGISTRY}/{own[0].lower()}/"):
        return
    labels = publication.source_labels
    if not labels or any(label.value is not None or label.reason is not None for label in labels):
        return
    yield Hit(
        publication.place,
        f"the secret `{publication.credential.removeprefix('secret:')}` pushes `{name}` without the label "
        f"`{SOURCE}`, so that the package is connected to no repository",
        basis=publication.basis & assumed("unless it was connected by hand"),
        help=f"Add `LABEL {SOURCE}=https://github.com/{'/'.join(own)}` to the Dockerfile.",
    )


def _own(publication: Publication) -> tuple[str, str] | None:
    identity = publication.identity
    if identity is None or identity.owner is None or identity.name is None or identity.host != "github.com":
        return None
    return identity.owner, identity.name


def _labels(publication: Publication) -> tuple[SourceLabel, ...]:
    """The labels of an image on ghcr.io, by which alone GitHub connects a package."""
    is_there = publication.registry == GITHUB_REGISTRY and publication.kind == "image"
    return publication.source_labels if is_there else ()


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return tuple(map(str.lower, one)) == tuple(map(str.lower, other))
