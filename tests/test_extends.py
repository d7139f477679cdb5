"""`extends:`: configurations that build on files and installed packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lading.config import Config
from lading.extends import package_file
from lading.problems import Problem
from lading.session import Request, open_session
from tests.support import found, outcome_of, write_files
from tests.test_policy_file import CARD


def config(folder: Path, files: dict[str, str], config_path: str | None = None) -> Config:
    write_files(folder, files)
    return open_session(Request(root=str(folder), environment={}, config_path=config_path)).config


def test_own_values_win_key_by_key_and_lists_take_the_place_of_lists(tmp_path: Path) -> None:
    got = config(
        tmp_path,
        {
            "lading.yaml": (
                "extends: [house/base.yaml, house/strict.yaml]\n"
                "exclude: [/gen/]\n"
                "rules: {image/untagged: note}\n"
                "assume: {variables: {TAG: '2'}}\n"
            ),
            "house/base.yaml": (
                "default-token: permissive\nnamespaces: [ghcr.io/acme]\nexclude: [/old/, /tmp/]\n"
                "rules: {image/untagged: {level: error, ignore: [dev/]}}\n"
                "assume: {variables: {TAG: '1', REGISTRY: ghcr.io}}\n"
            ),
            "house/strict.yaml": "default-token: restricted\n",
        },
    )
    assert (got.default_token, got.namespaces, got.exclude) == ("restricted", ("ghcr.io/acme",), ("/gen/",))
    settings = got.rules["image/untagged"]
    assert (settings.level, [each.path for each in settings.ignore]) == ("note", ["dev/"])
    assert got.variables == {"TAG": "2", "REGISTRY": "ghcr.io"}
    assert got.origin("assume", "variables", "TAG") == ("lading.yaml", 4)
    assert got.origin("namespaces") == ("house/base.yaml", 2)
    assert got.origin("default-token") == ("house/strict.yaml", 1)
    assert got.origin("repository") is None


def test_paths_count_from_the_file_that_says_them_and_cards_add_up(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            ".github/lading.yaml": "extends: ./house/base.yaml\ncards: [cards]\n",
            ".github/house/base.yaml": "extends: ../../more.yaml\ncards: [cards]\n",
            "more.yaml": "rules: {ours/endless-job: warning}\n",
            "cards/ours/endless-job.yaml": CARD,
            ".github/house/cards/house/endless-job.yaml": CARD,
            ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: make}]}}\n",
        },
    )
    assert found(outcome_of(tmp_path)) == [
        ("house/endless-job", ".github/workflows/ci.yml", 2, "error"),
        ("ours/endless-job", ".github/workflows/ci.yml", 2, "warning"),
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"lading.yaml": "exclude: []\nextends: [./gone.yaml]\n"},
            "lading.yaml:2:11: `extends`: `./gone.yaml`: there is no such file",
            id="a missing file",
        ),
        pytest.param(
            {"lading.yaml": "extends: acme-no-such-policy\n"},
            "lading.yaml:1:1: `extends`: no package `acme-no-such-policy` is installed here; the path of a file has a `/` in it",
            id="a missing package",
        ),
        pytest.param(
            {"lading.yaml": "extends: click\n"},
            "lading.yaml:1:1: `extends`: the package `click` carries no `lading.yaml`",
            id="a package that is none of ours",
        ),
        pytest.param(
            {"lading.yaml": "extends: ../house.yaml\n"},
            "lading.yaml:1:1: `extends`: `../house.yaml`: it lies outside of the repository",
            id="a file outside of the repository",
        ),
        pytest.param(
            {"lading.yaml": "extends: a/b.yaml\n", "a/b.yaml": "\nextends: [c.yaml]\n", "a/c.yaml": "extends: ../lading.yaml\n"},
            "a/c.yaml:1:1: `extends` leads back to where it started: lading.yaml extends a/b.yaml extends a/c.yaml extends "
            "lading.yaml",
            id="a circle",
        ),
        pytest.param(
            {"lading.yaml": "extends: ./a.yaml\n", "a.yaml": "defaulttoken: restricted\n"},
            "a.yaml:1:1: Additional properties are not allowed ('defaulttoken' was unexpected); did you mean `default-token`?",
            id="a mistake in what is extended",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_extended_is_said_where_it_stands(
    files: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(Problem) as caught:
        config(tmp_path, files)
    assert str(caught.value) == message


def test_a_file_that_two_build_on_counts_once(tmp_path: Path) -> None:
    got = config(
        tmp_path,
        {
            "lading.yaml": "extends: [./a.yaml, ./b.yaml]\n",
            "a.yaml": "extends: ./base.yaml\n",
            "b.yaml": "extends: ./base.yaml\n",
            "base.yaml": "default-token: restricted\n",
        },
    )
    assert [layer.path for layer in got.layers] == ["lading.yaml", "b.yaml", "base.yaml", "a.yaml"]


def installed(folder: Path, name: str, *, is_edited: bool = False) -> None:
    """A distribution as installers leave it: its metadata, and a package that cannot be imported."""
    module = name.replace("-", "_")
    site = folder / "site"
    home = folder / "work/src" if is_edited else site
    write_files(
        home,
        {
            f"{module}/__init__.py": "raise RuntimeError('imported')\n",
            f"{module}/lading.yaml": "default-token: restricted\ncards: [cards]\n",
            f"{module}/cards/house/endless-job.yaml": CARD,
        },
    )
    info = f"{module}-1.0.dist-info"
    listed = (
        ""
        if is_edited
        else f"{module}/__init__.py,,\n{module}/lading.yaml,,\n{module}/cards/house/endless-job.yaml,,\n"
    )
    write_files(
        site,
        {
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            f"{info}/RECORD": listed + f"{info}/METADATA,,\n{info}/RECORD,,\n",
            **(
                {
                    f"{info}/direct_url.json": f'{{"dir_info": {{"editable": true}}, "url": "file://{folder}/work"}}',
                    f"{info}/top_level.txt": f"{module}\n",
                }
                if is_edited
                else {}
            ),
        },
    )


@pytest.mark.parametrize("is_edited", [False, True], ids=["installed", "installed for editing"])
def test_a_package_is_found_without_importing_it(
    is_edited: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "acme-house-policy", is_edited=is_edited)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    home = tmp_path / ("work/src" if is_edited else "site")
    assert package_file("acme-house-policy") == str(home / "acme_house_policy/lading.yaml")
    write_files(
        tmp_path / "shop",
        {
            "lading.yaml": "extends: acme-house-policy\n",
            ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: make}]}}\n",
        },
    )
    assert found(outcome_of(tmp_path / "shop")) == [
        ("house/endless-job", ".github/workflows/ci.yml", 2, "error")
    ]
    assert "acme_house_policy" not in sys.modules


def test_a_file_on_the_command_line_may_build_on_what_lies_anywhere(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"org/own.yaml": "extends: ../base.yaml\n", "base.yaml": "default-token: restricted\n"}
    )
    got = config(
        tmp_path / "shop",
        {"compose.yaml": "services: {}\n"},
        config_path=str(tmp_path / "org/own.yaml"),
    )
    assert got.default_token == "restricted"
