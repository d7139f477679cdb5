"""Workflows that wait for an event which nothing raises, because GITHUB_TOKEN made what it would tell of."""

from __future__ import annotations

from lading.findings import Hit, assumed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.releases import Maker, Wait
    from lading.models.repository import Repository


def event_never_raised(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A release or tag that is made with GITHUB_TOKEN starts no workflow."""
    if not repository.waits:
        return
    makers: dict[str, list[Maker]] = {}
    for maker in repository.makers:
        for kind in maker.kinds:
            makers.setdefault(kind, []).append(maker)
    for wait in repository.waits:
        known = (each for each in makers.get(wait.kind, ()) if each.place[0] != wait.place[0])
        others = [each for each in known if each.may_start(wait.kind, wait.tags)]
        if not others or not all(each.is_silent for each in others):
            continue
        if not any(_starts(each, wait) for each in others):
            yield Hit(
                repository.span(wait.place),
                f"the {wait.kind} that `{others[0].place[0]}` makes does not start this workflow: what GITHUB_TOKEN "
                "does raises no event",
                related=[(repository.mention(others[0].place), f"makes the {wait.kind} with GITHUB_TOKEN")],
                basis=assumed(f"unless a {wait.kind} is made by hand as well"),
            )


def _starts(maker: Maker, wait: Wait) -> bool:
    """Does the maker start the workflow in another way: by a call, a dispatch, or because it waits for its end?"""
    return maker.dispatches or wait.follows or maker.place[0] in wait.callers
