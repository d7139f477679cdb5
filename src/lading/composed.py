"""Trees of plain texts, as most are, put together by PyYAML's C parser: 0.85 of the time (1,500 workflows).

Of a parser that goes from event to event (`lading.parse`) half of the work is to know where it stands: behind a key, in
a list, how deep. PyYAML's C parser can also compose nodes, of the classes that it finds in its module. While a text is
read ours stand there, so that a text costs one call and a collection another, and what lies in what is found out in C.
What composing cannot tell (anchors and aliases, tags, equal keys, what is wrong with a text) is left to `lading.parse`,
which gives the same tree of every text that is read here: a test shows it.
"""

from __future__ import annotations

from sys import audit

from lading.tree import Entry, Mapping, Scalar, Sequence, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lading.source import Source
    from lading.tree import Node

    EmptyPlace = Callable[[str, int, Node | None, Node | None], int]
    """Where an empty value stands: in this text, found at, in a collection as read so far, behind a key."""

_CLASSES = ("MappingNode", "ScalarNode", "SequenceNode")
_OF_ANCHORS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_WITHIN_TEXTS = _OF_ANCHORS | frozenset("&>=/")
"""Behind these no value begins, and so no anchor."""

_BEFORE_VALUES = frozenset((*":-?[{,", ""))
_FEW = 100


class _Unfit(Exception):
    """There is a tag."""


class Composer:
    """Makes trees with the C module of PyYAML; `deepest` and `longest` are bounds of what is tried here."""

    def __init__(self, module: Any, deepest: int, longest: int, empty_place: EmptyPlace) -> None:
        class Parser(module.CParser):  # type: ignore[misc]
            """For every node it asks three times what its tag may be; these answer in C, and none of ours is called.

            `audit` takes anything and says nothing; where somebody audits it refuses what is no name of an event.
            """

            __slots__ = ()
            descend_resolver = audit
            ascend_resolver = tuple
            resolve = audit

        self._parser: Any = Parser
        self._names = vars(module)
        self._refusals = (_Unfit, TypeError, UnicodeError, module.YAMLError)
        self._deepest = deepest
        self._longest = longest
        self._empty_place = empty_place

    def read(self, source: Source) -> Tree | None:
        """The tree of a text, None where composing does not tell all of it. No other thread may parse meanwhile."""
        text = source.text
        if len(text) > self._longest or _may_anchor(text) or _may_tag(text):
            return None
        new_mapping, new_sequence = Mapping.__new__, Sequence.__new__
        collections: list[Mapping | Sequence] = []
        has_odd = is_escaped = False

        def scalar(tag: str | None, value: str, start_mark: Any, end_mark: Any, style: str) -> Scalar:
            nonlocal has_odd, is_escaped
            if tag is not None:
                raise _Unfit
            node = Scalar()
            node.source = source
            node.start = start_mark.index
            node.end = end_mark.index
            node.tag = None
            node.anchor = None
            node.text = value
            node.style = style
            if style:
                if style == "|" or style == ">":
                    node.end = node.start + len(text[node.start : node.end].rstrip(" \t\r\n"))
                elif style == '"' and not is_escaped:
                    is_escaped = text.find("\\", node.start, node.end) >= 0
            elif not value:
                node.end = node.start
                has_odd = has_odd or not _is_behind_indicator(text, node.start)
            return node

        def mapping(tag: str | None, pairs: Any, start_mark: Any, end_mark: None, flow: bool) -> Mapping:
            start = start_mark.index
            if tag is not None:
                raise _Unfit
            node = new_mapping(Mapping)
            node.source = source
            node.start = start
            node.tag = node.anchor = node.names = None
            node.flow = flow
            node.entries = pairs
            collections.append(node)
            return node

        def sequence(
            tag: str | None, items: list[Node], start_mark: Any, end_mark: None, flow: bool
        ) -> Sequence:
            start = start_mark.index
            if tag is not None:
                raise _Unfit
            node = new_sequence(Sequence)
            node.source = source
            node.start = start
            node.tag = node.anchor = None
            node.flow = flow
            node.items = items
            collections.append(node)
            return node

        names = self._names
        kept = {name: names[name] for name in _CLASSES}
        names.update(ScalarNode=scalar, MappingNode=mapping, SequenceNode=sequence)
        try:
            documents = self._documents(text)
        except self._refusals:
            return None
        finally:
            names.update(kept)
        if len(collections) > self._deepest and _depth(collections) > self._deepest:
            return None
        keys = self._closed(text, collections, has_odd)
        return None if keys is None else Tree(source, documents, (), keys, is_escaped, is_plain=True)

    def _documents(self, text: str) -> tuple[Node, ...]:
        parser = self._parser(text)
        documents = []
        while parser.check_node():
            documents.append(parser.get_node())
        return tuple(documents)

    def _closed(self, text: str, collections: list[Mapping | Sequence], has_odd: bool) -> set[str] | None:
        """Gives mappings their entries and all their ends, the innermost first; their keys.

        None where two keys are equal or one is no text.
        """
        keys: set[str] = set()
        for node in reversed(collections):
            if has_odd:
                self._place_empty(text, node)
            end = node.start
            if isinstance(node, Sequence):
                if node.items and node.items[-1].end > end:
                    end = node.items[-1].end
            elif node.entries:
                pairs: Any = node.entries
                index = {}
                for key, value in pairs:
                    if type(key) is not Scalar:
                        return None
                    entry = Entry()
                    entry.key = key
                    entry.value = value
                    index[key.text] = entry
                if len(index) != len(pairs):
                    return None
                node.entries = list(index.values())
                node.names = index
                keys.update(index)
                if key.end > end:
                    end = key.end
                if value.end > end:
                    end = value.end
            mark: Any = node.end
            node.end = mark.index if node.flow else end
        return keys

    def _place_empty(self, text: str, node: Mapping | Sequence) -> None:
        """Puts the empty values of a collection behind the `:` or `-` that they belong to."""
        if isinstance(node, Sequence):
            items, node.items = node.items, []
            for item in items:
                if _is_empty(item):
                    item.start = item.end = self._empty_place(text, item.start, node, None)
                node.items.append(item)
        else:
            pairs: Any = node.entries
            for key, value in pairs:
                if _is_empty(value):
                    value.start = value.end = self._empty_place(text, value.start, node, key)


def _is_behind_indicator(text: str, at: int) -> bool:
    """Is it certain that an empty value stands where it belongs, right behind `-` or the `:` of a key on its line?"""
    before = text[at - 1 : at]
    return before == "-" or (before == ":" and not text[max(at - 2, 0) : at - 1].isspace() and at > 1)


def _is_empty(node: Node) -> bool:
    return type(node) is Scalar and not node.text and not node.style


def _may_anchor(text: str) -> bool:
    """May `&` and a letter stand in it where a value begins?"""
    at = text.find("&")
    while at >= 0:
        if text[at + 1 : at + 2] in _OF_ANCHORS and text[at - 1 : at] not in _WITHIN_TEXTS:
            return True
        at = text.find("&", at + 1)
    return False


def _may_tag(text: str) -> bool:
    """May `!`, the tag that says no more, stand in it where a value begins?"""
    at = text.find("!")
    while at >= 0:
        after = text[at + 1 : at + 2]
        if after in (",", "<", "") or after.isspace():
            before = text[max(at - _FEW, 0) : at].rstrip(" \t")[-1:]
            if before in _BEFORE_VALUES or before.isspace():
                return True
        at = text.find("!", at + 1)
    return False


def _depth(collections: list[Mapping | Sequence]) -> int:
    """How many of them, in the order of their beginnings, lie in each other at most; their ends are still marks."""
    deepest = 0
    around: list[Any] = []
    for node in collections:
        while around and around[-1].end.index <= node.start:
            around.pop()
        around.append(node)
        deepest = max(deepest, len(around))
    return deepest
