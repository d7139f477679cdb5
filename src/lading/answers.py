"""What a part of a repository was found to hold, as plain values: just told by a process, or kept by an earlier run.

What was kept stays packed until somebody asks for it: of thousands of findings a run over one edited file needs few.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from lading.texts import Question

    Row = tuple[Any, ...]
    """A finding (`lading.rows`)."""
    Share = tuple[str, int, tuple[str, ...]]
    """The key and size of a part, and its workflows."""
    Handed = tuple[tuple[Any, ...], ...]
    """What services build, what is published, what waits for releases, what makes them, what else may publish."""
    Depends = tuple[Iterable[str], Iterable[tuple[Question, Any]]]
    """Whole paths that were looked at, and questions with what they answered."""
    Place = tuple[str, int, int]
    Places = Mapping[Place, Place]


class Answer:
    """- `numbers`: those of `Outcome`: undecided, suppressed, workflows, projects, publications
    - `used`: the ignores that left something out
    - `count`: how many findings; `about`: the paths that they are about; `own`: those they stand in
    - `depends`: what it depends on; None for what was kept
    """

    __slots__ = (
        *("_blocks", "_handed", "_rows", "_unpacked", "about", "count", "depends", "numbers", "own"),
        "used",
    )

    def __init__(
        self,
        rows: Sequence[Row],
        numbers: tuple[Any, ...],
        handed: Handed,
        used: Any,
        blocks: Sequence[str | None] = (),
    ) -> None:
        self._rows: Any = rows
        self._handed: Any = handed
        self._blocks: Any = blocks
        self._unpacked: dict[str, Any] = {}
        """What was asked for of that which is packed, and stays so."""
        self.numbers = numbers
        self.used = used
        self.count = len(rows)
        self.own = tuple({row[3][0] for row in rows})
        self.about = tuple({path for row in rows for path in _paths(row)})
        self.depends: Depends | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """The findings."""
        found: Sequence[Row] = self._read("rows", self._rows)
        return found

    @property
    def handed(self) -> Handed:
        """What others need to know of the part."""
        found: Handed = self._read("handed", self._handed)
        return found

    @property
    def blocks(self) -> Sequence[str | None]:
        """How each finding was laid out in a report for people; nothing where none was."""
        found: Sequence[str | None] = self._read("blocks", self._blocks)
        return found

    def _read(self, name: str, value: Any) -> Any:
        if not isinstance(value, bytes):
            return value
        if name not in self._unpacked:
            self._unpacked[name] = _loaded(value)
        return self._unpacked[name]

    def lay_out(self, blocks: Sequence[str | None]) -> None:
        self._blocks = blocks

    def look_like(self, former: Answer) -> None:
        """Take over the blocks of an earlier answer, where it has none itself, for the findings that are the same."""
        if former is not self and former.blocks and not self.blocks:
            blocks = dict(zip(former.rows, former.blocks, strict=True))
            self._blocks = [blocks.get(row) for row in self.rows]

    def forget(self, changed: Container[str]) -> None:
        """Drop the blocks of findings about files that have changed: these may show other lines."""
        if any(path in changed for path in self.about):
            rows = zip(self.rows, self.blocks, strict=False)
            self._blocks = [
                None if any(path in changed for path in _paths(row)) else block for row, block in rows
            ]

    def hands_over_as(self, other: Answer) -> bool:
        """Is the same handed over? What is the same answer is not unpacked."""
        return self is other or self.handed == other.handed

    def packed(self) -> tuple[Any, ...]:
        """Plain values for `unpacked`."""
        from marshal import dumps

        def pack(value: Any) -> bytes:
            return value if isinstance(value, bytes) else dumps(value)

        packed = (pack(self._handed), pack(self._rows), pack(self._blocks))
        return (self.numbers, self.used, self.count, self.about, self.own, *packed)

    def moved(self, places: Places) -> Answer:
        """The same findings, with the places that other parts have handed over where these are now."""
        rows = [_moved(row, places) for row in self.rows]
        answer = Answer(rows, self.numbers, self.handed, self.used)
        answer._blocks = [
            block if new is old else None
            for block, new, old in zip(self.blocks, rows, self.rows, strict=False)
        ]
        answer.depends = self.depends
        return answer


def _loaded(packed: bytes) -> Any:
    from marshal import loads

    return loads(packed)


def unpacked(packed: tuple[Any, ...]) -> Answer:
    answer = Answer.__new__(Answer)
    answer.numbers, answer.used, answer.count, answer.about, answer.own = packed[:5]
    answer._handed, answer._rows, answer._blocks = packed[5:]
    answer._unpacked = {}
    answer.depends = None
    return answer


def _paths(row: Row) -> Iterator[str]:
    """The files that a finding is about, its own first."""
    yield row[3][0]
    for place, _ in row[4]:
        yield place[0]


def told(values: tuple[Any, ...]) -> Answer:
    """What a process has told of a part: rows, numbers, what is handed over, used ignores, blocks, dependencies."""
    *plain, depends = values
    answer = Answer(*plain)
    answer.depends = depends
    return answer


def together(answers: Iterable[Answer]) -> Handed:
    """What all parts hand over, by kind."""
    kinds = zip(*(answer.handed for answer in answers), strict=True)
    return tuple(tuple(each for part in kind for each in part) for kind in kinds)


_AT = (None, 4, 0, 0, None)
"""Where the place stands in each kind of what is handed over."""


def without_places(handed: Handed) -> Any:
    """What is handed over, wherever it stands; the first kind, names that are built, in whatever order."""
    built, *others = handed
    return frozenset(built), tuple(
        rows if at is None else tuple((*row[:at], row[at][0], *row[at + 1 :]) for row in rows)
        for rows, at in zip(others, _AT[1:], strict=True)
    )


def places(handed: Handed) -> list[Place]:
    """Where that which is handed over stands."""
    return [row[at] for rows, at in zip(handed, _AT, strict=True) if at is not None for row in rows]


def needed(answers: Iterable[Answer], holds: Callable[[str], bool]) -> Container[int]:
    """The ids of the answers that decide on what is shown of the paths that are in focus.

    They have a finding about one of these paths; or one in a file where such a finding stands, which may be the same.
    """
    every = list(answers)
    first = [answer for answer in every if any(map(holds, answer.about))]
    standing = {row[3][0] for answer in first for row in answer.rows if any(map(holds, _paths(row)))}
    near = (answer for answer in every if not standing.isdisjoint(answer.own))
    return {*map(id, first), *map(id, near)}


def _moved(row: Row, places: Places) -> Row:
    related = row[4]
    if row[3] not in places and not any(place in places for place, _ in related):
        return row
    others = tuple((places.get(place, place), words) for place, words in related)
    return (*row[:3], places.get(row[3], row[3]), others, *row[5:])
