"""What parts of a repository were found to hold, kept between runs: after an edit only what it touches is found anew.

An answer is used again where every file that its part has asked for is as it was, and every question that it has put to
a text has the same answer. The parts with Compose files count as one, since each of them may look at all files.
Configuration, identity, rules, and the names of all files are the same, or nothing is (`base`).
"""

from __future__ import annotations

import os

from lading.answers import Answer, places, together, unpacked, without_places
from lading.record import GRAIN, changed_in
from lading.texts import packed_answers, unpacked_answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from lading.answers import Share
    from lading.laid_out import LaidOut
    from lading.record import Record
    from lading.store import Store
    from lading.texts import Columns, Question, Texts

_FEW = 8
"""Of so many parts one may be found anew in every run before all is written again."""
_MOST_ENTRIES = 50_000
"""Files and folders whose names are kept."""
_MANY = 64
"""Files that looked otherwise and held the same, from which on it pays to write their looks again."""
_DIVIDING = ("lading.parts", "told_of")
"""The question by whose answers workflows are divided into parts."""


class _Compose:
    """What the parts with Compose files, which count as one, have answered in both steps."""

    __slots__ = ("early", "late")

    def __init__(self, early: Iterable[Answer], late: Iterable[Answer]) -> None:
        self.early = tuple(early)
        self.late = tuple(late)


class Kept:
    """The answers of one repository, for one way of asking; `begin` is called when its files are known."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._base = b""
        self._is_read = False
        self._found: Any = None
        self._is_known = False
        """Was the same asked of the same repository before?"""
        self._changed: set[str] = set()
        self._changed_below: set[str] = set()
        self._later: dict[str, Any] = {}
        self._table: tuple[tuple[Share, Answer], ...] = ()
        """The parts of workflows as they were kept."""
        self._stale: set[int] = set()
        """Those whose answers no longer hold, by their place in the table; behind them all with Compose files."""
        self._is_divided = False
        self._put_again: list[tuple[Question, Any, tuple[int, ...]]] = []
        self._compose: _Compose | None = None
        self._new: list[tuple[Share, Answer]] = []
        self._texts: Texts | None = None
        self._is_worth_writing = True
        self._look: Any = None
        self._laid_out: LaidOut | None = None

    @property
    def listings(self) -> dict[str, Any]:
        """What folders held that look the same for long enough (`Files.listings`)."""
        found = self._read()
        return found[6] if found is not None else {}

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
        self._is_known = True
        _, record, table, compose, watched, (columns, packed), _, self._look = found
        self._changed, self._later = changed_in(record)
        top = len(texts.files.root.rstrip(os.sep)) + 1
        self._changed_below = {path[top:].replace(os.sep, "/") for path in self._changed}
        self._stale = {number for path in self._changed for number in watched.get(path, ())}
        self._is_divided = True
        self._compare(texts, columns, packed)
        self._table = tuple((share, unpacked(answer)) for share, answer in table)
        if compose is not None:
            self._compose = _Compose(map(unpacked, compose[0]), map(unpacked, compose[1]))
        for answer in self._answers_of(self._table):
            answer.forget(self._changed_below)
        self._is_worth_writing = (
            not self._holds_compose or len(self._later) > _MANY or len(self._stale) > len(table) / _FEW
        )

    def _compare(self, texts: Texts, columns: Columns, packed: dict[str, bytes]) -> None:
        """Put the questions again that were put to files which have changed; the others are as they were."""
        asked = [
            ((path, module, name, ()), *column.pop(path))
            for (module, name), column in columns.items()
            for path in filter(self._is_changed, list(column))
        ]
        for path in filter(self._is_changed, list(packed)):
            asked += unpacked_answers(path, packed.pop(path))
        texts.know_packed(columns, packed)
        self._put_again = asked
        for question, before, numbers in asked:
            answer = _asked(texts, question)
            if answer != before:
                self._stale.update(numbers)
                if question[1:3] == _DIVIDING:
                    self._is_divided &= answer[1:] == before[1:]  # how long it is decides on nothing

    def _is_changed(self, path: str) -> bool:
        if path in self._changed_below:
            return True
        if "/." not in path and "//" not in path and not path.startswith("./"):
            return False
        assert self._texts is not None  # it may be no plain form
        return self._texts.files.place(path) in self._changed

    @property
    def _holds_compose(self) -> bool:
        return self._compose is not None and len(self._table) not in self._stale

    @property
    def is_used(self) -> bool:
        """Was nearly all there?"""
        return self._texts is not None and not self._is_worth_writing

    @property
    def shares(self) -> list[Share] | None:
        """The workflows of each part; None where they are to be divided anew."""
        return [share for share, _ in self._table] if self._is_divided else None

    def known(self, shares: Iterable[Share]) -> dict[str, Answer]:
        """What parts were found to hold, by their keys, but for those to be found anew."""
        rows = enumerate(self._table)
        there = {share[0]: answer for number, (share, answer) in rows if number not in self._stale}
        return {share[0]: there[share[0]] for share in shares if share[0] in there}

    @property
    def early(self) -> tuple[Answer, ...] | None:
        """The answers of the parts with Compose files to the first step."""
        return self._compose.early if self._compose is not None and self._holds_compose else None

    def late(self, answers: Mapping[str, Answer]) -> tuple[Answer, ...] | None:
        """Their answers to the second step, where the parts hand over the same, if at other places."""
        if self._compose is None or not self._holds_compose:
            return None
        before, late = self._compose, self._compose.late
        if self._is_divided and all(answers[share[0]].hands_over_as(known) for share, known in self._table):
            return late
        old = together([*(answer for _, answer in self._table), *before.early])
        new = together([*answers.values(), *before.early])
        if without_places(old) != without_places(new):
            self._is_worth_writing = True
            return None
        moved = {was: now for was, now in zip(places(old), places(new), strict=True) if was != now}
        return tuple(answer.moved(moved) for answer in late)

    def keep(
        self,
        shares: Iterable[Share],
        answers: Mapping[str, Answer],
        early: Iterable[Answer],
        late: Iterable[Answer],
    ) -> None:
        """Take over what this run has found, in the order of all parts there are."""
        self._new = [(share, answers[share[0]]) for share in shares]
        self._compose = _Compose(early, late)

    def give_blocks(self, laid_out: LaidOut, shown: Iterable[Answer]) -> None:
        """Hand over the blocks of the last report, if it had the same look, of the answers that are shown."""
        if self._look == laid_out.look:
            former = {share[0]: answer for share, answer in self._table}
            for share, answer in self._new:
                if share[0] in former:
                    answer.look_like(former[share[0]])
            laid_out.know_kept(shown)
        self._look, self._laid_out = laid_out.look, laid_out

    @property
    def _answers(self) -> list[Answer]:
        """All answers there are now."""
        return self._answers_of(self._new)

    def _answers_of(self, table: Iterable[tuple[Share, Answer]]) -> list[Answer]:
        compose = (*self._compose.early, *self._compose.late) if self._compose is not None else ()
        return [*(answer for _, answer in table), *compose]

    def complete(self, record: Record) -> None:
        """Put on record what the answers that were kept depend on."""
        if not self._is_known:
            return
        _, seen, kinds = self._found[1]
        rows = {path: (self._later.get(path, look), digest) for path, look, digest in seen}
        record.add(
            (
                {path: row for path, row in rows.items() if path not in self._changed},
                {path: (mode, there) for path, mode, there, _ in kinds if path not in self._changed},
                True,
            )
        )

    @property
    def wants_writing(self) -> bool:
        """Is there enough that is new?"""
        if not self._new or self._compose is None:
            return False
        count = sum(answer.count for answer in self._answers)
        is_laid_out = self._laid_out is not None and self._laid_out.is_worth_keeping(count)
        return self._is_worth_writing or is_laid_out

    def write(self, record: Record) -> None:
        """Write everything for later runs, if there is enough that is new and all is on record."""
        if not self.wants_writing or self._texts is None or self._compose is None or not record.is_whole:
            return
        if self._laid_out is not None:
            for answer in self._answers:
                self._laid_out.keep(answer)
        watched, asked = self._depended_on(self._texts, self._compose)
        listings = {
            path: row
            for path, row in self._texts.files.listings.items()
            if max(row[0][2:4]) < record.started - GRAIN
        }
        if sum(len(row[2]) for row in listings.values()) > _MOST_ENTRIES:
            listings = {}
        table = tuple((share, answer.packed()) for share, answer in self._new)
        compose = tuple(
            tuple(answer.packed() for answer in each) for each in (self._compose.early, self._compose.late)
        )
        value = (self._base, record.every, table, compose, watched, asked, listings, self._look)
        self._store.write(self._name, value)

    def _depended_on(
        self, texts: Texts, compose: _Compose
    ) -> tuple[dict[str, tuple[int, ...]], tuple[Columns, dict[str, bytes]]]:
        """What the parts have looked at: by whole path, and by path the questions with their answers."""
        root = texts.files.root
        paths: dict[str, list[int]] = {}
        questions: dict[Question, list[int]] = {}
        parts = [*((answer,) for _, answer in self._new), (*compose.early, *compose.late)]
        former = self._formerly()
        for number, part in enumerate(parts):
            own: set[str] = set()
            asked: set[Question] = set()
            if any(answer.depends is None for answer in part):
                own, asked = former[self._new[number][0][0] if number < len(self._new) else ""]
            for answer in part:
                if answer.depends is not None:
                    own.update(path for path in answer.depends[0] if is_below(root, path))
                    texts.know(dict(answer.depends[1]))
                    asked.update(question for question, _ in answer.depends[1])
            for path in own:
                paths.setdefault(path, []).append(number)
            for question in asked:
                questions.setdefault(question, []).append(number)
        rows = (
            (question, answer, tuple(questions.get(question, ()))) for question, answer in texts.known.items()
        )
        return {path: tuple(numbers) for path, numbers in paths.items()}, packed_answers(rows)

    def _formerly(self) -> dict[str, tuple[set[str], set[Question]]]:
        """What the parts that were kept depend on, by their keys; that with Compose files has none."""
        keys = [*(share[0] for share, _ in self._table), ""]
        found: dict[str, tuple[set[str], set[Question]]] = {key: (set(), set()) for key in keys}
        if self._is_known:
            columns, packed = self._found[5]
            for path, numbers in self._found[4].items():
                for number in numbers:
                    found[keys[number]][0].add(path)
            put = [(question, numbers) for question, _, numbers in self._put_again]
            for (module, name), column in columns.items():
                put += [((path, module, name, ()), numbers) for path, (_, numbers) in column.items()]
            for path, rows in packed.items():
                put += [(question, numbers) for question, _, numbers in unpacked_answers(path, rows)]
            for question, numbers in put:
                for number in numbers:
                    found[keys[number]][1].add(question)
        return found


def is_below(root: str, path: str) -> bool:
    """Is a whole path the root, or below it?"""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _asked(texts: Texts, key: Question) -> Any:
    from importlib import import_module

    path, module, name, arguments = key
    return texts.view().ask(path, getattr(import_module(module), name), *arguments)
