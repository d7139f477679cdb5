"""One run: from what the user asked to an outcome; the only place that knows every part."""

from __future__ import annotations

import os

from lading import builtin
from lading.catalogue import combine, rules_in
from lading.config import NAMES, Config
from lading.discover import discover
from lading.engine import IGNORES, MANY, Selection, both, check, decides
from lading.files import Files, Unreadable, leads_out
from lading.identity import identify, repository_root, tracked_files
from lading.lifecycle import edition_hint, former_ids, hints, with_todays_ids
from lading.models.repository import Repository
from lading.parse import Reader
from lading.plugins import installed_providers
from lading.problems import Problem
from lading.record import Record, digest
from lading.texts import Texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from lading.baseline import Baseline
    from lading.catalogue import Rule
    from lading.changes import Changes
    from lading.config_parts import Layer
    from lading.findings import Finding, Outcome
    from lading.identity import Identity
    from lading.kept import Kept
    from lading.laid_out import LaidOut
    from lading.models.recognisers.table import Recogniser
    from lading.provider import Provider


class Request:
    """What the user asks for.

    `paths` and `root` are paths of the operating system, seen from `working_folder`; `unsaved` is the text that
    stands for the file `unsaved_path`. `cards` are folders with declarative cards besides those of the configuration,
    `options` values for options of rules, by id. `baseline` is the file of findings that were there before, `since` a
    revision: told is what concerns the files changed since then, and what is new elsewhere.
    """

    __slots__ = (
        "baseline",
        "cards",
        "config_path",
        "default_token",
        "environment",
        "ignore",
        "options",
        "owner",
        "paths",
        "policy_path",
        "preview",
        "repo",
        "root",
        "select",
        "since",
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
        policy_path: str | None = None,
        default_token: str | None = None,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        strict: bool = False,
        preview: bool = False,
        baseline: str | None = None,
        since: str | None = None,
        unsaved_path: str | None = None,
        unsaved: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        working_folder: str | None = None,
        cards: tuple[str, ...] = (),
        options: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.cards = cards
        self.options = dict(options or {})
        self.paths = paths
        self.root = root
        self.owner = owner
        self.repo = repo
        self.config_path = config_path
        self.policy_path = policy_path
        self.default_token = default_token
        self.select = select
        self.ignore = ignore
        self.strict = strict
        self.preview = preview
        self.baseline = baseline
        self.since = since
        self.unsaved_path = unsaved_path
        self.unsaved = unsaved
        self.environment = os.environ if environment is None else environment
        self.working_folder = os.getcwd() if working_folder is None else working_folder

    def having(self, **changes: object) -> Request:
        """The same request but for what is named."""
        other = Request.__new__(Request)
        for name in Request.__slots__:
            setattr(other, name, changes.get(name, getattr(self, name)))
        return other


class Session:
    """A repository made ready: its root on disk, its models and the rules for it.

    `bound` is there where a policy is given that the repository cannot loosen: see `Bound`. `named` are the rules as
    the configuration names them.
    """

    __slots__ = ("bound", "config", "named", "repository", "request", "root", "rules")

    def __init__(
        self,
        request: Request,
        root: str,
        config: Config,
        repository: Repository,
        rules: Mapping[str, Rule],
        bound: Bound | None = None,
        named: tuple[str, ...] = (),
    ) -> None:
        self.request = request
        self.root = root
        self.config = config
        self.repository = repository
        self.rules = rules
        self.bound = bound
        self.named = named

    @property
    def focus(self) -> Selection:
        """The paths that were given."""
        return Selection(focus=_focus(self.request, self.root, self.config))

    @property
    def is_out_of_focus(self) -> bool:
        """Were paths given, and lies nothing that is looked at below them?"""
        focus = self.focus
        read = (self.repository, self.bound.repository) if self.bound is not None else (self.repository,)
        paths = (
            path
            for inventory in (each.inventory for each in read)
            for kind in (inventory.compose, inventory.workflows, inventory.actions, inventory.dockerfiles)
            for path in (*kind, *inventory.odd)
        )
        return bool(focus.focus) and not any(focus.holds(path) for path in paths)

    def path_of(self, given: str) -> str:
        """A path as the user gives it, from the root. Raises `Problem` outside of it."""
        return _inside(self.root, os.path.join(self.request.working_folder, given))

    @property
    def is_large(self) -> bool:
        """Are there so many files that they are checked in parts?"""
        return _is_large(self.repository)

    def check(self, kept: Kept | None = None, laid_out: LaidOut | None = None) -> Outcome:
        """Run the rules, anew over what was not `kept`; what is found may be `laid_out` by whoever has found it.

        Raises `Problem` where a rule or plugin breaks.
        """
        selection = self.selection(_focus(self.request, self.root, self.config), self.baseline)
        if self.request.since is None:
            return self.judged(selection, kept, laid_out)
        return self._since(self.request.since, selection)

    def check_all(self) -> Outcome:
        """Run the rules without baseline and focus. Raises `Problem` where a rule or plugin breaks."""
        return self.judged(self.selection())

    def asks(self, rule_id: str) -> bool:
        """Would the rule of that id have found all it could? One that is not there says nothing any more."""
        rule = self.rules.get(rule_id)
        return rule is None or decides(rule, self.repository, self.selection())

    def _since(self, revision: str, selection: Selection) -> Outcome:
        from lading.changes import changes_since
        from lading.focus import steers
        from lading.since import narrowed

        changes = changes_since(self.root, revision, self.request.environment).and_also(
            _unsaved(self.request, self.root)
        )
        outcome = self.judged(selection)
        if any(steers(path, self.config) for path in changes.paths):
            return outcome
        whole = self.selection()
        return narrowed(outcome, changes, lambda: self._as_it_was(changes).judged(whole))

    def _as_it_was(self, changes: Changes) -> Session:
        """The same over the files as they were before."""
        files = Files(self.root, dict(changes.before), changes.new)
        texts = Texts(files, Reader())
        projects = tuple(p for p in self.config.compose_projects if all(map(files.is_file, p.files)))
        config = self.config.having(compose_projects=projects)
        now, bound = self.repository, self.bound
        repository = _laid_out(texts, now.identity, config, now.recognisers)
        if bound is not None:
            now = bound.repository
            tracked = tracked_files(self.root, self.request.environment)
            known = (*tracked, *changes.before) if tracked is not None else None
            before = _laid_out(texts, now.identity, now.config, now.recognisers, known, config)
            bound = Bound(bound.name, bound.rules, before, lambda finding: "")
        return Session(self.request, self.root, config, repository, self.rules, bound)

    def selection(self, focus: tuple[str, ...] = (), baseline: Baseline | None = None) -> Selection:
        """What is asked for, rules by their present ids. Raises `Problem` for a name of no rule."""
        request = self.request
        former = former_ids(self.rules)
        select, ignore = (
            tuple(former.get(glob, glob) for glob in globs) for globs in (request.select, request.ignore)
        )
        _refuse_unknown_rules(select + ignore, self.rules)
        return Selection(select, ignore, request.strict, focus, request.preview, baseline)

    def judged(
        self, selection: Selection, kept: Kept | None = None, laid_out: LaidOut | None = None
    ) -> Outcome:
        """What the rules find: those that a policy states as though the repository had no configuration."""
        bound = self.bound
        if bound is None:
            return _run(self.repository, self.rules, selection, kept, laid_out)
        outcome = _run(self.repository, self.rules, selection.leaving(frozenset(bound.rules)))
        overruling = selection.overruling(bound.overruled)
        judging = {id for id, rule in bound.rules.items() if rule.scope == IGNORES}
        rules = {id: rule for id, rule in bound.rules.items() if id not in judging}
        strict = _run(bound.repository, rules, overruling)
        if any(map(selection.wants, judging)):  # of every ignore, whichever rule it is about
            every = _run(bound.repository, self.rules, overruling)
            judged = tuple(finding for finding in every.findings if finding.rule in judging)
            strict = both(strict, strict.having(findings=judged, undecided=0, suppressed=0))
        for finding in strict.findings:
            finding.policy = bound.name
        return both(outcome, strict)

    @property
    def baseline(self) -> Baseline | None:
        """The findings that were there before, if the option or the configuration names a file of them."""
        path = self.baseline_path
        if path is None:
            return None
        return self.baseline_of(path, self.request.baseline or self.config.baseline or "")

    def baseline_of(self, path: str, shown: str) -> Baseline:
        """The baseline in a file, which a `Problem` calls `shown`."""
        from lading.baseline import Baseline, read

        self.repository.texts.files.record.note(path)
        return Baseline(read(path, shown), self.repository.texts.files.is_file, former_ids(self.rules))

    @property
    def baseline_path(self) -> str | None:
        """Where on disk the baseline lies; the configuration names it from the root, and none outside of it.

        Raises `Problem` for one that a link of the repository leads out of it, whoever names it.
        """
        if self.request.baseline is not None:
            path = os.path.join(self.request.working_folder, self.request.baseline)
            if leads_out(self.root, path):
                raise Problem(f"{self.request.baseline}: a link of the repository leads out of it here")
            return path
        if self.config.baseline is None:
            return None
        return self.own_path(self.config.baseline)

    def own_path(self, path: str) -> str:
        """Where on disk a file of the repository lies. Raises `Problem` where no regular file of it stands there."""
        path = _inside(self.root, os.path.join(self.root, path))
        whole = os.path.join(self.root, path)
        if os.path.lexists(whole) and not self.repository.texts.files.is_file(path):
            raise Problem(f"{path}: this is no regular file in the repository")
        return whole

    def advice(self, outcome: Outcome) -> tuple[str, ...]:
        """What is to be said of rules that the user names or that found something, and of the edition."""
        names = (*self.named, *self.request.select, *self.request.ignore)
        found = (finding.rule for finding in outcome.findings)
        told = hints((*names, *found), self.rules)
        if self.config.edition is None:
            return tuple(told)
        from lading.version import __version__

        hint = edition_hint(self.config.edition, __version__)
        return (*told, *([hint] if hint is not None else []))


class Bound:
    """What a policy given with `--policy` states.

    - `name`: its file as it was given; `rules`: the rules it states
    - `repository`: the same repository, read as though it had no configuration but the policy
    - `overruled`: what is added to a message where the repository would have hidden or softened the finding
    """

    __slots__ = ("name", "overruled", "repository", "rules")

    def __init__(
        self,
        name: str,
        rules: Mapping[str, Rule],
        repository: Repository,
        overruled: Callable[[Finding], str],
    ) -> None:
        self.name = name
        self.rules = rules
        self.repository = repository
        self.overruled = overruled


def _is_large(repository: Repository) -> bool:
    return len(repository.inventory.workflows) + len(repository.inventory.compose) >= MANY


def _run(
    repository: Repository,
    rules: Mapping[str, Rule],
    selection: Selection,
    kept: Kept | None = None,
    laid_out: LaidOut | None = None,
) -> Outcome:
    if not _is_large(repository):
        return check(repository, rules, selection)
    from lading.parallel import check_in_parts

    if kept is not None and repository.texts.files.record.is_whole:
        kept.begin(_base(repository, rules, selection), repository)
    else:
        kept = None
    return check_in_parts(repository, rules, selection, kept, laid_out)


def _base(repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> bytes:
    """The digest of what every part of a repository is judged by."""
    inventory, identity = repository.inventory, repository.identity
    texts = repository.texts
    depends = (
        repr(identity),
        tuple(rules),
        (selection.select, selection.ignore, selection.strict, selection.preview),
        (inventory.every_workflow, inventory.every_compose, inventory.actions, inventory.dockerfiles),
        (inventory.bake, inventory.dotenv, inventory.odd, inventory.scripts),
        texts.files.record.told_by_files,
    )
    return digest(repr(depends).encode("utf-8", "surrogatepass"))


def check_path(path: str) -> Outcome:
    """Check the repository around a path with its own configuration. Raises `Problem`."""
    return open_session(Request((path,))).check()


def open_session(
    request: Request,
    drafts: Mapping[str, bytes] | None = None,
    kept: Kept | None = None,
    *,
    is_kept: bool = False,
) -> Session:
    """Find the repository, read its configuration, and lay out its models. Raises `Problem`.

    `drafts` stand for files on disk, by path from the root; `kept` is what earlier runs have found. Where it is given,
    or `is_kept` is true, what is found is to be kept, with a record of all that it depends on.
    """
    _refuse_odd_names(request)
    record = Record()
    if kept is None and not is_kept:
        record.refuse()
    for path in request.paths:
        given = os.path.abspath(os.path.join(request.working_folder, path))
        record.given.add(given)
        record.kind(given)
    root = _root(request, record)
    files = _overlaid(request, root, record)
    for path, data in (drafts or {}).items():
        files = files.overlay(path, data)
    reader = Reader()
    own = _own_layers(request, files, reader)
    policy = _policy_layers(request, files, reader)
    config = _config(request, (*policy, *own))
    providers = installed_providers(record=record)
    rules = _combined(providers, root, config, record)
    named = tuple(config.rules)
    config = with_todays_ids(config, rules)
    _refuse_unknown_rules(tuple(config.rules), rules)
    texts = Texts(files, reader)
    repository = _repository(request, texts, config, providers, kept=kept)
    bound = None
    if policy:
        stated, stated_here = (with_todays_ids(_config(request, each), rules) for each in (policy, own))
        bound = _bound(repository, stated, stated_here, request, rules, providers)
    return Session(request, root, config, repository, rules, bound, named)


def _bound(
    repository: Repository,
    policy: Config,
    own: Config,
    request: Request,
    rules: Mapping[str, Rule],
    providers: tuple[Provider, ...],
) -> Bound:
    from lading.binding import overruling, stated_rules, tightened

    ids = stated_rules(policy, rules)
    bound = {id: rule for id, rule in rules.items() if id in ids}
    config = tightened(policy, own, bound)
    return Bound(
        str(request.policy_path),
        bound,
        _repository(request, repository.texts, config, providers, also=own),
        overruling(
            policy, own, lambda each: bool(repository.ignores.covering(each, rules[each.rule].former))
        ),
    )


def _repository(
    request: Request,
    texts: Texts,
    config: Config,
    providers: tuple[Provider, ...],
    *,
    also: Config | None = None,
    kept: Kept | None = None,
) -> Repository:
    """The models of a repository under a configuration.

    `also` is the repository's own, where that is a policy: what git tracks counts then, ignored or not, and so do the
    Compose files of which the repository speaks.
    """
    files = texts.files
    identity = identify(
        files.root,
        owner=request.owner,
        name=request.repo,
        configured=config.repository,
        environment=request.environment,
        record=files.record,
    )
    if also is not None:
        files.record.refuse()  # git reads its index, and more
    tracked = tracked_files(files.root, request.environment) if also is not None else ()
    recognisers = [recogniser for each in providers for recogniser in each.recognisers]
    if kept is not None:
        files.former.update(kept.listings)
        inventory = kept.inventory(files.record)
        if inventory is not None:
            return Repository(texts, inventory, identity, config, recognisers)
    return _laid_out(texts, identity, config, recognisers, tracked, also)


def _laid_out(
    texts: Texts,
    identity: Identity | None,
    config: Config,
    recognisers: Iterable[Recogniser],
    tracked: Iterable[str] | None = (),
    also: Config | None = None,
) -> Repository:
    projects = (*config.compose_projects, *(also.compose_projects if also is not None else ()))
    named = [path for each in projects for path in each.files]
    inventory = discover(texts.files, config.exclude, named, tracked)
    return Repository(texts, inventory, identity, config, recognisers)


def _overlaid(request: Request, root: str, record: Record) -> Files:
    """The files below the root; the one that is not saved yet with what it will hold."""
    files = Files(root, record=record)
    if request.unsaved_path is None or request.unsaved is None:
        return files
    return files.overlay(
        _inside(root, os.path.join(request.working_folder, request.unsaved_path)), request.unsaved
    )


def rules_for(request: Request) -> dict[str, Rule]:
    """Every rule that counts for a repository, its own cards among them. Raises `Problem`."""
    root = _root(request)
    files, reader = Files(root), Reader()
    layers = (*_policy_layers(request, files, reader), *_own_layers(request, files, reader))
    return all_rules(root, _config(request, layers))


def all_rules(root: str | None = None, config: Config | None = None) -> dict[str, Rule]:
    """Built-in rules, those of installed plugins, and the repository's own cards. Raises `Problem`."""
    return _combined(installed_providers(), root, config)


def _combined(
    providers: tuple[Provider, ...], root: str | None, config: Config | None, record: Record | None = None
) -> dict[str, Rule]:
    found = [(provider.name, provider.rules) for provider in (builtin.provider(), *providers)]
    for folder in config.local_cards if config is not None and root is not None else ():
        path = folder.path
        if not folder.is_free:
            path = os.path.join(str(root), _inside(str(root), os.path.join(str(root), path)))
        within = None if folder.is_free else root
        if record is not None:
            _note_all(path, record)
        rules = rules_in(path, folder.written, declarative_only=True, within=within)
        found.append((folder.written, rules))
    return combine(found)


def _note_all(folder: str, record: Record) -> None:
    """Put a folder of cards on record, with the families and the cards."""
    if "\0" in folder:
        return
    for family, _, names in os.walk(folder):
        record.note(family)
        for name in names:
            record.note(os.path.join(family, name))


def _refuse_odd_names(request: Request) -> None:
    """Letters, digits and `-`; in the name of a repository `.` and `_` too (docs.github.com)."""
    from lading import regex as re

    if request.owner is not None and re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*)", request.owner) is None:
        raise Problem(f"--owner {request.owner}: GitHub has no such names")
    if request.repo is not None and re.fullmatch(r"[A-Za-z0-9._-]+", request.repo) is None:
        raise Problem(f"--repo {request.repo}: GitHub has no such names")


def _root(request: Request, record: Record | None = None) -> str:
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
    return repository_root(folder, record) or folder


def _inside(root: str, path: str) -> str:
    """A path of the operating system as a posix path relative to the root. Raises `Problem` outside of it."""
    folder, name = os.path.split(os.path.abspath(path))
    whole = os.path.join(os.path.realpath(folder), name) if name else os.path.realpath(folder)
    relative = os.path.relpath(whole, root)
    if relative == os.pardir or relative.startswith(os.pardir + os.sep) or os.path.isabs(relative):
        raise Problem(f"{path}: lies outside the repository {root}")
    return relative.replace(os.sep, "/")


def _unsaved(request: Request, root: str) -> tuple[str, ...]:
    """The file, if there is one, whose text is not saved yet."""
    if request.unsaved_path is None:
        return ()
    return (_inside(root, os.path.join(request.working_folder, request.unsaved_path)),)


def _focus(request: Request, root: str, config: Config) -> tuple[str, ...]:
    """The paths from the root; empty for everything, as where one of them says how everything is judged."""
    if not request.paths and request.unsaved_path is None:
        return ()
    from lading.focus import steers

    paths = [os.path.join(request.working_folder, path) for path in request.paths]
    for given, path in zip(request.paths, paths, strict=True):
        if not os.path.lexists(path):
            raise Problem(f"{given}: no such file or folder")
    focus = tuple(_inside(root, path) for path in paths)
    focus += _unsaved(request, root)
    is_all = (
        "." in focus or request.config_path in request.paths or any(steers(each, config) for each in focus)
    )
    return () if is_all else focus


def _config(request: Request, layers: tuple[Layer, ...]) -> Config:
    config = Config()
    if layers:
        from lading.config_file import config_of

        config = config_of(layers)
    if request.default_token is not None:
        config = config.having(default_token=request.default_token)
    if request.cards:
        from lading.config_parts import CardFolder

        given = tuple(CardFolder(path, path, is_free=True) for path in request.cards)
        config = config.having(local_cards=config.local_cards + given)
    if request.options:
        from lading.config_parts import RuleSettings

        stated = {id: RuleSettings(options=options) for id, options in request.options.items()}
        config = config.having(rules={**config.rules, **stated})
    return config


def _own_layers(request: Request, files: Files, reader: Reader) -> tuple[Layer, ...]:
    """The configuration of the repository, or the one given with `--config`, with what it extends."""
    if request.config_path is not None:
        from lading.config_file import read_layer

        path = os.path.join(request.working_folder, request.config_path)
        folder = os.path.dirname(os.path.abspath(path))
        files.record.note(path)
        data = _given_file("--config", request.config_path, path)
        layer = read_layer(request.config_path, data, reader, folder=folder, is_free=True, cards_from="")
        return _whole(layer, files, reader)
    for name in NAMES:
        if files.is_file(name):
            try:
                data = files.read(name)
            except Unreadable as error:
                raise Problem(f"{name}: {error.reason}") from error
            folder = name.rpartition("/")[0]
            from lading.config_file import read_layer

            return _whole(read_layer(name, data, reader, folder=folder, cards_from=""), files, reader)
    return ()


def _policy_layers(request: Request, files: Files, reader: Reader) -> tuple[Layer, ...]:
    """The policy given with `--policy`, with what it extends; none where none is given."""
    if request.policy_path is None:
        return ()
    from lading.config_file import read_layer

    path = os.path.join(request.working_folder, request.policy_path)
    folder = os.path.dirname(os.path.abspath(path))
    data = _given_file("--policy", request.policy_path, path)
    return _whole(read_layer(request.policy_path, data, reader, folder=folder, is_free=True), files, reader)


def _given_file(option: str, name: str, path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Problem(f"{option} {name}: {error.strerror}") from error


def _whole(layer: Layer, files: Files, reader: Reader) -> tuple[Layer, ...]:
    """A file and all that it extends. Raises `Problem`."""
    if "extends" not in layer.value:
        return (layer,)
    from lading.extends import with_extended

    return with_extended(layer, files, reader)


def _refuse_unknown_rules(globs: tuple[str, ...], rules: Mapping[str, Rule]) -> None:
    from lading.engine import matches

    for glob in globs:
        if not any(matches(id, glob) for id in rules):
            raise no_such_rule(glob, rules)


def no_such_rule(name: str, rules: Mapping[str, Rule]) -> Problem:
    """What is said of a name that no rule has."""
    from lading.words import nearest

    near = nearest(name, rules, 0.6)
    hint = f"; did you mean {near}?" if near is not None else "; `lading rules` lists them"
    return Problem(f"no rule is named {name}{hint}")
