"""All Compose files of a repository: does another one define, give or mention what is missing here?"""

from __future__ import annotations

import posixpath
from bisect import bisect_left

from lading.models.compose.load import SECTIONS
from lading.models.compose.project import DEFAULT
from lading.tree import Mapping, resolve, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.models.compose.fits import Fits
    from lading.models.compose.project import Project
    from lading.models.compose.statement import Statement
    from lading.texts import Texts

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""What Compose finds by itself, in the order in which it looks (compose-go `cli/options.go`)."""

_OF_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_WORDS = bytes(sign if sign in _OF_WORDS else 32 for sign in range(256))
"""What makes white space of all between words of the form that names have."""


class Neighbours:
    """Files by path, found by their folder and by the words in them, so that nobody looks through all of them.

    Only a file that has the word is parsed. `fits` is the quick test of shapes, which all projects share.
    """

    __slots__ = (
        *("_escaped", "_fits", "_folders", "_giving", "_having_name", "_known", "_mains", "_mentioning"),
        *("_odd", "_paths", "_statements", "_texts", "_words"),
    )

    def __init__(self, paths: Iterable[str], texts: Texts, statements: tuple[Statement, ...] = ()) -> None:
        self._paths = sorted(paths)
        self._texts = texts
        self._folders: dict[str, list[str]] = {}
        for path in self._paths:
            self._folders.setdefault(posixpath.dirname(path), []).append(path)
        self._odd = [path for path in self._paths if _is_odd(path)]
        self._mains: dict[str, list[str]] = {}
        for path in self._paths:
            if not _is_odd(path):
                self._mains.setdefault(posixpath.dirname(path), []).append(path)
        self._statements: dict[str, list[Statement]] = {}
        for each in statements:
            for path in dict.fromkeys(each.files):
                self._statements.setdefault(path, []).append(each)
        self._known: dict[str, dict[str, dict[str, Mapping | None]]] = {}
        self._having_name: dict[tuple[str, str], tuple[dict[str, None], list[str]]] = {}
        self._words: dict[bytes, list[str]] | None = None
        self._escaped: list[str] = []
        self._giving: dict[tuple[str, str, str, bool], list[str]] = {}
        self._mentioning: dict[str, str | None] = {}
        self._fits: Fits | None = None

    @property
    def fits(self) -> Fits:
        if self._fits is None:
            from lading.models.compose.fits import Fits

            self._fits = Fits()
        return self._fits

    def _sections(self, path: str) -> dict[str, dict[str, Mapping | None]]:
        """section -> name -> what is written there, without merge keys looked through."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = {section: {} for section in SECTIONS}
            for document in self._texts.tree(path).documents:
                root = resolve(document)
                for section in SECTIONS:
                    mapping = root.get(section) if isinstance(root, Mapping) else None
                    for entry in mapping if isinstance(mapping, Mapping) else ():
                        value = resolve(entry.value)
                        if entry.name is not None:
                            found[section].setdefault(
                                entry.name, value if isinstance(value, Mapping) else None
                            )
        return found

    def _having(self, section: str, name: str) -> tuple[dict[str, None], list[str]]:
        """The files that have the name in the section, by path, and those of them that Compose does not find itself."""
        found = self._having_name.get((section, name))
        if found is None:
            having = [path for path in self._with_word(name) if name in self._sections(path)[section]]
            found = dict.fromkeys(having), [path for path in having if _is_odd(path)]
            self._having_name[section, name] = found
        return found

    def _with_word(self, name: str) -> list[str]:
        """The files that may have a key of that name, by path: where nothing is escaped, a name is written as it is."""
        if self._words is None:
            self._words = {}
            for path in self._paths:
                source = self._texts.source(path)
                text = source.text if source is not None else ""
                if "\\" in text:
                    self._escaped.append(path)
                    continue
                for word in {*text.encode("utf-8", "replace").translate(_WORDS).split()}:
                    self._words.setdefault(word, []).append(path)
        word = name.encode("utf-8", "replace")
        if not _OF_WORDS.issuperset(word) or not word:
            return self._paths
        found = self._words.get(word, [])
        return sorted(found + self._escaped) if self._escaped else found

    def defining(self, section: str, name: str, project: Project) -> str | None:
        """The first other file that has the name in the section and may be given along with the project's own.

        What Compose finds by itself in another folder is a project of its own to one that it finds here.
        """
        having, odd = self._having(section, name)
        if project.standing != DEFAULT:
            return next((path for path in having if path not in project.files), None)
        near = {*self._folders.get(project.folder, ()), *self._joined(project)}
        found = [path for path in near if path in having and path not in project.files]
        found += [path for path in odd if path not in project.files][:1]
        return min(found, default=None)

    def defining_apart(self, section: str, name: str, project: Project) -> tuple[str | None, str | None]:
        """What Compose finds by itself and has the name: first in the folders above, and in those that lie beside.

        A project further down is one that this file could draw in, and does not.
        """
        folder = project.folder
        having, _ = self._having(section, name)
        above = {path for each in folders_above(folder) for path in self._mains.get(each, ())}
        first = min((path for path in above if path in having), default=None)
        if not folder:
            return first, None
        here = {*self._folders.get(folder, ()), *above}
        beside = (path for path in having if path not in here and not path.startswith(folder + "/"))
        return first, next((path for path in beside if not _is_odd(path)), None)

    def is_mentioned(self, name: str, project: Project) -> bool:
        """Has another file that may be given along with the project's own the word somewhere?"""
        near = (path for path in self._folders.get(project.folder, ()) if path not in project.files)
        if any(self._has(path, name) for path in near):
            return True
        if name not in self._mentioning:
            self._mentioning[name] = next((path for path in self._odd if self._has(path, name)), None)
        first = self._mentioning[name]
        if first is None or first not in project.files:
            return first is not None
        return any(path not in project.files and self._has(path, name) for path in self._odd)

    def _has(self, path: str, name: str) -> bool:
        source = self._texts.source(path)
        return source is not None and name in source.text

    def _joined(self, project: Project) -> set[str]:
        """The files that are stated to be used together with the project's main file."""
        return {path for each in self._statements.get(project.path, ()) for path in each.files}

    def giving(self, service: str, key: str, project: Project) -> tuple[str, ...]:
        """Other files in reach that give a service a key (or may, through `extends` or `<<`).

        In reach is the same folder, and what is stated to be used with it; for a file that is not found by itself
        also the folders above and below.
        """
        is_default = project.standing == DEFAULT
        place = (service, key, project.folder, is_default)
        found = self._giving.get(place)
        if found is None:
            found = [
                path for path in self._in_reach(project.folder, is_default) if self._gives(path, service, key)
            ]
            self._giving[place] = found
        joined = [
            path for path in self._joined(project) if path not in found and self._gives(path, service, key)
        ]
        return tuple(
            path for path in (sorted(found + joined) if joined else found) if path not in project.files
        )

    def _gives(self, path: str, service: str, key: str) -> bool:
        mapping = self._sections(path)["services"].get(service)
        return mapping is not None and any(mapping.entry(name) for name in (key, "extends", "<<"))

    def _in_reach(self, folder: str, is_default: bool) -> list[str]:
        if is_default:
            return self._folders.get(folder, [])
        if not folder:
            return self._paths
        below = folder + "/"
        start = bisect_left(self._paths, below)
        end = bisect_left(self._paths, folder + "0", start)  # the sign after `/`
        above = [path for each in folders_above(folder) for path in self._folders.get(each, ())]
        return sorted(above + self._paths[start:end])

    def image(self, path: str, service: str) -> str | None:
        """The image that a file names for a service, as it is written."""
        mapping = self._sections(path)["services"].get(service)
        return text_of(mapping.get("image")) if mapping is not None else None

    def always_joins(self, path: str, others: Iterable[str]) -> bool:
        """Is the file used with one of the others wherever it is stated how it is used, and is that stated at all?"""
        ways = self._statements.get(path, ())
        return bool(ways) and all(not set(each.files).isdisjoint(others) for each in ways)

    def beneath(self, path: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Files that Compose finds by itself, in the folder or above, and that have all these services."""
        folder = posixpath.dirname(path)
        found = [
            other
            for above in (folder, *folders_above(folder))
            for other in self._mains.get(above, ())
            if names
            if other != path and self._has_services(other, names)
        ]
        return tuple(sorted(found))

    def _has_services(self, path: str, names: tuple[str, ...]) -> bool:
        services = self._sections(path)["services"]
        return all(name in services for name in names)


def folders_above(folder: str) -> Iterator[str]:
    """Every folder above, up to the root."""
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _is_odd(path: str) -> bool:
    """Does Compose not find it by itself?"""
    return path.rpartition("/")[2] not in DEFAULT_NAMES
