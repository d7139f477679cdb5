"""GitHub's expressions, the text between `${{` and `}}`: read, and evaluated over values that may be unknown.

Sources of fact: docs.github.com "Evaluate expressions in workflows and actions", and actions/runner:
src/Sdk/Expressions (the code that GitHub itself runs), named `runner:` below.
"""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
from lading.models.template import Template
from lading.models.values import (
    TOKEN,
    ExpressionError,
    Falsy,
    Partial,
    PartlyKnown,
    Unknown,
    access,
    access_all,
    as_template,
    compare,
    is_surely_text,
    named,
    one_of,
    parse_number,
    spread,
    to_text,
    truth,
    truthy,
    undecided,
)
from lading.tables.contexts import FUNCTIONS as OF_PLACES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

__all__ = [
    "Call",
    "Comparison",
    "Expression",
    "ExpressionError",
    "Index",
    "Literal",
    "Logical",
    "Name",
    "Not",
    "Partial",
    "Piece",
    "Scope",
    "Unknown",
    "evaluate",
    "parse",
    "pieces",
    "roots",
    "to_text",
    "truthy",
]

MAX_LENGTH = 21_000
"""Code points of one expression (runner:ExpressionConstants.cs)."""

MAX_DEPTH = 50
"""Levels of one expression; unlike the runner we count parentheses too, as GitHub's language server does."""


FUNCTIONS = {
    "always": ("always", 0, 0),
    "cancelled": ("cancelled", 0, 0),
    "case": ("case", 3, 255),
    "contains": ("contains", 2, 2),
    "endswith": ("endsWith", 2, 2),
    "failure": ("failure", 0, 255),
    "format": ("format", 1, 255),
    "fromjson": ("fromJSON", 1, 1),
    "hashfiles": ("hashFiles", 1, 255),
    "join": ("join", 1, 2),
    "startswith": ("startsWith", 2, 2),
    "success": ("success", 0, 255),
    "tojson": ("toJSON", 1, 1),
}
"""The name as written, least and most arguments (runner:ExpressionConstants.cs, workflow-v1.0.json)."""


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

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return "'" + self.value.replace("'", "''") + "'"
        return "null" if self.value is None else to_text(self.value)


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

    def __str__(self) -> str:
        return self.name


_NAME = r"[A-Za-z_][A-Za-z0-9_-]*+"


class Index:
    """`target.key` or `target[key]`; without a key it is `target.*`. `name` is a key that is a written text."""

    __slots__ = ("_context", "key", "name", "target")

    def __init__(self, target: Expression, key: Expression | None) -> None:
        self.target = target
        self._context = target.name if isinstance(target, Name) else None
        self.key = key
        self.name = key.value if isinstance(key, Literal) and isinstance(key.value, str) else None

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.target,) if self.key is None else (self.target, self.key)

    def evaluate(self, scope: Scope) -> object:
        # A context is looked up here, as most targets are one; where there is none, `Name` says so.
        target = scope.contexts.get(self._context) if self._context is not None else None
        if target is None:
            target = self.target.evaluate(scope)
        name = self.name
        if name is not None:
            if isinstance(target, dict) and name in target:  # what `access` does first
                return target[name]
            return access(target, name)
        return access_all(target) if self.key is None else access(target, self.key.evaluate(scope))

    def __str__(self) -> str:
        key = self.key
        if key is None:
            return f"{self.target}.*"
        if isinstance(key, Literal) and isinstance(key.value, str) and re.fullmatch(_NAME, key.value):
            return f"{self.target}.{key.value}"
        return f"{self.target}[{key}]"


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
        import lading.models.functions as functions  # to read an expression takes none of them

        return functions.EVALUATED[self.name](self, scope)

    def values(self, scope: Scope) -> list[object]:
        return [argument.evaluate(scope) for argument in self.arguments]

    def __str__(self) -> str:
        return f"{FUNCTIONS[self.name][0]}({', '.join(map(str, self.arguments))})"


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
        is_true = truth(value)
        if is_true is None:
            assert isinstance(value, Unknown)
            return undecided(value.reason)
        return not is_true

    def __str__(self) -> str:
        return f"!{_grouped(self.operand, _UNARY_POWER)}"


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
        return compare(self.operator, self.left.evaluate(scope), self.right.evaluate(scope))

    def __str__(self) -> str:
        power = _POWERS[self.operator]
        return f"{_grouped(self.left, power)} {self.operator} {_grouped(self.right, power + 1)}"


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
        """The value; where operands may decide or not, one of those that can come out."""
        decisive = self.operator == "||"
        found: list[object] = []
        unset: list[str] = []
        reason: str | None = None
        for operand in self.operands[:-1]:
            value = operand.evaluate(scope)
            if not isinstance(value, Unknown):
                if truthy(value) is decisive:
                    return one_of([*found, value], reason or "") if found else value
                continue
            decided = [each for each in spread(value) if truth(each) is not (not decisive)]
            found += (_deciding(each, operand, decisive) for each in decided)
            reason = reason or value.reason
            if truth(value) is decisive:
                return one_of(found, reason or "")
            if type(value) is Unknown and _may_be_unset(operand):
                unset.append(str(operand))
        value = self.operands[-1].evaluate(scope)
        if not found:
            return value
        if decisive and len(unset) == len(found) and _is_default(value):
            default = as_template(value, "")
            return PartlyKnown(
                Template(default.parts, (*default.conditions, *(f"unless `{name}` is set" for name in unset)))
            )
        return one_of([*found, named(value, self.operands[-1])], reason or "")

    def __str__(self) -> str:
        power = _POWERS[self.operator] + 1
        return f" {self.operator} ".join(_grouped(operand, power) for operand in self.operands)


def _deciding(value: object, operand: Expression, decisive: bool) -> object:
    """A value that ends `||` by being truthy, or `&&` by being falsy; an unknown one is told that much."""
    if not isinstance(value, Unknown) or isinstance(value, Falsy):
        return value
    return named(value, operand) if decisive else Falsy(value.reason)


_SETTINGS = ("vars", "secrets", "inputs", "env", "github.event.inputs")


def _may_be_unset(expression: Expression) -> bool:
    """Is it a setting that `||` gives a default for: `vars.NAME`, `inputs.name`?"""
    names = roots(expression)
    return isinstance(expression, Index) and len(names) == 1 and names[0].rpartition(".")[0] in _SETTINGS


def _is_default(value: object) -> bool:
    """Is it a text that is assumed where nothing else is set? Not the token, which a secret is meant to replace."""
    if isinstance(value, PartlyKnown):
        return value.template.literal is not None or is_surely_text(value)
    return isinstance(value, str) and value != "" and TOKEN not in value


_UNARY_POWER = 5


def _grouped(expression: Expression, power: int) -> str:
    """As it is written where everything binds at least so strongly."""
    if isinstance(expression, (Comparison, Logical)) and _POWERS[expression.operator] < power:
        return f"({expression})"
    return str(expression)


Expression = Literal | Name | Index | Call | Not | Comparison | Logical


def parse(
    text: str, names: Container[str] | None = None, functions: Mapping[str, int] | None = None
) -> Expression:
    """Read what stands between `${{` and `}}`, or a bare `if:`; an empty text is null.

    With `names` (lower-cased) any other context is an error. With `functions`, those that exist in some places only
    are an error unless they are among them; each takes at most so many arguments. Raises ExpressionError.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"Exceeded max expression length {MAX_LENGTH}", kind="parsing")
    tokens = _TOKEN.findall(text)
    if not tokens:
        return Literal(None)
    tokens.append("")
    parser = _Parser(text, tokens, names, functions)
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


@remembered(4096)
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
                "lexing",
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
      '(?>(?:[^']++|'')*)'?                       # a string; an unclosed one runs to the end
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

    __slots__ = ("at", "functions", "names", "text", "tokens")

    def __init__(
        self,
        text: str,
        tokens: list[str],
        names: Container[str] | None,
        functions: Mapping[str, int] | None,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.names = names
        self.functions = functions
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
            raise ExpressionError(f"Exceeded max expression depth {MAX_DEPTH}", kind="parsing")
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
        value = parse_number(token) if token else float("nan")
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
        is_absent = self.functions is not None and name in OF_PLACES and name not in self.functions
        if name not in FUNCTIONS or is_absent:
            raise self.error("Unrecognized function", token, self.offset(at))
        self.at += 2
        arguments = self.arguments(depth)
        fault = _arity_fault(name, len(arguments), self.functions)
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
            f"{what}: '{symbol}'. Located at position {offset + 1} within expression: {self.text}",
            offset,
            "lexing" if what == _UNEXPECTED and not _is_symbol(symbol) else "parsing",
        )

    def unexpected_operand(self, at: int) -> ExpressionError:
        """What stands at `at` cannot begin an operand; a dot here would be the beginning of a number."""
        token = self.tokens[at]
        if not token:
            return self.unexpected_end()
        offset = self.offset(at)
        dotted = re.match(_DOTTED, self.text[offset:])
        return self.error(_UNEXPECTED, dotted[0] if dotted else token, offset)

    def unexpected_operator(self, at: int) -> ExpressionError:
        """What stands at `at` cannot follow an operand."""
        token = self.tokens[at]
        if not token:
            return self.unexpected_end()
        return self.error(_UNEXPECTED, "." if token[0] == "." else token, self.offset(at))

    def unexpected_member(self, token: str) -> ExpressionError:
        """The dot at hand is followed by something that is no name."""
        if token == ".":
            return self.unexpected_operator(self.at + 1)
        return self.error(_UNEXPECTED, token[1:], self.offset(self.at) + 1)

    def unexpected_end(self) -> ExpressionError:
        """GitHub names the last symbol; the dot of an access is a symbol of its own."""
        token = self.tokens[-2]
        offset = self.offset(len(self.tokens) - 2)
        symbol = token[1:].lstrip() if _is_access(token) else token
        return self.error("Unexpected end of expression", symbol, offset + len(token) - len(symbol))


_UNEXPECTED = "Unexpected symbol"
_SYMBOL = r"[!<>]=?|==|&&|\|\||[()\[\],.*]|'(?:[^']|'')*'|" + _NAME


def _is_symbol(token: str) -> bool:
    """Does GitHub know the symbol, though not in its place?"""
    return re.fullmatch(_SYMBOL, token) is not None or parse_number(token) == parse_number(token)


def _is_access(token: str) -> bool:
    """Is it `.name` or `.*`, not a lone dot and not a number?"""
    return token[0] == "." and len(token) > 1 and not token[1].isdigit()


def _arity_fault(name: str, count: int, functions: Mapping[str, int] | None) -> str | None:
    _, least, most = FUNCTIONS[name]
    if functions is not None:
        most = functions.get(name, most)
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
        raise ExpressionError(f"Exceeded max expression depth {MAX_DEPTH}", kind="parsing")
    for child in expression.children:
        _check_depth(child, depth + 1)
