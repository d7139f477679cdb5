"""What `docker compose push` leaves out without a word."""

from __future__ import annotations

from lading.findings import Hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.models.publishing import Publication


def built_without_image(publication: Publication, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A service that is built has no name that the push of all the others could push it by."""
    for sighting in publication.sightings:
        for name, place in sighting.push.left_out:
            yield Hit(
                at=place,
                message=f"`{name}` is built but has no `image`, so `docker compose push` in job "
                f"`{publication.job.id}` leaves it out",
                related=[(publication.step.run or publication.step.entry, "the images are pushed here")],
                basis=publication.basis,
            )
