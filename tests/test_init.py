"""`lading init`: what it writes is sound, and what is there stays as it is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from lading.baseline import NAME as BASELINE
from lading.parse import Reader
from lading.plain import plain
from lading.source import Source
from lading.starter import HOOKS, SCHEMA, WORKFLOW, default_branch, hook_text, with_hook, workflow_text
from tests.support import ROOT, run_lading, write_files

PACKAGE = "lading @ git+https://github.com/acme/lading@v1.2"
ALL = ("lading.yaml", SCHEMA, HOOKS, WORKFLOW)
REMOTE = {
    ".git/config": '[remote "origin"]\n\turl = git@github.com:Acme/Shop.git\n',
    ".git/HEAD": "ref: refs/heads/topic\n",
    ".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/trunk\n",
}
HOOKS_THERE = """\
# our hooks
repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v6.0.0  # keep
    hooks:
      - id: end-of-file-fixer
      # - id: later
# and this is the end
ci: {autofix_prs: false}
"""


def files(folder: Path) -> dict[str, str]:
    found = (
        path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in found}


def init(folder: Path, *arguments: str) -> str:
    given = () if "--package" in arguments else ("--package", PACKAGE)
    done = run_lading("init", *given, *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_what_it_writes_is_clean_and_filled_in(tmp_path: Path) -> None:
    said = init(write_files(tmp_path, REMOTE))
    assert sorted(files(tmp_path)) == sorted(ALL)
    assert said.splitlines() == [
        "lading.yaml: written",
        f"{SCHEMA}: written, for editors",
        f"{HOOKS}: written",
        f"{WORKFLOW}: written",
    ]
    config = files(tmp_path)["lading.yaml"]
    assert config.startswith(f"# yaml-language-server: $schema={SCHEMA}\n")
    assert "Found: Acme/Shop (git remote `origin`)" in config
    assert "# namespaces: [ghcr.io/acme]" in config
    assert "branches: [trunk]" in files(tmp_path)[WORKFLOW]
    done = run_lading("check", "--strict", "--fail-on", "note", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_every_comment_of_the_configuration_holds_when_it_is_taken_at_its_word(tmp_path: Path) -> None:
    init(write_files(tmp_path, REMOTE), "--only", "config")
    lines = files(tmp_path)["lading.yaml"].splitlines(keepends=True)
    keys = [re.sub(r"^# (?=[a-z-]+:( |$)|  )", "", line) for line in lines[1:]]
    write_files(tmp_path, {"lading.yaml": "".join(keys), BASELINE: '{"version": 1, "findings": []}'})
    value = plain(Reader().read(Source("", "".join(keys))).root)
    assert len(value) == 9
    done = run_lading("check", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_actions_are_pinned_as_in_our_own_workflow() -> None:
    own = (ROOT / ".github/workflows/ci.yml").read_text()
    pins = re.findall(r"uses: (\S+@[0-9a-f]{40} # v\S+)", workflow_text("main", PACKAGE))
    assert len(pins) == 2
    assert [pin for pin in pins if pin not in own] == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    there = {path: "# mine\n" for path in ALL} | {HOOKS: HOOKS_THERE}
    write_files(tmp_path, there)
    said = init(tmp_path, "--only", "config", "--only", "workflow")
    assert files(tmp_path) == there
    assert said.count("is there already and stays as it is (--force writes it anew)") == 2
    init(tmp_path, "--force")
    assert [path for path, text in files(tmp_path).items() if text == "# mine\n"] == []


def test_a_second_time_nothing_changes(tmp_path: Path) -> None:
    init(write_files(tmp_path, {HOOKS: HOOKS_THERE}))
    first = files(tmp_path)
    init(tmp_path)
    assert files(tmp_path) == first


def test_a_dry_run_shows_a_diff_and_writes_nothing(tmp_path: Path) -> None:
    write_files(tmp_path, {HOOKS: HOOKS_THERE})
    diff = init(tmp_path, "--dry-run")
    assert files(tmp_path) == {HOOKS: HOOKS_THERE}
    added = [line for line in diff.splitlines() if line.startswith("+++")]
    assert added == ["+++ b/lading.yaml", f"+++ b/{SCHEMA}", f"+++ b/{HOOKS}", f"+++ b/{WORKFLOW}"]
    assert not [line for line in diff.splitlines() if line.startswith("-") and not line.startswith("---")]


def test_an_existing_configuration_elsewhere_and_a_workflow_that_runs_it_count(tmp_path: Path) -> None:
    own = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: lading check}]\n"
    write_files(tmp_path, {".github/lading.yaml": "{}\n", ".github/workflows/lint.yml": own})
    said = init(tmp_path, "--only", "config", "--only", "workflow")
    assert sorted(files(tmp_path)) == [".github/lading.yaml", ".github/workflows/lint.yml"]
    assert ".github/workflows/lint.yml: runs lading already" in said
    init(tmp_path, "--only", "config", "--force")
    assert files(tmp_path)[".github/lading.yaml"].startswith(
        "# yaml-language-server: $schema=lading.schema.json\n"
    )


def test_a_baseline_that_is_there_is_put_to_use(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": "services: [\n"})
    assert "`lading check` finds 1 error; `lading baseline` sets them aside" in init(
        tmp_path, "--only", "workflow"
    )
    run_lading("baseline", folder=tmp_path)
    assert "finds" not in init(tmp_path, "--only", "config")
    assert run_lading("check", folder=tmp_path).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_nothing_is_written_outside_of_the_repository(tmp_path: Path) -> None:
    write_files(tmp_path, {"elsewhere/x": "", "shop/compose.yaml": "services: {}\n"})
    (tmp_path / "shop/.github").symlink_to(tmp_path / "elsewhere")
    done = run_lading("init", "--package", PACKAGE, "--only", "workflow", folder=tmp_path / "shop")
    assert done.returncode == 2
    assert b"leads out of the repository" in done.stderr
    assert os.listdir(tmp_path / "elsewhere") == ["x"]


ITEM = "- repo: x\n  rev: v1\n  hooks: [{id: a}]"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HOOKS_THERE, id="comments everywhere"),
        pytest.param(HOOKS_THERE.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"repos:\n{ITEM}\n", id="a list that is not indented"),
        pytest.param(f"repos:\n{ITEM}", id="no line end at the end"),
        pytest.param("repos:\n    -   repo: x\n        hooks:\n        -   id: a\n", id="four columns"),
        pytest.param(f"repos:\n{ITEM}\n\n\n# end\n", id="empty lines behind it"),
        pytest.param(f"---\nrepos:\n{ITEM}\n...\n", id="a document with marks"),
        pytest.param("repos:\n- repo: local\n  hooks:\n  - id: a\n    entry: |\n      x\n\n      y\n", id="a text at the end"),
    ],
)  # fmt: skip
def test_the_hook_is_added_and_not_a_letter_changed(text: str) -> None:
    new = with_hook(text, PACKAGE, Reader())
    assert new is not None
    before, after = (plain(Reader().read(Source("", each)).root) for each in (text, new))
    assert after == {
        **before,
        "repos": before["repos"] + plain(Reader().read(Source("", hook_text(PACKAGE))).root),
    }
    rest = iter(new.splitlines())
    assert [line for line in text.splitlines() if line not in rest] == []
    assert ("\r\n" in new) is ("\r\n" in text)
    assert with_hook(new, PACKAGE, Reader()) == new


def test_a_comment_of_the_last_item_stays_with_it() -> None:
    new = with_hook(HOOKS_THERE, PACKAGE, Reader())
    assert new is not None
    lines = new.splitlines()
    assert lines[lines.index("      # - id: later") + 1] == "  - repo: local"
    assert lines[-2:] == ["# and this is the end", "ci: {autofix_prs: false}"]


@pytest.mark.parametrize("text", ["", "repos: []\n", "repos: [{repo: x}]\n", "repos:\n", "a: [\n", "- x\n"])
def test_what_cannot_be_added_to_is_left_alone_and_said(text: str, tmp_path: Path) -> None:
    assert with_hook(text, PACKAGE, Reader()) is None
    said = init(write_files(tmp_path, {HOOKS: text}), "--only", "pre-commit")
    assert files(tmp_path) == {HOOKS: text}
    assert "is not in a form that can be added to; add under `repos:`\n  - repo: local\n" in said


@pytest.mark.parametrize(
    ("git", "branch"),
    [
        ({}, "main"),
        (REMOTE, "trunk"),
        ({".git/config": "", ".git/HEAD": "ref: refs/heads/topic\n"}, "topic"),
        ({".git/HEAD": "ref: refs/heads/topic\n", ".git/refs/heads/master": "x"}, "master"),
        ({".git/HEAD": "ref: refs/heads/topic\n", ".git/packed-refs": "abc refs/heads/main\n"}, "main"),
        ({".git/HEAD": "0123456789\n"}, "main"),
    ],
)
def test_the_default_branch(git: dict[str, str], branch: str, tmp_path: Path) -> None:
    assert default_branch(str(write_files(tmp_path, git))) == branch


def test_an_odd_name_of_a_branch_is_quoted() -> None:
    tree = Reader().read(Source("", workflow_text("it's #1", PACKAGE)))
    assert plain(tree.root)["on"]["push"]["branches"] == ["it's #1"]


def test_what_others_cannot_install_is_not_asked_of_them(tmp_path: Path) -> None:
    """Ours comes from the folder of a clone; on the index, the name may be somebody else's."""
    done = run_lading("init", folder=write_files(tmp_path, REMOTE))
    assert done.returncode == 0
    assert sorted(files(tmp_path)) == sorted(("lading.yaml", SCHEMA))
    assert done.stdout.decode().count("say how they get it with --package") == 2


def test_a_requirement_of_something_else_is_refused(tmp_path: Path) -> None:
    for package in ("lading; rm -rf /", "lading' && true '", "other==1"):
        done = run_lading("init", "--package", package, folder=tmp_path)
        assert done.returncode == 2
        assert b"expected a requirement of lading" in done.stderr
        assert files(tmp_path) == {}


def test_the_requirement_stands_in_the_hook_and_in_the_workflow(tmp_path: Path) -> None:
    init(write_files(tmp_path, REMOTE))
    assert f"pip install '{PACKAGE}'\n" in files(tmp_path)[WORKFLOW]
    assert f'additional_dependencies: ["{PACKAGE}"]' in files(tmp_path)[HOOKS]
