"""What a step publishes and logs in with, as values: pushes and logins."""

from __future__ import annotations

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.template import Template
    from lading.source import Located

DOCKER_HUB = "docker.io"
GITHUB_TOKEN = "GITHUB_TOKEN"
NONE = "none"
UNKNOWN = "unknown"
NEEDS_LOGIN = ("ghcr.io", DOCKER_HUB, "quay.io", "registry.gitlab.com", "gcr.io", "public.ecr.aws")
"""Registries that take no image from strangers."""

IMAGE = "image"
CHART = "chart"
ARTIFACT = "artifact"
SIGNATURE = "signature"
ATTESTATION = "attestation"
CACHE = "cache"
"""What a push puts into a registry; the last three belong to an image that is published elsewhere."""


DOCKER = "~/.docker/config.json"
CONTAINERS = "containers/auth.json"
HELM = "helm/registry/config.json"
REGCTL = "~/.regctl/config.json"
_READS = {
    **dict.fromkeys(("podman", "buildah", "skopeo"), (CONTAINERS, DOCKER)),
    **{"helm": (HELM, DOCKER), "regctl": (REGCTL, DOCKER)},
}
"""Files of credentials, and in which order the tools with one of their own read them; all others read Docker's.

Of each tool its login writes the first. Sources: containers-auth.json(5) for podman, buildah and skopeo;
helm/helm:pkg/registry/client.go; regclient/regclient:cmd/regctl/root.go.
"""


def files_of(program: str) -> tuple[str, ...]:
    """The files in which a program looks for a login, in this order; its own login writes the first."""
    return _READS.get(program, (DOCKER,))


class Push:
    """One reference that a step pushes.

    - `reference`: name with tag; None where the step pushes without saying what
    - `at`: the place of the name
    - `is_certain`: does the step push whenever it runs?
    - `credential`: what the step logs in with itself, None where it relies on a login before it
    - `tool`: what pushes, in words ("docker push")
    - `kind`: what is pushed: an image, a chart, or another thing that is stored beside images
    - `doubt`: why it is not even known whether the step pushes; None where it does, if only under conditions
    - `made_from`: what describes its build, where another thing than the step does: the words of a command behind its
      verb, a target of a bake file, a Compose service, an entry of goreleaser's configuration
    - `otherwise`: what it logs in with where no login to that host has been before it
    - `reads`: the files in which it looks for a login before it, in this order; empty where that is not known
    - `left_out`: what the command would push too, had it a name: the names of services with their places
    """

    __slots__ = (
        "at",
        "credential",
        "doubt",
        "is_certain",
        "kind",
        "left_out",
        "made_from",
        "otherwise",
        "reads",
        "reference",
        "tool",
    )

    def __init__(
        self,
        reference: Template | None,
        at: Located,
        tool: str,
        *,
        is_certain: bool = True,
        credential: str | None = None,
        kind: str = IMAGE,
        doubt: str | None = None,
        left_out: tuple[tuple[str, Located], ...] = (),
        made_from: object = None,
        otherwise: str = NONE,
        reads: tuple[str, ...] = (DOCKER,),
    ) -> None:
        self.reads = reads
        self.otherwise = otherwise
        self.made_from = made_from
        self.left_out = left_out
        self.kind = kind
        self.doubt = doubt
        self.reference = reference
        self.at = at
        self.tool = tool
        self.is_certain = is_certain
        self.credential = credential

    def __repr__(self) -> str:
        return f"<Push {self.reference and self.reference.shown}>"


class Login:
    """A login: `registry` (None where it is not known), `credential`, its place, and whether it certainly happens.

    `files` are those that keep it: a tool that reads another one does not know of it.
    `empty` is the place of a password that is written and comes to nothing, None where there is none. `user` is the
    name that it logs in with, None where none is seen.
    """

    __slots__ = ("at", "credential", "empty", "files", "is_certain", "registry", "user")

    def __init__(
        self,
        registry: str | None,
        credential: str,
        at: Located,
        is_certain: bool,
        empty: Located | None = None,
        files: tuple[str, ...] = (DOCKER,),
        user: Template | None = None,
    ) -> None:
        self.files = files
        self.user = user
        self.registry = registry
        self.credential = credential
        self.at = at
        self.is_certain = is_certain
        self.empty = empty

    def __repr__(self) -> str:
        return f"<Login {self.registry} {self.credential}>"


_SECRET = re.compile(r"secrets\s*(?:\.\s*|\[\s*')([A-Za-z_][A-Za-z0-9_-]*)")


def credential_of(password: Template | None) -> str:
    """`GITHUB_TOKEN`, `secret:NAME`, `none` or `unknown`."""
    if password is None or not password.parts:
        return NONE
    from lading.models.values import TOKEN

    if any(isinstance(part, str) and TOKEN in part for part in password.parts):
        return GITHUB_TOKEN
    for hole in password.holes:
        secret = _SECRET.search(hole.text)
        if secret is not None:
            return f"secret:{secret[1]}"
    return UNKNOWN


def host_of(registry: Template) -> str | None:
    text = registry.literal
    if text is None or registry.conditions:
        return None
    host = text.strip().removeprefix("https://").removeprefix("http://").partition("/")[0].lower()
    return DOCKER_HUB if host in ("", "index.docker.io", "registry-1.docker.io", "docker.com") else host
