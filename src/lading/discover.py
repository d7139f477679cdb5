"""Which files of a repository are looked at: Compose files, workflows, actions, Dockerfiles, bake files."""

from __future__ import annotations

import re

from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.files import Files

COMPOSE = "compose"
WORKFLOW = "workflow"
ACTION = "action"
DOCKERFILE = "dockerfile"
BAKE = "bake"
DOTENV = "dotenv"

VENDORED = frozenset(
    (
        *(
            ".git",
            ".hg",
            ".svn",
            "node_modules",
            "bower_components",
            "jspm_packages",
            "vendor",
            "third_party",
        ),
        *(
            ".venv",
            "venv",
            "site-packages",
            "__pycache__",
            ".tox",
            ".nox",
            ".mypy_cache",
            ".terraform",
            ".yarn",
        ),
    )
)
"""Folders with what others wrote, or what tools have made."""

MAX_DEPTH = 64
MAX_ENTRIES = 500_000
"""Files and folders that are looked through in one repository."""

_WORKFLOWS = ".github/workflows"
_COMPOSE = re.compile(r"(?:.*[._-])?(?:docker-)?compose(?:[._-].*)?\.ya?ml")
_DOCKERFILE = re.compile(r"(?:docker|container)file(?:[._-].*)?|.*\.(?:docker|container)file")
_BAKE = re.compile(r"docker-bake(?:\.override)?\.(?:hcl|json)")


class Inventory:
    """Paths by kind, sorted; `odd` is what carries the name of such a file and is none (a folder, a broken link)."""

    __slots__ = ("actions", "bake", "compose", "dockerfiles", "dotenv", "odd", "workflows")

    def __init__(self, found: dict[str, list[str]], odd: Iterable[str]) -> None:
        self.compose = tuple(sorted(found[COMPOSE]))
        self.workflows = tuple(sorted(found[WORKFLOW]))
        self.actions = tuple(sorted(found[ACTION]))
        self.dockerfiles = tuple(sorted(found[DOCKERFILE]))
        self.bake = tuple(sorted(found[BAKE]))
        self.dotenv = tuple(sorted(found[DOTENV]))
        self.odd = tuple(sorted(odd))


def kind_of(path: str) -> str | None:
    """What a path's name says it is; None for every other file."""
    folder, _, name = path.rpartition("/")
    name = name.lower()
    if name.endswith((".yml", ".yaml")):
        if folder == _WORKFLOWS:
            return WORKFLOW
        if name in ("action.yml", "action.yaml"):
            return ACTION
        return COMPOSE if "compose" in name and _COMPOSE.fullmatch(name) else None
    if name == ".env":
        return DOTENV
    if "bake" in name and _BAKE.fullmatch(name):
        return BAKE
    if "erfile" not in name or name.endswith((".dockerignore", ".md", ".txt", ".j2", ".tmpl", ".template")):
        return None
    return DOCKERFILE if _DOCKERFILE.fullmatch(name) else None


def discover(files: Files, exclude: tuple[str, ...] = ()) -> Inventory:
    """Look through a repository. Raises `Problem` where it is too large to be looked through.

    Left out are vendored folders, repositories inside (submodules), what .gitignore files and .git/info/exclude
    ignore, and `exclude` (.gitignore form). The user's own global excludes are not asked: the result is the same for
    everybody.
    """
    found: dict[str, list[str]] = {kind: [] for kind in (COMPOSE, WORKFLOW, ACTION, DOCKERFILE, BAKE, DOTENV)}
    odd: list[str] = []
    patterns = [_Patterns("", list(exclude)), _Patterns("", _lines(files, ".git/info/exclude"))]
    waiting: list[tuple[str, tuple[_Patterns, ...]]] = [("", tuple(p for p in patterns if p.lines))]
    left = MAX_ENTRIES
    while waiting:
        folder, ignored = waiting.pop()
        entries = files.entries(folder)
        left -= len(entries)
        if left < 0:
            raise Problem(
                f"{files.root}: more than {MAX_ENTRIES:,} files and folders; give a smaller --root, or leave folders "
                "out with `exclude` in lading.yaml"
            )
        names = {name for name, _, _ in entries}
        if folder and ".git" in names:
            continue
        prefix = f"{folder}/" if folder else ""
        if ".gitignore" in names:
            own = _Patterns(prefix, _lines(files, prefix + ".gitignore"))
            ignored = (*ignored, own) if own.lines else ignored
        for name, is_folder, is_link in entries:
            path = prefix + name
            if is_folder:
                if name not in VENDORED and path.count("/") < MAX_DEPTH and not _ignores(ignored, path, True):
                    waiting.append((path, ignored))
            kind = kind_of(path)
            if kind is None or (is_folder and kind in (ACTION, DOCKERFILE, BAKE, DOTENV)):
                continue
            if _ignores(ignored, path, is_folder):
                continue
            if is_folder or (is_link and not files.is_file(path)):
                odd.append(path)
            else:
                found[kind].append(path)
    return Inventory(found, odd)


def _lines(files: Files, path: str) -> list[str]:
    """The patterns of an ignore file; nothing where it cannot be read."""
    from lading.files import Unreadable

    try:
        text = files.read(path).decode("utf-8", "replace")
    except Unreadable:
        return []
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


class _Patterns:
    """The patterns of one ignore file, for paths below `prefix`.

    pathspec knows git's rules; it takes 10 ms to import (measured), so it is asked only where some pattern might
    match: one whose last literal stretch occurs in the path. A test holds both ways equal.
    """

    __slots__ = ("_chunks", "_spec", "lines", "prefix")

    def __init__(self, prefix: str, lines: list[str]) -> None:
        self.prefix = prefix
        self.lines = lines
        self._chunks = tuple(dict.fromkeys(_literal(line) for line in lines if not line.startswith("!")))
        self._spec: object = None

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Ignored, taken back by `!`, or None where no pattern says anything."""
        below = path[len(self.prefix) :]
        if not any(chunk in below for chunk in self._chunks):
            return (
                None if not any(line.startswith("!") for line in self.lines) else self._ask(below, is_folder)
            )
        return self._ask(below, is_folder)

    def _ask(self, path: str, is_folder: bool) -> bool | None:
        from pathspec import GitIgnoreSpec

        if self._spec is None:
            self._spec = GitIgnoreSpec.from_lines(self.lines)
        return self._spec.check_file(path + "/" if is_folder else path).include  # type: ignore[attr-defined,no-any-return]


def _literal(pattern: str) -> str:
    """A stretch without wildcards that every match of the pattern holds; may be empty."""
    text = pattern.rstrip().strip("/")
    chunks = re.split(r"\*+|\?|\[.*?\]|\\.|/\*\*/|/", text)
    return max(chunks, key=len, default="")


def _ignores(ignored: tuple[_Patterns, ...], path: str, is_folder: bool) -> bool:
    """The innermost ignore file that says anything decides."""
    return next(_verdicts(ignored, path, is_folder), False)


def _verdicts(ignored: tuple[_Patterns, ...], path: str, is_folder: bool) -> Iterator[bool]:
    for patterns in reversed(ignored):
        verdict = patterns.verdict(path, is_folder)
        if verdict is not None:
            yield verdict
