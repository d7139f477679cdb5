"""What a scalar means to Compose: the types of go-yaml, which are neither those of YAML 1.1 nor of 1.2."""

from __future__ import annotations

import math

from lading import regex as re
from lading.memory import remembered
from lading.parse import binary_text
from lading.tree import BINARY, CORE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.tree import Scalar

    Plain = str | int | float | bool | None

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
BOOLEAN_WORDS = {
    **{"true": True, "y": True, "yes": True, "on": True},
    **{"false": False, "n": False, "no": False, "off": False},
}
"""What Compose casts a text to where a boolean is expected, in any case (`interpolation`, `loader/interpolate.go`)."""
_INTEGER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = {
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[ \t]*[-+]\d{1,2}(?::?\d{2})?)?)?"
)
_BASES = {"x": 16, "o": 8, "b": 2}


_ESCAPE = re.compile(r"\\[xuU\r\n]")


def may_be_escaped(text: str) -> bool:
    """May a value of a file say what its text does not show: by an escape that stands for a letter, or as base64?"""
    is_binary = "binary" in text and ("!binary" in text or "binary>" in text)
    return is_binary or ("\\" in text and _ESCAPE.search(text) is not None)


class Timestamp(str):
    """A plain scalar in the form of a date: a text to later releases of Compose, refused by earlier ones."""

    __slots__ = ()


def typed(scalar: Scalar) -> Plain:
    """The value as go-yaml resolves it (`resolve.go` of go.yaml.in/yaml/v4); what an unknown tag marks is a text."""
    if scalar.tag is not None and scalar.tag != "!":
        return _tagged(scalar)
    return resolved(scalar.text) if not scalar.style else scalar.text


_TYPES: dict[str, type | tuple[type, ...]] = {
    f"{CORE}null": type(None),
    f"{CORE}bool": bool,
    f"{CORE}int": int,
    f"{CORE}float": (int, float),
}
"""The tags that say how a text is read, be it in quotes or not. (`!!timestamp` is one more: see `misread`.)"""


def _tagged(scalar: Scalar) -> Plain:
    if scalar.tag not in _TYPES:
        return scalar.text
    value = resolved(scalar.text)
    if scalar.tag == f"{CORE}float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def misread(scalar: Scalar) -> str | None:
    """What go-yaml says against a scalar with a tag that it does not fit; Compose reads nothing of the file then.

    Whether a text is a date for `!!timestamp` is not judged, nor base64 in a block.
    """
    if scalar.tag == BINARY:
        written = scalar.span.text.removeprefix(scalar.style).removesuffix(scalar.style)
        is_plain = scalar.style in ("", "'", '"') and "\\" not in written
        return "no base64" if is_plain and binary_text(written) is None else None
    wanted = _TYPES.get(scalar.tag or "")
    if wanted is None:
        return None
    value = resolved(scalar.text)
    is_fitting = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
    return None if is_fitting else "no value of that type"


def is_merge_key(key: Scalar) -> bool:
    """`<<` without quotes and without a tag that makes a text of it."""
    return key.text == "<<" and not key.style and key.tag in (None, "!", f"{CORE}merge")


@remembered(1_000)
def resolved(text: str) -> Plain:
    """What a plain text is: null, boolean, integer, float, date or text."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    first = text[0]
    if first in "tTfF":
        return _BOOLEANS.get(text, text)
    if first not in "+-.0123456789":
        return text
    if first in "0123456789" and _DATE.fullmatch(text):
        return Timestamp(text)
    match = _INTEGER.fullmatch(text)
    if match is not None:
        number = _integer(match[1], match[2])
        if number is not None:
            return number
    if text in _SPECIAL:
        return _SPECIAL[text]
    plain = text.replace("_", "")
    return float(plain) if _FLOAT.fullmatch(plain) else text


def _integer(sign: str, digits: str) -> int | float | None:
    digits = digits.replace("_", "")
    base = _BASES.get(digits[1:2].lower(), 10)
    if base == 10 and len(digits) > 1 and digits[0] == "0":
        base = 8
    try:
        number = int(digits[2:] if digits[1:2].isalpha() else digits, base)
    except ValueError:
        return None
    number = -number if sign == "-" else number
    return number if -(1 << 63) <= number < 1 << 64 else _double(number)


def _double(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def shown(value: Plain) -> str:
    """The text that Go prints for a value (`%v`), as Compose puts it into `environment` and labels."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _float(value) if isinstance(value, float) else str(value)


def _float(value: float) -> str:
    """The shortest digits, with an exponent below 1e-4 and from 1e21 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    mantissa, _, exponent = repr(value).partition("e")
    digits = mantissa.removesuffix(".0")
    if exponent:
        power = int(exponent)
        if -5 < power < 21:
            return (
                format(value, ".0f") if power > 0 else format(value, f".{len(mantissa) - power}f").rstrip("0")
            )
        return f"{digits}e{'-' if power < 0 else '+'}{abs(power):02d}"
    return digits
