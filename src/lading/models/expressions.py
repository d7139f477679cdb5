"""GitHub's expressions, the text between `${{` and `}}`: read, and evaluated over values that may be unknown.

Sources of fact: docs.github.com "Evaluate expressions in workflows and actions", and actions/runner:
src/Sdk/Expressions (the code that GitHub itself runs), named `runner:` below.

Values are plain Python ones (None, bool, float, str, list, dict; int where a context holds one) or `Unknown`.
"""

from __future__ import annotations

import operator
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

MAX_LENGTH = 21_000
"""Code points of one expression (runner:ExpressionConstants.cs)."""

MAX_DEPTH = 50
"""Levels of one expression; unlike the runner we count parentheses too, as GitHub's language server does."""

_MAX_TEXT = 524_288
"""Code points of a text that a function builds: 1 MiB in UTF-16 (runner:Sdk/EvaluationContext.cs)."""

_MAX_JSON_DEPTH = 100
"""Levels of a JSON document (runner:Sdk/Functions/JsonParser.cs)."""


class ExpressionError(Exception):
    """GitHub refuses the expression: `message` in its words, `offset` in code points inside the expression.

    An error of evaluation (a wrong format string, a text that is no JSON) has offset 0.
    """

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Unknown:
    """A value that cannot be known from the files, and why: a phrase for a message."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.reason == other.reason

    def __hash__(self) -> int:
        return hash((Unknown, self.reason))

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"


class Partial(dict[str, object]):
    """An object of which only some keys are known: any other key is `Unknown(reason)` instead of null."""

    __slots__ = ("reason",)

    def __init__(self, values: Mapping[str, object], reason: str) -> None:
        super().__init__(values)
        self.reason = reason


class _Filtered(list[object]):
    """What `.*` yields: a further access goes to each item and drops those that lack it."""

    __slots__ = ()


class Scope:
    """What an expression is evaluated against."""

    __slots__ = ("contexts", "functions")

    def __init__(
        self, contexts: Mapping[str, object], functions: Mapping[str, Callable[..., object]]
    ) -> None:
        self.contexts = contexts
        self.functions = functions


class Literal:
    """A value as it is written."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    @property
    def children(self) -> tuple[Expression, ...]:
        return ()

    def evaluate(self, scope: Scope) -> object:
        return self.value


class Name:
    """A context, lower-cased: `github`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def children(self) -> tuple[Expression, ...]:
        return ()

    def evaluate(self, scope: Scope) -> object:
        try:
            return scope.contexts[self.name]
        except KeyError:
            return Unknown(f"the `{self.name}` context is not known here")


class Index:
    """`target.key` or `target[key]`; without a key it is `target.*`."""

    __slots__ = ("key", "target")

    def __init__(self, target: Expression, key: Expression | None) -> None:
        self.target = target
        self.key = key

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.target,) if self.key is None else (self.target, self.key)

    def evaluate(self, scope: Scope) -> object:
        target = self.target.evaluate(scope)
        if isinstance(target, Unknown):
            return target
        if self.key is None:
            return _all_of_each(target) if isinstance(target, _Filtered) else _all_items(target)
        key = self.key.evaluate(scope)
        if isinstance(key, Unknown):
            return key
        if isinstance(target, _Filtered):
            return _item_of_each(target, key)
        found = _item(target, key)
        return found[0] if found else None


class Call:
    """A function, lower-cased, with its arguments."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: tuple[Expression, ...]) -> None:
        self.name = name
        self.arguments = arguments

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.arguments

    def evaluate(self, scope: Scope) -> object:
        given = scope.functions.get(self.name)
        if given is not None:
            return given(*self.values(scope))
        return _FUNCTIONS[self.name][2](self, scope)

    def values(self, scope: Scope) -> list[object]:
        return [argument.evaluate(scope) for argument in self.arguments]


class Not:
    """`!operand`"""

    __slots__ = ("operand",)

    def __init__(self, operand: Expression) -> None:
        self.operand = operand

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)

    def evaluate(self, scope: Scope) -> object:
        value = self.operand.evaluate(scope)
        return value if isinstance(value, Unknown) else not truthy(value)


class Comparison:
    """`left == right` and its like."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        self.operator = operator
        self.left = left
        self.right = right

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.left, self.right)

    def evaluate(self, scope: Scope) -> object:
        left = self.left.evaluate(scope)
        if isinstance(left, Unknown):
            return left
        right = self.right.evaluate(scope)
        if isinstance(right, Unknown):
            return right
        return _compare(self.operator, left, right)


class Logical:
    """Two or more operands: `&&` gives the first falsy one, `||` the first truthy one, both else the last."""

    __slots__ = ("operands", "operator")

    def __init__(self, operator: str, operands: tuple[Expression, ...]) -> None:
        self.operator = operator
        self.operands = operands

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.operands

    def evaluate(self, scope: Scope) -> object:
        deciding = self.operator == "||"
        value: object = None
        for operand in self.operands:
            value = operand.evaluate(scope)
            if isinstance(value, Unknown) or truthy(value) is deciding:
                return value
        return value


Expression = Literal | Name | Index | Call | Not | Comparison | Logical


def parse(text: str, names: Container[str] | None = None) -> Expression:
    """Read what stands between `${{` and `}}`, or a bare `if:`; an empty text is null.

    With `names` (lower-cased) any other context is an error. Raises ExpressionError.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"Exceeded max expression length {MAX_LENGTH}")
    tokens = _TOKEN.findall(text)
    if not tokens:
        return Literal(None)
    tokens.append("")
    parser = _Parser(text, tokens, names)
    expression = parser.expression(0, 1)
    if tokens[parser.at]:
        raise parser.unexpected_operator(parser.at)
    if len(tokens) > MAX_DEPTH:
        _check_depth(expression, 1)
    return expression


def evaluate(
    expression: Expression,
    contexts: Mapping[str, object],
    functions: Mapping[str, Callable[..., object]] | None = None,
) -> object:
    """The value, or `Unknown` where it depends on something that is not known.

    `contexts` and `functions` are keyed by lower-cased name. A given function gets the values of its
    arguments, unknown ones among them; without one `hashFiles`, `success`, `failure` and `cancelled` are
    unknown. Raises ExpressionError where the evaluation fails on GitHub too.
    """
    return expression.evaluate(Scope(contexts, functions or {}))


def roots(expression: Expression) -> tuple[str, ...]:
    """The dotted names that the expression reads (`github.ref`, `secrets.TOKEN`), in order and once each.

    The context is lower-cased. A name ends before the first part that is not a literal text:
    `secrets[matrix.key]` is `secrets` and `matrix.key`, `needs.*.result` is `needs`.
    """
    return tuple(dict.fromkeys(_roots(expression)))


def _roots(expression: Expression) -> Iterator[str]:
    keys: list[Expression | None] = []
    while isinstance(expression, Index):
        keys.append(expression.key)
        expression = expression.target
    keys.reverse()
    if isinstance(expression, Name):
        yield ".".join((expression.name, *_fixed(keys)))
    for child in (*expression.children, *keys):
        if child is not None:
            yield from _roots(child)


def _fixed(keys: list[Expression | None]) -> Iterator[str]:
    """The keys before the first one that is not a literal text."""
    for key in keys:
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            return
        yield key.value


class Piece:
    """A stretch of a text, from `start` to `end` in code points: literal, or an expression with its `${{ }}`.

    An expression's `inner` is the text without the white space around it, as GitHub parses it; it begins at
    `inner_start`, so that an error's place in the text is `inner_start + error.offset`.
    """

    __slots__ = ("end", "inner", "inner_start", "literal", "start")

    def __init__(
        self, start: int, end: int, literal: str | None, inner: str | None = None, inner_start: int = 0
    ) -> None:
        self.start = start
        self.end = end
        self.literal = literal
        self.inner = inner
        self.inner_start = inner_start

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Piece) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        return "Piece" + repr(self._values)

    @property
    def _values(self) -> tuple[int, int, str | None, str | None, int]:
        return (self.start, self.end, self.literal, self.inner, self.inner_start)


def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a scalar into literals and expressions; nothing for an empty text.

    Raises ExpressionError with the offset of a `${{` that is not closed.
    """
    found: list[Piece] = []
    begin = 0
    while (start := text.find("${{", begin)) >= 0:
        end = _closing(text, start + 3)
        if end < 0:
            raise ExpressionError(
                "The expression is not closed. An unescaped ${{ sequence was found, "
                "but the closing }} sequence was not found.",
                start,
            )
        if start > begin:
            found.append(Piece(begin, start, text[begin:start]))
        begin = end + 2
        written = text[start + 3 : end].lstrip()
        found.append(Piece(start, begin, None, written.rstrip(), end - len(written)))
    if begin < len(text):
        found.append(Piece(begin, len(text), text[begin:]))
    return tuple(found)


def _closing(text: str, begin: int) -> int:
    """Where the next `}}` stands that is in no quoted string, or -1."""
    while True:
        end = text.find("}}", begin)
        if end < 0 or text.count("'", begin, end) % 2 == 0:
            return end
        begin = text.find("'", end) + 1
        if begin == 0:
            return -1


_TOKEN = re.compile(
    r"""
      '(?:[^']++|'')*+'?                          # a string; an unclosed one runs to the end
    | \.\s*(?:\*|[A-Za-z_][A-Za-z0-9_-]*+(?![^()\[\],.!<>=&|\s]))  # an access
    | \.[0-9][^()\[\],!<>=&|\s]*+                    # a number without a zero
    | [-+0-9][^()\[\],!<>=&|\s]*+                    # a number
    | [!<>=]= | && | \|\| | [!<>()\[\],.*]
    | [^()\[\],.!<>\s][^()\[\],.!<>=&|\s]*+          # a name, or what GitHub has no use for
    """,
    re.VERBOSE,
)
_DOTTED = r"\.[^()\[\],!<>=&|\s]*"

_POWERS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}
"""How strongly an operator binds (runner:Tokens/Token.cs); `!` and accesses bind more strongly."""

_LOGICAL_POWER = 2

_KEYWORDS: dict[str, object] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
}


class _Parser:
    """A Pratt parser over the tokens' texts; their places are looked up only for an error."""

    __slots__ = ("at", "names", "text", "tokens")

    def __init__(self, text: str, tokens: list[str], names: Container[str] | None) -> None:
        self.text = text
        self.tokens = tokens
        self.names = names
        self.at = 0

    def expression(self, power: int, depth: int) -> Expression:
        """Everything up to an operator that binds no more strongly than `power`."""
        left = self.operand(depth)
        while True:
            token = self.tokens[self.at]
            binding = _POWERS.get(token, 0)
            if binding <= power:
                return left
            if binding <= _LOGICAL_POWER:
                left = self.logical(token, binding, left, depth)
            else:
                self.at += 1
                left = Comparison(token, left, self.expression(binding, depth + 1))

    def logical(self, token: str, binding: int, left: Expression, depth: int) -> Logical:
        operands = [left]
        while self.tokens[self.at] == token:
            self.at += 1
            operands.append(self.expression(binding, depth + 1))
        return Logical(token, tuple(operands))

    def operand(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"Exceeded max expression depth {MAX_DEPTH}")
        token = self.tokens[self.at]
        first = token[:1]
        if first == "'":
            return self.string(token)
        if first == "!" and token == "!":
            self.at += 1
            return Not(self.operand(depth + 1))
        if first == "(":
            return self.accesses(self.group(depth), depth)
        if token in _KEYWORDS:
            self.at += 1
            return Literal(_KEYWORDS[token])
        if first.isalpha() or first == "_":
            return self.accesses(self.named(token, depth), depth)
        return self.number(token)

    def string(self, token: str) -> Literal:
        if token.count("'") % 2:
            raise self.unexpected_operand(self.at)
        self.at += 1
        return Literal(token[1:-1].replace("''", "'"))

    def number(self, token: str) -> Literal:
        value = _parse_number(token) if token else float("nan")
        if value != value:
            raise self.unexpected_operand(self.at)
        self.at += 1
        return Literal(value)

    def group(self, depth: int) -> Expression:
        self.at += 1
        inner = self.expression(0, depth + 1)
        self.close(")")
        return inner

    def close(self, bracket: str) -> None:
        if self.tokens[self.at] != bracket:
            raise self.unexpected_operator(self.at)
        self.at += 1

    def named(self, token: str, depth: int) -> Name | Call:
        if not (token.isascii() and token.replace("-", "_").isidentifier()):
            raise self.unexpected_operand(self.at)
        if self.tokens[self.at + 1] == "(":
            return self.call(token, depth)
        name = token.lower()
        if self.names is not None and name not in self.names:
            raise self.error("Unrecognized named-value", token, self.offset(self.at))
        self.at += 1
        return Name(name)

    def call(self, token: str, depth: int) -> Call:
        at = self.at
        name = token.lower()
        if name not in _FUNCTIONS:
            raise self.error("Unrecognized function", token, self.offset(at))
        self.at += 2
        arguments = self.arguments(depth)
        fault = _arity_fault(name, len(arguments))
        if fault:
            raise self.error(fault, token, self.offset(at))
        return Call(name, arguments)

    def arguments(self, depth: int) -> tuple[Expression, ...]:
        if self.tokens[self.at] == ")":
            self.at += 1
            return ()
        arguments = [self.expression(0, depth + 1)]
        while self.tokens[self.at] == ",":
            self.at += 1
            arguments.append(self.expression(0, depth + 1))
        self.close(")")
        return tuple(arguments)

    def accesses(self, target: Expression, depth: int) -> Expression:
        """The `.name`, `.*`, `[key]` and `[*]` that follow."""
        while True:
            token = self.tokens[self.at]
            if token[:1] == ".":
                target = Index(target, self.member(token))
            elif token == "[":
                target = Index(target, self.bracket(depth))
            else:
                return target

    def member(self, token: str) -> Literal | None:
        if not _is_access(token):
            raise self.unexpected_member(token)
        self.at += 1
        return None if token[-1] == "*" else Literal(token[1:].lstrip())

    def bracket(self, depth: int) -> Expression | None:
        self.at += 1
        if self.tokens[self.at] == "*":
            self.at += 1
            key = None
        else:
            key = self.expression(0, depth + 1)
        self.close("]")
        return key

    def offset(self, at: int) -> int:
        """Where token number `at` begins, in code points."""
        return [match.start() for match in _TOKEN.finditer(self.text)][at]

    def error(self, what: str, symbol: str, offset: int) -> ExpressionError:
        return ExpressionError(
            f"{what}: '{symbol}'. Located at position {offset + 1} within expression: {self.text}", offset
        )

    def unexpected_operand(self, at: int) -> ExpressionError:
        """What stands at `at` cannot begin an operand; a dot here would be the beginning of a number."""
        token = self.tokens[at]
        if not token:
            return self.unexpected_end()
        offset = self.offset(at)
        dotted = re.match(_DOTTED, self.text[offset:])
        return self.error("Unexpected symbol", dotted[0] if dotted else token, offset)

    def unexpected_operator(self, at: int) -> ExpressionError:
        """What stands at `at` cannot follow an operand."""
        token = self.tokens[at]
        if not token:
            return self.unexpected_end()
        return self.error("Unexpected symbol", "." if token[0] == "." else token, self.offset(at))

    def unexpected_member(self, token: str) -> ExpressionError:
        """The dot at hand is followed by something that is no name."""
        if token == ".":
            return self.unexpected_operator(self.at + 1)
        return self.error("Unexpected symbol", token[1:], self.offset(self.at) + 1)

    def unexpected_end(self) -> ExpressionError:
        """GitHub names the last symbol; the dot of an access is a symbol of its own."""
        token = self.tokens[-2]
        offset = self.offset(len(self.tokens) - 2)
        symbol = token[1:].lstrip() if _is_access(token) else token
        return self.error("Unexpected end of expression", symbol, offset + len(token) - len(symbol))


def _is_access(token: str) -> bool:
    """Is it `.name` or `.*`, not a lone dot and not a number?"""
    return token[0] == "." and len(token) > 1 and not token[1].isdigit()


def _arity_fault(name: str, count: int) -> str | None:
    least, most, _ = _FUNCTIONS[name]
    if count < least:
        return "Too few parameters supplied"
    if count > most:
        return "Too many parameters supplied"
    if name == "case" and count % 2 == 0:
        return "Even number of parameters supplied, requires an odd number of parameters"
    return None


def _check_depth(expression: Expression, depth: int) -> None:
    """Raise ExpressionError where the tree is too deep; chains (`a.b.c`, `1 < 2 < 3`) grow it to the left."""
    if depth > MAX_DEPTH:
        raise ExpressionError(f"Exceeded max expression depth {MAX_DEPTH}")
    for child in expression.children:
        _check_depth(child, depth + 1)


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
    folded = _fold(key)
    for name, value in target.items():
        if _fold(name) == folded:
            return (value,)
    return (Unknown(target.reason),) if isinstance(target, Partial) else None


def _all_items(target: object) -> _Filtered | Unknown:
    """`target.*`"""
    if isinstance(target, (Unknown, Partial)):
        return Unknown(target.reason)
    if isinstance(target, dict):
        return _Filtered(target.values())
    return _Filtered(target if isinstance(target, list) else ())


def _all_of_each(target: _Filtered) -> _Filtered | Unknown:
    """`target.*.*`"""
    result = _Filtered()
    for item in target:
        found = _all_items(item)
        if isinstance(found, Unknown):
            return found
        result.extend(found)
    return result


def _item_of_each(target: _Filtered, key: object) -> _Filtered | Unknown:
    """`target.*.key`, without the items that lack the key."""
    result = _Filtered()
    for item in target:
        found = (item,) if isinstance(item, Unknown) else _item(item, key)
        if found is None:
            continue
        if isinstance(found[0], Unknown):
            return found[0]
        result.append(found[0])
    return result


def truthy(value: object) -> bool:
    """What `if:` makes of a known value: false are null, false, 0, NaN and the empty text."""
    if isinstance(value, (bool, str)):
        return bool(value)
    if isinstance(value, (int, float)):
        return value != 0 and value == value
    if isinstance(value, Unknown):
        raise TypeError(f"an unknown value is neither true nor false: {value.reason}")
    return value is not None


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


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _to_number(value: object) -> float:
    """JavaScript's `Number(value)`; NaN for an object or array."""
    if isinstance(value, str):
        return _parse_number(value)
    if isinstance(value, (int, float)):
        return _double(value)
    return float("nan") if isinstance(value, (dict, list)) else 0.0


_DECIMAL = r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?|[-+]?Infinity"
_INTEGER = r"0(?:x0*+([0-9a-fA-F]*+)|o0*+([0-7]*+))"


def _parse_number(text: str) -> float:
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


def _fold(text: str) -> str:
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


def _compare(symbol: str, left: object, right: object) -> bool:
    """Texts by folded letters, collections by identity, all else by number (runner:EvaluationResult.cs)."""
    if isinstance(left, str) and isinstance(right, str):
        left, right = _fold(left), _fold(right)
        return _COMPARISONS[symbol]((left > right) - (left < right), 0)
    if not _is_primitive(left) or not _is_primitive(right):
        return left is not right if symbol == "!=" else left is right and symbol[-1] == "="
    return _COMPARISONS[symbol](_to_number(left), _to_number(right))


def _is_primitive(value: object) -> bool:
    return not isinstance(value, (dict, list))


def _check_memory(*texts: str) -> None:
    if sum(map(len, texts)) > _MAX_TEXT:
        raise ExpressionError("The maximum allowed memory size was exceeded")


def _joined(texts: Iterable[str | Unknown]) -> str | Unknown:
    """All in one, or the first unknown; takes no more texts than fit into memory."""
    taken: list[str] = []
    size = 0
    for text in texts:
        if isinstance(text, Unknown):
            return text
        taken.append(text)
        size += len(text)
        if size > _MAX_TEXT:
            _check_memory(*taken)
    return "".join(taken)


def _text(value: object) -> str | Unknown:
    return value if isinstance(value, Unknown) else to_text(value)


def _contains(call: Call, scope: Scope) -> object:
    searched, wanted = call.values(scope)
    if isinstance(searched, list):
        return _holds(searched, wanted)
    return _test_texts(str.__contains__, searched, wanted)


def _ends_with(call: Call, scope: Scope) -> object:
    return _test_texts(str.endswith, *call.values(scope))


def _starts_with(call: Call, scope: Scope) -> object:
    return _test_texts(str.startswith, *call.values(scope))


def _test_texts(test: Callable[[str, str], bool], searched: object, wanted: object) -> object:
    """Try the folded texts; objects and arrays fail."""
    if isinstance(searched, Unknown):
        return searched
    if isinstance(wanted, Unknown):
        return wanted
    if not _is_primitive(searched) or not _is_primitive(wanted):
        return False
    texts = to_text(searched), to_text(wanted)
    _check_memory(*texts)
    return test(*map(_fold, texts))


def _holds(items: list[object], wanted: object) -> object:
    """Is one of the items equal? Unknown where none is and one might be."""
    doubt: Unknown | None = None
    for item in items:
        unknown = wanted if isinstance(wanted, Unknown) else item
        if isinstance(unknown, Unknown):
            doubt = doubt or unknown
        elif _compare("==", wanted, item):
            return True
    return doubt or False


_FORMAT = r"\{\{|\}\}|\{([0-9]{1,9})(?::((?:[^}]++|\}\})*+))?\}|[{}]|[^{}]++"


def _format(call: Call, scope: Scope) -> object:
    template = call.arguments[0].evaluate(scope)
    if isinstance(template, Unknown):
        return template
    parts = _format_parts(to_text(template), len(call.arguments) - 1)
    values = {
        n: _text(call.arguments[n + 1].evaluate(scope)) for n in dict.fromkeys(parts) if isinstance(n, int)
    }
    return _joined(values[part] if isinstance(part, int) else part for part in parts)


def _format_parts(template: str, arguments: int) -> list[str | int]:
    """Literal parts, and for `{0}` the number (runner:Sdk/Functions/Format.cs)."""
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
    number = int(match[1])
    template = match.string
    if number > 255:
        raise ExpressionError(f"The following format string is invalid: {template}")
    if number >= arguments:
        raise ExpressionError(
            f"The following format string references more arguments than were supplied: {template}"
        )
    if match[2]:
        raise ExpressionError(f"The format specifiers '{match[2]}' are not valid: {template}")
    return number


def _join(call: Call, scope: Scope) -> object:
    items = call.arguments[0].evaluate(scope)
    if isinstance(items, Unknown):
        return items
    if not isinstance(items, list):
        return to_text(items) if _is_primitive(items) else ""
    separator = call.arguments[1].evaluate(scope) if len(call.arguments) > 1 else ","
    between = _text(separator) if _is_primitive(separator) else ","
    return _joined([text for item in items for text in (between, _text(item))][1:])


def _to_json(call: Call, scope: Scope) -> object:
    return _joined(_json_texts(call.arguments[0].evaluate(scope), "\n"))


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
    text = call.arguments[0].evaluate(scope)
    return text if isinstance(text, Unknown) else _read_json(to_text(text))


def _read_json(text: str) -> object:
    """Numbers become floats; the first of equal keys counts (runner:Sdk/Functions/JsonParser.cs)."""
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


_JSON_BRACKET = r'"(?:[^"\\]++|\\.)*+"|([\[{])|([\]}])'


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
        seen.setdefault(_fold(name), (name, value))
    return dict(seen.values())


def _case(call: Call, scope: Scope) -> object:
    *branches, default = call.arguments
    for predicate, result in zip(branches[::2], branches[1::2], strict=True):
        value = predicate.evaluate(scope)
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, bool):
            raise ExpressionError("case predicate must evaluate to a boolean value")
        if value:
            return result.evaluate(scope)
    return default.evaluate(scope)


def _always(call: Call, scope: Scope) -> object:
    return True


def _when_run(call: Call, scope: Scope) -> object:
    return Unknown(f"`{call.name}()` is known only when the job runs")


def _on_runner(call: Call, scope: Scope) -> object:
    return Unknown("`hashFiles()` is known only on the runner")


_FUNCTIONS: dict[str, tuple[int, int, Callable[[Call, Scope], object]]] = {
    "always": (0, 0, _always),
    "cancelled": (0, 0, _when_run),
    "case": (3, 255, _case),
    "contains": (2, 2, _contains),
    "endswith": (2, 2, _ends_with),
    "failure": (0, 255, _when_run),
    "format": (1, 255, _format),
    "fromjson": (1, 1, _from_json),
    "hashfiles": (1, 255, _on_runner),
    "join": (1, 2, _join),
    "startswith": (2, 2, _starts_with),
    "success": (0, 255, _when_run),
    "tojson": (1, 1, _to_json),
}
"""Least and most arguments (runner:ExpressionConstants.cs, workflow-v1.0.json), and how to get the value."""
