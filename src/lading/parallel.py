"""A repository with many files is checked in parts, by several processes where a process is cheap to start.

What each part publishes, builds and releases is handed over as plain values; the rules of `JOINED`, and those over
consumers, run in the parts with Compose files when all have said it. A test shows that the outcome equals that of one
process. Whatever goes wrong in a process of its own, its parts are done again here, so that the user sees the same
message. What parts have found can be kept for later runs (`lading.kept`).
"""

from __future__ import annotations

import os
import sys

from lading.answers import needed, together, told
from lading.engine import (
    JOINED,
    MANY,
    Collected,
    Running,
    check,
    collect,
    in_order,
    judge_ignores,
    load,
    run,
    running,
    ways_in,
)
from lading.parts import (
    compose_shares,
    first_look,
    is_to_be_spread,
    learn,
    of_compose,
    of_compose_share,
    of_workflows,
    parse,
    read_texts,
    reader_of,
    reader_of_compose,
    shares,
    usual_size,
)
from lading.rows import key_of, read, written
from lading.source import Span
from lading.talk import Queue, talk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from lading.answers import Answer, Handed, Share
    from lading.catalogue import Rule
    from lading.engine import Selection
    from lading.findings import Finding, Outcome
    from lading.kept import Kept
    from lading.laid_out import LaidOut
    from lading.models.repository import Repository
    from lading.parts import Part
    from lading.talk import Hear, Say, Talk
    from lading.texts import Texts

_MOST = 8
_MOST_HELD = 2_600_000
"""The size of parts, about 35 MiB, that a process holds beside that which it works on."""

BY_PART = (
    "publish/code-of-pull-request",
    "publish/foreign-platform-without-emulator",
    "publish/literal-password",
    "publish/load-of-several-platforms",
    "publish/missing-builder",
    "publish/only-moving-tags",
    "publish/password-on-command-line",
    "publish/push-on-pull-request",
    "publish/signed-by-tag",
    "publish/untested-image",
    "workflow/callee-exceeds-caller",
    "workflow/condition-never-met",
    "workflow/invalid-expression",
    "workflow/missing-action-permission",
    "workflow/missing-call-argument",
    "workflow/missing-local-workflow",
    "workflow/mistyped-call-input",
    "workflow/not-callable",
    "workflow/surplus-permission",
    "workflow/unavailable-context",
    "workflow/undeclared-action-input",
    "workflow/undeclared-call-argument",
    "workflow/undeclared-output",
)
"""Rules over the whole repository that need no more than workflows which name each other."""


def check_in_parts(
    repository: Repository,
    rules: Mapping[str, Rule],
    selection: Selection,
    kept: Kept | None = None,
    laid_out: LaidOut | None = None,
) -> Outcome:
    """Run the rules part by part. Raises `Problem` where a check breaks."""
    if not is_divisible(rules):
        return check(repository, rules, selection)
    return check_parts(repository, processes(repository), rules, selection, kept, laid_out)


def is_divisible(rules: Mapping[str, Rule]) -> bool:
    """Does no rule want to see everything at once?"""
    return all(rule.scope != "repository" or rule.id in (*BY_PART, *JOINED) for rule in rules.values())


def processes(repository: Repository) -> int:
    """How many processes are worth it: 1 where there is little to do."""
    count = len(repository.inventory.workflows) + len(repository.inventory.compose)
    if count < MANY or sys.platform != "linux":
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), count // (MANY // 2), _MOST))


class _Steps:
    """What is done with a part: first all that needs no other part, then what needs to know of them.

    `late` are the rules over consumers, `joined` those of `JOINED`. `lay_out` makes the block of a finding for the
    report, None where that is not worth while. `is_kept`: may somebody ask for all that findings hold?
    """

    __slots__ = (
        "_handed",
        "_whole",
        "early",
        "is_kept",
        "joined",
        "late",
        "lay_out",
        "repository",
        "selection",
    )

    def __init__(
        self,
        repository: Repository,
        rules: Mapping[str, Rule],
        selection: Selection,
        lay_out: Callable[[Finding], str] | None,
        *,
        is_kept: bool,
    ) -> None:
        self.repository = repository
        self._handed: Handed | None = None
        self._whole: Repository | None = None
        self.lay_out = lay_out
        self.is_kept = is_kept
        self.selection = selection
        rules = running(rules, repository, selection)
        every = rules.values()
        self.joined = Running(rule for rule in every if rule.id in JOINED)
        rest = [rule for rule in every if rule.id not in JOINED]
        self.late = Running(rule for rule in rest if rule.scope == "consumer")
        self.early = Running(rule for rule in rest if rule.scope != "consumer")

    def first(self, parts: Sequence[Part], numbers: Iterable[int]) -> Iterator[tuple[int, Any]]:
        """What is found in parts, and what they hand over, as plain values, by number.

        The last parts of workflows, which are asked nothing more, are let go only where they are large: taking them
        apart would take a fortieth of the time of 1,500 workflows (measured).
        """
        held: list[Part] = []
        for number in numbers:
            part = parts[number]
            while sum(each.size for each in held) > _MOST_HELD:
                held.pop(0).let_go()
            found = collect(part.repository, self.early, self.selection)
            if part.has_compose:
                part.tell_names()
            yield number, self._written(found, part)
            if not part.has_compose:
                held.append(part)

    def second(self, part: Part, handed: Handed) -> Any:
        """What can be said when it is known what all parts have handed over."""
        mine, found = part.repository, Collected()
        mine.learn(handed[0])
        run(found, mine, self.late, self.selection)
        run(found, self._joined(handed).seen_from(mine), self.joined, self.selection)
        return self._written(found, part, hands_over=False)

    def _written(self, found: Collected, part: Part, *, hands_over: bool = True) -> Any:
        """Plain values for `answers.told`: findings, numbers, what others need to know, the ignores that were used,
        blocks, and what was looked at.
        """
        repository = part.repository
        findings = found.findings.values()
        rows = [written(finding, is_kept=self.is_kept) for finding in findings]
        numbers = (found.undecided, found.suppressed, found.workflows, found.projects, found.publications)
        handed = _handed(repository) if hands_over else ()
        blocks = [self.lay_out(finding) for finding in findings] if self.lay_out is not None else ()
        texts = repository.texts
        return (rows, numbers, handed, tuple(found.used), blocks, texts.looked_at, texts.depends)

    def _joined(self, handed: Handed) -> Repository:
        """The whole repository with what all parts have handed over, which is the same for all of them."""
        if self._whole is None or self._handed is not handed:
            _, published, waits, makers, unseen = handed
            self._handed = handed
            self._whole = self.repository.joined(published, waits, makers, unseen)
        return self._whole

    def elsewhere(self, here: _Here) -> Callable[[Say, Hear], Any]:
        """All that another process does: it reads files, hears how these are divided, and takes both steps."""

        def work(say: Say, hear: Hear) -> Any:
            here.take_only()
            say(first_look(self.repository, here.workflows, here.compose))
            parse(self.repository, here.compose)  # while others find out how files are divided
            parts = in_turn(self.repository, *hear())
            answers = list(self.first(parts, here))
            say(answers)
            handed = hear()
            late = [number for number, _ in answers if parts[number].has_compose]
            return [(number, self.second(parts[number], handed)) for number in late]

        return work


def in_turn(
    repository: Repository, todo: Iterable[Share], compose: Sequence[Share], first: str, layout: Any
) -> list[Part]:
    """The parts in the order in which they are taken; `first` is the key of the first one with Compose files."""
    plan = repository.planned(layout) if layout is not None and compose else None
    spread = [of_compose_share(repository, share, plan, is_first=share[0] == first) for share in compose]
    rest = sorted((of_workflows(repository, share) for share in todo), key=lambda part: -part.size)
    return [*sorted(spread, key=lambda part: -part.size), *rest]


def check_parts(
    repository: Repository,
    count: int,
    rules: Mapping[str, Rule],
    selection: Selection,
    kept: Kept | None = None,
    laid_out: LaidOut | None = None,
) -> Outcome:
    """Check all parts in so many processes, this one among them; what is found is `laid_out` there as well.

    Raises `Problem` where a check breaks.
    """
    divided = kept.shares if kept is not None else None
    known, todo = _to_do(divided, kept)
    shown = repository.through(repository.texts.view())
    spread: _Spread | None = None
    if divided is not None:
        spread = _spread_anew(shown, count, sum(size for _, size, _ in todo), kept)
        files = sum(len(paths) for _, _, paths in (*todo, *spread.left))
        count = 1 if files < MANY else min(count, len(spread.left) + len(todo))
    is_narrow = bool(selection.focus) or selection.baseline is not None
    is_shown = laid_out is not None and not is_narrow
    lay_out = laid_out.lay_out if laid_out is not None and is_shown and count > 1 else None
    is_kept = kept is not None or not is_shown or (laid_out is not None and laid_out.has_fingerprints)
    run_ = _Run(_Steps(shown, rules, selection, lay_out, is_kept=is_kept), count)
    texts = repository.texts
    if divided is None or count > 1:
        texts.expect_many()
    try:
        run_.start(is_divided=divided is not None)
        run_.learn()
        if spread is None:
            spread = _spread_anew(shown, count, usual_size(repository), kept)
        if divided is None:
            divided = shares(repository, count, is_kept=kept is not None)
            known, todo = _to_do(divided, kept)
        fresh = {key: _taken(values, texts) for key, values in run_.first(todo, spread).items()}
        known |= spread.known
        every_share = [*divided, *spread.every]
        answers = {share[0]: known.get(share[0]) or fresh[share[0]] for share in every_share}
        late = kept.late(answers) if kept is not None else {}
        left = [share for share in spread.every if share[0] not in late]
        if left:
            said = run_.second(left, together(answers.values()))
            late |= {share[0]: _taken(values, texts) for share, values in zip(left, said, strict=True)}
        every = [*answers.values(), *(late[share[0]] for share in spread.every)]
        deciding = needed(every, selection.holds) if selection.focus and selection.baseline is None else None
        asked = [answer for answer in every if deciding is None or id(answer) in deciding]
        if kept is not None:
            kept.keep(every_share, answers, late)
        if laid_out is not None:
            if kept is not None:
                kept.give_blocks(laid_out, asked)
            laid_out.know(answer for answer in asked if answer.depends is not None)
        collected = _gathered(every, asked, texts)
        judge_ignores(collected, repository, rules, selection)
        return in_order(collected, repository, rules, selection)
    finally:  # they end while this is put together
        run_.end()


def _to_do(divided: Iterable[Share] | None, kept: Kept | None) -> tuple[dict[str, Answer], list[Share]]:
    """What parts were found to hold before, by their keys, and the others; nothing where they are not divided yet."""
    every = list(divided or ())
    known = kept.known(every) if kept is not None else {}
    return known, [share for share in every if share[0] not in known]


class _Spread:
    """The Compose files in parts, the first one at the beginning.

    `known` is what parts were found to hold before, `left` are the others, `layout` the values of the plan.
    """

    __slots__ = ("every", "known", "layout", "left")

    def __init__(self, every: list[Share], known: dict[str, Answer], layout: Any) -> None:
        self.every = every
        self.known = known
        self.left = [share for share in every if share[0] not in known]
        self.layout = layout

    @property
    def first(self) -> str:
        return self.every[0][0]


def _spread_anew(repository: Repository, count: int, workflows: int, kept: Kept | None) -> _Spread:
    if kept is None:
        every = of_compose(repository, count, workflows)
        return _Spread(every, {}, repository.plan.plain if len(every) > 1 else None)
    every = kept.compose or compose_shares(repository, kept.plan, count)
    return _Spread(every, kept.known(every), kept.layout)


def _taken(values: tuple[Any, ...], texts: Texts) -> Answer:
    """What was found anew counts as looked at."""
    *plain, looked_at, depends = values
    texts.files.record.add(looked_at)
    return told((*plain, depends))


class _Here:
    """The place of one of several processes: which files it reads first, and which parts it takes.

    It takes those that it has read before those that others have.
    """

    __slots__ = ("_queues", "_turn", "compose", "workflows")

    def __init__(
        self, workflows: Sequence[str], compose: Sequence[str], queues: Sequence[Queue], turn: int
    ) -> None:
        self.workflows = workflows
        self.compose = compose
        self._queues = queues
        self._turn = turn

    def take_only(self) -> None:
        for queue in self._queues:
            queue.take_only()

    def __iter__(self) -> Iterator[int]:
        for queue in (*self._queues[self._turn :], *self._queues[: self._turn]):
            yield from queue


class _Run:
    """Parts that are checked at the same time, here and in other processes: each takes the next when one is done."""

    def __init__(self, steps: _Steps, count: int) -> None:
        self._steps = steps
        self._count = count
        self._queues = [Queue() for _ in range(count)]
        self._here = _Here((), (), self._queues, 0)
        self._running: list[Talk] = []
        self._late: dict[str, int] = {}
        """Which process has a part with Compose files, by its key."""
        self._compose: dict[str, Part] = {}
        self._make: Callable[[Share], Part] | None = None

    def start(self, *, is_divided: bool) -> None:
        """Start the other processes; all read some of the files, if they are yet to be divided."""
        inventory = self._steps.repository.inventory
        workflows = inventory.workflows if not is_divided else ()
        is_much = not is_divided and is_to_be_spread(self._steps.repository, self._count)
        compose = inventory.compose if is_much else ()
        reader = reader_of_compose(compose, self._count)
        if self._count > 1:  # once for all: where two share a core, two do not load at the speed of one
            load(self._steps.repository, self._steps.early | self._steps.late)
            read_texts(self._steps.repository, compose)
        for turn in range(1, self._count):
            own = [path for path in compose if reader[path] == turn]
            here = _Here(workflows[turn :: self._count], own, self._queues, turn)
            talk(self._steps.elsewhere(here), self._running.append)
        if self._running:
            own = [path for path in compose if reader[path] == 0]
            first_look(self._steps.repository, workflows[:: self._count], own)

    def learn(self) -> None:
        """Hear what the others have read."""
        for process in self._running:
            looked = process.hear()
            if looked is not None:
                learn(self._steps.repository, looked)

    def first(self, todo: Sequence[Share], spread: _Spread) -> dict[str, Any]:
        """The answers of the first step, by the keys of the parts."""
        repository = self._steps.repository
        order = (todo, spread.left, spread.first, spread.layout)
        for process in self._running:
            process.tell(order)
        parts = in_turn(repository, *order)
        self._make = lambda share: in_turn(repository, (), (share,), spread.first, spread.layout)[0]
        reader = reader_of(repository.inventory.workflows, self._count)
        reader |= reader_of_compose(repository.inventory.compose, self._count)
        taken_by: list[list[int]] = [[] for _ in self._queues]
        for number, part in enumerate(parts):
            inventory = part.repository.inventory
            paths = inventory.workflows[:1] or inventory.compose[len(inventory.compose) // 2 :]
            taken_by[0 if inventory.is_first else reader[paths[0]]].append(number)
        for queue, numbers in zip(self._queues, taken_by, strict=True):
            queue.fill(numbers)
        found = dict(self._steps.first(parts, self._here))
        for turn, process in enumerate(self._running):
            answers = dict(process.hear() or ())
            found.update(answers)
            self._late.update((parts[number].key, turn) for number in answers if parts[number].has_compose)
        left = [number for number in range(len(parts)) if number not in found]  # whoever took it has ended
        found.update(self._steps.first(parts, left))
        self._compose = {part.key: part for part in parts if part.has_compose}
        return {part.key: found[number] for number, part in enumerate(parts)}

    def second(self, shares: Sequence[Share], handed: Handed) -> list[Any]:
        """The answers of the second step."""
        for process in self._running:
            process.tell(handed)
        found = {
            share[0]: self._steps.second(self._part(share), handed)
            for share in shares
            if share[0] not in self._late
        }
        for turn, process in enumerate(self._running):
            keys = [key for key, other in self._late.items() if other == turn]
            answers = process.hear() if keys else ()
            if answers is not None:
                found.update(zip(keys, (answer for _, answer in answers), strict=True))
        return [found.get(share[0]) or self._steps.second(self._part(share), handed) for share in shares]

    def _part(self, share: Share) -> Part:
        """A part with Compose files; one that has not been asked in the first step is made now."""
        part = self._compose.get(share[0])
        if part is None:
            assert self._make is not None
            part = self._compose[share[0]] = self._make(share)
        return part

    def end(self) -> None:
        """End the processes."""
        for process in self._running:
            process.end()
        for queue in self._queues:
            queue.close()


def _handed(repository: Repository) -> Handed:
    """What others need to know of a part; what is published, and by what else, only where anything is run."""
    is_run = bool(repository.inventory.every_compose)
    return (
        tuple(repository.built),
        tuple(each.plain for each in repository.published) if is_run else (),
        tuple(each.plain for each in repository.waits),
        tuple(each.plain for each in repository.makers),
        repository.unseen_in_workflows if is_run else (),
    )


def _gathered(every: Iterable[Answer], asked: Iterable[Answer], texts: Texts) -> Collected:
    """What answers hold together; findings only of those that are `asked`."""
    found = Collected()
    for answer in every:
        undecided, suppressed, workflows, projects, publications = answer.numbers
        found.used.update(answer.used)
        found.undecided += undecided
        found.suppressed += suppressed
        found.workflows += workflows
        found.projects += projects
        found.publications += publications

    def span(place: tuple[str, int, int]) -> Span:
        path, start, end = place
        return Span(texts.later(path), start, end)

    way_to = ways_in(texts)
    for answer in asked:
        for row in answer.rows:
            found.add(read(row, span, way_to), key_of(row))
    return found
