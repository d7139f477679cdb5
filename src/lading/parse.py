"""From parse events to the nodes of `lading.tree`, with bounds on depth and number."""

from __future__ import annotations

from lading.events import (
    Parser,
    SyntaxTrouble,
    c_module,
    fast_parser,
    is_alone,
    reference_parser,
    trouble_of,
)
from lading.source import Span, span_of_line
from lading.tree import BINARY, PLAIN, Alias, Entry, Mapping, Node, Scalar, Sequence, Tree, Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.composed import Composer
    from lading.source import Source

MAX_DEPTH = 100
"""Levels of nesting. Compose and GitHub files reach 15; libyaml needs quadratic time beyond."""
MAX_NODES = 1_000_000
"""Nodes in one file; a file of 16 MiB has fewer unless it is made to be large."""
_MANY = 20
"""Texts from which on it pays to load `lading.composed`."""


class _TooMuch(Exception):
    """A bound is reached; carries what and where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Reader:
    """Reads texts as trees with one parser, which is loaded at the first text."""

    def __init__(self, parser: Parser | None = None) -> None:
        self._parser = parser
        self._is_chosen = parser is not None
        self._until_many = _MANY
        self._composer: Composer | None = None

    def read(self, source: Source) -> Tree:
        """The tree of a text; what is wrong with it is in the tree. Never raises for any text."""
        return self._composed(source) or self._read(source)

    def _composed(self, source: Source) -> Tree | None:
        """The tree of one of many plain texts; None where it must be read event by event."""
        if self._until_many:
            self._until_many -= 1
            if self._until_many:
                return None
            self._load_composer()
        return self._composer.read(source) if self._composer is not None and is_alone() else None

    def expect_many(self) -> None:
        """There will be many texts: each is read as one of them from here on."""
        if self._until_many:
            self._until_many = 0
            self._load_composer()

    def _load_composer(self) -> None:
        module = c_module() if not self._is_chosen else None
        if module is not None:
            from lading.composed import Composer

            self._composer = Composer(module, MAX_DEPTH, MAX_NODES // 3, _empty_place)

    def _read(self, source: Source) -> Tree:
        parser = self._choose()
        try:
            return _build(source, parser)
        except _TooMuch as limit:
            return _broken(source, "too-deep-or-large", limit.message, limit.offset)
        except SyntaxTrouble as trouble:
            if self._is_chosen or parser.name == "ruamel.yaml":
                return _broken(source, "syntax-error", trouble.message, trouble.offset)
            return self._second_opinion(source, trouble)

    def _choose(self) -> Parser:
        if self._parser is None:
            self._parser = fast_parser() or reference_parser()
        return self._parser

    def _second_opinion(self, source: Source, trouble: SyntaxTrouble) -> Tree:
        """libyaml refuses some valid text, so the reference has the last word on what is an error."""
        is_deep = _most_open(source.text) > MAX_DEPTH
        if is_deep and _most_open(_without_comments(source.text[: trouble.offset])) > MAX_DEPTH:
            return _broken(source, "too-deep-or-large", _TOO_DEEP, trouble.offset)
        if is_deep or len(source.text) > _SECOND_OPINION_AT_MOST:
            return _broken(source, "syntax-error", trouble.message, trouble.offset)
        try:
            return _build(source, reference_parser())
        except _TooMuch as limit:
            return _broken(source, "too-deep-or-large", limit.message, limit.offset)
        except (SyntaxTrouble, RecursionError, ValueError):
            return _broken(source, "syntax-error", trouble.message, trouble.offset)


_TOO_DEEP = f"the file is nested deeper than {MAX_DEPTH} levels and is not checked"


def _most_open(text: str) -> int:
    """How many brackets are open at once at most, wherever they stand: the reference looks at all at each word."""
    most = depth = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            most = max(most, depth)
        elif letter in "]}" and depth:
            depth -= 1
    return most


def _without_comments(text: str) -> str:
    """What stands before a `#` at the start of a line or behind a blank, even one in quotes."""
    lines = text.split("\n")
    return "\n".join(f" {line}".replace("\t", " ").partition(" #")[0] for line in lines)


_SECOND_OPINION_AT_MOST = 150_000
"""Code points. The reference needs 0.2 s for so much, or 6 s where brackets stand in brackets (measured); a larger file
with an error is judged by libyaml alone."""


def _broken(source: Source, kind: str, message: str, offset: int) -> Tree:
    line, _ = source.place(min(offset, len(source.text)))
    span = Span(source, offset, min(offset + 1, len(source.text)))
    if source.text[offset : offset + 1] in ("", " ", "\r", "\n"):
        whole = span_of_line(source, line)
        span = whole if whole.start < whole.end else span
    return Tree(source, (), (Trouble(kind, message, span),))


def _build(source: Source, parser: Parser) -> Tree:  # noqa: C901 -- one state that all events share
    """One pass over the events, each of which is a call. Raises `SyntaxTrouble` and `_TooMuch`."""
    text = source.text
    documents: list[Node] = []
    troubles: list[Trouble] = []
    anchors: dict[str, Node] = {}
    aliases: list[Alias] = []
    stack: list[tuple[Mapping | Sequence | None, Node | None, list[Entry] | None, list[Node]]] = []
    parent: Mapping | Sequence | None = None
    key: Node | None = None
    entries: list[Entry] | None = None
    """Of the mapping that is read, None where it is a sequence or a document: these take `items`."""
    items: list[Node] = documents
    left = MAX_NODES
    keys: set[str] = set()
    is_escaped = False
    is_regular = True

    def scalar(
        anchor: str | None,
        tag: str | None,
        implicit: Any,
        value: str,
        start_mark: Any,
        end_mark: Any,
        style: str,
    ) -> None:
        nonlocal key, left, is_escaped, is_regular
        start: int = start_mark.index
        end: int = end_mark.index
        if anchor is not None or tag is not None:
            start = _after_properties(text, start)
            end = max(start, end)
            is_regular = is_regular and tag is None
            if tag == BINARY:
                decoded = binary_text(value)
                value = value if decoded is None else decoded
                is_escaped = True
        elif start == end or (not value and not style):
            start = end = _empty_place(text, start, parent, key)
        if style:
            if style == "|" or style == ">":
                end = start + len(text[start:end].rstrip(" \t\r\n"))
            elif style == '"' and not is_escaped:
                is_escaped = text.find("\\", start, end) >= 0
        node = Scalar()
        node.source = source
        node.start = start
        node.end = end
        node.tag = tag
        node.anchor = anchor
        node.text = value
        node.style = style or PLAIN
        left -= 1
        if left < 0 or anchor is not None:
            put(node)
        elif entries is None:
            items.append(node)
        elif key is None:
            key = node
        else:
            entry = Entry()
            entry.key = key
            entry.value = node
            entries.append(entry)
            key = None

    def put(node: Node) -> None:
        nonlocal key
        if left < 0:
            raise _TooMuch(f"the file holds more than {MAX_NODES:,} values and is not checked", node.start)
        if node.anchor is not None:
            anchors[node.anchor] = node
        if entries is None:
            items.append(node)
        elif key is None:
            key = node
        else:
            entry = Entry()
            entry.key = key
            entry.value = node
            entries.append(entry)
            key = None

    def mapping(
        anchor: str | None, tag: str | None, implicit: Any, mark: Any, end_mark: Any, flow: Any
    ) -> None:
        nonlocal entries, items
        node = Mapping(source, mark.index, mark.index, tag, anchor, bool(flow))
        begin(node)
        entries, items = node.entries, []

    def sequence(
        anchor: str | None, tag: str | None, implicit: Any, mark: Any, end_mark: Any, flow: Any
    ) -> None:
        nonlocal entries, items
        node = Sequence(source, mark.index, mark.index, tag, anchor, bool(flow))
        begin(node)
        entries, items = None, node.items

    def begin(node: Mapping | Sequence) -> None:
        nonlocal parent, key, left, is_regular
        if node.anchor is not None or node.tag is not None:
            node.start = node.end = _after_properties(text, node.start)
            is_regular = is_regular and node.tag is None
        left -= 1
        put(node)
        if len(stack) >= MAX_DEPTH:
            raise _TooMuch(_TOO_DEEP, node.start)
        stack.append((parent, key, entries, items))
        parent, key = node, None

    def close(start_mark: Any, end_mark: Any) -> None:
        nonlocal parent, key, entries, items, is_regular
        assert parent is not None
        _close(parent, end_mark)
        if entries:
            is_regular = _keep_index(parent, entries, keys, troubles) and is_regular  # type: ignore[arg-type]
        parent, key, entries, items = stack.pop()

    def alias(name: str, start_mark: Any, end_mark: Any) -> None:
        nonlocal left
        left -= 1
        node = _alias(source, name, start_mark.index, end_mark.index, anchors)
        aliases.append(node)
        put(node)

    try:
        parser.run(
            text,
            {
                "ScalarEvent": scalar,
                "MappingStartEvent": mapping,
                "MappingEndEvent": close,
                "SequenceStartEvent": sequence,
                "SequenceEndEvent": close,
                "AliasEvent": alias,
                "DocumentStartEvent": lambda *_: anchors.clear(),
            },
        )
    except parser.errors as error:
        raise trouble_of(error, text) from None
    return Tree(
        source,
        tuple(documents),
        tuple(troubles),
        keys,
        is_escaped,
        is_regular=is_regular,
        aliases=tuple(aliases),
        node_count=MAX_NODES - left,
    )


def binary_text(written: str) -> str | None:
    """What `!!binary` stands for, an escape more than a type: Compose reads `!!binary aGVsbG8=` as `hello`.

    None for what is no base64 (strict as that of Go, which passes over line ends); bytes that are no UTF-8 become
    U+FFFD.
    """
    from binascii import Error, a2b_base64

    try:
        data = a2b_base64(written.replace("\r", "").replace("\n", "").encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        return None
    return data.decode("utf-8", "replace")


def _close(node: Mapping | Sequence, end_mark: Any) -> None:
    """A flow collection ends at its bracket; a block one with its last child, not at the next token."""
    if node.flow:
        node.end = end_mark.index
    elif isinstance(node, Mapping):
        if node.entries:
            last = node.entries[-1]
            node.end = last.value.end
            if node.end < last.key.end or node.end < node.start:  # an alias, or nothing
                node.end = max(node.start, node.end, last.key.end)
    elif node.items:
        end = node.items[-1].end
        node.end = end if end > node.start else node.start


def _alias(source: Source, name: str, start: int, end: int, anchors: dict[str, Node]) -> Alias:
    target = anchors.get(name)
    if target is None:
        raise SyntaxTrouble(f"the alias `*{name}` has no anchor `&{name}` before it", start)
    return Alias(source, start, end, name, target)


def _keep_index(mapping: Mapping, entries: list[Entry], keys: set[str], troubles: list[Trouble]) -> bool:
    """The entries by name, where each is a text and none is there twice; where not, what is twice is reported."""
    index = {entry.key.text: entry for entry in entries if type(entry.key) is Scalar}
    keys.update(index)
    if len(index) == len(entries):
        mapping.names = index
        return True
    keys.update(name for entry in entries if (name := entry.name) is not None)
    _report_duplicates(mapping, troubles)
    return False


def _report_duplicates(mapping: Mapping, troubles: list[Trouble]) -> None:
    """Of a mapping that Compose resets nobody reads the keys."""
    if mapping.tag == "!reset":
        return
    names = [entry.key.text for entry in mapping.entries if type(entry.key) is Scalar]
    if len(set(names)) == len(names):
        return
    seen: dict[str, Entry] = {}
    for entry in mapping.entries:
        if type(entry.key) is not Scalar:
            continue
        name = entry.key.text
        if name in seen:
            message = f"the key `{name}` is already defined in this mapping"
            troubles.append(
                Trouble("duplicate-key", message, entry.span, ((seen[name].span, "first defined here"),))
            )
        else:
            seen[name] = entry


_BREAKS = "\r\n\x85\u2028\u2029"
"""What ends a line to the parsers, NEL, LS and PS among it, as YAML 1.1 has it."""
_BLANKS = " \t" + _BREAKS


def _after_properties(text: str, at: int) -> int:
    """Behind `&anchor` and `!tag` and the white space and comments that follow them."""
    length = len(text)
    while at < length:
        character = text[at]
        if character in "&!":
            while at < length and text[at] not in _BLANKS:
                at += 1
            last = at
            while at < length and text[at] in " \t":
                at += 1
            if at < length and (text[at] == "#" or text[at] in _BREAKS):
                following = _skip_blank(text, at)
                indent_before = _indent(text, last)
                if _indent(text, following) <= indent_before and text[following : following + 1] not in (
                    "-",
                    "",
                ):
                    return last
                at = following
        else:
            return at
    return at


def _indent(text: str, at: int) -> int:
    """The number of spaces that the line of an offset starts with."""
    start = max(text.rfind(sign, 0, at) for sign in _BREAKS) + 1
    line_end = start
    while text[line_end : line_end + 1] == " ":
        line_end += 1
    return line_end - start


def _skip_blank(text: str, at: int) -> int:
    """Behind white space, line ends and comments."""
    length = len(text)
    while at < length:
        if text[at] in _BLANKS:
            at += 1
        elif text[at] == "#" and (at == 0 or text[at - 1] in _BLANKS):
            while at < length and text[at] not in _BREAKS:
                at += 1
        else:
            break
    return at


def _empty_place(text: str, reported: int, parent: Node | None, key: Node | None) -> int:
    """Where a value that is not written stands: right behind its `:` or `-`.

    The parsers differ here (libyaml: there; ruamel.yaml: at the next token), so the place is worked out.
    """
    if isinstance(parent, Mapping) and key is not None:
        at = key.end
        while at < len(text) and text[at] in _BLANKS:
            at += 1
        return at + 1 if text[at : at + 1] == ":" else key.end
    if isinstance(parent, Sequence) and not parent.flow:
        at = _skip_blank(text, parent.items[-1].end if parent.items else parent.start)
        return at + 1 if text[at : at + 1] == "-" else reported
    return reported
