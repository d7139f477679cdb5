"""`$NAME` and `${NAME…}` in a Compose value, with the grammar of compose-go's `template/template.go`."""

from __future__ import annotations

from lading import regex as re
from lading.memory import remembered
from lading.models.template import Hole, Template, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_START = re.compile(r"\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{)")
_BRACED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\}|(:?[-+?]))")

_MAX_DEPTH = 20
"""Defaults within defaults; deeper ones are left as holes."""

OF_THE_SHELL = frozenset(("HOME", "USER", "PWD", "PATH", "SHELL", "LOGNAME", "COMPOSE_PROJECT_NAME"))
"""Variables that are set wherever Compose runs, to what cannot be known from the files."""


class InvalidFormat(Exception):
    """A `${` that Compose refuses with `invalid interpolation format`; `start` is its offset in the text."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


class Reference:
    """A variable in a text: `operator` is one of `:-` `-` `:?` `?` `:+` `+` or None, `word` what follows it.

    `start` and `end` are offsets in the text in which it stands.
    """

    __slots__ = ("end", "name", "operator", "start", "text", "word")

    def __init__(self, name: str, operator: str | None, word: str, text: str, start: int) -> None:
        self.name = name
        self.operator = operator
        self.word = word
        self.text = text
        self.start = start
        self.end = start + len(text)

    def __repr__(self) -> str:
        return f"<Reference {self.text}>"


class Environment:
    """What the variables are worth: those of `.env` files and of the configuration, perhaps partly known.

    `is_complete`: there are no others, as where Compose runs; what is not set is blank there.
    """

    __slots__ = ("is_complete", "values")

    def __init__(self, values: Mapping[str, Template] | None = None, *, is_complete: bool = False) -> None:
        self.values = dict(values or {})
        self.is_complete = is_complete

    def beneath(self, values: Mapping[str, Template]) -> Environment:
        """This one, with more values for the names it does not have: the parent's win in an `include`."""
        return Environment({**values, **self.values}, is_complete=self.is_complete)


@remembered(1_000)
def parse(text: str) -> tuple[str | Reference, ...]:
    """Literals (`$$` is `$`) and references in order. Raises `InvalidFormat`. Many rules ask of the same text."""
    parts: list[str | Reference] = []
    at = 0
    while True:
        match = _START.search(text, at)
        if match is None:
            parts.append(text[at:])
            return tuple(parts)
        parts.append(text[at : match.start()])
        at = match.end()
        if match[1]:
            parts.append("$")
        elif match[2]:
            parts.append(Reference(match[2], None, "", match[0], match.start()))
        else:
            reference = _braced(text, match.start())
            parts.append(reference)
            at = reference.end


def _braced(text: str, start: int) -> Reference:
    match = _BRACED.match(text, start + 2)
    if match is None:
        raise InvalidFormat(start)
    if match[2] is None:
        return Reference(match[1], None, "", text[start : match.end()], start)
    close = _closing_brace(text, start + 1)
    if close < match.end():
        raise InvalidFormat(start)
    return Reference(match[1], match[2], text[match.end() : close], text[start : close + 1], start)


def _closing_brace(text: str, start: int) -> int:
    """The `}` that balances the `{` at `start`, else the last one of all, -1 where there is none."""
    close = text.find("}", start)
    if "{" not in text[start + 1 : close]:
        return close  # as of most
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return text.rfind("}", start)


def interpolate(text: str, environment: Environment) -> Template:
    """What a text becomes. A text with an invalid format is one hole; `parse` says where it is wrong."""
    return _interpolate(text, environment, 0)


def _interpolate(text: str, environment: Environment, depth: int) -> Template:
    if "$" not in text:
        return Template.of(text)
    if depth > _MAX_DEPTH:
        return Template((Hole(text, "the defaults are nested too deep"),))
    try:
        parts = parse(text)
    except InvalidFormat:
        return Template((Hole(text, "its interpolation format is invalid"),))
    if len(parts) == 3 and not parts[0] and not parts[2] and isinstance(parts[1], Reference):
        return _evaluate(parts[1], environment, depth)  # a reference and nothing else, as most are
    return join(
        [
            Template.of(part) if isinstance(part, str) else _evaluate(part, environment, depth)
            for part in parts
        ]
    )


def _evaluate(reference: Reference, environment: Environment, depth: int) -> Template:
    value = environment.values.get(reference.name)
    if value is None:
        return _unset(reference, environment, depth)
    operator = reference.operator
    if operator is None:
        return value
    is_present = not operator.startswith(":") or value.literal != ""
    if operator.endswith("+"):
        word = _interpolate(reference.word, environment, depth + 1)
        return word if is_present else Template.of("")
    if is_present:
        return value
    if operator.endswith("-"):
        return _interpolate(reference.word, environment, depth + 1)
    return Template((Hole(reference.text, f"`{reference.name}` is required, and empty in the repository"),))


def _unset(reference: Reference, environment: Environment, depth: int) -> Template:
    """A variable that neither `.env` nor the configuration sets."""
    name, operator = reference.name, reference.operator
    if environment.is_complete:
        return _blank(reference, environment, depth)
    if name in OF_THE_SHELL:
        reason = f"`{name}` is set where Compose runs"
    elif operator is None:
        reason = f"`{name}` is set nowhere in the repository"
    elif operator.endswith("?"):
        reason = f"`{name}` is required, and set nowhere in the repository"
    else:
        condition = (f"unless `{name}` is set",)
        if operator.endswith("+"):
            return Template((), condition)
        default = _interpolate(reference.word, environment, depth + 1)
        return Template(default.parts, condition + default.conditions)
    return Template((Hole(reference.text, reason),))


def _blank(reference: Reference, environment: Environment, depth: int) -> Template:
    """A variable that is certainly not set."""
    operator = reference.operator or "+"
    if operator.endswith("?"):
        return Template((Hole(reference.text, f"`{reference.name}` is required, and not set"),))
    return _interpolate(reference.word, environment, depth + 1) if operator.endswith("-") else Template.of("")


def references(text: str) -> Iterator[Reference]:
    """Every variable in a text, without those in the words of others; none where the format is invalid."""
    if "$" not in text:
        return
    try:
        parts = parse(text)
    except InvalidFormat:
        return
    for part in parts:
        if isinstance(part, Reference):
            yield part


def all_names(text: str, depth: int = 0) -> Iterator[str]:
    """The name of every variable in a text, those in the words of others among them."""
    for reference in references(text):
        yield reference.name
        if depth < _MAX_DEPTH:
            yield from all_names(reference.word, depth + 1)
