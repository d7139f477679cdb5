"""Which Compose files of a repository form a project, and which others may belong to it."""

from __future__ import annotations

import posixpath
import re

from lading.models.compose.interpolation import Environment
from lading.models.compose.load import SECTIONS, Loader, inside, variables_of
from lading.models.compose.project import ALONE, DEFAULT, EXTENDED, INCLUDED, Project
from lading.models.compose.values import Origin
from lading.models.template import Template
from lading.tree import Mapping, resolve, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Sequence as Series

    from lading.config import Config
    from lading.texts import Texts

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""In the order in which Compose looks for them (compose-go `cli/options.go`); the stems need not match."""

_SAMPLES = re.compile(r"(?:^|/)(?:fixtures?|testdata|test-data|mocks?|__fixtures__|__mocks__)/")
_TEMPLATES = re.compile(r"(?:^|/)(?:templates?|cookiecutter[^/]*|[^/]*\{\{[^/]*)/")
_TEMPLATE_SYNTAX = re.compile(r"\{\{|\{%|<%|%[A-Z_]{2,}%|__[A-Z_]{2,}__")


def projects(compose_paths: Series[str], texts: Texts, config: Config) -> tuple[Project, ...]:
    """The projects of a repository, by path. Samples that tests read, and templates, are left out."""
    paths = tuple(path for path in sorted(set(compose_paths)) if not _is_sample(path, texts))
    neighbours = Neighbours(tuple(sorted(set(compose_paths))), texts)
    groups = list(_groups(paths, texts))
    loaded = [(files, standing, _load(files, texts, config)) for files, standing in groups]
    drawn: dict[str, str] = {}
    for _, _, loader in loaded:
        for path in loader.included:
            drawn[path] = INCLUDED
        for path in loader.extended:
            drawn.setdefault(path, EXTENDED)
    return tuple(
        _project(
            files,
            drawn.get(files[0], standing) if standing == ALONE else standing,
            loader,
            neighbours,
            config,
        )
        for files, standing, loader in loaded
    )


def _is_sample(path: str, texts: Texts) -> bool:
    if _SAMPLES.search(path):
        return True
    if not _TEMPLATES.search(path):
        return False
    source = texts.source(path)
    return source is not None and _TEMPLATE_SYNTAX.search(source.text) is not None


def _groups(paths: tuple[str, ...], texts: Texts) -> Iterator[tuple[tuple[str, ...], str]]:
    """Which files Compose reads together: per folder those it finds by itself, every other file alone."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    for folder, members in folders.items():
        main = _named_in_dotenv(folder, texts) or _found(folder, members)
        if main:
            yield main, DEFAULT
        for path in members:
            if path not in main:
                yield (path,), ALONE


def _found(folder: str, members: list[str]) -> tuple[str, ...]:
    base = next((n for n in DEFAULT_NAMES if posixpath.join(folder, n) in members), None)
    if base is None:
        return ()
    override = next((n for n in OVERRIDE_NAMES if posixpath.join(folder, n) in members), None)
    return tuple(posixpath.join(folder, name) for name in (base, override) if name is not None)


def _named_in_dotenv(folder: str, texts: Texts) -> tuple[str, ...]:
    """The files that `COMPOSE_FILE` in the folder's `.env` names, where all of them are there."""
    named = variables_of(posixpath.join(folder, ".env"), texts).get("COMPOSE_FILE")
    if named is None or not named.literal:
        return ()
    files = tuple(inside(folder, name) for name in re.split(r"[:;]", named.literal) if name)
    known = tuple(path for path in files if path is not None and texts.exists(path))
    return known if len(known) == len(files) else ()


def _load(files: tuple[str, ...], texts: Texts, config: Config) -> Loader:
    folder = posixpath.dirname(files[0])
    stated = {name: Template.of(value) for name, value in config.variables.items()}
    environment = Environment(stated)
    environment = environment.beneath(variables_of(posixpath.join(folder, ".env"), texts, environment))
    name = _name_written(files, texts)
    if name is not None:
        environment = environment.beneath({"COMPOSE_PROJECT_NAME": Template.of(name)})
    loader = Loader(texts)
    loader.load(files, Origin(environment, folder), ())
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
    files: tuple[str, ...], standing: str, loader: Loader, neighbours: Neighbours, config: Config
) -> Project:
    path = files[0]
    services = loader.model.map("services")
    names = tuple(services.entries) if services is not None else ()
    active = loader.environment.values.get("COMPOSE_PROFILES")
    profiles = tuple(active.shown.split(",")) if active is not None else ()
    return Project(
        path,
        folder=posixpath.dirname(path),
        files=tuple(dict.fromkeys(files + loader.read)),
        model=loader.model,
        layers=tuple(loader.layers),
        sources=files,
        standing=standing,
        troubles=tuple(loader.troubles),
        unknowns=tuple(dict.fromkeys(loader.unknowns)),
        bases=neighbours.beneath(path, names) if standing == ALONE else (),
        profiles=profiles,
        neighbours=neighbours,
        texts=loader.texts,
        healthy_images=config.healthy_images,
    )


class Neighbours:
    """All Compose files of the repository: does another one define what is missing here?"""

    __slots__ = ("_known", "_paths", "_texts")

    def __init__(self, paths: tuple[str, ...], texts: Texts) -> None:
        self._paths = paths
        self._texts = texts
        self._known: dict[str, dict[str, dict[str, Mapping | None]]] = {}

    def _sections(self, path: str) -> dict[str, dict[str, Mapping | None]]:
        """section -> name -> what is written there, without merge keys looked through."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = {section: {} for section in SECTIONS}
            for document in self._texts.tree(path).documents:
                root = resolve(document)
                for section in SECTIONS:
                    mapping = root.get(section) if isinstance(root, Mapping) else None
                    for entry in mapping if isinstance(mapping, Mapping) else ():
                        value = resolve(entry.value)
                        if entry.name is not None:
                            found[section].setdefault(
                                entry.name, value if isinstance(value, Mapping) else None
                            )
        return found

    def defining(self, section: str, name: str, besides: Iterable[str]) -> tuple[str, ...]:
        """Other files that have the name in the section."""
        without = set(besides)
        return tuple(p for p in self._paths if p not in without and name in self._sections(p)[section])

    def giving(self, service: str, key: str, project: Project) -> tuple[str, ...]:
        """Other files in reach that give a service a key (or may, through `extends` or `<<`).

        In reach is the same folder; for a file that is not found by itself also the folders above and below.
        """
        found = []
        for path in self._paths:
            if path in project.files or not _in_reach(path, project):
                continue
            mapping = self._sections(path)["services"].get(service)
            if mapping is not None and any(mapping.entry(name) for name in (key, "extends", "<<")):
                found.append(path)
        return tuple(found)

    def beneath(self, path: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Files that Compose finds by itself, in the folder or above, and that have all these services."""
        folder = posixpath.dirname(path)
        found = []
        for other in self._paths:
            above = posixpath.dirname(other)
            if other == path or posixpath.basename(other) not in DEFAULT_NAMES:
                continue
            if (above == folder or _is_above(above, folder)) and names:
                services = self._sections(other)["services"]
                if all(name in services for name in names):
                    found.append(other)
        return tuple(found)


def _is_above(folder: str, other: str) -> bool:
    return folder == "" or other.startswith(folder + "/")


def _in_reach(path: str, project: Project) -> bool:
    folder = posixpath.dirname(path)
    if folder == project.folder:
        return True
    if project.standing == DEFAULT:
        return False
    return _is_above(folder, project.folder) or _is_above(project.folder, folder)
