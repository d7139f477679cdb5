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
from lading.engine import JOINED, MANY, Collected, check, collect, in_order, judge_ignores, run
from lading.models.join import Published
from lading.models.releases import Maker, Wait
from lading.parts import (
    compose_shares,
    first_look,
    learn,
    of_compose,
    of_compose_share,
    of_workflows,
    reader_of,
    shares,
    usual_size,
)
from lading.rows import read, written
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
    from lading.talk import Ask, Talk
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
    report, None where that is not worth while.
    """

    __slots__ = ("_handed", "_whole", "early", "joined", "late", "lay_out", "repository", "selection")

    def __init__(
        self,
        repository: Repository,
        rules: Mapping[str, Rule],
        selection: Selection,
        lay_out: Callable[[Finding], str] | None,
    ) -> None:
        self.repository = repository
        self._handed: Handed | None = None
        self._whole: Repository | None = None
        self.lay_out = lay_out
        self.selection = selection
        self.joined = {name: rule for name, rule in rules.items() if name in JOINED}
        rest = {name: rule for name, rule in rules.items() if name not in JOINED}
        self.late = {name: rule for name, rule in rest.items() if rule.scope == "consumer"}
        self.early = {name: rule for name, rule in rest.items() if rule.scope != "consumer"}

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
            yield number, _written(found, part, self.lay_out)
            if not part.has_compose:
                held.append(part)

    def second(self, part: Part, handed: Handed) -> Any:
        """What can be said when it is known what all parts have handed over."""
        mine, found = part.repository, Collected()
        mine.learn(handed[0])
        run(found, mine, self.late, self.selection)
        run(found, self._joined(handed).seen_from(mine), self.joined, self.selection)
        return _written(found, part, self.lay_out, hands_over=False)

    def _joined(self, handed: Handed) -> Repository:
        """The whole repository with what all parts have handed over, which is the same for all of them."""
        if self._whole is None or self._handed is not handed:
            _, published, waits, makers, unseen = handed
            self._handed = handed
            self._whole = self.repository.joined(
                (Published(*each) for each in published),
                (Wait(*each) for each in waits),
                (Maker(*each) for each in makers),
                unseen,
            )
        return self._whole

    def elsewhere(self, compose: Sequence[Part], here: _Here) -> Callable[[Ask], Any]:
        """All that another process does: it reads workflows, hears how these are divided, and takes both steps."""

        def work(ask: Ask) -> Any:
            here.take_only()
            parts = in_turn(compose, ask(first_look(self.repository, here.paths)), self.repository)
            answers = list(self.first(parts, here))
            handed = ask(answers)
            late = [number for number, _ in answers if parts[number].has_compose]
            return [(number, self.second(parts[number], handed)) for number in late]

        return work


def in_turn(compose: Sequence[Part], todo: Iterable[Share], repository: Repository) -> list[Part]:
    """The parts in the order in which they are taken."""
    rest = sorted((of_workflows(repository, share) for share in todo), key=lambda part: -part.size)
    return [*sorted(compose, key=lambda part: -part.size), *rest]


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
    size = usual_size(repository) if divided is None else sum(size for _, size, _ in todo)
    spread, compose = _with_compose(shown, count, size, kept)
    known |= kept.known(spread) if kept is not None else {}
    if divided is not None:
        files = sum(len(paths) for _, _, paths in (*todo, *(part.share for part in compose)))
        count = 1 if files < MANY else min(count, len(compose) + len(todo))
    is_narrow = bool(selection.focus) or selection.baseline is not None
    lay_out = laid_out.lay_out if laid_out is not None and count > 1 and not is_narrow else None
    run_ = _Run(_Steps(shown, rules, selection, lay_out), compose, count)
    texts = repository.texts
    try:
        run_.start(repository.inventory.workflows if divided is None else ())
        if divided is None:
            divided = shares(repository, count, is_kept=kept is not None)
            more, todo = _to_do(divided, kept)
            known |= more
        fresh = {key: _taken(values, texts) for key, values in run_.first(todo).items()}
        every_share = [*divided, *spread]
        answers = {share[0]: known.get(share[0]) or fresh[share[0]] for share in every_share}
        late = kept.late(answers) if kept is not None else {}
        left = [share for share in spread if share[0] not in late]
        if left:
            made = {part.key: part for part in compose}
            parts = [made.get(share[0]) or _compose_part(shown, share, spread, kept) for share in left]
            said = run_.second(parts, together(answers.values()))
            late |= {part.key: _taken(values, texts) for part, values in zip(parts, said, strict=True)}
    finally:
        run_.end()
    every = [*answers.values(), *(late[share[0]] for share in spread)]
    deciding = needed(every, selection.holds) if selection.focus and selection.baseline is None else None
    read = [answer for answer in every if deciding is None or id(answer) in deciding]
    if kept is not None:
        kept.keep(every_share, answers, late)
    if laid_out is not None:
        if kept is not None:
            kept.give_blocks(laid_out, read)
        laid_out.know(answer for answer in read if answer.depends is not None)
    collected = [
        _read(answer, texts, is_asked=deciding is None or id(answer) in deciding) for answer in every
    ]
    judge_ignores(collected, repository, rules, selection)
    return in_order(collected, repository, rules, selection)


def _to_do(divided: Iterable[Share] | None, kept: Kept | None) -> tuple[dict[str, Answer], list[Share]]:
    """What parts were found to hold before, by their keys, and the others; nothing where they are not divided yet."""
    every = list(divided or ())
    known = kept.known(every) if kept is not None else {}
    return known, [share for share in every if share[0] not in known]


def _with_compose(
    repository: Repository, count: int, workflows: int, kept: Kept | None
) -> tuple[list[Share], list[Part]]:
    """The parts with Compose files, the first one at the beginning, and those of them that are to be checked."""
    if kept is None:
        parts = of_compose(repository, count, workflows)
        return [part.share for part in parts], parts
    spread = kept.compose or compose_shares(repository, kept.plan)
    known = kept.known(spread)
    left = (share for share in spread if share[0] not in known)
    return spread, [_compose_part(repository, share, spread, kept) for share in left]


def _compose_part(repository: Repository, share: Share, spread: list[Share], kept: Kept | None) -> Part:
    plan = kept.plan if kept is not None else None
    return of_compose_share(repository, share, plan, is_first=share is spread[0])


def _taken(values: tuple[Any, ...], texts: Texts) -> Answer:
    """What was found anew counts as looked at."""
    *plain, looked_at, depends = values
    texts.files.record.add(looked_at)
    return told((*plain, depends))


class _Here:
    """The place of one of several processes: which workflows it reads first, and which parts it takes.

    It takes those that it has read before those that others have.
    """

    __slots__ = ("_queues", "_turn", "paths")

    def __init__(self, paths: Sequence[str], queues: Sequence[Queue], turn: int) -> None:
        self.paths = paths
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

    def __init__(self, steps: _Steps, compose: Sequence[Part], count: int) -> None:
        self._steps = steps
        self._compose = compose
        self._count = count
        self._queues = [Queue() for _ in range(count)]
        self._here = _Here((), self._queues, 0)
        self._running: list[Talk] = []
        self._late: list[tuple[Talk, tuple[str, ...]]] = []

    def start(self, workflows: Sequence[str]) -> None:
        """Start the other processes; all read some of the workflows, if they are yet to be divided."""
        for turn in range(1, self._count):
            here = _Here(workflows[turn :: self._count], self._queues, turn)
            talk(self._steps.elsewhere(self._compose, here), self._running.append)
        if self._running:
            first_look(self._steps.repository, workflows[:: self._count])
        for process in self._running:
            learn(self._steps.repository, process.hear() or ())

    def first(self, todo: Sequence[Share]) -> dict[str, Any]:
        """The answers of the first step, by the keys of the parts."""
        repository = self._steps.repository
        for process in self._running:
            process.tell(todo)
        parts = in_turn(self._compose, todo, repository)
        reader = reader_of(repository.inventory.workflows, self._count)
        taken_by: list[list[int]] = [[] for _ in self._queues]
        for number, part in enumerate(parts):
            workflows = part.repository.inventory.workflows
            taken_by[reader[workflows[0]] if workflows else number % self._count].append(number)
        for queue, numbers in zip(self._queues, taken_by, strict=True):
            queue.fill(numbers)
        found = dict(self._steps.first(parts, self._here))
        for process in self._running:
            answers = dict(process.hear() or ())
            found.update(answers)
            mine = (parts[number] for number in answers)
            self._late.append((process, tuple(part.key for part in mine if part.has_compose)))
        left = [number for number in range(len(parts)) if number not in found]  # whoever took it has ended
        found.update(self._steps.first(parts, left))
        return {part.key: found[number] for number, part in enumerate(parts)}

    def second(self, parts: list[Part], handed: Handed) -> tuple[Any, ...]:
        """The answers of the second step."""
        elsewhere = {key for _, keys in self._late for key in keys}
        for process, _ in self._late:
            process.tell(handed)
        found = {part.key: self._steps.second(part, handed) for part in parts if part.key not in elsewhere}
        for process, keys in self._late:
            answers = process.hear() if keys else ()
            if answers is not None:
                found.update(zip(keys, (answer for _, answer in answers), strict=True))
        return tuple(found.get(part.key) or self._steps.second(part, handed) for part in parts)

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


def _written(
    found: Collected, part: Part, lay_out: Callable[[Finding], str] | None, *, hands_over: bool = True
) -> Any:
    """Plain values for `answers.told`: findings, numbers, what others need to know, the ignores that were used, blocks,
    and what was looked at.
    """
    repository = part.repository
    findings = found.findings.values()
    rows = [written(finding) for finding in findings]
    numbers = (found.undecided, found.suppressed, found.workflows, found.projects, found.publications)
    handed = _handed(repository) if hands_over else ()
    blocks = [lay_out(finding) for finding in findings] if lay_out is not None else ()
    texts = repository.texts
    return (rows, numbers, handed, tuple(found.used), blocks, texts.looked_at, texts.depends)


def _read(answer: Answer, texts: Texts, *, is_asked: bool) -> Collected:
    found = Collected()
    found.used.update(answer.used)

    def span(place: tuple[str, int, int]) -> Span:
        path, start, end = place
        return Span(texts.later(path), start, end)

    for row in answer.rows if is_asked else ():
        found.add(read(row, span))
    numbers = answer.numbers
    found.undecided, found.suppressed, found.workflows, found.projects, found.publications = numbers
    return found
