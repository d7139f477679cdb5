"""The recognisers that lading brings itself."""

from __future__ import annotations

from lading.models.recognisers import (
    bake,
    build,
    builders,
    compose,
    copies,
    docker,
    goreleaser,
    ko,
    logins,
    signatures,
    workflows,
)
from lading.models.recognisers.table import Recogniser

RECOGNISERS: tuple[Recogniser, ...] = (
    *logins.RECOGNISERS,
    *build.RECOGNISERS,
    *bake.RECOGNISERS,
    *docker.RECOGNISERS,
    *compose.RECOGNISERS,
    *copies.RECOGNISERS,
    *ko.RECOGNISERS,
    *goreleaser.RECOGNISERS,
    *builders.RECOGNISERS,
    *signatures.RECOGNISERS,
    *workflows.RECOGNISERS,
)
