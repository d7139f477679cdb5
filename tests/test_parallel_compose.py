"""Compose projects in several processes: what they find is what one finds, and what belongs together stays together."""

from __future__ import annotations

import marshal
import os
import sys
from pathlib import Path

import pytest

from lading import parallel, talk
from lading.catalogue import Rule
from lading.engine import Selection, check
from lading.laid_out import LaidOut
from lading.models.compose.projects import Plan
from lading.models.repository import Repository
from lading.parallel import check_parts, in_turn, processes
from lading.parts import (
    _LAST_PARTS,
    _MANY_COMPOSE,
    _connected,
    compose_shares,
    first_look,
    of_compose,
    reader_of_compose,
    shares,
)
from lading.problems import Problem
from lading.reports import Look, render
from lading.session import Request, Session, open_session
from tests.support import write_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")

PLAIN = """\
services:
  api{n}:
    image: ghcr.io/acme/shop-{n}
    depends_on:
      db: {{condition: service_healthy}}
    networks: [proxy]
  db: {{image: 'ghcr.io/<org>/db:${{DB_TAG}}'}}
"""
BUILDS = "services:\n  built: {{build: ., image: 'ghcr.io/acme/shop-{n}'}}\n"
ALONE = "services: {a: {extends: {file: missing.yaml, service: db}}}\n"
PUBLISH = """\
on: push
jobs:
  push:
    runs-on: ubuntu-24.04
    permissions: {packages: write}
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, password: "${{ github.token }}"}
      - run: docker push ghcr.io/acme/shopp-7:1
"""


def files() -> dict[str, str]:
    """Projects that include, extend, name or state each other among many that do not."""
    found = {f"p{n:02d}/compose.yaml": PLAIN.format(n=n) for n in range(40)}
    found |= {f"b{n:02d}/compose.yml": BUILDS.format(n=n) for n in range(0, 40, 3)}
    found |= {f"o{n:02d}/compose.prod.yaml": "services:\n  db: {restart: always}\n" for n in range(0, 40, 5)}
    found |= {
        "z/compose.yaml": "include: [../p03/compose.yaml, ../o05/compose.prod.yaml]\nservices: {}\n",
        "y/compose.yaml": "services: {a: {extends: {file: ../p09/compose.yaml, service: db}}}\n",
        "x/.env": "COMPOSE_FILE=compose.yaml:../o10/compose.prod.yaml\n",
        "x/compose.yaml": PLAIN.format(n="x"),
        "Makefile": "up:\n\tdocker compose -f p20/compose.yaml -f o20/compose.prod.yaml up\n"
        "\tdocker compose -f p39/compose.yaml -f odd.yml up\n"
        "\tdocker compose -f odder.yml -f p38/compose.yaml up\n",
        "odder.yml": "services: {db: {image: 'postgres:16'}}\n",
        "odd.yml": "services: {db: {image: 'postgres:17'}}\n",
        "templates/compose.yaml": "services: {api: {image: '{{ image }}'}}\n",
        "broken/compose.yaml": "services: [\n",
        "escaped/compose.yaml": '"incl\\x75de": [../p15/compose.yaml]\n',
        "p01/.env": "# lading: ignore[image/untagged] no\n",
        ".github/workflows/push.yml": PUBLISH,
    }
    found["p02/compose.yaml"] += "# lading: ignore[image/left-over-placeholder] never filled in\n"
    return found


@pytest.fixture
def session(tmp_path: Path) -> Session:
    write_files(tmp_path, files())
    return open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))


def as_json(session: Session, count: int | None) -> str:
    selection = Selection(strict=True, preview=True)
    if count is None:
        outcome = check(session.repository, session.rules, selection)
    else:
        outcome = check_parts(session.repository, count, session.rules, selection)
    return render("json", outcome, Look(colour=False, prefix="", width=100), dict)


def parts_of(repository: Repository, count: int) -> list[Repository]:
    """The parts with Compose files."""
    spread = of_compose(repository, count, 0)
    layout = repository.plan.plain if count > 1 else None
    return [part.repository for part in in_turn(repository, (), spread, spread[0][0], layout)]


@pytest.mark.parametrize("count", [2, 3, 7])
def test_several_processes_find_what_one_finds(session: Session, count: int) -> None:
    assert len(parts_of(session.repository, count)) == count
    several = as_json(session, count)
    assert several == as_json(session, None)
    assert "image/published-under-another-name" in several


def test_every_project_is_in_one_part(session: Session) -> None:
    parts = parts_of(session.repository, 4)
    assert sorted(path for part in parts for path in part.inventory.compose) == list(
        session.repository.inventory.compose
    )
    shown = sorted(repr(project) for part in parts for project in part.projects)
    assert shown == sorted(map(repr, session.repository.projects))
    assert all(len(part.projects) > 3 for part in parts)


def test_projects_that_share_a_file_stay_together(session: Session) -> None:
    held = [
        {path for project in part.projects for path in project.files}
        for part in parts_of(session.repository, 4)
    ]
    for path in {path for paths in held for path in paths}:
        assert sum(path in paths for paths in held) == 1, path


def test_what_the_plan_has_read_is_checked_where_it_was_made(session: Session) -> None:
    write_files(Path(session.root), {"p37/compose.yaml": ALONE})
    (first,) = (part for part in parts_of(session.repository, 3) if part.inventory.is_first)
    read = session.repository.plan.read_already
    assert {"p37/compose.yaml", "y/compose.yaml", "z/compose.yaml"} <= read
    assert read.issubset(first.inventory.compose)


def test_ways_that_no_report_for_people_shows_are_found_when_they_are_asked_for(session: Session) -> None:
    laid_out = LaidOut((), lambda finding: "")
    shown = check_parts(session.repository, 3, session.rules, Selection(), laid_out=laid_out).findings
    whole = check(session.repository, session.rules, Selection()).findings
    assert [(each.way, each.line_text, each.fingerprint) for each in shown] == [
        (each.way, each.line_text, each.fingerprint) for each in whole
    ]
    assert any(each.way == "services.db.image" for each in shown)
    assert {each.row[7:] for each in shown if each.row is not None} == {(None, None)}


def test_few_compose_files_beside_many_workflows_are_not_spread(tmp_path: Path) -> None:
    found = {f".github/workflows/w{n}.yml": PUBLISH for n in range(60)}
    write_files(tmp_path, found | {f"p{n}/compose.yaml": BUILDS.format(n=n) for n in range(5)})
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    workflows = shares(session.repository, 3, is_kept=False)
    compose = of_compose(session.repository, 3, sum(size for _, size, _ in workflows))
    assert [len(paths) for _, _, paths in compose] == [5]


def test_a_part_of_many_compose_files_waits_for_whoever_is_done_first(tmp_path: Path) -> None:
    compose = "services:\n  a:\n    image: b\n    depends_on: [c]\n"
    write_files(tmp_path, {f"{number:03}/compose.yaml": compose for number in range(_MANY_COMPOSE)})
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    count = 2
    own, *waiting, other = of_compose(session.repository, count, 0)
    assert len(waiting) == _LAST_PARTS
    assert max(size for _, size, _ in waiting) * 3 < min(own[1], other[1])
    paths = [path for _, _, paths in (own, *waiting, other) for path in paths]
    assert sorted(paths) == sorted(session.repository.inventory.compose)
    reader = reader_of_compose(session.repository.inventory.compose, count)
    assert {reader[path] for _, _, paths in waiting for path in paths} == {0}, "no other has parsed them"
    assert as_json(session, count) == as_json(session, None)


def test_compose_files_count_for_the_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(16)))
    write_files(tmp_path, {f"p{n}/compose.yaml": BUILDS.format(n=n) for n in range(100)})
    for number, expected in ((100, 2), (99, 1)):
        session = open_session(Request(root=str(tmp_path), environment={}))
        assert (number, processes(session.repository)) == (number, expected)
        (tmp_path / "p99" / "compose.yaml").unlink(missing_ok=True)


@pytest.mark.parametrize("scope", ["compose-project", "consumer"])
def test_a_check_that_breaks_in_either_step_is_said_as_in_one(session: Session, scope: str) -> None:
    def broken(subject: object, options: object) -> object:
        if "p39" in repr(subject) or "shop-39" in repr(subject):
            raise ValueError("no")
        return ()

    rule = Rule(
        "acme/broken", scope=scope, level="error", status="stable", reference="", fix="", options={},
        card_path="", provider="acme",
    )  # fmt: skip
    rule._check = broken  # type: ignore[assignment]
    said = set()
    for count in (1, 4):
        with pytest.raises(Problem) as problem:
            check_parts(session.repository, count, {"acme/broken": rule}, Selection())
        said.add(str(problem.value))
    assert len(said) == 1


@pytest.mark.parametrize("step", [0, 1])
def test_a_part_whose_process_dies_is_done_here(session: Session, step: int) -> None:
    """It dies while it works on the first step, or on the second."""
    expected, parent = as_json(session, None), os.getpid()

    def dying(subject: object, options: object) -> object:
        if os.getpid() != parent:
            os._exit(9)
        return ()

    rule = Rule(
        "acme/dying", scope=("compose-project", "consumer")[step], level="error", status="stable", reference="",
        fix="", options={}, card_path="", provider="acme",
    )  # fmt: skip
    rule._check = dying  # type: ignore[assignment]
    session.rules = {**session.rules, "acme/dying": rule}
    assert as_json(session, 3) == expected


def test_the_workflows_of_a_process_that_dies_while_it_reads_them_are_read_here(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, parent = as_json(session, None), os.getpid()

    def dying(*given: object) -> object:
        if os.getpid() != parent:
            os._exit(9)
        return first_look(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(parallel, "first_look", dying)
    assert as_json(session, 3) == expected


def test_processes_take_each_number_once() -> None:
    queue, kept = talk.Queue(), []  # type: tuple[talk.Queue, list[talk.Talk]]

    def work(say: talk.Say, hear: talk.Hear) -> list[int]:
        queue.take_only()
        return list(queue)

    for _ in range(3):
        talk.talk(work, kept.append)
    queue.fill(range(1000))
    taken = [*queue, *(number for other in kept for number in other.hear())]
    queue.close()
    for other in kept:
        other.end()
    assert sorted(taken) == list(range(1000))
    another = talk.Queue()
    with pytest.raises(ValueError, match="more than 30000"):
        another.fill(range(40_000))
    for _ in range(2):  # as where an interrupt comes while it is closed
        another.close()


def test_a_process_says_hears_and_says_more() -> None:
    large = "x" * 300_000
    kept: list[talk.Talk] = []

    def work(say: talk.Say, hear: talk.Hear) -> list[object]:
        say([1, large])
        return [*hear(), 3]

    talk.talk(work, kept.append)
    (other,) = kept
    assert other.hear() == [1, large]
    other.tell([large, 2])
    assert (other.hear(), other.hear()) == ([large, 2, 3], None)
    other.end()


def test_nothing_is_heard_of_a_process_that_fails_and_it_is_ended() -> None:
    kept: list[talk.Talk] = []
    talk.talk(lambda say, hear: say(object()), kept.append)
    (other,) = kept
    assert other.hear() is None
    other.tell(1)
    other.end()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_plan_made_from_its_values_is_the_same(session: Session) -> None:
    repository = session.repository
    inventory, config = repository.inventory, repository.config
    first = Plan(inventory, repository.texts.view(), config)
    again = Plan(inventory, repository.texts.view(), config, marshal.loads(marshal.dumps(first.plain)))
    assert again.depends == ((), ()), "nothing was looked at for it"
    for name in ("standings", "shared", "files", "plain"):
        assert getattr(again, name) == getattr(first, name), name
    shown = [
        [repr(project) for project in plan.projects(inventory, repository.texts.view())]
        for plan in (first, again)
    ]
    assert shown[0] == shown[1]


def test_the_parts_that_are_kept_hold_what_belongs_together(session: Session) -> None:
    repository = session.repository
    plan = repository.plan
    spread = compose_shares(repository, plan, 1)
    assert sorted(path for _, _, paths in spread for path in paths) == list(repository.inventory.compose)
    held = {path: key for key, _, paths in spread for path in paths}
    for group in _connected(plan.files):
        assert len({held[path] for path in group if path in held}) < 2, group
    assert held["p38/compose.yaml"] == spread[0][0], "with the project of a file that has no name of Compose"
    assert len(spread) > 5
    assert (
        compose_shares(repository, Plan(repository.inventory, repository.texts, repository.config), 1)
        == spread
    )
