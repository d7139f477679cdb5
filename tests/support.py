"""Small repositories on disk, and runs over them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from lading.findings import Outcome
from lading.models.publishing import Publication
from lading.session import Request, open_session

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"#\s*<- here(?:\s*\((\w+)\))?\s*$")


def write_files(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    return folder


def outcome_of(folder: Path, repository: str = "acme/shop", **options: Any) -> Outcome:
    """Check a folder as the repository `owner/name`, with no environment."""
    owner, _, name = repository.partition("/")
    request = Request(root=str(folder), owner=owner, repo=name, environment={}, **options)
    return open_session(request).check()


def found(outcome: Outcome) -> list[tuple[str, str, int, str]]:
    """Rule, path, line and level of every finding."""
    return [(f.rule, f.path, f.line, f.level) for f in outcome.findings]


def run_lading(
    *arguments: str, folder: Path, stdin: bytes = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The program as users start it: another process, no colours, no CI variables."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GIT_", "LADING_", "COMPOSE_"))
    }
    kept |= {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONSAFEPATH": "1", "LADING_NO_CACHE": "1"}
    kept |= environment or {}
    return subprocess.run(
        [sys.executable, "-m", "lading", *arguments],
        cwd=folder,
        env=kept,
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


def published(folder: Path, files: dict[str, str], repository: str = "acme/shop") -> tuple[Publication, ...]:
    """What a whole small repository publishes."""
    write_files(folder, files)
    owner, _, name = repository.partition("/")
    session = open_session(Request(root=str(folder), owner=owner, repo=name, environment={}))
    return session.repository.publications
