"""Projects from files on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lading.config import Config
from lading.discover import discover
from lading.files import Files
from lading.models.compose.project import Project
from lading.models.compose.projects import projects
from lading.parse import Reader
from lading.texts import Texts

Load = Callable[..., tuple[Project, ...]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """All projects of the files given by path."""

    def load(files: dict[str, str], config: Config | None = None) -> tuple[Project, ...]:
        for path, text in files.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        config = config or Config()
        on_disk = Files(str(tmp_path))
        named = [path for each in config.compose_projects for path in each.files]
        inventory = discover(on_disk, config.exclude, named)
        return projects(inventory, Texts(on_disk, Reader()), config)

    return load
