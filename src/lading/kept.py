"""What parts of a repository were found to hold, kept between runs: after an edit only what it touches is found anew.

An answer is used again where every file that its part has asked for is as it was, and every question that it has put to
a text, or to all Compose files together, has the same answer. Which of them form projects is kept in the same way.
Configuration, identity, rules, and the names of all files are the same, or nothing is (`base`).
"""

from __future__ import annotations

import os

from lading.answers import Answer, places, together, unpacked, without_places
from lading.discover import Inventory
from lading.files import packed_listing
from lading.record import GRAIN, MANY, Before, digest, merged
from lading.texts import EVERYWHERE, is_plain, packed_answers, put_in, taken_out, unpacked_answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from lading.answers import Depends, Share
    from lading.laid_out import LaidOut
    from lading.models.compose.projects import Plan
    from lading.models.repository import Repository
    from lading.record import Look, Record, Steering
    from lading.store import Store
    from lading.texts import Asked, Columns, Question, Texts

    Row = tuple[Share, Answer, Answer | None]
    """A part with its answers to the first step and, if it has Compose files, to the second."""
    Depended = tuple[dict[str, tuple[int, ...]], tuple[Columns, dict[str, bytes], tuple[str, ...]]]

_FEW = 2
"""Parts that may be found anew in every run before all is written again, which takes as long as three (measured)."""
_NEARLY_ALL = 8
"""Of so many parts one may be found anew where nearly all was there."""
_MOST_LISTED = 1_500_000
"""Bytes of what folders held, of about 50,000 files and folders, that are kept."""
_DIVIDING = ("lading.parts", "told_of")
"""The question by whose answers workflows are divided into parts."""
_NAMING = ("lading.models.compose.neighbours", "named_in")
"""The question by whose answers it is told what else is named in a repository."""
_PLAN = "plan"
"""Stands for the key of a part among those who have looked at files."""


class Kept:
    """The answers of one repository, for one way of asking; `begin` is called when its files are known.

    `before` is a record that has been looked through already: it may be the one that they depend on.
    """

    def __init__(self, store: Store, name: str, before: Before | None = None) -> None:
        self._store = store
        self._name = name
        self._before = before
        self._base = b""
        self._is_read = False
        self._found: Any = None
        self._is_known = False
        """Was the same asked of the same repository before?"""
        self._changed_below: set[str] = set()
        self._table: tuple[Row, ...] = ()
        """The parts as they were kept: first those of workflows, then those with Compose files."""
        self._stale: set[int] = set()
        """Those whose answers no longer hold, by their place in the table; behind them all the plan of projects."""
        self._is_divided = False
        self._is_planned = False
        """Do the projects stand as they did?"""
        self._plan: Plan | None = None
        self._put_again: list[Asked] = []
        """Questions with their answers now, and who had asked."""
        self._new: list[Row] = []
        self._repository: Repository | None = None
        self._is_worth_writing = True
        self.is_used = False
        """Was nearly all there?"""
        self._steering: Steering = ((), {})
        self._look: Any = None
        self._laid_out: LaidOut | None = None

    @property
    def listings(self) -> dict[str, tuple[Look, bytes]]:
        """What folders held that look the same for long enough (`Files.former`)."""
        found = self._read()
        listings: dict[str, tuple[Look, bytes]] = found[6][0] if found is not None else {}
        return listings

    def inventory(self, record: Record) -> Inventory | None:
        """The files of the repository, where all that tells of them is as it was; that goes on record."""
        before = self._known_before
        if before is None or not record.is_whole:
            return None
        _, plain, steering = self._found[6]
        if not before.vouches(steering):
            return None
        record.look_again(before, steering)
        return Inventory.of(plain)

    @property
    def _known_before(self) -> Before | None:
        """The record on which all depends that is kept, looked through."""
        found = self._read()
        if found is None:
            return None
        if self._before is None or self._before.name != found[1]:
            record = self._store.read(found[1])
            self._before = Before(found[1], record) if record is not None else None
        return self._before

    def _read(self) -> Any:
        if not self._is_read:
            self._is_read = True
            self._found = self._store.read(self._name)
        return self._found

    def begin(self, base: bytes, repository: Repository) -> None:
        """Find out what of that which is kept still holds. Raises `Problem` where the configuration is wrong."""
        self._base = base
        self._repository = repository
        texts = repository.texts
        self._steering = texts.files.record.steering
        found = self._read()
        if found is None or found[0] != base:
            return
        _, _, table, layout, watched, (columns, packed, odd), _, self._look = found
        before = self._known_before
        if before is None:
            return
        changed = before.changed
        self._is_known = True
        top = len(texts.files.root.rstrip(os.sep)) + 1
        self._changed_below = {path[top:].replace(os.sep, "/") for path in changed}
        self._stale = {number for path in changed for number in watched.get(path, ())}
        self._is_divided = True
        named_alike = self._compare(columns, packed, odd)
        texts.know_packed(columns, packed)
        self._is_planned = len(table) not in self._stale
        if not self._is_planned:
            self._is_planned = self.layout == layout
        if len(table) in self._stale or any(map(self._is_of_projects(layout), self._changed_below)):
            self._compare_neighbours(packed.pop("", b""), named_alike)
        self._table = tuple(
            (share, unpacked(early), unpacked(late) if late is not None else None)
            for share, early, late in table
        )
        for answer in _answers_of(self._table):
            answer.forget(self._changed_below)
        is_otherwise = len(table) in self._stale or len(before.later) > MANY
        self._is_worth_writing = is_otherwise or len(self._stale) > _FEW
        self.is_used = not is_otherwise and len(self._stale) <= len(table) / _NEARLY_ALL

    def _compare(self, columns: Columns, packed: dict[str, bytes], odd: Iterable[str]) -> set[str]:
        """Put the questions again that were put to files which have changed; the others are as they were.

        `odd` are the paths that files were asked for by and that are not in their plain form. Gives back the paths of
        the files that name what they did (`named_in`).
        """
        named_alike: set[str] = set()
        assert self._before is not None
        place = self._texts.files.place
        changed = {*self._changed_below, *(path for path in odd if place(path) in self._before.changed)}
        changed.discard("")
        if self._before.has_other_names:
            changed.add(EVERYWHERE)
        folders = {f"{folder}/" for path in self._changed_below for folder in (path, path.rpartition("/")[0])}
        for question, before, numbers in taken_out(columns, packed, changed | folders):
            answer = self._texts.put_again(question, before, self._changed_below)
            self._put_again.append((question, answer, numbers))
            if answer != before:
                self._stale.update(numbers)
                if question[1:3] == _DIVIDING:
                    self._is_divided &= answer[1:] == before[1:]  # how long it is decides on nothing
            elif question[1:3] == _NAMING:
                named_alike.add(question[0])
        return named_alike

    def _compare_neighbours(self, packed: bytes, named_alike: set[str]) -> None:
        """Likewise those that were put to all Compose files together, as far as their answers can be others now."""
        rows = list(unpacked_answers("", packed)) if packed else []
        plan = self.plan
        neighbours = plan.neighbours if plan is not None else None
        changed = [path for path in self._changed_below if neighbours is not None and path in neighbours]
        is_alike = self._is_planned and named_alike.issuperset(changed)
        for question, before, numbers in rows:
            if neighbours is None:
                answer = None
            elif is_alike and not neighbours.asks_for_words(question[2]):
                answer = before
            else:
                answer = neighbours.answer(question[2], question[3])
            self._texts.know({question: answer})
            self._put_again.append((question, answer, numbers))
            if answer != before:
                self._stale.update(numbers)

    def _is_of_projects(self, layout: Any) -> Callable[[str], bool]:
        """Does a path belong to a project, or to what lies beside it?"""
        named = {path for plain in (layout[1] if layout is not None else ()) for path in plain[0]}
        paths = (
            named.union(self._repository.inventory.every_compose) if self._repository is not None else named
        )
        return paths.__contains__

    @property
    def _texts(self) -> Texts:
        assert self._repository is not None
        return self._repository.texts

    @property
    def plan(self) -> Plan | None:
        """Which Compose files form projects; None where there are none."""
        repository = self._repository
        if self._plan is None and repository is not None and repository.inventory.every_compose:
            self._plan = repository.planned(self._found[3] if self._is_planned else None)
        return self._plan

    @property
    def layout(self) -> Any:
        """The values of the plan; None where there are no Compose files."""
        if self._plan is None and self._is_planned:
            return self._found[3]
        return self.plan.plain if self.plan is not None else None

    @property
    def shares(self) -> list[Share] | None:
        """The workflows of each part; None where they are to be divided anew."""
        return [share for share, _, late in self._table if late is None] if self._is_divided else None

    @property
    def compose(self) -> list[Share] | None:
        """Likewise the Compose files, the first part at the beginning."""
        return [share for share, _, late in self._table if late is not None] if self._is_planned else None

    def known(self, shares: Iterable[Share]) -> dict[str, Answer]:
        """What parts were found to hold, by their keys, but for those to be found anew."""
        rows = enumerate(self._table)
        there = {share[0]: early for number, (share, early, _) in rows if number not in self._stale}
        return {share[0]: there[share[0]] for share in shares if share[0] in there}

    def late(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers to the second step that hold, by key, where the parts hand over the same, if at other places.

        `answers` are those of all parts to the first step.
        """
        rows = enumerate(self._table)
        held = {
            share[0]: late
            for number, (share, _, late) in rows
            if late is not None and number not in self._stale and share[0] in answers
        }
        before = {share[0]: early for share, early, _ in self._table}
        if not held or (
            before.keys() == answers.keys()
            and all(answers[key].hands_over_as(early) for key, early in before.items())
        ):
            return held
        old, new = together(before.values()), together(answers.values())
        if without_places(old) != without_places(new):
            self._is_worth_writing, self.is_used = True, False
            return {}
        moved = {was: now for was, now in zip(places(old), places(new), strict=True) if was != now}
        return {key: late.moved(moved) for key, late in held.items()}

    def keep(
        self, shares: Iterable[Share], answers: Mapping[str, Answer], late: Mapping[str, Answer]
    ) -> None:
        """Take over what this run has found, in the order of all parts there are."""
        self._new = [(share, answers[share[0]], late.get(share[0])) for share in shares]

    def give_blocks(self, laid_out: LaidOut, shown: Iterable[Answer]) -> None:
        """Hand over the blocks of the last report, if it had the same look, of the answers that are shown."""
        if self._look == laid_out.look:
            former = {share[0]: (early, late) for share, early, late in self._table}
            for share, early, late in self._new:
                was_early, was_late = former.get(share[0], (None, None))
                if was_early is not None:
                    early.look_like(was_early)
                if late is not None and was_late is not None:
                    late.look_like(was_late)
            laid_out.know_kept(shown)
        self._look, self._laid_out = laid_out.look, laid_out

    def since(self, record: Record) -> tuple[str, Any] | None:
        """What has changed since all was written, and the name of the record of then; None where it is written anew."""
        if not self._is_known or self.wants_writing or self._before is None:
            return None
        since = record.since(self._before)
        return (self._before.name, since) if since is not None else None

    @property
    def wants_writing(self) -> bool:
        """Is there enough that is new?"""
        if not self._new:
            return False
        count = sum(answer.count for answer in _answers_of(self._new))
        is_laid_out = self._laid_out is not None and self._laid_out.is_worth_keeping(count)
        return self._is_worth_writing or is_laid_out

    def write(self, record: Record) -> tuple[str, Any]:
        """Write everything for later runs, if there is enough that is new and all is on record.

        Gives back the name of the entry with the record, empty where there is none, and the values of the record, with
        all that the answers that were kept depend on; None where not all is on record.
        """
        if self._is_known and self._before is not None:
            since = record.since(self._before)
            plain = merged(since, self._before) if since is not None else None
        else:
            plain = record.plain if record.is_whole else None
        if plain is None or not self.wants_writing or self._repository is None:
            return "", plain
        if self._laid_out is not None:
            for answer in _answers_of(self._new):
                self._laid_out.keep(answer)
        layout = self.layout
        are_same = self._is_known and self._is_divided and self._is_planned
        are_same = are_same and [row[0] for row in self._new] == [row[0] for row in self._table]
        watched, asked = self._now_depended_on() if are_same else self._depended_on()
        found = (self._now_listed(record, plain[1]), self._repository.inventory.plain, self._steering)
        table = tuple(
            (share, early.packed(), late.packed() if late is not None else None)
            for share, early, late in self._new
        )
        name = digest(f"{self._name} {record.started} {os.getpid()}".encode()).hex()
        value = (self._base, name, table, layout, watched, asked, found, self._look)
        if not (self._store.write(name, plain) and self._store.write(self._name, value)):
            return "", plain
        if self._found is not None:
            self._store.forget(self._found[1])
        return name, plain

    def _now_listed(self, record: Record, seen: Mapping[str, tuple[Look, bytes]]) -> Mapping[str, Any]:
        """What folders held, as far as they are seen as they were then, and for long enough; for `listings`."""
        listed = {path: packed_listing(row) for path, row in self._texts.files.listings.items()}
        listings = {
            path: row
            for path, row in {**self.listings, **listed}.items()
            if path in seen and seen[path][0] == row[0] and max(row[0][2:4]) < record.started - GRAIN
        }
        return listings if sum(len(row[1]) for row in listings.values()) < _MOST_LISTED else {}

    def _depended_on(self) -> Depended:
        """What the parts have looked at: by whole path, and by path the questions with their answers; the odd paths."""
        texts = self._texts
        root = texts.files.root
        paths: dict[str, list[int]] = {}
        questions: dict[Question, list[int]] = {}
        former = self._formerly()
        for number, (key, looked) in enumerate(self._looked):
            own: set[str] = set()
            asked: set[Question] = set()
            if any(depends is None for depends in looked):
                own, asked = former[key]
            for depends in looked:
                if depends is not None:
                    own.update(path for path in depends[0] if is_below(root, path))
                    texts.know(dict(depends[1]))
                    asked.update(question for question, _ in depends[1])
            for path in own:
                paths.setdefault(path, []).append(number)
            for question in asked:
                questions.setdefault(question, []).append(number)
        rows = (
            (question, answer, tuple(questions.get(question, ()))) for question, answer in texts.known.items()
        )
        columns, packed = packed_answers(rows)
        asked_of = {*packed, *(path for column in columns.values() for path in column)}
        odd = tuple(path for path in asked_of if not is_plain(path))
        return {path: tuple(numbers) for path, numbers in paths.items()}, (columns, packed, odd)

    def _now_depended_on(self) -> Depended:
        """Likewise where the parts are those that were kept: what was found anew takes the place of what was.

        A part may keep a question that it does not put any more: at worst it is found anew once too often.
        """
        root = self._texts.files.root
        paths, (columns, packed, odd) = self._found[4:6]
        anew = {number: looked for number, (_, looked) in enumerate(self._looked) if any(looked)}
        whole = {number for number, looked in anew.items() if None not in looked}
        watched = {
            path: numbers if whole.isdisjoint(numbers) else tuple(n for n in numbers if n not in whole)
            for path, numbers in paths.items()
        }
        asked = {question: (answer, {*numbers} - whole) for question, answer, numbers in self._put_again}
        told: list[tuple[Question, Any, int]] = []
        for number, looked in anew.items():
            for depends in looked:
                if depends is not None:
                    told += ((question, answer, number) for question, answer in depends[1])
                    for path in depends[0]:
                        numbers = watched.get(path, ())
                        if number not in numbers and is_below(root, path):
                            watched[path] = (*numbers, number)
        concerned = {*(question[0] for question in asked), *(question[0] for question, _, _ in told)}
        for question, answer, numbers in taken_out(columns, packed, concerned):
            asked.setdefault(question, (answer, {*numbers} - whole))
        for question, answer, number in told:
            asked.setdefault(question, (answer, set()))[1].add(number)
        rows = ((question, answer, tuple(numbers)) for question, (answer, numbers) in asked.items())
        put_in(rows, columns, packed)
        odd = (*odd, *(path for path in concerned if not is_plain(path) and path not in odd))
        return watched, (columns, packed, odd)

    @property
    def _looked(self) -> Iterator[tuple[str, list[Depends | None]]]:
        """The keys of the parts with what they have looked at, None for what was kept; last the plan."""
        for share, *answers in self._new:
            yield share[0], [answer.depends for answer in answers if answer is not None]
        is_anew = not self._is_known or len(self._table) in self._stale
        yield _PLAN, [self._plan.depends if self._plan is not None and is_anew else None]

    def _formerly(self) -> dict[str, tuple[set[str], set[Question]]]:
        """What the parts that were kept depend on, by their keys."""
        keys = [*(share[0] for share, *_ in self._table), _PLAN]
        found: dict[str, tuple[set[str], set[Question]]] = {key: (set(), set()) for key in keys}
        if self._is_known:
            columns, packed, _ = self._found[5]
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


def _answers_of(table: Iterable[Row]) -> Iterator[Answer]:
    for _, *answers in table:
        yield from (answer for answer in answers if answer is not None)


def is_below(root: str, path: str) -> bool:
    """Is a whole path the root, or below it?"""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
