"""The small mends that many checks have in common (a word, quotes, a dollar), loaded where there is one to make."""

from __future__ import annotations

from lading.edits import (
    add_section,
    as_entries,
    exact_part,
    in_quotes,
    insert_entry,
    put_in,
    quoted,
    remove_entry,
    renamed,
    replaced,
    replaced_part,
)
from lading.findings import Edit, Fix
from lading.source import Span
from lading.tree import PLAIN, Mapping, Scalar, Sequence
from lading.words import has_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.models.compose.health import Probe
    from lading.shape import Misfit
    from lading.source import Located
    from lading.tree import Node, Tree


def fix_of(message: str, edits: Iterable[Edit | None], *, is_safe: bool) -> Fix | None:
    """A fix of edits that are all possible; None where one is not, or where there is none."""
    whole = [edit for edit in edits if edit is not None]
    is_possible = bool(whole) and all(edit is not None for edit in edits)
    return Fix(message, whole, is_safe=is_safe) if is_possible else None


def rename(key: Located, name: str, *, is_safe: bool) -> Fix | None:
    """Another name for a key."""
    return fix_of(f"rename it to `{name}`", [renamed(key, name)], is_safe=is_safe)


def reword(node: Node, text: str, *, is_safe: bool) -> Fix | None:
    """Another text in the place of a scalar."""
    return fix_of(f"write `{text}`", [replaced(node, text)], is_safe=is_safe)


def reword_start(node: Node, old: str, new: str, *, is_safe: bool = False) -> Fix | None:
    """Another beginning of a text."""
    if not isinstance(node, Scalar) or not node.text.startswith(old):
        return None
    edit = replaced(node, new) if node.text == old else replaced_part(node, 0, len(old), new)
    return fix_of(f"write `{new}`", [edit], is_safe=is_safe)


def put_quotes(node: Node, like: Iterable[Node] = ()) -> Fix | None:
    """Quotes around a text that readers take for something else."""
    edit = in_quotes(node, like)
    return fix_of(f"write `{edit.text}`", [edit], is_safe=True) if edit is not None else None


def double_dollars(node: Node, starts: Iterable[int], *, is_safe: bool) -> Fix | None:
    """Each `$` that begins at one of the offsets of a text is meant."""
    if not isinstance(node, Scalar):
        return None
    return fix_of("write `$$`", [put_in(node, start, "$") for start in starts], is_safe=is_safe)


def of_misfit(misfit: Misfit, node: Node) -> Fix | None:
    """The key, or the word of several, that was meant where nothing else can be; `node` is the value's."""
    if misfit.kind == "unknown-key" and misfit.meant is not None:
        return rename(misfit.at, misfit.meant, is_safe=True)
    if misfit.kind == "invalid-value" and misfit.meant is not None and _is_written(node, misfit.given):
        return reword(node, misfit.meant, is_safe=True)
    if misfit.kind == "wrong-type" and misfit.given is not None and "string" in misfit.wanted:
        return put_quotes(node) if _is_written(node, misfit.given) else None
    return None


def _is_written(node: Node, given: str | None) -> bool:
    return isinstance(node, Scalar) and node.text == given


def drop_entry(tree: Tree, key: Located) -> Fix | None:
    """Take an entry out of the mapping at the top of a file."""
    root = tree.root
    entry = next((each for each in root if each.key is key), None) if isinstance(root, Mapping) else None
    if entry is None or root is None or len(tree.documents) > 1:
        return None
    return fix_of(f"remove `{entry.name}`", [remove_entry(root, entry)], is_safe=True)


def drop_from_section(tree: Tree, section: str, key: Node) -> Fix | None:
    """Take a name out of a section at the top of a file, the section with it where it holds no other."""
    root = tree.root
    owner = root.entry(section) if isinstance(root, Mapping) else None
    if owner is None or not isinstance(owner.value, Mapping) or root is None or len(tree.documents) > 1:
        return None
    entry = next((each for each in owner.value if each.key is key), None)
    if entry is None:
        return None
    name = entry.name or ""
    if _may_comment_on(name, tree.source.text) and any(
        has_word(name, comment.text) for comment in tree.comments()
    ):
        return None  # somebody says why, or a service that uses it waits in a comment
    is_only = len(owner.value.entries) == 1
    edit = remove_entry(root, owner) if is_only else remove_entry(owner.value, entry)
    if edit is not None and "#" in edit.span.text:
        return None
    return fix_of(f"remove `{entry.name}`", [edit], is_safe=False)


def _may_comment_on(name: str, text: str) -> bool:
    """Does it stand behind a `#`? In few files."""
    return any(has_word(name, line.partition("#")[2]) for line in text.split("\n") if "#" in line)


def declared(tree: Tree, section: str, name: str, *, is_safe: bool) -> Fix | None:
    """A name without settings in a section at the top of a file, which is made where there is none."""
    root = tree.root
    if not isinstance(root, Mapping) or len(tree.documents) > 1 or root.entry("services") is None:
        return None
    entry = root.entry(section)
    edits: list[Edit | None]
    if entry is None:
        edits = [add_section(root, section, {name: ""})]
    elif isinstance(entry.value, Mapping):
        edits = [insert_entry(entry.value, name, "")]
    else:
        is_empty = isinstance(entry.value, Scalar) and entry.value.is_null
        edits = [*(as_entries(entry, {name: ""}) or ())] if is_empty else []
    return fix_of(f"declare `{name}` under `{section}`", edits, is_safe=is_safe)


# --- tests of healthchecks ---


_SIGNS = frozenset("|&;<>()`*?[]#~{}\n")
_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "ash")


def prefixed(test: Probe) -> Fix | None:
    """The keyword in front of a list that has none: `CMD` before words, `CMD-SHELL` before a line."""
    from lading.edits import put_first

    if test.first is not None and test.form.upper() in ("CMD", "CMD-SHELL", "NONE"):
        return reword(test.first.node, test.form.upper(), is_safe=True)
    words = [test.first, *test.items]
    texts = [word.node.text for word in words if word is not None]
    if any(text.strip() in ("||", "&&", "|", ";", ">") for text in texts[1:]):
        return None
    is_line = len(texts) == 1 and " " in texts[0].strip()
    word = "CMD-SHELL" if is_line else "CMD"
    return fix_of(f"put `{word}` in front", [put_first(test.value.node, word)], is_safe=True)


def without_keyword(node: Node, start: int, end: int) -> Fix | None:
    """A shell command without `CMD` and the blanks behind it."""
    if not isinstance(node, Scalar) or node.style in ("|", ">"):
        return None
    text = node.text
    while text[end : end + 1] == " ":
        end += 1
    rest = text[:start] + text[end:]
    if not rest.strip() or "\n" in rest:
        return None
    span = exact_part(node, start, end)
    if span is None or (node.style == PLAIN and (": " in rest or rest[0] in "[{\"'*&!|>%@`-?#")):
        return None
    return fix_of(f"write `{rest}`", [Edit(span, "")], is_safe=True)


def as_words_or_line(test: Probe) -> Fix | None:
    """Words behind `CMD-SHELL`: `CMD` where they need no shell, else the whole line as one text."""
    texts = [item.node.text for item in test.items]
    if test.first is None or not isinstance(test.first.node, Scalar):
        return None
    if texts[0] in _SHELLS or not any(_needs_shell(text) for text in texts):
        return fix_of("write `CMD`", [replaced(test.first.node, "CMD")], is_safe=True)
    if any(" " in text and not _is_part_of_line(text) for text in texts[1:]):
        return None
    return _as_line(test, keyword=False)


def as_line(test: Probe) -> Fix | None:
    """One shell line behind `CMD-SHELL` in the place of words behind `CMD`."""
    return _as_line(test, keyword=True)


def _needs_shell(text: str) -> bool:
    return "$" in text or " " in text.strip() or any(sign in text for sign in _SIGNS)


def _is_part_of_line(text: str) -> bool:
    return text.strip().startswith(("||", "&&", "|", ";"))


def _as_line(test: Probe, *, keyword: bool) -> Fix | None:
    """The items joined; those that a shell would read otherwise than as one word stay as they are."""
    sequence, first = test.value.node, test.first
    items = [item.node for item in test.items]
    if not isinstance(sequence, Sequence) or sequence.anchor is not None or first is None:
        return None
    if any(item not in sequence.items or "\n" in item.text or item.anchor is not None for item in items):
        return None
    if len(items) > 1 and any(_is_ambiguous(item.text, index) for index, item in enumerate(items)):
        return None
    edits: list[Edit | None] = [replaced(first.node, "CMD-SHELL")] if keyword else []
    if len(items) > 1:
        if not sequence.flow or "#" in sequence.span.text:
            return None
        line = " ".join(item.text for item in items)
        quote = items[0].style if items[0].style in ("'", '"') else '"'
        span = Span(sequence.source, items[0].start, items[-1].end)
        edits.append(Edit(span, quoted(line, quote)))
    return fix_of("write the whole line as one text behind `CMD-SHELL`", edits, is_safe=True)


_JOINING = ("||", "&&", "|", ";", ">", ">>", "2>&1", "&", "<")


def _is_ambiguous(text: str, index: int) -> bool:
    """Would a shell take an item for something else than the one word that it is?"""
    if text in _JOINING or _is_part_of_line(text):
        return False
    if index == 0 and " " in text:
        return False
    return any(sign in text for sign in " |&;<>()`*?[]#~{}\"'\\")
