"""Which well-known images lack a tool that healthchecks like to call: `curl` and `wget`."""

from __future__ import annotations

from lading import regex as re
from lading.tables.images import NOT_VERIFIED, READ, normalised

TYPE_CHECKING = False
if TYPE_CHECKING:
    Row = tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...], str, str]

TOOLS = ("curl", "wget")

_ANY = r".*"
_ALPINE = r"(?:.*-)?alpine(?:-?3\.\d+)?"
_SLIM = r"(?:.*-)?slim(?:-[a-z]+)?"
_NO_ALPINE = r"(?!.*alpine).*"

_BOTH = ("curl", "wget")
_CURL = ("curl",)
_WGET = ("wget",)

_NODE = "nodejs/docker-node Dockerfile-alpine.template@0222008: curl is added for the build and removed"
_NODE_SLIM = (
    "nodejs/docker-node 22/bookworm-slim/Dockerfile@07bd741: both are added for the build and removed"
)
_PYTHON = "docker-library/python Dockerfile-linux.template@00bfe6f"
_TEMURIN = "adoptium/containers docker_templates/ubuntu.Dockerfile.j2@0327d46: curl for versions below 22"
_DISTROLESS = "GoogleContainerTools/distroless README"
_COMMON = "general knowledge"

ROWS: tuple[Row, ...] = (
    (("alpine",), _ANY, _CURL, _WGET, _NODE, READ),
    (("node",), _ALPINE, _CURL, _WGET, _NODE, READ),
    (("node",), _SLIM, _BOTH, (), _NODE_SLIM, READ),
    (("debian",), _SLIM, _BOTH, (), _NODE_SLIM, READ),
    (("python",), _SLIM, _BOTH, (), _PYTHON, READ),
    (("python",), _ALPINE, _CURL, _WGET, _PYTHON, READ),
    (("golang",), _ALPINE, _CURL, _WGET, "docker-library/golang Dockerfile-linux.template@01abd89", READ),
    (("oven/bun",), r"(?:.*-)?alpine", _CURL, _WGET, "oven-sh/bun dockerhub/alpine/Dockerfile@06ec0aa", READ),
    (
        ("postgres",),
        _NO_ALPINE,
        _BOTH,
        (),
        "docker-library/postgres Dockerfile-debian.template@018d576",
        READ,
    ),
    (("postgres",), _ALPINE, _CURL, _WGET, "docker-library/postgres@6edb0a8", READ),
    (("redis",), _NO_ALPINE, _BOTH, (), "redis/docker-library-redis debian/Dockerfile@0076c90", READ),
    (("redis",), _ALPINE, _CURL, _WGET, "redis/docker-library-redis@e5650da", READ),
    (("nginx",), r"(?:.*-)?alpine(?:3\.\d+)?-slim", _CURL, _WGET, "nginx/docker-nginx@0d7f438", READ),
    (("nats",), _NO_ALPINE, _BOTH, (), "nats-io/nats-docker@aa0caa5: the image is scratch", READ),
    (
        ("quay.io/keycloak/keycloak", "keycloak/keycloak"),
        r"latest|nightly|(?:2[2-9]|[3-9]\d)(?:[.-].*)?",
        _BOTH,
        (),
        "keycloak/keycloak quarkus/container/Dockerfile@0463815: ubi9-micro",
        READ,
    ),
    (("qdrant/qdrant",), _ANY, _BOTH, (), "qdrant/qdrant@74f3e85", READ),
    (("ollama/ollama",), _ANY, _CURL, (), "ollama/ollama@fb30760", READ),
    (
        ("eclipse-temurin",),
        r"(?:2[2-9]|[3-9]\d)(?:[._]\d+)*-(?:jre|jdk)(?:-(?:noble|jammy|resolute))?",
        _CURL,
        _WGET,
        _TEMURIN,
        READ,
    ),
    (("eclipse-temurin",), _ALPINE, _CURL, _WGET, _COMMON, NOT_VERIFIED),
    (("debian", "ubuntu"), _ANY, _BOTH, (), _COMMON, NOT_VERIFIED),
    (("busybox",), _ANY, _CURL, _WGET, _COMMON, NOT_VERIFIED),
    (("ruby",), _SLIM, _BOTH, (), _COMMON, NOT_VERIFIED),
    (("ruby", "rust", "docker"), _ALPINE, _CURL, _WGET, _COMMON, NOT_VERIFIED),
    (("caddy",), r"(?!.*(?:builder|windows)).*", _CURL, _WGET, _COMMON, NOT_VERIFIED),
    (("traefik",), r"(?!.*windows).*", _CURL, _WGET, _COMMON, NOT_VERIFIED),
    (
        ("mcr.microsoft.com/dotnet/aspnet",),
        r"(?:[89]|1\d)\.0(?:-(?:bookworm-slim|noble))?",
        _BOTH,
        (),
        _COMMON,
        NOT_VERIFIED,
    ),
)
"""Names, the tags it is true of (a regular expression for the whole tag), what is lacking, what is there, source, evidence.

The first row that fits decides. A row says nothing of tags that it does not describe: `nginx:alpine` has `curl`,
`node:22-alpine` has none.
"""

_DISTROLESS_START = "gcr.io/distroless/"


def lacks_tool(name: str, tag: str, tool: str) -> str | None:
    """The evidence (`READ` or `NOT_VERIFIED`) that an image lacks the tool; None where it has it, or nobody knows."""
    row = _row(name, tag)
    return row[5] if row is not None and tool in row[2] else None


def has_tool(name: str, tag: str, tool: str) -> bool:
    """Is the tool known to be there?"""
    row = _row(name, tag)
    return row is not None and tool in row[3]


def _row(name: str, tag: str) -> Row | None:
    name = normalised(name)
    if name.startswith(_DISTROLESS_START):
        is_debug = tag.startswith("debug")
        return (name,), _ANY, _CURL if is_debug else _BOTH, _WGET if is_debug else (), _DISTROLESS, READ
    return next((row for row in ROWS if name in row[0] and re.fullmatch(row[1], tag)), None)
