"""`lading config`: what counts, and where it came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lading.config import Config
from lading.config_parts import Layer
from lading.identity import Identity
from lading.parse import Reader
from lading.plain import plain
from lading.schema import load_schema
from lading.settings import settings
from lading.source import Source
from tests.support import run_lading, write_files

CONFIG = """\
default-token: restricted
rules:
  image/untagged: off
  compose/unknown-key:
    level: note
    ignore: [old/, {service: db}]
assume:
  variables: {TAG: "1"}
ignores: {require-reason: true}
"""


def shown(folder: Path, *arguments: str, **environment: str) -> dict[str, tuple[Any, str, str]]:
    done = run_lading(
        "config", "show", "--format", "json", *arguments, folder=folder, environment=environment
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return {
        row["key"]: (row["value"], row["from"], row["where"]) for row in json.loads(done.stdout)["settings"]
    }


def test_every_setting_says_where_it_came_from(tmp_path: Path) -> None:
    write_files(tmp_path, {"lading.yaml": CONFIG, "compose.yaml": "services: {}\n"})
    found = shown(tmp_path, "--owner", "Acme", "--repo", "shop")
    assert {name: row for name, row in found.items() if not name.startswith(("images.", "extends"))} == {
        "repository": ("Acme/shop", "option", "option --owner"),
        "namespaces": (["ghcr.io/acme"], "default", "default: the owner of the repository"),
        "default-token": ("restricted", "file", "lading.yaml:1"),
        "exclude": ([], "default", "default"),
        "cards": ([], "default", "default"),
        "compose.projects": ([], "default", "default"),
        "rules.image/untagged": ("off", "file", "lading.yaml:3"),
        "rules.compose/unknown-key": (
            {"level": "note", "ignore": ["old/", {"service": "db"}]}, "file", "lading.yaml:4"
        ),
        "ignores.require-reason": (True, "file", "lading.yaml:9"),
        "baseline": (None, "default", "default"),
        "edition": (None, "default", "default"),
        "assume.variables.TAG": ("1", "file", "lading.yaml:8"),
        "assume.images-with-healthcheck": ([], "default", "default"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("config", "arguments", "environment", "expected"),
    [
        ("", (), {"GITHUB_REPOSITORY": "acme/ci"}, ("acme/ci", "environment", "GITHUB_REPOSITORY")),
        ("repository: acme/file\n", (), {}, ("acme/file", "file", "lading.yaml:1")),
        ("", ("--repo", "x"), {}, ("?/x", "option", "option --repo")),
        ("", (), {}, (None, "default", "default")),
    ],
)
def test_the_repository_comes_from_many_places(
    config: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    expected: tuple[object, str, str],
    tmp_path: Path,
) -> None:
    write_files(tmp_path, {"lading.yaml": config})
    assert shown(tmp_path, *arguments, **environment)["repository"] == expected


def test_the_remote_of_git_is_named(tmp_path: Path) -> None:
    remote = '[remote "origin"]\n\turl = https://github.com/acme/shop.git\n'
    write_files(tmp_path, {".git/config": remote, ".git/HEAD": "ref: refs/heads/main\n"})
    assert shown(tmp_path)["repository"] == ("acme/shop", "git", "git remote `origin`")


def layer(path: str, text: str) -> Layer:
    tree = Reader().read(Source(path, text))
    return Layer(path, tree, plain(tree.root))


def test_of_several_files_the_first_that_says_something_counts() -> None:
    layers = (
        layer("own.yaml", "rules: {a/b: {level: note}, a/c: off}\n"),
        layer("house.yaml", "exclude: [/x/]\nrules:\n  a/b: {options: {n: 1}}\n  a/d: error\n"),
    )
    config = Config(layers=layers)
    found = {s.key: (s.value, s.where) for s in settings(config, None, {}, ()) if s.kind == "file"}
    assert found == {
        "exclude": (["/x/"], "house.yaml:1"),
        "rules.a/b.level": ("note", "own.yaml:1"),
        "rules.a/b.options": ({"n": 1}, "house.yaml:3"),
        "rules.a/c": ("off", "own.yaml:1"),
        "rules.a/d": ("error", "house.yaml:4"),
    }


def test_an_option_wins_over_a_file() -> None:
    config = Config(layers=(layer("a", "default-token: restricted\n"),))
    identity = Identity("github.com", "acme", "shop", "option --owner")
    found = settings(config, identity, {"default-token": "permissive"}, ())
    assert [(s.value, s.where) for s in found if s.key == "default-token"] == [
        ("permissive", "option --default-token")
    ]


def test_the_text_is_one_line_for_each_setting(tmp_path: Path) -> None:
    write_files(tmp_path, {"lading.yaml": "exclude: [\"a\\e[31m\"]\nedition: '0.1'\n"})
    lines = run_lading("config", "show", folder=tmp_path).stdout.decode().splitlines()
    assert lines[0] == "read from lading.yaml"
    rows = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert rows["exclude"] == ['["a\\u001b[31m"]', "lading.yaml:1"]
    assert rows["edition"] == ["0.1", "lading.yaml:2"]
    assert rows["baseline"] == ["-", "default"]


def test_the_schema_is_printed_as_it_is(tmp_path: Path) -> None:
    done = run_lading("config", "schema", folder=tmp_path)
    assert (done.returncode, json.loads(done.stdout)) == (0, load_schema("config"))


def test_a_broken_configuration_is_one_clear_line(tmp_path: Path) -> None:
    write_files(tmp_path, {"lading.yaml": "default-token: none\n"})
    done = run_lading("config", "show", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"lading: lading.yaml:1:1: `default-token`")
