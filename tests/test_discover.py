"""Which files are looked at."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lading.discover import Inventory, discover, kind_of
from lading.files import Files
from tests.support import write_files


def inventory(folder: Path, *exclude: str) -> Inventory:
    return discover(Files(str(folder)), exclude)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("compose.yaml", "compose"),
        ("docker-compose.yml", "compose"),
        ("deploy/docker-compose.prod.yml", "compose"),
        ("compose.override.yaml", "compose"),
        ("docker-compose-ci.yml", "compose"),
        ("docker-compose_ci.yml", "compose"),
        ("dev.compose.yaml", "compose"),
        ("prod-compose.yml", "compose"),
        ("Docker-Compose.YML", "compose"),
        ("composer.yaml", None),
        ("decompose.yaml", None),
        ("compose.yaml.j2", None),
        ("compose.json", None),
        (".github/workflows/ci.yml", "workflow"),
        (".github/workflows/compose.yaml", "workflow"),
        (".github/workflows/sub/ci.yml", None),
        ("sub/.github/workflows/ci.yml", None),
        ("action.yml", "action"),
        (".github/actions/build/action.yaml", "action"),
        ("Dockerfile", "dockerfile"),
        ("docker/Dockerfile.alpine", "dockerfile"),
        ("api.Dockerfile", "dockerfile"),
        ("Containerfile", "dockerfile"),
        ("Dockerfile.dockerignore", None),
        ("docker-bake.hcl", "bake"),
        ("docker-bake.override.json", "bake"),
        (".env", "dotenv"),
        (".env.example", None),
        ("README.md", None),
    ],
)
def test_the_name_says_what_a_file_is(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


def test_vendored_and_foreign_trees_are_left_out(tmp_path: Path) -> None:
    text = "services: {}\n"
    write_files(
        tmp_path,
        {
            "compose.yaml": text,
            "node_modules/x/compose.yaml": text,
            "vendor/x/docker-compose.yml": text,
            ".venv/lib/compose.yaml": text,
            "module/.git": "gitdir: ../.git/modules/module\n",
            "module/compose.yaml": text,
            "deploy/compose.yaml": text,
        },
    )
    assert inventory(tmp_path).compose == ("compose.yaml", "deploy/compose.yaml")


def test_what_git_ignores_is_left_out_as_git_does_it(tmp_path: Path) -> None:
    paths = [
        "compose.yaml",
        "a/compose.yaml",
        "a/b/compose.yaml",
        "build/compose.yaml",
        "x/build/compose.yaml",
        "logs/compose.yaml",
        "x/logs/compose.yaml",
        "keep/compose.prod.yaml",
        "keep/compose.dev.yaml",
        "local/compose.yaml",
        "tmp-1/compose.yaml",
        "docs/compose.yaml",
    ]
    files = dict.fromkeys(paths, "services: {}\n")
    files |= {
        ".gitignore": "build/\n/logs\na/**/compose.yaml\n*.dev.yaml\ntmp-*\n# docs\n",
        "keep/.gitignore": "*.yaml\n!compose.prod.yaml\n",
        ".git/info/exclude": "local\n",
    }
    write_files(tmp_path, files)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".git/info/exclude").write_text("local\n")
    command = ["git", "-C", str(tmp_path), "ls-files", "-o", "--exclude-standard", "*.yaml"]
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert inventory(tmp_path).compose == tuple(sorted(expected))


def test_paths_of_the_configuration_are_left_out(tmp_path: Path) -> None:
    write_files(
        tmp_path, dict.fromkeys(("compose.yaml", "examples/a/compose.yaml", "tests/compose.yaml"), "")
    )
    assert inventory(tmp_path, "/examples/", "tests").compose == ("compose.yaml",)


def test_a_folder_with_the_name_of_a_file_is_odd_and_looked_into(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml/docker-compose.yml": "", ".github/workflows/ci.yml/x": ""})
    found = inventory(tmp_path)
    assert (found.odd, found.compose) == (
        (".github/workflows/ci.yml", "compose.yaml"),
        ("compose.yaml/docker-compose.yml",),
    )


def test_links_to_folders_are_not_entered_and_broken_links_are_odd(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/compose.yaml": ""})
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "docker-compose.yml").symlink_to("nothing")
    (tmp_path / "compose.yml").symlink_to("a/compose.yaml")
    found = inventory(tmp_path)
    assert (found.compose, found.odd) == (("a/compose.yaml", "compose.yml"), ("docker-compose.yml",))
