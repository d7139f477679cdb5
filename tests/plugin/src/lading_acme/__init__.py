"""What the house of Acme brings: a rule in Python over what is published, one as data, and its own tool."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lading.findings import Hit, unknown
from lading.hookspecs import Command, Provider, Push, Recogniser, hookimpl, provider_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.models.publishing import Publication


@hookimpl
def lading_provide() -> Provider:
    return provider_of("lading-acme", folder=os.path.join(os.path.dirname(__file__), "cards"))


@hookimpl
def lading_recognisers() -> list[Recogniser]:
    return [Recogniser(programs=("acme-ship",), of_command=_shipped, hint="acme-ship")]


def _shipped(command: Command) -> Iterator[Push]:
    """`acme-ship IMAGE` pushes an image."""
    for word in command.words[:1]:
        yield Push(word.template, command.at(word), "acme-ship", is_certain=command.is_certain)


def unprefixed_image(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An image whose last path segment does not start with the house's prefix."""
    prefix = options["prefix"]
    name = publication.image.literal
    if name is None:
        yield Hit(publication.place, "the image's name", basis=unknown(*publication.image.reasons))
    elif not name.rpartition("/")[2].startswith(prefix):
        yield Hit(publication.place, f"`{name}` is published without the prefix `{prefix}`")
