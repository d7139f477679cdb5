"""Where a repository's own images go."""

from __future__ import annotations

from lading import regex as re
from lading.config import GITHUB_REGISTRY, NO_IMAGES
from lading.models.image import split_template
from lading.models.template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.config import Config
    from lading.identity import Identity
    from lading.models.image import NameParts
    from lading.models.image_policy import ImagePolicy


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
        where = config.where("namespaces")
        because = f"`namespaces` in {where}" if where else "`namespaces`"
        return tuple(_configured(name, because) for name in config.namespaces)
    if identity is None or identity.owner is None or identity.host != "github.com":
        return ()
    return (Namespace(GITHUB_REGISTRY, identity.owner.lower(), identity.because),)


def _configured(name: str, because: str) -> Namespace:
    registry, _, path = name.strip("/").partition("/")
    return Namespace(registry, path, because)


class Owned:
    """Where own images go: the namespaces, their full names in small letters, and are they stated or presumed?

    `sisters` are the full names of sister organisations, which count as own but publish by themselves; `policy` is
    what else is stated of images, None where nothing is.
    """

    __slots__ = ("is_stated", "names", "policy", "registries", "sisters", "spaces")

    def __init__(
        self, spaces: tuple[Namespace, ...], is_stated: bool, policy: ImagePolicy | None = None
    ) -> None:
        self.spaces = spaces
        self.is_stated = is_stated
        self.policy = policy
        parts = [split_template(Template.of(f"{space.name.lower()}/x")) for space in spaces]
        self.registries = frozenset(part.registry for part in parts if part.registry is not None)
        self.names = tuple(_full_name(space.name.lower()) for space in spaces)
        self.sisters = tuple(_full_name(name) for name in policy.sisters) if policy is not None else ()

    def hold(self, name: Template) -> bool | None:
        """Does a name with its registry lie in one of them; None where a hole decides."""
        name = self.original(name)
        everywhere = self.names + self.sisters
        if name.literal is not None:
            return any(name.literal == own or name.literal.startswith(own + "/") for own in everywhere)
        if any(name.prefix.startswith(own + "/") for own in everywhere):
            return True
        return None if any(f"{own}/".startswith(name.prefix) for own in everywhere) else False

    def original(self, name: Template) -> Template:
        """The name for which one in a mirror stands; any other name itself."""
        return name if self.policy is None else self.policy.original(name)

    def is_of_sister(self, name: str) -> bool:
        """Does a full name lie in the namespace of a sister organisation?"""
        return any(name.startswith(sister + "/") for sister in self.sisters)


def _full_name(namespace: str) -> str:
    """A namespace with its registry, as names below it have it."""
    parts = split_template(Template.of(f"{namespace}/x"))
    return namespace if has_registry(parts) else f"{parts.registry}/{namespace}"


def has_registry(parts: NameParts) -> bool:
    """Is the registry written in the name?"""
    return parts.registry is not None and parts.name.prefix.startswith(parts.registry + "/")


def is_nearby(registry: str | None) -> bool:
    """Is a registry one of the machine or of its network (`localhost:5000`, `registry:5000`)?"""
    return registry is not None and _NEARBY.fullmatch(registry) is not None


def owned(identity: Identity | None, config: Config) -> Owned:
    """Where own images go, stated by the configuration or presumed from the owner."""
    policy = None
    if config.images is not NO_IMAGES:
        from lading.models.image_policy import ImagePolicy

        policy = ImagePolicy(config.images)
    return Owned(namespaces(identity, config), bool(config.namespaces), policy)
