"""Which Compose files a repository says are used together."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.discover import discover
from lading.files import Files
from lading.models.compose.stated import stated
from lading.models.compose.statement import Statement
from lading.parse import Reader
from lading.texts import Texts
from tests.support import write_files

HERE = {
    "a.compose.yml": "",
    "b.compose.yml": "",
    "d/compose.yml": "",
    "d/compose.x.yml": "",
    "e/plain.yml": "",
}
WORKFLOW = """
on: push
env: {COMPOSE_PROFILES: p}
jobs:
  test:
    runs-on: ubuntu-24.04
"""


def statements(folder: Path, files: dict[str, str], exclude: tuple[str, ...] = ()) -> tuple[Statement, ...]:
    on_disk = Files(str(write_files(folder, HERE | files)))
    return stated(discover(on_disk, exclude), Texts(on_disk, Reader()), lambda path: False)


def said(folder: Path, files: dict[str, str]) -> list[str]:
    return [" ".join(each.files) for each in statements(folder, files)]


@pytest.mark.parametrize(
    "command",
    [
        "docker compose -f a.compose.yml -f b.compose.yml up -d",
        "docker-compose -fa.compose.yml --file=b.compose.yml up",
        "podman compose --file a.compose.yml --file ./b.compose.yml up",
        "sudo docker --context x compose -p x -f a.compose.yml --ansi never -f b.compose.yml logs -f c",
        "X=1 timeout 60 /usr/bin/docker compose -f a.compose.yml -f b.compose.yml",
        "COMPOSE_FILE=a.compose.yml:b.compose.yml docker compose up",
        "export COMPOSE_FILE='a.compose.yml;b.compose.yml'\ndocker compose up",
        "DC='docker compose -f a.compose.yml'\n$DC -f b.compose.yml up",
        'dc() { docker compose -f a.compose.yml -f b.compose.yml "$@"; }\ndc up -d',
        'files=(-f a.compose.yml -f b.compose.yml)\ndocker compose "${files[@]}" up',
        "ssh host 'cd /srv/app && docker compose -f a.compose.yml -f b.compose.yml up -d'",
        "ssh host <<END\ndocker compose -f a.compose.yml -f b.compose.yml up -d\nEND",
        'docker compose -f a.compose.yml -f b.compose.yml "$@"',
        "docker compose -f ${ONE:-a.compose.yml} \\\n  -f b.compose.yml up",
        "(cd d && make)\ndocker compose -f a.compose.yml -f b.compose.yml up",
    ],
)
def test_a_script_names_files_in_many_ways(tmp_path: Path, command: str) -> None:
    assert said(tmp_path, {"run.sh": command}) == ["a.compose.yml b.compose.yml"]


@pytest.mark.parametrize(
    "command",
    [
        "docker compose -f a.compose.yml -f missing.compose.yml up",
        "docker compose -f a.compose.yml -f $OTHER up",
        "docker compose -f a.compose.yml $MORE up",
        "docker compose -f a.compose.yml --project-directory $X up",
        "docker compose -f - up",
        "docker compose -f ../a.compose.yml up",
        "docker compose logs -f a.compose.yml",
        "docker build -f a.compose.yml .",
        "echo 'docker compose -f a.compose.yml up'",
        "docker compose -f run.sh up",
    ],
)
def test_what_is_not_known_for_certain_is_no_statement(tmp_path: Path, command: str) -> None:
    assert said(tmp_path, {"run.sh": command}) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Makefile", "F := -f compose.yml\nDC ?= docker compose $(F)\nup:\n\t@$(DC) \\\n\t  -f ${X}\nX = compose.x.yml"),
        ("Makefile", "export COMPOSE_FILE = compose.yml:compose.x.yml\nup:\n\tdocker compose up"),
        ("Justfile", "x := 'compose.x.yml'\nup:\n    @docker compose -f compose.yml -f {{ x }} up"),
        ("Taskfile.yml", "vars: {X: compose.x.yml}\ntasks: {up: {cmds: [{cmd: 'docker compose -f compose.yml -f {{.X}} up'}]}}"),
        ("../Taskfile.yml", "tasks: {up: {dir: d, cmd: docker compose -f compose.yml -f compose.x.yml up}}"),
        ("package.json", '{"scripts": {"up": "docker compose -f compose.yml -f compose.x.yml up"}}'),
        ("README.md", "Run\n\n  ```sh\n  $ docker compose -f compose.yml \\\n    -f compose.x.yml up\n  ```\n"),
        ("README.md", "Run `docker compose -f compose.yml -f compose.x.yml up`."),
        ("scripts/up.sh", 'cd "$(dirname "$0")/.."\ndocker compose -f compose.yml -f compose.x.yml up'),
        ("compose.z.yml", "# Usage: docker compose -f compose.yml -f compose.x.yml up\nservices: {}"),
        ("../.devcontainer/devcontainer.json", '{"dockerComposeFile": ["../d/compose.yml", // base\n "../d/compose.x.yml",]}'),
    ],
)  # fmt: skip
def test_files_of_many_kinds_say_how_compose_is_run(tmp_path: Path, path: str, text: str) -> None:
    path = path[3:] if path.startswith("../") else f"d/{path}"
    assert said(tmp_path, {path: text}) == ["d/compose.yml d/compose.x.yml"]


@pytest.mark.parametrize(
    "script",
    [
        'cd "$(dirname "$0")/../d"\ndocker compose -f compose.yml up',
        'cd -- "${BASH_SOURCE%/*}/.." && docker compose -f d/compose.yml up',
        'HERE="$( cd -- "$( dirname -- "${BASH_SOURCE[0]}" )" &> /dev/null && pwd )"\n'
        'docker compose -f "$HERE/../d/compose.yml" up',
        'ROOT=$(cd "$(dirname "$0")/.." && pwd -P)\ncd $ROOT/d\ndocker compose -f compose.yml up',
        'HERE=$(dirname "$0")\nROOT=$(dirname "$HERE")\ndocker compose -f $ROOT/d/compose.yml up',
    ],
)
def test_a_script_may_start_from_where_it_lies(tmp_path: Path, script: str) -> None:
    elsewhere = {"compose.yml": "", "scripts/compose.yml": ""}
    assert said(tmp_path, {"scripts/up.sh": script, **elsewhere}) == ["d/compose.yml"]


@pytest.mark.parametrize(
    "rest",
    [
        "    defaults: {run: {working-directory: d}}\n    steps: [{run: docker compose -f compose.yml up}]",
        "    steps: [{working-directory: ./d, run: docker compose -f compose.yml up}]",
        "    steps: [{run: 'cd d; docker compose -f compose.yml up'}]",
        "    env: {FILE: d/compose.yml}\n    steps: [{run: docker compose -f $FILE up}]",
        "    env: {COMPOSE_FILE: d/compose.yml}\n    steps: [{run: docker compose up}]",
        "    steps: [{run: 'echo COMPOSE_FILE=d/compose.yml >> $GITHUB_ENV'}, {run: docker compose up}]",
        "    steps: [{uses: a/ssh-action@v1, with: {script: 'cd ~/x; docker compose -f d/compose.yml up'}}]",
    ],
)
def test_a_workflow_names_files(tmp_path: Path, rest: str) -> None:
    (found,) = statements(tmp_path, {".github/workflows/w.yml": WORKFLOW + rest})
    assert (found.files, found.profiles) == (("d/compose.yml",), ("p",))


def test_a_composite_action_names_files(tmp_path: Path) -> None:
    step = "{shell: bash, run: docker compose -f a.compose.yml up}"
    action = f"runs: {{using: composite, steps: [{step}]}}"
    assert said(tmp_path, {".github/actions/x/action.yml": action}) == ["a.compose.yml"]


def test_a_file_of_another_name_counts_where_it_is_there(tmp_path: Path) -> None:
    assert said(tmp_path, {"Makefile": "a:\n\tdocker compose -f e/plain.yml up"}) == ["e/plain.yml"]


def test_the_same_files_are_stated_once_with_all_that_is_said_of_them(tmp_path: Path) -> None:
    lines = [
        "docker compose -f a.compose.yml build",
        "docker compose -f a.compose.yml --profile p up",
        "docker compose -f a.compose.yml --profile q up",
        "docker compose -f a.compose.yml --env-file e/plain.yml up",
    ]
    found = statements(tmp_path, {"Makefile": "up:\n" + "".join(f"\t{line}\n" for line in lines)})
    assert [(each.profiles, each.env_files, each.runs) for each in found] == [
        (("p", "q"), None, True),
        ((), ("e/plain.yml",), True),
    ]


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("up -d --wait --wait-timeout 60", True),
        ("up --scale web=2 -t 5", True),
        ('"$@"', True),
        ("up -d db", False),
        ("up -d $SERVICES", False),
        ("run --rm tests", False),
        ("config", False),
    ],
)
def test_only_a_command_for_all_services_starts_the_project(tmp_path: Path, command: str, runs: bool) -> None:
    (found,) = statements(tmp_path, {"run.sh": f"docker compose -f a.compose.yml {command}"})
    assert found.runs is runs


def test_ignored_and_excluded_scripts_say_nothing(tmp_path: Path) -> None:
    command = "docker compose -f a.compose.yml up"
    files = {".gitignore": "*.local.sh", "up.local.sh": command, "bin/up.sh": command}
    assert statements(tmp_path, files, ("/bin/",)) == ()
