"""Texts with expressions in them, evaluated to partly known strings, values and yes, no or perhaps."""

from __future__ import annotations

from functools import lru_cache

from lading.models.expressions import (
    Expression,
    ExpressionError,
    Index,
    Literal,
    Name,
    Unknown,
    evaluate,
    parse,
    pieces,
    to_text,
    truthy,
)
from lading.models.template import Hole, Template, join
from lading.models.workflow import scalar_value
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.tree import Node

    Contexts = Mapping[str, object]

TOKEN = "\ue002GITHUB_TOKEN\ue002"
"""Stands for the job's own token wherever it is passed along; private use characters, so that no text equals it."""


class PartlyKnown(Unknown):
    """A text of which a part is known; for every operation it is `Unknown`."""

    __slots__ = ("template",)

    def __init__(self, template: Template) -> None:
        super().__init__("; ".join((*template.reasons, *template.conditions)) or "it is not known")
        self.template = template

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartlyKnown) and self.template == other.template

    def __hash__(self) -> int:
        return hash(self.template)


_parse = lru_cache(4096)(parse)
_pieces = lru_cache(4096)(pieces)


def as_value(template: Template) -> object:
    """A text as a value of a context."""
    text = template.literal
    return text if text is not None and not template.conditions else PartlyKnown(template)


def as_template(value: object, written: str) -> Template:
    """A value as a text; `written` is shown where it is not known."""
    if isinstance(value, PartlyKnown):
        return value.template
    if isinstance(value, Unknown):
        return Template((Hole(written, value.reason),))
    return Template.of(to_text(value))


def text_of(text: str, contexts: Contexts) -> Template:
    """A text with its expressions evaluated; what cannot be known is a hole."""
    if "${{" not in text:
        return Template.of(text)
    try:
        cut = _pieces(text)
    except ExpressionError as error:
        return Template((Hole(text, str(error)),))
    parts = []
    for piece in cut:
        if piece.literal is not None:
            parts.append(Template.of(piece.literal))
        else:
            parts.append(as_template(_result(piece.inner or "", contexts), text[piece.start : piece.end]))
    return join(parts)


def value_of(node: Node | None, contexts: Contexts) -> object:
    """The value of a scalar: typed where it is one expression or plain, else a text; null where there is none."""
    if not isinstance(node, Scalar):
        return None if node is None else Unknown("it is no text")
    text = node.text
    if "${{" not in text:
        return scalar_value(node)
    try:
        cut = _pieces(text)
    except ExpressionError as error:
        return Unknown(str(error))
    if len(cut) == 1 and cut[0].literal is None:
        value = _result(cut[0].inner or "", contexts)
        if isinstance(value, Unknown) and not isinstance(value, PartlyKnown):
            return PartlyKnown(Template((Hole(text.strip(), value.reason),)))
        return value
    return as_value(text_of(text, contexts))


def truth_of(node: Scalar | None, contexts: Contexts) -> bool | None:
    """What an `if:` comes to; None where that cannot be known. Without one it is true."""
    if node is None:
        return True
    text = node.text
    if "${{" in text:
        value = value_of(node, contexts)
        if isinstance(value, Unknown):
            return None
        try:
            is_one = len(_pieces(text.strip())) == 1
        except ExpressionError:
            return None
        # A text around an expression is never empty, hence true.
        return truthy(value) if is_one else True
    value = _result(text, contexts)
    return None if isinstance(value, Unknown) else truthy(value)


def _result(text: str, contexts: Contexts) -> object:
    try:
        expression = _parse(text)
        value = evaluate(expression, contexts, _STATUS)
    except ExpressionError as error:
        return Unknown(str(error))
    if isinstance(value, PartlyKnown) and not _is_path(expression):
        return Unknown(value.reason)
    return value


_STATUS = {"success": lambda *_: True}
"""A step is looked at as if those before it had gone well."""


def _is_path(expression: Expression) -> bool:
    """A name such as `env.IMAGE`: its value is the one found there, and not what decided an operation."""
    while isinstance(expression, Index):
        if not isinstance(expression.key, Literal):
            return False
        expression = expression.target
    return isinstance(expression, Name)
