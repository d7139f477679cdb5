"""What is in a service's image, as far as files show it: where it starts from, and what a Dockerfile adds."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.models.compose.health import build_arguments, dockerfile_of, image_name
from lading.models.dockerfile import INHERITED, PRESENT, read_dockerfile
from lading.tables.tools import has_tool, lacks_tool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.compose.project import Service
    from lading.models.template import Template
    from lading.source import Located

YES = "yes"
PERHAPS = "perhaps"
NO = "no"

_HARMLESS = frozenset(
    (
        *(
            "[",
            "addgroup",
            "adduser",
            "bun",
            "bundle",
            "cargo",
            "cat",
            "cd",
            "chgrp",
            "chmod",
            "chown",
            "composer",
        ),
        *(
            "corepack",
            "cp",
            "dotnet",
            "echo",
            "exit",
            "export",
            "find",
            "gem",
            "getent",
            "go",
            "groupadd",
            "grep",
        ),
        *(
            "gradle",
            "id",
            "install",
            "ldconfig",
            "ln",
            "ls",
            "mkdir",
            "mv",
            "mvn",
            "node",
            "npm",
            "npx",
            "pip",
        ),
        *(
            "pip3",
            "pnpm",
            "poetry",
            "printf",
            "rm",
            "sed",
            "set",
            "test",
            "touch",
            "true",
            "useradd",
            "usermod",
        ),
        *("uv", "yarn", "./gradlew", "./mvnw"),
    )
)
"""Commands that put no `curl` or `wget` where a shell finds it."""

_PACKAGES = frozenset(
    (
        *(
            "bash",
            "build-essential",
            "ca-certificates",
            "cairo",
            "cairo-dev",
            "dumb-init",
            "ffmpeg",
            "g++",
            "gcc",
        ),
        *(
            "gcompat",
            "giflib",
            "gosu",
            "jpeg",
            "jpeg-dev",
            "jq",
            "less",
            "libc6-compat",
            "libc-dev",
            "libffi-dev",
        ),
        *(
            "libgcc",
            "libgl1",
            "libglib2.0-0",
            "libgomp1",
            "libmagic1",
            "libpq",
            "libpq5",
            "libpq-dev",
            "libsm6",
        ),
        *("libssl-dev", "libstdc++", "libxext6", "libxml2-dev", "linux-headers", "make", "musl-dev", "nano"),
        *("netcat-openbsd", "openssl", "openssl-dev", "pango", "pango-dev", "pkg-config", "poppler-utils"),
        *(
            "postgresql-client",
            "postgresql-dev",
            "postgresql-libs",
            "procps",
            "py3-pip",
            "python3",
            "python3-dev",
        ),
        *(
            "shadow",
            "sqlite",
            "sqlite3",
            "sqlite-libs",
            "su-exec",
            "tesseract-ocr",
            "tini",
            "tzdata",
            "unzip",
        ),
        *("vim", "xz-utils", "zip", "zlib1g-dev"),
    )
)
"""Packages of Alpine and Debian that need neither `curl` nor `wget`; nobody has verified that for every version."""

_INSTALL = re.compile(r"(?:sudo )?(?:apk|apt|apt-get)\b")
_COMMANDS = re.compile(r"&&|\|\||;|\||\n")
_CHECK = re.compile(r"\s*(?:--\S+\s+)*CMD\s+(.*)", re.IGNORECASE | re.DOTALL)
_FLAGS = re.compile(r"\s*(?:--[a-z]+=\S+\s+)*")
_FOR_ALL = re.compile(r"/?(?:usr/?)?(?:local/?)?(?:s?bin)?/?")


class Contents:
    """The image at the bottom, `at` the place that names it, and the instructions on top of it.

    `image` is the first one that is not built here; the instructions are those of the stages up to the one
    that is built, word and value. `check_at` is the place of the HEALTHCHECK among them that counts.
    """

    __slots__ = ("at", "check_at", "image", "steps")

    def __init__(
        self,
        image: Template,
        at: Located,
        steps: tuple[tuple[str, str], ...] = (),
        check_at: Located | None = None,
    ) -> None:
        self.image = image
        self.at = at
        self.steps = steps
        self.check_at = check_at

    @property
    def name(self) -> str | None:
        return image_name(self.image)

    @property
    def check(self) -> str | None:
        """What the HEALTHCHECK that counts runs: a shell line, or a list in JSON; None without one."""
        if self.check_at is None:
            return None
        checks = [value for word, value in self.steps if word == "HEALTHCHECK"]
        match = _CHECK.match(checks[-1]) if checks else None
        return match[1] if match is not None else None

    @property
    def tag(self) -> str | None:
        """`latest` where there is none; None where a digest stands alone, or a part of the tag is not known."""
        text = self.image.literal
        if text is None:
            return None
        reference, at, _ = text.partition("@")
        _, colon, tag = reference.rpartition("/")[2].partition(":")
        return tag if colon else None if at else "latest"

    def lacks(self, tool: str) -> str | None:
        """The evidence that neither the image nor the instructions bring a tool (`tables.tools`), else None."""
        if self.name is None or self.tag is None:
            return None
        return lacks_tool(self.name, self.tag, tool) if self.adds(tool) != YES else None

    def has(self, tool: str) -> bool:
        """Is the tool known to be in the image at the bottom?"""
        return self.name is not None and self.tag is not None and has_tool(self.name, self.tag, tool)

    def adds(self, tool: str) -> str:
        """May the instructions bring a tool? `PERHAPS` where only packages are installed that do not need it."""
        verdict = NO
        for word, value in self.steps:
            found = _adds(word, value, tool)
            if found == YES:
                return YES
            verdict = PERHAPS if found == PERHAPS else verdict
        return verdict


def contents_of(service: Service) -> Contents | None:
    """None where the image or the Dockerfile is not known."""
    if service.definition.get("build") is None:
        image = service.image
        return Contents(image.template, image.node) if image is not None else None
    build = service.build
    source = dockerfile_of(build, service) if build is not None else ""
    if build is None or isinstance(source, str):
        return None
    target = build.text("target")
    if target is not None and target.literal is None:
        return None
    dockerfile = read_dockerfile(source, build_arguments(build))
    stage = dockerfile.stage(target.literal if target is not None else None)
    if stage is None:
        return None
    chain = stage.chain
    if chain[-1].image is None:
        return None
    inline = build.text("dockerfile_inline")
    at = inline.node if inline is not None else dockerfile.line_span(chain[-1].line)
    steps = tuple(step for each in reversed(chain) for step in each.steps)
    decides = next((each for each in chain if each.health != INHERITED), None)
    check_at = None
    if decides is not None and decides.health == PRESENT and decides.health_line is not None:
        check_at = inline.node if inline is not None else dockerfile.line_span(decides.health_line)
    return Contents(chain[-1].image, at, steps, check_at)


def context_of(service: Service) -> str | None:
    """The build context of a service, as a path from the root; None where there is none, or it is not known."""
    build = service.build
    context = build.text("context") if build is not None else None
    folder = context.literal if context is not None else "."
    if build is None or folder is None:
        return None
    return posixpath.normpath(posixpath.join((context or build).origin.folder, folder))


def _adds(word: str, value: str, tool: str) -> str:
    if word in ("COPY", "ADD"):
        return YES if _copies(value, tool) else NO
    if word == "RUN":
        return _runs(value, tool)
    return YES if word == "ONBUILD" else NO


def _copies(value: str, tool: str) -> bool:
    """May a copy bring it: by its name, or as one of many files into a folder of programs?"""
    if tool in value:
        return True
    words = [
        each for each in value.replace("[", " ").replace("]", " ").replace('"', " ").replace(",", " ").split()
    ]
    paths = [each for each in words if not each.startswith("--")]
    if len(paths) < 2 or not _FOR_ALL.fullmatch(paths[-1]):
        return False
    return not all("." in path.rpartition("/")[2].strip(".") for path in paths[:-1])


def _runs(value: str, tool: str) -> str:
    line = value[_end_of_flags(value) :]
    if tool in line or "<<" in line or line.lstrip().startswith("[") or "$(" in line or "`" in line:
        return YES
    verdict = NO
    for command in _COMMANDS.split(line):
        words = command.replace("(", " ").replace(")", " ").replace("{", " ").replace("}", " ").split()
        if not words:
            continue
        if _INSTALL.match(" ".join(words)):
            if not _installs_harmless(words):
                return YES
            verdict = PERHAPS
        elif words[0] not in _HARMLESS or "--with-deps" in words:
            return YES
    return verdict


def _end_of_flags(value: str) -> int:
    match = _FLAGS.match(value)
    return match.end() if match is not None else 0


def _installs_harmless(words: list[str]) -> bool:
    """Of `apk add`, `apt-get install` and their like: are all packages in the list?"""
    actions = [word for word in words[1:] if not word.startswith("-")]
    if not actions:
        return True
    if actions[0] not in ("add", "install"):
        return actions[0] in (
            "update",
            "upgrade",
            "clean",
            "del",
            "purge",
            "autoremove",
            "remove",
            "dist-clean",
        )
    names = [re.split(r"[=<>~@]", word)[0] for word in actions[1:]]
    return all(name in _PACKAGES or name.startswith(".") for name in names)
