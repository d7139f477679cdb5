"""docker, podman, buildah and nerdctl: what their commands push.

Source: their command line references.
"""

from __future__ import annotations

from lading.models.recognisers.bake import baked_by
from lading.models.recognisers.inputs import csv, names
from lading.models.recognisers.logins import login_by
from lading.models.recognisers.options import options_of, without_options
from lading.models.recognisers.push import Push
from lading.models.recognisers.table import Recogniser
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.push import Login
    from lading.models.recognisers.table import Command
    from lading.models.shell import Word

DOCKER_VALUES = frozenset(("--config", "-H", "--host", "-c", "--context", "-l", "--log-level"))
BUILD_VALUES = frozenset(
    (
        *("-t", "--tag", "-f", "--file", "-o", "--output", "--platform", "--build-arg", "--label"),
        *("--cache-from", "--cache-to", "--secret", "--ssh", "--builder", "--progress", "--build-context"),
        *("--iidfile", "--metadata-file", "--network", "--add-host", "--annotation", "--attest", "--sbom"),
        *("--provenance", "--allow", "--shm-size", "--ulimit", "--no-cache-filter", "-m", "--memory"),
        "--target",
    )
)
_PUSH_VALUES = frozenset(
    (
        *("--platform", "--creds", "--authfile", "--cert-dir", "--format", "--digestfile"),
        *("--compression-format", "-f"),
    )
)
_TOOLS_VALUES = frozenset(
    ("-t", "--tag", "-f", "--file", "--annotation", "--builder", "--progress", "-p", "--platform")
)
_COMPOSE_VALUES = frozenset(("-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--ansi"))


def _docker(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = without_options(command.words, DOCKER_VALUES)
    form = tuple(word.literal for word in words[:3])
    if form[:1] == ("push",):
        yield from _pushed(command, words[1:], "docker push")
    elif form[:2] in (("image", "push"), ("manifest", "push")):
        yield from _pushed(command, words[2:], f"docker {form[0]} push")
    elif form[:1] == ("build",):
        yield from _built(command, words, words[1:], "docker build --push")
    elif form[:2] in (("buildx", "build"), ("buildx", "b"), ("image", "build"), ("builder", "build")):
        yield from _built(command, words, words[2:], f"docker {form[0]} build --push")
    elif form == ("buildx", "imagetools", "create"):
        yield from _retagged(command, words[3:])
    elif form[:2] == ("buildx", "bake"):
        yield from baked_by(command, words[2:])
    elif form[:1] == ("compose",):
        yield from _composed(command, words[1:])


def _push(command: Command, reference: Template | None, word: Word, tool: str) -> Push:
    return Push(reference, command.at(word), tool, is_certain=command.is_certain)


def _pushed(command: Command, words: tuple[Word, ...], tool: str) -> Iterator[Push]:
    """The last word counts: `podman push image destination`."""
    rest = options_of(words, _PUSH_VALUES).rest
    if rest:
        yield _push(command, without_transport(rest[-1].template), rest[-1], tool)


def without_transport(reference: Template) -> Template:
    """A reference without `docker://` or `oci://` before it."""
    prefix = reference.prefix
    for transport in ("docker://", "oci://"):
        if prefix.startswith(transport):
            return Template((prefix.removeprefix(transport), *reference.parts[1:]), reference.conditions)
    return reference


def _built(command: Command, whole: tuple[Word, ...], words: tuple[Word, ...], tool: str) -> Iterator[Push]:
    options = options_of(words, BUILD_VALUES)
    outputs = [(csv(value), word) for value, word in options.values("-o", "--output")]
    pushes = options.has("--push") or any(
        (fields.get("type") or Template(())).literal == "registry"
        or (fields.get("push") or Template(())).literal == "true"
        for fields, _ in outputs
    )
    if not pushes:
        return
    found = list(options.values("-t", "--tag"))
    found += [(name, word) for fields, word in outputs for name in names(fields.get("name"))]
    for reference, word in found:
        yield _push(command, reference, word, tool)
    if not found and not any(word.template.holes for word in words):
        yield _push(command, None, whole[0], tool)


def _retagged(command: Command, words: tuple[Word, ...]) -> Iterator[Push]:
    options = options_of(words, _TOOLS_VALUES)
    if options.has("--dry-run"):
        return
    tags = options.values("-t", "--tag")
    tool = "docker buildx imagetools create"
    for reference, word in tags:
        yield _push(command, reference, word, tool)
    if not tags and words:
        unnamed = Template((Hole(words[0].template.shown, "the tags are not known"),))
        yield _push(command, unnamed, words[0], tool)


def _composed(command: Command, words: tuple[Word, ...]) -> Iterator[Push]:
    options = options_of(words, _COMPOSE_VALUES)
    verbs = [word.literal for word in options.rest]
    if verbs[:1] == ["push"] or (verbs[:1] == ["build"] and options.has("--push")):
        unnamed = Template((Hole("*", "the Compose project names it"),))
        yield _push(command, unnamed, options.rest[0], "docker compose push")


def _podman(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = without_options(command.words, DOCKER_VALUES)
    form = tuple(word.literal for word in words[:2])
    if form[:1] == ("push",):
        yield from _pushed(command, words[1:], f"{command.program} push")
    elif form in (("image", "push"), ("manifest", "push")):
        yield from _pushed(command, words[2:], f"{command.program} {form[0]} push")


_HINT = (
    r"--push|(?:docker|nerdctl|podman|buildah|image|manifest|compose)\b.*\bpush\b|imagetools|type=registry"
    r"|\bbuildx\s+bake\b"
)
_MARKS = ("push", "imagetools", "type=registry", "bake")

RECOGNISERS = (
    Recogniser(programs=("docker", "nerdctl"), of_command=_docker, hint=_HINT, marks=_MARKS),
    Recogniser(programs=("podman", "buildah"), of_command=_podman, hint=_HINT, marks=_MARKS),
)
