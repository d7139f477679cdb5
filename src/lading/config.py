"""What the user states about a repository: `lading.yaml`, and the options that win over it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lading.config_parts import Allowed, CardFolder, ComposeProject, Layer, RuleSettings, TagForms

RESTRICTED = "restricted"
PERMISSIVE = "permissive"
UNKNOWN = "unknown"
DEFAULT_TOKENS = (RESTRICTED, PERMISSIVE, UNKNOWN)

NAMES = ("lading.yaml", ".lading.yaml", ".github/lading.yaml")
"""Where the configuration lies in a repository; the first that exists counts."""

GITHUB_REGISTRY = "ghcr.io"


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

    @property
    def is_default(self) -> bool:
        """Is nothing stated?"""
        return self is NO_IMAGES


NO_IMAGES = ImageSettings()


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
