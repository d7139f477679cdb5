"""Where a repository's own images go."""

from __future__ import annotations

from lading import regex as re
from lading.config import GITHUB_REGISTRY
from lading.models.image import split_template
from lading.models.template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.config import Config
    from lading.identity import Identity
    from lading.models.image import NameParts


_NEARBY = re.compile(
    r"(?:127\.[0-9.]+|\[::1\]|[^.:\[]+|[^:\[]*\.(?:localhost|docker\.internal|localtest\.me|lvh\.me|cluster\.local))(?::[0-9]+)?"
)


class Namespace:
    """A place for own images: `registry` ("ghcr.io"), `path` ("acme", lower case), and `because`: why we think so."""

    __slots__ = ("because", "path", "registry")

    def __init__(self, registry: str, path: str, because: str) -> None:
        self.registry = registry
        self.path = path
        self.because = because

    @property
    def name(self) -> str:
        return f"{self.registry}/{self.path}" if self.path else self.registry


def namespaces(identity: Identity | None, config: Config) -> tuple[Namespace, ...]:
    """The configured namespaces, else the repository owner's on ghcr.io; none where the owner is not known.

    A repository of a GitHub Enterprise host has its registry elsewhere, which only the configuration can tell.
    """
    if config.namespaces:
        because = f"`namespaces` in {config.path}" if config.path else "`namespaces`"
        return tuple(_configured(name, because) for name in config.namespaces)
    if identity is None or identity.owner is None or identity.host != "github.com":
        return ()
    return (Namespace(GITHUB_REGISTRY, identity.owner.lower(), identity.because),)


def _configured(name: str, because: str) -> Namespace:
    registry, _, path = name.strip("/").partition("/")
    return Namespace(registry, path, because)


class Owned:
    """Where own images go: the namespaces, their full names in small letters, and are they stated or presumed?"""

    __slots__ = ("is_stated", "names", "registries", "spaces")

    def __init__(self, spaces: tuple[Namespace, ...], is_stated: bool) -> None:
        self.spaces = spaces
        self.is_stated = is_stated
        parts = [(space, split_template(Template.of(f"{space.name.lower()}/x"))) for space in spaces]
        self.registries = frozenset(part.registry for _, part in parts if part.registry is not None)
        self.names = tuple(
            space.name.lower() if has_registry(part) else f"{part.registry}/{space.name.lower()}"
            for space, part in parts
        )

    def hold(self, name: Template) -> bool | None:
        """Does a name with its registry lie in one of them; None where a hole decides."""
        if name.literal is not None:
            return any(name.literal == own or name.literal.startswith(own + "/") for own in self.names)
        if any(name.prefix.startswith(own + "/") for own in self.names):
            return True
        return None if any(f"{own}/".startswith(name.prefix) for own in self.names) else False


def has_registry(parts: NameParts) -> bool:
    """Is the registry written in the name?"""
    return parts.registry is not None and parts.name.prefix.startswith(parts.registry + "/")


def is_nearby(registry: str | None) -> bool:
    """Is a registry one of the machine or of its network (`localhost:5000`, `registry:5000`)?"""
    return registry is not None and _NEARBY.fullmatch(registry) is not None


def owned(identity: Identity | None, config: Config) -> Owned:
    """Where own images go, stated by the configuration or presumed from the owner."""
    return Owned(namespaces(identity, config), bool(config.namespaces))
