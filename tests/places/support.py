"""Programs of others that the tests drive, and repositories for them."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support import ROOT, write_files

LADING = Path(sys.executable).parent / "lading"


def environment(**more: str) -> dict[str, str]:
    """Ours, with `lading` on the path and without what CI, git hooks or colours would bring in."""
    foreign = ("GITHUB_", "GIT_", "LADING_", "COMPOSE_", "PRE_COMMIT", "PREK_", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = f"{LADING.parent}{os.pathsep}{kept['PATH']}"
    return kept | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8"} | more


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody who may commit, whatever the machine's settings say."""
    settings = (
        "user.name=Acme",
        "user.email=team@acme.example",
        "commit.gpgsign=false",
        "init.defaultBranch=main",
    )
    options = [part for each in settings for part in ("-c", each)]
    done = subprocess.run(
        ["git", *options, *arguments],
        cwd=folder, env=environment(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def repository(folder: Path, files: dict[str, str]) -> Path:
    """A git repository of acme/shop with everything committed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_files(folder, files)
    git(folder, "init", "-q")
    git(folder, "remote", "add", "origin", "git@github.com:acme/shop.git")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def checkout(folder: Path) -> Path:
    """Our own files as they are now, committed in a repository of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    for path in filter(None, listed.stdout.split("\0")):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
    return repository(folder, {})


def made_once(base: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that all processes of a test run share, made by the first that asks."""
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with open(shared / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = shared / f"{name}.draft"
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder
