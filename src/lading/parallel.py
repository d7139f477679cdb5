"""A repository with many workflows is checked by several processes, where a process is cheap to start.

Measured on 2 processors: 370 workflows take 0.6 of the time. Workflows that name each other stay together, so every
part is complete for what is asked of a workflow, its callers and its publications; the Compose files are in the first
part. What each part publishes is handed over as plain values, and the rules of `JOINED` run at the end, over the whole.
A test shows that the outcome equals that of one process. Whatever goes wrong in a process of its own, its part is done
again here, so that the user sees the same message.
"""

from __future__ import annotations

import os
import sys

from lading import regex as re
from lading.engine import JOINED, MANY, Collected, collect, in_order, judge_ignores, run
from lading.models.join import Published
from lading.models.releases import SCRIPT
from lading.models.repository import Repository
from lading.processes import end, loaded, start
from lading.rows import read, written
from lading.source import Span
from lading.tables.actions import RELEASERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from lading.catalogue import Rule
    from lading.engine import Selection
    from lading.findings import Outcome
    from lading.texts import Texts

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
"""What takes three times as long to follow, letter for letter (measured over 370 workflows)."""


def check_in_parts(repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> Outcome:
    """Run the rules, in one process or in several. Raises `Problem` where a check breaks."""
    parts = parts_of(repository, processes(repository, rules))
    return check_parts(repository, parts, rules, selection)


def processes(repository: Repository, rules: Mapping[str, Rule]) -> int:
    """How many processes are worth it: 1 where there is little to do, or where a rule wants to see everything."""
    count = len(repository.inventory.workflows)
    if count < MANY or sys.platform != "linux":
        return 1
    if any(rule.scope == "repository" and rule.id not in (*BY_PART, *JOINED) for rule in rules.values()):
        return 1
    return min(len(os.sched_getaffinity(0)), count // (MANY // 2), _MOST)


def parts_of(repository: Repository, count: int) -> tuple[Repository, ...]:
    """The repository in parts of about the same size, the first with everything that is no workflow."""
    if count < 2:
        return (repository,)
    groups = _groups(repository.inventory.workflows, repository.texts)
    bins: list[tuple[int, list[str]]] = [(0, []) for _ in range(count)]
    for size, group in sorted(groups, reverse=True):
        smallest = min(range(count), key=lambda index: bins[index][0])
        bins[smallest] = (bins[smallest][0] + size, bins[smallest][1] + group)
    return tuple(
        Repository(
            repository.texts,
            repository.inventory.part(tuple(sorted(paths)), is_first=index == 0),
            repository.identity,
            repository.config,
            repository.recognisers,
        )
        for index, (_, paths) in enumerate(bins)
        if paths or index == 0
    )


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
        sizes[path] = len(text) * (3 if any(sign in text for sign in _PUBLISHES) else 1)
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
    return any(
        _WAITS.match(line) is not None for word in ("release", "tags") for line in _lines_with(word, text)
    )


def _lines_with(word: str, text: str) -> Iterator[str]:
    """The lines that hold a word, as `splitlines` cuts them; a tenth of the time where few do."""
    at = text.find(word)
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        line = text[start : end if end >= 0 else len(text)]
        for each in line.splitlines():
            if word in each:
                yield each
        at = text.find(word, end) if end >= 0 else -1


def _may_make(text: str) -> bool:
    """Has a text in small letters an action or a command that makes releases or tags?"""
    return any(_makes(line) for word in _OF_MAKERS for line in _lines_with(word, text))


def _makes(line: str) -> bool:
    return re.search(SCRIPT, line) is not None or any(action in line for action in RELEASERS)


def check_parts(
    repository: Repository, parts: tuple[Repository, ...], rules: Mapping[str, Rule], selection: Selection
) -> Outcome:
    """Check every part but the first in a process of its own. Raises `Problem` where a check breaks."""
    by_part = {name: rule for name, rule in rules.items() if name not in JOINED}
    running: list[tuple[int, int]] = []
    # What is published is only held against what Compose files run.
    is_held = bool(repository.inventory.compose)
    try:
        for part in parts[1:]:
            _start(part, by_part, selection, running, is_held)
        collected = [collect(parts[0], by_part, selection)]
        answers = [(part, _answer(*each)) for part, each in zip(parts[1:], running, strict=True)]
    except BaseException:
        for process, _ in running:
            end(process)
        raise
    published = list(parts[0].published) if is_held else []
    for part, answer in answers:
        if answer is None:
            collected.append(collect(part, by_part, selection))
            published += part.published if is_held else ()
        else:
            collected.append(_read(answer, repository.texts))
            published += [Published(*each) for each in answer[2]]
    joined = {name: rule for name, rule in rules.items() if name in JOINED}
    run(collected[0], repository.joined(parts[0].consumers, published), joined, selection)
    judge_ignores(collected, repository, rules, selection)
    return in_order(collected, repository, rules, selection)


def _start(
    part: Repository,
    rules: Mapping[str, Rule],
    selection: Selection,
    running: list[tuple[int, int]],
    is_held: bool,
) -> None:
    """Fork a process that checks a part; `running` gets its number, and the end of the pipe to read from.

    It tells what the part publishes where that is held against what is run.
    """
    start(
        lambda: _written(collect(part, rules, selection), part.published if is_held else ()),
        lambda process, pipe: running.append((process, pipe)),
    )


def _answer(process: int, pipe: int) -> Any:
    """What a process found; None where it failed."""
    with open(pipe, "rb") as reader:
        data = reader.read()
    _, status = os.waitpid(process, 0)
    return loaded(data, status)


def _written(found: Collected, published: Iterable[Published]) -> Any:
    """Plain values, as the reading side takes them."""
    rows = [written(finding) for finding in found.findings.values()]
    numbers = (found.undecided, found.suppressed, found.workflows, found.projects, found.publications)
    return (rows, numbers, tuple(each.plain for each in published), tuple(found.used))


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
