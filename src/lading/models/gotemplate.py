"""Templates of Go (`{{ .Env.NAME }}`, `{{ if … }}…{{ end }}`) evaluated to partly known texts.

Sources: pkg.go.dev/text/template; the functions are those of goreleaser's "Name templates".
"""

from __future__ import annotations

from lading import regex as re
from lading.models.expressions import Unknown
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ACTION = re.compile(
    r"(?<!\s)(\s*+)\{\{-(?=\s)(.*?)(?:(?<=\s)-\}\}(\s*)|\}\})|\{\{(.*?)(?:(?<=\s)-\}\}(\s*)|\}\})", re.DOTALL
)
_TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|`[^`]*`|\||\(|\)|(?:\.[A-Za-z_]\w*)+|\.|\$?[A-Za-z_]\w*|-?\d+|:?=)'
)
_MAX_DEPTH = 30
_MAX_ACTION = 2_000
"""Code points between two pairs of braces; what is written by hand has less than a hundred."""


class Rendered:
    """What a template comes to, and is it sure that it does: no condition in it is open."""

    __slots__ = ("is_certain", "text")

    def __init__(self, text: Template, is_certain: bool) -> None:
        self.text = text
        self.is_certain = is_certain


def rendered(text: str, fields: Mapping[str, object]) -> Rendered:
    """A text with its actions carried out; `fields` is what `.` has: texts, and mappings such as `Env`."""
    if "{{" not in text:
        return Rendered(Template.of(text), True)
    work = _Work(text, fields)
    parts = work.block()
    whole = join(parts)
    return Rendered(Template(whole.parts, (*whole.conditions, *work.conditions)), work.is_certain)


class _Work:
    """One template on its way."""

    def __init__(self, text: str, fields: Mapping[str, object]) -> None:
        self.fields = fields
        self.pieces = _pieces(text)
        self.at = 0
        self.depth = 0
        self.is_certain = True
        self.conditions: dict[str, None] = {}

    def block(self) -> list[Template]:
        """Everything up to `end` or `else`, which is left standing."""
        parts: list[Template] = []
        while self.at < len(self.pieces):
            is_action, text = self.pieces[self.at]
            word = text.split(None, 1)[0] if is_action and text.split() else ""
            if word in ("end", "else"):
                break
            self.at += 1
            if not is_action:
                parts.append(Template.of(text))
            elif word in ("if", "with", "range", "block", "define"):
                parts += self._branches(word, text[len(word) :])
            elif not text.startswith("/*"):
                parts.append(_text(self._value(text), f"{{{{ {text} }}}}"))
        return parts

    def _branches(self, word: str, condition: str) -> list[Template]:
        """`if … else if … else … end`: the way that is taken; where that is open, the first, not for certain."""
        taken: list[Template] | None = None
        is_open = False
        while True:
            truth = self._truth(condition) if word == "if" else None
            self.depth += 1
            parts = self.block() if self.depth < _MAX_DEPTH else []
            self.depth -= 1
            if taken is None and truth is not False:
                taken = parts
                is_open = truth is None
            text = self.pieces[self.at][1] if self.at < len(self.pieces) else "end"
            self.at += 1
            rest = text[4:].strip() if text.startswith("else") else None
            if rest is None:
                break
            word, condition = ("if", rest[2:]) if rest.startswith("if") else ("if", "true")
        self.is_certain = self.is_certain and not is_open
        return taken or []

    def _truth(self, condition: str) -> bool | None:
        value = self._value(condition)
        if isinstance(value, Template):
            self.conditions |= dict.fromkeys(value.conditions)
            return None if value.literal is None else bool(value.literal)
        return value if isinstance(value, bool) else None

    def _value(self, text: str) -> object:
        if len(text) > _MAX_ACTION:
            return Unknown("goreleaser works it out")
        tokens = [match[1] for match in _TOKEN.finditer(text)]
        if "".join(tokens) != re.sub(r"\s+", "", text) and not re.search(r'["`]', text):
            return Unknown("goreleaser works it out")
        if tokens.count("(") > _MAX_DEPTH:
            return Unknown("goreleaser works it out")
        return _Pipeline(tokens, self).value()


def _pieces(text: str) -> list[tuple[bool, str]]:
    """(is an action, text) in order; `{{-` and `-}}` take the white space beside them."""
    pieces: list[tuple[bool, str]] = []
    at = 0
    for match in _ACTION.finditer(text, 0, text.rfind("}}") + 2):  # what is never closed is not looked for
        before = text[at : match.start()]
        if before:
            pieces.append((False, before))
        pieces.append((True, (match[2] if match[2] is not None else match[4]).strip()))
        at = match.end()
    if text[at:]:
        pieces.append((False, text[at:]))
    return pieces


class _Pipeline:
    """`function argument | function`."""

    def __init__(self, tokens: list[str], work: _Work) -> None:
        self.tokens = tokens
        self.work = work
        self.at = 0

    def value(self) -> object:
        """The value of what is left, up to a closing bracket."""
        value = self._command([])
        while self._peek() == "|":
            self.at += 1
            value = self._command([value])
        return value

    def _peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _command(self, piped: list[object]) -> object:
        arguments: list[object] = []
        name: str | None = None
        while (token := self._peek()) is not None and token not in ("|", ")"):
            self.at += 1
            if token == "(":
                arguments.append(self.value())
                self.at += 1
            elif re.fullmatch(r"[A-Za-z_]\w*", token) and token not in ("true", "false") and name is None:
                if arguments:
                    return Unknown("goreleaser works it out")
                name = token
            else:
                arguments.append(self._operand(token))
        arguments += piped
        if name is not None:
            return _called(name, arguments, self.work)
        return arguments[0] if len(arguments) == 1 else Unknown("goreleaser works it out")

    def _operand(self, token: str) -> object:
        if token[0] in '"`':
            return Template.of(re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] == '"' else token[1:-1])
        if token in ("true", "false"):
            return token == "true"
        if token.lstrip("-").isdigit():
            return Template.of(token)
        if not token.startswith("."):
            return Unknown("goreleaser works it out")
        value: object = self.work.fields
        for name in token.split(".")[1:] if token != "." else ():
            value = _member(value, name)
        return value


def _member(value: object, name: str) -> object:
    if not isinstance(value, dict):
        return value if isinstance(value, Unknown) else Unknown("goreleaser works it out")
    return value.get(name, Unknown(f"`{name}` is known when it runs"))


def _called(name: str, arguments: list[object], work: _Work) -> object:
    known = _FUNCTIONS.get(name)
    if name in ("isEnvSet", "envOrDefault") or (name == "index" and len(arguments) == 2):
        return _of_environment(name, arguments, work)
    if known is None or not arguments:
        return Unknown(f"`{name}` is worked out by goreleaser")
    try:
        return known(*arguments)
    except (TypeError, ValueError, AttributeError):
        return Unknown(f"`{name}` is worked out by goreleaser")


def _of_environment(name: str, arguments: list[object], work: _Work) -> object:
    """A variable that need not be set: empty, or its default, unless it is."""
    environment = work.fields.get("Env")
    key = arguments[1] if name == "index" and len(arguments) == 2 else arguments[0] if arguments else None
    if name == "index" and arguments[0] is not environment:
        return Unknown("goreleaser works it out")
    text = key.literal if isinstance(key, Template) else None
    if text is None or not isinstance(environment, dict):
        return Unknown("goreleaser works it out")
    condition = f"unless `{text}` is set"
    given = environment.get(text)
    if name == "isEnvSet":
        if given is None:
            work.conditions[condition] = None
            return False
        return _not_empty(given)
    if given is not None:
        return given
    default = arguments[1] if name == "envOrDefault" and len(arguments) == 2 else Template(())
    if not isinstance(default, Template):
        return Unknown("goreleaser works it out")
    return Template(default.parts, (*default.conditions, condition))


def _not_empty(value: object) -> object:
    if isinstance(value, Template) and value.literal is not None:
        return bool(value.literal)
    return value if isinstance(value, bool) else Unknown("it is known when it runs")


def _string(value: object) -> Template:
    if isinstance(value, Template):
        return value
    raise TypeError


def _plain(value: object) -> str:
    text = _string(value).literal
    if text is None or _string(value).conditions:
        raise ValueError
    return text


def _all(values: tuple[object, ...], is_and: bool) -> object:
    truths = [_not_empty(value) for value in values]
    if (not is_and) in truths:
        return not is_and
    return is_and if all(isinstance(truth, bool) for truth in truths) else Unknown("it is known when it runs")


def _negated(value: object) -> object:
    truth = _not_empty(value)
    if isinstance(value, Template) and value.conditions and isinstance(truth, bool):
        return Template((() if truth else ("true",)), value.conditions)
    return not truth if isinstance(truth, bool) else truth


def _equal(one: object, other: object) -> object:
    return _plain(one) == _plain(other)


_FUNCTIONS: dict[str, Callable[..., object]] = {
    "tolower": lambda text: _string(text).map(str.lower),
    "lower": lambda text: _string(text).map(str.lower),
    "toupper": lambda text: _string(text).map(str.upper),
    "trim": lambda text: _string(text).strip(),
    "trimprefix": lambda text, start: Template.of(_plain(text).removeprefix(_plain(start))),
    "trimsuffix": lambda text, end: Template.of(_plain(text).removesuffix(_plain(end))),
    "replace": lambda text, old, new: Template((_plain(text).replace(_plain(old), _plain(new)),)),
    "print": lambda *values: join(_string(value) for value in values),
    "eq": _equal,
    "ne": lambda one, other: not _equal(one, other),
    "not": _negated,
    "and": lambda *values: _all(values, True),
    "or": lambda *values: _all(values, False),
}


def _text(value: object, written: str) -> Template:
    if isinstance(value, Template):
        return value
    if isinstance(value, bool):
        return Template.of("true" if value else "false")
    reason = value.reason if isinstance(value, Unknown) else "it is no text"
    return Template((Hole(written, reason),))
