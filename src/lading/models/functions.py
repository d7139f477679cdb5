"""The functions of GitHub's expressions, over values that may be unknown.

Source of fact: actions/runner:src/Sdk/Expressions/Sdk/Functions, named `runner:` below.
"""

from __future__ import annotations

from itertools import product

from lading import regex as re
from lading.models.template import Template, join
from lading.models.values import (
    ExpressionError,
    OneOf,
    Partial,
    PartlyKnown,
    Unknown,
    as_template,
    as_value,
    compare,
    fold,
    is_primitive,
    is_surely_text,
    lifted,
    named,
    one_of,
    spread,
    suffix,
    to_text,
    truth,
    undecided,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lading.models.expressions import Call, Expression, Scope

_MAX_TEXT = 524_288
"""Code points of a text that a function builds: 1 MiB in UTF-16 (runner:../EvaluationContext.cs)."""

_MAX_JSON_DEPTH = 100
"""Levels of a JSON document (runner:JsonParser.cs)."""

_MAX_FORMATS = 16
"""Texts that one `format()` is followed to; where there are more, the sets stay holes."""


def _check_memory(*texts: str) -> None:
    if sum(map(len, texts)) > _MAX_TEXT:
        raise ExpressionError("The maximum allowed memory size was exceeded")


def _joined(texts: Iterable[str | Template]) -> object:
    """All in one; takes no more texts than fit into memory."""
    taken: list[str | Template] = []
    size = 0
    for text in texts:
        taken.append(text)
        size += len(text) if isinstance(text, str) else len(text.pattern)
        if size > _MAX_TEXT:
            raise ExpressionError("The maximum allowed memory size was exceeded")
    known = [text for text in taken if isinstance(text, str)]
    if len(known) == len(taken):
        return "".join(known)
    return as_value(join(Template.of(text) if isinstance(text, str) else text for text in taken))


def _text(value: object, argument: Expression) -> str | Template:
    """The value of an argument as a text, or as a template with the argument in its hole."""
    if isinstance(value, Unknown):
        return as_template(value, f"${{{{ {argument} }}}}")
    return to_text(value)


# --- searching ---


def _contains(call: Call, scope: Scope) -> object:
    return lifted(_holds, *call.values(scope))


def _holds(searched: object, wanted: object) -> object:
    if isinstance(searched, list):
        return _has_item(searched, wanted)
    if isinstance(searched, PartlyKnown) and is_surely_text(searched) and not isinstance(wanted, Unknown):
        part = fold(to_text(wanted)) if is_primitive(wanted) else None
        literals = (fold(each) for each in searched.template.parts if isinstance(each, str))
        if part is not None and any(part in literal for literal in literals):
            return True
    return _test_texts(str.__contains__, searched, wanted)


def _has_item(items: list[object], wanted: object) -> object:
    """Is one of the items equal? Not decided where none is and one might be."""
    doubt: OneOf | None = None
    for item in items:
        equal = compare("==", wanted, item)
        if equal is True:
            return True
        if isinstance(equal, OneOf):
            doubt = doubt or equal
    return doubt or False


def _starts_with(call: Call, scope: Scope) -> object:
    return lifted(_begins, *call.values(scope))


def _begins(searched: object, wanted: object) -> object:
    if isinstance(searched, PartlyKnown) and isinstance(wanted, str) and is_surely_text(searched):
        return _reaches(fold(searched.template.prefix), fold(wanted), searched.reason)
    return _test_texts(str.startswith, searched, wanted)


def _ends_with(call: Call, scope: Scope) -> object:
    return lifted(_ends, *call.values(scope))


def _ends(searched: object, wanted: object) -> object:
    if isinstance(searched, PartlyKnown) and isinstance(wanted, str) and is_surely_text(searched):
        return _reaches(fold(suffix(searched.template))[::-1], fold(wanted)[::-1], searched.reason)
    return _test_texts(str.endswith, searched, wanted)


def _reaches(known: str, wanted: str, reason: str) -> object:
    """Does a text begin as wanted, of which only the beginning is known?"""
    if known.startswith(wanted):
        return True
    return undecided(reason) if wanted.startswith(known) else False


def _test_texts(test: Callable[[str, str], bool], searched: object, wanted: object) -> object:
    """Try the folded texts; objects and arrays fail."""
    if isinstance(searched, Unknown):
        return undecided(searched.reason)
    if isinstance(wanted, Unknown):
        return undecided(wanted.reason)
    if not is_primitive(searched) or not is_primitive(wanted):
        return False
    texts = to_text(searched), to_text(wanted)
    _check_memory(*texts)
    return test(*map(fold, texts))


# --- building texts ---

_FORMAT = r"\{\{|\}\}|\{([0-9]++)(?::((?>(?:[^}]++|\}\})*)))?\}|[{}]|[^{}]++"


def _format(call: Call, scope: Scope) -> object:
    written = call.arguments[0].evaluate(scope)
    return lifted(lambda template: _formatted(template, call, scope), written)


def _formatted(template: object, call: Call, scope: Scope) -> object:
    if isinstance(template, Unknown):
        return Unknown(template.reason)
    parts = _format_parts(to_text(template), len(call.arguments) - 1)
    numbers = tuple(dict.fromkeys(part for part in parts if isinstance(part, int)))
    values = [spread(call.arguments[number + 1].evaluate(scope)) for number in numbers]
    count = 1
    for each in values:
        count *= len(each)
    if count > _MAX_FORMATS:
        values = [(one_of(each, "it is one of several"),) for each in values]
    found = []
    for combination in product(*values):
        texts = {
            n: _text(value, call.arguments[n + 1]) for n, value in zip(numbers, combination, strict=True)
        }
        found.append(_joined(texts[part] if isinstance(part, int) else part for part in parts))
    return one_of(found, "it is one of several")


def _format_parts(template: str, arguments: int) -> list[str | int]:
    """Literal parts, and for `{0}` the number (runner:Format.cs)."""
    parts: list[str | int] = []
    for match in re.finditer(_FORMAT, template):
        text = match[0]
        if match[1] is not None:
            parts.append(_format_number(match, arguments))
        elif text in ("{", "}"):
            raise ExpressionError(f"The following format string is invalid: {template}")
        else:
            parts.append(text[0] if text in ("{{", "}}") else text)
    return parts


def _format_number(match: re.Match[str], arguments: int) -> int:
    digits = match[1].lstrip("0") or "0"
    template = match.string
    if len(digits) > 3 or int(digits) > 255:
        raise ExpressionError(f"The following format string is invalid: {template}")
    if int(digits) >= arguments:
        raise ExpressionError(
            f"The following format string references more arguments than were supplied: {template}"
        )
    if match[2]:
        raise ExpressionError(f"The format specifiers '{match[2]}' are not valid: {template}")
    return int(digits)


def _join(call: Call, scope: Scope) -> object:
    return lifted(lambda items: _join_items(items, call, scope), call.arguments[0].evaluate(scope))


def _join_items(items: object, call: Call, scope: Scope) -> object:
    if isinstance(items, Unknown):
        return Unknown(items.reason)
    if not isinstance(items, list):
        return to_text(items) if is_primitive(items) else ""
    between: str | Template = ","
    if len(items) > 1 and len(call.arguments) > 1:
        separator = call.arguments[1].evaluate(scope)
        between = _text(separator, call.arguments[1]) if is_primitive(separator) else ","
    return _joined([text for item in items for text in (between, _text(item, call.arguments[0]))][1:])


# --- JSON ---


def _to_json(call: Call, scope: Scope) -> object:
    return lifted(_json, call.arguments[0].evaluate(scope))


def _json(value: object) -> object:
    texts: list[str] = []
    for text in _json_texts(value, "\n"):
        if isinstance(text, Unknown):
            return text
        texts.append(text)
    return _joined(texts)


def _json_texts(value: object, line_break: str) -> Iterator[str | Unknown]:
    """The JSON as GitHub lays it out; `line_break` holds the indentation of the value's own line."""
    if isinstance(value, (Unknown, Partial)):
        yield Unknown(value.reason)
    elif len(line_break) > 2 * _MAX_JSON_DEPTH:
        yield Unknown(f"a value of more than {_MAX_JSON_DEPTH} levels is not followed")
    elif isinstance(value, str):
        yield _json_string(value)
    elif isinstance(value, dict):
        labelled = ((_json_string(key) + ": ", item) for key, item in value.items())
        yield from _json_block("{}", line_break, labelled)
    elif isinstance(value, list):
        yield from _json_block("[]", line_break, (("", item) for item in value))
    else:
        yield "null" if value is None else to_text(value)


def _json_block(
    brackets: str, line_break: str, items: Iterable[tuple[str, object]]
) -> Iterator[str | Unknown]:
    inner = line_break + "  "
    separator = brackets[0]
    for label, value in items:
        yield separator + inner + label
        yield from _json_texts(value, inner)
        separator = ","
    yield line_break + brackets[1] if separator == "," else brackets


def _json_string(text: str) -> str:
    """Newtonsoft's escapes: those of JSON, and the line ends of Unicode."""
    import json

    quoted = json.dumps(text, ensure_ascii=False)
    return quoted.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _from_json(call: Call, scope: Scope) -> object:
    return lifted(_read, call.arguments[0].evaluate(scope))


def _read(text: object) -> object:
    if isinstance(text, PartlyKnown) and is_surely_text(text):
        return _read_partly(text)
    return Unknown(text.reason) if isinstance(text, Unknown) else _read_json(to_text(text))


_HOLES = "\ue100"
"""The first of the private use characters that stand for holes in a JSON text."""
_MAX_HOLES = 256


def _read_partly(text: PartlyKnown) -> object:
    """A document of which some strings are not known; nothing is known where a hole may be more than a part of one."""
    parts = text.template.parts
    if len(parts) > _MAX_HOLES:
        return Unknown(text.reason)
    marked = "".join(
        part if isinstance(part, str) else chr(ord(_HOLES) + number) for number, part in enumerate(parts)
    )
    try:
        document = _read_json(marked)
    except ExpressionError:
        return Unknown(text.reason)
    return _unmarked(document, text.template)


def _unmarked(value: object, template: Template) -> object:
    if isinstance(value, list):
        return [_unmarked(item, template) for item in value]
    if isinstance(value, dict):
        if any(_marks(key) for key in value):
            return Unknown("a name in it is not known")
        return {key: _unmarked(item, template) for key, item in value.items()}
    if not isinstance(value, str) or not _marks(value):
        return value
    pieces = re.split(f"([{_HOLES}-{chr(ord(_HOLES) + _MAX_HOLES)}])", value)
    return as_value(
        Template(template.parts[ord(piece) - ord(_HOLES)] if _marks(piece) else piece for piece in pieces)
    )


def _marks(text: str) -> bool:
    return any(0 <= ord(letter) - ord(_HOLES) <= _MAX_HOLES for letter in text)


def _read_json(text: str) -> object:
    """Numbers become floats; the first of equal keys counts (runner:JsonParser.cs)."""
    import json

    if _json_depth(text) > _MAX_JSON_DEPTH:
        raise ExpressionError(f"Error parsing fromJson: more than {_MAX_JSON_DEPTH} levels")
    try:
        value: object = json.loads(
            text, parse_int=float, parse_constant=_no_constant, object_pairs_hook=_first_of_each
        )
    except ValueError as error:
        raise ExpressionError(f"Error parsing fromJson: {error}") from None
    return value


_JSON_BRACKET = r'"(?>(?:[^"\\]++|\\.)*)"|([\[{])|([\]}])'


def _json_depth(text: str) -> int:
    if text.count("[") + text.count("{") <= _MAX_JSON_DEPTH:
        return 0
    depth = deepest = 0
    for match in re.finditer(_JSON_BRACKET, text, re.DOTALL):
        depth += (match[1] is not None) - (match[2] is not None)
        deepest = max(deepest, depth)
    return deepest


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _first_of_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: dict[str, tuple[str, object]] = {}
    for name, value in pairs:
        seen.setdefault(fold(name), (name, value))
    return dict(seen.values())


# --- choosing ---


def _case(call: Call, scope: Scope) -> object:
    *branches, last = call.arguments
    found: list[object] = []
    reason = ""
    for predicate, result in zip(branches[::2], branches[1::2], strict=True):
        value = predicate.evaluate(scope)
        decision = _decision(value)
        if decision is True:
            last = result
            break
        if decision is None:
            reason = reason or getattr(value, "reason", "")
            found.append(named(result.evaluate(scope), result))
    value = last.evaluate(scope)
    return one_of([*found, named(value, last)], reason) if found else value


def _decision(predicate: object) -> bool | None:
    if not all(isinstance(each, (bool, Unknown)) for each in spread(predicate)):
        raise ExpressionError("case predicate must evaluate to a boolean value")
    return truth(predicate)


# --- when the job runs ---


def _always(call: Call, scope: Scope) -> object:
    return True


def _when_run(call: Call, scope: Scope) -> object:
    return undecided(f"`{call.name}()` is known only when the job runs")


def _on_runner(call: Call, scope: Scope) -> object:
    return Unknown("`hashFiles()` is known only on the runner")


EVALUATED: dict[str, Callable[[Call, Scope], object]] = {
    "always": _always,
    "cancelled": _when_run,
    "case": _case,
    "contains": _contains,
    "endswith": _ends_with,
    "failure": _when_run,
    "format": _format,
    "fromjson": _from_json,
    "hashfiles": _on_runner,
    "join": _join,
    "startswith": _starts_with,
    "success": _when_run,
    "tojson": _to_json,
}
"""The value of each function in `expressions.FUNCTIONS`."""
