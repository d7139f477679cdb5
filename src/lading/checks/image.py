"""The names of the images that Compose projects build and run."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.checks.allowed import admits_consumer, told_of_tag
from lading.checks.names import moved, placeholder_words
from lading.findings import Hit, assumed, unknown
from lading.models.compose.interpolation import references
from lading.models.image import check_template, placeholder_in_template
from lading.models.template import Template
from lading.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.consumers import Consumer
    from lading.models.image import InvalidReference
    from lading.models.template import Hole
    from lading.source import Located


def invalid_reference(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The name is no image reference whatever its variables are."""
    problem = consumer.problem
    if problem is None or problem.kind in ("uppercase", "empty") or consumer.placeholder is not None:
        return
    yield Hit(
        _at(consumer, problem.start, problem.end),
        f"`{consumer.template.shown}` is no image reference (`{problem.message}`): {problem.detail}",
        basis=_basis(consumer),
        help=_suggested(consumer, problem),
    )


def uppercase_name(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Capitals where Compose takes small letters only."""
    problem = consumer.problem
    if problem is None or problem.kind != "uppercase" or consumer.placeholder is not None:
        return
    origin = _set_in_env_file(consumer, consumer.template.shown[problem.start : problem.end])
    source = f", as `{origin[0]}` is set in `{origin[1].source.path}`" if origin is not None else ""
    yield Hit(
        _at(consumer, problem.start, problem.end),
        f"{problem.detail} in the image `{consumer.template.shown}`{source}: `{problem.message}`",
        related=[(origin[1], f"`{origin[0]}` is set here")] if origin is not None else (),
        basis=_basis(consumer),
        help=_suggested(consumer, problem),
        fix=_in_small_letters(consumer, problem),
    )


_SETTING = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*[=:](.*)$", re.MULTILINE)


def _set_in_env_file(consumer: Consumer, part: str) -> tuple[str, Span] | None:
    """The variable that brings a part of a name, and the line of the project's `.env` that sets it."""
    names = {reference.name for reference in references(consumer.node.text)}
    if not names or part in consumer.node.text:
        return None
    project = consumer.project
    stated = project.statement.env_files if project.statement is not None else None
    for path in reversed(stated) if stated is not None else (posixpath.join(project.folder, ".env"),):
        source = project.texts.source(path) if project.texts.exists(path) else None
        for match in reversed([*_SETTING.finditer(source.text)] if source is not None else []):
            if source is not None and match[1] in names and part in match[2]:
                return match[1], Span(source, match.start(1), match.start() + len(match[0].rstrip()))
    return None


def _in_small_letters(consumer: Consumer, problem: InvalidReference) -> Fix | None:
    if problem.suggestion is None or not _is_as_written(consumer):
        return None
    from lading.checks.mends import reword

    return reword(consumer.node, problem.suggestion, is_safe=True)


def _basis(consumer: Consumer) -> Basis:
    return assumed(*consumer.template.conditions)


def _is_as_written(consumer: Consumer) -> bool:
    """Is the name in the file letter by letter, with its variables as they are?"""
    return consumer.node.text == consumer.template.shown


def _at(consumer: Consumer, start: int, end: int) -> Located:
    """The part of the value in question, where it is written as it is read."""
    if end > start and _is_as_written(consumer):
        return consumer.node.inner_span(start, end)
    return consumer.node


def _suggested(consumer: Consumer, problem: InvalidReference) -> str | None:
    return f"Write `{problem.suggestion}`." if problem.suggestion and _is_as_written(consumer) else None


def left_over_placeholder(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A placeholder of an example or template was never filled in."""
    found = consumer.placeholder
    if found is None:
        return
    message, ground = placeholder_words(consumer.template, found, consumer.problem, consumer.namespaces)
    meant = _filled_in(consumer)
    yield Hit(
        consumer.node,
        message,
        basis=_basis(consumer) & ground,
        help=f"Write `{meant}`." if meant is not None else None,
        fix=_with_name(consumer, meant) if meant is not None else None,
    )


def _with_name(consumer: Consumer, name: str) -> Fix | None:
    """Nobody can tell the version for which a placeholder stands."""
    tag = consumer.parts.tag
    if not _is_as_written(consumer) or (tag is not None and _is_open(tag)):
        return None
    from lading.checks.mends import reword

    return reword(consumer.node, name, is_safe=False)


def _filled_in(consumer: Consumer) -> str | None:
    """What was probably meant: the own namespace and repository in place of the placeholders, the rest kept."""
    own, identity = consumer.namespaces, consumer.identity
    if len(own) != 1:
        return None
    repository = identity.name.lower() if identity is not None and identity.name else consumer.service_name
    segments = list(consumer.parts.name.split("/"))
    if segments[0].literal == own[0].registry:
        del segments[0]
    elif _is_open(segments[0]):
        del segments[: max(len(segments) - 2, 0)]
    else:
        return None
    filled = [Template.of(repository) if _is_open(segment) else segment for segment in segments[1:]]
    first = segments[0] if segments[1:] and not _is_open(segments[0]) else Template.of(own[0].path)
    parts: list[str | Hole] = [own[0].registry]
    for segment in (first, *(filled or [Template.of(repository)])):
        parts += ("/", *segment.parts) if segment.parts else ()
    tag = consumer.parts.tag
    if tag is not None and not _is_open(tag):
        parts += (":", *tag.parts)
    reference = Template(parts)
    return reference.shown if check_template(reference) is None else None


def _is_open(part: Template) -> bool:
    """Is a placeholder left in it?"""
    return placeholder_in_template(part) is not None


def foreign_namespace(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An image that is built here is named as somebody else's."""
    if not consumer.is_built or not consumer.is_sound or admits_consumer(consumer) is False:
        return
    own, parts = consumer.namespaces, consumer.parts
    expected = " or ".join(f"`{space.name}/…`" for space in own)
    source = f"(from {own[0].because})" if own else ""
    start = f"`{consumer.service_name}` is built here and named `{parts.name.shown}`, which"
    if consumer.is_own is False:
        yield Hit(
            consumer.node,
            f"{start} lies outside of {expected} {source}",
            basis=_basis(consumer),
            fix=_in_own_namespace(consumer),
        )
    elif consumer.may_be_foreign:
        reasons = parts.name.reasons
        yield Hit(consumer.node, f"{start} may lie outside of {expected} {source}", basis=unknown(*reasons))


def _in_own_namespace(consumer: Consumer) -> Fix | None:
    name, own = consumer.parts.name.literal, consumer.namespaces
    new = moved(name, own[0]) if name is not None and len(own) == 1 else None
    if name is None or new is None:
        return None
    from lading.checks.mends import reword_start

    return reword_start(consumer.node, name, new)


def unset_variable(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Without the variable the name is none, and no file of the repository tells of it."""
    if not consumer.is_sound:
        return
    names = consumer.unset
    if not names:
        return
    emptied = consumer.without_unset
    problem = check_template(emptied)
    if problem is None or (problem.kind == "empty" and consumer.is_built):
        return
    if any(consumer.is_told_of(name) for name in names):
        return
    listed = ", ".join(f"`{name}`" for name in names)
    is_or_are, it = ("is", "it") if len(names) == 1 else ("are", "them")
    outcome = f"the image is `{emptied.shown}` (`{problem.message}`)"
    if problem.kind == "empty":
        outcome = "the service has no image"
    yield Hit(
        _first_of(consumer, names),
        f"{listed} in the image of `{consumer.service_name}` {is_or_are} set nowhere in the repository, and "
        f"without {it} {outcome}",
        basis=_basis(consumer) & assumed(f"unless {listed} {is_or_are} set where Compose runs"),
        help=f"Give it a default, `${{{names[0]}:-…}}`, or demand it, `${{{names[0]}:?}}`.",
    )


def _first_of(consumer: Consumer, names: tuple[str, ...]) -> Located:
    """The place of the first of the variables."""
    for reference in references(consumer.node.text):
        if reference.name in names:
            return consumer.node.inner_span(reference.start, reference.end)
    return consumer.node


def untagged(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """No tag stands for `latest`, which is another image every time."""
    if not consumer.is_sound or consumer.parts.has_version is not False or not consumer.is_pulled:
        return
    if consumer.may_be_local or told_of_tag(consumer):
        return
    yield Hit(
        consumer.node,
        f"`{consumer.parts.name.shown}` has no tag, so that `{consumer.service_name}` runs whatever `latest` is",
        basis=_basis(consumer),
    )
