"""Steps that make releases and tags, and with which token."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.models.releases import makers
from lading.models.testing import is_test, may_test
from lading.session import Request, open_session
from tests.support import write_files

Found = list[tuple[tuple[str, ...], str, bool]]


def found(folder: Path, step: str, start: str = "push: {branches: [main]}") -> Found:
    lines = "".join(f"      {line}\n" for line in f"- uses: actions/checkout@v6\n{step}".splitlines())
    text = f"on:\n  {start}\njobs:\n  release:\n    runs-on: ubuntu-24.04\n    steps:\n{lines}"
    write_files(folder, {".github/workflows/release.yml": text})
    session = open_session(Request(root=str(folder), owner="acme", repo="shop", environment={}))
    return [(each.kinds, each.tag, each.is_silent) for each in makers(session.repository)]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            "- uses: softprops/action-gh-release@v3\n  with: {tag_name: 'v${{ github.run_number }}'}",
            [(("release", "tag"), "v", True)],
        ),
        (
            "- uses: softprops/action-gh-release@v3\n  with: {token: '${{ secrets.PAT }}'}",
            [(("release", "tag"), "", False)],
        ),
        (
            "- uses: ncipollo/release-action@v1\n  with: {draft: true}",
            [(("release", "tag"), "", False)],
        ),
        (
            "- run: gh release create client/$N\n  env: {GH_TOKEN: '${{ github.token }}'}",
            [(("release", "tag"), "client/", True)],
        ),
        (
            "- run: gh release create v1\n  env: {GH_TOKEN: '${{ secrets.PAT }}'}",
            [(("release", "tag"), "v1", False)],
        ),
        ("- run: git push origin refs/tags/v1", [(("tag",), "v1", True)]),
        ("- run: git push origin main", []),
        ("- uses: release-drafter/release-drafter@v6", []),
    ],
)
def test_what_a_step_makes_and_whether_an_event_tells_of_it(
    step: str, expected: Found, tmp_path: Path
) -> None:
    assert found(tmp_path, step) == expected


def test_files_for_a_release_that_a_person_has_made_make_none(tmp_path: Path) -> None:
    step = "- uses: softprops/action-gh-release@v3"
    assert found(tmp_path, step, "release: {types: [created]}") == []
    assert found(tmp_path, step, "push: {tags: ['v*']}") == []


@pytest.mark.parametrize(
    ("tag", "start", "expected"),
    [
        ('"$TAG"', "push: {branches: [main]}", ("release", "tag")),
        ('"$TAG"', "push: {tags: ['v*']}", ("release",)),
        ('"$TAG" --verify-tag', "push: {branches: [main]}", ("release",)),
        ('"${GITHUB_REF#refs/tags/}"', "workflow_dispatch: ", ("release",)),
        ("${{ github.ref_name }}", "workflow_dispatch: ", ("release",)),
        ("nightly", "push: {tags: ['v*']}", ("release", "tag")),
    ],
)
def test_a_release_for_a_tag_that_is_there_makes_no_tag(
    tag: str, start: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    step = f"- run: gh release create {tag}\n  env: {{GH_TOKEN: '${{{{ github.token }}}}'}}"
    assert [kinds for kinds, _, _ in found(tmp_path, step, start)] == [expected]


@pytest.mark.parametrize(
    ("name", "step", "certain", "possible"),
    [
        ("test", "run: npm test", True, True),
        ("unit-tests", "run: ./mvnw -B verify", True, True),
        ("build", "run: cargo test --workspace", False, True),
        ("test", "run: echo no", False, True),
        ("publish", "run: docker push acme/shop", False, False),
        ("publish", "uses: actions/checkout@v6", False, False),
        ("ci", "run: make", False, True),
    ],
)
def test_tests_are_told_by_name_and_command(
    name: str, step: str, certain: bool, possible: bool, tmp_path: Path
) -> None:
    text = f"on: push\njobs:\n  {name}:\n    runs-on: ubuntu-24.04\n    steps:\n      - {step}\n"
    write_files(tmp_path, {".github/workflows/x.yml": text})
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    job = session.repository.workflows[".github/workflows/x.yml"].jobs[name]
    assert (is_test(job), may_test(job)) == (certain, possible)
