"""What the user states about a repository: `lading.yaml`, and the options that win over it."""

from __future__ import annotations

from lading.tree import Mapping as Mapping_
from lading.tree import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lading.source import Span
    from lading.tree import Node, Tree

RESTRICTED = "restricted"
PERMISSIVE = "permissive"
UNKNOWN = "unknown"
DEFAULT_TOKENS = (RESTRICTED, PERMISSIVE, UNKNOWN)

NAMES = ("lading.yaml", ".lading.yaml", ".github/lading.yaml")
"""Where the configuration lies in a repository; the first that exists counts."""

GITHUB_REGISTRY = "ghcr.io"


class LeftOut:
    """Where a rule is not applied: `path` in .gitignore form, `job`, `service` and `step` as globs, and the `reason`.

    What is None says nothing. `at` is the entry's place in the configuration, None where no file holds it.
    """

    __slots__ = ("at", "job", "path", "reason", "service", "step")

    def __init__(
        self,
        path: str | None = None,
        *,
        job: str | None = None,
        service: str | None = None,
        step: str | None = None,
        reason: str | None = None,
        at: Span | None = None,
    ) -> None:
        self.path = path
        self.job = job
        self.service = service
        self.step = step
        self.reason = reason
        self.at = at

    @property
    def is_path(self) -> bool:
        """Is it about nothing but paths? Such entries count together and in order, as the lines of an ignore file."""
        return self.path is not None and self.job is None and self.service is None and self.step is None


class RuleSettings:
    """What the user says of one rule: `level` (error, warning, note, off or None), `options`, places to leave out."""

    __slots__ = ("ignore", "level", "options")

    def __init__(
        self,
        level: str | None = None,
        options: Mapping[str, Any] | None = None,
        ignore: tuple[LeftOut, ...] = (),
    ) -> None:
        self.level = level
        self.options = dict(options or {})
        self.ignore = ignore


class ComposeProject:
    """Files that form a Compose project (`compose: projects:`), as they are written, relative to the root.

    `directory` is the project directory, None for the folder of the first file; `env_files` stand in place of its
    `.env`, None where that is read.
    """

    __slots__ = ("directory", "env_files", "files", "name", "profiles")

    def __init__(
        self,
        files: tuple[str, ...],
        *,
        directory: str | None = None,
        env_files: tuple[str, ...] | None = None,
        profiles: tuple[str, ...] = (),
        name: str | None = None,
    ) -> None:
        self.files = files
        self.directory = directory
        self.env_files = env_files
        self.profiles = profiles
        self.name = name


class Allowed:
    """Names that images may have: `patterns`, and the `files` (.gitignore form) in which they may; empty: anywhere."""

    __slots__ = ("files", "patterns")

    def __init__(self, patterns: tuple[str, ...], files: tuple[str, ...] = ()) -> None:
        self.patterns = patterns
        self.files = files


class TagForms:
    """Which tags images must and must not have: forms such as `digest`, `semver`, `sha` and patterns.

    It holds for `images` (patterns of names) in `files` (.gitignore form); empty: for all of them.
    """

    __slots__ = ("files", "forbid", "images", "require", "where")

    def __init__(
        self,
        *,
        require: tuple[str, ...] = (),
        forbid: tuple[str, ...] = (),
        images: tuple[str, ...] = (),
        files: tuple[str, ...] = (),
        where: str = "",
    ) -> None:
        self.require = require
        self.forbid = forbid
        self.images = images
        self.files = files
        self.where = where


class ImageSettings:
    """What the user states of images (`images:`).

    - `allow`: names that may be run and published, None where nothing is said; `allowed_by` says where that stands
    - `sisters`: namespaces whose images count as own ones
    - `mirrors`: (mirror, original): a name that begins with the one stands for the other
    - `tags`, `published_tags`: forms of the tags that are run, and that are published
    """

    __slots__ = ("allow", "allowed_by", "mirrors", "published_tags", "sisters", "tags")

    def __init__(
        self,
        *,
        allow: tuple[Allowed, ...] | None = None,
        allowed_by: str = "",
        sisters: tuple[str, ...] = (),
        mirrors: tuple[tuple[str, str], ...] = (),
        tags: tuple[TagForms, ...] = (),
        published_tags: tuple[TagForms, ...] = (),
    ) -> None:
        self.allow = allow
        self.allowed_by = allowed_by
        self.sisters = sisters
        self.mirrors = mirrors
        self.tags = tags
        self.published_tags = published_tags


NO_IMAGES = ImageSettings()


class CardFolder:
    """A folder of cards as it is written, and where it lies: `path` is relative to the root, or where `is_free`
    (the file that names it does not come from the repository) a path of the operating system."""

    __slots__ = ("is_free", "path", "written")

    def __init__(self, written: str, path: str, *, is_free: bool = False) -> None:
        self.written = written
        self.path = path
        self.is_free = is_free


class Layer:
    """One configuration file: what it states, and from where its paths count.

    - `path`: the file as messages name it; `value`: its plain value, `tree` its places
    - `folder`: where its `extends` start; `is_free`: is that a folder of the operating system, not one from the root?
    - `cards_from`: where its `cards` start, likewise
    """

    __slots__ = ("cards_from", "folder", "is_free", "path", "tree", "value")

    def __init__(
        self,
        path: str,
        tree: Tree,
        value: dict[str, Any],
        *,
        folder: str = "",
        is_free: bool = False,
        cards_from: str | None = None,
    ) -> None:
        self.path = path
        self.tree = tree
        self.value = value
        self.folder = folder
        self.is_free = is_free
        self.cards_from = folder if cards_from is None else cards_from

    def line_of(self, *keys: str) -> int | None:
        """The line of the key that is reached by these keys, None where the file says nothing there."""
        node: Node | None = self.tree.root
        line = None
        for key in keys:
            entry = node.entry(key) if isinstance(node, Mapping_) else None
            if entry is None:
                return None
            line, node = self.tree.source.place(entry.start)[0], resolve(entry.value)
        return line

    def __repr__(self) -> str:
        return f"<Layer {self.path}>"


class Config:
    """Settings with their defaults.

    - `repository`: "owner/name", where git cannot tell
    - `namespaces`: where own images go, such as "ghcr.io/acme"; empty: the repository owner's on ghcr.io
    - `default_token`: what GITHUB_TOKEN may do where a workflow says nothing: restricted, permissive or unknown
    - `exclude`: paths that are not looked at, in .gitignore form
    - `rules`: settings by rule id
    - `variables`: values that are set where the Compose files run, and `vars` of workflows (`assume: variables:`)
    - `healthy_images`: images known to carry a HEALTHCHECK (`assume: images-with-healthcheck:`), globs without tag
    - `local_cards`: folders with declarative cards (`cards:`)
    - `images`: names and tags that images may have
    - `layers`: the files that state all this, the one that wins first
    - `compose_projects`: which Compose files are used together (`compose: projects:`)
    - `requires_reason`: must every ignore say why (`ignores: require-reason:`)?
    - `baseline`: the file of findings that were there before, from the root
    - `edition`: rules that are newer than this version of lading stay notes
    - `layers`: the files that state all this, the one that wins first
    """

    __slots__ = (
        "baseline",
        "compose_projects",
        "default_token",
        "edition",
        "exclude",
        "healthy_images",
        "images",
        "layers",
        "local_cards",
        "namespaces",
        "path",
        "repository",
        "requires_reason",
        "rules",
        "variables",
    )

    def __init__(
        self,
        *,
        path: str | None = None,
        repository: str | None = None,
        namespaces: tuple[str, ...] = (),
        default_token: str = UNKNOWN,
        exclude: tuple[str, ...] = (),
        rules: Mapping[str, RuleSettings] | None = None,
        variables: Mapping[str, str] | None = None,
        healthy_images: tuple[str, ...] = (),
        local_cards: tuple[CardFolder, ...] = (),
        compose_projects: tuple[ComposeProject, ...] = (),
        images: ImageSettings = NO_IMAGES,
        requires_reason: bool = False,
        baseline: str | None = None,
        edition: str | None = None,
        layers: tuple[Layer, ...] = (),
    ) -> None:
        self.path = path
        self.repository = repository
        self.namespaces = namespaces
        self.default_token = default_token
        self.exclude = exclude
        self.rules = dict(rules or {})
        self.variables = dict(variables or {})
        self.healthy_images = healthy_images
        self.local_cards = local_cards
        self.compose_projects = compose_projects
        self.images = images
        self.requires_reason = requires_reason
        self.baseline = baseline
        self.edition = edition
        self.layers = layers

    def origin(self, *keys: str) -> tuple[str, int] | None:
        """File and line where a value stands that is reached by these keys; None where no file states it."""
        found = ((layer.path, layer.line_of(*keys)) for layer in self.layers)
        return next(((path, line) for path, line in found if line is not None), None)

    def where(self, *keys: str) -> str:
        """The same in words: "lading.yaml", "house.yaml"; empty where no file states it."""
        origin = self.origin(*keys)
        return origin[0] if origin is not None else self.path or ""

    def having(self, **changes: Any) -> Config:
        """The same settings but for those that are named."""
        return Config(**{name: getattr(self, name) for name in self.__slots__} | changes)
