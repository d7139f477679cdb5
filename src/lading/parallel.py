"""A repository with many files is checked by several processes, where a process is cheap to start.

Measured on 2 processors: 370 workflows take 0.6 of the time, 500 Compose files XX. Workflows that name each other stay
together, and so do Compose projects that share a file: every part is complete for what is asked of a workflow, its
callers and its publications, and of a project. Which files form projects is found out before (`Plan`). What each part
publishes and builds is handed over as plain values; the rules of `JOINED`, and those over consumers, run in every part
when all have said it. A test shows that the outcome equals that of one process. Whatever goes wrong in a process of its
own, its part is done again here, so that the user sees the same message.
"""

from __future__ import annotations

import os
import sys

from lading import regex as re
from lading.engine import JOINED, MANY, Collected, collect, in_order, judge_ignores, run
from lading.models.join import Published
from lading.models.releases import Maker, Wait
from lading.models.repository import Repository
from lading.rows import read, written
from lading.source import Span
from lading.talk import talk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from lading.catalogue import Rule
    from lading.engine import Selection
    from lading.findings import Outcome
    from lading.talk import Ask, Talk
    from lading.texts import Texts

    Handed = tuple[tuple[Any, ...], ...]
    """What services build, what is published, what waits for releases, what makes them."""

_MOST = 8

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

_NAMED = re.compile(r"\.github/workflows/([\w.-]+\.ya?ml)")
_PUBLISHES = ("build-push-action", "login-action", "docker push", "--push")
"""What takes three times as long to follow, letter for letter (measured over 370 workflows)."""
_OF_COMPOSE = 2
"""How much longer a letter of a Compose file takes than one of a workflow."""


def check_in_parts(repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> Outcome:
    """Run the rules, in one process or in several. Raises `Problem` where a check breaks."""
    parts = parts_of(repository, processes(repository, rules))
    return check_parts(repository, parts, rules, selection)


def processes(repository: Repository, rules: Mapping[str, Rule]) -> int:
    """How many processes are worth it: 1 where there is little to do, or where a rule wants to see everything."""
    count = len(repository.inventory.workflows) + len(repository.inventory.compose)
    if count < MANY or sys.platform != "linux":
        return 1
    if any(rule.scope == "repository" and rule.id not in (*BY_PART, *JOINED) for rule in rules.values()):
        return 1
    return min(len(os.sched_getaffinity(0)), count // (MANY // 2), _MOST)


class _Share:
    """What one process is given, and how long it takes, in letters of a workflow."""

    __slots__ = ("compose", "size", "workflows")

    def __init__(self) -> None:
        self.size = 0
        self.workflows: list[str] = []
        self.compose: list[str] = []


def parts_of(repository: Repository, count: int) -> tuple[Repository, ...]:
    """The repository in parts of about the same size, the first with everything that is no workflow or Compose file."""
    if count < 2:
        return (repository,)
    inventory, texts = repository.inventory, repository.texts
    shares = [_Share() for _ in range(count)]
    groups = _groups(inventory.workflows, texts)
    folders = _folders(inventory.compose, texts)
    of_compose = sum(size for size, _ in folders)
    fair = (of_compose + sum(size for size, _ in groups)) // count
    plan = repository.plan if of_compose > fair else None
    _share_out(folders, plan.shared if plan is not None else frozenset(inventory.compose), shares, fair)
    for size, group in sorted(groups, reverse=True):
        smallest = min(shares, key=lambda share: share.size)
        smallest.size += size
        smallest.workflows += group
    return tuple(
        Repository(
            texts,
            inventory.part(tuple(sorted(share.workflows)), tuple(share.compose), is_first=share is shares[0]),
            repository.identity,
            repository.config,
            repository.recognisers,
            plan,
        )
        for share in shares
        if share.workflows or share.compose or share is shares[0]
    )


def _share_out(
    folders: Iterable[tuple[int, list[str]]], kept: frozenset[str], shares: list[_Share], fair: int
) -> None:
    """Compose files folder by folder, until a share is full; the first one has those that are to be kept together."""
    others = iter(shares)
    share = next(others)
    share.compose.extend(path for _, paths in folders for path in paths if path in kept)
    for size, paths in folders:
        free = [path for path in paths if path not in kept]
        share.compose += free
        share.size += size
        if share.size >= fair:
            share = next(others, share)


def _folders(paths: tuple[str, ...], texts: Texts) -> list[tuple[int, list[str]]]:
    """The Compose files of each folder, with how long they take."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(path.rpartition("/")[0], []).append(path)
    return [(_OF_COMPOSE * sum(map(len, _texts_of(each, texts))), each) for each in found.values()]


def _texts_of(paths: Iterable[str], texts: Texts) -> Iterator[str]:
    sources = map(texts.source, paths)
    return (source.text for source in sources if source is not None)


def _groups(paths: tuple[str, ...], texts: Texts) -> list[tuple[int, list[str]]]:
    """Workflows that name each other, with the length of their texts."""
    leader = {path: path for path in paths}

    def find(path: str) -> str:
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    sizes: dict[str, int] = {}
    for path in paths:
        source = texts.source(path)
        text = source.text if source is not None else ""
        sizes[path] = len(text) * (3 if any(sign in text for sign in _PUBLISHES) else 1)
        for match in _NAMED.finditer(text):
            named = f".github/workflows/{match[1]}"
            if named in leader:
                leader[find(path)] = find(named)
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(find(path), []).append(path)
    return [(sum(sizes[path] for path in group), group) for group in groups.values()]


class _Steps:
    """What is done with a part: first all that needs no other part, then what needs to know of them.

    `late` are the rules over consumers, `joined` those of `JOINED`.
    """

    __slots__ = ("early", "joined", "late", "repository", "selection")

    def __init__(self, repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> None:
        self.repository = repository
        self.selection = selection
        self.joined = {name: rule for name, rule in rules.items() if name in JOINED}
        rest = {name: rule for name, rule in rules.items() if name not in JOINED}
        self.late = {name: rule for name, rule in rest.items() if rule.scope == "consumer"}
        self.early = {name: rule for name, rule in rest.items() if rule.scope != "consumer"}

    def first(self, part: Repository) -> Collected:
        return collect(part, self.early, self.selection)

    def second(self, part: Repository, handed: Handed, found: Collected) -> Collected:
        """Add to `found` what can be said when it is known what all parts have handed over."""
        built, published, waits, makers = handed
        part.learn(built)
        run(found, part, self.late, self.selection)
        is_first = part.inventory.is_first
        whole = self.repository.joined(
            part.consumers,
            (Published(*each) for each in published),
            (Wait(*each) for each in waits if is_first),
            (Maker(*each) for each in makers if is_first),
        )
        run(found, whole, self.joined, self.selection)
        return found

    def elsewhere(self, part: Repository) -> Callable[[Ask], Any]:
        """Both steps as another process does them; without Compose files there is no second one."""

        def work(ask: Ask) -> Any:
            answer = _written(self.first(part), part)
            if not part.inventory.compose:
                return answer
            return _written(self.second(part, ask(answer), Collected()), part)

        return work


def check_parts(
    repository: Repository, parts: tuple[Repository, ...], rules: Mapping[str, Rule], selection: Selection
) -> Outcome:
    """Check every part but the first in a process of its own. Raises `Problem` where a check breaks."""
    steps = _Steps(repository, rules, selection)
    running: list[Talk] = []
    try:
        for part in parts[1:]:
            talk(steps.elsewhere(part), running.append)
        collected = _collected(parts, running, steps)
    finally:
        for process in running:
            process.end()
    judge_ignores(collected, repository, rules, selection)
    return in_order(collected, repository, rules, selection)


def _collected(parts: tuple[Repository, ...], running: list[Talk], steps: _Steps) -> list[Collected]:
    """What all parts have found. What another process could not do is done here."""
    texts = steps.repository.texts
    collected = [steps.first(parts[0])]
    handed = [_handed(parts[0])]
    alive: list[Talk | None] = []
    for part, process in zip(parts[1:], running, strict=True):
        answer = process.hear()
        alive.append(process if answer is not None else None)
        collected.append(_read(answer, texts) if answer is not None else steps.first(part))
        handed.append(answer[2] if answer is not None else _handed(part))
    all_ = tuple(tuple(each for part in kind for each in part) for kind in zip(*handed, strict=True))
    waiting = [each for each in zip(parts[1:], alive, strict=True) if each[0].inventory.compose]
    for _, other in waiting:
        if other is not None:
            other.tell(all_)
    steps.second(parts[0], all_, collected[0])
    for part, other in waiting:
        answer = other.hear() if other is not None else None
        found = _read(answer, texts) if answer is not None else steps.second(part, all_, Collected())
        collected.append(found)
    return collected


def _handed(part: Repository) -> Handed:
    """What others need to know: the names that services build, what is published, and the releases, as plain values."""
    told = (part.published, part.waits, part.makers)
    return (tuple(part.built), *(tuple(each.plain for each in kind) for kind in told))


def _written(found: Collected, part: Repository) -> Any:
    """Plain values, as the reading side takes them."""
    rows = [written(finding) for finding in found.findings.values()]
    numbers = (found.undecided, found.suppressed, found.workflows, found.projects, found.publications)
    return (rows, numbers, _handed(part), tuple(found.used), part.texts.files.record.seen_so_far)


def _read(answer: Any, texts: Texts) -> Collected:
    found = Collected()
    rows, numbers, _, used, seen = answer
    found.used.update(used)
    texts.files.record.add(seen)

    def span(place: tuple[str, int, int]) -> Span:
        path, start, end = place
        source = texts.source(path)
        return Span(source if source is not None else texts.tree(path).source, start, end)

    for row in rows:
        found.add(read(row, span))
    found.undecided, found.suppressed, found.workflows, found.projects, found.publications = numbers
    return found
