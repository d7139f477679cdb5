"""Small repositories with the text that a user sees. `LADING_REWRITE=1` writes what is said now; read it in review."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support import ROOT, run_lading

STORIES = sorted((ROOT / "tests" / "fixtures").iterdir())


@pytest.mark.parametrize("story", STORIES, ids=lambda folder: folder.name)
def test_a_story_is_told_as_before(story: Path, tmp_path: Path) -> None:
    shutil.copytree(story / "repository", tmp_path / "shop")
    done = run_lading("check", "--root", ".", "--owner", "acme", "--repo", "Shop", folder=tmp_path / "shop")
    told = f"{done.stdout.decode()}exit code {done.returncode}\n"
    expected = story / "expected.txt"
    if os.environ.get("LADING_REWRITE"):
        expected.write_text(told)
    assert (done.stderr, told) == (b"", expected.read_text())


BILLS = {"text": "manifest.txt", "mermaid": "manifest.mmd", "dot": "manifest.dot"}


@pytest.mark.parametrize("format", BILLS)
@pytest.mark.parametrize("name", ["several-workflows", "unsure"])
def test_a_bill_is_written_as_before(name: str, format: str, tmp_path: Path) -> None:
    story = ROOT / "tests" / "fixtures" / name
    shutil.copytree(story / "repository", tmp_path / "shop")
    arguments = ("manifest", "--root", ".", "--owner", "acme", "--repo", "Shop", "--format", format)
    done = run_lading(*arguments, folder=tmp_path / "shop")
    expected = story / BILLS[format]
    if os.environ.get("LADING_REWRITE"):
        expected.write_bytes(done.stdout)
    assert (done.stderr, done.stdout.decode()) == (b"", expected.read_text())
