"""Where a repository's own images go."""

from __future__ import annotations

from lading.config import GITHUB_REGISTRY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.config import Config
    from lading.identity import Identity


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

    def holds(self, name: str) -> bool:
        """Does an image name (without tag) lie in it? `ghcr.io/acme` does not hold `ghcr.io/acme-evil/x`."""
        return name == self.name or name.startswith(self.name + "/")


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
