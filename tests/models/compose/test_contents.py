"""What an image is built from, and what its Dockerfile may add."""

from __future__ import annotations

import pytest

from lading.models.compose.contents import NO, PERHAPS, YES, contents_of
from tests.models.compose.conftest import Load

BUILT = "services: {api: {build: .}}\n"


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ("", NO),
        ("RUN apk add --no-cache curl", YES),
        ("RUN apk add --no-cache \\\n  tini \\\n  curl", YES),
        ("RUN apk add tini=0.19", PERHAPS),
        ("RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /x", PERHAPS),
        ("RUN apk add somebody-elses-package", YES),
        ("RUN apk add $PACKAGES", YES),
        ("RUN ./setup.sh", YES),
        ("RUN <<EOF\napk add tini\nEOF", YES),
        ("RUN --mount=type=cache,target=/root/.npm npm ci && mkdir -p /data", NO),
        ("RUN npx playwright install --with-deps", YES),
        ("COPY --from=tools /usr/bin/curl /usr/bin/curl", YES),
        ("COPY --from=build / /", YES),
        ("COPY --from=build /app /app", NO),
        ("COPY bin/ /usr/local/bin/", YES),
        ("COPY entrypoint.sh /usr/local/bin/", NO),
        ("COPY . .", NO),
        ("ONBUILD RUN ./setup.sh", YES),
        ("HEALTHCHECK CMD curl -f http://127.0.0.1/", NO),
    ],
)
def test_instructions_bring_a_tool_unless_they_are_known_not_to(
    load: Load, instructions: str, expected: str
) -> None:
    [project] = load({"compose.yaml": BUILT, "Dockerfile": f"FROM node:22-alpine\n{instructions}\n"})
    contents = contents_of(project.services["api"])
    assert contents is not None
    assert contents.adds("curl") == expected


def test_the_stages_beneath_the_target_count_and_others_do_not(load: Load) -> None:
    text = "FROM node:22-alpine AS base\nRUN a\nFROM debian AS other\nRUN b\nFROM base AS last\nRUN c\n"
    [project] = load({"compose.yaml": BUILT, "Dockerfile": text})
    contents = contents_of(project.services["api"])
    assert contents is not None
    assert contents.steps == (("RUN", "a"), ("RUN", "c"))
    assert (contents.name, contents.tag) == ("node", "22-alpine")


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("FROM a\nHEALTHCHECK CMD x -y\n", "x -y"),
        ("FROM a\nHEALTHCHECK --interval=5s --retries=3 \\\n  CMD x -y\n", "x -y"),
        ('FROM a\nHEALTHCHECK CMD ["x", "-y"]\n', '["x", "-y"]'),
        ("FROM a\nHEALTHCHECK CMD x\nHEALTHCHECK NONE\n", None),
        ("FROM a AS b\nHEALTHCHECK CMD x\nFROM b\n", "x"),
        ("FROM a AS b\nHEALTHCHECK CMD x\nFROM c\n", None),
        ("FROM a\n", None),
    ],
)
def test_the_healthcheck_nearest_to_the_end_counts(load: Load, text: str, check: str | None) -> None:
    [project] = load({"compose.yaml": BUILT, "Dockerfile": text})
    contents = contents_of(project.services["api"])
    assert contents is not None
    assert contents.check == check


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("redis", "latest"),
        ("redis:8", "8"),
        ("localhost:5000/redis", "latest"),
        ("redis:8@sha256:0", "8"),
        ("redis@sha256:0", None),
        ("redis:${TAG}", None),
    ],
)
def test_a_tag_is_known_where_it_is_written_or_left_out(load: Load, image: str, tag: str | None) -> None:
    [project] = load({"compose.yaml": f"services: {{cache: {{image: '{image}'}}}}\n"})
    contents = contents_of(project.services["cache"])
    assert contents is not None
    assert contents.tag == tag


def test_what_is_not_here_has_no_contents(load: Load) -> None:
    [project] = load({"compose.yaml": "services: {api: {build: ./elsewhere}, none: {}}\n"})
    assert [contents_of(service) for service in project.services.values()] == [None, None]
