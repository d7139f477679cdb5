"""What Compose cannot take in a YAML file before it looks at what it says: odd keys, odd merges, too many aliases."""

from __future__ import annotations

from lading import regex as re
from lading.models.compose.interpolation import InvalidFormat, parse
from lading.models.compose.project import LoadTrouble
from lading.models.compose.scalars import Timestamp, is_merge_key, may_be_escaped, misread, typed
from lading.models.compose.values import MAX_VISITS
from lading.tree import CORE, PLAIN, Alias, Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from lading.tree import Entry, Node, Tree

_MAY_BE_NO_TEXT = frozenset("0123456789.+-~nNtTfF")
"""How a plain scalar begins that is perhaps no text."""
_MAY_BE_ODD = _MAY_BE_NO_TEXT | {"", "<"}
_LETTERS = frozenset("nNtTfF")
_WORDS = frozenset(("null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"))
"""All that begins with one of those letters and is no text, where it has no tag."""


def faults(tree: Tree, said: set[str]) -> Iterator[LoadTrouble]:
    """Every such place of a file, in its order; aliases are not followed.

    On the way the names of all keys, and all tags of values, go into `said`.
    """
    text = tree.source.text
    # Few files have to be looked through for a `${` that cannot be read, text by text.
    has_odd_texts = may_be_escaped(text) or _ODD_REFERENCE.search(text) is not None
    if tree.is_plain and not has_odd_texts and _are_plain(tree.keys):
        said |= tree.keys  # as of most files: nothing has to be looked for
        return
    waiting: list[Node] = list(reversed(tree.documents))
    while waiting:
        node = waiting.pop()
        if node.tag is not None:
            said.add(node.tag)
            if node.tag == "!reset":  # Compose drops it before it looks
                said.update(_keys_below(node))
                continue
            if type(node) is Scalar:
                yield from _of_tag(node)
        if type(node) is Mapping:
            names = node.named
            said.update(names)
            below = [entry.value for entry in reversed(node.entries)]
            if len(names) < len(below) or not _are_plain(names.keys()):
                for entry in node.entries:
                    key = entry.key
                    if type(key) is not Scalar or key.text[:1] in _MAY_BE_ODD:
                        yield from _of_entry(entry)
            waiting += below if has_odd_texts else _but_plain_texts(below)
        elif type(node) is Sequence:
            waiting += reversed(node.items) if has_odd_texts else _but_plain_texts(node.items[::-1])
        elif has_odd_texts and type(node) is Scalar and "${" in node.text:
            yield from _of_text(node)
    if not tree.is_plain and "*" in text and "&" in text:
        yield from _of_aliases(tree)


_ODD_REFERENCE = re.compile(r"\$\{(?![A-Za-z_][A-Za-z0-9_]*(?:\}|:?[-+?][\w./:@+=*~-]*\}))")
"""A `${` that is not plainly right: what is taken for right holds nothing that could end a text in YAML."""


_plain_keys: set[str] = set()
"""Keys that are plain, as far as they were met: most files have the same ones."""
_MOST_KEYS = 10_000


def _are_plain(keys: Set[str]) -> bool:
    """Is every key a text that is not `<<`?"""
    new = keys - _plain_keys
    if any(map(_may_be_odd, new)):
        return False
    if len(_plain_keys) < _MOST_KEYS:
        _plain_keys.update(new)
    return True


def _may_be_odd(key: str) -> bool:
    """May a key be no text, or `<<`?"""
    start = key[:1]
    return start in _MAY_BE_ODD and (start not in _LETTERS or key in _WORDS)


def _but_plain_texts(nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if type(node) is not Scalar or node.tag is not None]


def _keys_below(node: Node) -> Iterator[str]:
    """The names of all keys in a value: an alias elsewhere may stand for a part of it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        waiting += _children(node)
        if type(node) is Mapping:
            yield from node.named


def _of_entry(entry: Entry) -> Iterator[LoadTrouble]:
    key = entry.key
    if type(key) is Scalar:
        text = key.text
        if text[:1] in _LETTERS and text not in _WORDS and key.tag is None:
            return
        if key.tag is not None:
            yield from _of_tag(key)
        if text == "<<" and is_merge_key(key):
            yield from _of_merge(entry)
            return
        if (key.style != PLAIN and key.tag is None) or (text and text[0] not in _MAY_BE_NO_TEXT):
            return
    target = resolve(key)
    if not isinstance(target, Scalar):
        kind = "a list" if isinstance(target, Sequence) else "a mapping"
        yield LoadTrouble("key-that-is-no-text", key, f"the key is {kind}; a key is a text")
        return
    what = _no_text(target)
    if what is not None:
        message = f"the key `{target.text}` is {what}; a key is a text"
        yield LoadTrouble("key-that-is-no-text", key, message, help=f'Write it in quotes: `"{target.text}"`.')


def _of_tag(scalar: Scalar) -> Iterator[LoadTrouble]:
    """A tag such as `!!int` that the text behind it does not fit."""
    what = misread(scalar)
    if what is not None:
        tag = f"!!{(scalar.tag or '').removeprefix(CORE)}"
        shown = " ".join(scalar.text.split())
        message = f"`{shown}` is {what}: it stands behind the tag `{tag}`"
        yield LoadTrouble("invalid-tag", scalar, message)


def _no_text(scalar: Scalar) -> str | None:
    """What a scalar is to go-yaml when it is no text."""
    value = typed(scalar)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, Timestamp):
        return "a date"
    return None if isinstance(value, str) else "a number"


def _of_merge(entry: Entry) -> Iterator[LoadTrouble]:
    """`<<` takes a mapping or a list of mappings."""
    value = resolve(entry.value)
    for each in value.items if isinstance(value, Sequence) else (entry.value,):
        given = resolve(each)
        if not isinstance(given, Mapping):
            kind = "nothing" if isinstance(given, Scalar) and given.is_null else f"a {given.kind}"
            message = f"the merge key `<<` is given {kind}; it takes a mapping or a list of mappings"
            yield LoadTrouble("merge-of-no-mapping", each, message)


def _of_text(scalar: Scalar) -> Iterator[LoadTrouble]:
    """A `${` that cannot be read stops Compose anywhere in a file, even in an extension."""
    try:
        parse(scalar.text)
    except InvalidFormat as problem:
        end = _end_of(scalar.text, problem.start)
        yield LoadTrouble(
            "invalid-interpolation",
            scalar.inner_span(problem.start, end),
            f"`{scalar.text[problem.start : end]}` is no valid interpolation; "
            "a `$` that is meant literally is written `$$`",
            scalar=(scalar, problem.start),
        )


def _end_of(text: str, start: int) -> int:
    """Up to the brace, the white space or twenty characters on: enough to recognise it."""
    for at in range(start + 2, min(len(text), start + 40)):
        if text[at] == "}":
            return at + 1
        if text[at].isspace():
            return at
    return min(len(text), start + 40)


def _of_aliases(tree: Tree) -> Iterator[LoadTrouble]:
    """An alias within what it stands for, and aliases that blow a file up beyond what Compose visits."""
    if not _may_blow_up(tree):
        return
    sizes: dict[int, int] = {}
    for document in tree.documents:
        loop = _measure(document, sizes)
        if loop is not None:
            message = f"the alias `*{loop.name}` stands inside of what it stands for"
            yield LoadTrouble("alias-without-end", loop, message, ((loop.target, "what it stands for"),))
        elif sizes.get(id(document), 1) > MAX_VISITS:
            message = (
                f"with its aliases written out this file has {sizes[id(document)]:,} values; "
                f"Compose reads {MAX_VISITS:,}"
            )
            yield LoadTrouble("alias-without-end", _first_alias(document), message)


def _may_blow_up(tree: Tree) -> bool:
    """May an alias never end, or may all of them stand for too much? In few files.

    Counted are the letters of what they stand for, since each value has one, with its key, dash or comma.
    """
    from bisect import bisect_left  # which few runs need

    aliases = tree.aliases
    starts = [alias.start for alias in aliases]
    targets = {id(alias.target): alias.target for alias in aliases}.values()
    sizes: dict[int, int] = {}
    for target in sorted(
        targets, key=lambda each: (each.end, -each.start)
    ):  # what lies in another comes first
        inner = aliases[bisect_left(starts, target.start) : bisect_left(starts, target.end)]
        if any(id(alias.target) not in sizes for alias in inner):
            return True
        sizes[id(target)] = target.end - target.start + sum([sizes[id(alias.target)] for alias in inner])
    return tree.node_count + sum([sizes[id(alias.target)] for alias in aliases]) > MAX_VISITS


def _measure(document: Node, sizes: dict[int, int]) -> Alias | None:
    """Fill in how many values each node has when aliases are written out; an alias that never ends, if there is one.

    The target of an alias stands before it, so one pass from the leaves up is enough.
    """
    waiting: list[tuple[Node, list[Node] | None]] = [(document, None)]
    open_nodes: set[int] = set()
    while waiting:
        node, inner = waiting.pop()
        if inner is not None:
            open_nodes.discard(id(node))
            sizes[id(node)] = 1 + sum([sizes.get(id(each), 1) for each in inner])  # a text is one
        elif type(node) is Alias:
            if id(node.target) in open_nodes:
                return node
            sizes[id(node)] = sizes.get(id(node.target), 1)
        elif type(node) is not Scalar:
            inner = _children(node)
            open_nodes.add(id(node))
            waiting.append((node, inner))
            waiting += [(each, None) for each in reversed(inner) if type(each) is not Scalar]
    return None


def _children(node: Node) -> list[Node]:
    if type(node) is Sequence:
        return node.items
    return (
        [each for entry in node.entries for each in (entry.key, entry.value)] if type(node) is Mapping else []
    )


def _first_alias(document: Node) -> Node:
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if type(node) is Alias:
            return node
        waiting += reversed(_children(node))
    return document
