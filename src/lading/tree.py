"""YAML as nodes that know where they are.

One parse per file. Aliases stay where they stand, duplicate and merge keys are kept, scalars keep their text and
style: what a text means (`on`, `no`, `0755`) is the reader's business, because Compose, GitHub and our own cards
differ. Positions are offsets in code points.
"""

from __future__ import annotations

from lading.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet
    from typing import Any

    from lading.source import Source

PLAIN = ""
"""The style of a scalar without quotes; the others are `'`, `"`, `|` and `>`."""


CORE = "tag:yaml.org,2002:"
"""What `!!` stands for: `!!str` is the tag `tag:yaml.org,2002:str`."""
BINARY = CORE + "binary"
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
"""The spellings that Compose and GitHub both take for no value."""


class Node:
    """A value in a file. The span leaves out its anchor and tag; `tag` is as written (`!reset`) or None."""

    __slots__ = ("anchor", "end", "source", "start", "tag")

    kind = "node"
    source: Source
    start: int
    end: int
    tag: str | None
    anchor: str | None

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)

    def __repr__(self) -> str:
        line, column = self.source.place(self.start)
        return f"<{type(self).__name__} {self.source.path}:{line}:{column}>"


class Scalar(Node):
    """A text. `style` is `PLAIN`, a quote, `|` or `>`. Whoever makes one fills it: without an `__init__` that takes two
    thirds of the time (measured), and half of all objects are texts."""

    __slots__ = ("style", "text")

    kind = "text"
    text: str
    style: str

    @property
    def is_null(self) -> bool:
        """One of `NULLS`, neither in quotes nor behind a tag."""
        return self.style == PLAIN and self.tag is None and self.text in NULLS

    def inner_span(self, start: int, end: int) -> Span:
        """The place of `text[start:end]` in the file; the whole scalar where it cannot be found there."""
        written = self.source.text
        if self.style == "|":
            return self._block_span(start, end)
        begin = self.start
        if self.style == ">":
            begin = written.find("\n", begin) + 1
        elif self.style:
            begin += 1
        if written[begin : begin + end] == self.text[:end]:
            return Span(self.source, begin + start, begin + end)
        first = _written_at(self.text, start, written, begin, self.style)
        last = _written_at(self.text, end - 1, written, begin, self.style) if end > start else first
        if first is None or last is None or last >= self.end:
            return self.span
        return Span(self.source, first, last + 1)

    def _block_span(self, start: int, end: int) -> Span:
        """Find the line of the block that holds the stretch, by its own text."""
        before = self.text.count("\n", 0, start)
        line_start = self.text.rfind("\n", 0, start) + 1
        line_end = self.text.find("\n", line_start)
        line = self.text[line_start:] if line_end < 0 else self.text[line_start:line_end]
        first = self.source.place(self.start)[0] + 1
        number = first + before
        written = self.source.line(number)
        at = written.find(line) if line else -1
        if at < 0:
            return self.span
        begin = self.source.offset(number) + at + (start - line_start)
        return Span(self.source, begin, min(begin + end - start, begin + len(line) - (start - line_start)))


def scalar_at(node: Node, text: str) -> Scalar:
    """A text without quotes that stands in the place of another node."""
    made = Scalar()
    made.source = node.source
    made.start = node.start
    made.end = node.end
    made.tag = made.anchor = None
    made.text = text
    made.style = PLAIN
    return made


_SPACE = " \t\r\n"
_ESCAPED_SPACE = "\n\r\t nrtN_LP"
_ESCAPES = {"x": 4, "u": 6, "U": 10}


_scanned: tuple[str, str, int, str, list[int]] | None = None
"""The last text that `_places` has gone through, with what it is given: one text may be asked for many places."""


def _written_at(text: str, target: int, written: str, at: int, style: str) -> int | None:
    """Where `text[target]` stands in what is written from `at` on; None where the two differ before."""
    if not text:
        return at
    places = _places(text, written, at, style)
    target = min(target, len(text) - 1)
    return places[target] if target < len(places) else None


def _places(text: str, written: str, at: int, style: str) -> list[int]:
    """Where each letter of a text stands in what is written, folded, quoted and escaped as it may be.

    White space is passed over on both sides, since folding makes other white space of it. Up to where the two differ.
    """
    global _scanned
    known, given = _scanned, (at, style)
    if known is not None and known[0] is text and known[1] is written and known[2:4] == given:
        return known[4]
    places: list[int] = []
    for letter in text:
        if letter in _SPACE:
            places.append(at)
            continue
        while at < len(written) and (
            written[at] in _SPACE
            or (style == '"' and written[at] == "\\" and written[at + 1 : at + 2] in _ESCAPED_SPACE)
        ):
            at += 1 if written[at] in _SPACE else 2
        if style == '"' and written[at : at + 1] == "\\":
            places.append(at)
            at += _ESCAPES.get(written[at + 1 : at + 2], 2)
        elif written[at : at + 1] != letter:
            break
        else:
            places.append(at)
            at += 2 if style == "'" and letter == "'" else 1
    _scanned = (text, written, *given, places)
    return places


class Entry:
    """A key with its value; its span is the key's. Filled by whoever makes it, as a `Scalar`."""

    __slots__ = ("key", "value")

    key: Node
    value: Node

    @property
    def name(self) -> str | None:
        """The key's text; None for a key that is no scalar."""
        key = self.key
        if type(key) is not Scalar:
            key = resolve(key)
        return key.text if type(key) is Scalar else None

    @property
    def source(self) -> Source:
        return self.key.source

    @property
    def start(self) -> int:
        return self.key.start

    @property
    def end(self) -> int:
        return self.key.end

    @property
    def span(self) -> Span:
        return Span(self.key.source, self.key.start, self.key.end)


class Mapping(Node):
    """Keys and values in file order, duplicates and `<<` among them.

    `names` are the entries by name, of two equal names the first, worked out where the reader has not left them.
    """

    __slots__ = ("entries", "flow", "names")

    kind = "mapping"
    end_mark: Any = Node.__dict__["end"]
    """Under the name that PyYAML sets (see `lading.composed`)."""

    def __init__(
        self, source: Source, start: int, end: int, tag: str | None, anchor: str | None, flow: bool
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.flow = flow
        self.entries: list[Entry] = []
        self.names: dict[str, Entry] | None = None

    @property
    def named(self) -> dict[str, Entry]:
        """The entries by name, of two equal names the first."""
        return self.names or self._indexed()

    def entry(self, name: str) -> Entry | None:
        """The first entry of that name; merge keys are not looked through."""
        return (self.names or self._indexed()).get(name)

    def _indexed(self) -> dict[str, Entry]:
        index: dict[str, Entry] = {}
        for entry in self.entries:
            key = entry.key
            if type(key) is not Scalar:
                key = resolve(key)
            if type(key) is Scalar:
                index.setdefault(key.text, entry)
        self.names = index
        return index

    def get(self, name: str) -> Node | None:
        """The value of the first entry of that name, aliases followed."""
        entry = (self.names or self._indexed()).get(name)
        if entry is None:
            return None
        value = entry.value
        return resolve(value) if type(value) is Alias else value

    def scalar(self, name: str) -> Scalar | None:
        """The same where it is a scalar that holds something, else None."""
        entry = (self.names or self._indexed()).get(name)
        if entry is None:
            return None
        value = entry.value
        if type(value) is not Scalar:
            value = resolve(value)
        return value if type(value) is Scalar and not value.is_null else None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


class Sequence(Node):
    """Items in order."""

    __slots__ = ("flow", "items")

    kind = "sequence"
    end_mark: Any = Node.__dict__["end"]
    """Under the name that PyYAML sets (see `lading.composed`)."""

    def __init__(
        self, source: Source, start: int, end: int, tag: str | None, anchor: str | None, flow: bool
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.flow = flow
        self.items: list[Node] = []

    def __iter__(self) -> Iterator[Node]:
        """The items, aliases followed."""
        return (resolve(item) for item in self.items)


class Alias(Node):
    """`*name`, at its own place; `target` is the node that carries the anchor."""

    __slots__ = ("name", "target")

    kind = "alias"

    def __init__(self, source: Source, start: int, end: int, name: str, target: Node) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.tag = None
        self.anchor = None
        self.name = name
        self.target = target


def resolve(node: Node) -> Node:
    """The node itself, or the one that an alias stands for."""
    while isinstance(node, Alias):
        node = node.target
    return node


def text_of(node: Node | None) -> str | None:
    """The text of a scalar (aliases followed), None for anything else and for no value."""
    if node is None:
        return None
    node = resolve(node)
    return node.text if isinstance(node, Scalar) and not node.is_null else None


class Trouble:
    """Something wrong with a file as YAML.

    `kind` is the name of the rule of the family `yaml` that reports it, `span` the place, `related` further places.
    """

    __slots__ = ("kind", "message", "related", "span")

    def __init__(
        self, kind: str, message: str, span: Span, related: tuple[tuple[Span, str], ...] = ()
    ) -> None:
        self.kind = kind
        self.message = message
        self.span = span
        self.related = related


class Comment:
    """A comment: `text` without the `#`, and whether it has the line to itself."""

    __slots__ = ("alone", "line", "span", "text")

    def __init__(self, text: str, line: int, alone: bool, span: Span) -> None:
        self.text = text
        self.line = line
        self.alone = alone
        self.span = span


class Tree:
    """A file's documents, and what is wrong with it as YAML.

    Where a syntax error stops the parser, `documents` is empty: half a file is not judged. `keys` are the texts of
    all keys; `is_escaped`: may a word of a value or key be written otherwise than it reads? `is_regular`: is it known
    that it has no tag, and that every key is a scalar, each once in its mapping? `is_plain`: and no anchor or alias
    either? `aliases` are all of them, in their order, and `node_count` says how many nodes it has where it has one.
    """

    __slots__ = (
        *("_aliases_before", "aliases", "documents", "is_escaped", "is_plain", "is_regular"),
        *("keys", "node_count", "source", "troubles"),
    )

    def __init__(
        self,
        source: Source,
        documents: tuple[Node, ...],
        troubles: tuple[Trouble, ...] = (),
        keys: AbstractSet[str] = frozenset(),
        is_escaped: bool = False,
        is_plain: bool = False,
        is_regular: bool = False,
        aliases: tuple[Alias, ...] = (),
        node_count: int = 0,
    ) -> None:
        self.source = source
        self.documents = documents
        self.troubles = troubles
        self.is_plain = is_plain
        self.is_regular = is_regular or is_plain
        self.keys = keys
        self.is_escaped = is_escaped
        self.aliases = aliases
        self.node_count = node_count
        self._aliases_before: Callable[[int], int] | None = None

    def is_plain_in(self, node: Node) -> bool:
        """Is it known that a value has neither a tag nor an alias in it, and every key a scalar, each once?"""
        if self.is_plain or not self.is_regular:
            return self.is_plain
        if self._aliases_before is None:
            self._aliases_before = _counting([alias.start for alias in self.aliases])
        return self._aliases_before(node.start) == self._aliases_before(node.end)

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def root(self) -> Node | None:
        """The first document, aliases followed; None where there is none."""
        return resolve(self.documents[0]) if self.documents else None

    @property
    def is_sound(self) -> bool:
        """Did the parser reach the end?"""
        return not any(trouble.kind != "duplicate-key" for trouble in self.troubles)

    def may_say(self, words: tuple[str, ...]) -> bool:
        """May one of some words, without white space, stand in a value or key? One that ends with `:` is a key."""
        is_escaped = False
        for word in words:
            if word[-1] == ":":
                if word[:-1] in self.keys:
                    return True
            elif word in self.source.text:
                return True
            else:
                is_escaped = self.is_escaped
        return is_escaped

    def scalars(self) -> Iterator[Scalar]:
        """Every scalar, keys among them, in file order; aliases are not followed."""
        waiting = list(reversed(self.documents))
        while waiting:
            node = waiting.pop()
            if isinstance(node, Scalar):
                yield node
            elif isinstance(node, Sequence):
                waiting += reversed(node.items)
            elif isinstance(node, Mapping):
                for entry in reversed(node.entries):
                    waiting += (entry.value, entry.key)

    def comments(self) -> Iterator[Comment]:
        """Every comment in file order: a `#` at a line's start or after white space, outside every scalar."""
        text = self.source.text
        at = text.find("#")
        covered = [(s.start, s.end) for s in self.scalars() if s.start < s.end] if at >= 0 else []
        index = 0
        while at >= 0:
            while index < len(covered) and covered[index][1] <= at:
                index += 1
            inside = index < len(covered) and covered[index][0] <= at
            if inside:
                at = text.find("#", covered[index][1])
                continue
            line, _ = self.source.place(at)
            start = self.source.offset(line)
            end = start + len(self.source.line(line))
            if at == start or text[at - 1] in " \t":
                alone = not text[start:at].strip()
                yield Comment(text[at + 1 : end].strip(), line, alone, Span(self.source, at, end))
                at = end
            at = text.find("#", at + 1) if at < len(text) else -1


def _counting(starts: list[int]) -> Callable[[int], int]:
    """What counts how many of some places lie before one."""
    from bisect import bisect_left  # which few runs need

    return lambda at: bisect_left(starts, at)


class Ahead:
    """Where a word stands next in a text, for nodes that are asked about in their order: most lie before it."""

    __slots__ = ("_at", "_since", "_text", "_word")

    def __init__(self, text: str, word: str) -> None:
        self._text = text
        self._word = word
        self._since, self._at = 0, -1

    def lies_in(self, node: Node) -> bool:
        if not self._since <= node.start <= self._at:
            at = self._text.find(self._word, node.start)
            self._since, self._at = node.start, at if at >= 0 else len(self._text)
        return self._at < node.end
