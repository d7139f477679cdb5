"""Several processes find what one finds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lading.builtin import provider
from lading.catalogue import Rule
from lading.engine import JOINED, Selection, check
from lading.parallel import BY_PART, check_parts, is_divisible, processes
from lading.parts import shares
from lading.problems import Problem
from lading.reports import Look, render
from lading.session import Request, Session, open_session
from tests.support import write_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")

CALLER = """\
on: push
permissions: {{contents: read}}
jobs:
  call:
    uses: ./.github/workflows/called-{number}.yml
"""
CALLED = """\
on: workflow_call
jobs:
  publish:
    runs-on: ubuntu-24.04
    permissions: {packages: write}
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, password: "${{ github.token }}"}
      - run: docker push ghcr.io/acme/Shop:1
"""
RELEASE = """\
on: {push: {branches: [main]}}
jobs:
  release:
    runs-on: ubuntu-24.04
    permissions: {contents: write}
    steps:
      - uses: actions/checkout@v6
      - uses: softprops/action-gh-release@v3
        with: {tag_name: "v${{ github.run_number }}"}
"""
WAITING = """\
on:
  release:
    types: [published]
jobs:
  publish: {runs-on: ubuntu-24.04, steps: [run: make]}
"""
COMPOSE = "services:\n  api:\n    image: ghcr.io/<org>/api\n    depends_on: [db]\n  web:\n    image: ghcr.io/acme/shopp:1\n"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    files = {"compose.yaml": COMPOSE, ".github/workflows/broken.yml": "on: [\n"}
    for number in range(60):
        files[f".github/workflows/called-{number}.yml"] = CALLED
        files[f".github/workflows/caller-{number}.yml"] = CALLER.format(number=(number + 7) % 62)
    files |= {".github/workflows/a-release.yml": RELEASE, ".github/workflows/z-waiting.yml": WAITING}
    write_files(tmp_path, files)
    return open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))


def test_several_processes_find_what_one_finds(session: Session) -> None:
    for is_kept in (False, True):
        divided = shares(session.repository, 3, is_kept=is_kept)
        paths = sorted(path for _, _, paths in divided for path in paths)
        assert (len(divided) > 2, paths) == (True, list(session.repository.inventory.workflows))
    look = Look(colour=False, prefix="", width=100)
    outcomes = (
        check(session.repository, session.rules, Selection()),
        check_parts(session.repository, 3, session.rules, Selection()),
    )
    one, several = (render("json", outcome, look, dict) for outcome in outcomes)
    assert (len(outcomes[0].findings) > 100, one) == (True, several)


def test_workflows_that_name_each_other_stay_together(session: Session) -> None:
    repository = session.repository
    for _, _, paths in (*shares(repository, 4, is_kept=False), *shares(repository, 4, is_kept=True)):
        numbers = {path.partition("caller-")[2] for path in paths if "caller" in path}
        called = {f"{(int(number.removesuffix('.yml')) + 7) % 62}" for number in numbers}
        held = {path.partition("called-")[2].removesuffix(".yml") for path in paths}
        assert called - {"60", "61"} <= held


def test_a_check_that_breaks_in_another_process_is_said_as_in_one(session: Session) -> None:
    def broken(subject: object, options: object) -> object:
        if "caller-59" in repr(subject):
            raise ValueError("no")
        return ()

    rule = Rule(
        "acme/broken", scope="workflow", level="error", status="stable", reference="", fix="", options={},
        card_path="", provider="acme",
    )  # fmt: skip
    rule._check = broken  # type: ignore[assignment]
    message = r"rule acme/broken of acme broke on <Workflow .github/workflows/caller-59.yml>: ValueError: no"
    for count in (1, 4):
        with pytest.raises(Problem, match=message):
            check_parts(session.repository, count, {"acme/broken": rule}, Selection())


def test_one_process_serves_where_there_is_little_to_do_or_a_rule_wants_to_see_everything(
    session: Session, tmp_path: Path
) -> None:
    small = open_session(
        Request(root=str(write_files(tmp_path / "a", {"compose.yaml": COMPOSE})), environment={})
    )
    rule = Rule(
        "acme/all", scope="repository", level="error", status="stable", reference="", fix="", options={},
        card_path="", provider="acme",
    )  # fmt: skip
    assert processes(small.repository) == 1
    assert [is_divisible(session.rules), is_divisible({**session.rules, "acme/all": rule})] == [True, False]


def test_no_rule_of_ours_takes_many_processes_away() -> None:
    """A rule over the whole repository is told to run in parts, or over what the parts hand over."""
    ours = provider().rules
    assert [r.id for r in ours if r.scope == "repository" and r.id not in (*BY_PART, *JOINED)] == []
