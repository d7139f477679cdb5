"""Builders that push what they build: jib, Spring Boot, Quarkus, kaniko, Cloud Native Buildpacks, earthly.

Sources: GoogleContainerTools/jib:jib-maven-plugin/README.md and jib-gradle-plugin/README.md; Spring Boot's reference,
"Packaging OCI Images"; quarkus.io/guides/container-image; GoogleContainerTools/kaniko:README.md; `pack build --help`;
docs.earthly.dev, Earthfile reference.
"""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.models.recognisers.options import options_of
from lading.models.recognisers.push import Push, credential_of
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.models.recognisers.table import Command
    from lading.models.shell import Word

_COLON = Template.of(":")
_PROPERTY = re.compile(r"-(?:D|P)([\w.-]+)=")
_POM_IMAGE = re.compile(r"<to>\s*+<image>([^<]*+)</image>")
_POM_PROPERTY = re.compile(r"<([\w.-]+)>([^<$]*)</\1>")
_GRADLE_IMAGE = (r"jib\s*+\{", r"\bto\s*+\{", r"\bimage\s*+(?:=|\()?\s*+['\"]([^'\"]*)['\"]")
"""What stands behind each other, with anything between."""


def java(command: Command) -> Iterator[Push]:
    """`mvn` and `gradle` with a task that pushes an image."""
    given = dict(_properties(command.words))
    tasks = {(word.literal or "").rpartition(":")[2] for word in command.words}
    whole = [word.literal or "" for word in command.words]
    if any(re.search(r"jib(?:-maven-plugin)?(?::[\w.-]+)?:build$", text) for text in whole) or "jib" in tasks:
        yield from _jib(command, given)
    elif tasks & {"build-image", "build-image-no-fork", "bootBuildImage"}:
        yield from _spring(command, given)
    elif _literal(given, "quarkus.container-image.push") == "true":
        yield from _quarkus(command, given)


def _properties(words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Template, Word]]]:
    """`-Dname=value`, and `--image=value` and the like of gradle."""
    for word in words:
        match = _PROPERTY.match(word.template.prefix) or re.match(r"--([\w-]+)=", word.template.prefix)
        if match is not None:
            rest = word.template.prefix[match.end() :]
            yield match[1], (Template((rest, *word.template.parts[1:]), word.template.conditions), word)
        elif (word.literal or "").startswith("--"):
            yield (word.literal or "")[2:], (Template.of("true"), word)


Given = dict[str, tuple[Template, "Word"]]


def _literal(given: Given, name: str) -> str | None:
    return given[name][0].literal if name in given else None


def _jib(command: Command, given: Given) -> Iterator[Push]:
    name, word = next((given[key] for key in ("image", "jib.to.image") if key in given), (None, None))
    if name is None:
        name = _in_build_file(command)
    tags = [tag for tag in given["jib.to.tags"][0].split(",") if tag.parts] if "jib.to.tags" in given else []
    at = command.at(word) if word is not None else command.place
    credential = _credential(given, "jib.to.auth.")
    for reference in (name, *(join((_without_tag(name), _COLON, tag)) for tag in tags)):
        yield Push(reference, at, "jib", is_certain=command.is_certain, credential=credential)


def _credential(given: Given, prefix: str) -> str | None:
    """What properties log in with, which go before everything else; one without the other counts for nothing.

    Source: GoogleContainerTools/jib:jib-plugins-common/…/ConfigurationPropertyValidator.java.
    """
    if f"{prefix}username" not in given or f"{prefix}password" not in given:
        return None
    return credential_of(given[f"{prefix}password"][0])


def _without_tag(name: Template) -> Template:
    from lading.models.image import split_template

    return split_template(name).name


def _in_build_file(command: Command) -> Template:
    """The image that pom.xml or build.gradle names, as far as it is written there."""
    folder = command.ran.folder
    named = next(
        (
            w.template.literal
            for _, w in options_of(command.words, frozenset(("-f", "--file"))).values("-f", "--file")
        ),
        None,
    )
    for file in (named,) if named else ("pom.xml", "build.gradle", "build.gradle.kts"):
        source = command.run.texts.source(posixpath.join(folder, file)) if folder is not None else None
        if source is None:
            continue
        is_pom = file.endswith(".xml")
        match = _POM_IMAGE.search(source.text) if is_pom else _in_gradle(source.text)
        if match is not None:
            return _with_properties(match[1].strip(), dict(_POM_PROPERTY.findall(source.text)))
    return Template((Hole("*", "the build file names it"),))


def _in_gradle(text: str) -> re.Match[str] | None:
    at = 0
    match: re.Match[str] | None = None
    for pattern in _GRADLE_IMAGE:
        match = re.compile(pattern).search(text, at)
        if match is None:
            return None
        at = match.end()
    return match


def _with_properties(text: str, known: dict[str, str]) -> Template:
    parts: list[str | Hole] = []
    at = 0
    for match in re.finditer(r"\$\{([^}]*)\}|\$([A-Za-z_][\w.]*)", text):
        name = match[1] or match[2]
        parts += (
            text[at : match.start()],
            known.get(name) or Hole(match[0], f"the build works `{name}` out"),
        )
        at = match.end()
    return Template((*parts, text[at:]))


def _spring(command: Command, given: Given) -> Iterator[Push]:
    keys = ("spring-boot.build-image.publish", "publishImage")
    if not any(_literal(given, key) == "true" for key in keys):
        return
    name, word = next(
        (given[key] for key in ("spring-boot.build-image.imageName", "imageName") if key in given),
        (None, None),
    )
    unnamed = Template((Hole("*", "the build file names it"),))
    at = command.at(word) if word is not None else command.place
    yield Push(name or unnamed, at, "the build of Spring Boot", is_certain=command.is_certain)


def _quarkus(command: Command, given: Given) -> Iterator[Push]:
    """`image` whole, or `registry/group/name:tag`, where `group` is the user's name unless it is given."""
    prefix = "quarkus.container-image."
    whole = given.get(prefix + "image")
    if whole is None:
        hole = Template((Hole("*", "the build names it"),))
        parts = [given.get(prefix + key, (None, None))[0] for key in ("registry", "group", "name", "tag")]
        registry, group, name, tag = parts
        front = [registry, Template.of("/")] if registry is not None else []
        reference = join((*front, group or hole, Template.of("/"), name or hole, _COLON, tag or hole))
    else:
        reference = whole[0]
    credential = _credential(given, prefix)
    tool = "the build of Quarkus"
    yield Push(reference, command.place, tool, is_certain=command.is_certain, credential=credential)


# --- kaniko, pack, earthly ---

_KANIKO = frozenset(("--destination", "-d", "--context", "-c", "--dockerfile", "-f"))


def kaniko(command: Command, words: tuple[Word, ...]) -> Iterator[Push]:
    """The destinations of kaniko's executor; `words` are those behind its name."""
    options = options_of(words, _KANIKO)
    if options.has("--no-push"):
        return
    for reference, word in options.values("--destination", "-d"):
        yield Push(reference, command.at(word), "kaniko", is_certain=command.is_certain)


def kaniko_executor(command: Command) -> Iterator[Push]:
    yield from kaniko(command, command.words)


_PACK = frozenset(
    (
        *("-B", "--builder", "-b", "--buildpack", "-p", "--path", "-e", "--env", "--env-file", "-t", "--tag"),
        *(
            "--cache-image",
            "--run-image",
            "--network",
            "--platform",
            "-d",
            "--descriptor",
            "--previous-image",
        ),
        *(
            "--volume",
            "--pull-policy",
            "-D",
            "--default-process",
            "--cache",
            "--extension",
            "--creation-time",
        ),
    )
)


def pack(command: Command) -> Iterator[Push]:
    words = command.words
    if not words or words[0].literal != "build":
        return
    options = options_of(words[1:], _PACK)
    if not options.has("--publish"):
        return
    found = [(word.template, word) for word in options.rest[:1]] + options.values("-t", "--tag")
    for reference, word in found:
        yield Push(reference, command.at(word), "pack build --publish", is_certain=command.is_certain)


def earthly(command: Command) -> Iterator[Push]:
    """`earthly --push +target`: the names stand in the Earthfile, under arguments of its own language."""
    if not any(word.literal == "--push" for word in command.words):
        return
    saved, is_whole = _saved(command)
    unnamed = [] if is_whole else [Template((Hole("*", "the Earthfile names it"),))]
    for reference in saved or unnamed:
        doubt = "the Earthfile decides what is pushed"
        yield Push(reference, command.place, "earthly --push", is_certain=False, doubt=doubt)


_TARGET = re.compile(r"(\.[\w./-]*|)\+([\w.-]+)(?:/.*)?")
_HEADER = re.compile(r"([A-Za-z][\w.-]*):\s*(?:#.*)?")


def _saved(command: Command) -> tuple[list[Template], bool]:
    """The images that the target pushes which is asked for, with those that it builds; and is it all of them?

    BUILD marks the images of another target for pushing, FROM and COPY do not (Earthfile reference).
    """
    texts = (word.literal or "" for word in command.words)
    asked = _TARGET.fullmatch(next((text for text in texts if "+" in text and not text.startswith("-")), ""))
    folder = command.ran.folder
    if asked is None or folder is None:
        return [], False
    source = command.run.texts.source(posixpath.normpath(posixpath.join(folder, asked[1], "Earthfile")))
    recipes = _recipes(source.text) if source is not None else {}
    found: dict[Template, None] = {}
    is_whole = True
    waiting, seen = [asked[2]], {asked[2]}
    while waiting:
        recipe = recipes.get(waiting.pop())
        is_whole = is_whole and recipe is not None
        for line in recipe or ():
            words = line.split()
            if words[:2] == ["SAVE", "IMAGE"]:
                found |= dict.fromkeys(_images(words[2:]))
            elif words[:1] in (["BUILD"], ["DO"]):
                other = _TARGET.fullmatch(next((word for word in words[1:] if not word.startswith("-")), ""))
                if other is None or other[1]:
                    is_whole = False
                elif other[2] not in seen:
                    seen.add(other[2])
                    waiting.append(other[2])
    return list(found), is_whole


def _recipes(text: str) -> dict[str, list[str]]:
    """The lines of each target and function."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        header = _HEADER.fullmatch(line)
        if header is not None:
            lines = found[header[1]] = []
        elif line[:1].isspace():
            lines.append(line)
    return found


def _images(words: list[str]) -> Iterator[Template]:
    """The names that `SAVE IMAGE --push` pushes; `--cache-from` has a value, which may stand behind it."""
    names = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if not word.startswith("-") and before != "--cache-from"
    ]
    for name in names if "--push" in words else ():
        yield _with_properties(name.strip("\"'"), {})
