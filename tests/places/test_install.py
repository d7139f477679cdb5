"""The commands with which docs/getting-started.md installs lading."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lading.version import __version__
from tests.outside import is_required
from tests.places.pages import block
from tests.places.support import checkout, environment


def test_lading_is_installed_as_the_page_says(tmp_path: Path) -> None:
    if not is_required("install"):
        pytest.skip("it takes packages from the index; LADING_REQUIRE=install runs it")
    folder = checkout(tmp_path / "lading")
    commands = block("getting-started.md", "install")
    done = subprocess.run(
        ["bash", "-ec", commands], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"lading {__version__}\n"), done.stderr
