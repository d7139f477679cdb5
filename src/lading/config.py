"""What the user states about a repository: `lading.yaml`, and the options that win over it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lading.source import Span
    from lading.tree import Tree

RESTRICTED = "restricted"
PERMISSIVE = "permissive"
UNKNOWN = "unknown"
DEFAULT_TOKENS = (RESTRICTED, PERMISSIVE, UNKNOWN)

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


class Layer:
    """One configuration file: its `path` as messages name it, its plain `value`, and its `tree` with the places."""

    __slots__ = ("path", "tree", "value")

    def __init__(self, path: str, tree: Tree, value: dict[str, Any]) -> None:
        self.path = path
        self.tree = tree
        self.value = value


class Config:
    """Settings with their defaults.

    - `repository`: "owner/name", where git cannot tell
    - `namespaces`: where own images go, such as "ghcr.io/acme"; empty: the repository owner's on ghcr.io
    - `default_token`: what GITHUB_TOKEN may do where a workflow says nothing: restricted, permissive or unknown
    - `exclude`: paths that are not looked at, in .gitignore form
    - `rules`: settings by rule id
    - `variables`: values that are set where the Compose files run, and `vars` of workflows (`assume: variables:`)
    - `healthy_images`: images known to carry a HEALTHCHECK (`assume: images-with-healthcheck:`), globs without tag
    - `local_cards`: paths of folders with declarative cards of this repository (`cards:`)
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
        local_cards: tuple[str, ...] = (),
        compose_projects: tuple[ComposeProject, ...] = (),
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
        self.requires_reason = requires_reason
        self.baseline = baseline
        self.edition = edition
        self.layers = layers

    def having(self, **changes: Any) -> Config:
        """The same settings but for those that are named."""
        return Config(**{name: getattr(self, name) for name in self.__slots__} | changes)
