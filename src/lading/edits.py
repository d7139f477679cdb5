"""Edits of YAML texts that keep every comment and the author's style, over the nodes of a tree.

Each function returns edits, or None where the place is written in a way that no small edit fits: behind an alias, with
a merge key, over several lines where one is needed. Nothing here looks at what a value means.
"""

from __future__ import annotations

from lading import regex as re
from lading.findings import Edit
from lading.source import Span
from lading.tree import PLAIN, Alias, Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Map

    from lading.source import Located, Source
    from lading.tree import Entry, Node

    Value = str | Map[str, "Value"]
    """What is written behind a key: YAML on one line, or a mapping."""

_UNIT = re.compile(r"(?m)^( +)(?=[^\s#-])")
_QUOTED = re.compile(r"""[:\-\[,][ \t]+(['"])""")
_PLAIN_WORD = re.compile(r"[A-Za-z_./][\w./@%+=-]*(?::[\w./@%+=-]+)*")
_NO_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "nan", ".", ".."))


def line_end(source: Source) -> str:
    """How the lines of a file end, by its first one."""
    at = source.text.find("\n")
    if at < 0:
        return "\r" if "\r" in source.text else "\n"
    return "\r\n" if source.text[at - 1 : at] == "\r" else "\n"


def indent_unit(source: Source) -> str:
    """What one level is indented by: what the first line that is indented begins with, two blanks where none is."""
    found = _UNIT.search(source.text)
    return found[1] if found is not None and len(found[1]) <= _WIDEST else "  "


_WIDEST = 8


def column_of(located: Located) -> int:
    """Code points before it on its line."""
    return located.source.place(located.start)[1] - 1


# --- texts ---


def quote_of(source: Source) -> str:
    """The quote that a file uses more."""
    used = [match[1] for match in _QUOTED.finditer(source.text)]
    return "'" if used.count("'") > used.count('"') else '"'


def quoted(text: str, quote: str) -> str:
    """A text in quotes; in double ones whatever holds a single one or does not print."""
    if quote == "'" and "'" not in text and text.isprintable():
        return f"'{text}'"
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + written.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'


def in_quotes(scalar: Node, like: Iterable[Node] = ()) -> Edit | None:
    """Put a plain text of one line into quotes: those of its neighbours, else those that the file uses more."""
    if not isinstance(scalar, Scalar) or scalar.style != PLAIN or not _is_as_written(scalar):
        return None
    styles = [each.style for each in like if isinstance(each, Scalar) and each.style in ("'", '"')]
    return Edit(scalar.span, quoted(scalar.text, styles[0] if styles else quote_of(scalar.source)))


def replaced(scalar: Node, text: str) -> Edit | None:
    """Another text in the place of a scalar, in its own style; in quotes where it could not be read without."""
    if not isinstance(scalar, Scalar) or scalar.style in ("|", ">") or not text.isprintable():
        return None
    if scalar.style == PLAIN:
        if not _is_as_written(scalar):
            return None
        is_plain = _may_be_plain(text) or _is_as_plain(text, scalar.text)
        return Edit(scalar.span, text if is_plain else quoted(text, quote_of(scalar.source)))
    return Edit(scalar.span, quoted(text, scalar.style))


def replaced_part(scalar: Node, start: int, end: int, text: str) -> Edit | None:
    """Another text in the place of `scalar.text[start:end]`; None where that is written otherwise than it is read."""
    if not isinstance(scalar, Scalar):
        return None
    span = exact_part(scalar, start, end)
    if span is None or not text.isprintable() or _needs_care(text, scalar.style):
        return None
    if scalar.style == PLAIN and not _fits_into_plain(scalar.text[:start], text, scalar.text[end:]):
        return None
    return Edit(span, text)


def exact_part(scalar: Scalar, start: int, end: int) -> Span | None:
    """The place of a part of a text, only where it stands there letter by letter."""
    span = scalar.inner_span(start, end)
    return span if span.text == scalar.text[start:end] and span.start >= scalar.start else None


def put_in(scalar: Scalar, at: int, text: str) -> Edit | None:
    """Put letters that no style of YAML minds (`$`) into a text, before `scalar.text[at]`."""
    span = exact_part(scalar, at, at + 1)
    return Edit(Span(scalar.source, span.start, span.start), text) if span is not None else None


def _needs_care(text: str, style: str) -> bool:
    return (style == '"' and ('"' in text or "\\" in text)) or (style == "'" and "'" in text)


def _is_as_written(scalar: Scalar) -> bool:
    return scalar.span.text == scalar.text and scalar.text != ""


def _may_be_plain(text: str) -> bool:
    """Does a plain scalar mean this text, in flow style too?"""
    return _PLAIN_WORD.fullmatch(text) is not None and text.lower() not in _NO_TEXT


def _fits_into_plain(before: str, text: str, after: str) -> bool:
    """Is a plain scalar still one with other letters in the midst, or at the beginning, of it?"""
    if _may_be_plain(before + text + after):
        return True
    is_harmless = re.fullmatch(r"[\w./@%+=-]*(?::[\w./@%+=-]+)*", text) is not None
    return is_harmless and bool(before or text[:1].isalpha()) and bool(before + text + after)


def _is_as_plain(text: str, other: str) -> bool:
    """Holds it no signs but those of another text that is plain, and begins it with a letter or like that one?"""
    if text.lower() in _NO_TEXT:
        return False
    signs = set(re.sub(r"[A-Za-z0-9_./-]", "", text)) <= set(other)
    return signs and " " not in text and (text[:1].isalpha() or (text[:1] == other[:1] and text[:1] == "$"))


def renamed(key: Located, name: str) -> Edit | None:
    """Another name for a key, in the quotes that it has."""
    text = key.source.text[key.start : key.end]
    if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0]:
        return Edit(Span(key.source, key.start, key.end), quoted(name, text[0]))
    if not text or text[0] in "&*!?'\"|>" or "\n" in text:
        return None
    return Edit(Span(key.source, key.start, key.end), name)


# --- entries of mappings ---


def insert_entry(
    mapping: Node, name: str, value: Value, *, after: Entry | None = None, before: Entry | None = None
) -> Edit | None:
    """A new entry in a mapping: behind one, in front of one, or at its end.

    None for an alias, a mapping with an anchor or merge keys (it counts elsewhere too), and a name that is there.
    """
    if not isinstance(mapping, Mapping) or is_shared(mapping) or mapping.entry(name) is not None:
        return None
    if mapping.flow:
        return _insert_in_flow(mapping, name, value, after, before)
    if not mapping.entries:
        return None
    if before is not None:
        return _insert_before(before, name, value)
    return _insert_after(after or mapping.entries[-1], name, value)


def is_shared(mapping: Mapping) -> bool:
    """Does it count at other places too, or hold what is written at others?"""
    return mapping.anchor is not None or any(entry.name == "<<" for entry in mapping)


def is_beneath_anchor(node: Node, outer: Node) -> bool:
    """Has the node, or one around it within `outer`, an anchor, or is it not written there at all?"""
    while True:
        if isinstance(outer, Alias) or outer.anchor is not None:
            return True
        if outer is node:
            return False
        parts: list[Node] = []
        if isinstance(outer, Mapping):
            parts = [entry.value for entry in outer.entries]
        elif isinstance(outer, Sequence):
            parts = outer.items
        inner = [each for each in parts if each.start <= node.start and node.end <= each.end]
        if not inner:
            return True
        outer = inner[0]


def _insert_in_flow(
    mapping: Mapping, name: str, value: Value, after: Entry | None, before: Entry | None
) -> Edit | None:
    source, written = mapping.source, f"{name}: {in_flow(value)}"
    if before is not None:
        return Edit(Span(source, before.start, before.start), f"{written}, ")
    if not mapping.entries:
        inner = Span(source, mapping.start + 1, mapping.end - 1)
        return Edit(inner, written) if not inner.text.strip() else None
    last = after or mapping.entries[-1]
    if last.value.start == last.value.end:
        return None
    return Edit(Span(source, last.value.end, last.value.end), f", {written}")


def in_flow(value: Value) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return value
    return "{" + ", ".join(f"{name}: {in_flow(each)}" for name, each in value.items()) + "}"


def in_lines(name: str, value: Value, unit: str) -> list[str]:
    """An entry in block style; the lines of a mapping are indented by a unit."""
    if isinstance(value, str) or not value:
        return [f"{name}: {in_flow(value)}".rstrip()]
    return [f"{name}:", *(unit + line for key, each in value.items() for line in in_lines(key, each, unit))]


def as_entries(owner: Entry, value: Map[str, Value]) -> list[Edit] | None:
    """A mapping in block style in the place of a text or nothing behind a key; in flow style within another flow."""
    scalar = owner.value
    if not isinstance(scalar, Scalar) or scalar.anchor is not None or scalar.tag is not None:
        return None
    if scalar.style in ("|", ">") or "\n" in scalar.span.text or not value:
        return None
    source, lead = owner.source, _lead(owner)
    at = end_of_lines(owner)
    if lead is None or at is None:
        return [Edit(scalar.span, in_flow(value))] if lead is None and scalar.start < scalar.end else None
    unit = indent_unit(source)
    gap = line_end(source) + " " * len(lead) + unit
    added = "".join(gap + line for name, each in value.items() for line in in_lines(name, each, unit))
    begin = _behind_colon(owner)
    end = max(scalar.end, begin)
    if end == at:
        return [Edit(Span(source, begin, at), added)]
    return [Edit(Span(source, begin, end), ""), Edit(Span(source, at, at), added)]


def add_section(root: Mapping, name: str, value: Value) -> Edit | None:
    """A new entry at the end of a file, set off as the last one is."""
    edit = insert_entry(root, name, value)
    if edit is None or root.flow or len(root.entries) < 2:
        return edit
    source, last = root.source, root.entries[-1]
    line = source.place(last.start)[0]
    while line > 1 and source.line(line - 1).startswith("#"):
        line -= 1
    is_set_off = line > 1 and not source.line(line - 1).strip()
    return Edit(edit.span, line_end(source) + edit.text) if is_set_off else edit


def _insert_before(entry: Entry, name: str, value: Value) -> Edit | None:
    source, column = entry.source, column_of(entry)
    lead = _lead(entry)
    if lead is None:
        return None
    lines = in_lines(name, value, indent_unit(source))
    gap = line_end(source) + " " * column
    return Edit(Span(source, entry.start, entry.start), gap.join(lines) + gap)


def _insert_after(entry: Entry, name: str, value: Value) -> Edit | None:
    source = entry.source
    lead = _lead(entry)
    at = end_of_lines(entry)
    if lead is None or at is None:
        return None
    lines = in_lines(name, value, indent_unit(source))
    gap = line_end(source) + " " * len(lead)
    return Edit(Span(source, at, at), "".join(gap + line for line in lines))


def _lead(entry: Entry) -> str | None:
    """What stands before a key on its line: blanks, or the `- ` of a list; None for anything else."""
    source = entry.source
    line = source.offset(source.place(entry.start)[0])
    lead = source.text[line : entry.start]
    return lead if not lead.replace("- ", "  ").strip(" ") else None


def end_of_lines(entry: Entry) -> int | None:
    """Where the last line of an entry ends, its comment with it; None where another value follows there.

    The blank lines at the end of a block that keeps them (`|+`) belong to it, and a file that ends in a block without a
    line end gives it none.
    """
    source, last = entry.source, _last_of(entry.value)
    end = max(entry.value.end, entry.end, _behind_colon(entry))
    if isinstance(last, Scalar) and last.style in ("|", ">"):
        head = source.text[last.start : source.text.find("\n", last.start)]
        style = head.partition("#")[0]
        stop = _end_of_line(source, end)
        is_open = stop == len(source.text) and "-" not in style
        return None if "+" in style or is_open else stop
    stop = _end_of_line(source, end)
    rest = source.text[end:stop].lstrip(" \t")
    return stop if not rest or (rest.startswith("#") and source.text[end] in " \t") else None


def _behind_colon(entry: Entry) -> int:
    at = entry.source.text.find(":", entry.end)
    return at + 1 if 0 <= at <= entry.value.start else entry.end


def _last_of(node: Node) -> Node:
    while not isinstance(node, Scalar):
        if isinstance(node, Mapping) and node.entries and not node.flow:
            node = node.entries[-1].value
        elif isinstance(node, Sequence) and node.items and not node.flow:
            node = node.items[-1]
        else:
            return node
    return node


def _end_of_line(source: Source, at: int) -> int:
    """The offset of the line's end, before its line break."""
    line, _ = source.place(at)
    start = source.offset(line)
    return start + len(source.line(line))


def remove_entry(mapping: Node, entry: Entry) -> Edit | None:
    """Take an entry out, with its comment and the comment lines right above it.

    Those at the top of a file stay, since they are the file's. None for the only entry, and where what is left would
    have to be written anew.
    """
    if not isinstance(mapping, Mapping) or len(mapping.entries) < 2 or mapping.anchor is not None:
        return None
    if entry.key.anchor is not None or entry.value.anchor is not None or _holds_anchor(entry.value):
        return None
    if mapping.flow:
        return _remove_in_flow(mapping, entry)
    lead = _lead(entry)
    if lead is None or end_of_lines(entry) is None:
        return None
    if lead.strip(" "):
        return _remove_behind_dash(mapping, entry)
    return _remove_lines(mapping, entry)


def _holds_anchor(node: Node) -> bool:
    parts: list[Node] = []
    if isinstance(node, Mapping):
        parts = [each for entry in node.entries for each in (entry.key, entry.value)]
    elif isinstance(node, Sequence):
        parts = node.items
    return any(part.anchor is not None or _holds_anchor(part) for part in parts)


def _remove_lines(mapping: Mapping, entry: Entry) -> Edit:
    source = mapping.source
    first = source.place(entry.start)[0]
    last = source.place(end_of_lines(entry) or entry.end)[0]
    column = column_of(entry)
    while first > 1 and _is_comment_at(source.line(first - 1), column):
        first -= 1
    own = source.place(entry.start)[0]
    if first < own and (
        first == 1 or _is_head(source, first) or _is_bare(source.line(own - 1), source.line(own))
    ):
        first = own
    is_top = not any(source.line(number).strip() for number in range(1, first))
    before = source.line(first - 1).strip() if first > 1 else ""
    if (is_top or not before or before == "---") and last < source.line_count:
        if not source.line(last + 1).strip():
            last += 1
    start, end = source.offset(first), source.offset(last + 1)
    index = mapping.entries.index(entry)
    before_it = _last_of(mapping.entries[index - 1].value) if index else None
    ends_in_block = isinstance(before_it, Scalar) and before_it.style in ("|", ">")
    if end == len(source.text) and start > 0 and not source.text.endswith(("\n", "\r")) and not ends_in_block:
        start = _end_of_line(source, start - 1)
    return Edit(Span(source, start, end), "")


def _is_comment_at(line: str, column: int) -> bool:
    return line.startswith(" " * column + "#")


def _is_head(source: Source, line: int) -> bool:
    """Does a comment begin where the file does?"""
    return not any(source.line(number).strip() not in ("", "---") for number in range(1, line))


def _is_bare(comment: str, line: str) -> bool:
    """Is it a line of signs only, which frames a section?"""
    return not any(character.isalnum() for character in comment) and bool(line)


def _remove_behind_dash(mapping: Mapping, entry: Entry) -> Edit | None:
    """The first entry of an item gives its place to the second."""
    index = mapping.entries.index(entry)
    if index != 0:
        return None
    following = mapping.entries[1]
    between = mapping.source.text[end_of_lines(entry) or entry.end : following.start]
    return Edit(Span(mapping.source, entry.start, following.start), "") if not between.strip() else None


def _remove_in_flow(mapping: Mapping, entry: Entry) -> Edit | None:
    index = mapping.entries.index(entry)
    if index + 1 < len(mapping.entries):
        span = Span(mapping.source, entry.start, mapping.entries[index + 1].start)
    else:
        before = mapping.entries[index - 1]
        span = Span(mapping.source, max(before.value.end, before.end), max(entry.value.end, entry.end))
    return Edit(span, "") if "#" not in span.text and "\n" not in span.text else None


# --- lists ---


def put_first(sequence: Node, word: str) -> Edit | None:
    """A new first item of a list of texts, written as the items are."""
    if not isinstance(sequence, Sequence) or not sequence.items or sequence.anchor is not None:
        return None
    first = sequence.items[0]
    if not isinstance(first, Scalar) or first.anchor is not None or first.tag is not None:
        return None
    written = quoted(word, first.style) if first.style in ("'", '"') else word
    at = Span(sequence.source, first.start, first.start)
    if sequence.flow:
        return Edit(at, f"{written}, ")
    dash = _dash_of(first)
    if dash is None:
        return None
    gap = line_end(sequence.source) + " " * column_of(Span(sequence.source, dash, dash))
    return Edit(at, written + gap + sequence.source.text[dash : first.start])


def as_mapping(owner: Entry, values: Map[str, Value]) -> list[Edit] | None:
    """A list of names becomes a mapping with a value for each; `values` is by name, `owner` the entry of the list."""
    sequence = owner.value
    if not isinstance(sequence, Sequence) or sequence.anchor is not None or sequence.tag is not None:
        return None
    names: list[Scalar] = []
    for item in sequence.items:
        if not isinstance(item, Scalar) or item.anchor is not None or item.tag is not None:
            return None
        if item.text not in values or item.text in {name.text for name in names} or "\n" in item.span.text:
            return None
        names.append(item)
    if sequence.flow:
        return _flow_as_mapping(owner, sequence, names, values)
    return _block_as_mapping(owner, names, values)


def _flow_as_mapping(
    owner: Entry, sequence: Sequence, names: list[Scalar], values: Map[str, Value]
) -> list[Edit] | None:
    source = sequence.source
    written = {name.span.text: values[name.text] for name in names}
    lead = _lead(owner)
    if lead is None:
        return [Edit(sequence.span, in_flow(written))] if "#" not in sequence.span.text else None
    at = end_of_lines(owner)
    if at is None or "#" in sequence.span.text:
        return None
    unit = indent_unit(source)
    gap = line_end(source) + " " * len(lead) + unit
    lines = [line for name, value in written.items() for line in in_lines(name, value, unit)]
    begin = _behind_colon(owner)
    if sequence.end == at:
        return [Edit(Span(source, begin, sequence.end), "".join(gap + line for line in lines))]
    return [
        Edit(Span(source, begin, sequence.end), ""),
        Edit(Span(source, at, at), "".join(gap + line for line in lines)),
    ]


def _block_as_mapping(owner: Entry, names: list[Scalar], values: Map[str, Value]) -> list[Edit] | None:
    source = owner.source
    unit = indent_unit(source)
    edits = []
    for name in names:
        dash = _dash_of(name)
        if dash is None:
            return None
        at = _end_of_line(source, name.end)
        rest = source.text[name.end : at].lstrip(" \t")
        if rest and not rest.startswith("#"):
            return None
        column = column_of(Span(source, dash, dash))
        extra = unit if column <= column_of(owner) else ""
        value = values[name.text]
        if isinstance(value, str):
            edits.append(Edit(Span(source, dash, name.end), f"{extra}{name.span.text}: {value}"))
            continue
        lines = in_lines("", value, unit)[1:]
        gap = line_end(source) + " " * column + extra
        added = "".join(gap + line for line in lines)
        if at == name.end:
            edits.append(Edit(Span(source, dash, name.end), f"{extra}{name.span.text}:{added}"))
        else:
            edits.append(Edit(Span(source, dash, name.end), f"{extra}{name.span.text}:"))
            edits.append(Edit(Span(source, at, at), added))
    return edits


def _dash_of(item: Node) -> int | None:
    """The offset of the `-` of an item, where nothing but blanks stands before it and between the two."""
    source = item.source
    line = source.offset(source.place(item.start)[0])
    lead = source.text[line : item.start]
    return line + lead.index("-") if re.fullmatch(r" *-[ \t]+", lead) else None


def append_name(owner: Entry, name: str) -> Edit | None:
    """One more name in a list of names; a name by itself becomes a list."""
    value = owner.value
    if value.anchor is not None or value.tag is not None:
        return None
    if isinstance(value, Scalar):
        is_plain = value.style not in ("|", ">") and value.start < value.end and "\n" not in value.span.text
        return Edit(value.span, f"[{value.span.text}, {name}]") if is_plain else None
    if not isinstance(value, Sequence) or not value.items:
        return None
    last = value.items[-1]
    if value.flow:
        return Edit(Span(value.source, last.end, last.end), f", {name}")
    dash = _dash_of(last)
    at = _end_of_line(value.source, last.end)
    rest = value.source.text[last.end : at].lstrip(" \t")
    if dash is None or not isinstance(last, Scalar) or (rest and not rest.startswith("#")):
        return None
    gap = line_end(value.source) + " " * column_of(Span(value.source, dash, dash))
    return Edit(Span(value.source, at, at), gap + value.source.text[dash : last.start] + name)


def insert_item(sequence: Node, before: Node, value: Map[str, Value]) -> Edit | None:
    """A mapping as a new item of a block list, in front of another item and of the comments above that one."""
    if not isinstance(sequence, Sequence) or sequence.flow or sequence.anchor is not None:
        return None
    dash = _dash_of(before) if before in sequence.items and before.anchor is None else None
    if dash is None:
        return None
    source = sequence.source
    line, column = source.place(dash)
    while line > 1 and source.line(line - 1).strip().startswith("#"):
        line -= 1
    lead = " " * (column - 1)
    unit = indent_unit(source)
    lines = [each for name, inner in value.items() for each in in_lines(name, inner, unit)]
    mark = source.text[dash : before.start]
    written = [lead + mark + lines[0], *(lead + " " * len(mark) + each for each in lines[1:])]
    at = source.offset(line)
    blank = line_end(source) if line > 1 and not source.line(line - 1).strip() else ""
    return Edit(Span(source, at, at), "".join(each + line_end(source) for each in written) + blank)


def without_quotes(scalar: Node) -> Edit | None:
    """The text of a scalar as it is, where another type is meant than a text."""
    if not isinstance(scalar, Scalar) or scalar.style not in ("'", '"') or scalar.tag is not None:
        return None
    is_word = re.fullmatch(r"[A-Za-z0-9.+-]+", scalar.text) is not None
    return Edit(scalar.span, scalar.text) if is_word else None
