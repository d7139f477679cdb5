"""All Compose files of a repository: does another one define, give or mention what is missing here?"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from itertools import islice

from lading.models.compose.load import SECTIONS
from lading.models.compose.project import DEFAULT
from lading.texts import of_tree
from lading.tree import Mapping, resolve, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from lading.models.compose.fits import Fits
    from lading.models.compose.project import Project
    from lading.models.compose.statement import Statement
    from lading.texts import Texts
    from lading.tree import Entry, Tree

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""What Compose finds by itself, in the order in which it looks (compose-go `cli/options.go`)."""

_OF_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_WORDS = bytes(sign if sign in _OF_WORDS else 32 for sign in range(256))
"""What makes white space of all between words of the form that names have."""
_FEW = 30
"""Names; taking texts apart takes as long as looking for so many in them (measured over 381 files)."""


@of_tree
def named_in(tree: Tree) -> dict[str, dict[str, Any]]:
    """section -> name -> of a service that is a mapping its keys and its image, without merge keys looked through."""
    found: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for document in tree.documents:
        root = resolve(document)
        for section in SECTIONS:
            mapping = root.get(section) if isinstance(root, Mapping) else None
            for entry in mapping if isinstance(mapping, Mapping) else ():
                if entry.name is not None and entry.name not in found[section]:
                    found[section][entry.name] = _said_of(entry) if section == "services" else None
    return found


def _said_of(entry: Entry) -> tuple[tuple[str, ...], str | None] | None:
    service = resolve(entry.value)
    if not isinstance(service, Mapping):
        return None
    return tuple(service.named), text_of(service.get("image"))


class Neighbours:
    """Files by path, found by their folder, by what they are known to name, and by the words in them.

    Nobody looks through all of them: only a file that has the word is parsed, and none behind the one that is looked
    for. What a project asks stands among the questions of its texts, so that it depends on the answers alone. `fits` is
    the quick test of shapes, which all projects share.
    """

    __slots__ = (
        *(
            "_candidates",
            "_fits",
            "_folders",
            "_having_name",
            "_giving",
            "_index",
            "_mains",
            "_mentioning",
            "_odd",
            "_paths",
        ),
        *("_statements", "_texts"),
    )

    def __init__(self, paths: Iterable[str], texts: Texts, statements: tuple[Statement, ...] = ()) -> None:
        self._paths = sorted(paths)
        self._texts = texts
        self._folders: dict[str, list[str]] = {}
        for path in self._paths:
            self._folders.setdefault(path.rpartition("/")[0], []).append(path)
        self._odd = [path for path in self._paths if _is_odd(path)]
        self._mains: dict[str, list[str]] = {}
        for path in self._paths:
            if not _is_odd(path):
                self._mains.setdefault(path.rpartition("/")[0], []).append(path)
        self._statements: dict[str, list[Statement]] = {}
        for each in statements:
            for path in dict.fromkeys(each.files):
                self._statements.setdefault(path, []).append(each)
        self._index: _Index | None = None
        self._candidates: dict[str, frozenset[str]] = {}
        self._having_name: dict[tuple[str, str, bool], _Found] = {}
        self._giving: dict[tuple[str, str, str, bool], list[str]] = {}
        self._mentioning: dict[str, str | None] = {}
        self._fits: Fits | None = None

    def __contains__(self, path: str) -> bool:
        return path in self._folders.get(path.rpartition("/")[0], ())

    @property
    def fits(self) -> Fits:
        if self._fits is None:
            from lading.models.compose.fits import Fits

            self._fits = Fits()
        return self._fits

    # --- what a project asks ---

    def defining(self, section: str, name: str, project: Project) -> str | None:
        """The first other file that has the name in the section and may be given along with the project's own.

        What Compose finds by itself in another folder is a project of its own to one that it finds here.
        """
        found: str | None = self._told(project.texts, "defining", section, name, *_place(project))
        return found

    def defining_apart(self, section: str, name: str, project: Project) -> tuple[str | None, str | None]:
        """What Compose finds by itself and has the name: first in the folders above, and in those that lie beside.

        A project further down is one that this file could draw in, and does not.
        """
        found: tuple[str | None, str | None] = self._told(
            project.texts, "defining_apart", section, name, project.folder
        )
        return found

    def is_mentioned(self, name: str, project: Project) -> bool:
        """Has another file that may be given along with the project's own the word somewhere?"""
        found: bool = self._told(project.texts, "is_mentioned", name, project.folder, project.files)
        return found

    def giving(self, service: str, key: str, project: Project) -> tuple[str, ...]:
        """Other files in reach that give a service a key (or may, through `extends` or `<<`).

        In reach is the same folder, and what is stated to be used with it; for a file that is not found by itself
        also the folders above and below.
        """
        found: tuple[str, ...] = self._told(project.texts, "giving", service, key, *_place(project))
        return found

    def image(self, path: str, service: str, project: Project) -> str | None:
        """The image that a file names for a service, as it is written."""
        found: str | None = self._told(project.texts, "image", path, service)
        return found

    def always_joins(self, others: Iterable[str], project: Project) -> bool:
        """Is a project's file used with one of the others wherever that is stated, and is it stated at all?"""
        found: bool = self._told(project.texts, "always_joins", project.path, tuple(others))
        return found

    def beneath(self, path: str, names: tuple[str, ...], texts: Texts) -> tuple[str, ...]:
        """Files that Compose finds by itself, in the folder or above, and that have all these services."""
        found: tuple[str, ...] = self._told(texts, "beneath", path, names)
        return found

    def _told(self, texts: Texts, question: str, *given: Any) -> Any:
        return texts.answer(("", __name__, question, given), lambda: self.answer(question, given))

    @staticmethod
    def asks_for_words(question: str) -> bool:
        """Does the answer depend on more than what files name (`named_in`), and which are stated together?"""
        return question == "is_mentioned"

    def answer(self, question: str, given: tuple[Any, ...]) -> Any:
        """What is said to a question that stands among those of a project's texts."""
        return _ANSWERING[question](self, *given)

    # --- what is answered ---

    def _first_defining(
        self, section: str, name: str, path: str, standing: str, folder: str, files: tuple[str, ...]
    ) -> str | None:
        if standing != DEFAULT:
            return next((each for each in self._having(section, name) if each not in files), None)
        near = {*self._folders.get(folder, ()), *self._joined(path)}
        found = [each for each in near if each not in files and self._names(each, section, name)]
        odd = (each for each in self._having(section, name, is_odd=True) if each not in files)
        return min((*found, *islice(odd, 1)), default=None)

    def _defining_apart(self, section: str, name: str, folder: str) -> tuple[str | None, str | None]:
        above = {path for each in folders_above(folder) for path in self._mains.get(each, ())}
        first = min((path for path in above if self._names(path, section, name)), default=None)
        if not folder:
            return first, None
        here = {*self._folders.get(folder, ()), *above}
        having = self._having(section, name)
        beside = (path for path in having if path not in here and not path.startswith(folder + "/"))
        return first, next((path for path in beside if not _is_odd(path)), None)

    def _is_mentioned(self, name: str, folder: str, files: tuple[str, ...]) -> bool:
        near = (path for path in self._folders.get(folder, ()) if path not in files)
        if any(self._has(path, name) for path in near):
            return True
        if name not in self._mentioning:
            self._mentioning[name] = next((path for path in self._odd if self._has(path, name)), None)
        first = self._mentioning[name]
        if first is None or first not in files:
            return first is not None
        return any(path not in files and self._has(path, name) for path in self._odd)

    def _all_giving(
        self, service: str, key: str, path: str, standing: str, folder: str, files: tuple[str, ...]
    ) -> tuple[str, ...]:
        is_default = standing == DEFAULT
        place = (service, key, folder, is_default)
        found = self._giving.get(place)
        if found is None:
            reach = self._in_reach(folder, is_default)
            near = reach if is_default else sorted(self._naming(service).intersection(reach))
            found = [each for each in near if self._gives(each, service, key)]
            self._giving[place] = found
        joined = [
            each for each in self._joined(path) if each not in found and self._gives(each, service, key)
        ]
        return tuple(each for each in (sorted(found + joined) if joined else found) if each not in files)

    def _image(self, path: str, service: str) -> str | None:
        said = self._named(path)["services"].get(service)
        image: str | None = said[1] if said is not None else None
        return image

    def _always_joins(self, path: str, others: tuple[str, ...]) -> bool:
        ways = self._statements.get(path, ())
        return bool(ways) and all(not set(each.files).isdisjoint(others) for each in ways)

    def _beneath(self, path: str, names: tuple[str, ...]) -> tuple[str, ...]:
        folder = posixpath.dirname(path)
        found = [
            other
            for above in (folder, *folders_above(folder))
            for other in self._mains.get(above, ())
            if names
            if other != path and self._has_services(other, names)
        ]
        return tuple(sorted(found))

    # --- what files say ---

    def _named(self, path: str) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self._texts.ask(path, named_in)
        return found

    @property
    def _known(self) -> _Index:
        if self._index is None:
            self._index = _Index(self._paths, self._texts)
        return self._index

    def _naming(self, name: str) -> frozenset[str]:
        """All files that may have a key of that name."""
        found = self._candidates.get(name)
        if found is None:
            found = frozenset(self._known.naming(name, self._paths, is_odd=False))
            self._candidates[name] = found
        return found

    def _names(self, path: str, section: str, name: str) -> bool:
        return self._known.may_name(path, name) and name in self._named(path)[section]

    def _having(self, section: str, name: str, *, is_odd: bool = False) -> _Found:
        """The files that have the name in the section, by path; or those of them that Compose does not find itself."""
        found = self._having_name.get((section, name, is_odd))
        if found is None:
            paths = self._known.naming(name, self._odd if is_odd else self._paths, is_odd=is_odd)
            found = _Found(path for path in paths if name in self._named(path)[section])
            self._having_name[section, name, is_odd] = found
        return found

    def _has(self, path: str, name: str) -> bool:
        source = self._texts.source(path)
        return source is not None and name in source.text

    def _joined(self, path: str) -> set[str]:
        """The files that are stated to be used together with a main file."""
        return {other for each in self._statements.get(path, ()) for other in each.files}

    def _gives(self, path: str, service: str, key: str) -> bool:
        said = self._named(path)["services"].get(service)
        return said is not None and any(name in said[0] for name in (key, "extends", "<<"))

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

    def _has_services(self, path: str, names: tuple[str, ...]) -> bool:
        services = self._named(path)["services"]
        return all(name in services for name in names)


_ANSWERING: dict[str, Callable[..., Any]] = {
    "defining": Neighbours._first_defining,
    "defining_apart": Neighbours._defining_apart,
    "is_mentioned": Neighbours._is_mentioned,
    "giving": Neighbours._all_giving,
    "image": Neighbours._image,
    "always_joins": Neighbours._always_joins,
    "beneath": Neighbours._beneath,
}


def _place(project: Project) -> tuple[str, str, str, tuple[str, ...]]:
    """All that answers depend on of a project."""
    return project.path, project.standing, project.folder, project.files


class _Found:
    """What is found one by one, as far as somebody has gone through it; each is looked for once."""

    __slots__ = ("_found", "_rest")

    def __init__(self, rest: Iterator[str]) -> None:
        self._found: list[str] = []
        self._rest = rest

    def __iter__(self) -> Iterator[str]:
        yield from self._found
        for path in self._rest:
            self._found.append(path)
            yield path


class _Index:
    """Which files may name what: by what they were found to name, the others by their texts.

    For a few names it takes less time to look for each in the texts than to have all words of them at hand.
    """

    __slots__ = ("_left", "_named", "_unknown", "_words")

    def __init__(self, paths: Iterable[str], texts: Texts) -> None:
        self._named: dict[str, set[str]] = {}
        """By path what files were found to name."""
        self._unknown: dict[str, str] = {}
        self._words: dict[bytes, set[str]] | None = None
        for path in paths:
            if texts.was_asked(path, named_in):
                names = texts.ask(path, named_in).values()
                self._named[path] = {name for section in names for name in section}
            else:
                source = texts.source(path)
                self._unknown[path] = source.text if source is not None else ""
        self._left = _FEW * len(self._unknown)
        """How many texts are yet to be looked through, before all are taken apart."""

    def may_name(self, path: str, name: str) -> bool:
        """May a file have a key of that name? Where nothing is escaped, a name is written as it is."""
        text = self._unknown.get(path)
        if text is None:
            return name in self._named.get(path, ())
        if "\\" in text or not _is_word(name):
            return True
        if self._left > 0:
            self._left -= 1
            return name in text
        return path in self._by_word(name)

    def naming(self, name: str, paths: list[str], *, is_odd: bool) -> Iterator[str]:
        """The files, or the odd ones, that may have a key of that name, one by one: mostly the first one is wanted.

        `paths` are all of them.
        """
        if self._left > 0 or not _is_word(name):
            return (path for path in paths if self.may_name(path, name))
        having = sorted(self._by_word(name) | self._by_word(_ESCAPED))
        return (path for path in having if not is_odd or _is_odd(path))

    def _by_word(self, word: str) -> set[str]:
        """The files that have a word; as `_ESCAPED` those whose text does not show every word."""
        if self._words is None:
            self._words = {}
            for path, names in self._named.items():
                for name in names:
                    self._words.setdefault(name.encode("utf-8", "replace"), set()).add(path)
            for path, text in self._unknown.items():
                written = {*text.encode("utf-8", "replace").translate(_WORDS).split()}
                for each in written if "\\" not in text else (*written, _ESCAPED.encode()):
                    self._words.setdefault(each, set()).add(path)
        return self._words.get(word.encode("utf-8", "replace"), set())


_ESCAPED = "\\"


def _is_word(name: str) -> bool:
    """Is it one that `_WORDS` leaves whole?"""
    return name != "" and _OF_WORDS.issuperset(name.encode("utf-8", "replace"))


def folders_above(folder: str) -> Iterator[str]:
    """Every folder above, up to the root."""
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _is_odd(path: str) -> bool:
    """Does Compose not find it by itself?"""
    return path.rpartition("/")[2] not in DEFAULT_NAMES
