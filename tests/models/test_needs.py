"""What a job needs of its token, and what it can use of it at most."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.models.needs import need_of, pushes_with_own_token, use_of
from lading.models.workflow import Job
from lading.session import Request, open_session
from tests.support import write_files


def job_of(folder: Path, steps: str, before: str = "") -> Job:
    text = f"on: push\njobs:\n  job:\n    runs-on: ubuntu-24.04\n{before}    steps:\n"
    lines = "".join(f"      {line}\n" for line in steps.splitlines())
    write_files(folder, {".github/workflows/x.yml": text + lines})
    session = open_session(Request(root=str(folder), owner="acme", repo="shop", environment={}))
    return session.repository.workflows[".github/workflows/x.yml"].jobs["job"]


@pytest.mark.parametrize(
    ("step", "scopes"),
    [
        ("- uses: softprops/action-gh-release@v3", {"contents": "write"}),
        ("- uses: softprops/action-gh-release@v3\n  env: {GITHUB_TOKEN: '${{ secrets.PAT }}'}", None),
        (
            "- uses: softprops/action-gh-release@v3\n  with: {token: '${{ github.token }}'}",
            {"contents": "write"},
        ),
        ("- uses: github/codeql-action/analyze@v4\n  with: {upload: false}", None),
        ("- uses: azure/login@v2\n  with: {creds: '${{ secrets.AZURE }}', client-id: x}", None),
        ("- uses: azure/login@v2\n  with: {client-id: x}", {"id-token": "write"}),
        ("- run: cosign sign --yes acme/shop@sha256:1", {"id-token": "write"}),
        ("- run: cosign sign --yes \\\n    --key env://KEY acme/shop@sha256:1", None),
        ("- uses: acme/unknown@v1", None),
    ],
)
def test_a_step_needs_what_its_row_says_unless_it_has_another_token(
    step: str, scopes: dict[str, str] | None, tmp_path: Path
) -> None:
    need = need_of(job_of(tmp_path, step).steps[0])
    assert (need.scopes if need is not None else None) == scopes


@pytest.mark.parametrize(
    ("checkout", "own"),
    [
        ("- uses: actions/checkout@v6", True),
        ("- uses: actions/checkout@v6\n  with: {token: '${{ secrets.PAT }}'}", False),
        ("- uses: actions/checkout@v6\n  with: {persist-credentials: false}", False),
        ("- run: git clone https://github.com/acme/shop", False),
    ],
)
def test_git_push_uses_what_the_checkout_has_left(checkout: str, own: bool, tmp_path: Path) -> None:
    assert pushes_with_own_token(job_of(tmp_path, f"{checkout}\n- run: git push")) == own


@pytest.mark.parametrize(
    ("steps", "possible"),
    [
        ("- uses: actions/checkout@v6\n- run: ls", {"id-token"}),
        ("- uses: actions/checkout@v6\n- run: git push", {"id-token", "contents"}),
        ("- uses: actions/checkout@v6\n- run: mkdocs gh-deploy --force", {"id-token", "contents"}),
        ("- uses: actions/checkout@v6\n- run: mike deploy --push 1.4", {"id-token", "contents"}),
        ("- uses: actions/checkout@v6\n- run: mike set-default -p 1.4", {"id-token", "contents"}),
        ("- uses: actions/checkout@v6\n- run: ghp-import -n -p site", {"id-token", "contents"}),
        ("- uses: actions/checkout@v6\n- run: |\n    mike deploy 1.4\n    ls -p", {"id-token"}),
        ("- uses: acme/unknown@v1", None),
        ("- run: ./release.sh\n  env: {GH_TOKEN: '${{ github.token }}'}", None),
        ("- run: gh pr comment 1 -b ok\n  env: {GH_TOKEN: x}", {"id-token", "issues", "pull-requests"}),
        ("- run: gh api user\n  env: {GH_TOKEN: x}", None),
        ("- run: |\n    gh --version\n    gh pr view 1\n  env: {GH_TOKEN: x}", {"id-token"}),
        ("- run: |\n    gh pr view 1\n    gh -R acme/shop release delete v1\n  env: {GH_TOKEN: x}", None),
        ("- run: |\n    gh pr view 1\n    gh \\\n    release delete v1\n  env: {GH_TOKEN: x}", None),
        ("- uses: docker/login-action@v4\n- run: docker push acme/shop", {"id-token"}),
        (
            "- uses: docker/login-action@v4\n  with: {registry: ghcr.io}\n- run: docker push ghcr.io/acme/shop",
            {"id-token", "packages"},
        ),
        ("- uses: docker/login-action@v4\n- uses: docker/build-push-action@v7", set()),
        ("- uses: docker/login-action@v4\n- uses: docker/bake-action@v7", set()),
        (
            "- uses: docker/login-action@v4\n  with: {registry: '${{ vars.R }}'}\n- uses: docker/bake-action@v7",
            {"packages"},
        ),
        (
            "- uses: docker/build-push-action@v7\n  with: {secrets: 'a=${{ github.token }}'}",
            {"packages"},
        ),
    ],
)
def test_a_job_can_use_what_its_steps_can_at_most(
    steps: str, possible: set[str] | None, tmp_path: Path
) -> None:
    use = use_of(job_of(tmp_path, steps), {}, publishes=False)
    assert use.possible == (None if possible is None else frozenset(possible))


def test_a_script_that_is_given_the_token_by_its_job_may_do_anything_with_it(tmp_path: Path) -> None:
    job = job_of(tmp_path, "- run: ls", "    env: {GITHUB_TOKEN: '${{ github.token }}'}\n")
    assert use_of(job, {}, publishes=False).possible is None
