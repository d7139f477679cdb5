"""docker, podman, buildah and nerdctl: what their commands push.

Source: their command line references.
"""

from __future__ import annotations

from lading import regex as re
from lading.models.image import split_template
from lading.models.recognisers.inputs import cache_in_registry, csv, names
from lading.models.recognisers.logins import login_by
from lading.models.recognisers.options import options_of, without_options
from lading.models.recognisers.push import CACHE, Push, credential_of, files_of
from lading.models.template import Hole, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.options import Options
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


class Built:
    """A command that builds an image, and its options."""

    __slots__ = ("command", "options")

    def __init__(self, command: Command, options: Options) -> None:
        self.command = command
        self.options = options


def built_by(command: Command) -> Built | None:
    """The build that a command of docker, podman or buildah is; None for any other."""
    words = without_options(command.words, DOCKER_VALUES)
    form = tuple(word.literal for word in words[:2])
    if form in (("buildx", "build"), ("buildx", "b"), ("image", "build"), ("builder", "build")):
        return Built(command, options_of(words[2:], BUILD_VALUES))
    if form[:1] in (("build",), ("bud",)):
        return Built(command, options_of(words[1:], BUILD_VALUES))
    return None


_VERBS = frozenset(("push", "image", "manifest", "build", "buildx", "builder", "compose", "run"))
"""The words with which a command begins that can push."""


def docker(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = without_options(command.words, DOCKER_VALUES)
    if not words or words[0].literal not in _VERBS:
        return
    form = tuple([word.literal for word in words[:3]])
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
        from lading.models.recognisers.bake import baked_by

        yield from baked_by(command, words[2:])
    elif form[:1] == ("compose",):
        from lading.models.recognisers.compose import composed

        yield from composed(command, words[1:])
    elif form[:1] == ("run",):
        yield from _of_container(command, words[1:])


def depot(command: Command) -> Iterator[Push]:
    """`depot build` and `depot bake` take the options of buildx (depot.dev, CLI reference)."""
    words = command.words
    verb = words[0].literal if words else None
    if verb == "build":
        yield from _built(command, words, words[1:], "depot build --push")
    elif verb == "bake":
        from lading.models.recognisers.bake import baked_by

        yield from baked_by(command, words[1:])


def _push(
    command: Command, reference: Template | None, word: Word, tool: str, made_from: object = None
) -> Push:
    at, is_certain, reads = command.at(word), command.is_certain, files_of(command.program)
    return Push(reference, at, tool, is_certain=is_certain, made_from=made_from, reads=reads)


def _pushed(command: Command, words: tuple[Word, ...], tool: str) -> Iterator[Push]:
    """The last word counts: `podman push image destination`. With `--all-tags` all that the script has made."""
    options = options_of(words, _PUSH_VALUES)
    rest = options.rest
    if not rest or is_local(rest[-1].template):
        return
    given = options.last("--creds")
    credential = credential_of(given) if given is not None else None
    found = [without_transport(rest[-1].template)]
    if options.has("--all-tags", "-a") and command.program in ("docker", "nerdctl"):
        found = list(_tags_made(command, found[0])) or found
    reads = () if options.has("--authfile") else files_of(command.program)
    for reference in found:
        at = command.at(rest[-1])
        yield Push(reference, at, tool, is_certain=command.is_certain, credential=credential, reads=reads)


_LOCAL = re.compile(
    r"(?:containers-storage|dir|docker-archive|docker-daemon|oci|oci-archive|ostree|sif|tarball):"
)


def is_local(target: Template) -> bool:
    """Is a destination of skopeo, podman or buildah no registry? (containers-transports(5))"""
    return _LOCAL.match(target.prefix) is not None


def _tags_made(command: Command, name: Template) -> Iterator[Template]:
    """The references of a name that commands before have made: `docker tag a name:b`, `docker build -t name:b`."""
    effects = command.run.effects
    for ran in effects.commands if effects is not None else ():
        if ran is command.ran:
            return
        words = ran.command
        form = tuple(word.literal for word in words[:3])
        made: list[Template] = []
        if form[:2] == ("docker", "tag") or form == ("docker", "image", "tag"):
            made = [words[-1].template]
        elif form[:2] == ("docker", "build") or form == ("docker", "buildx", "build"):
            made = [tag for tag, _ in options_of(words, BUILD_VALUES).values("-t", "--tag")]
        yield from (each for each in made if split_template(each).name == name and each != name)


def without_transport(reference: Template) -> Template:
    """A reference without `docker://` or `oci://` before it."""
    prefix = reference.prefix
    for transport in ("docker://", "oci://"):
        if prefix.startswith(transport):
            return Template((prefix.removeprefix(transport), *reference.parts[1:]), reference.conditions)
    return reference


def _built(command: Command, whole: tuple[Word, ...], words: tuple[Word, ...], tool: str) -> Iterator[Push]:
    options = options_of(words, BUILD_VALUES)
    yield from _cached(command, options)
    outputs = [(csv(value), word) for value, word in options.values("-o", "--output")]
    pushes = options.has("--push") or any(
        (fields.get("type") or Template(())).literal == "registry"
        or (fields.get("push") or Template(())).literal == "true"
        for fields, _ in outputs
    )
    if not pushes:
        return
    found = list(options.values("-t", "--tag"))
    if not found:  # tags take the place of every `name=` (docker/buildx, build/opt.go)
        found = [(name, word) for fields, word in outputs for name in names(fields.get("name"))]
    for reference, word in found:
        yield _push(command, reference, word, tool, Built(command, options))
    if not found and not any(word.template.holes for word in words):
        yield _push(command, None, whole[0], tool)


def _cached(command: Command, options: Options) -> Iterator[Push]:
    """`--cache-to type=registry,ref=…` writes to a registry as well."""
    for value, word in options.values("--cache-to"):
        ref = cache_in_registry(value)
        if ref is not None:
            at = command.at(word)
            yield Push(ref, at, "--cache-to", is_certain=command.is_certain, kind=CACHE)


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


def _of_container(command: Command, words: tuple[Word, ...]) -> Iterator[Push]:
    """`docker run … gcr.io/kaniko-project/executor --destination …`, and crane or skopeo in a container."""
    for number, word in enumerate(words):
        name = word.literal or ""
        if "kaniko-project/" in name:
            from lading.models.recognisers.builders import kaniko

            yield from kaniko(command, words[number + 1 :])
            return


def podman(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = without_options(command.words, DOCKER_VALUES)
    form = tuple(word.literal for word in words[:2])
    if form[:1] == ("push",):
        yield from _pushed(command, words[1:], f"{command.program} push")
    elif form in (("image", "push"), ("manifest", "push")):
        yield from _pushed(command, words[2:], f"{command.program} {form[0]} push")
    elif form[:1] == ("commit",):
        rest = options_of(words[1:], _COMMIT_VALUES).rest
        if len(rest) == 2 and rest[1].template.prefix.startswith("docker://"):
            yield _push(command, without_transport(rest[1].template), rest[1], f"{command.program} commit")
    elif form[:1] == ("compose",):
        from lading.models.recognisers.compose import composed

        yield from composed(command, words[1:])


_COMMIT_VALUES = frozenset(
    (
        *("--authfile", "--cert-dir", "--creds", "-f", "--format", "--iidfile", "--manifest", "--sign-by"),
        *("--timestamp", "-a", "--author", "-c", "--change", "-m", "--message", "--tmpdir"),
    )
)
