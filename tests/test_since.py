"""`--since`: what changed, asked from git, and the findings that came up with it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from lading.changes import changes_since
from lading.problems import Problem
from tests.support import run_lading, write_files

CALLED = """\
on: workflow_call
jobs:
  build:
    runs-on: ubuntu-24.04
    steps: [{run: make}]
"""
CALLER = """\
on: push
jobs:
  build:
    uses: ./.github/workflows/build.yml
"""
BUILT = """\
services:
  api:
    image: ghcr.io/acme/api:1.4
    depends_on: {db: {condition: service_healthy}}
  db:
    build: db
"""
DOCKERFILE = "FROM alpine:3.22\nHEALTHCHECK CMD true\n"
BROKEN = "services: [\n"
REPOSITORY = {
    ".github/workflows/build.yml": CALLED,
    ".github/workflows/caller.yml": CALLER,
    "compose.yaml": BUILT,
    "db/Dockerfile": DOCKERFILE,
    "old/compose.yaml": BROKEN,
    "untouched/compose.yaml": BROKEN,
}


def git(folder: Path, *arguments: str) -> str:
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b.c",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b.c",
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env=kept | identity | {"GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = write_files(tmp_path / "shop", REPOSITORY)
    git(folder, "init", "-q")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")


def told(folder: Path, revision: str = "HEAD", *arguments: str, code: int | None = None) -> list[str]:
    done = run_lading(
        "check", "--since", revision, "--format", "json", "--owner", "acme", "--repo", "shop", *arguments, folder=folder
    )  # fmt: skip
    findings = json.loads(done.stdout)["findings"]
    assert done.stderr == b""
    return sorted({finding["path"] for finding in findings if finding["level"] == "error"})


def test_without_a_change_nothing_is_told(shop: Path) -> None:
    os.utime(shop / "old/compose.yaml", (1, 1))
    assert told(shop) == []


@pytest.mark.parametrize("state", ["untracked", "unstaged", "staged", "committed"])
def test_changes_of_every_kind_count(state: str, shop: Path) -> None:
    path = "new/compose.yaml" if state == "untracked" else "old/compose.yaml"
    write_files(shop, {path: BROKEN + "#\n"})
    if state in ("staged", "committed"):
        git(shop, "add", "-A")
    if state == "committed":
        git(shop, "commit", "-qm", "y")
    assert told(shop, "HEAD~1" if state == "committed" else "HEAD") == [path]


def test_a_deleted_workflow_tells_its_caller(shop: Path) -> None:
    (shop / ".github/workflows/build.yml").unlink()
    assert told(shop) == [".github/workflows/caller.yml"]


def test_a_renamed_workflow_tells_its_caller(shop: Path) -> None:
    git(shop, "mv", ".github/workflows/build.yml", ".github/workflows/make.yml")
    assert told(shop) == [".github/workflows/caller.yml"]


def test_a_healthcheck_taken_out_of_a_dockerfile_tells_who_waits_for_it(shop: Path) -> None:
    write_files(shop, {"db/Dockerfile": "FROM scratch\n"})
    assert told(shop) == ["compose.yaml"]


def test_a_new_file_tells_whom_it_breaks(shop: Path) -> None:
    """`.env` gives the tag a value that makes the name invalid; the file that names it has not changed."""
    write_files(shop, {"compose.yaml": "services: {web: {image: 'nginx:${TAG:-1.27}'}}\n"})
    commit(shop)
    assert told(shop) == []
    write_files(shop, {".env": "TAG=not a tag\n"})
    assert told(shop) == ["compose.yaml"]


def test_a_renamed_file_is_a_changed_one(shop: Path) -> None:
    git(shop, "mv", "old", "new")
    assert told(shop) == ["new/compose.yaml"]


def test_paths_narrow_it_further(shop: Path) -> None:
    write_files(shop, {"old/compose.yaml": BROKEN + "#\n", "untouched/compose.yaml": BROKEN + "#\n"})
    assert told(shop, "HEAD", "old") == ["old/compose.yaml"]


def test_unsaved_text_is_a_change(shop: Path) -> None:
    done = run_lading(
        "check", "--since", "HEAD", "--format", "concise", "--stdin-filename", "untouched/compose.yaml", "-",
        folder=shop, stdin=BROKEN.encode() + b"#\n",
    )  # fmt: skip
    assert done.stdout.startswith(b"untouched/compose.yaml:2:1: error[yaml/syntax-error]")


def test_a_changed_configuration_tells_everything(shop: Path) -> None:
    write_files(shop, {"lading.yaml": "default-token: restricted\n"})
    assert told(shop) == ["old/compose.yaml", "untouched/compose.yaml"]


def test_what_the_other_branch_has_changed_since_the_two_parted_does_not_count(shop: Path) -> None:
    git(shop, "checkout", "-qb", "topic")
    git(shop, "checkout", "-q", "main")
    write_files(shop, {"untouched/compose.yaml": BROKEN + "# main\n"})
    commit(shop)
    git(shop, "checkout", "-q", "topic")
    write_files(shop, {"old/compose.yaml": BROKEN + "# topic\n"})
    commit(shop)
    assert told(shop, "main") == ["old/compose.yaml"]


def test_a_root_below_the_work_tree(shop: Path) -> None:
    write_files(shop, {"old/compose.yaml": BROKEN + "#\n", "untouched/compose.yaml": BROKEN + "#\n"})
    changes = changes_since(str(shop / "old"), "HEAD", os.environ)
    assert (changes.paths, dict(changes.before)) == (
        frozenset({"compose.yaml"}),
        {"compose.yaml": BROKEN.encode()},
    )


@pytest.mark.parametrize("name", ["größe.yaml", "a b.yaml", 'q"uote.yaml', "tab\t.yaml"])
def test_names_are_taken_as_they_are(name: str, shop: Path) -> None:
    write_files(shop, {name: "a: 1\n"})
    commit(shop)
    write_files(shop, {name: "a: 2\n", f"new {name}": ""})
    assert changes_since(str(shop), "HEAD", os.environ).paths == {name, f"new {name}"}


def test_nothing_that_the_repository_names_is_run(shop: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    for hook in ("post-index-change", "fsmonitor-watchman", "query-watchman"):
        target = shop / ".git/hooks" / hook
        target.parent.mkdir(exist_ok=True)
        target.write_text(trap.read_text())
        target.chmod(0o755)
    write_files(shop, {".gitattributes": "* filter=trap diff=trap\n", "old/compose.yaml": "x"})
    for key in (
        "core.fsmonitor",
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "filter.trap.clean",
        "core.pager",
    ):
        git(shop, "config", key, str(trap))
    os.utime(shop / "compose.yaml", (1, 1))
    changes = changes_since(
        str(shop), "HEAD", os.environ | {"GIT_EXTERNAL_DIFF": str(trap), "GIT_DIR": "/nowhere"}
    )
    assert changes.paths == {".gitattributes", "old/compose.yaml"}
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("revision", ["nonsense", "--all", "HEAD:compose.yaml", "a\nb", ""])
def test_an_unknown_revision_is_one_clear_line(revision: str, shop: Path) -> None:
    done = run_lading("check", f"--since={revision}", folder=shop)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"git knows no such revision\n" in done.stderr


def test_a_shallow_clone_says_what_to_do(shop: Path, tmp_path: Path) -> None:
    before = git(shop, "rev-parse", "HEAD")
    write_files(shop, {"a": "1"})
    commit(shop)
    git(tmp_path, "clone", "-q", "--depth", "1", shop.as_uri(), "clone")
    with pytest.raises(Problem, match=r"no such revision; this clone is shallow: .*`fetch-depth: 0`"):
        changes_since(str(tmp_path / "clone"), before, os.environ)


def test_without_git_or_a_work_tree_it_says_so(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="git, which knows what has changed, cannot be started"):
        changes_since(str(shop), "HEAD", {"PATH": str(tmp_path)})
    with pytest.raises(Problem, match="is no git work tree"):
        changes_since(str(tmp_path), "HEAD", os.environ)


def test_a_compose_file_that_the_configuration_names_may_be_new(tmp_path: Path) -> None:
    shop = write_files(tmp_path / "shop", {"lading.yaml": "compose: {projects: [{files: [stack.yml]}]}\n"})
    write_files(shop, {"old/compose.yaml": BROKEN})
    git(shop, "init", "-q")
    commit(shop)
    write_files(shop, {"stack.yml": "services: [\n"})
    assert told(shop) == ["stack.yml"]
