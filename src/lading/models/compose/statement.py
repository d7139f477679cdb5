"""What is said of Compose files that are used together."""

from __future__ import annotations

import posixpath

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Statement:
    """Files that are used together, in their order.

    - `files`: paths from the root; `folder`: the project directory, against which their relative paths count
    - `env_files`: what is read instead of the folder's `.env`, None where nothing is
    - `profiles`: those that are active; `name`: the project's name where it is given
    - `runs`: are all its services started so, or is it only known that the files are read together?
    - `origin`: the path of the file that says so
    """

    __slots__ = ("env_files", "files", "folder", "name", "origin", "profiles", "runs")

    def __init__(
        self,
        files: tuple[str, ...],
        *,
        origin: str,
        folder: str | None = None,
        env_files: tuple[str, ...] | None = None,
        profiles: tuple[str, ...] = (),
        name: str | None = None,
        runs: bool = True,
    ) -> None:
        self.files = files
        self.folder = posixpath.dirname(files[0]) if folder is None else folder
        self.env_files = env_files
        self.profiles = profiles
        self.name = name
        self.runs = runs
        self.origin = origin

    @property
    def plain(self) -> tuple[Any, ...]:
        """Plain values for `of`."""
        return self.files, self.folder, self.env_files, self.profiles, self.name, self.runs, self.origin

    @classmethod
    def of(cls, plain: tuple[Any, ...]) -> Statement:
        files, folder, env_files, profiles, name, runs, origin = plain
        return cls(
            files, origin=origin, folder=folder, env_files=env_files, profiles=profiles, name=name, runs=runs
        )

    @property
    def shown(self) -> str:
        """For messages: when it holds, and where that is said."""
        names = " and ".join(f"`{path}`" for path in self.files)
        how = "are used together" if len(self.files) > 1 else "is used by itself"
        return f"when {names} {how} (see `{self.origin}`)"

    def __repr__(self) -> str:
        return f"<Statement {' + '.join(self.files)} in {self.origin}>"


def split_paths(text: str, separator: str | None) -> tuple[str, ...]:
    """The value of `COMPOSE_FILE`; without `COMPOSE_PATH_SEPARATOR` it is cut as on Linux or Windows."""
    pieces = text.split(separator) if separator else re.split(r"[:;]", text)
    return tuple(piece for piece in pieces if piece)
