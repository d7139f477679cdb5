"""The recognisers that lading brings itself."""

from __future__ import annotations

from lading.models.recognisers import bake, build, copies, docker, goreleaser, ko, logins
from lading.models.recognisers.table import Recogniser

RECOGNISERS: tuple[Recogniser, ...] = (
    *logins.RECOGNISERS,
    *build.RECOGNISERS,
    *bake.RECOGNISERS,
    *docker.RECOGNISERS,
    *copies.RECOGNISERS,
    *ko.RECOGNISERS,
    *goreleaser.RECOGNISERS,
)
