"""Third-party rules: a real package, installed; broken ones stop the run by name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lading.plugins import installed_providers
from lading.problems import Problem
from tests.support import ROOT, run_lading, write_files

WORKFLOW = """\
on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    permissions: {contents: read, packages: write}
    steps:
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, username: acme, password: "${{ github.token }}"}
      - uses: docker/build-push-action@v7
        with:
          push: true
          tags: ghcr.io/acme/shop:1.0
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plugin installed by pip, as a user would have it."""
    work = tmp_path_factory.mktemp("plugin")
    shutil.copytree(ROOT / "tests" / "plugin", work / "source")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", str(work / "site")]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(work / "source")], check=True)
    return work / "site"


def test_the_rules_of_an_installed_plugin_are_rules_like_any_other(site: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {".github/workflows/publish.yml": WORKFLOW})
    done = run_lading(
        "check", "--format", "json", "--owner", "acme", "--repo", "shop", "--select", "acme",
        folder=tmp_path, environment={"PYTHONPATH": f"{site}:{ROOT / 'src'}"},
    )  # fmt: skip
    assert done.stderr == b""
    rows = [(f["rule"], f["line"], f["message"]) for f in json.loads(done.stdout)["findings"]]
    assert rows == [
        ("acme/endless-job", 3, "job `image` sets no `timeout-minutes`"),
        ("acme/unprefixed-image", 12, "`ghcr.io/acme/shop` is published without the prefix `acme-`"),
    ]


def test_a_plugin_knows_what_the_houses_own_tool_pushes(site: Path, tmp_path: Path) -> None:
    text = WORKFLOW.replace("uses: docker/build-push-action@v7", "run: acme-ship ghcr.io/acme/shop:1.0 --now")
    write_files(
        tmp_path, {".github/workflows/publish.yml": text.partition("        with:\n          push")[0]}
    )
    done = run_lading(
        "manifest", "--format", "json", "--owner", "acme", "--repo", "shop",
        folder=tmp_path, environment={"PYTHONPATH": f"{site}:{ROOT / 'src'}"},
    )  # fmt: skip
    found = [(each["image"], each["credential"]) for each in json.loads(done.stdout)["publications"]]
    assert (found, done.stderr) == ([("ghcr.io/acme/shop", "GITHUB_TOKEN")], b"")


def test_options_of_a_plugins_rule_come_from_the_configuration(site: Path, tmp_path: Path) -> None:
    config = "rules: {acme/unprefixed-image: {level: error, options: {prefix: sho}}, acme/endless-job: off}\n"
    write_files(tmp_path, {".github/workflows/publish.yml": WORKFLOW, "lading.yaml": config})
    done = run_lading(
        "check",
        "--format",
        "concise",
        "--select",
        "acme",
        folder=tmp_path,
        environment={"PYTHONPATH": str(site)},
    )
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


@pytest.mark.parametrize(
    ("module", "card", "words"),
    [
        pytest.param(
            "import nothing_of_this_name\n",
            None,
            "ModuleNotFoundError",
            id="a module that cannot be imported",
        ),
        pytest.param(
            "from lading.hookspecs import hookimpl\n@hookimpl\ndef lading_provide():\n    return 5\n",
            None,
            "returned int, not a Provider",
            id="something else than a provider",
        ),
        pytest.param(
            "from lading.hookspecs import hookimpl\n@hookimpl\ndef lading_recognisers():\n    return [5]\n",
            None,
            "gave int, not a Recogniser",
            id="something else than a recogniser",
        ),
        pytest.param(None, "title: x\n", "rule acme/x", id="a card that is none"),
        pytest.param(None, "title: [\n", "x.yaml:1:8", id="a card that is no YAML"),
        pytest.param(
            None, "GOOD no_module_of_this_name:f", "cannot load its check", id="a check that is not there"
        ),
    ],
)
def test_a_broken_plugin_stops_the_run_by_name(
    module: str | None, card: str | None, words: str, tmp_path: Path
) -> None:
    name = f"plugin_{abs(hash((module, card)))}"
    provide = (
        "import os\nfrom lading.hookspecs import hookimpl, provider_of\n@hookimpl\ndef lading_provide():\n"
        "    return provider_of('acme', folder=os.path.join(os.path.dirname(__file__), 'cards'))\n"
    )
    if card is not None and card.startswith("GOOD "):
        card = CARD.replace("CHECK", card.removeprefix("GOOD "))
    write_files(
        tmp_path,
        {
            f"{name}/__init__.py": module if module is not None else provide,
            f"{name}/cards/acme/x.yaml": card or CARD.replace("CHECK", "os:getcwd"),
            f"{name}-1.0.dist-info/entry_points.txt": f"[console_scripts]\nx = y:z\n\n[lading]\nacme = {name}\n",
        },
    )
    sys.path.insert(0, str(tmp_path))
    try:
        with pytest.raises(Problem, match="plugin acme") as caught:
            installed_providers([str(tmp_path)])
    finally:
        sys.path.remove(str(tmp_path))
    assert words in str(caught.value)


def test_entry_points_are_found_as_importlib_finds_them(site: Path) -> None:
    from importlib.metadata import distributions

    from lading.plugins import _entry_points

    expected = {
        (point.name, point.module)
        for distribution in distributions(path=[str(site)])
        for point in distribution.entry_points
        if point.group == "lading"
    }
    assert _entry_points([str(site)]) == expected == {("acme", "lading_acme")}


CARD = """\
title: Something is wrong with it
scope: workflow
level: error
why: Because of something that is long enough.
fix: Mend it.
check: CHECK
examples:
  bad: [{name: bad, files: {a: b}}]
  good: [{name: good, files: {a: b}}]
"""
