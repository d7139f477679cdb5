"""Dockerfiles as far as images inherit from each other: stages, what they are FROM, their HEALTHCHECK and labels."""

from __future__ import annotations

from lading import regex as re
from lading.models.compose.interpolation import Environment, interpolate
from lading.models.template import Hole, Template
from lading.plain import whole
from lading.source import span_of_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lading.source import Source, Span

PRESENT = "present"
ABSENT = "absent"
INHERITED = "inherited"
UNKNOWN = "unknown"

SCRATCH = "scratch"

_FROM = re.compile(r"\s*(?:--\S+\s+)*(\S+)(?:\s+[Aa][Ss]\s+(\S+))?\s*$")
_ARGUMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?$", re.DOTALL)
_HEREDOC = re.compile(r"(?<!<)<<-?([\"']?)([A-Za-z_][A-Za-z0-9_.]*)\1")
_TAKES_HEREDOC = re.compile(r"\s*(?:RUN|COPY|ADD)\s", re.IGNORECASE)
_MAX_STAGES = 200
_MAX_LENGTH = 300_000
"""Code points of a Dockerfile that is followed."""


class Stage:
    """A stage: `image` is what it is FROM (None where that is `base`, an earlier stage).

    `health` says what its own instructions do: `PRESENT` (a HEALTHCHECK), `ABSENT` (`HEALTHCHECK NONE`) or
    `INHERITED` (none); `health_line` is the 1-based line of the instruction, `line` that of the FROM. `steps` are
    the instructions behind the FROM: the word in capitals and what follows it, continued lines joined.
    `has_platform`: does the FROM name a platform of its own? `labels` are those that it and the stages beneath it set,
    by name, each with its line; `known` are the build arguments and variables at its end.
    """

    __slots__ = (
        *(
            "base",
            "has_platform",
            "health",
            "health_line",
            "image",
            "known",
            "labels",
            "line",
            "name",
            "steps",
        ),
    )

    def __init__(self, name: str | None, image: Template | None, base: Stage | None, line: int) -> None:
        self.name = name
        self.image = image
        self.base = base
        self.line = line
        self.health = INHERITED
        self.health_line: int | None = None
        self.steps: list[tuple[str, str]] = []
        self.has_platform = False
        self.labels: dict[str, tuple[Template, int]] = dict(base.labels) if base is not None else {}
        self.known: dict[str, Template] = dict(base.known) if base is not None else {}

    @property
    def chain(self) -> tuple[Stage, ...]:
        """This stage and those that it is built on, down to the first, which is FROM an image."""
        stages = [self]
        while stages[-1].base is not None:
            stages.append(stages[-1].base)
        return tuple(stages)


class ImageHealth:
    """Whether an image has a HEALTHCHECK, as far as its Dockerfile tells.

    `state` is `PRESENT`, `ABSENT`, `INHERITED` (from `image`, the first one in the chain that is not built
    here) or `UNKNOWN` (`reason` says why); `line` is where the Dockerfile says so.
    """

    __slots__ = ("image", "line", "reason", "state")

    def __init__(self, state: str, line: int, reason: str, image: Template | None = None) -> None:
        self.state = state
        self.line = line
        self.reason = reason
        self.image = image


class Dockerfile:
    """The stages of a Dockerfile in order."""

    __slots__ = ("source", "stages")

    def __init__(self, source: Source, stages: tuple[Stage, ...]) -> None:
        self.source = source
        self.stages = stages

    def stage(self, target: str | None) -> Stage | None:
        """The stage of that name (any case) or number; the last one for None."""
        if target is None:
            return self.stages[-1] if self.stages else None
        for stage in reversed(self.stages):
            if stage.name is not None and stage.name.lower() == target.lower():
                return stage
        if target.isascii() and target.isdigit() and whole(target) < len(self.stages):
            return self.stages[int(target)]
        return None

    def health(self, target: str | None = None) -> ImageHealth:
        """Whether the image of a stage has a HEALTHCHECK: the nearest in its chain of stages decides."""
        stage = self.stage(target)
        if stage is None:
            missing = f"there is no stage `{target}`" if target is not None else "there is no FROM"
            return ImageHealth(UNKNOWN, 1, missing)
        first = stage
        while stage.health == INHERITED and stage.base is not None:
            stage = stage.base
        if stage.health == PRESENT:
            return ImageHealth(PRESENT, stage.health_line or stage.line, "HEALTHCHECK")
        if stage.health == ABSENT:
            return ImageHealth(ABSENT, stage.health_line or stage.line, "`HEALTHCHECK NONE`")
        if stage.image is not None and stage.image.literal == SCRATCH:
            return ImageHealth(ABSENT, first.line, "no HEALTHCHECK, and `FROM scratch`")
        return ImageHealth(INHERITED, stage.line, "no HEALTHCHECK of its own", stage.image)

    def line_span(self, line: int) -> Span:
        return span_of_line(self.source, line)


def read_dockerfile(source: Source, arguments: Mapping[str, Template] | None = None) -> Dockerfile:
    """The stages of a Dockerfile; `arguments` are build arguments, which win over the defaults of ARG."""
    stages: list[Stage] = []
    known: dict[str, Template] = {}
    given = arguments or {}
    for each in _instructions(source.text):
        name, value, line = each["instruction"], each["value"] or "", each["startline"] + 1
        if name == "ARG" and not stages:
            _declare(value, known, given)
        elif name == "FROM" and len(stages) == _MAX_STAGES:
            return Dockerfile(source, ())
        elif name == "FROM":
            stage = _stage(value, line, stages, known)
            if stage is not None:
                stages.append(stage)
            continue
        if stages and name != "COMMENT":
            stages[-1].steps.append((name, value))
            _follow(stages[-1], name, value, line, known, given)
        if name == "HEALTHCHECK" and stages and value.strip():
            stages[-1].health = ABSENT if value.strip().upper() == "NONE" else PRESENT
            stages[-1].health_line = line
    return Dockerfile(source, tuple(stages))


def _instructions(text: str) -> list[dict[str, Any]]:
    if len(text) > _MAX_LENGTH:  # the library takes the square of the lines of an instruction
        return []
    from io import BytesIO

    from dockerfile_parse import DockerfileParser

    content = _without_heredocs(text).encode("utf-8", "replace")
    try:
        found: list[dict[str, Any]] = DockerfileParser(fileobj=BytesIO(content), env_replace=False).structure
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return []
    return found


def _without_heredocs(text: str) -> str:
    """The text with the bodies of here-documents emptied, which the library would take for instructions."""
    if "<<" not in text:
        return text
    lines = text.split("\n")
    waiting: list[str] = []
    inside = False
    for index, line in enumerate(lines):
        if waiting:
            lines[index] = ""
            if line.strip() == waiting[0]:
                waiting.pop(0)
            continue
        if line.lstrip().startswith("#"):
            continue
        if inside or _TAKES_HEREDOC.match(line):
            rest = {each.strip() for each in lines[index + 1 :]}
            waiting = [match[2] for match in _HEREDOC.finditer(line) if match[2] in rest]
        inside = line.rstrip().endswith("\\") and (inside or _TAKES_HEREDOC.match(line) is not None)
    return "\n".join(lines)


def _declare(value: str, known: dict[str, Template], given: Mapping[str, Template]) -> None:
    """`ARG a=1 b="2"`: what is given wins over the default; an argument with neither stays unknown."""
    for word in _words(value):
        match = _ARGUMENT.match(word)
        if match is None:
            continue
        if match[1] in given:
            known[match[1]] = given[match[1]]
        elif match[2] is not None:
            known[match[1]] = _expand(match[2], known)


def _follow(
    stage: Stage,
    name: str,
    value: str,
    line: int,
    above: Mapping[str, Template],
    given: Mapping[str, Template],
) -> None:
    """What an instruction sets: a label, a variable, or an argument (given, by default, or as above all stages)."""
    if name == "ARG":
        for word in _words(value):
            match = _ARGUMENT.match(word)
            if match is not None and match[2] is None and match[1] not in given and match[1] in above:
                stage.known[match[1]] = above[match[1]]
        _declare(value, stage.known, given)
    elif name == "ENV" and "=" in value:
        for word in _words(value):
            key, equals, text = word.partition("=")
            if equals:
                stage.known[key] = _expand(text, stage.known)
    elif name == "LABEL":
        for word in _words(value):
            key, equals, text = word.partition("=")
            if equals:
                stage.labels[key] = (_expand(text, stage.known), line)


def _words(value: str) -> list[str]:
    """Words as in `ARG a=1 b="2 3"`, quotes taken off."""
    words = re.findall(r"(?:[^\s\"']+|\"[^\"]*\"|'[^']*')+", value)
    return [re.sub(r"[\"']", "", word) for word in words]


def _stage(value: str, line: int, stages: list[Stage], known: Mapping[str, Template]) -> Stage | None:
    match = _FROM.match(value)
    if match is None:
        return None
    image = _expand(match[1], known)
    earlier = next(
        (s for s in reversed(stages) if s.name and s.name.lower() == (image.literal or "").lower()), None
    )
    stage = Stage(match[2], None if earlier else image, earlier, line)
    stage.has_platform = "--platform=" in value
    return stage


def _expand(text: str, known: Mapping[str, Template]) -> Template:
    """Variables of a FROM or ARG line: those of ARG before it; others are holes."""
    found = interpolate(text.replace("\\$", "$$"), Environment(known))
    parts = [
        Hole(part.text, f"the build argument in `{part.text}` has no value here")
        if isinstance(part, Hole)
        else part
        for part in found.parts
    ]
    return Template(parts, found.conditions)
