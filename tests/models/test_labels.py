"""The label that names the source of an image: read from the Dockerfile and from what builds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.models.dockerfile import read_dockerfile
from lading.models.labels import SOURCE, SourceLabel
from lading.models.template import Template
from lading.session import Request, open_session
from lading.source import Source
from tests.support import write_files

URL = "https://github.com/acme/shop"
DOCKERFILE = f"""\
ARG OWNER=acme
FROM alpine:3.22 AS base
ARG OWNER
ARG NAME=shop
LABEL a=b {SOURCE}="https://github.com/$OWNER/${{NAME}}" \\
      c="d e"
FROM base AS plain
FROM alpine:3.22 AS other
FROM base
LABEL {SOURCE}=https://github.com/acme/web
"""


@pytest.mark.parametrize(
    ("target", "arguments", "expected"),
    [
        pytest.param("base", {}, URL, id="arguments above all stages and in the stage"),
        pytest.param("plain", {}, URL, id="a stage has the labels of the one beneath it"),
        pytest.param("other", {}, None, id="and none of the others"),
        pytest.param(None, {}, "https://github.com/acme/web", id="its own label counts"),
        pytest.param("base", {"OWNER": "alice"}, "https://github.com/alice/shop", id="an argument is given"),
    ],
)
def test_labels_of_stages(target: str | None, arguments: dict[str, str], expected: str | None) -> None:
    given = {name: Template.of(value) for name, value in arguments.items()}
    stage = read_dockerfile(Source("Dockerfile", DOCKERFILE), given).stage(target)
    assert stage is not None
    label = stage.labels.get(SOURCE)
    assert (label[0].literal if label is not None else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/acme/shop", ("acme", "shop")),
        ("https://github.com/Acme/shop.js.git", ("Acme", "shop.js")),
        ("https://github.com/acme/shop/tree/main", ("acme", "shop")),
        ("ssh://git@github.com/acme/shop", ("acme", "shop")),
        ("https://gitlab.com/acme/shop", None),
        ("https://github.com/acme", None),
        ("acme/shop", None),
    ],
)
def test_the_repository_that_a_label_names(text: str, expected: tuple[str, str] | None) -> None:
    assert SourceLabel(Template.of(text)).repository == expected


WORKFLOW = """\
on: push
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - id: meta
        uses: docker/metadata-action@v5
        with: {images: ghcr.io/acme/shop}
"""


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        pytest.param(
            "{uses: docker/build-push-action@v7, with: {context: ., push: true, tags: a/b, target: base}}",
            [URL],
            id="the Dockerfile of the action",
        ),
        pytest.param(
            "{uses: docker/build-push-action@v7, with: {context: ., push: true, tags: a/b, target: base, "
            "build-args: NAME=web}}",
            ["https://github.com/acme/web"],
            id="with an argument",
        ),
        pytest.param(
            '{uses: docker/build-push-action@v7, with: {push: true, tags: a/b, labels: "${{ steps.meta.outputs.labels }}"}}',
            [URL],
            id="labels of docker/metadata-action",
        ),
        pytest.param(
            "{run: 'docker build -t a/b --target base . && docker push a/b'}",
            [URL],
            id="a build before a push",
        ),
        pytest.param("{run: docker push a/b}", [None], id="a push alone"),
        pytest.param(
            "{uses: docker/bake-action@v7, with: {push: true, targets: web, "
            'files: "docker-bake.hcl\\n${{ steps.meta.outputs.bake-file }}"}}',
            [URL],
            id="a bake file that docker/metadata-action writes",
        ),
        pytest.param(
            "{uses: docker/bake-action@v7, with: {push: true, targets: web}}",
            ["https://github.com/acme/web"],
            id="a bake file with arguments for the Dockerfile",
        ),
        pytest.param(
            f"{{uses: docker/bake-action@v7, with: {{push: true, targets: web, set: '*.labels.{SOURCE}=x:y'}}}}",
            ["x:y"],
            id="what is set for bake",
        ),
    ],
)
def test_the_label_of_a_publication(step: str, expected: list[str | None], tmp_path: Path) -> None:
    bake = """\
target "docker-metadata-action" {}
target "web" {
  inherits = ["docker-metadata-action"]
  tags = ["a/b"]
  target = "base"
  args = {NAME = "web"}
}
"""
    files = {
        ".github/workflows/p.yml": f"{WORKFLOW}      - {step}\n",
        "Dockerfile": DOCKERFILE,
        "docker-bake.hcl": bake,
    }
    write_files(tmp_path, files)
    request = Request(root=str(tmp_path), owner="acme", repo="shop", environment={})
    labels = [label for each in open_session(request).repository.publications for label in each.source_labels]
    found = [label.value.literal if label.value is not None else None for label in labels]
    assert list(dict.fromkeys(found)) == expected


@pytest.mark.parametrize(
    "step",
    [
        "{uses: docker/build-push-action@v7, with: {context: ., push: true, tags: a/b, annotations: X=x:y}}",
        "{uses: docker/build-push-action@v7, with: {context: ., push: true, tags: a/b, "
        "annotations: 'manifest,index:X=x:y'}}",
        "{uses: docker/build-push-action@v7, with: {context: ., push: true, tags: a/b, "
        "annotations: '${{ steps.meta.outputs.annotations }}'}}",
        "{uses: docker/build-push-action@v7, with: {context: ., push: true, tags: a/b, "
        "outputs: 'type=image,annotation-index.X=x:y'}}",
        "{run: 'docker buildx build --push -t a/b --annotation index:X=x:y .'}",
        "{run: 'podman build -t a/b --annotation X=x:y . && podman push a/b'}",
        "{uses: docker/bake-action@v7, with: {push: true, targets: annotated}}",
        "{uses: docker/bake-action@v7, with: {push: true, targets: web, set: '*.annotations=X=x:y'}}",
        "{uses: docker/bake-action@v7, with: {push: true, targets: web, "
        'files: "docker-bake.hcl\\n${{ steps.meta.outputs.bake-file-annotations }}"}}',
    ],
)
def test_whether_an_annotation_connects_a_package_is_not_known(step: str, tmp_path: Path) -> None:
    bake = """\
target "docker-metadata-action" {}
target "web" {
  inherits = ["docker-metadata-action"]
  tags = ["a/b"]
}
target "base" { annotations = ["index:X=x:y"] }
target "annotated" {
  inherits = ["base"]
  tags = ["a/b"]
}
"""
    files = {
        ".github/workflows/p.yml": f"{WORKFLOW}      - {step.replace('X=', SOURCE + '=')}\n",
        "Dockerfile": "FROM alpine:3.22\n",
        "docker-bake.hcl": bake,
    }
    write_files(tmp_path, files)
    request = Request(root=str(tmp_path), owner="acme", repo="shop", environment={})
    labels = [label for each in open_session(request).repository.publications for label in each.source_labels]
    assert [label.reason for label in labels] == ["an annotation may name it"]
