"""What `lading explain` says. `LADING_REWRITE=1` writes what is said now; read it in review."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

import pytest

from lading.cli.texts import rule_text
from lading.explain.failures import matches
from lading.session import Request, rules_for
from lading.tables.failures import FAILURES
from tests.support import ROOT, run_lading, write_files

STORY = ROOT / "tests" / "fixtures" / "explained"
OF_ACME = ("--owner", "acme", "--repo", "shop")


def test_the_pages_of_a_repository_are_told_as_before(tmp_path: Path) -> None:
    shutil.copytree(STORY / "repository", tmp_path / "shop")
    expected = (STORY / "explain.txt").read_text()
    told = ""
    for line in expected.splitlines():
        if line.startswith("$ lading "):
            arguments = shlex.split(line.removeprefix("$ lading "))
            done = run_lading(*arguments, *OF_ACME, folder=tmp_path / "shop")
            assert (done.returncode, done.stderr) == (0, b"")
            told += f"{line}\n{done.stdout.decode()}\n"
    if os.environ.get("LADING_REWRITE"):
        (STORY / "explain.txt").write_text(told)
        expected = told
    assert expected == told
    assert "not-to-be-shown" not in told


COMPOSE = "services:\n  api:\n    image: ghcr.io/acme/shop:1.0\n  db:\n    image: postgres:17\n"
WORKFLOW = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"
FILES = {
    "compose.yaml": COMPOSE,
    ".github/workflows/ci.yml": WORKFLOW,
    ".github/workflows/broken.yml": "jobs: [\n",
    "README.md": "",
    "deploy/x": "",
}


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        pytest.param("compose.yml", "did you mean `compose.yaml`?", id="a file that is not there"),
        pytest.param("compse.yaml:db", "did you mean `compose.yaml:db`?", id="a service of a file that is not there"),
        pytest.param("compose.yaml:dbb", "`compose.yaml` has no service `dbb`; did you mean `compose.yaml:db`?", id="a misspelt service"),
        pytest.param("compose.yaml:frontend", "it has `api`, `db`", id="a service that is not there"),
        pytest.param("compose.yaml:1", "no service in line 1", id="a line without a service"),
        pytest.param(".github/workflows/ci.yml:tets", "did you mean `.github/workflows/ci.yml:test`?", id="a misspelt job"),
        pytest.param("db", "did you mean `compose.yaml:db`?", id="the bare name of a service"),
        pytest.param("README.md", "`README.md` is no workflow and no Compose file; give a rule", id="another file"),
        pytest.param(".github/workflows/broken.yml", "cannot be read, line 1", id="a file that cannot be read"),
        pytest.param("health/wait-without-helthcheck", "no rule is named health/wait-without-helthcheck; did you mean health/wait-without-healthcheck?", id="a misspelt rule"),
        pytest.param("nonsense", "is no rule, no file and no known error; give a rule", id="a word"),
        pytest.param("the weather is nice today", "no known error is like `the weather is nice today`; give a rule", id="a text that is no error"),
        pytest.param("", "is no rule, no file and no known error", id="nothing"),
    ],
)  # fmt: skip
def test_an_unknown_argument_says_what_can_be_given(argument: str, words: str, tmp_path: Path) -> None:
    done = run_lading("explain", "--", argument, folder=write_files(tmp_path, FILES))
    assert (done.returncode, done.stdout) == (2, b"")
    assert words in done.stderr.decode()


def test_what_is_meant_is_said_as_seen_from_the_working_folder(tmp_path: Path) -> None:
    write_files(tmp_path, FILES | {".git/HEAD": "ref: refs/heads/main\n"})
    write_files(tmp_path, {".git/config": "", ".git/objects/x": "", ".git/refs/x": ""})
    done = run_lading("explain", "../compose.yaml:ap", folder=tmp_path / "deploy")
    assert "did you mean `../compose.yaml:api`?" in done.stderr.decode()


def test_facts_as_json_are_those_of_the_page(tmp_path: Path) -> None:
    shutil.copytree(STORY / "repository", tmp_path / "shop")
    done = run_lading("explain", "compose.yaml:api", "--format", "json", *OF_ACME, folder=tmp_path / "shop")
    facts = json.loads(done.stdout)["explained"][0]
    image = next(row for row in facts["definition"] if row["key"] == ["image"])
    assert {"path": "compose.override.yaml", "line": 3}.items() <= image.items()
    assert [each["path"] for each in image["in_place_of"]] == ["compose.yaml"]
    assert [edge["target"] for edge in facts["waits_for"]] == ["db", "cache"]
    assert facts["health"]["state"] == "present"


def test_a_rule_has_json_too(tmp_path: Path) -> None:
    done = run_lading("explain", "health/wait-without-healthcheck", "--format", "json", folder=tmp_path)
    facts = json.loads(done.stdout)["explained"][0]
    assert (facts["kind"], facts["rule"]) == ("rule", "health/wait-without-healthcheck")


def test_colours_are_for_terminals(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    plain = run_lading("explain", "compose.yaml", folder=tmp_path).stdout
    painted = run_lading("explain", "compose.yaml", "--color", "always", folder=tmp_path).stdout
    assert b"\x1b[" not in plain
    assert b"\x1b[1m" in painted


def test_nothing_in_a_file_acts_on_the_terminal(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": 'services:\n  api:\n    image: "a\\e[2Jb"\n'})
    done = run_lading("explain", "compose.yaml:api", folder=tmp_path)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout


def test_what_is_secret_in_dotenv_is_shown_as_it_is_written(tmp_path: Path) -> None:
    compose = "services:\n  api:\n    image: ghcr.io/acme/shop:${TAG}\n    environment:\n      URL: db://a:${DB_PASSWORD}@db\n      KEY_ID: ${KEY_ID}\n"
    write_files(tmp_path, {"compose.yaml": compose, ".env": "TAG=1.0\nDB_PASSWORD=hunter2\nKEY_ID=hunter2\n"})
    for format in ("text", "json"):
        told = run_lading("explain", "compose.yaml:api", "--format", format, folder=tmp_path).stdout.decode()
        assert ("hunter2" in told, "ghcr.io/acme/shop:1.0" in told) == (False, True)


# --- errors ---

RULES = rules_for(Request(environment={}))
CARDS = [rule_text(rule) for rule in RULES.values()]


def test_every_rule_that_the_table_names_is_there() -> None:
    named = {id for each in FAILURES for cause in each.causes for id in cause.rules}
    assert named - set(RULES) == set()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.text[:60])
def test_an_error_is_found_by_its_own_text_alone(failure: object) -> None:
    assert [failure] == [each.failure for each in matches(failure.text, CARDS)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        pytest.param("#9 ERROR: failed to push ghcr.io/acme/shop:1: denied: installation not allowed to Create organization package", "denied: installation not allowed to Create organization package", id="in a line of a log"),
        pytest.param('Error response from daemon: Head "https://ghcr.io/v2/acme/shop/manifests/1.4": unauthorized', 'Head "https://ghcr.io/v2/…/manifests/latest": unauthorized', id="with names of its own"),
        pytest.param("\x1b[31mError: \x1b[0mPassword required", "Error: Username and password required", id="with colours"),
        pytest.param("Container shop-db-1  Error\ndependency failed to start: container shop-db-1 is\nunhealthy", "dependency failed to start: container shop-db-1 is unhealthy", id="over several lines"),
        pytest.param('service "web" depends on undefined service cache: invalid compose project', 'service "api" depends on undefined service "db": invalid compose project', id="quoted on a card"),
    ],
)  # fmt: skip
def test_an_error_is_known_as_logs_have_it(text: str, known: str) -> None:
    assert [(known, True)] == [(each.failure.text, each.is_exact) for each in matches(text, CARDS)]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("exec format error", "exec /bin/sh: exec format error"),
        ('dependency failed to start: container for service "db" is unhealthy', "dependency failed to start: container shop-db-1 is unhealthy"),
    ],
)  # fmt: skip
def test_of_an_error_that_is_not_known_the_nearest_is_told(text: str, near: str) -> None:
    assert [(near, False)] == [(each.failure.text, each.is_exact) for each in matches(text, CARDS)]


@pytest.mark.parametrize(
    "text", ["Process completed with exit code 1.", "npm ERR! code ELIFECYCLE", "docker compose build"]
)
def test_what_is_like_no_error_is_none(text: str) -> None:
    assert matches(text, CARDS) == ()


WAITS = "services:\n  api:\n    image: ghcr.io/acme/shop:1.0\n    depends_on: {db: {condition: service_healthy}}\n  db:\n    image: postgres:17\n"
ERROR = "dependency failed to start: container shop-db-1 has no healthcheck configured"


@pytest.mark.parametrize(
    ("config", "state"),
    [
        ("", "found"),
        ("rules: {health/test-without-command: off}\n", "found"),
        ("rules: {health/wait-without-healthcheck: off}\n", "not found"),
        ("rules: {health/wait-without-healthcheck: off, health/test-without-command: off}\n", "not visible"),
    ],
)
def test_a_rule_that_is_off_has_not_looked(config: str, state: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS, "lading.yaml": config})
    done = run_lading("explain", ERROR, "--format", "json", folder=tmp_path)
    cause = json.loads(done.stdout)["explained"][0]["matches"][0]["causes"][0]
    assert cause["state"] == state


def test_without_the_owner_it_is_said_that_names_were_not_judged(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    words = b"The owner of this repository is not known"
    without = run_lading("explain", "denied: permission_denied: write_package", folder=tmp_path)
    known = run_lading("explain", "denied: permission_denied: write_package", *OF_ACME, folder=tmp_path)
    assert (words in without.stdout, words in known.stdout) == (True, False)
