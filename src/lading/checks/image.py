"""The names of the images that Compose projects build and run."""

from __future__ import annotations

from lading.findings import Hit, assumed
from lading.models.compose.interpolation import OF_THE_SHELL, references
from lading.models.image import check_template, placeholder_in_template
from lading.models.template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis
    from lading.models.consumers import Consumer
    from lading.models.image import InvalidReference
    from lading.source import Located


def invalid_reference(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The name is no image reference whatever its variables are."""
    problem = _problem(consumer)
    if problem is None or problem.kind in ("uppercase", "empty"):
        return
    yield Hit(
        _at(consumer, problem.start, problem.end),
        f"`{consumer.template.shown}` is no image reference: {problem.detail}",
        basis=_basis(consumer),
        help=f"Write `{problem.suggestion}`." if problem.suggestion else None,
    )


def uppercase_name(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Capitals where Compose takes small letters only."""
    problem = _problem(consumer)
    if problem is None or problem.kind != "uppercase":
        return
    yield Hit(
        _at(consumer, problem.start, problem.end),
        f"`{consumer.template.shown}` is no image reference: {problem.detail}, names have small letters only",
        basis=_basis(consumer),
        help=f"Write `{problem.suggestion}`." if problem.suggestion else None,
    )


def _problem(consumer: Consumer) -> InvalidReference | None:
    """What is wrong with the name, besides a placeholder, which is told as such."""
    if not consumer.is_judged or placeholder_in_template(consumer.template) is not None:
        return None
    return check_template(consumer.template)


def _basis(consumer: Consumer) -> Basis:
    return assumed(*consumer.template.conditions)


def _at(consumer: Consumer, start: int, end: int) -> Located:
    """The part of the value in question, where it is written as it is read."""
    node = consumer.node
    if end > start and node.text == consumer.template.shown:
        return node.inner_span(start, end)
    return node


def left_over_placeholder(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """A placeholder of an example or template was never filled in."""
    template = consumer.template
    found = placeholder_in_template(template)
    if found is None or not consumer.is_judged:
        return
    text = template.shown[found[0] : found[1]]
    basis = _basis(consumer)
    if check_template(template) is None:
        basis &= assumed(f"unless `{text}` is the name of an account or image")
    own = consumer.namespaces
    expected = f"; own images go to `{own[0].name}/…` (from {own[0].because})" if own else ""
    yield Hit(
        consumer.node,
        f"`{text}` in `{template.shown}` is a placeholder that was left over{expected}",
        basis=basis,
        help=_instead(consumer),
    )


def _instead(consumer: Consumer) -> str | None:
    """The name that was probably meant: own namespace, repository, tag."""
    if not consumer.namespaces:
        return None
    name = consumer.identity.name if consumer.identity is not None else None
    tag = consumer.parts.tag
    shown = tag.shown if tag is not None and placeholder_in_template(tag) is None else None
    image = f"{consumer.namespaces[0].name}/{name.lower() if name else consumer.service_name}"
    reference = f"{image}:{shown}" if shown else image
    return f"Write `{reference}`." if check_template(Template.of(reference)) is None else None


def foreign_namespace(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """An image that is built here is named as somebody else's."""
    own = consumer.namespaces
    parts = consumer.parts
    if not consumer.is_built or not consumer.is_judged or not own or parts.registry is None:
        return
    if (
        placeholder_in_template(consumer.template) is not None
        or check_template(consumer.template) is not None
    ):
        return
    hosts = {space.registry for space in own}
    is_stated = any("namespaces" in space.because for space in own)
    has_host = parts.name.prefix.startswith(parts.registry + "/")
    if parts.registry not in hosts and not (is_stated and has_host):
        return
    owner = parts.owner.literal if parts.owner is not None else None
    name = parts.name.literal
    known = name if name is not None else f"{parts.registry}/{owner}/*" if owner else None
    if known is None or any(space.holds(known) for space in own):
        return
    if name is None and any(space.name.startswith(f"{parts.registry}/{owner}/") for space in own):
        return
    expected = " or ".join(f"`{space.name}/…`" for space in own)
    yield Hit(
        consumer.node,
        f"`{consumer.service_name}` is built here and named `{parts.name.shown}`, which lies outside of {expected} "
        f"(from {own[0].because})",
        basis=_basis(consumer),
    )


def unset_variable(consumer: Consumer, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Without the variable the name is none, and no file of the repository tells of it."""
    node = consumer.node
    if not consumer.is_judged or "$" not in node.text or check_template(consumer.template) is not None:
        return
    names = [each.name for each in references(node.text) if each.operator is None]
    if not names or any(name in OF_THE_SHELL or consumer.is_told_of(name) for name in names):
        return
    empty = Template(part if isinstance(part, str) else "" for part in consumer.template.parts)
    problem = check_template(empty)
    if problem is None:
        return
    shown = empty.shown or "nothing"
    listed = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    yield Hit(
        node,
        f"{listed} in the image of `{consumer.service_name}` is set nowhere in the repository, and without it the "
        f"image is `{shown}`",
        basis=assumed(f"unless {listed} is set where Compose runs"),
        help=f"Give it a default, `${{{names[0]}:-…}}`, or demand it, `${{{names[0]}:?}}`.",
    )
