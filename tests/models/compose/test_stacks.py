"""Which Compose files are said to be deployed to a swarm."""

from __future__ import annotations

import pytest

from lading.models.compose.stacks import told, told_in_comments
from tests.models.compose.conftest import Load

PLAIN = "services:\n  api:\n    image: ghcr.io/acme/api:1.4\n"


@pytest.mark.parametrize(
    ("text", "files"),
    [
        pytest.param("docker stack deploy -c a.yml shop", ("a.yml",), id="the short option"),
        pytest.param("sudo docker --context prod stack deploy shop --compose-file=./a.yml", ("a.yml",), id="the long one"),
        pytest.param("docker stack up -c a.yml -c 'b.yml' shop", ("a.yml", "b.yml"), id="the other name, two files"),
        pytest.param("docker stack deploy --prune \\\n  -c a.yml,b.yml shop", ("a.yml", "b.yml"), id="on two lines"),
        pytest.param("F=a.yml\nif prod; then F=b.yml; fi\ndocker stack deploy -c $F x", ("a.yml", "b.yml"), id="a variable"),
        pytest.param("FILE ?= a.yml\ndocker stack deploy -c $(FILE) shop", ("a.yml",), id="a variable of make"),
        pytest.param("docker stack deploy -c ${F:-a.yml} shop", ("a.yml",), id="a default"),
        pytest.param('docker stack deploy -c "$ROOT/infra/a.yml" shop', ("infra/a.yml",), id="in a folder that is not known"),
        pytest.param("docker compose config | docker stack deploy -c - shop", (), id="what is piped into it"),
        pytest.param("docker stack deploy -c $FILE shop", (), id="a variable that nobody sets"),
        pytest.param("docker stack services shop; docker compose -f a.yml up", (), id="other commands"),
        pytest.param("deploys the full stack: docker compose -f a.yml up", (), id="other stacks"),
        pytest.param("`docker stack deploy` ignores it", ("",), id="no file"),
    ],
)  # fmt: skip
def test_the_files_of_a_command(text: str, files: tuple[str, ...]) -> None:
    assert told(text) == files


def test_the_comments_of_a_compose_file_alone_are_read() -> None:
    text = "# Usage:\n#   docker stack deploy \\\n#     -c compose.yaml shop\nx: docker stack deploy -c other.yaml shop\n"
    assert told_in_comments(text) == ("compose.yaml",)


SHOWN = {
    "the word in its name": ({"docker-compose.swarm.yml": PLAIN}, True),
    "a part of a word": ({"compose.swarming.yaml": PLAIN}, False),
    "a comment": ({"compose.yaml": f"# docker stack deploy -c compose.yaml shop\n{PLAIN}"}, True),
    "a comment that means another file": ({"compose.yaml": f"# docker stack deploy -c prod.yaml shop\n{PLAIN}"}, False),
    "a script beside it": ({"infra/compose.yaml": PLAIN, "infra/up.sh": "docker stack deploy -c compose.yaml x"}, True),
    "a script of tools": ({"compose.yaml": PLAIN, "scripts/up.sh": "docker stack deploy -c compose.yaml x"}, True),
    "a README above, after a change of folder": (
        {"infra/compose.yaml": PLAIN, "README.md": "cd infra && docker stack deploy -c compose.yaml shop"},
        True,
    ),
    "a README that means the file beside it": (
        {"infra/compose.yaml": PLAIN, "compose.prod.yaml": PLAIN, "README.md": "docker stack deploy -c compose.prod.yaml x"},
        False,
    ),
    "a workflow": (
        {"compose.yaml": PLAIN, ".github/workflows/a.yml": "jobs: {a: {steps: [run: docker stack deploy -c compose.yaml x]}}"},
        True,
    ),
    "a text in another folder": ({"infra/compose.yaml": PLAIN, "docs/a.md": "docker stack deploy -c compose.yaml x"}, False),
    "out of the repository": ({"compose.yaml": PLAIN, "up.sh": "docker stack deploy -c ../compose.yaml x"}, False),
    "nobody says so": ({"compose.yaml": PLAIN, "README.md": "docker compose up"}, False),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_a_project_of_a_stack(load: Load, case: str) -> None:
    files, expected = SHOWN[case]
    path = next(iter(files))
    assert [project.is_of_stack for project in load(files) if project.path == path] == [expected]


def test_only_the_very_file_is_certainly_deployed(load: Load) -> None:
    told = "cd infra && docker stack deploy -c compose.yaml -c prod/compose.yaml shop\n"
    files = {"infra/compose.yaml": PLAIN, "prod/compose.yaml": PLAIN, "README.md": told}
    found = {
        project.path: (project.is_of_stack, project.deployed_by(project.path)) for project in load(files)
    }
    assert found == {"infra/compose.yaml": (True, None), "prod/compose.yaml": (True, "README.md")}
