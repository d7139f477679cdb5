"""The files of a repository as sources and trees: each is read and parsed once, by whoever asks first."""

from __future__ import annotations

import posixpath

from lading.decode import NotText, decode
from lading.files import Unreadable
from lading.source import Source, Span, Unread
from lading.tree import Tree, Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator
    from re import Pattern
    from typing import Any, TypeVar

    from lading.files import Files
    from lading.parse import Reader

    Question = tuple[str, str, str, tuple[Any, ...]]
    """A path, the module and name of a function that answers, and its further arguments.

    Without a path it is put to all Compose files together (`lading.models.compose.neighbours`); with a folder, which
    ends in `/`, to the files in it (`Texts.find`); with `EVERYWHERE` to the names of all files and folders.
    """
    Asked = tuple[Question, Any, tuple[int, ...]]
    """A question with its answer, and the numbers of the parts that have asked."""
    T = TypeVar("T", bound=Callable[..., bool])
    Columns = dict[tuple[str, str], dict[str, tuple[Any, tuple[int, ...]]]]
    """By module and name, and by path: what was answered without further arguments, and which parts have asked."""


EVERYWHERE = "**"
"""Stands for the path in a question to the names of all files and folders (`Texts.ask_all`)."""


class Texts:
    """What the models read: `source` for any text file, `tree` for YAML.

    `touched` are the paths whose text or tree was asked for, `answers` what was asked of a text and nothing more.
    """

    def __init__(self, files: Files, reader: Reader) -> None:
        self.files = files
        self._all_files = files
        self.touched: set[str] = set()
        self.answers: dict[Question, Any] = {}
        self._reader = reader
        self._sources: dict[str, Source | Trouble] = {}
        self._trees: dict[str, Tree] = {}
        self._later: dict[str, Source] = {}
        self._known: dict[Question, Any] = {}
        self._columns: Columns = {}
        self._packed: dict[str, bytes] = {}
        self._there: dict[str, bool] = {}
        self._named: dict[tuple[str, Pattern[str]], tuple[str, ...]] = {}
        self._named_to_all: dict[tuple[str, Pattern[str]], tuple[str, ...]] = {}
        self._looked_through: set[tuple[str, Pattern[str]]] = set()

    def view(self) -> Texts:
        """The same texts, with a record of its own of what is asked for."""
        other = Texts(self.files.view(), self._reader)
        other._all_files = self._all_files
        other._sources, other._trees = self._sources, self._trees
        other._later, other._known = self._later, self._known
        other._columns, other._packed = self._columns, self._packed
        other._named_to_all = self._named_to_all
        return other

    def expect_many(self) -> None:
        """Many files will be parsed."""
        self._reader.expect_many()

    def ask(self, path: str, question: Callable[..., Any], *arguments: Any) -> Any:
        """What a function answers of the text of a file (empty where there is none), or of its tree: plain values.

        Whoever asks depends on the answer alone, not on all that the file says.
        """
        key = (path, question.__module__, question.__qualname__, arguments)
        if key not in self._known and not self._was_known(key):
            if question in _OF_TREES:
                self._known[key] = question(self._tree(path), *arguments)
            else:
                self._known[key] = question(self._text(path), *arguments)
        answer = self.answers[key] = self._known[key]
        return answer

    def find(
        self, folder: str, question: Callable[..., bool], *arguments: Any, but: tuple[str, ...] = ()
    ) -> str | None:
        """The path of a file in a folder to whose text the answer is yes; None where there is none.

        It is put to the files whose names it is for (`of_names`), `but` for some. Whoever asks depends on the names in
        the folder and on what is found alone.
        """
        pattern = _NAMES[question]
        folder = folder if is_plain(folder) else posixpath.normpath(folder)
        paths = self.named(folder, pattern)
        if not paths:
            return None  # as the names tell
        self._looked_through.add((folder, pattern))
        key = (f"{folder}/", question.__module__, question.__qualname__, (arguments, but))
        if key not in self._known and not self._was_known(key):
            self._known[key] = self._first(paths, question, arguments, but)
        found: str | None = self._known[key]
        self.answers[key] = found
        return found

    def ask_all(self, question: Callable[[Texts], Any]) -> Any:
        """What a function answers that looks at names alone, of whichever folders; found once, by who asks first."""
        key = (EVERYWHERE, question.__module__, question.__qualname__, ())
        return self.answer(key, lambda: question(self))

    def _first(
        self, paths: Iterable[str], question: Callable[..., bool], arguments: Any, but: tuple[str, ...]
    ) -> str | None:
        return next(
            (path for path in paths if path not in but and question(self._text(path), *arguments)), None
        )

    def put_again(self, question: Question, before: Any, changed: Container[str]) -> Any:
        """What is answered now to a question of an earlier run, where files and folders have `changed`."""
        from importlib import import_module

        path, module, name, arguments = question
        asked = getattr(import_module(module), name)
        view = self.view()
        if path == EVERYWHERE:
            self._known[question] = answer = asked(view)
            self.files.record.add(view.files.record.seen_so_far)
            return answer
        if not path.endswith("/"):
            return view.ask(path, asked, *arguments)
        folder = path[:-1]
        paths: Iterable[str] = view.named(folder, _NAMES[asked])
        if folder not in changed and (before is None or before not in changed):
            paths = [path for path in paths if path in changed or path == before]
        self._known[question] = answer = view._first(paths, asked, *arguments)
        return answer

    def those(self, paths: Iterable[str], question: Callable[..., Any]) -> Iterator[str]:
        """The paths of the files to which the answer is yes, as with `ask`."""
        module, name = question.__module__, question.__qualname__
        kept = self._columns.get((module, name), {})
        for path in paths:
            row = kept.get(path)
            if row is not None:
                answer = self.answers[path, module, name, ()] = row[0]
            else:
                answer = self.ask(path, question)
            if answer:
                yield path

    def was_asked(self, path: str, question: Callable[..., Any]) -> bool:
        """Is the answer to a question without further arguments known?"""
        key = (path, question.__module__, question.__qualname__, ())
        return key in self._known or self._was_known(key)

    def answer(self, question: Question, find: Callable[[], Any]) -> Any:
        """What is answered to a question by other means, found once; whoever looks through this view depends on it."""
        if question not in self._known and not self._was_known(question):
            self._known[question] = find()
        answer = self.answers[question] = self._known[question]
        return answer

    def note_all(self, other: Texts) -> None:
        """Whoever looks through this view depends on what was asked for through another one."""
        self.touched |= other.touched
        self.answers.update(other.answers)
        self.files.record.add(other.files.record.seen_so_far)

    @property
    def looked_at(self) -> tuple[Any, ...]:
        """As `Record.seen_so_far`: what this view has asked for, by whichever view it was read."""
        own, every = self.files.record, self._all_files.record
        if own is every or not own.is_whole:
            return own.seen_so_far
        paths = {*self.touched, *(key[0] for key in self.answers if key[0])}
        for folder, pattern in self._looked_through:
            paths.update(self._sources.keys() & self.named(folder, pattern))
        asked = set(map(self.files.place, paths))
        seen = {path: every.seen[path] for path in asked if path in every.seen}
        kinds = {path: every.kinds[path] for path in asked if path in every.kinds}
        return ({**seen, **own.seen}, {**kinds, **own.kinds}, own.is_whole and every.is_whole)

    @property
    def depends(self) -> tuple[tuple[str, ...], tuple[tuple[Question, Any], ...]]:
        """The whole paths that this view has asked for, and the questions put to texts, with the answers."""
        own = self.files.record
        if not own.is_whole:  # nobody keeps anything
            return (), ()
        paths = {*own.seen, *own.kinds, *map(self.files.place, self.touched)}
        return tuple(paths), tuple(self.answers.items())

    def know(self, answers: dict[Question, Any]) -> None:
        """Take over answers that were given before, of texts that are the same."""
        self._known.update(answers)

    def know_packed(self, columns: Columns, packed: dict[str, bytes]) -> None:
        """Likewise, in the form of `packed_answers`: what is packed stays so until somebody asks."""
        self._columns.update(columns)
        self._packed.update(packed)

    def _was_known(self, key: Question) -> bool:
        """Was the answer kept, and is known from now on?"""
        path, module, name, arguments = key
        found = self._columns.get((module, name), {}).get(path) if not arguments else None
        if found is not None:
            self._known[key] = found[0]
            return True
        packed = self._packed.pop(path, None)
        if packed is None:
            return False
        for row in unpacked_answers(path, packed):
            self._known.setdefault(row[0], row[1])
        return key in self._known

    @property
    def known(self) -> dict[Question, Any]:
        """Every answer that was given."""
        for (module, name), column in self._columns.items():
            for path, (answer, _) in column.items():
                self._known.setdefault((path, module, name, ()), answer)
        for path, packed in self._packed.items():
            for key, answer, _ in unpacked_answers(path, packed):
                self._known.setdefault(key, answer)
        self._packed.clear()
        return self._known

    def later(self, path: str) -> Source:
        """The text of a file that is read when somebody looks at it, always the same one; empty where there is none."""
        found = self._later.get(path)
        if found is None:
            held = self._sources.get(path)
            found = held if isinstance(held, Source) else Unread(path, lambda: self._text(path))
            self._later[path] = found
        return found

    def _text(self, path: str) -> str:
        found = self._held(path)
        return found.text if isinstance(found, Source) else ""

    def source(self, path: str) -> Source | None:
        """The text of a file, None where there is none to read (see `trouble`)."""
        found = self._load(path)
        return found if isinstance(found, Source) else None

    def trouble(self, path: str) -> Trouble | None:
        """Why a file cannot be read as text, None where it can."""
        found = self._load(path)
        return found if isinstance(found, Trouble) else None

    @property
    def read_so_far(self) -> list[str]:
        """The text of every file that somebody has asked for."""
        return [each.text for each in self._sources.values() if isinstance(each, Source)]

    def tree(self, path: str) -> Tree:
        """The tree of a YAML file. One that cannot be read has no documents and a trouble that says why."""
        self.touched.add(path)
        return self._tree(path)

    def _tree(self, path: str) -> Tree:
        tree = self._trees.get(path)
        if tree is None:
            found = self._held(path)
            if isinstance(found, Source):
                tree = self._reader.read(found)
            else:
                tree = Tree(found.span.source, (), (found,))
            self._trees[path] = tree
        return tree

    def let_go(self, path: str) -> None:
        """Keep the tree of a file no longer; it is made anew for whoever asks again."""
        self._trees.pop(path, None)

    def exists(self, path: str) -> bool:
        """Is there a file (not a folder) at the path?"""
        found = self._there.get(path)
        if found is None:
            found = self._there[path] = self.files.is_file(path, as_listed=True)
        return found

    def named(self, folder: str, pattern: Pattern[str]) -> tuple[str, ...]:
        """The paths of the files in a folder in whose name the pattern is found; looked for once."""
        found = self._named.get((folder, pattern))
        if found is None:
            entries = self.files.entries(folder)  # which each view has on its own record
            found = self._named_to_all.get((folder, pattern))
            if found is None:
                prefix = f"{folder}/" if folder else ""
                found = tuple(
                    prefix + name for name, is_folder, _ in entries if not is_folder and pattern.search(name)
                )
                self._named_to_all[folder, pattern] = found
            self._named[folder, pattern] = found
        return found

    def _load(self, path: str) -> Source | Trouble:
        self.touched.add(path)
        return self._held(path)

    def _held(self, path: str) -> Source | Trouble:
        found = self._sources.get(path)
        if found is None:
            found = self._sources[path] = self._read(path)
        return found

    def _read(self, path: str) -> Source | Trouble:
        try:
            return Source(path, decode(self._all_files.read(path)))
        except Unreadable as problem:
            return Trouble("unreadable-file", f"the file cannot be read: {problem.reason}", _top_of(path))
        except NotText as problem:
            return Trouble("not-utf-8", f"the file is not text in UTF-8: {problem.reason}", _top_of(path))


_OF_TREES: set[Callable[..., Any]] = set()


def of_tree(question: Callable[..., Any]) -> Callable[..., Any]:
    """A question that `ask` puts to the tree of a file, not to its text."""
    _OF_TREES.add(question)
    return question


_NAMES: dict[Callable[..., Any], Pattern[str]] = {}


def of_names(pattern: Pattern[str]) -> Callable[[T], T]:
    """A question that `find` puts to the files of a folder in whose names the pattern is found."""

    def registered(question: T) -> T:
        _NAMES[question] = pattern
        return question

    return registered


def packed_answers(answers: Iterable[Asked]) -> tuple[Columns, dict[str, bytes]]:
    """Questions with their answers, and the numbers of the parts that have asked, for `Texts.know_packed`.

    What is asked of most files without further arguments is looked up at once; the rest is unpacked file by file.
    """
    rows = list(answers)
    counts: dict[tuple[str, str], int] = {}
    for (_, module, name, arguments), _, _ in rows:
        if not arguments:
            counts[module, name] = counts.get((module, name), 0) + 1
    most = max(counts.values(), default=0) // 2
    columns: Columns = {key: {} for key, count in counts.items() if count >= most}
    packed: dict[str, bytes] = {}
    put_in(rows, columns, packed)
    return columns, packed


def put_in(answers: Iterable[Asked], columns: Columns, packed: dict[str, bytes]) -> None:
    """Add all that was answered of some files, of which there is nothing yet."""
    from marshal import dumps

    others: dict[str, list[Any]] = {}
    for (path, module, name, arguments), answer, numbers in answers:
        if not arguments and (module, name) in columns:
            columns[module, name][path] = (answer, numbers)
        else:
            others.setdefault(path, []).append((module, name, arguments, answer, numbers))
    packed.update((path, dumps(rows)) for path, rows in others.items())


def taken_out(columns: Columns, packed: dict[str, bytes], paths: Iterable[str]) -> Iterator[Asked]:
    """Take out what was answered of some files."""
    for path in paths:
        for (module, name), column in columns.items():
            if path in column:
                yield (path, module, name, ()), *column.pop(path)
        if path in packed:
            yield from unpacked_answers(path, packed.pop(path))


def unpacked_answers(path: str, packed: bytes) -> Iterator[Asked]:
    """The questions that were put to a file, with their answers and who has asked."""
    from marshal import loads

    for module, name, arguments, answer, numbers in loads(packed):
        yield (path, module, name, arguments), answer, numbers


def is_plain(path: str) -> bool:
    """Is it written as paths of this repository are found?"""
    return "/." not in path and "//" not in path and not path.startswith("./") and path != "."


def _top_of(path: str) -> Span:
    return Span(Source(path, ""), 0, 0)
