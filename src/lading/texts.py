"""The files of a repository as sources and trees: each is read and parsed once, by whoever asks first."""

from __future__ import annotations

from lading.decode import NotText, decode
from lading.files import Unreadable
from lading.source import Source, Span
from lading.tree import Tree, Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

    from lading.files import Files
    from lading.parse import Reader


class Texts:
    """What the models read: `source` for any text file, `tree` for YAML."""

    def __init__(self, files: Files, reader: Reader) -> None:
        self.files = files
        self._reader = reader
        self._sources: dict[str, Source | Trouble] = {}
        self._trees: dict[str, Tree] = {}
        self._there: dict[str, bool] = {}
        self._named: dict[tuple[str, Pattern[str]], tuple[str, ...]] = {}

    def source(self, path: str) -> Source | None:
        """The text of a file, None where there is none to read (see `trouble`)."""
        found = self._load(path)
        return found if isinstance(found, Source) else None

    def trouble(self, path: str) -> Trouble | None:
        """Why a file cannot be read as text, None where it can."""
        found = self._load(path)
        return found if isinstance(found, Trouble) else None

    def tree(self, path: str) -> Tree:
        """The tree of a YAML file. One that cannot be read has no documents and a trouble that says why."""
        tree = self._trees.get(path)
        if tree is None:
            found = self._load(path)
            if isinstance(found, Source):
                tree = self._reader.read(found)
            else:
                tree = Tree(found.span.source, (), (found,))
            self._trees[path] = tree
        return tree

    def exists(self, path: str) -> bool:
        """Is there a file (not a folder) at the path?"""
        found = self._there.get(path)
        if found is None:
            found = self._there[path] = self.files.is_file(path)
        return found

    def named(self, folder: str, pattern: Pattern[str]) -> tuple[str, ...]:
        """The paths of the files in a folder in whose name the pattern is found; looked for once."""
        found = self._named.get((folder, pattern))
        if found is None:
            prefix = f"{folder}/" if folder else ""
            entries = self.files.entries(folder)
            found = tuple(
                prefix + name for name, is_folder, _ in entries if not is_folder and pattern.search(name)
            )
            self._named[folder, pattern] = found
        return found

    def _load(self, path: str) -> Source | Trouble:
        found = self._sources.get(path)
        if found is None:
            found = self._sources[path] = self._read(path)
        return found

    def _read(self, path: str) -> Source | Trouble:
        try:
            return Source(path, decode(self.files.read(path)))
        except Unreadable as problem:
            return Trouble("unreadable-file", f"the file cannot be read: {problem.reason}", _top_of(path))
        except NotText as problem:
            return Trouble("not-utf-8", f"the file is not text in UTF-8: {problem.reason}", _top_of(path))


def _top_of(path: str) -> Span:
    return Span(Source(path, ""), 0, 0)
