"""One run: from what the user asked to an outcome; the only place that knows every part."""

from __future__ import annotations

import os

from lading import builtin
from lading.catalogue import combine, rules_in
from lading.config import Config
from lading.config_file import NAMES, read_config
from lading.discover import discover
from lading.engine import MANY, Selection, check
from lading.files import Files, Unreadable
from lading.identity import identify, repository_root
from lading.models.repository import Repository
from lading.parse import Reader
from lading.plugins import installed_providers
from lading.problems import Problem
from lading.texts import Texts
from lading.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.catalogue import Rule
    from lading.findings import Outcome
    from lading.provider import Provider


class Request:
    """What the user asks for.

    `paths` and `root` are paths of the operating system, seen from `working_folder`; `unsaved` is the text that
    stands for the file `unsaved_path`.
    """

    __slots__ = (
        "config_path",
        "default_token",
        "environment",
        "ignore",
        "owner",
        "paths",
        "repo",
        "root",
        "select",
        "strict",
        "unsaved",
        "unsaved_path",
        "working_folder",
    )

    def __init__(
        self,
        paths: tuple[str, ...] = (),
        *,
        root: str | None = None,
        owner: str | None = None,
        repo: str | None = None,
        config_path: str | None = None,
        default_token: str | None = None,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        strict: bool = False,
        unsaved_path: str | None = None,
        unsaved: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        working_folder: str | None = None,
    ) -> None:
        self.paths = paths
        self.root = root
        self.owner = owner
        self.repo = repo
        self.config_path = config_path
        self.default_token = default_token
        self.select = select
        self.ignore = ignore
        self.strict = strict
        self.unsaved_path = unsaved_path
        self.unsaved = unsaved
        self.environment = os.environ if environment is None else environment
        self.working_folder = os.getcwd() if working_folder is None else working_folder


class Session:
    """A repository made ready: its root on disk, its models and the rules for it."""

    __slots__ = ("config", "repository", "request", "root", "rules")

    def __init__(
        self, request: Request, root: str, config: Config, repository: Repository, rules: Mapping[str, Rule]
    ) -> None:
        self.request = request
        self.root = root
        self.config = config
        self.repository = repository
        self.rules = rules

    @property
    def is_out_of_focus(self) -> bool:
        """Were paths given, and lies nothing that is looked at below them?"""
        focus = Selection(focus=_focus(self.request, self.root))
        inventory = self.repository.inventory
        paths = (
            *inventory.compose,
            *inventory.workflows,
            *inventory.actions,
            *inventory.dockerfiles,
            *inventory.odd,
        )
        return bool(focus.focus) and not any(focus.holds(path) for path in paths)

    def path_of(self, given: str) -> str:
        """A path as the user gives it, from the root. Raises `Problem` outside of it."""
        return _inside(self.root, os.path.join(self.request.working_folder, given))

    def check(self) -> Outcome:
        """Run the rules. Raises `Problem` where a rule or plugin breaks."""
        request = self.request
        _refuse_unknown_rules(request.select + request.ignore, self.rules)
        selection = Selection(request.select, request.ignore, request.strict, _focus(request, self.root))
        return _run(self.repository, self.rules, selection)


def _run(repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> Outcome:
    if len(repository.inventory.workflows) < MANY:
        return check(repository, rules, selection)
    from lading.parallel import check_in_parts

    return check_in_parts(repository, rules, selection)


def check_path(path: str) -> Outcome:
    """Check the repository around a path with its own configuration. Raises `Problem`."""
    return open_session(Request((path,))).check()


def open_session(request: Request) -> Session:
    """Find the repository, read its configuration, and lay out its models. Raises `Problem`."""
    _refuse_odd_names(request)
    root = _root(request)
    files = Files(root)
    if request.unsaved_path is not None and request.unsaved is not None:
        path = _inside(root, os.path.join(request.working_folder, request.unsaved_path))
        files = files.overlay(path, request.unsaved)
    reader = Reader()
    config = _config(request, files, reader)
    providers = installed_providers()
    rules = _combined(providers, root, config)
    _refuse_unknown_rules(tuple(config.rules), rules)
    identity = identify(
        root,
        owner=request.owner,
        name=request.repo,
        configured=config.repository,
        environment=request.environment,
    )
    named = (path for each in config.compose_projects for path in each.files)
    inventory = discover(files, config.exclude, named)
    repository = Repository(
        Texts(files, reader), inventory, identity, config, [r for each in providers for r in each.recognisers]
    )
    return Session(request, root, config, repository, rules)


def rules_for(request: Request) -> dict[str, Rule]:
    """Every rule that counts for a repository, its own cards among them. Raises `Problem`."""
    root = _root(request)
    return all_rules(root, _config(request, Files(root), Reader()))


def all_rules(root: str | None = None, config: Config | None = None) -> dict[str, Rule]:
    """Built-in rules, those of installed plugins, and the repository's own cards. Raises `Problem`."""
    return _combined(installed_providers(), root, config)


def _combined(providers: tuple[Provider, ...], root: str | None, config: Config | None) -> dict[str, Rule]:
    found = [(provider.name, provider.rules) for provider in (builtin.provider(), *providers)]
    for folder in config.local_cards if config is not None and root is not None else ():
        path = os.path.join(str(root), _inside(str(root), os.path.join(str(root), folder)))
        found.append((folder, rules_in(path, folder, declarative_only=True)))
    return combine(found)


def _refuse_odd_names(request: Request) -> None:
    """Letters, digits and `-`; in the name of a repository `.` and `_` too (docs.github.com)."""
    from lading import regex as re

    if request.owner is not None and re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*)", request.owner) is None:
        raise Problem(f"--owner {request.owner}: GitHub has no such names")
    if request.repo is not None and re.fullmatch(r"[A-Za-z0-9._-]+", request.repo) is None:
        raise Problem(f"--repo {request.repo}: GitHub has no such names")


def _root(request: Request) -> str:
    if request.root is not None:
        root = os.path.join(request.working_folder, request.root)
        if not os.path.isdir(root):
            raise Problem(f"--root {request.root}: no such folder")
        return os.path.realpath(root)
    start = request.unsaved_path or (request.paths[0] if request.paths else ".")
    start = os.path.join(request.working_folder, start)
    if request.unsaved_path is None and not os.path.lexists(start):
        raise Problem(f"{request.paths[0]}: no such file or folder")
    folder = os.path.realpath(start if os.path.isdir(start) else os.path.dirname(start))
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return repository_root(folder) or folder


def _inside(root: str, path: str) -> str:
    """A path of the operating system as a posix path relative to the root. Raises `Problem` outside of it."""
    folder, name = os.path.split(os.path.abspath(path))
    whole = os.path.join(os.path.realpath(folder), name) if name else os.path.realpath(folder)
    relative = os.path.relpath(whole, root)
    if relative == os.pardir or relative.startswith(os.pardir + os.sep) or os.path.isabs(relative):
        raise Problem(f"{path}: lies outside the repository {root}")
    return relative.replace(os.sep, "/")


def _focus(request: Request, root: str) -> tuple[str, ...]:
    paths = [os.path.join(request.working_folder, path) for path in request.paths]
    for given, path in zip(request.paths, paths, strict=True):
        if not os.path.lexists(path):
            raise Problem(f"{given}: no such file or folder")
    focus = tuple(_inside(root, path) for path in paths)
    if request.unsaved_path is not None:
        focus += (_inside(root, os.path.join(request.working_folder, request.unsaved_path)),)
    return () if "." in focus else focus


def _config(request: Request, files: Files, reader: Reader) -> Config:
    config = _found_config(request, files, reader)
    if request.default_token is None:
        return config
    return config.having(default_token=request.default_token)


def _found_config(request: Request, files: Files, reader: Reader) -> Config:
    if request.config_path is not None:
        path = os.path.join(request.working_folder, request.config_path)
        try:
            with open(path, "rb") as file:
                return read_config(request.config_path, file.read(), reader)
        except OSError as error:
            raise Problem(f"--config {request.config_path}: {error.strerror}") from error
    for name in NAMES:
        if files.is_file(name):
            try:
                return read_config(name, files.read(name), reader)
            except Unreadable as error:
                raise Problem(f"{name}: {error.reason}") from error
    return Config()


def _refuse_unknown_rules(globs: tuple[str, ...], rules: Mapping[str, Rule]) -> None:
    from lading.engine import matches

    for glob in globs:
        if not any(matches(id, glob) for id in rules):
            raise no_such_rule(glob, rules)


def no_such_rule(name: str, rules: Mapping[str, Rule]) -> Problem:
    """What is said of a name that no rule has."""
    near = nearest(name, rules, 0.6)
    hint = f"; did you mean {near}?" if near is not None else "; `lading rules` lists them"
    return Problem(f"no rule is named {name}{hint}")
