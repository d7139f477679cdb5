"""A repository cut into parts that can be checked one by one.

Workflows that name each other stay together, and so do Compose projects that share a file: every part is complete for
what is asked of a workflow, its callers and its publications, and of a project. Which files form projects is found out
before (`Plan`). What needs to know of other parts waits until all have said it (`lading.parallel`).
"""

from __future__ import annotations

from lading import regex as re
from lading.globs import may_ignore
from lading.record import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from lading.answers import Share
    from lading.models.compose.projects import Plan
    from lading.models.repository import Repository
    from lading.texts import Texts

    Questions = tuple[Callable[[str], Any], ...]
    Looked = tuple[list[tuple[Any, ...]], ...]
    """Of workflows and of Compose files: paths with the answers to the questions that are put to all of them."""

_NAMED = re.compile(r"\.github/workflows/([\w.-]+\.ya?ml)")
_PUBLISHES = ("build-push-action", "login-action", "docker push", "--push")
"""What takes three times as long to follow, letter for letter (measured over 370 workflows)."""
_OF_COMPOSE = 2
"""How much longer a letter of a Compose file takes than one of a workflow."""
_SIZES = (8, 8, 8, 4, 2, 2)
"""Parts for each process, and how large they are: none has to wait long for the others at the end."""
_USUAL = 6_800
"""The size of a workflow in letters, where those of one that publishes count three times (measured over 2,700)."""
_USUAL_COMPOSE = 2_700
"""Letters of a Compose file (measured over 145)."""
_MOST = 10_000
_OF_FIRST = 0.87
"""Of the Compose files that the others have the first process gets so much: while it plans, they parse (measured)."""
_LAST = 0.12
"""How much of many Compose files waits in small parts for whoever is done first: where other programs disturb one of
the processes, that takes 0.965 of the time, and it costs nothing where none does (measured over 500 files)."""
_LAST_PARTS = 4
_MANY_COMPOSE = 200
"""Compose files from which on it pays."""
_SMALL = 4
"""Workflows of a part that is to be kept for later runs: an edit checks its part anew."""
_SMALL_COMPOSE = 3
"""Likewise Compose files, which take longer."""


class Part:
    """Some files of a repository with all that is needed to check them.

    `size`: how long that takes, in letters of a workflow; `key` tells it from others, whatever its files hold.
    """

    __slots__ = ("has_compose", "key", "repository", "size")

    def __init__(self, repository: Repository, size: int, key: str | None = None) -> None:
        self.repository = repository
        self.size = size
        inventory = repository.inventory
        self.has_compose = bool(inventory.compose) or inventory.is_first
        """Has it Compose files, or what else the first part has?"""
        self.key = key or _key(inventory.workflows, inventory.compose, inventory.is_first)

    def tell_names(self) -> None:
        """Work out what its Compose files name, if it is kept, for those that are checked in later runs."""
        inventory, texts = self.repository.inventory, self.repository.texts
        if inventory.compose and texts.files.record.is_whole:
            from lading.models.compose.neighbours import named_in

            for path in inventory.compose:
                texts.ask(path, named_in)

    def let_go(self) -> None:
        """Give back the memory of its models: a part of workflows is asked nothing more."""
        self.repository.let_go()
        del self.repository


def _key(
    workflows: Iterable[str], compose: Iterable[str] = (), is_first: bool = False, told: str = ""
) -> str:
    paths = "\0".join((str(is_first), *workflows, *compose, told))
    return digest(paths.encode("utf-8", "surrogatepass")).hex()


def of_workflows(repository: Repository, share: Share) -> Part:
    """The part that has these workflows."""
    _, size, paths = share
    return Part(_part(repository, paths, ()), size)


def shares(repository: Repository, count: int, *, is_kept: bool) -> list[Share]:
    """The workflows in parts of about the same size for so many processes; or, where they are kept, in small parts.

    Which of the small ones a workflow belongs to depends on the paths of all, and on which of them name each other.
    """
    inventory = repository.inventory
    workflows = inventory.workflows
    groups = _groups(workflows, repository.texts.view())
    reader = reader_of(workflows, count)
    own: list[list[tuple[int, list[str]]]] = [[] for _ in range(count)]
    for group in groups:
        own[reader[min(group[1])]].append(group)
    if is_kept:
        most = min(len(workflows) // (_SMALL + len(inventory.actions)), _MOST)
        bins = [each for mine in own for each in _by_name(mine, max(1, most // count))]
    else:
        bins = [each for mine in own for each in _by_size(mine, _SIZES if count > 1 else (1,))]
    named = ((size, tuple(sorted(paths))) for size, paths in bins if paths)
    return [(_key(paths), size, paths) for size, paths in named]


def reader_of(workflows: Sequence[str], count: int) -> dict[str, int]:
    """Which of so many processes is the first to look at a workflow; a part belongs to the reader of its first one."""
    return {path: number % count for number, path in enumerate(workflows)}


def first_look(repository: Repository, workflows: Iterable[str], compose: Sequence[str]) -> Looked:
    """What must be known of files before they are divided, for `learn`; and what each workflow is asked at the end."""
    texts = repository.texts.view()
    asked = zip((workflows, compose), _questions(bool(compose)), strict=True)
    return tuple(
        [(path, *[texts.ask(path, question) for question in questions]) for path in paths]
        for paths, questions in asked
    )


def learn(repository: Repository, looked: Looked) -> None:
    """Take over what another process has seen at its `first_look`."""
    for rows, questions in zip(looked, _questions(bool(looked[1])), strict=True):
        repository.texts.know(
            {
                (path, question.__module__, question.__qualname__, ()): answer
                for path, *answers in rows
                for question, answer in zip(questions, answers, strict=True)
            }
        )


def _questions(with_compose: bool) -> tuple[Questions, Questions]:
    """Those that are put to every workflow, and to every Compose file."""
    of_compose: Questions = ()
    if with_compose:
        from lading.models.compose.glance import has_template_line, may_draw

        of_compose = (length, has_template_line, may_draw)
    return (told_of, may_ignore), of_compose


def usual_size(repository: Repository) -> int:
    """About how long all workflows take, as the sum of `size` of parts."""
    return _USUAL * len(repository.inventory.workflows)


def reader_of_compose(compose: Sequence[str], count: int) -> dict[str, int]:
    """Likewise of Compose files: each process has a stretch of them, the first one as many as it has time for.

    What waits for whoever is done first is in the stretch of the first one.
    """
    own = 1 - (_LAST if len(compose) >= _MANY_COMPOSE else 0)
    first = len(compose) * (1 - own * (count - 1) / (_OF_FIRST + count - 1))
    return {
        path: 0 if number < first else 1 + int((number - first) * (count - 1) / (len(compose) - first))
        for number, path in enumerate(compose)
    }


def read_texts(repository: Repository, paths: Iterable[str]) -> None:
    """Read files all of which every process will ask for: what one Compose file lacks may be named in any other."""
    texts = repository.texts.view()
    for path in paths:
        texts.source(path)


def parse(repository: Repository, paths: Iterable[str]) -> None:
    """Parse files that will be asked for; not those that may draw others in, which are parsed for the plan."""
    from lading.models.compose.glance import may_draw

    texts = repository.texts.view()
    for path in paths:
        if not texts.ask(path, may_draw):
            texts.tree(path)


def is_to_be_spread(repository: Repository, count: int) -> bool:
    """Will Compose files be spread over so many processes, as far as their number tells (`of_compose`)?"""
    size = _OF_COMPOSE * _USUAL_COMPOSE * len(repository.inventory.compose)
    return size * (count - 1) > usual_size(repository)


def of_compose(repository: Repository, count: int, workflows: int) -> list[Share]:
    """The Compose files in parts, the first of which has everything that is no workflow or Compose file.

    They are spread where they would take longer than a process has to do: `workflows` is the size of those.
    """
    inventory = repository.inventory
    texts = repository.texts.view()
    sizes = {path: _OF_COMPOSE * texts.ask(path, length) for path in inventory.compose}
    size = sum(sizes.values())
    own, waiting = (1 - _LAST, _LAST_PARTS) if len(sizes) >= _MANY_COMPOSE else (1, 0)
    fair = (size + workflows) * own / (_OF_FIRST + count - 1)
    if count < 2 or size * count <= size + workflows:
        return [(_key((), inventory.compose, True), size, inventory.compose)]
    shared, read = repository.plan.shared, repository.plan.read_already
    held = [path for path in sizes if path in shared]
    spread: list[tuple[int, list[str]]] = [(sum(sizes[path] for path in held), held)]
    others = (path for path in sizes if path not in shared)
    for path in sorted(others, key=lambda path: path not in read):  # it is checked where the plan is made
        most = fair
        if len(spread) == 1:
            most *= _OF_FIRST
        elif len(spread) <= 1 + waiting:
            most = size * _LAST / waiting
        if spread[-1][0] >= most and len(spread) < count + waiting:
            spread.append((0, []))
        taken, held = spread[-1]
        held.append(path)
        spread[-1] = (taken + sizes[path], held)
    return [
        (_key((), paths, index == 0), size, tuple(paths))
        for index, (size, paths) in enumerate(spread)
        if paths or index == 0
    ]


def compose_shares(repository: Repository, plan: Plan | None, count: int) -> list[Share]:
    """The Compose files in small parts that are kept, the first of which has everything else that is no workflow.

    Which one a file belongs to depends on the paths of all, and on which projects share files; each of so many
    processes has its own. The key tells how the projects stand as well. `plan` is None where there is no Compose file.
    """
    texts = repository.texts.view()
    every = frozenset(repository.inventory.compose)
    standings = plan.standings if plan is not None else {}
    groups = _connected(plan.files) if plan is not None else []
    grouped = {path for group in groups for path in group}
    first: list[tuple[int, list[str]]] = []
    others: list[list[tuple[int, list[str]]]] = [[] for _ in range(count)]
    reader = reader_of_compose(repository.inventory.compose, count)
    for group in (*groups, *([path] for path in every if path not in grouped)):
        own = [path for path in group if path in every]
        size = sum(_OF_COMPOSE * texts.ask(path, length) for path in own)
        is_of_first = not own or any(path in standings and path not in every for path in group)
        (first if is_of_first else others[reader[min(own)]]).append((size, own))
    most = max(1, len(every) // (_SMALL_COMPOSE * count))
    bins = [each for mine in others for each in _by_name(mine, most)]
    found: list[Share] = []
    whole = (sum(size for size, _ in first), [path for _, group in first for path in group])
    for size, paths in (whole, *bins):
        held = sorted(paths)
        mains = held if found else [*held, *sorted(path for path in standings if path not in every)]
        told = repr([standings.get(path) for path in mains])
        found.append((_key((), held, not found, told), size, tuple(held)))
    return found


def of_compose_share(repository: Repository, share: Share, plan: Plan | None, *, is_first: bool) -> Part:
    """The part that has these Compose files."""
    key, size, paths = share
    return Part(_part(repository, (), paths, plan, is_first=is_first), size, key)


def _part(
    repository: Repository,
    workflows: Iterable[str],
    compose: Iterable[str],
    plan: Plan | None = None,
    *,
    is_first: bool = False,
) -> Repository:
    inventory = repository.inventory.part(tuple(sorted(workflows)), tuple(compose), is_first=is_first)
    return repository.part(inventory, plan)


def _by_size(groups: Iterable[tuple[int, list[str]]], sizes: Sequence[int]) -> list[tuple[int, list[str]]]:
    """The groups in parts whose sizes are about in these proportions."""
    bins: list[tuple[int, list[str]]] = [(0, []) for _ in sizes]
    for size, group in sorted(groups, reverse=True):
        index = min(range(len(sizes)), key=lambda at: bins[at][0] / sizes[at])
        taken, paths = bins[index]
        bins[index] = (taken + size, paths + group)
    return bins


def _by_name(groups: Iterable[tuple[int, list[str]]], count: int) -> list[tuple[int, list[str]]]:
    bins: dict[int, tuple[int, list[str]]] = {}
    for size, group in groups:
        name = digest(min(group).encode("utf-8", "surrogatepass"))
        index = int.from_bytes(name[:4], "little") % count
        taken, paths = bins.get(index, (0, []))
        bins[index] = (taken + size, paths + group)
    return [bins[index] for index in sorted(bins)]


def length(text: str) -> int:
    """Letters of a text."""
    return len(text)


def _groups(paths: tuple[str, ...], texts: Texts) -> list[tuple[int, list[str]]]:
    """Workflows that name each other, with how long they take."""
    sizes: dict[str, int] = {}
    links: list[list[str]] = [[path] for path in paths]
    for link in links:
        sizes[link[0]], names = texts.ask(link[0], told_of)
        link += (f".github/workflows/{name}" for name in names)
    known = frozenset(paths)
    groups = ([path for path in group if path in known] for group in _connected(links))
    return [(sum(sizes[path] for path in group), group) for group in groups]


def _connected(links: Iterable[Sequence[str]]) -> list[list[str]]:
    """The paths in groups, in the order in which they are first named; each link holds some that go together."""
    leader: dict[str, str] = {}

    def find(path: str) -> str:
        while leader.setdefault(path, path) != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    for link in links:
        for path in link:
            leader[find(path)] = find(link[0])
    found: dict[str, list[str]] = {}
    for path in [*leader]:
        found.setdefault(find(path), []).append(path)
    return [*found.values()]


def told_of(text: str) -> tuple[Any, ...]:
    """How long a workflow takes, and the files of workflows that it names."""
    size = len(text) * (3 if any(map(text.__contains__, _PUBLISHES)) else 1)
    names = dict.fromkeys(match[1] for match in _NAMED.finditer(text)) if ".github/workflows/" in text else ()
    return size, tuple(names)
