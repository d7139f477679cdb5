"""Password hashes and other values that Compose takes for variables."""

from __future__ import annotations

from lading import regex as re
from lading.findings import Hit, assumed, once
from lading.models.compose.interpolation import OF_THE_SHELL, references
from lading.models.compose.values import Map, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Fix
    from lading.models.compose.interpolation import Reference
    from lading.models.compose.project import Project, Service
    from lading.models.compose.values import Value

_SCHEMES = r"apr1|argon2(?:id|i|d)?|bcrypt|pbkdf2|scrypt|sha512|sha256"
_PLAIN = re.compile(rf"(?<!\$)\$(?:{_SCHEMES})(?:-[a-z0-9]+)?\$")
_ESCAPED = re.compile(rf"\$\$(?:{_SCHEMES}|2[abxy]|1|5|6|y)(?:-[a-z0-9]+)?\$")


_EITHER = re.compile(rf"\$(?:{_SCHEMES}|2[abxy]|1|5|6|y)(?:-[a-z0-9]+)?\$")
"""A part of whatever one of the two finds."""


def hash_read_as_variable(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if not project.may_say(_EITHER):
        return
    yield from once(
        hit
        for service in project.having("environment", "labels", "command", "build", "deploy")
        for text in value_texts(service)
        for hit in _cut(service, text)
    )


def _cut(service: Service, text: Text) -> Iterator[Hit]:
    written = text.node.text
    start = (_PLAIN.search(written) or _ESCAPED.search(written)) if "$" in written else None
    if start is None:
        return
    lost = [
        each for each in references(written) if each.start >= start.start() and _is_no_variable(each, text)
    ]
    if not lost:
        return
    names = ", ".join(f"`{each.text}`" for each in lost)
    is_certain = _PLAIN.match(written, start.start()) is not None
    yield Hit(
        at=text.node.inner_span(lost[0].start, lost[-1].end),
        message=f"Compose replaces {names} in the password hash of `{service.name}` by nothing",
        basis=assumed() if is_certain else assumed(f"unless `{lost[0].name}` is set where Compose runs"),
        help="Double each `$` of the hash: `$$`.",
        fix=_escaped(text, written, start.start()) if is_certain else None,
    )


def _escaped(text: Text, written: str, start: int) -> Fix | None:
    """Every `$` of the hash; not where one is doubled already."""
    stop = next((at for at in range(start, len(written)) if written[at] in " \t\n\"'"), len(written))
    if "$$" in written[start:stop] or "{" in written[start:stop]:
        return None
    from lading.checks.mends import double_dollars

    dollars = [at for at in range(start, stop) if written[at] == "$"]
    return double_dollars(text.node, dollars, is_safe=True)


_DOTENV = re.compile(r"\.env")
_SECRET = re.compile(r"pass|pwd|secret|token|key|credential|auth", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-z0-9]")


_WITHIN = re.compile(r"\$(?<=[A-Za-z0-9]\$)[A-Za-z_]")
"""A bare reference behind a letter."""


def lost_dollar(project: Project, options: Mapping[str, Any]) -> Iterator[Hit]:
    if project.may_say(_WITHIN):
        yield from once(_lost(project))


def _lost(project: Project) -> Iterator[Hit]:
    for service in project.having("environment"):
        environment = service.environment if _WITHIN.search(service.variables_written) else None
        for name, item in environment.entries.items() if environment is not None else ():
            text = item.value
            if isinstance(text, Text) and "$" in text.node.text:
                yield from _lost_in(project, name, text)


def _lost_in(project: Project, variable: str, text: Text) -> Iterator[Hit]:
    """A bare reference in the midst of a word, where the value is secret or has dollars that are meant."""
    written = text.node.text
    if _PLAIN.search(written) or _ESCAPED.search(written):
        return
    has_meant = "$$" in written
    for each in references(written):
        before = written[each.start - 1 : each.start]
        is_odd = has_meant or (_SECRET.search(variable) and _LETTER.fullmatch(before))
        if (
            is_odd
            and _LETTER.fullmatch(before)
            and _is_no_variable(each, text)
            and not _is_told(project, each.name)
        ):
            yield Hit(
                at=text.node.inner_span(each.start, each.end),
                message=f"Compose replaces `{each.text}` in the value of `{variable}` by nothing, since no variable "
                "of that name is set; a `$` that is meant is written `$$`",
                basis=assumed(f"unless `{each.name}` is set where Compose runs"),
                help=f"Write `${each.text}`.",
                fix=_doubled(text, each),
            )


def _doubled(text: Text, reference: Reference) -> Fix | None:
    from lading.checks.mends import double_dollars

    return double_dollars(text.node, [reference.start], is_safe=False)


def _is_told(project: Project, name: str) -> bool:
    """Is it a variable that the machine has, or that a file beside the project speaks of?"""
    from lading.checks.env_files import is_told_of

    if name in OF_THE_SHELL or is_told_of(project, name):
        return True
    for folder in dict.fromkeys((project.folder, "")):
        for path in project.texts.named(folder, _DOTENV):
            source = project.texts.source(path)
            if source is not None and name in source.text:
                return True
    return False


def _is_no_variable(reference: Reference, text: Text) -> bool:
    is_bare = reference.operator is None and not reference.text.startswith("${")
    return is_bare and reference.name not in text.origin.environment.values


def value_texts(service: Service) -> Iterator[Text]:
    """The values of variables, labels, arguments and the command, in which a dollar may be meant."""
    build, deploy = service.build, service.definition.map("deploy")
    waiting: list[Value | None] = [
        service.definition.get(key) for key in ("environment", "labels", "command")
    ]
    waiting.append(build.get("args") if build is not None else None)
    waiting.append(deploy.get("labels") if deploy is not None else None)
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, Text):
            yield value
        elif isinstance(value, Map):
            waiting += [item.value for item in value.entries.values()]
        else:
            waiting += getattr(value, "items", ())
