"""Inline ignores: `# lading: ignore[rule-id] reason` on the line of a finding, or alone on the line above."""

from __future__ import annotations

from lading import regex as re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.findings import Finding
    from lading.texts import Texts
    from lading.tree import Tree

_WORD = "lading:"
_IGNORE = re.compile(r"lading:\s*ignore\[([^\]]*)\]")


def suppressions(texts: Texts) -> Callable[[Finding], bool]:
    """A function that tells whether a finding is ignored at any of its places; each file is looked through once."""
    ignores: dict[str, dict[int, set[str]]] = {}

    def is_ignored(finding: Finding) -> bool:
        for span in (finding.span, *(related.span for related in finding.related)):
            path = span.source.path
            if _WORD not in span.source.text or not path.endswith((".yml", ".yaml")):
                continue
            if path not in ignores:
                ignores[path] = ignored_lines(texts.tree(path))
            line = span.source.place(span.start)[0]
            if _names(ignores[path].get(line, set()), finding.rule):
                return True
        return False

    return is_ignored


def ignored_lines(tree: Tree) -> dict[int, set[str]]:
    """The rule ids (or families) ignored, by line number."""
    lines: dict[int, set[str]] = {}
    for comment in tree.comments():
        found = _IGNORE.match(comment.text)
        if found is None:
            continue
        ids = {part.strip() for part in found[1].split(",") if part.strip()}
        line = comment.line + 1 if comment.alone else comment.line
        lines.setdefault(line, set()).update(ids)
    return lines


def _names(ids: set[str], rule: str) -> bool:
    return rule in ids or rule.partition("/")[0] in ids
