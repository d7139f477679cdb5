"""The values that a configuration is made of, loaded where a file or an option states one."""

from __future__ import annotations

from lading.tree import Mapping as Mapping_
from lading.tree import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lading.source import Span
    from lading.tree import Node, Tree


class LeftOut:
    """Where a rule is not applied: `path` in .gitignore form, `job`, `service` and `step` as globs, and the `reason`.

    What is None says nothing. `at` is the entry's place in the configuration, None where no file holds it.
    """

    __slots__ = ("at", "job", "path", "reason", "service", "step")

    def __init__(
        self,
        path: str | None = None,
        *,
        job: str | None = None,
        service: str | None = None,
        step: str | None = None,
        reason: str | None = None,
        at: Span | None = None,
    ) -> None:
        self.path = path
        self.job = job
        self.service = service
        self.step = step
        self.reason = reason
        self.at = at

    @property
    def is_path(self) -> bool:
        """Is it about nothing but paths? Such entries count together and in order, as the lines of an ignore file."""
        return self.path is not None and self.job is None and self.service is None and self.step is None


class RuleSettings:
    """What the user says of one rule: `level` (error, warning, note, off or None), `options`, places to leave out."""

    __slots__ = ("ignore", "level", "options")

    def __init__(
        self,
        level: str | None = None,
        options: Mapping[str, Any] | None = None,
        ignore: tuple[LeftOut, ...] = (),
    ) -> None:
        self.level = level
        self.options = dict(options or {})
        self.ignore = ignore


class ComposeProject:
    """Files that form a Compose project (`compose: projects:`), as they are written, relative to the root.

    `directory` is the project directory, None for the folder of the first file; `env_files` stand in place of its
    `.env`, None where that is read.
    """

    __slots__ = ("directory", "env_files", "files", "name", "profiles")

    def __init__(
        self,
        files: tuple[str, ...],
        *,
        directory: str | None = None,
        env_files: tuple[str, ...] | None = None,
        profiles: tuple[str, ...] = (),
        name: str | None = None,
    ) -> None:
        self.files = files
        self.directory = directory
        self.env_files = env_files
        self.profiles = profiles
        self.name = name


class Allowed:
    """Names that images may have: `patterns`, and the `files` (.gitignore form) in which they may; empty: anywhere."""

    __slots__ = ("files", "patterns")

    def __init__(self, patterns: tuple[str, ...], files: tuple[str, ...] = ()) -> None:
        self.patterns = patterns
        self.files = files


class TagForms:
    """Which tags images must and must not have: forms such as `digest`, `semver`, `sha` and patterns.

    It holds for `images` (patterns of names) in `files` (.gitignore form); empty: for all of them.
    """

    __slots__ = ("files", "forbid", "images", "require", "where")

    def __init__(
        self,
        *,
        require: tuple[str, ...] = (),
        forbid: tuple[str, ...] = (),
        images: tuple[str, ...] = (),
        files: tuple[str, ...] = (),
        where: str = "",
    ) -> None:
        self.require = require
        self.forbid = forbid
        self.images = images
        self.files = files
        self.where = where


class CardFolder:
    """A folder of cards as it is written, and where it lies: `path` is relative to the root, or where `is_free`
    (the file that names it does not come from the repository) a path of the operating system."""

    __slots__ = ("is_free", "path", "written")

    def __init__(self, written: str, path: str, *, is_free: bool = False) -> None:
        self.written = written
        self.path = path
        self.is_free = is_free


class Layer:
    """One configuration file: what it states, and from where its paths count.

    - `path`: the file as messages name it; `value`: its plain value, `tree` its places
    - `folder`: where its `extends` start; `is_free`: is that a folder of the operating system, not one from the root?
    - `cards_from`: where its `cards` start, likewise
    """

    __slots__ = ("cards_from", "folder", "is_free", "path", "tree", "value")

    def __init__(
        self,
        path: str,
        tree: Tree,
        value: dict[str, Any],
        *,
        folder: str = "",
        is_free: bool = False,
        cards_from: str | None = None,
    ) -> None:
        self.path = path
        self.tree = tree
        self.value = value
        self.folder = folder
        self.is_free = is_free
        self.cards_from = folder if cards_from is None else cards_from

    def line_of(self, *keys: str) -> int | None:
        """The line of the key that is reached by these keys, None where the file says nothing there."""
        node: Node | None = self.tree.root
        line = None
        for key in keys:
            entry = node.entry(key) if isinstance(node, Mapping_) else None
            if entry is None:
                return None
            line, node = self.tree.source.place(entry.start)[0], resolve(entry.value)
        return line

    def __repr__(self) -> str:
        return f"<Layer {self.path}>"
