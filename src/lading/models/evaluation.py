"""Texts with expressions in them, evaluated to partly known strings, values and yes, no or perhaps."""

from __future__ import annotations

from lading.memory import remembered
from lading.models.expressions import ExpressionError, Scope, parse, pieces
from lading.models.template import Hole, Template, join
from lading.models.values import (
    TOKEN,
    PartlyKnown,
    Unknown,
    as_template,
    as_text,
    as_value,
    truth,
)
from lading.models.workflow import scalar_value
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.models.expressions import Piece
    from lading.tree import Node

    Contexts = Mapping[str, object]

__all__ = [
    "TOKEN",
    "PartlyKnown",
    "as_template",
    "as_text",
    "as_value",
    "text_of",
    "truth_of",
    "value_of",
]

_parse = remembered(4096)(parse)


def text_of(text: str, contexts: Contexts) -> Template:
    """A text with its expressions evaluated; what cannot be known is a hole."""
    if "${{" not in text:
        return Template.of(text)
    try:
        cut = pieces(text)
    except ExpressionError as error:
        return Template((Hole(text, str(error)),))
    if len(cut) == 1:
        return text_of_piece(cut[0], text, contexts)
    return join([text_of_piece(piece, text, contexts) for piece in cut])


def text_of_piece(piece: Piece, text: str, contexts: Contexts) -> Template:
    """A stretch of a text, evaluated."""
    if piece.literal is not None:
        return Template.of(piece.literal)
    return as_template(_result(piece.inner or "", contexts), text[piece.start : piece.end])


def value_of(node: Node | None, contexts: Contexts) -> object:
    """The value of a scalar: typed where it is one expression or plain, else a text; null where there is none."""
    if not isinstance(node, Scalar):
        return None if node is None else Unknown("it is no text")
    text = node.text
    if "${{" not in text:
        return scalar_value(node)
    try:
        cut = pieces(text)
    except ExpressionError as error:
        return Unknown(str(error))
    if len(cut) == 1 and cut[0].literal is None:
        value = _result(cut[0].inner or "", contexts)
        if type(value) is Unknown:
            return PartlyKnown(Template((Hole(text.strip(), value.reason),)))
        return value
    return as_value(text_of(text, contexts))


def truth_of(node: Scalar | None, contexts: Contexts) -> bool | None:
    """What an `if:` comes to; None where that cannot be known. Without one it is true."""
    if node is None:
        return True
    text = node.text
    if "${{" not in text:
        return truth(_result(text, contexts))
    try:
        is_one = len(pieces(text.strip())) == 1
    except ExpressionError:
        return None
    # A text around an expression is never empty, hence true.
    return truth(value_of(node, contexts)) if is_one else True


def _result(text: str, contexts: Contexts) -> object:
    try:
        return _parse(text).evaluate(Scope(contexts, _STATUS))
    except ExpressionError as error:
        return Unknown(str(error))


_STATUS = {"success": lambda *_: True}
"""A step is looked at as if those before it had gone well."""
