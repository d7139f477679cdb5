"""Which files of a repository are looked at: Compose files, workflows, actions, Dockerfiles, bake files."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pathspec import GitIgnoreSpec

    from lading.files import Files

COMPOSE = "compose"
WORKFLOW = "workflow"
ACTION = "action"
DOCKERFILE = "dockerfile"
BAKE = "bake"
DOTENV = "dotenv"
_KINDS = (COMPOSE, WORKFLOW, ACTION, DOCKERFILE, BAKE, DOTENV)

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

_FOREIGN = frozenset((".git", "pyvenv.cfg"))
"""What tells of another repository (a submodule) and of a virtual environment, in the folder that is one."""

MAX_DEPTH = 64
MAX_ENTRIES = 500_000
"""Files and folders that are looked through in one repository."""

_WORKFLOWS = ".github/workflows"
_WORKFLOW_FOLDERS = (".github", _WORKFLOWS)
"""What lies beside a workflow does not keep GitHub from running it."""
_COMPOSE = re.compile(r"(?!rancher-compose\.)(?:.*[._-])?(?:docker-)?compose(?:[._-].*)?\.ya?ml")
"""`rancher-compose.yml` is what Rancher 1 lays on a Compose file (rancher.com/docs/rancher/v1.0/en/rancher-compose)."""
_DOCKERFILE = re.compile(r"(?:docker|container)file(?:[._-].*)?|.*\.(?:docker|container)file")
_BAKE = re.compile(r"docker-bake(?:\.override)?\.(?:hcl|json)")
_SCRIPTS = frozenset(
    (
        *(
            "makefile",
            "gnumakefile",
            "justfile",
            ".justfile",
            "taskfile.yml",
            "taskfile.yaml",
            "package.json",
        ),
        *("devcontainer.json", ".devcontainer.json", "readme.md"),
    )
)
_SCRIPT_FOLDERS = frozenset(
    ("", "bin", "ci", "deploy", "deployment", "dev", "docker", "hack", "infra", "script", "scripts", "tools")
)
"""Names of the folders in which, and at the top also below which, a `*.sh` counts."""
_MAX_SCRIPT_DEPTH = 4


class Inventory:
    """Paths by kind, sorted.

    `odd` is what carries the name of a Compose file or workflow and is none: a folder, a link that leads nowhere or out
    of the repository. `every_workflow` and `every_compose` are the workflows and Compose files of the repository, where
    `workflows` and `compose` are those of a part; `is_first`: is it the whole, or the part that has all the rest?
    """

    __slots__ = (
        "_scripts",
        "actions",
        "bake",
        "compose",
        "dockerfiles",
        "dotenv",
        "every_compose",
        "every_workflow",
        "is_first",
        "odd",
        "workflows",
    )

    def __init__(
        self,
        found: Mapping[str, Sequence[str]],
        odd: Iterable[str],
        scripts: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.is_first = True
        self.compose = tuple(sorted(found[COMPOSE]))
        self.every_compose = self.compose
        self.workflows = tuple(sorted(found[WORKFLOW]))
        self.every_workflow = self.workflows
        self.actions = tuple(sorted(found[ACTION]))
        self.dockerfiles = tuple(sorted(found[DOCKERFILE]))
        self.bake = tuple(sorted(found[BAKE]))
        self.dotenv = tuple(sorted(found[DOTENV]))
        self.odd = tuple(sorted(odd))
        self._scripts = scripts

    @property
    def plain(self) -> tuple[tuple[str, ...], ...]:
        """Plain values for `Inventory.of`; of the whole repository."""
        return (
            *(self.compose, self.workflows, self.actions, self.dockerfiles, self.bake, self.dotenv),
            *(self.odd, self.scripts),
        )

    @classmethod
    def of(cls, plain: tuple[tuple[str, ...], ...]) -> Inventory:
        """The inventory that an earlier run has found."""
        *paths, odd, scripts = plain
        return cls(dict(zip(_KINDS, paths, strict=True)), odd, lambda: scripts)

    @property
    def scripts(self) -> tuple[str, ...]:
        """What may say how Compose is run (Makefiles, shell scripts, readmes, …); asked for only where it matters."""
        return tuple(sorted(self._scripts()))

    def part(self, workflows: tuple[str, ...], compose: tuple[str, ...], *, is_first: bool) -> Inventory:
        """Some of the workflows and Compose files with every action; the first part has all the rest too."""
        others = (self.actions, self.dockerfiles, self.bake, self.dotenv)
        found = dict(zip(_KINDS, (compose, workflows, *others), strict=True))
        part = Inventory(found, self.odd if is_first else (), self._scripts)
        part.every_workflow = self.every_workflow
        part.every_compose = self.every_compose
        part.is_first = is_first
        return part


def kind_of(path: str) -> str | None:
    """What a path's name says it is; None for every other file, and for templates (`{{ name }}/compose.yaml`)."""
    folder, _, name = path.rpartition("/")
    name = name.lower()
    if folder == _WORKFLOWS and name.endswith((".yml", ".yaml")):
        return WORKFLOW  # GitHub runs it, whatever its name looks like
    if "{{" in path:
        return None
    if name.endswith((".yml", ".yaml")):
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


def discover(
    files: Files,
    exclude: tuple[str, ...] = (),
    named: Iterable[str] = (),
    tracked: Iterable[str] | None = (),
) -> Inventory:
    """Look through a repository; `named` are Compose files by whatever name, of which the configuration speaks.

    `tracked` are files that count although ignore files name them, or what lies beside them looks like another's; None
    where nobody knows: then no ignore file counts, and nothing looks like another's.

    Raises `Problem` where it is too large to be looked through, and where one of `named` is not there.

    Left out are vendored folders, repositories inside (submodules), what .gitignore files and .git/info/exclude
    ignore, and `exclude` (.gitignore form). The user's own global excludes are not asked: the result is the same for
    everybody. A file that git tracks although it is ignored is left out too where `tracked` does not name it, and the
    ignore files above a root that is a part of a repository are not read. The folders of workflows always count.
    """
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    odd: list[str] = []
    scripts: list[tuple[str, tuple[_Patterns, ...]]] = []
    excluded = _excluded(exclude)
    is_trusting = tracked is not None
    shared = _Patterns("", _lines(files, ".git/info/exclude") if is_trusting else [])
    waiting: list[tuple[str, tuple[_Patterns, ...]]] = [("", (shared,) if shared.lines else ())]
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
        links = {name: is_link for name, _, is_link in entries}
        is_foreign = is_trusting and not _FOREIGN.isdisjoint(links)
        if folder and folder not in _WORKFLOW_FOLDERS and is_foreign:
            continue
        prefix = f"{folder}/" if folder else ""
        if is_trusting and links.get(".gitignore") is False:  # git follows no link there
            own = _Patterns(prefix, _lines(files, prefix + ".gitignore"))
            ignored = (*ignored, own) if own.lines else ignored
        scripts += [(prefix + name, ignored) for name in links if _may_run_compose(folder, name)]
        for name, is_folder, is_link in entries:
            path = prefix + name
            kind = kind_of(path)
            if kind is None and (not is_folder or name in VENDORED):
                continue
            if _ignores(excluded, path, is_folder) or _ignores(ignored, path, is_folder):
                continue
            if is_folder and name not in VENDORED and path.count("/") < MAX_DEPTH:
                waiting.append((path, ignored))
            if kind is None:
                continue
            if not is_folder and (not is_link or files.is_file(path)):
                found[kind].append(path)
            elif kind in (COMPOSE, WORKFLOW):
                odd.append(path)
    for path, kind in _tracked(tracked or (), exclude):
        if path not in found[kind] and files.is_file(path):
            found[kind].append(path)
    found[COMPOSE] = list(dict.fromkeys((*found[COMPOSE], *_named(files, named))))
    return Inventory(found, odd, lambda: _kept(files, scripts, excluded))


def _tracked(paths: Iterable[str], exclude: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Those of the paths that are of a known kind, with it, and lie in no vendored folder."""
    is_left_out = leaves_out(exclude)
    for path in paths:
        kind = kind_of(path)
        if kind is not None and VENDORED.isdisjoint(path.split("/")) and not is_left_out(path):
            yield path, kind


def _named(files: Files, paths: Iterable[str]) -> Iterator[str]:
    for path in map(posixpath.normpath, paths):
        if not files.is_file(path):
            raise Problem(f"compose.projects: there is no file `{path}` in the repository")
        yield path


def _kept(
    files: Files, scripts: list[tuple[str, tuple[_Patterns, ...]]], excluded: tuple[_Patterns, ...]
) -> Iterator[str]:
    """Put off until somebody asks: few repositories need it, and `*.sh` in an ignore file imports pathspec."""
    for path, ignored in scripts:
        if not (_ignores(excluded, path, False) or _ignores(ignored, path, False)) and files.is_file(path):
            yield path


def leaves_out(exclude: tuple[str, ...]) -> Callable[[str], bool]:
    """Does the configuration leave a file out, or a folder above it? Raises `Problem`."""
    excluded = _excluded(exclude)

    def is_left_out(path: str) -> bool:
        ends = [at for at, letter in enumerate(path) if letter == "/"]
        return _ignores(excluded, path, False) or any(_ignores(excluded, path[:end], True) for end in ends)

    return is_left_out


def _may_run_compose(folder: str, name: str) -> bool:
    """Is it a file in which commands for Compose are looked for?"""
    if folder.count("/") >= _MAX_SCRIPT_DEPTH:
        return False
    if name.endswith(".sh"):
        return folder.rpartition("/")[2] in _SCRIPT_FOLDERS or folder.partition("/")[0] in _SCRIPT_FOLDERS
    return name.endswith(".mk") or name.lower() in _SCRIPTS


def _excluded(exclude: tuple[str, ...]) -> tuple[_Patterns, ...]:
    """What the configuration leaves out, whatever ignore files take back. Raises `Problem`."""
    if not exclude:
        return ()
    from lading.gitignore import refuse_odd

    refuse_odd("exclude", exclude)
    return (_Patterns("", list(exclude)),)


def _lines(files: Files, path: str) -> list[str]:
    """The patterns of an ignore file; nothing where it cannot be read."""
    from lading.files import Unreadable

    try:
        text = files.read(path).decode("utf-8", "replace").removeprefix("\ufeff")
    except Unreadable:
        return []
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return [line for line in lines if line.strip() and not line.startswith("#")]


_SPECIAL = frozenset("/\\*?[]!# \t\v\f\r")


def _plain_name(pattern: str) -> str | None:
    """The name in `name`, `/name`, `name/` and `/name/`; None for every other pattern."""
    name = pattern.removeprefix("/").removesuffix("/")
    return name if name and _SPECIAL.isdisjoint(name) else None


class _Patterns:
    """The patterns of one ignore file, for paths below `prefix`, whose folders are known not to be ignored.

    Most patterns are a plain name (`build/`, `/dist`); those are compared here. Wildcards and `!` are left to
    pathspec, which knows git's rules but takes 10 ms to import (measured): it is asked only about a path that holds
    a literal stretch of such a pattern. A test holds the outcome equal to git's.
    """

    __slots__ = ("_chunks", "_names", "_spec", "lines", "prefix")

    def __init__(self, prefix: str, lines: list[str]) -> None:
        self.prefix = prefix
        self.lines = lines
        self._names: dict[str, list[tuple[bool, bool]]] = {}
        chunks: list[str] = []
        for line in lines:
            name = _plain_name(line)
            if name is None:
                chunks.append(_literal(line))
            else:
                self._names.setdefault(name, []).append((line.startswith("/"), line.endswith("/")))
        self._chunks = tuple(dict.fromkeys(chunks))
        self._spec: GitIgnoreSpec | None = None

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Ignored, taken back by `!`, or None where no pattern says anything."""
        below = path[len(self.prefix) :]
        if any(chunk in below for chunk in self._chunks):
            return self._ask(below, is_folder)
        folder, _, name = below.rpartition("/")
        for is_anchored, is_for_folders in self._names.get(name, ()):
            if (is_folder or not is_for_folders) and not (is_anchored and folder):
                return True
        return None

    def _ask(self, path: str, is_folder: bool) -> bool | None:
        if self._spec is None:
            from lading.gitignore import spec_of

            self._spec = spec_of(self.lines)
        return self._spec.check_file(path + "/" if is_folder else path).include


def _literal(pattern: str) -> str:
    """A stretch without wildcards that every match of the pattern holds; may be empty.

    All between the first `[` and the last `]` counts as a wildcard: where a set ends is for others to know.
    """
    chunks = re.split(r"[/*?]+|\\.?|\[.*\]|\[.*", pattern.removeprefix("!").rstrip())
    return max(chunks, key=len, default="")


def _ignores(ignored: tuple[_Patterns, ...], path: str, is_folder: bool) -> bool:
    """The innermost ignore file that says anything decides."""
    for patterns in reversed(ignored):
        verdict = patterns.verdict(path, is_folder)
        if verdict is not None:
            return verdict
    return False
