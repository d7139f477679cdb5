"""Builds as they run: their platforms, the runner, and what may have been set up before."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.models.builds import Build, builds
from lading.session import Request, open_session
from tests.support import write_files

WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: {runner}
    env: {{PLATFORMS: "linux/amd64, linux/arm64"}}
    steps:
      {before}
      - uses: docker/build-push-action@v7
        with: {{platforms: "{platforms}"}}
"""


def build_of(folder: Path, **parts: str) -> Build:
    given = {"runner": "ubuntu-24.04", "before": "- run: ls", "platforms": "linux/amd64", **parts}
    write_files(folder, {".github/workflows/x.yml": WORKFLOW.format(**given)})
    session = open_session(Request(root=str(folder), owner="acme", repo="shop", environment={}))
    (build,) = builds(session.repository, lambda step: True)
    return build


@pytest.mark.parametrize(
    ("written", "platforms"),
    [
        ("linux/amd64", ("linux/amd64",)),
        ("${{ env.PLATFORMS }}", ("linux/amd64", "linux/arm64")),
        ("${{ vars.PLATFORMS }}", None),
    ],
)
def test_platforms_are_known_as_far_as_files_tell(
    written: str, platforms: tuple[str, ...] | None, tmp_path: Path
) -> None:
    assert build_of(tmp_path, platforms=written).platforms == platforms


@pytest.mark.parametrize(
    ("runner", "architecture"),
    [
        ("ubuntu-latest", "amd64"),
        ("ubuntu-24.04-arm", "arm64"),
        ("[self-hosted, linux]", None),
        ("ubuntu-24.04-16core", None),
    ],
)
def test_only_runners_of_github_have_a_known_processor(
    runner: str, architecture: str | None, tmp_path: Path
) -> None:
    assert build_of(tmp_path, runner=runner).architecture == architecture


@pytest.mark.parametrize(
    ("before", "may"),
    [
        ("- uses: docker/setup-qemu-action@v4", True),
        ("- run: docker run --privileged tonistiigi/binfmt --install all", True),
        ("- run: ./prepare.sh", True),
        ("- uses: acme/prepare@v1", True),
        ("- uses: ./.github/actions/prepare", True),
        ("- uses: docker/setup-buildx-action@v4", False),
        ("- run: docker version", False),
    ],
)
def test_what_nobody_sees_may_have_set_it_up(before: str, may: bool, tmp_path: Path) -> None:
    assert build_of(tmp_path, before=before).may_have_set_up(("qemu", "binfmt")) == may
