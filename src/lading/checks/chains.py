"""Workflows that wait for an event which nothing raises, because GITHUB_TOKEN made what it would tell of."""

from __future__ import annotations

from lading.findings import Hit, assumed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from lading.models.releases import Maker, Wait
    from lading.models.repository import Repository


def event_never_raised(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A release or tag that is made with GITHUB_TOKEN starts no workflow."""
    if not repository.waits:
        return
    may_start: dict[tuple[str, tuple[str, ...]], list[Maker]] = {}
    for wait in repository.waits:
        asked = (wait.kind, wait.tags)
        if asked not in may_start:
            may_start[asked] = _loud_first(each for each in repository.makers if each.may_start(*asked))
        others = (each for each in may_start[asked] if each.place[0] != wait.place[0])
        first = next(others, None)
        if first is None or not first.is_silent:
            continue
        if not any(_starts(each, wait) for each in (first, *others)):
            yield Hit(
                repository.span(wait.place),
                f"the {wait.kind} that `{first.place[0]}` makes does not start this workflow: what GITHUB_TOKEN "
                "does raises no event",
                related=[(repository.mention(first.place), f"makes the {wait.kind} with GITHUB_TOKEN")],
                basis=assumed(f"unless a {wait.kind} is made by hand as well"),
            )


def _loud_first(makers: Iterable[Maker]) -> list[Maker]:
    """Those of which events tell, or may tell, before the others."""
    return sorted(makers, key=lambda maker: maker.is_silent)


def _starts(maker: Maker, wait: Wait) -> bool:
    """Does the maker start the workflow in another way: by a call, a dispatch, or because it waits for its end?"""
    return maker.dispatches or wait.follows or maker.place[0] in wait.callers
