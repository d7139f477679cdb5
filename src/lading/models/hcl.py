"""HCL as bake files have it: parsed by tree-sitter, expressions evaluated to partly known values.

Values are templates (strings), truths, numbers, lists, mappings, None, and `Unknown`. A truth that was decided by a
string under conditions hands them on through `Scope.conditions`. Sources: hashicorp/hcl:hclsyntax/spec.md;
docker/buildx:bake/hclparser/stdlib.go.
"""

from __future__ import annotations

from lading import regex as re
from lading.light import binding_of
from lading.memory import remembered
from lading.models.expressions import Unknown
from lading.models.template import Hole, Template, join
from lading.patterns import is_quick
from lading.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, Protocol

    class Written(Protocol):
        """A value as a file has it: an expression, or what JSON says."""

        def value(self, scope: Scope, local: Mapping[str, object] | None = None) -> object: ...

        def places(self, count: int) -> list[Span]: ...

        @property
        def written(self) -> str: ...


_VAST = r"\s{200}"
MAX_LENGTH = 200_000
"""Code points of a file that is read."""
_MAX_STEPS = 100_000
_MAX_DEPTH = 60
_MAX_TEXT = 100_000
_MAX_RANGE = 1_024
"""Numbers that `range` makes (zclconf/go-cty:cty/function/stdlib/sequence.go); more are an error."""
_LARGEST = 1 << 512
"""Numbers have 512 bits (zclconf/go-cty:docs/types.md)."""
_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|\$\$\{|%%\{", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}


class Attribute:
    """`name = expression`, with the file it stands in."""

    __slots__ = ("name", "node", "source")

    def __init__(self, name: str, node: Any, source: Source) -> None:
        self.name = name
        self.node = node
        self.source = source

    def value(self, scope: Scope, local: Mapping[str, object] | None = None) -> object:
        """What it comes to. Never raises."""
        try:
            return _Evaluator(scope, self.source, local or {}).value(self.node)
        except (TooMuch, RecursionError):
            return Unknown("the bake file is too involved")
        except (ValueError, TypeError, LookupError, ArithmeticError, StopIteration):
            return Unknown(
                "it is worked out by bake"
            )  # bake would refuse it, or the grammar has more than is known

    def places(self, count: int) -> list[Span]:
        """Where each of so many items is written: the items of a plain list, else the whole expression."""
        nodes = [self.node] * count
        inner = _only(_only(self.node, "collection_value"), "tuple")
        if inner is not None:
            items = [child for child in inner.named_children if child.type == "expression"]
            nodes = items if len(items) == count else nodes
        return [Span(self.source, node.start_byte // 2, node.end_byte // 2) for node in nodes]

    @property
    def written(self) -> str:
        """The expression as it stands in the file."""
        return _text(self.node, self.source)


def _only(node: Any, kind: str) -> Any:
    """The only child of a node, where it is of that kind."""
    children = node.named_children if node is not None else []
    return children[0] if len(children) == 1 and children[0].type == kind else None


class Block:
    """`kind "label" { … }`: its attributes by name."""

    __slots__ = ("attributes", "kind", "label")

    def __init__(self, kind: str, label: str, attributes: Mapping[str, Written]) -> None:
        self.kind = kind
        self.label = label
        self.attributes = attributes


class Body:
    """What a file says: attributes of its own and blocks in order."""

    __slots__ = ("attributes", "blocks")

    def __init__(self, attributes: Mapping[str, Written], blocks: tuple[Block, ...]) -> None:
        self.attributes = attributes
        self.blocks = blocks


def parse(source: Source) -> Body | None:
    """The body of an HCL file; None where it is none, or too long.

    The grammar goes through white space again and again where it looks for a way on: 2 s for 15,000 line ends after a
    mistake (measured), so that a file with more of it in one place than anybody writes is none.
    """
    if len(source.text) > MAX_LENGTH or re.search(_VAST, source.text) is not None:
        return None
    root = _root(source.text)
    if root.has_error:
        return None
    body = next((child for child in root.named_children if child.type == "body"), None)
    if body is None:
        return Body({}, ())
    blocks = (_block(child, source) for child in body.named_children if child.type == "block")
    return Body(_attributes(body, source), tuple(blocks))


def _root(text: str) -> Any:
    """The root node; offsets are twice those in code points (UTF-16, one unit for every character)."""
    binding = binding_of("tree_sitter")
    parser = binding.Parser(binding.Language(binding_of("tree_sitter_hcl").language()))
    flat = re.sub("[\U00010000-\U0010ffff\ud800-\udfff]", "\ufffd", text)
    return parser.parse(flat.encode("utf-16-le"), encoding="utf16le").root_node


@remembered(256)
def template_of(text: str) -> Written | None:
    """A string of a JSON bake file as the template that it is; None where that cannot be read."""
    body = parse(Source("", f'x = "{text}"\n'))
    return body.attributes.get("x") if body is not None else None


def _attributes(body: Any, source: Source) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for child in body.named_children:
        if child.type == "attribute":
            name, value = child.named_children[0], child.named_children[-1]
            found[_text(name, source)] = Attribute(_text(name, source), value, source)
    return found


def _block(node: Any, source: Source) -> Block:
    kind, *rest = node.named_children
    label = next(
        (_text(each, source).strip('"') for each in rest if each.type in ("string_lit", "identifier")), ""
    )
    body = next((each for each in rest if each.type == "body"), None)
    return Block(_text(kind, source), label, _attributes(body, source) if body is not None else {})


def _text(node: Any, source: Source) -> str:
    return source.text[node.start_byte // 2 : node.end_byte // 2]


class Function:
    """A function of a bake file."""

    __slots__ = ("names", "rest", "result")

    def __init__(self, names: tuple[str, ...], rest: str | None, result: Written) -> None:
        self.names = names
        self.rest = rest
        self.result = result


class Purse:
    """How many steps all the bake files of a repository may take, however often they are worked out."""

    __slots__ = ("left",)

    def __init__(self, steps: int = 10 * _MAX_STEPS) -> None:
        self.left = steps

    def pays_for(self, source: Source) -> bool:
        """Can a file be parsed? Some twenty letters take as long as a step."""
        self.left -= len(source.text) // 20
        return self.left >= 0


class Scope:
    """What expressions can name: `look_up` gives a variable, `functions` those of the file.

    `conditions` gathers those of the strings that decided something; `purse` pays for every step.
    """

    def __init__(
        self, look_up: Callable[[str], object], functions: Mapping[str, Function], purse: Purse
    ) -> None:
        self.look_up = look_up
        self.functions = functions
        self.conditions: dict[str, None] = {}
        self._purse = purse
        self._left = _MAX_STEPS
        self._depth = 0

    def step(self) -> None:
        self._left -= 1
        self._purse.left -= 1
        if self._left < 0 or self._purse.left < 0:
            raise TooMuch

    def decided_by(self, value: object) -> object:
        """A string as the text that it is, to decide by; `Unknown` where it has a hole."""
        if not isinstance(value, Template):
            return value
        if value.literal is None:
            return Unknown("; ".join(value.reasons))
        self.conditions |= dict.fromkeys(value.conditions)
        return value.literal

    def call(self, name: str, arguments: list[object]) -> object:
        """The value of a function."""
        own = self.functions.get(name)
        if own is not None:
            local = dict(zip(own.names, arguments, strict=False))
            if own.rest is not None:
                local[own.rest] = arguments[len(own.names) :]
            self._depth += 1
            try:
                if self._depth > _MAX_DEPTH or len(local) < len(own.names):
                    return Unknown(f"`{name}` cannot be called so")
                return own.result.value(self, local)
            finally:
                self._depth -= 1
        known = _FUNCTIONS.get(name)
        if known is None:
            return Unknown(f"`{name}()` is worked out by bake")
        try:
            return known(self, *arguments)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, re.error):
            return Unknown(f"`{name}()` is worked out by bake")


class TooMuch(Exception):
    """The file asks for more steps than are taken."""


class _Evaluator:
    """Works expressions of one file out."""

    def __init__(self, scope: Scope, source: Source, local: Mapping[str, object]) -> None:
        self.scope = scope
        self.source = source
        self.local = local

    def value(self, node: Any) -> object:
        self.scope.step()
        work = getattr(self, f"_{node.type}", None)
        return work(node) if work is not None else Unknown("it is worked out by bake")

    def chain(self, nodes: list[Any]) -> object:
        """An operand with the `.name` and `[index]` that follow."""
        if not nodes:
            return Unknown("it is worked out by bake")
        value = self.value(nodes[0])
        for node in nodes[1:]:
            value = self._step(value, node)
        return value

    def _expression(self, node: Any) -> object:
        return self.chain([child for child in node.named_children if child.type != "comment"])

    def _step(self, value: object, node: Any) -> object:
        if isinstance(value, Unknown):
            return value
        if node.type == "get_attr":
            return self._member(value, Template.of(_text(node.named_children[0], self.source)))
        if node.type == "index":
            inner = node.named_children[0].named_children
            return self._member(value, self.value(inner[0])) if inner else Unknown("it is worked out by bake")
        if node.type == "splat" and isinstance(value, list):
            after = node.named_children[0].named_children
            found = list(value)
            for each in after:
                found = [self._step(item, each) for item in found]
            return found
        return Unknown("it is worked out by bake")

    def _member(self, value: object, key: object) -> object:
        key = self.scope.decided_by(key)
        if isinstance(value, dict) and isinstance(key, str):
            return value.get(key, Unknown(f"there is no `{key}`"))
        if isinstance(value, list) and isinstance(key, (int, float)) and 0 <= key < len(value):
            return value[int(key)]
        return Unknown("it is worked out by bake")

    def _literal_value(self, node: Any) -> object:
        return self.value(node.named_children[0])

    def _numeric_lit(self, node: Any) -> object:
        text = _text(node, self.source)
        return _number(float(text) if re.search(r"[.eE]", text) else int(text))

    def _bool_lit(self, node: Any) -> object:
        return _text(node, self.source) == "true"

    def _null_lit(self, node: Any) -> object:
        return None

    def _string_lit(self, node: Any) -> object:
        return Template.of(_unescaped(_text(node, self.source)[1:-1]))

    def _template_expr(self, node: Any) -> object:
        return self.value(node.named_children[0])

    def _quoted_template(self, node: Any) -> object:
        inner = [child for child in node.named_children if not child.type.startswith("quoted_template_")]
        if len(inner) == 1 and inner[0].type == "template_interpolation":
            whole = (inner[0].start_byte - node.start_byte, node.end_byte - inner[0].end_byte)
            if whole == (2, 2):
                return self._interpolated(inner[0])
        return self._joined(node.start_byte // 2 + 1, node.end_byte // 2 - 1, inner)

    def _heredoc_template(self, node: Any) -> object:
        inner = [child for child in node.named_children if child.type.startswith("template_")]
        marks = [child for child in node.named_children if child.type == "heredoc_identifier"]
        start = self.source.text.find("\n", marks[0].end_byte // 2) + 1
        text = self._joined(start, marks[-1].start_byte // 2, inner)
        return text if not _text(node, self.source).startswith("<<-") else Unknown("it is worked out by bake")

    def _joined(self, start: int, end: int, inner: list[Any]) -> Template:
        parts: list[Template] = []
        for child in inner:
            if child.type == "template_literal":
                continue
            parts.append(Template.of(_unescaped(self.source.text[start : child.start_byte // 2])))
            value = self._interpolated(child) if child.type == "template_interpolation" else Unknown("")
            parts.append(as_text(value, _text(child, self.source)))
            start = child.end_byte // 2
        parts.append(Template.of(_unescaped(self.source.text[start:end])))
        return join(parts)

    def _interpolated(self, node: Any) -> object:
        return self.chain([child for child in node.named_children if not child.type.startswith("template_")])

    def _collection_value(self, node: Any) -> object:
        return self.value(node.named_children[0])

    def _tuple(self, node: Any) -> object:
        return [self.value(child) for child in node.named_children if child.type == "expression"]

    def _object(self, node: Any) -> object:
        found: dict[str, object] = {}
        for element in node.named_children:
            if element.type != "object_elem":
                continue
            key, value = (child for child in element.named_children if child.type == "expression")
            found[self._key(key)] = self.value(value)
        return found

    def _key(self, node: Any) -> str:
        inner = node.named_children
        if len(inner) == 1 and inner[0].type == "variable_expr":
            return _text(inner[0], self.source)
        key = self.value(node)
        return key.pattern if isinstance(key, Template) else str(key)

    def _variable_expr(self, node: Any) -> object:
        name = _text(node, self.source)
        return self.local[name] if name in self.local else self.scope.look_up(name)

    def _function_call(self, node: Any) -> object:
        name, *rest = node.named_children
        arguments: list[object] = []
        for each in rest:
            if each.type == "function_arguments":
                arguments = [self.value(child) for child in each.named_children if child.type == "expression"]
                if any(child.type == "ellipsis" for child in each.named_children):
                    spread = arguments.pop()
                    if not isinstance(spread, list):
                        return Unknown("it is worked out by bake")
                    arguments += spread
        return self.scope.call(_text(name, self.source), arguments)

    def _conditional(self, node: Any) -> object:
        condition, yes, no = (child for child in node.named_children if child.type == "expression")
        truth = self.scope.decided_by(self.value(condition))
        if isinstance(truth, str):
            truth = {"true": True, "false": False}.get(truth, Unknown("it is no truth"))
        if isinstance(truth, bool):
            return self.value(yes if truth else no)
        ways = (self.value(yes), self.value(no))
        return ways[0] if ways[0] == ways[1] else _either(*ways)

    def _operation(self, node: Any) -> object:
        return self.value(node.named_children[0])

    def _unary_operation(self, node: Any) -> object:
        value = self.scope.decided_by(self.chain(list(node.named_children)))
        if isinstance(value, Unknown):
            return value
        is_not = _text(node, self.source).startswith("!")
        if is_not:
            return not (value == "true" if isinstance(value, str) else value)
        return -value if isinstance(value, (int, float)) else Unknown("it is worked out by bake")

    def _binary_operation(self, node: Any) -> object:
        sides: list[list[Any]] = [[]]
        operator = ""
        for child in node.children:
            if child.is_named:
                sides[-1].append(child)
            elif child.type not in "()":
                operator = child.type
                sides.append([])
        if len(sides) != 2:
            return Unknown("it is worked out by bake")
        left = self.scope.decided_by(self.chain(sides[0]))
        if operator in ("&&", "||") and left is (operator == "||"):
            return left
        return _operated(operator, left, self.scope.decided_by(self.chain(sides[1])))

    def _for_expr(self, node: Any) -> object:
        inner = node.named_children[0]
        intro = next(child for child in inner.named_children if child.type == "for_intro")
        names = [_text(child, self.source) for child in intro.named_children if child.type == "identifier"]
        items = self.value(next(child for child in intro.named_children if child.type == "expression"))
        bodies = [child for child in inner.named_children if child.type == "expression"]
        guard = next((child for child in inner.named_children if child.type == "for_cond"), None)
        if isinstance(items, Unknown) or not isinstance(items, (list, dict)):
            return Unknown("it goes through a list that is not known")
        found: list[list[object]] = []
        before = self.local
        pairs = items.items() if isinstance(items, dict) else enumerate(items)
        for key, item in pairs:
            whole = (Template.of(key) if isinstance(key, str) else key, item)
            self.local = {**before, **dict(zip(names, whole if len(names) == 2 else (item,), strict=False))}
            kept: object = True
            if guard is not None:
                kept = self.scope.decided_by(self.value(guard.named_children[-1]))
            if not isinstance(kept, bool):
                self.local = before
                return Unknown("a condition in it is not known")
            if kept:
                found.append([self.value(body) for body in bodies])
        self.local = before
        if inner.type == "for_tuple_expr":
            return [values[0] for values in found]
        return {as_text(key, "*").pattern: value for key, value in found}


def _number(value: float) -> float:
    """A number that is followed. Raises `ValueError` for a larger one."""
    if not -_LARGEST < value < _LARGEST:
        raise ValueError
    return value


def _either(one: object, other: object) -> object:
    """A value that depends on a condition: lists of the same length keep what they share."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            a if a == b else Template((Hole("*", "it depends on a condition"),))
            for a, b in zip(one, other, strict=True)
        ]
    return Unknown("it depends on a condition")


def _operated(operator: str, left: object, right: object) -> object:
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    if operator in ("&&", "||"):
        sides = [side == "true" if isinstance(side, str) else bool(side) for side in (left, right)]
        return all(sides) if operator == "&&" else any(sides)
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return Unknown("it is worked out by bake")
    if operator in ("/", "%") and right == 0:
        return Unknown("it is worked out by bake")
    known: dict[str, Callable[[Any, Any], float]] = {
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "%": lambda a, b: a % b,
    }
    work = known.get(operator)
    return _number(work(left, right)) if work is not None else Unknown("it is worked out by bake")


def _unescaped(text: str) -> str:
    def change(match: re.Match[str]) -> str:
        if match[0] in ("$${", "%%{"):
            return match[0][1:]
        code = match[1] or match[2]
        return chr(min(int(code, 16), 0x10FFFF)) if code else _LETTERS.get(match[3], match[3])

    return _ESCAPES.sub(change, text) if "\\" in text or "{" in text else text


def as_text(value: object, written: str) -> Template:
    """A value as a string; `written` is shown where it is not known."""
    if isinstance(value, Template):
        return value
    if isinstance(value, bool):
        return Template.of("true" if value else "false")
    if isinstance(value, (int, float)):
        return Template.of(str(int(value)) if float(value).is_integer() else repr(value))
    reason = value.reason if isinstance(value, Unknown) else "it is no text"
    return Template((Hole(written, reason or "it is worked out by bake"),))


# --- functions of bake's library ---


def _string(value: object) -> Template:
    if isinstance(value, Template):
        return value
    if isinstance(value, Unknown):
        return as_text(value, "*")
    raise TypeError


def _plain(scope: Scope, *values: object) -> list[str]:
    """Texts to work with. Raises `ValueError` where one is not known."""
    found = [scope.decided_by(value) for value in values]
    if not all(isinstance(value, str) for value in found):
        raise ValueError
    return [str(value) for value in found]


def _known(scope: Scope, *values: object) -> list[Any]:
    found = [scope.decided_by(value) for value in values]
    if any(isinstance(value, Unknown) for value in found):
        raise ValueError
    return found


def _edited(work: Callable[..., str]) -> Callable[..., object]:
    """A function over texts that are wholly known."""
    return lambda scope, *values: _short(work(*_plain(scope, *values)))


def _short(text: str) -> Template:
    """A text that is followed. Raises `ValueError` for a longer one."""
    if len(text) > _MAX_TEXT:
        raise ValueError
    return Template.of(text)


def _flat(values: object) -> Iterator[object]:
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _compact(scope: Scope, values: list[object]) -> object:
    return [
        value
        for value in values
        if value is not None and not (isinstance(value, Template) and not value.parts)
    ]


def _distinct(scope: Scope, values: list[object]) -> object:
    found: list[object] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _concat(scope: Scope, *lists: list[object]) -> object:
    for each in lists:
        if not isinstance(each, list):
            raise TypeError
    return [item for each in lists for item in each]


def _joined_list(scope: Scope, separator: object, *lists: list[object]) -> object:
    parts: list[Template] = []
    for item in (item for each in lists for item in each):
        parts += (_string(separator), as_text(item, "*")) if parts else (as_text(item, "*"),)
    return join(parts)


def _formatted(scope: Scope, form: object, *values: object) -> object:
    (text,) = _plain(scope, form)
    rest = list(values)
    parts: list[Template] = []
    for piece in re.split(r"(%[sdvq%])", text):
        if piece == "%%":
            parts.append(Template.of("%"))
        elif piece in ("%s", "%d", "%v"):
            parts.append(as_text(rest.pop(0), "*"))
        elif "%" in piece:
            raise ValueError
        else:
            parts.append(Template.of(piece))
    return join(parts)


def _coalesced(scope: Scope, *values: object) -> object:
    for value in values:
        if isinstance(value, Unknown) or (isinstance(value, Template) and value.holes):
            return Unknown("it depends on what is not known")
        if value is not None and scope.decided_by(value) != "":
            return value
    raise ValueError


def _contained(scope: Scope, values: list[object], value: object) -> object:
    (text,) = _known(scope, value)
    return text in _known(scope, *values)


def _length(scope: Scope, values: object) -> object:
    if not isinstance(values, (list, dict)):
        raise TypeError
    return len(values)


def _first_known(scope: Scope, *values: object) -> object:
    return next((value for value in values if not isinstance(value, Unknown)), Unknown("it is not known"))


def _looked_up(scope: Scope, values: dict[str, object], key: object, *default: object) -> object:
    (text,) = _plain(scope, key)
    return values[text] if text in values or not default else default[0]


def _replaced(scope: Scope, text: object, old: object, new: object) -> object:
    old_text, new_text = _plain(scope, old, new)
    if not old_text:
        raise ValueError
    if len(old_text) == 1:
        return _string(text).map(lambda part: part.replace(old_text, new_text))
    (whole,) = _plain(scope, text)
    return _short(whole.replace(old_text, new_text))


def _cut(scope: Scope, separator: object, text: object) -> object:
    (sign,) = _plain(scope, separator)
    if len(sign) == 1:
        return list(_string(text).split(sign))
    (whole,) = _plain(scope, text)
    return [Template.of(piece) for piece in whole.split(sign)]


def _regex_replaced(scope: Scope, text: object, pattern: object, new: object) -> object:
    whole, wanted, written = _plain(scope, text, pattern, new)
    if not is_quick(wanted, whole):  # could take forever here, where RE2 does not
        raise ValueError
    return _short(re.sub(wanted, re.sub(r"\$\{?(\d+)\}?", r"\\\1", written), whole))


def _ranged(numbers: range) -> list[int]:
    if len(numbers) > _MAX_RANGE:
        raise ValueError
    return list(numbers)


def _compared(is_equal: bool) -> Callable[..., object]:
    def work(scope: Scope, one: object, other: object) -> object:
        left, right = _known(scope, one, other)
        return (left == right) is is_equal

    return work


_FUNCTIONS: dict[str, Callable[..., object]] = {
    "lower": lambda scope, text: _string(text).map(str.lower),
    "upper": lambda scope, text: _string(text).map(str.upper),
    "trimspace": lambda scope, text: _string(text).strip(),
    "chomp": _edited(lambda text: text.rstrip("\r\n")),
    "trim": _edited(lambda text, signs: text.strip(signs)),
    "trimprefix": _edited(lambda text, start: text.removeprefix(start)),
    "trimsuffix": _edited(lambda text, end: text.removesuffix(end)),
    "title": _edited(lambda text: text.title()),
    "basename": _edited(lambda text: text.rstrip("/").rpartition("/")[2]),
    "dirname": _edited(lambda text: text.rpartition("/")[0] or "."),
    "replace": _replaced,
    "regex_replace": _regex_replaced,
    "split": _cut,
    "join": _joined_list,
    "format": _formatted,
    "concat": _concat,
    "compact": _compact,
    "distinct": _distinct,
    "flatten": lambda scope, values: list(_flat(values)),
    "sort": lambda scope, values: [Template.of(text) for text in sorted(_plain(scope, *values))],
    "reverselist": lambda scope, values: list(reversed(values)),
    "merge": lambda scope, *maps: {k: v for each in maps for k, v in each.items()},
    "keys": lambda scope, values: [Template.of(key) for key in sorted(values)],
    "values": lambda scope, values: [values[key] for key in sorted(values)],
    "length": _length,
    "strlen": lambda scope, text: len(_plain(scope, text)[0]),
    "substr": lambda scope, text, at, size: Template.of(
        _plain(scope, text)[0][int(at) :][: int(size) if size >= 0 else None]
    ),
    "element": lambda scope, values, at: values[int(at) % len(values)],
    "index": lambda scope, values, at: (
        values[int(at)] if isinstance(values, list) else values[_plain(scope, at)[0]]
    ),
    "lookup": _looked_up,
    "contains": _contained,
    "hasindex": lambda scope, values, key: _known(scope, key)[0] in values,
    "equal": _compared(True),
    "notequal": _compared(False),
    "and": lambda scope, one, other: all(value in (True, "true") for value in _known(scope, one, other)),
    "or": lambda scope, one, other: any(value in (True, "true") for value in _known(scope, one, other)),
    "not": lambda scope, value: _known(scope, value)[0] not in (True, "true"),
    "coalesce": _coalesced,
    "add": lambda scope, one, other: _number(sum(_known(scope, one, other))),
    "tostring": lambda scope, value: as_text(value, "*"),
    "slice": lambda scope, values, start, end: values[int(start) : int(end)],
    "range": lambda scope, *numbers: _ranged(range(*(int(number) for number in numbers))),
    "try": _first_known,
}
