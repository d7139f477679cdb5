"""Which Compose files of a repository form a project, and which others may belong to it."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.config import Config
from lading.discover import leaves_out
from lading.models.compose.glance import (
    begins_with_services,
    has_template_line,
    has_template_syntax,
    is_named_template,
    may_draw,
)
from lading.models.compose.interpolation import Environment
from lading.models.compose.load import Loader, inside, variables_of
from lading.models.compose.neighbours import DEFAULT_NAMES, Neighbours, folders_above
from lading.models.compose.project import ALONE, DEFAULT, EXTENDED, INCLUDED, STATED, Project
from lading.models.compose.statement import Statement, split_paths
from lading.models.compose.values import Origin
from lading.models.template import Template
from lading.problems import Problem
from lading.texts import of_tree
from lading.tree import Mapping, resolve, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Lookup
    from collections.abc import Sequence as Series
    from typing import Any

    from lading.discover import Inventory
    from lading.texts import Question, Texts
    from lading.tree import Entry, Tree

OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""In the order in which Compose looks for them (compose-go `cli/options.go`); the stems need not match."""

_SAMPLES = re.compile(
    r"(?:^|/)(?:(?:test[-_]?)?fixtures?|test[-_]?data|mocks?|__fixtures__|__mocks__|__snapshots__)/"
)
_OF_COMPOSE = re.compile(
    r"(?:service|volume|network|secret|config|model|include|name$|version$|x-|<<)", re.IGNORECASE
)
"""How the keys at the top of a Compose file begin, small slips among them."""
_DEV_CONTAINERS = ".devcontainer"


class Plan:
    """Which Compose files form projects, found out before they are read; what may draw others in is read at once.

    `groups` are the files of each project with its standing: by path those of one folder, then those that are stated.
    Samples that tests read, and templates, are left out. It depends on what `depends` says, and not on all that Compose
    files hold; `plain` are the values from which it is made again where all of that is as it was.
    """

    __slots__ = (
        *("_config", "_drawn", "_every", "_loaders", "_numbers", "_read", "_statements", "_view"),
        *("groups", "neighbours"),
    )

    def __init__(self, inventory: Inventory, texts: Texts, config: Config, kept: Any = None) -> None:
        """`kept`: the values of `plain`. Raises `Problem` where the configuration names what is not there."""
        self._config = config
        self._every = frozenset(inventory.every_compose)
        self._view = texts.view()
        self._loaders: dict[Statement, Loader] = {}
        self._numbers: dict[str, list[int]] | None = None
        """Those of the groups by their main file."""
        if kept is not None:
            groups, statements, drawn, read = kept
            self._drawn: dict[str, str] = drawn
            self._read: dict[int, tuple[str, ...]] = read
            self.groups = tuple((Statement.of(plain), standing) for plain, standing in groups)
            self._statements = tuple(map(Statement.of, statements))
        else:
            self._find(inventory)
            texts.note_all(self._view)
        named = {path for each in self._statements for path in each.files}
        self.neighbours = Neighbours({*self._every, *named, *self._drawn}, texts.view(), self._statements)

    def _find(self, inventory: Inventory) -> None:
        texts, config = self._view, self._config
        paths = tuple(path for path in inventory.every_compose if not _is_sample(path, texts))
        groups = list(_groups(paths, inventory.dotenv, texts))
        statements = tuple(_configured(config, texts))
        configured = {path for each in statements for path in each.files}
        groups = [group for group in groups if configured.isdisjoint(group[0].files)]
        if _may_be_combined(groups):
            statements += _stated(inventory, texts, config, configured)
        self.groups = tuple(_besides(groups, statements))
        self._statements = statements
        self._drawn = {}
        self._read = {}
        for number, (stated, _) in enumerate(self.groups):
            if any(texts.ask(path, may_draw) for path in stated.files):
                loader = self._loaders[stated] = _load(stated, texts.view(), config)
                texts.note_all(loader.texts)
                self._read[number] = loader.read
        parts: set[str] = set()
        """What a folder above includes is a part of that, whatever its own name."""
        for stated, loader in self._loaders.items():
            self._drawn.update(dict.fromkeys(loader.included, INCLUDED))
            parts.update(
                path for path in loader.included if stated.folder in folders_above(posixpath.dirname(path))
            )
            for path in loader.extended:
                self._drawn.setdefault(path, EXTENDED)
        self.groups = tuple(
            (stated, INCLUDED if standing == DEFAULT and stated.files[0] in parts else standing)
            for stated, standing in self.groups
        )

    @property
    def plain(self) -> Any:
        groups = tuple((stated.plain, standing) for stated, standing in self.groups)
        return groups, tuple(each.plain for each in self._statements), self._drawn, self._read

    @property
    def depends(self) -> tuple[tuple[str, ...], tuple[tuple[Question, Any], ...]]:
        """What was looked at for it, as `Texts.depends`."""
        return self._view.depends

    def projects(self, inventory: Inventory, texts: Texts) -> tuple[Project, ...]:
        """The projects of a repository, or of a part of it, read through its own view."""
        if self._numbers is None:
            self._numbers = {}
            for number, (stated, _) in enumerate(self.groups):
                self._numbers.setdefault(stated.files[0], []).append(number)
        mains = [path for path in self._numbers if path not in self._every] if inventory.is_first else []
        own = (*inventory.compose, *mains)
        numbers = sorted(number for path in own for number in self._numbers.get(path, ()))
        return tuple(self._project(*self.groups[number], texts) for number in numbers)

    @property
    def files(self) -> list[tuple[str, ...]]:
        """All files of each project, its main file first, as far as it is known without reading them."""
        every = ((*stated.files, *self._read.get(n, ())) for n, (stated, _) in enumerate(self.groups))
        return [tuple(dict.fromkeys(each)) for each in every]

    @property
    def shared(self) -> frozenset[str]:
        """The main files of the projects that share a file with another one, of whatever name it is."""
        users: dict[str, list[str]] = {}
        for files in self.files:
            for path in files:
                users.setdefault(path, []).append(files[0])
        return frozenset(main for mains in users.values() if len(mains) > 1 for main in mains)

    @property
    def read_already(self) -> frozenset[str]:
        """The main files of the projects that it had to read."""
        return frozenset(stated.files[0] for stated in self._loaders)

    @property
    def standings(self) -> dict[str, list[Any]]:
        """How the projects stand that have a main file, as plain values."""
        found: dict[str, list[Any]] = {}
        for stated, standing in self.groups:
            found.setdefault(stated.files[0], []).append((stated.plain, self._standing(stated, standing)))
        return found

    def _standing(self, stated: Statement, standing: str) -> str:
        return self._drawn.get(stated.files[0], standing) if standing == ALONE else standing

    def _project(self, stated: Statement, standing: str, texts: Texts) -> Project:
        loader = self._loaders.get(stated)
        if loader is None:
            loader = _load(stated, texts, self._config)
        elif loader.texts is not texts:
            texts.note_all(loader.texts)
            loader.texts = texts
        return _project(stated, self._standing(stated, standing), loader, self.neighbours, self._config)


def projects(inventory: Inventory, texts: Texts, config: Config) -> tuple[Project, ...]:
    """The projects of a whole repository. Raises `Problem` where the configuration names what is not there."""
    return Plan(inventory, texts, config).projects(inventory, texts)


def _is_sample(path: str, texts: Texts) -> bool:
    if _SAMPLES.search(path) or texts.ask(path, has_template_line):
        return True
    if is_named_template(path) and texts.ask(path, has_template_syntax):
        return True
    if posixpath.basename(path) in DEFAULT_NAMES + OVERRIDE_NAMES or texts.ask(path, begins_with_services):
        return False
    is_other: bool = texts.ask(path, has_other_keys)
    return is_other


@of_tree
def has_other_keys(tree: Tree) -> bool:
    """Has a file only its name from Compose, and none of the keys? A workflow has `name` as well."""
    roots = [resolve(document) for document in tree.documents]
    entries = [entry for root in roots if isinstance(root, Mapping) for entry in root]
    names = {entry.name for entry in entries}
    if {"on", "jobs"} <= names and "services" not in names:
        return True
    return bool(entries) and not any(
        _OF_COMPOSE.match(e.name or "") or _is_like_a_service(e) for e in entries
    )


def _is_like_a_service(entry: Entry) -> bool:
    """Before `services:` there was, services stood at the top."""
    value = resolve(entry.value)
    return isinstance(value, Mapping) and any(value.entry(key) for key in ("image", "build", "extends"))


def _groups(
    paths: tuple[str, ...], dotenvs: tuple[str, ...], texts: Texts
) -> Iterator[tuple[Statement, str]]:
    """Which files Compose reads together: those that an `.env` names, else those it finds in a folder by itself.

    Every other file stands alone.
    """
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    over = {above for folder in folders for above in (folder, *folders_above(folder))}
    above = over.intersection(map(posixpath.dirname, dotenvs))
    named = {folder: _named_in_dotenv(folder, texts) for folder in sorted({*folders, *above})}
    taken = {path for each in named.values() if each is not None for path in each.files}
    for folder in named:
        members = folders.get(folder, [])
        main = named[folder]
        if main is None and (found := _found(folder, members)) is not None and found.files[0] not in taken:
            main = found
        if main is not None:
            yield main, DEFAULT
        for path in members:
            if path not in taken and (main is None or path not in main.files):
                yield Statement((path,), origin=path), ALONE


def _found(folder: str, members: list[str]) -> Statement | None:
    by_name = {posixpath.basename(path): path for path in members}
    base = next((by_name[name] for name in DEFAULT_NAMES if name in by_name), None)
    if base is None:
        return None
    override = next((by_name[name] for name in OVERRIDE_NAMES if name in by_name), None)
    return Statement((base,) if override is None else (base, override), origin=base)


def _named_in_dotenv(folder: str, texts: Texts) -> Statement | None:
    """The files that `COMPOSE_FILE` in the folder's `.env` names, where all of them are there.

    The variables of that `.env` win over those of the one beside the first file, which is read as well.
    """
    origin = posixpath.join(folder, ".env")
    variables = variables_of(origin, texts)
    named = variables.get("COMPOSE_FILE")
    if named is None or not named.literal:
        return None
    separator = variables.get("COMPOSE_PATH_SEPARATOR")
    names = split_paths(named.literal, separator.literal if separator is not None else None)
    files = tuple(inside(folder, name) for name in names)
    known = tuple(path for path in files if path is not None and texts.exists(path))
    if not known or len(known) < len(files):
        return None
    beside = posixpath.join(posixpath.dirname(known[0]), ".env")
    return Statement(known, origin=origin, env_files=(beside, origin) if beside != origin else None)


def _may_be_combined(groups: list[tuple[Statement, str]]) -> bool:
    """Is there a file that may stand on top of another one?"""
    return len(groups) > 1 or any(
        standing == ALONE or each.folder.endswith(_DEV_CONTAINERS) for each, standing in groups
    )


def _besides(
    groups: list[tuple[Statement, str]], statements: Series[Statement]
) -> list[tuple[Statement, str]]:
    """What is found and what is stated: one of either where they are the same, and no overlay by itself."""
    first = {each.files[0] for each in statements}
    above = {path for each in statements for path in each.files[1:]} - first
    kept = [
        (each, standing)
        for each, standing in groups
        if each.files[0] not in (above if standing == DEFAULT else above | first)
    ]
    plain = {(each.files, each.folder) for each, _ in kept}
    added = [
        (each, STATED)
        for each in statements
        if each.env_files is not None or (each.files, each.folder) not in plain
    ]
    return kept + added


def _configured(config: Config, texts: Texts) -> Iterator[Statement]:
    """The projects of `compose: projects:`. Raises `Problem`."""
    where = config.where("compose", "projects") or "the configuration"
    for stated in config.compose_projects:
        files = tuple(map(posixpath.normpath, stated.files))
        directory = inside("", stated.directory) if stated.directory is not None else None
        if stated.directory is not None and directory is None:
            raise Problem(f"{where}: compose.projects: `{stated.directory}` leads out of the repository")
        env_files = stated.env_files
        yield Statement(
            files,
            origin=where,
            folder=directory,
            env_files=None if env_files is None else tuple(_there(p, texts, where) for p in env_files),
            profiles=stated.profiles,
            name=stated.name,
        )


def _there(named: str, texts: Texts, where: str) -> str:
    path = inside("", named)
    if path is None or not texts.exists(path):
        raise Problem(f"{where}: compose.projects: there is no file `{named}` in the repository")
    return path


def _stated(
    inventory: Inventory, texts: Texts, config: Config, configured: set[str]
) -> tuple[Statement, ...]:
    """What scripts and the like say of files that the configuration does not speak of."""
    from lading.models.compose.stated import stated

    leaves_out_path = leaves_out(config.exclude)

    def is_left_out(path: str) -> bool:
        return path in configured or leaves_out_path(path) or _is_sample(path, texts)

    return stated(inventory, texts, is_left_out)


def project_of(
    files: tuple[str, ...],
    texts: Texts,
    variables: Lookup[str, Template],
    *,
    folder: str | None = None,
    env_files: tuple[str, ...] | None = None,
    profiles: tuple[str, ...] = (),
) -> Project:
    """The project that a command makes of these files, in an environment with these variables."""
    config = Config()
    statement = Statement(files, origin=files[0], folder=folder, env_files=env_files, profiles=profiles)
    loader = _load(statement, texts, config, variables)
    return _project(statement, STATED, loader, Neighbours((), texts), config)


def _load(
    stated: Statement, texts: Texts, config: Config, variables: Lookup[str, Template] | None = None
) -> Loader:
    given = {name: Template.of(value) for name, value in config.variables.items()} | dict(variables or {})
    environment = Environment(given)
    env_files = stated.env_files
    if env_files is None:
        env_files = (posixpath.join(stated.folder, ".env"),)
    for path in reversed(env_files):
        environment = environment.beneath(variables_of(path, texts, environment))
    name = stated.name or _name_written(stated.files, texts)
    if name is not None:
        environment = environment.beneath({"COMPOSE_PROJECT_NAME": Template.of(name)})
    loader = Loader(texts)
    loader.load(stated.files, Origin(environment, stated.folder), ())
    return loader


def _name_written(files: tuple[str, ...], texts: Texts) -> str | None:
    """The last top-level `name`, normalised as Compose does; None where it is not known."""
    names = []
    for path in files:
        for document in texts.tree(path).documents:
            root = resolve(document)
            names.append(text_of(root.get("name")) if isinstance(root, Mapping) else None)
    written = next((name for name in reversed(names) if name is not None), None)
    if written is None or "$" in written:
        return None
    return re.sub(r"[^a-z0-9_-]", "", written.lower()).lstrip("_-") or None


def _project(
    stated: Statement, standing: str, loader: Loader, neighbours: Neighbours, config: Config
) -> Project:
    files = stated.files
    path = files[0]
    services = loader.model.map("services")
    names = tuple(services.entries) if services is not None else ()
    active = loader.environment.values.get("COMPOSE_PROFILES")
    profiles = stated.profiles or (tuple(active.shown.split(",")) if active is not None else ())
    return Project(
        path,
        folder=stated.folder,
        files=tuple(dict.fromkeys(files + loader.read)),
        model=loader.model,
        layers=tuple(loader.layers),
        stages=tuple(loader.stages),
        sources=files,
        standing=standing,
        troubles=tuple(loader.troubles),
        unknowns=tuple(dict.fromkeys(loader.unknowns)),
        bases=neighbours.beneath(path, names, loader.texts) if standing == ALONE else (),
        profiles=profiles,
        neighbours=neighbours,
        texts=loader.texts,
        healthy_images=config.healthy_images,
        statement=stated if standing == STATED else None,
        origin=stated.origin,
        said=frozenset(loader.said),
    )
