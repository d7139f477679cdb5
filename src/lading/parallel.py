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
from lading.models.releases import SCRIPT
from lading.models.repository import Repository
from lading.rows import read, written
from lading.source import Span
from lading.tables.actions import RELEASERS
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

    Handed = tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]

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
    "workflow/event-never-raised",
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
"""Rules over the whole repository that need no more than workflows which name each other, or deal with releases."""

_NAMED = re.compile(r"\.github/workflows/([\w.-]+\.ya?ml)")
_OF_MAKERS = ("release", "-tag-", "changesets/", "git push")
"""Each maker of releases or tags says one of these; a test holds it."""
_WAITS = re.compile(
    r"""[ \t]*(?:-[ \t]+)?["']?(?:release["']?[ \t]*(?:[:,\]}#]|$)|tags["']?[ \t]*:[ \t]*(?:\[|\#|$))"""
    r"""|["']?on["']?[ \t]*:.*\brelease\b|.*[\[{,][ \t]*["']?release\b"""
)
_WAITS_FOR_TAGS = r"""push["']?:[ \t]*(?:#.*)?\s*\{?\s*["']?tags"""
_PUBLISHES = ("build-push-action", "login-action", "docker push", "--push")
"""What takes twice as long to follow, letter for letter."""
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
    """Workflows that name each other, and those that deal with releases, with the length of their texts."""
    leader = {path: path for path in paths}

    def find(path: str) -> str:
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    sizes: dict[str, int] = {}
    of_releases: str | None = None
    for path in paths:
        source = texts.source(path)
        text = source.text if source is not None else ""
        sizes[path] = len(text) * (2 if any(sign in text for sign in _PUBLISHES) else 1)
        if _is_of_releases(text):
            if of_releases is not None:
                leader[find(path)] = find(of_releases)
            of_releases = path
        for match in _NAMED.finditer(text):
            named = f".github/workflows/{match[1]}"
            if named in leader:
                leader[find(path)] = find(named)
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(find(path), []).append(path)
    return [(sum(sizes[path] for path in group), group) for group in groups.values()]


def _is_of_releases(text: str) -> bool:
    """Does a workflow wait for releases or tags, or may it make them?"""
    if _may_make(text.lower()) or re.search(_WAITS_FOR_TAGS, text):
        return True
    lines = text.splitlines() if "release" in text or "tags" in text else ()
    return any(("release" in line or "tags" in line) and _WAITS.match(line) is not None for line in lines)


def _may_make(text: str) -> bool:
    """Has a text in small letters an action or a command that makes releases or tags?"""
    if not any(word in text for word in _OF_MAKERS):
        return False
    return any(action in text for action in RELEASERS) or re.search(SCRIPT, text) is not None


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
        built, published = handed
        part.learn(built)
        run(found, part, self.late, self.selection)
        whole = self.repository.joined(part.consumers, (Published(*each) for each in published))
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
    both = (
        tuple(name for built, _ in handed for name in built),
        tuple(each for _, published in handed for each in published),
    )
    waiting = [each for each in zip(parts[1:], alive, strict=True) if each[0].inventory.compose]
    for _, other in waiting:
        if other is not None:
            other.tell(both)
    steps.second(parts[0], both, collected[0])
    for part, other in waiting:
        answer = other.hear() if other is not None else None
        found = _read(answer, texts) if answer is not None else steps.second(part, both, Collected())
        collected.append(found)
    return collected


def _handed(part: Repository) -> Handed:
    """What others need to know: the names that services build, and what is published, as plain values."""
    return tuple(part.built), tuple(each.plain for each in part.published)


def _written(found: Collected, part: Repository) -> Any:
    """Plain values, as the reading side takes them."""
    rows = [written(finding) for finding in found.findings.values()]
    numbers = (found.undecided, found.suppressed, found.workflows, found.projects, found.publications)
    return (rows, numbers, _handed(part), tuple(found.used))


def _read(answer: Any, texts: Texts) -> Collected:
    found = Collected()
    rows, numbers, _, used = answer
    found.used.update(used)

    def span(place: tuple[str, int, int]) -> Span:
        path, start, end = place
        source = texts.source(path)
        return Span(source if source is not None else texts.tree(path).source, start, end)

    for row in rows:
        found.add(read(row, span))
    found.undecided, found.suppressed, found.workflows, found.projects, found.publications = numbers
    return found
