"""The outputs of docker/metadata-action, by what a later step pushes with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import published

TEXT = """\
on: {on}
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - id: meta
        uses: docker/metadata-action@v6
        with:
          images: ghcr.io/Acme/Shop
{inputs}
      - {step}
"""
PUSH = "{uses: docker/build-push-action@v7, with: {push: true, tags: '${{ steps.meta.outputs.tags }}'}}"


def pushed(folder: Path, inputs: str, on: str = "push", step: str = PUSH) -> list[str]:
    lines = "".join(f"          {line}\n" for line in inputs.splitlines())
    text = TEXT.format(on=on, inputs=lines, step=step)
    found = published(folder, {".github/workflows/publish.yml": text})
    return [
        reference.template.shown.removeprefix("ghcr.io/acme/shop:")
        for p in found
        for reference in p.references
    ]


MAIN = "{push: {branches: [main]}}"


@pytest.mark.parametrize(
    ("inputs", "on", "tags"),
    [
        pytest.param(
            "tags: type=semver,pattern={{version}},value=v1.0.0-{{sha}}",
            MAIN,
            ["{{semver}}", "latest"],
            id="a value may have parts that the action fills in",
        ),
        pytest.param("", MAIN, ["main"], id="a push to a branch gives no latest"),
        pytest.param("", "{push: {tags: ['v*']}}", ["{{tag}}", "latest"], id="a git tag gives latest too"),
        pytest.param("", "pull_request", ["pr-{{pr}}"], id="a pull request gives its number"),
        pytest.param("", "schedule", ["nightly", "{{branch}}"], id="a schedule gives nightly"),
        pytest.param("tags: 'type=semver,pattern={{version}}'", MAIN, [], id="no version on a branch"),
        pytest.param(
            "tags: 'type=semver,pattern={{version}}'\nflavor: latest=true",
            MAIN,
            [],
            id="latest needs another tag",
        ),
        pytest.param(
            "tags: |\n  type=semver,pattern={{version}},value=v1.2.3\n  type=semver,pattern={{major}}.{{minor}},value=v1.2.3",
            MAIN,
            ["1.2.3", "1.2", "latest"],
            id="a version that is written is taken apart",
        ),
        pytest.param(
            "tags: 'type=semver,pattern={{major}},value=1.2.3-rc.1'",
            MAIN,
            ["1.2.3-rc.1"],
            id="a pre-release stays whole",
        ),
        pytest.param("tags: 'type=semver,pattern={{major}},value=main'", MAIN, [], id="no version is none"),
        pytest.param("tags: 'type=edge,branch=main'", MAIN, ["edge"], id="edge on its branch"),
        pytest.param("tags: 'type=edge,branch=next'", MAIN, [], id="edge on another branch"),
        pytest.param(
            "tags: |\n  type=sha\n  type=raw,value=a\n  type=ref,event=branch\n  type=raw,value=z,priority=2000",
            MAIN,
            ["z", "main", "a", "sha-{{sha}}"],
            id="the order is that of the priorities",
        ),
        pytest.param(
            "tags: type=raw,value=a\nflavor: |\n  latest=true\n  prefix=v-\n  suffix=-slim,onlatest=true",
            MAIN,
            ["v-a-slim", "latest-slim"],
            id="prefix and suffix of the flavour",
        ),
        pytest.param(
            "tags: |\n  raw,stable\n  edge,latest\n  1.4\n  raw,a,value=b\n  value=c,d",
            MAIN,
            ["stable", "latest", "1.4", "b", "d"],
            id="the last word without a key is the value",
        ),
        pytest.param(
            "tags: 'type=raw,value=feature/x y'", MAIN, ["feature-x-y"], id="what a tag cannot have"
        ),
        pytest.param(
            "tags: type=raw,value=a\nsep-tags: ','",
            MAIN,
            ["a"],
            id="another separator between the references",
        ),
    ],
)
def test_rules_give_tags(inputs: str, on: str, tags: list[str], tmp_path: Path) -> None:
    assert [tag for tag in pushed(tmp_path, inputs, on)] == tags


RAW = "tags: |\n  type=raw,value=1.4\n  type=raw,value=x"


@pytest.mark.parametrize(
    ("step", "tags"),
    [
        ("run: docker push ghcr.io/acme/shop:${{ steps.meta.outputs.version }}", ["1.4"]),
        ("run: docker push ghcr.io/acme/shop:$DOCKER_METADATA_OUTPUT_VERSION", ["1.4"]),
        ("run: docker push ${{ fromJSON(steps.meta.outputs.json).tags[1] }}", ["x"]),
        (
            "run: docker push ghcr.io/acme/shop:"
            "${{ fromJSON(steps.meta.outputs.json).labels['org.opencontainers.image.version'] }}",
            ["1.4"],
        ),
        ("run: for t in $DOCKER_METADATA_OUTPUT_TAGS; do docker push $t; done", ["1.4", "x"]),
        (
            "run: for t in ${{ steps.meta.outputs.tag-names }}; do docker push ghcr.io/acme/shop:$t; done",
            ["1.4", "x"],
        ),
        (
            "run: jq -r '.tags[]' <<< \"$DOCKER_METADATA_OUTPUT_JSON\" | while read t; do docker push $t; done",
            ["1.4", "x"],
        ),
        ("run: docker push $(jq -r '.tags[0]' <<< \"$DOCKER_METADATA_OUTPUT_JSON\")", ["1.4"]),
        (
            'run: docker buildx imagetools create $(jq -cr \'.tags | map("-t " + .) | join(" ")\''
            ' <<< "$DOCKER_METADATA_OUTPUT_JSON") a/b',
            ["1.4", "x"],
        ),
    ],
)
def test_outputs_reach_later_steps(step: str, tags: list[str], tmp_path: Path) -> None:
    assert pushed(tmp_path, RAW, MAIN, step.replace("run: ", "run: |\n          ")) == tags


NAMED = """\
on: {push: {branches: [main]}, workflow_dispatch: {inputs: {nightly: {type: boolean}}}}
env:
  HUB: ${{ !inputs.nightly && 'acme/shop' || '' }}
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - id: meta
        uses: docker/metadata-action@v6
        with:
          images: |
            ghcr.io/acme/shop
            ${{ env.HUB }}
          tags: type=raw,value=1.4
      - {uses: docker/build-push-action@v7, with: {push: true, tags: '${{ steps.meta.outputs.tags }}'}}
"""


def test_a_line_that_is_empty_in_some_runs_names_no_image_there(tmp_path: Path) -> None:
    found = published(tmp_path, {".github/workflows/publish.yml": NAMED})
    shown = sorted({r.template.shown for p in found for r in p.references})
    assert shown == ["acme/shop:1.4", "ghcr.io/acme/shop:1.4"]


ON_ONE_LINE = """
on: push
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - id: meta
        uses: docker/metadata-action@v6
        with:
          images: acme/shop, ghcr.io/${{ github.repository_owner }}/shop
          tags: type=raw,value=1.4
      - {uses: docker/build-push-action@v7, with: {push: true, tags: '${{ steps.meta.outputs.tags }}'}}
"""


def test_one_line_may_name_several_images(tmp_path: Path) -> None:
    """The form before `name=` came, which the action still takes (image.ts)."""
    found = published(tmp_path, {".github/workflows/publish.yml": ON_ONE_LINE})
    shown = sorted({r.template.shown for p in found for r in p.references})
    assert shown == ["acme/shop:1.4", "ghcr.io/acme/shop:1.4"]
