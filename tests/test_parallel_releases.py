"""Workflows that wait for a release or a tag, and those that may make one, are checked by one process."""

from __future__ import annotations

import pytest

from lading.parallel import _OF_MAKERS, _is_of_releases
from lading.tables.actions import RELEASERS

TAIL = "jobs:\n  a: {runs-on: ubuntu-24.04, steps: [{run: make}]}\n"


@pytest.mark.parametrize(
    "text",
    [
        "on: release\n",
        "on: [push, release]\n",
        "'on': ['release']\n",
        "on:\n  release:\n    types: [published]\n",
        'on:\n  "release": {types: [published]}\n',
        "on:\n  - push\n  - release # of ours\n",
        "on: {push: , release: {types: [published]}}\n",
        "on: [\n  push,\n  release\n]\n",
        "on: [\n  push,\n  release,\n]\n",
        "on: [\n  release]\n",
        "on:\r\n  release:\r\n",
        "on:\n  push:\n    tags: ['v*']\n",
        "on:\n  push:\n    tags:\n      - 'v*'\n",
        "on:\n  push:\n    tags: # of ours\n      - 'v*'\n",
        "on:\n  push: # tags\n    tags: v*\n",
        "on: {push: {tags: [v*]}}\n",
        "jobs: {a: {steps: [{uses: Softprops/action-gh-release@v3}]}}\n",
        "jobs: {a: {steps: [{run: gh release create v1}]}}\n",
        "jobs: {a: {steps: [{run: git push --tags}]}}\n",
    ],
)
def test_a_workflow_that_deals_with_releases_is_known_by_its_text(text: str) -> None:
    assert _is_of_releases(text + TAIL)


@pytest.mark.parametrize(
    "text",
    [
        "on: push\n",
        "name: Build the release\non: push\n",
        "jobs: {a: {steps: [{uses: docker/build-push-action@v6, with: {tags: acme/shop}}]}}\n",
        "    with:\n      tags: |\n        acme/shop\n",
        "      - run: make release-notes\n",
    ],
)
def test_one_that_only_speaks_of_them_is_free_to_go_elsewhere(text: str) -> None:
    assert not _is_of_releases(text + TAIL)


def test_every_action_that_makes_releases_is_found_by_a_word() -> None:
    assert [name for name in RELEASERS if not any(word in name for word in _OF_MAKERS)] == []
    assert [name for name in RELEASERS if name != name.lower()] == []
