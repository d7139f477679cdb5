"""What `lading.yaml` may say, and what is said of mistakes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.config_file import read_config
from lading.parse import Reader
from lading.problems import Problem
from lading.session import Request, open_session

PROJECT = b"""
compose:
  projects:
    - files: [compose.yaml, compose.prod.yaml]
      project-directory: .
      env-files: [prod.env]
      profiles: [web]
      name: shop
    - files: [other.yaml]
"""


def test_compose_projects_are_read() -> None:
    full, short = read_config("lading.yaml", PROJECT, Reader()).compose_projects
    assert (full.files, full.directory, full.env_files, full.profiles, full.name) == (
        ("compose.yaml", "compose.prod.yaml"),
        ".",
        ("prod.env",),
        ("web",),
        "shop",
    )
    assert (short.files, short.directory, short.env_files, short.profiles, short.name) == (
        ("other.yaml",),
        None,
        None,
        (),
        None,
    )


@pytest.mark.parametrize(
    ("project", "message"),
    [
        ("{files: a.yaml}", "lading.yaml:3:6: `compose.projects.0.files`: 'a.yaml' is not of type 'array'"),
        ("{profiles: [a]}", "lading.yaml:3:5: `compose.projects.0`: 'files' is a required property"),
        ("{files: []}", "lading.yaml:3:6: `compose.projects.0.files`: [] should be non-empty"),
        (
            "{files: [a.yaml], env-file: x}",
            "lading.yaml:3:23: `compose.projects.0`: Additional properties are not allowed ('env-file' was unexpected); "
            "did you mean `env-files`?",
        ),
    ],
)
def test_a_mistake_in_a_compose_project_is_shown_where_it_is(project: str, message: str) -> None:
    text = f"compose:\n  projects:\n  - {project}\n"
    with pytest.raises(Problem) as raised:
        read_config("lading.yaml", text.encode(), Reader())
    assert str(raised.value) == message


def test_the_token_given_on_the_command_line_leaves_the_rest_of_the_config_as_it_is(tmp_path: Path) -> None:
    """The option once dropped which files form a project, so that an overlay was judged alone."""
    (tmp_path / "lading.yaml").write_text(
        "compose: {projects: [{files: [compose.yaml, deploy/compose.prod.yaml]}]}\n"
    )
    (tmp_path / "deploy").mkdir()
    (tmp_path / "compose.yaml").write_text("services: {web: {image: 'nginx:1.27'}}\n")
    (tmp_path / "deploy/compose.prod.yaml").write_text("services: {web: {restart: always}}\n")
    session = open_session(Request((str(tmp_path),), default_token="restricted", environment={}))
    assert session.config.default_token == "restricted"
    assert session.check().findings == ()
