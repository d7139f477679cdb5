"""Nodes as plain Python values, typed by the core schema of YAML 1.2: for our own files (cards, config, policies)."""

from __future__ import annotations

from lading import regex as re
from lading.tree import PLAIN, Alias, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,300}|[0-9]{1,300}(\.[0-9]{0,300})?)([eE][-+]?[0-9]{1,300})?")
_WORDS = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"),
}  # fmt: skip


def plain(node: Node | None, depth: int = 100) -> Any:
    """None, bool, int, float, str, list or dict; of a duplicate key the last value. Bounded by `depth`.

    Raises ValueError where an alias leads back into itself or the value is nested too deep.
    """
    if depth == 0:
        raise ValueError("nested too deep, or an alias that holds itself")
    if isinstance(node, Alias):
        return plain(node.target, depth - 1)
    if isinstance(node, Scalar):
        return scalar_value(node)
    if isinstance(node, Sequence):
        return [plain(item, depth - 1) for item in node.items]
    if isinstance(node, Mapping):
        return {_key(entry.key): plain(entry.value, depth - 1) for entry in node.entries}
    return None


def scalar_value(node: Scalar) -> Any:
    """The value of a scalar by YAML 1.2's core schema (section 10.3.2); quoted text stays text."""
    text = node.text
    if node.style != PLAIN or node.tag is not None:
        return text
    if node.is_null:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _key(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    return node.target.text if isinstance(node, Alias) and isinstance(node.target, Scalar) else "?"


_MAX_DIGITS = 300
_LARGEST: int = 10**_MAX_DIGITS


def whole(text: str) -> int:
    """The number that decimal digits stand for, with a sign or without; of more than 300 one larger than any in use.

    Python refuses to read more than 4,300 digits, and takes the square of their number for them.
    """
    if len(text) <= _MAX_DIGITS:
        return int(text)
    return _LARGEST if not text.startswith("-") else -_LARGEST
