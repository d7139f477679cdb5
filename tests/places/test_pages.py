"""Every page under docs/ is a story: its files are written, its commands are run, and they show what the page says.

A page starts with a copy of examples/shop as the repository acme/shop, and its blocks count in order:

- a block with a `title` is that file, and is written there; a workflow or Compose file then has no findings, or those
  named above it: `<!-- finds rule, rule -->`
- `console`: each `$ ` line is a command, the lines below it are what it shows; a line `...` stands for any lines
- `sh`: commands that succeed
- `<!-- an empty repository -->` starts anew, without examples/shop
- `<!-- tested in MODULE -->` above a block says which test takes it from the page
- `<!-- from PATH -->` above a block: it is a part of that file of ours

`LADING_REWRITE=1` writes down what commands show now; read it in review.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.places.pages import DOCS, Block, blocks
from tests.places.support import environment, git, repository
from tests.support import ROOT, run_lading, write_files

PAGES = sorted(page for page in DOCS.rglob("*.md") if page.name != "architecture.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_what_a_page_shows_is_so(page: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", shop)
    repository(shop, {})
    shown = []
    for each in blocks(page):
        if (each.mark if isinstance(each, Block) else each) == "an empty repository":
            shutil.rmtree(shop)
            repository(shop, {"readme.md": "shop\n"})
        if isinstance(each, Block):
            shown.append((each, _told(each, shop)))
    if os.environ.get("LADING_REWRITE"):
        _rewrite(page, [(block, text) for block, text in shown if text is not None])
        return
    for block, text in shown:
        if text is not None:
            assert _fits(block.text, text), f"{block} shows now:\n{text}"


def _told(block: Block, shop: Path) -> str | None:
    """Do what a block says; for a `console`, the block as it would be now."""
    if block.mark.startswith("tested in "):
        test = ROOT / "tests" / block.mark.removeprefix("tested in ")
        assert block.title in test.read_text(encoding="utf-8"), f"{block}: {test} does not take it"
        return None
    if block.mark.startswith("from "):
        whole = (ROOT / block.mark.removeprefix("from ")).read_text(encoding="utf-8")
        assert block.text in whole, f"{block} is not what the file holds"
        return None
    if block.language == "console":
        return _run(block, shop)
    if block.language == "sh" and not block.title:
        _shell(block.text, shop)
        return None
    assert block.title, f"{block}: nothing says what it is"
    _written(block, shop)
    return None


def _written(block: Block, shop: Path) -> None:
    path = block.title
    assert not path.startswith(("/", "~")), f"{block}: no file of a repository"
    write_files(shop, {path: block.text})
    if path.endswith((".yml", ".yaml")):
        assert YAML(typ="safe").load(block.text) is not None, f"{block} holds nothing"
    if path.endswith(".json"):
        json.loads(block.text)
    if path.endswith(".toml"):
        tomllib.loads(block.text)
    if re.search(
        r"(^|/)(docker-)?compose[^/]*\.ya?ml$|^\.github/workflows/|Dockerfile|(^|/)lading\.yaml$", path
    ):
        expected = block.mark.removeprefix("finds ").split(", ") if block.mark.startswith("finds ") else []
        done = run_lading("check", "--format", "json", path, folder=shop)
        assert done.stderr == b"", f"{block}: {done.stderr.decode()}"
        found = {finding["rule"] for finding in json.loads(done.stdout)["findings"]}
        if not path.endswith("lading.yaml") or expected:
            assert found == set(expected), f"{block} has other findings"


def _commands(text: str) -> list[list[str]]:
    """Of each command of a `console` block: its line, and the lines that it shows."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append([line])
        else:
            found[-1].append(line)
    return found


def _run(block: Block, shop: Path) -> str:
    commands = [lines[0].removeprefix("$ ") for lines in _commands(block.text)]
    script = "".join(f"{command}\ncode=$?; printf '\\0'; (exit $code)\n" for command in commands)
    outputs = _shell(script, shop, may_fail=True).split("\0")
    shown = zip(commands, outputs, strict=False)
    return "".join(f"$ {command}\n{output}" for command, output in shown)


def _shell(script: str, shop: Path, *, may_fail: bool = False) -> str:
    """What a script shows, on both streams; `pre-commit` and the like are not asked of here."""
    home = shop.parent / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        ["bash", "-c", script if may_fail else f"set -e\n{script}"],
        cwd=shop, env=environment(HOME=str(home), GIT_CONFIG_GLOBAL=os.devnull), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert may_fail or done.returncode == 0, done.stdout
    return done.stdout


def _fits(written: str, told: str) -> bool:
    """Is it the same, where a line `...` stands for any lines?"""
    parts = re.split(r"(?m)^\.\.\.\n", _trimmed(written))
    return re.fullmatch("(?s:.*?)".join(map(re.escape, parts)), _trimmed(told)) is not None


def _trimmed(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    return "".join(f"{line}\n" for line in lines if line)


def _rewrite(page: Path, shown: list[tuple[Block, str]]) -> None:
    text = page.read_text(encoding="utf-8")
    for block, told in shown:
        if not _fits(block.text, told):
            text = text.replace(f"```console\n{block.text}```", f"```console\n{_trimmed_end(told)}```", 1)
    page.write_text(text, encoding="utf-8")


def _trimmed_end(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


def test_every_comment_of_a_page_means_something() -> None:
    known = re.compile(r"an empty repository|finds .*|tested in .*|from .*|built from .*")
    comments = [
        (page.name, each if isinstance(each, str) else each.mark) for page in PAGES for each in blocks(page)
    ]
    assert [each for each in comments if each[1] and not known.fullmatch(each[1])] == []


def test_a_command_that_shows_something_else_is_noticed() -> None:
    assert _fits("$ lading\na\n...\nd\n", "$ lading\na\nb\n\nc\nd\n")
    assert not _fits("$ lading\na\n...\nd\n", "$ lading\na\nb\n")
    assert not _fits("$ lading\na\n", "$ lading\nb\n")


def test_git_knows_the_shop_by_its_name(tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop", {"readme.md": "shop\n"})
    assert git(shop, "remote", "get-url", "origin") == "git@github.com:acme/shop.git\n"
