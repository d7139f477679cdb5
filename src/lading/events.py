"""The one place that knows YAML parsers: a text in, a stream of parse events out.

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
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    Made = Mapping[str, Callable[..., None]]


class SyntaxTrouble(Exception):
    """The text is not YAML: what is wrong in plain words, and the offset."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Parser:
    """A parser: its name, the errors it raises, and how it goes through a text.

    `run(text, made)` calls for each event what `made` has under the name of the event's class in PyYAML, with what that
    class is given: `ScalarEvent(anchor, tag, implicit, value, start, end, style)` and so on, the marks with an `index`.
    """

    __slots__ = ("errors", "name", "run")

    def __init__(self, name: str, errors: Any, run: Callable[[str, Made], None]) -> None:
        self.name = name
        self.errors = errors
        self.run = run


def fast_parser() -> Parser | None:
    """libyaml through PyYAML; None where PyYAML came without it."""
    module = c_module()
    if module is None:
        return None

    def run(text: str, made: Made) -> None:
        try:
            parser: Any = module.CParser(text)
        except UnicodeEncodeError as error:
            raise SyntaxTrouble("half a surrogate pair is not allowed in YAML", error.start) from None
        if is_alone():
            _called(module, parser.get_event, made)
        else:
            _asked(iter(parser.get_event, None), made)

    return Parser("libyaml", (module.YAMLError,), run)


def c_module() -> Any:
    """The C module of PyYAML; None where PyYAML came without it."""
    return sys.modules.get("yaml._yaml") or _light_yaml() or _whole_yaml()


def is_alone() -> bool:
    """Does no other thread run, which may parse YAML too?"""
    threading = sys.modules.get("threading")
    return threading is None or threading.active_count() == 1


def _called(module: Any, next_event: Callable[[], Any], made: Made) -> None:
    """What is called stands for the C module's classes of events while a text is parsed.

    Making objects of these, and asking them again what they were given, takes a quarter of the time that a tree takes
    (measured).
    """
    names = vars(module)
    classes = {name: names[name] for name in _EVENTS}
    names.update(dict.fromkeys(_EVENTS, _nothing))
    names.update(made)
    names["StreamEndEvent"] = _the_end
    try:
        while next_event() is not _END:
            pass
    finally:
        names.update(classes)


def _asked(events: Iterable[Any], made: Made) -> None:
    """Each event is asked what it was given."""
    for event in events:
        kind = type(event).__name__
        take = made.get(kind)
        if kind == "StreamEndEvent":
            return
        if take is None:
            continue
        start, end = event.start_mark, event.end_mark
        if kind == "ScalarEvent":
            take(event.anchor, event.tag, event.implicit, event.value, start, end, event.style)
        elif kind == "AliasEvent":
            take(event.anchor, start, end)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            take(event.anchor, event.tag, event.implicit, start, end, event.flow_style)
        else:
            take(start, end)


_EVENTS = (
    "AliasEvent", "DocumentEndEvent", "DocumentStartEvent", "MappingEndEvent", "MappingStartEvent", "ScalarEvent",
    "SequenceEndEvent", "SequenceStartEvent", "StreamEndEvent", "StreamStartEvent",
)  # fmt: skip
_END = object()


def _nothing(*given: Any) -> None:
    """An event of which nobody wants to know."""


def _the_end(*given: Any) -> object:
    return _END


def reference_parser() -> Parser:
    """ruamel.yaml in pure Python."""
    from ruamel.yaml import YAML, error

    def run(text: str, made: Made) -> None:
        def scalar(
            anchor: Any, tag: Any, implicit: Any, value: str, start: Any, end: Any, style: Any
        ) -> None:
            if value and not value.isascii():
                value = _whole_letters(value, start.index)
            take(anchor, tag, implicit, value, start, end, style)

        take = made["ScalarEvent"]
        _asked(YAML(typ="safe", pure=True).parse(text), {**made, "ScalarEvent": scalar})

    return Parser("ruamel.yaml", (error.YAMLError,), run)


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
