"""The values of GitHub's expressions, those that are not known among them, and how GitHub compares and converts them.

A value is a plain one (None, bool, float, str, list, dict; int where a context holds one) or `Unknown`: a text of which
a part is known, one of a few values, or nothing at all but the reason.

Source of fact: actions/runner:src/Sdk/Expressions (the code that GitHub itself runs), named `runner:` below.
"""

from __future__ import annotations

import _operator as operator
from itertools import product

from lading import regex as re
from lading.models.template import Hole, Template, among

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

TOKEN = "\ue002GITHUB_TOKEN\ue002"
"""Stands for the job's own token wherever it is passed along; private use characters, so that no text equals it."""

_MAX_CHOICES = 16
"""Values of one set; more are not told apart."""
_MAX_PRODUCT = 64
"""Combinations of the values of several sets."""


class ExpressionError(Exception):
    """GitHub refuses the expression: `message` in its words, `offset` in code points inside the expression.

    `kind` says when: "lexing" (a symbol that does not exist), "parsing", or "evaluation" (a wrong format string, a text
    that is no JSON), whose offset is 0.
    """

    def __init__(self, message: str, offset: int = 0, kind: str = "evaluation") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.kind = kind


class Unknown:
    """A value that cannot be known from the files, and why: a phrase for a message."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    @property
    def _values(self) -> tuple[object, ...]:
        return (self.reason,)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Unknown) and self._values == other._values

    def __hash__(self) -> int:
        return hash((type(self), self.reason))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._values!r}"


class Falsy(Unknown):
    """An unknown value of which one thing is known: a condition takes it for false."""

    __slots__ = ()


class PartlyKnown(Unknown):
    """A text of which a part is known, or that is known under conditions."""

    __slots__ = ("template",)

    def __init__(self, template: Template) -> None:
        self.template = template

    @property
    def reason(self) -> str:  # type: ignore[override]
        """Put together when it is asked for, as it seldom is."""
        template = self.template
        return "; ".join((*template.reasons, *template.conditions)) or "it is not known"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartlyKnown) and self.template == other.template

    def __hash__(self) -> int:
        return hash((PartlyKnown, self.template))

    def __repr__(self) -> str:
        return f"PartlyKnown({self.template!r})"


class OneOf(Unknown):
    """One of a few values, and why it is not told which: two or more, none of them a mere `Unknown` or `OneOf`."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[object, ...], reason: str) -> None:
        super().__init__(reason)
        self.values = values

    @property
    def _values(self) -> tuple[object, ...]:
        return (self.values, self.reason)

    __hash__ = Unknown.__hash__


def undecided(reason: str) -> OneOf:
    """True or false."""
    return OneOf((True, False), reason)


class Partial(dict[str, object]):
    """An object of which only some keys are known: any other key is `Unknown(reason)` instead of null."""

    __slots__ = ("reason",)

    def __init__(self, values: Mapping[str, object], reason: str) -> None:
        super().__init__(values)
        self.reason = reason


class Filtered(list[object]):
    """What `.*` yields: a further access goes to each item and drops those that lack it."""

    __slots__ = ()


# --- sets ---


def spread(value: object) -> tuple[object, ...]:
    """What the value can be, as far as that can be told."""
    return value.values if isinstance(value, OneOf) else (value,)


def one_of(values: Iterable[object], reason: str) -> object:
    """What can be any of the values: that value where all are the same, else a set, or unknown where one is."""
    kept: list[object] = []
    for value in values:
        for each in spread(value):
            if type(each) is Unknown:
                return each
            if not any(_is_same(each, other) for other in kept):
                kept.append(each)
    if len(kept) == 1:
        return kept[0]
    if len(kept) == 2 and isinstance(kept[0], bool) and isinstance(kept[1], bool):
        return undecided(reason)
    return OneOf(tuple(kept), reason) if len(kept) <= _MAX_CHOICES else Unknown(reason)


def _is_same(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def lifted(function: Callable[..., object], *values: object) -> object:
    """A function of values that can be sets, worked out for every combination."""
    first = next((value for value in values if isinstance(value, OneOf)), None)
    if first is None:
        return function(*values)
    sets = [spread(value) for value in values]
    count = 1
    for each in sets:
        count *= len(each)
    if count > _MAX_PRODUCT:
        return Unknown(first.reason)
    return one_of((function(*each) for each in product(*sets)), first.reason)


# --- texts ---


def as_value(template: Template) -> object:
    """A text as a value of a context."""
    text = template.literal
    return text if text is not None and not template.conditions else PartlyKnown(template)


def as_template(value: object, written: str) -> Template:
    """A value as a text; `written` is shown where it is not known."""
    if type(value) is str:
        return Template.of(value)
    if isinstance(value, PartlyKnown):
        return value.template
    if not isinstance(value, Unknown):
        return Template.of(to_text(value))
    if isinstance(value, OneOf):
        return among((as_template(each, written) for each in value.values), written, value.reason)
    return Template.joined((Hole(written, value.reason),), ())


def as_text(value: object) -> object:
    """The value as a text, as an environment holds it."""
    if isinstance(value, OneOf):
        return one_of(map(as_text, value.values), value.reason)
    return value if isinstance(value, Unknown) else to_text(value)


def to_text(value: object) -> str:
    """What a known value becomes inside a text (runner:EvaluationResult.cs, ConvertToString)."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number_text(_double(value))
    if isinstance(value, dict):
        return "Object"
    if isinstance(value, list):
        return "Array"
    raise TypeError(f"no text can be made of {value!r}")


def _number_text(number: float) -> str:
    """.NET's format `G15`."""
    if number == 0:
        return "0"
    text = format(number, ".15g")
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(text) or text.upper()


# --- truth ---


def truthy(value: object) -> bool:
    """What `if:` makes of a known value: false are null, false, 0, NaN and the empty text."""
    if isinstance(value, (bool, str)):
        return bool(value)
    if isinstance(value, (int, float)):
        return value != 0 and value == value
    if isinstance(value, Unknown):
        raise TypeError(f"an unknown value is neither true nor false: {value.reason}")
    return value is not None


def truth(value: object) -> bool | None:
    """What `if:` makes of a value; None where that cannot be known."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, Unknown):
        return truthy(value)
    if isinstance(value, OneOf):
        found = {truth(each) for each in value.values}
        return found.pop() if len(found) == 1 else None
    if isinstance(value, PartlyKnown):
        return True if is_surely_text(value) else None
    return False if isinstance(value, Falsy) else None


def is_surely_text(value: PartlyKnown) -> bool:
    """Is it certainly a text, and not empty?"""
    template = value.template
    return not template.conditions and any(isinstance(part, str) for part in template.parts)


# --- numbers ---


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _to_number(value: object) -> float:
    """JavaScript's `Number(value)`; NaN for an object or array."""
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, (int, float)):
        return _double(value)
    return float("nan") if isinstance(value, (dict, list)) else 0.0


_DECIMAL = r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?|[-+]?Infinity"
_INTEGER = r"0(?:x0*+([0-9a-fA-F]*+)|o0*+([0-7]*+))"


def parse_number(text: str) -> float:
    """The number that a text stands for, NaN for none (runner:Sdk/ExpressionUtility.cs, ParseNumber)."""
    text = text.strip()
    if not text:
        return 0.0
    if re.fullmatch(_DECIMAL, text):
        return float(text)
    integer = re.fullmatch(_INTEGER, text)
    if integer is None or len(text) == 2:
        return float("nan")
    hexadecimal, octal = integer.groups()
    return _signed(hexadecimal, 16) if hexadecimal is not None else _signed(octal, 8)


def _signed(digits: str, base: int) -> float:
    """Read 32 bits as a signed integer, as .NET does; NaN for more."""
    number = int(digits or "0", base)
    if number >= 1 << 32:
        return float("nan")
    return float(number - (1 << 32) if number >= 1 << 31 else number)


# --- comparisons ---


def fold(text: str) -> str:
    """Texts that GitHub takes for equal become the same text (.NET's OrdinalIgnoreCase: letter by letter)."""
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def _upper(letter: str) -> str:
    """The capital, where it is one letter. No other letter equals an ASCII one: U+0131 and U+017F stay."""
    upper = letter.upper()
    return upper if len(upper) == 1 and upper.isascii() == letter.isascii() else letter


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(symbol: str, left: object, right: object) -> object:
    """The comparison of any two values; true or false, or the set of both where that cannot be told."""
    if not isinstance(left, Unknown) and not isinstance(right, Unknown):
        return compare_known(symbol, left, right)
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        return lifted(compare, symbol, left, right)
    if symbol in ("==", "!=") and _must_differ(left, right):
        return symbol == "!="
    return undecided(left.reason if isinstance(left, Unknown) else right.reason)  # type: ignore[attr-defined]


def compare_known(symbol: str, left: object, right: object) -> bool:
    """Texts by folded letters, collections by identity, all else by number (runner:EvaluationResult.cs)."""
    if isinstance(left, str) and isinstance(right, str):
        left, right = fold(left), fold(right)
        return _COMPARISONS[symbol]((left > right) - (left < right), 0)
    if not is_primitive(left) or not is_primitive(right):
        return left is not right if symbol == "!=" else left is right and symbol[-1] == "="
    return _COMPARISONS[symbol](_to_number(left), _to_number(right))


def is_primitive(value: object) -> bool:
    return not isinstance(value, (dict, list))


def _must_differ(left: object, right: object) -> bool:
    """Do two texts of which parts are known differ whatever the other parts are?"""
    first, second = _known_ends(left), _known_ends(right)
    if first is None or second is None:
        return False
    begins = first[0].startswith(second[0]) or second[0].startswith(first[0])
    ends = first[1].endswith(second[1]) or second[1].endswith(first[1])
    return not begins or not ends


def _known_ends(value: object) -> tuple[str, str] | None:
    """What a text begins and ends with, folded; None for what may be no text, or another one."""
    if isinstance(value, str):
        return fold(value) + "\0", "\0" + fold(value)
    if isinstance(value, PartlyKnown) and is_surely_text(value):
        return fold(value.template.prefix), fold(suffix(value.template))
    return None


def suffix(template: Template) -> str:
    """The text behind the last hole."""
    return template.parts[-1] if template.parts and isinstance(template.parts[-1], str) else ""


# --- accesses ---


def access(target: object, key: object) -> object:
    """`target[key]`, null where nothing stands there."""
    if isinstance(target, dict) and isinstance(key, str):
        found = _property(target, key)
        return found[0] if found else None
    if isinstance(target, OneOf) or isinstance(key, OneOf):
        return lifted(access, target, key)
    if isinstance(target, Unknown):
        return Unknown(target.reason)
    if isinstance(key, Unknown):
        return _any_text(target, key)
    if isinstance(target, Filtered):
        return _item_of_each(target, key)
    found = _item(target, key)
    return found[0] if found else None


def _any_text(target: object, key: Unknown) -> object:
    """What stands under a key that is not known: one of the texts of a small table, or nothing."""
    values = tuple(target.values()) if isinstance(target, dict) and not isinstance(target, Partial) else ()
    if not values or not all(isinstance(value, str) for value in values):
        return Unknown(key.reason)
    return one_of((*values, None), key.reason)


def access_all(target: object) -> object:
    """`target.*`"""
    if isinstance(target, OneOf):
        return lifted(access_all, target)
    if isinstance(target, Filtered):
        return _all_of_each(target)
    return _all_items(target)


def _item(target: object, key: object) -> tuple[object] | None:
    """What stands under the key, in a tuple; None where nothing does (runner:Sdk/Operators/Index.cs)."""
    if isinstance(target, dict):
        return None if isinstance(key, (dict, list)) else _property(target, to_text(key))
    if isinstance(target, list):
        number = _to_number(key)
        return (target[int(number)],) if 0 <= number < len(target) else None
    return None


def _property(target: dict[str, object], key: str) -> tuple[object] | None:
    """As written, else in other letters."""
    if key in target:
        return (target[key],)
    length = len(key)
    alike = [name for name in target if len(name) == length]  # as texts of the same letters have
    if alike:
        folded = fold(key)
        for name in alike:
            if fold(name) == folded:
                return (target[name],)
    return (Unknown(target.reason),) if isinstance(target, Partial) else None


def _all_items(target: object) -> Filtered | Unknown:
    if isinstance(target, (Unknown, Partial)):
        return Unknown(target.reason)
    if isinstance(target, dict):
        return Filtered(target.values())
    return Filtered(target if isinstance(target, list) else ())


def _all_of_each(target: Filtered) -> Filtered | Unknown:
    """`target.*.*`"""
    result = Filtered()
    for item in target:
        found = _all_items(item)
        if isinstance(found, Unknown):
            return found
        result.extend(found)
    return result


def _item_of_each(target: Filtered, key: object) -> Filtered | Unknown:
    """`target.*.key`, without the items that lack the key."""
    result = Filtered()
    for item in target:
        if isinstance(item, Unknown):
            return Unknown(item.reason)
        found = _item(item, key)
        if found is None:
            continue
        if isinstance(item, Partial) and found[0] == Unknown(item.reason):
            # Perhaps there is no such key, and the item is dropped.
            return Unknown(item.reason)
        result.append(found[0])
    return result


def named(value: object, expression: object) -> object:
    """The value; where it is unknown, a text that is only a hole, so that it can stand beside others."""
    return PartlyKnown(as_template(value, f"${{{{ {expression} }}}}")) if type(value) is Unknown else value
