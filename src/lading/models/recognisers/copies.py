"""skopeo, crane, regctl, oras and helm: what they copy to a registry.

Source: their command line references.
"""

from __future__ import annotations

import re

from lading.models.recognisers.docker import without_transport
from lading.models.recognisers.logins import login_by
from lading.models.recognisers.options import options_of, without_options
from lading.models.recognisers.push import Push
from lading.models.recognisers.table import Recogniser
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.push import Login
    from lading.models.recognisers.table import Command
    from lading.models.shell import Word

_VALUES = frozenset(
    (
        *("--src-creds", "--dest-creds", "--authfile", "--format", "--multi-arch", "--platform"),
        *("--src-authfile", "--dest-authfile", "--retry-times", "--digestfile", "--sign-by"),
    )
)


def _push(command: Command, reference: Template, word: Word, tool: str) -> Push:
    return Push(reference, command.at(word), tool, is_certain=command.is_certain)


def _copier(command: Command) -> Iterator[Push | Login]:
    """`skopeo copy docker://a docker://b`, `crane copy a b`, `crane push file name`, `crane tag name tag`."""
    yield from login_by(command)
    words = command.words
    if command.program == "regctl":
        words = words[1:] if words and words[0].literal == "image" else ()
    words = without_options(words, _VALUES)
    verb = words[0].literal if words else None
    if verb not in ("copy", "cp", "push", "tag", "sync", "append", "mutate", "index"):
        return
    options = options_of(words[1:], _VALUES | {"-t", "--tag", "--new_tag"})
    rest = options.rest
    tool = f"{command.program} {verb}"
    if verb in ("append", "mutate", "index"):
        for reference, word in options.values("-t", "--tag", "--new_tag"):
            yield _push(command, reference, word, tool)
    elif verb == "tag" and len(rest) == 2:
        name = _without_version(rest[0].template)
        yield _push(command, join((name, Template.of(":"), rest[1].template)), rest[0], tool)
    elif verb in ("copy", "cp", "push") and len(rest) >= 2:
        target = rest[-1].template
        is_image = not re.match(r"(?:dir|oci|oci-archive|docker-archive|docker-daemon):(?!//)", target.prefix)
        if is_image:
            yield _push(command, without_transport(target), rest[-1], tool)


def _without_version(reference: Template) -> Template:
    from lading.models.image import split_template

    return split_template(reference).name


def _helm(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = command.words
    if not words or words[0].literal != "push":
        return
    rest = options_of(words[1:], frozenset(("--version", "--ca-file", "--username", "--password"))).rest
    if len(rest) == 2 and rest[1].template.prefix.startswith("oci://"):
        folder = without_transport(rest[1].template)
        chart = Template((Hole("*", "the chart names it"),))
        yield _push(command, join((folder, Template.of("/"), chart)), rest[1], "helm push")


def _oras(command: Command) -> Iterator[Push | Login]:
    yield from login_by(command)
    words = command.words
    if words and words[0].literal == "push":
        values = frozenset(("--artifact-type", "--config", "--annotation", "-u", "-p"))
        rest = options_of(words[1:], values).rest
        if rest:
            yield _push(command, rest[0].template, rest[0], "oras push")


RECOGNISERS = (
    Recogniser(programs=("skopeo", "crane", "regctl"), of_command=_copier, hint="skopeo|crane|regctl"),
    Recogniser(programs=("helm",), of_command=_helm, hint=r"helm\b.*\bpush\b", marks=("push",)),
    Recogniser(programs=("oras",), of_command=_oras, hint=r"oras\b.*\bpush\b", marks=("push",)),
)
