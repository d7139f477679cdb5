"""ko and apko: images of Go programs, named after KO_DOCKER_REPO and the import path, and of Alpine packages.

Sources: ko-build/ko:pkg/commands/options/publish.go and its command line reference; go.dev/ref/mod for go.mod;
chainguard-dev/apko:internal/cli/publish.go. Both try GITHUB_TOKEN on ghcr.io where Docker knows no login
(google/go-containerregistry:pkg/authn/github/keychain.go; ko-build/ko:pkg/commands/config.go).
"""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.models.calls import resolved
from lading.models.recognisers.logins import login_by
from lading.models.recognisers.options import options_of, without_options
from lading.models.recognisers.push import NONE, Push, credential_of
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.options import Options
    from lading.models.recognisers.push import Login
    from lading.models.recognisers.table import Command
    from lading.models.shell import Word
    from lading.texts import Texts

_VALUES = frozenset(
    (
        *(
            "--platform",
            "-t",
            "--tags",
            "--sbom",
            "--sbom-dir",
            "-f",
            "--filename",
            "--image-label",
            "-j",
            "--jobs",
        ),
        *("--image-refs", "--oci-layout-path", "--tarball", "-l", "--selector", "--image-annotation"),
        *("--ldflags", "-n", "--namespace"),
    )
)
_BARE = ("--bare",)
_BASE = ("--base-import-paths", "-B")
_WHOLE = ("--preserve-import-paths", "-P")
_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)


def ko(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = command.words
    verb = words[0].literal if words else None
    if verb not in ("build", "publish", "resolve", "apply", "create", "run"):
        return
    options = options_of(words[1:], _VALUES)
    repository = command.variables.get("KO_DOCKER_REPO")
    is_kept = any(
        name == "--push" and value is not None and value.literal == "false"
        for name, _, value in options.options
    )
    if options.has("--local", "-L") or is_kept:
        return
    if repository is None:
        hole = Template((Hole("$KO_DOCKER_REPO", "`KO_DOCKER_REPO` is not set in the files"),))
        yield Push(hole, command.at(words[0]), f"ko {verb}", is_certain=False)
        return
    if (repository.literal or "").startswith(("ko.local", "kind.local")):
        return
    tags = [tag for value, _ in options.values("-t", "--tags") for tag in value.split(",") if tag.parts]
    for name, word in _names(command, repository, verb, options.rest, _style(options)):
        for whole in [join((name, Template.of(":"), tag)) for tag in tags] or [name]:
            at, tool = command.at(word), f"ko {verb}"
            yield Push(whole, at, tool, is_certain=command.is_certain, otherwise=_otherwise(whole, command))


def _otherwise(reference: Template, command: Command) -> str:
    is_of_github = reference.prefix.startswith("ghcr.io/")
    return credential_of(command.variables.get("GITHUB_TOKEN")) if is_of_github else NONE


_OF_APKO = frozenset(
    (
        *("--build-date", "--sbom-path", "--arch", "--keyring-append", "-k", "--sbom-formats", "--format"),
        *("--build-repository-append", "-b", "--repository-append", "-r", "--package-append", "-p"),
        *("--annotations", "--cache-dir", "--lockfile", "--image-refs", "--log-level", "--workdir", "-C"),
    )
)


def apko(command: Command) -> Iterator[Push]:
    """`apko publish config.yaml name:tag…`."""
    words = without_options(command.words, _OF_APKO)
    options = options_of(words[1:], _OF_APKO)
    if not words or words[0].literal != "publish" or options.has("--local"):
        return
    for word in options.rest[1:]:
        at, otherwise = command.at(word), _otherwise(word.template, command)
        yield Push(word.template, at, "apko publish", is_certain=command.is_certain, otherwise=otherwise)


def _style(options: Options) -> str | None:
    return next((names[0] for names in (_BARE, _BASE, _WHOLE) if options.has(*names)), None)


def _names(
    command: Command, repository: Template, verb: str, rest: list[Word], style: str | None
) -> Iterator[tuple[Template, Word]]:
    if verb not in ("build", "publish", "run"):
        yield named_by_ko(repository, None, style), command.words[0]
        return
    for word in rest:
        path = word.literal
        whole = module_of(path, command.ran.folder, command.run.texts) if path is not None else None
        yield named_by_ko(repository, whole, style), word
    if not rest:
        whole = module_of(".", command.ran.folder, command.run.texts)
        yield named_by_ko(repository, whole, style), command.words[0]


def module_of(path: str, folder: str | None, texts: Texts) -> str | None:
    """The import path of a package, that `ko build` is given as `./cmd/api` or by itself; None if not known."""
    path = path.removeprefix("ko://")
    if not path.startswith("."):
        return None if "..." in path else path
    if folder is None or "..." in path:
        return None
    package = resolved(folder, path)
    at: str | None = folder
    while at is not None and package is not None:
        source = texts.source(posixpath.join(at, "go.mod"))
        module = _MODULE.search(source.text) if source is not None else None
        if module is not None:
            below = posixpath.relpath(package or ".", at or ".")
            return module[1] if below == "." else posixpath.normpath(f"{module[1]}/{below}")
        at = posixpath.dirname(at) if at else None
    return None


def named_by_ko(repository: Template, path: str | None, style: str | None) -> Template:
    """The name of an image; by default the last part of the import path with its MD5 behind it."""
    if style == "--bare":
        return repository
    if path is None:
        last = Template((Hole("*", "ko names it after the import path"),))
    elif style == "--preserve-import-paths":
        last = Template.of(path)
    elif style == "--base-import-paths":
        last = Template.of(posixpath.basename(path))
    else:
        from hashlib import md5

        digest = md5(path.encode(), usedforsecurity=False).hexdigest()
        last = Template.of(f"{posixpath.basename(path)}-{digest}")
    return join((repository, Template.of("/"), last))
