"""The one place that knows YAML parsers: a text in, a stream of parse events out, as plain values.

Two parsers give the same events. libyaml through PyYAML's C parser is 25 times as fast; ruamel.yaml's pure one is
the reference, the second opinion on every syntax error (libyaml refuses `[::1]` and other valid flow scalars) and
the fallback where PyYAML was built without libyaml. ruamel's own C parsers embed libyaml 0.1.7, which refuses
`[8080:80]`, and are not used.
"""

from __future__ import annotations

import sys

from lading.light import package_alone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class SyntaxTrouble(Exception):
    """The text is not YAML: what is wrong in plain words, and the offset."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


SCALAR, MAPPING, SEQUENCE, END, ALIAS, DOCUMENT, STREAM_END = range(7)
"""The first value of an event. Behind it stand:

- of a scalar its text, style ("" for none), start, end, anchor and tag
- of the start of a mapping or sequence the start, end, anchor, tag, and whether it is in brackets
- of the end of one its end; of an alias its start, end and name
"""


class Parser:
    """How to start a parser on a text, and to end it.

    `open(text)` gives a function that returns the next event; it raises one of `errors`. `close()` is called when
    nothing more is asked of it.
    """

    __slots__ = ("close", "errors", "name", "open")

    def __init__(
        self, name: str, errors: Any, open: Callable[[str], Callable[[], Any]], close: Callable[[], None]
    ) -> None:
        self.name = name
        self.errors = errors
        self.open = open
        self.close = close


def _scalar(
    anchor: str | None,
    tag: str | None,
    implicit: object,
    value: str,
    start: Any,
    end: Any,
    style: str | None = None,
) -> tuple[Any, ...]:
    return (SCALAR, value, style or "", start.index, end.index, anchor, tag)


def _mapping(
    anchor: str | None, tag: str | None, implicit: object, start: Any, end: Any, flow: object = None
) -> tuple[Any, ...]:
    return (MAPPING, start.index, end.index, anchor, tag, bool(flow))


def _sequence(
    anchor: str | None, tag: str | None, implicit: object, start: Any, end: Any, flow: object = None
) -> tuple[Any, ...]:
    return (SEQUENCE, start.index, end.index, anchor, tag, bool(flow))


def _end(start: Any, end: Any) -> tuple[Any, ...]:
    return (END, end.index)


def _alias(anchor: str, start: Any, end: Any) -> tuple[Any, ...]:
    return (ALIAS, start.index, end.index, anchor)


def _document(*values: object) -> tuple[Any, ...]:
    return (DOCUMENT,)


def _stream_end(*values: object) -> tuple[Any, ...]:
    return (STREAM_END,)


_MAKERS: dict[str, Callable[..., tuple[Any, ...]]] = {
    "AliasEvent": _alias,
    "DocumentEndEvent": _document,
    "DocumentStartEvent": _document,
    "MappingEndEvent": _end,
    "MappingStartEvent": _mapping,
    "ScalarEvent": _scalar,
    "SequenceEndEvent": _end,
    "SequenceStartEvent": _sequence,
    "StreamEndEvent": _stream_end,
    "StreamStartEvent": _document,
}
"""What makes an event of the values that PyYAML gives to the class of that name."""


def fast_parser() -> Parser | None:
    """libyaml through PyYAML; None where PyYAML came without it.

    While a text is read, the C module makes our plain values where it makes objects of its classes otherwise: a third
    of what parsing takes (measured). Nothing else runs meanwhile, and afterwards the module is as it was.
    """
    module = sys.modules.get("yaml._yaml") or _light_yaml() or _whole_yaml()
    if module is None:
        return None
    names = vars(module)
    classes = {name: names[name] for name in _MAKERS}

    def open_text(text: str) -> Callable[[], Any]:
        try:
            parser: Any = module.CParser(text)
        except UnicodeEncodeError as error:
            raise SyntaxTrouble("half a surrogate pair is not allowed in YAML", error.start) from None
        names.update(_MAKERS)
        get_event: Callable[[], Any] = parser.get_event
        return get_event

    # The C module's own name: whatever else became of the package, this is the class that it raises.
    return Parser("libyaml", (module.YAMLError,), open_text, lambda: names.update(classes))


def reference_parser() -> Parser:
    """ruamel.yaml in pure Python."""
    from ruamel.yaml import YAML, error

    def open_text(text: str) -> Any:
        next_event = iter(YAML(typ="safe", pure=True).parse(text)).__next__
        return lambda: _plain(next_event())

    return Parser("ruamel.yaml", (error.YAMLError, StopIteration), open_text, lambda: None)


def _plain(event: Any) -> tuple[Any, ...]:
    """An event of ruamel.yaml as plain values."""
    name, start, end = type(event).__name__, event.start_mark, event.end_mark
    make = _MAKERS[name]
    if name == "ScalarEvent":
        value = event.value
        if value and not value.isascii():
            value = _whole_letters(value, start.index)
        return make(event.anchor, event.tag, None, value, start, end, event.style)
    if name in ("MappingStartEvent", "SequenceStartEvent"):
        return make(event.anchor, event.tag, None, start, end, event.flow_style)
    return make(event.anchor, start, end) if name == "AliasEvent" else make(start, end)


def _whole_letters(value: str, offset: int) -> str:
    """Two escapes that are a surrogate pair (`"\\ud83d\\ude00"`, as JSON has it) as one letter; half a pair is none."""
    try:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise SyntaxTrouble("this escape is no valid character", offset) from None


def trouble_of(error: Any, text: str) -> SyntaxTrouble:
    """A parser's error as a place and plain words."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        # A reader error: a character that YAML does not allow. Its position counts bytes in one parser, letters in the
        # other; it is the first of its kind.
        character = getattr(error, "character", None)
        code = f"U+{character:04X}" if isinstance(character, int) else "a character"
        found = text.find(chr(character)) if isinstance(character, int) else -1
        return SyntaxTrouble(f"{code} is not allowed in YAML", max(found, 0))
    problem = str(error.problem or "not valid YAML")
    context_mark = error.context_mark
    if context_mark is not None and "end of stream" in problem:
        return SyntaxTrouble("this quote or bracket is never closed", context_mark.index)
    if not text[mark.index :].strip():
        at_end = max(len(text.rstrip()) - 1, 0)
        if "flow" in str(error.context):
            return SyntaxTrouble("a `[` or `{` is never closed", at_end)
        return SyntaxTrouble(_plain_words(problem, error.context, text, mark.index), at_end)
    message = _plain_words(problem, error.context, text, mark.index)
    return SyntaxTrouble(message, mark.index)


_WORDS = (
    (
        "found character that cannot start any token",
        "this character cannot start a value; put the value in quotes",
    ),
    ("found a tab character", "a tab is used for indentation; YAML allows only spaces"),
    (
        "mapping values are not allowed",
        "a `:` is not allowed here; the line before may lack one, or the value needs quotes",
    ),
    ("could not find expected ':'", "the line is neither `key: value` nor the continuation of a value"),
    (
        "did not find expected key",
        "this line does not fit the mapping above it; look at its indentation and quotes",
    ),
    (
        "did not find expected '-' indicator",
        "this line does not fit the list above it; look at its indentation",
    ),
    ("did not find expected ',' or ']'", "a `[` is not closed, or a comma is missing"),
    ("did not find expected ',' or '}'", "a `{` is not closed, or a comma is missing"),
    ("did not find expected node content", "a value is missing here, or it needs quotes"),
    (
        "did not find expected alphabetic or numeric character",
        "a `*` or `&` starts an alias or anchor; put the value in quotes",
    ),
    ("did not find expected <document start>", "this text stands after the end of the document"),
    (
        "found unknown escape character",
        "this escape is not known in double quotes; write `\\\\` or use single quotes",
    ),
    ("block sequence entries are not allowed", "a list cannot start here; put it on a line of its own"),
    ("block mapping entries", "a mapping cannot start here; put it on a line of its own"),
    ("found invalid Unicode character", "this escape is no valid character"),
    ("control characters are not allowed", "a control character is not allowed in YAML"),
    ("found duplicate anchor", "this anchor is declared twice"),
)


def _plain_words(problem: str, context: object, text: str, offset: int) -> str:
    if "token" in problem and text[offset : offset + 1] == "\t":
        return "a tab is used for indentation; YAML allows only spaces"
    if "token" in problem and text[offset : offset + 1] in "%@`":
        return f"a value cannot start with `{text[offset]}`; put it in quotes"
    for start, words in _WORDS:
        if problem.startswith(start):
            return words
    return f"{problem} ({context})" if context else problem


def _light_yaml() -> Any:
    """PyYAML's C parser without the rest of PyYAML (see `lading.light`).

    The C module itself needs the exception classes of the pure ones, for which their bases stand, three small modules,
    which are the real ones, and the classes of tokens, which only a scanner asks for: they are made when it does.
    Making them all takes a fortieth of a small run (measured).
    """
    if "yaml" in sys.modules:
        return None
    package = package_alone("yaml")
    if package is None:
        return None
    stand_ins = {"yaml": package}
    try:
        sys.modules["yaml"] = package
        import yaml.error
        import yaml.events
        import yaml.nodes

        reader_error = type("ReaderError", (yaml.error.YAMLError,), {"__init__": _reader_error})
        names: dict[str, dict[str, Any]] = {"tokens": {name: _token(name) for name in _TOKENS}}
        names |= {module: {error: yaml.error.MarkedYAMLError} for module, error in _MARKED}
        names |= {module: {error: yaml.error.YAMLError} for module, error in _UNMARKED}
        names["reader"] = {"ReaderError": reader_error}
        for name, content in names.items():
            module = stand_ins[f"yaml.{name}"] = type(sys)(f"yaml.{name}")
            vars(module).update(content)
            setattr(package, name, module)
            sys.modules[f"yaml.{name}"] = module
        import yaml._yaml as c_module
    except Exception:
        c_module = None
        for name in ("yaml._yaml", "yaml.error", "yaml.events", "yaml.nodes"):
            sys.modules.pop(name, None)
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
    return c_module


_MARKED = (
    ("scanner", "ScannerError"),
    ("parser", "ParserError"),
    ("composer", "ComposerError"),
    ("constructor", "ConstructorError"),
)
_UNMARKED = (
    ("emitter", "EmitterError"),
    ("serializer", "SerializerError"),
    ("representer", "RepresenterError"),
)
_TOKENS = (
    "AliasToken", "AnchorToken", "BlockEndToken", "BlockEntryToken", "BlockMappingStartToken",
    "BlockSequenceStartToken", "DirectiveToken", "DocumentEndToken", "DocumentStartToken", "FlowEntryToken",
    "FlowMappingEndToken", "FlowMappingStartToken", "FlowSequenceEndToken", "FlowSequenceStartToken", "KeyToken",
    "ScalarToken", "StreamEndToken", "StreamStartToken", "TagToken", "Token", "ValueToken",
)  # fmt: skip


def _token(name: str) -> Callable[..., Any]:
    """What stands for a class of tokens until the first one is made."""
    return lambda *values: getattr(__import__("yaml.tokens", fromlist=[name]), name)(*values)


def _reader_error(self: Any, name: str, position: int, character: int, encoding: str, reason: str) -> None:
    """What `yaml.reader.ReaderError` keeps."""
    self.name, self.position, self.character, self.encoding, self.reason = (
        name,
        position,
        character,
        encoding,
        reason,
    )


def _whole_yaml() -> Any:
    try:
        import yaml._yaml as c_module
    except ImportError:
        return None
    return c_module
