"""skopeo, crane, regctl, oras and helm: what they copy to a registry.

Sources: their command line references; helm/helm:pkg/registry for the name under which a chart is pushed.
"""

from __future__ import annotations

from lading import regex as re
from lading.models.recognisers.docker import is_local, without_transport
from lading.models.recognisers.logins import login_by
from lading.models.recognisers.options import options_of, without_options
from lading.models.recognisers.push import (
    ARTIFACT,
    CHART,
    IMAGE,
    Push,
    credential_of,
    files_of,
)
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.push import Login
    from lading.models.recognisers.table import Command
    from lading.models.shell import Word

_COLON = Template.of(":")
_SLASH = Template.of("/")


def _push(
    command: Command,
    reference: Template,
    word: Word,
    tool: str,
    kind: str = IMAGE,
    given: Template | None = None,
) -> Push:
    credential = credential_of(given) if given is not None else None
    at, is_certain = command.at(word), command.is_certain
    names_file = any([each.template.prefix.startswith(_NAMES_FILE) for each in command.words])
    reads = () if names_file else files_of(command.program)
    return Push(reference, at, tool, is_certain=is_certain, kind=kind, credential=credential, reads=reads)


_NAMES_FILE = ("--authfile", "--dest-authfile", "--registry-config", "--to-registry-config")


# --- skopeo ---

_SKOPEO = frozenset(
    (
        *(
            "--src-creds",
            "--dest-creds",
            "--authfile",
            "--format",
            "--multi-arch",
            "--platform",
            "--src-authfile",
        ),
        *(
            "--dest-authfile",
            "--retry-times",
            "--digestfile",
            "--sign-by",
            "--src-cert-dir",
            "--dest-cert-dir",
        ),
        *(
            "--src",
            "-s",
            "--dest",
            "-d",
            "--additional-tag",
            "--dest-username",
            "--dest-password",
            "--policy",
        ),
        *("--src-username", "--src-password", "--src-tls-verify", "--dest-tls-verify", "--override-arch"),
        *("--override-os", "--override-variant", "--tmpdir", "--command-timeout", "--registries.d"),
    )
)
_TRUTHS = frozenset(("--src-tls-verify", "--dest-tls-verify"))


def skopeo(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = without_options(command.words, _SKOPEO - _TRUTHS)
    verb = words[0].literal if words else None
    options = options_of(words[1:], _SKOPEO - _TRUTHS)
    rest = options.rest
    given = options.last("--dest-creds", "--dest-password")
    if verb == "copy" and len(rest) == 2:
        target = rest[1].template
        if not is_local(target):
            yield _push(command, without_transport(target), rest[1], "skopeo copy", given=given)
    elif verb == "sync" and len(rest) == 2 and not options.has("--dry-run"):
        into = options.last("--dest", "-d")
        if into is not None and into.literal == "docker":
            last = _last_part(rest[0].template, options.last("--src", "-s"))
            yield _push(command, join((rest[1].template, _SLASH, last)), rest[1], "skopeo sync", given=given)


def _last_part(source: Template, kind: Template | None) -> Template:
    """The name under which `skopeo sync` puts a repository: its last part, with the tag where one is given."""
    if kind is None or kind.literal != "docker":
        return Template((Hole("*", "skopeo names it after its source"),))
    return without_transport(source).split("/")[-1]


# --- crane, regctl ---

_CRANE = frozenset(
    ("--platform", "-t", "--tag", "--new_tag", "-f", "--new_layer", "-b", "--base", "-j", "--jobs")
)
_CRANE_LONG = _CRANE | {
    "--original",
    "--old_base",
    "--new_base",
    "--rebased",
    "-o",
    "--output",
    "-m",
    "--manifest",
}


def crane(command: Command) -> Iterator[Push | Login]:
    """`crane copy a b`, `crane push file name`, `crane tag name tag`, `crane append -t name` and the like."""
    yield from login_by(command)
    words = without_options(command.words, frozenset(("--platform",)))
    verb = words[0].literal if words else None
    options = options_of(words[1:], _CRANE_LONG)
    rest = options.rest
    tool = f"{command.program} {verb}"
    if verb in ("append", "mutate") and options.has("-o", "--output"):
        return  # the image goes into a file
    if verb in ("append", "mutate", "index", "flatten", "rebase"):
        for reference, word in options.values("-t", "--tag", "--new_tag", "--rebased"):
            yield _push(command, reference, word, tool)
    elif verb == "tag" and len(rest) == 2:
        yield _push(
            command, join((_without_version(rest[0].template), _COLON, rest[1].template)), rest[0], tool
        )
    elif verb in ("copy", "cp", "push") and len(rest) >= 2:
        yield _push(command, rest[-1].template, rest[-1], tool)


_FOLDERS = ("ocidir://", "ocifile://")
"""Begins the name of a folder in regclient's references (regclient/regclient:types/ref/ref.go)."""


def regctl(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = without_options(
        command.words, frozenset(("--host", "--logopt", "-v", "--verbosity", "--user-agent"))
    )
    form = tuple(word.literal for word in words[:2])
    values = frozenset(
        ("--platform", "--format", "--create", "--ref", "--digest", "-m", "--media-type", "--subject")
    )
    options = options_of(
        words[2:], values | {"--artifact-type", "-f", "--file", "--annotation", "--by-digest"}
    )
    rest = options.rest
    tool = "regctl " + " ".join(part or "" for part in form)
    found: list[tuple[Template, Word]] = []
    kind = IMAGE
    if form in (("image", "copy"), ("image", "cp")) and len(rest) == 2:
        found = [(rest[1].template, rest[1])]
    elif form in (("image", "import"), ("index", "create"), ("manifest", "put")) and rest:
        found = [(rest[0].template, rest[0])]
    elif form == ("artifact", "put") and rest:
        found, kind = [(rest[0].template, rest[0])], ARTIFACT
    elif form == ("image", "mod"):
        found = options.values("--create")
    for reference, word in found:
        if not reference.prefix.startswith(_FOLDERS):
            yield _push(command, reference, word, tool, kind)


def _without_version(reference: Template) -> Template:
    from lading.models.image import split_template

    return split_template(reference).name


# --- oras, helm ---

_LAYOUTS = ("--oci-layout-path", "--to-oci-layout-path")
"""The folder that is written to instead of a registry (oras-project/oras:cmd/oras/internal/option/target.go)."""
_ORAS = frozenset(
    (
        *("--artifact-type", "--config", "--annotation", "-a", "--annotation-file", "-u", "--username", "-p"),
        *(
            "--password",
            "--registry-config",
            "--to-registry-config",
            "--from-registry-config",
            "--export-manifest",
        ),
        *(
            "--image-spec",
            "--format",
            "--platform",
            "--concurrency",
            "--to-username",
            "--to-password",
            "--media-type",
        ),
        *("--subject", "--distribution-spec", *_LAYOUTS, "--from-oci-layout-path"),
    )
)


def oras(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = command.words
    form = tuple(word.literal for word in words[:3])
    depth = 3 if form[:2] == ("manifest", "index") else 2 if form[:1] in (("manifest",), ("blob",)) else 1
    options = options_of(words[depth:], _ORAS)
    rest = options.rest
    given = options.last("-p", "--password", "--to-password")
    tool = "oras " + " ".join(part or "" for part in form[:depth])
    if options.has("--oci-layout", "--to-oci-layout", *_LAYOUTS) or not rest:
        return
    if form[:1] == ("push",) or form[:2] == ("manifest", "push") or form == ("manifest", "index", "create"):
        for whole in _several(rest[0].template):
            yield _push(command, whole, rest[0], tool, ARTIFACT, given)
    elif form[:1] in (("copy",), ("cp",)) and len(rest) == 2:
        for whole in _several(rest[1].template):
            yield _push(command, whole, rest[1], tool, given=given)
    elif form[:1] == ("tag",):
        for word in rest[1:]:
            name = _without_version(rest[0].template)
            yield _push(command, join((name, _COLON, word.template)), word, tool, given=given)
    elif form[:1] == ("attach",):
        yield _push(command, rest[0].template, rest[0], tool, ARTIFACT, given)


def _several(reference: Template) -> Iterator[Template]:
    """`name:a,b` names two tags."""
    first, *others = reference.split(",")
    yield first
    for other in others:
        yield join((_without_version(first), _COLON, other))


_PACKED = re.compile(r"(?:.*/)?([a-z0-9][a-z0-9._-]*?)-v?\d+\.\d+\.\d+[^/]*\.tgz")


def helm(command: Command) -> Iterator[Push | Login]:
    """`helm push chart.tgz oci://folder`; the chart's name and version stand in the name of the file."""
    yield from login_by(command)
    words = command.words
    if not words or words[0].literal != "push":
        return
    values = frozenset(("--ca-file", "--cert-file", "--key-file", "--username", "--password", "--version"))
    options = options_of(words[1:], values)
    rest = options.rest
    if len(rest) != 2 or not rest[1].template.prefix.startswith("oci://"):
        return
    folder = _without_last_slash(without_transport(rest[1].template))
    packed = _PACKED.fullmatch(rest[0].template.pattern)
    name = packed[1] if packed is not None and "*" not in packed[1] else None
    chart = Template.of(name) if name else Template((Hole("*", "the chart names it"),))
    given = options.last("--password")
    yield _push(command, join((folder, _SLASH, chart)), rest[1], "helm push", CHART, given)


def _without_last_slash(folder: Template) -> Template:
    *before, last = folder.parts or ("",)
    return Template((*before, last.rstrip("/") if isinstance(last, str) else last), folder.conditions)
