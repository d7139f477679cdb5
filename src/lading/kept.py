"""What parts of a repository were found to hold, kept between runs: after an edit only what it touches is found anew.

An answer is used again where every file that its part has asked for is as it was, and every question that it has put to
a text has the same answer. The parts with Compose files count as one, since each of them may look at all files.
Configuration, identity, rules, and the names of all files are the same, or nothing is (`base`).
"""

from __future__ import annotations

import os

from lading.laid_out import LaidOut, of_these_files
from lading.record import GRAIN, changed_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from lading.record import Record
    from lading.store import Store
    from lading.texts import Question, Texts

    Handed = tuple[tuple[Any, ...], ...]
    Places = dict[tuple[str, int, int], tuple[str, int, int]]

_FEW = 8
"""Of so many parts one may be found anew in every run before all is written again."""
_MOST_ENTRIES = 50_000
"""Files and folders whose names are kept."""
_MANY = 64
"""Files that looked otherwise and held the same, from which on it pays to write their looks again."""


class Kept:
    """The answers of one repository, for one way of asking; `begin` is called when its files are known."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._base = b""
        self._is_read = False
        self._found: Any = None
        self._changed: set[str] = set()
        self._changed_below: set[str] = set()
        self._later: dict[str, Any] = {}
        self._old: dict[str, Any] = {}
        self._block: Any = None
        self._new: dict[str, Any] = {}
        self._texts: Texts | None = None
        self._is_worth_writing = True
        self._look: Any = None
        self._laid_out = LaidOut({})

    @property
    def listings(self) -> dict[str, Any]:
        """What folders held that look the same for long enough (`Files.listings`)."""
        found = self._read()
        return found[5] if found is not None else {}

    def _read(self) -> Any:
        if not self._is_read:
            self._is_read = True
            self._found = self._store.read(self._name)
        return self._found

    def begin(self, base: bytes, texts: Texts) -> None:
        """Find out what of that which is kept still holds."""
        self._base = base
        self._texts = texts
        found = self._read()
        if found is None or found[0] != base:
            return
        _, record, parts, block, answers, _, self._look, blocks = found
        self._changed, self._later = changed_in(record)
        top = len(texts.files.root.rstrip(os.sep)) + 1
        self._changed_below = {path[top:].replace(os.sep, "/") for path in self._changed}
        self._laid_out = LaidOut(of_these_files(blocks, self._changed_below))
        other = {key: value for key, value in answers if self._is_changed(key[0])}
        texts.know(dict(answers), but=other)
        stale = {key for key, value in other.items() if _asked(texts, key) != value}
        self._old = {key: row for key, row in parts.items() if self._holds(row[1], stale)}
        if block is not None and self._holds(block[3], stale):
            self._block = block
        rows = {path: (self._later.get(path, look), digest) for path, look, digest in record[1]}
        texts.files.record.add(
            (
                {path: row for path, row in rows.items() if path not in self._changed},
                {path: (mode, there) for path, mode, there, _ in record[2] if path not in self._changed},
                True,
            )
        )
        self._is_worth_writing = (
            self._block is None or len(self._later) > _MANY or len(self._old) < len(parts) * (1 - 1 / _FEW)
        )

    def _is_changed(self, path: str) -> bool:
        if "/." not in path and "//" not in path and not path.startswith("./"):
            return path in self._changed_below
        assert self._texts is not None  # it may be no plain form
        return self._texts.files.place(path) in self._changed

    def _holds(self, looked_at: Any, stale: set[Question]) -> bool:
        paths, questions = looked_at
        return self._changed.isdisjoint(paths) and (not stale or stale.isdisjoint(questions))

    @property
    def is_used(self) -> bool:
        """Was nearly all there?"""
        return self._texts is not None and not self._is_worth_writing

    def laid_out(self, look: tuple[Any, ...]) -> LaidOut | None:
        """The blocks of the last report that had the same look; None where nothing is kept of this repository."""
        if self._texts is None:
            return None
        if self._look != look:
            self._look, self._laid_out = look, LaidOut({})
        return self._laid_out

    def answer(self, key: str) -> Any:
        """What a part was found to hold; None where that is to be found anew."""
        row = self._old.get(key)
        return row[0] if row is not None else None

    @property
    def early(self) -> tuple[Any, ...] | None:
        """The answers of the parts with Compose files to the first step."""
        return self._block[0] if self._block is not None else None

    def late(self, handed: Handed) -> tuple[Any, ...] | None:
        """Their answers to the second step, where the parts hand over the same, if at other places."""
        if self._block is None:
            return None
        _, before, answers, _ = self._block
        if before == handed:
            found: tuple[Any, ...] = answers
            return found
        if _without_places(before) != _without_places(handed):
            self._is_worth_writing = True
            return None
        moved = dict(zip(_places(before), _places(handed), strict=True))
        return tuple((_moved(rows, moved), *rest) for rows, *rest in answers)

    def keep(
        self,
        fresh: dict[str, Any],
        current: Iterable[str],
        early: tuple[Any, ...],
        handed: Handed,
        late: tuple[Any, ...],
    ) -> None:
        """Take over what this run has found anew; `current` are the keys of all parts there are."""
        for key, answer in fresh.items():
            self._old[key] = (_without_looks(answer), self._looked_at((answer,)))
        wanted = set(current)
        self._new = {key: row for key, row in self._old.items() if key in wanted}
        if self._block is None or late is not self._block[2]:
            looked_at = self._looked_at((*early, *late))
            if self._block is not None:
                looked_at = (looked_at[0] | self._block[3][0], looked_at[1] | self._block[3][1])
            self._block = (
                tuple(map(_without_looks, early)),
                handed,
                tuple(map(_without_looks, late)),
                looked_at,
            )

    def _looked_at(self, answers: Iterable[Any]) -> tuple[frozenset[str], frozenset[Question]]:
        """Whole paths in the repository, and questions; what lies outside of it counts for all (`base`)."""
        assert self._texts is not None
        paths: set[str] = set()
        questions: set[Question] = set()
        for answer in answers:
            if len(answer) > PLAIN:
                own, asked = answer[5]
                paths.update(own)
                self._texts.know(dict(asked))
                questions.update(key for key, _ in asked)
        root = self._texts.files.root
        return frozenset(path for path in paths if is_below(root, path)), frozenset(questions)

    def write(self, record: Record) -> None:
        """Write everything for later runs, if there is enough that is new."""
        if not self._new or self._texts is None or not record.is_whole:
            return
        rows = self._rows()
        if not (self._is_worth_writing or self._laid_out.is_worth_keeping(len(rows))):
            return
        answers = tuple(self._texts.known.items())
        listings = {
            path: row
            for path, row in self._texts.files.listings.items()
            if max(row[0][2:4]) < record.started - GRAIN
        }
        if sum(len(row[2]) for row in listings.values()) > _MOST_ENTRIES:
            listings = {}
        shown = (self._look, self._laid_out.of(rows))
        value = (self._base, record.every, self._new, self._block, answers, listings, *shown)
        self._store.write(self._name, value)

    def _rows(self) -> list[Any]:
        """Every finding, shown or not."""
        answers = [answer for answer, _ in self._new.values()]
        if self._block is not None:
            answers += [*self._block[0], *self._block[2]]
        return [row for answer in answers for row in answer[0]]


def is_below(root: str, path: str) -> bool:
    """Is a whole path the root, or below it?"""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


PLAIN = 4
"""Values of an answer that are kept; behind them stands what was looked at."""


def _without_looks(answer: Any) -> Any:
    return answer[:PLAIN]


def _asked(texts: Texts, key: Question) -> Any:
    from importlib import import_module

    path, module, name, arguments = key
    return texts.view().ask(path, getattr(import_module(module), name), *arguments)


_AT = (None, 4, 0, 0, None)
"""Where the place stands in each kind of what is handed over."""


def _without_places(handed: Handed) -> Any:
    return tuple(
        tuple(row if at is None else (*row[:at], row[at][0], *row[at + 1 :]) for row in rows)
        for rows, at in zip(handed, _AT, strict=True)
    )


def _places(handed: Handed) -> list[tuple[str, int, int]]:
    return [row[at] for rows, at in zip(handed, _AT, strict=True) if at is not None for row in rows]


def _moved(rows: Iterable[Any], moved: Places) -> list[Any]:
    """Rows of findings, with the places that other parts have handed over where these are now."""
    return [
        (
            *row[:3],
            moved.get(row[3], row[3]),
            tuple((moved.get(place, place), words) for place, words in row[4]),
            *row[5:],
        )
        for row in rows
    ]
