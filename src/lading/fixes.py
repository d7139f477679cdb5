"""Fixes applied to texts: which go together, what the files are then, and whether they can still be read."""

from __future__ import annotations

from lading.parse import Reader
from lading.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lading.findings import Edit, Finding
    from lading.tree import Tree

_READ_AS_YAML = (".yml", ".yaml")


class Draft:
    """The files of one round, as the fixes that were taken so far make them.

    `real` gives one name to each file, whatever links lead to it.
    """

    __slots__ = ("_edits", "_reader", "_real", "_sources", "_trees")

    def __init__(self, real: Callable[[str], str]) -> None:
        self._real = real
        self._reader = Reader()
        self._edits: dict[str, list[Edit]] = {}
        self._sources: dict[str, Source] = {}
        self._trees: dict[str, Tree] = {}

    def take(self, finding: Finding) -> str | None:
        """Take a fix, whole or not at all: None, or "overlap" (another one wants the same place), or "unreadable"."""
        return self.take_all([finding])[0]

    def take_all(self, findings: Sequence[Finding]) -> list[str | None]:
        """Take fixes in their order, with what `take` says of each.

        Files are read once for all of them where nothing is wrong; else for halves, until it is known which is.
        """
        verdicts: list[str | None] = []
        new = dict(self._edits)
        for finding in findings:
            added = {
                path: [edit for edit in edits if not any(is_same(edit, other) for other in new.get(path, ()))]
                for path, edits in self._wanted(finding).items()
            }
            if any(
                overlap(edit, other) for path in added for edit in added[path] for other in new.get(path, ())
            ):
                verdicts.append("overlap")
                continue
            verdicts.append(None)
            for path, edits in added.items():
                new[path] = [*new.get(path, ()), *edits]
        changed = (path for path, edits in new.items() if edits is not self._edits.get(path))
        if not any(self._is_worse(path, new[path]) for path in changed):
            self._edits = new
            return verdicts
        if len(findings) == 1:
            return ["unreadable"]
        half = len(findings) // 2
        return [*self.take_all(findings[:half]), *self.take_all(findings[half:])]

    def _wanted(self, finding: Finding) -> dict[str, list[Edit]]:
        """The edits of its fix, by file."""
        assert finding.fix is not None
        wanted: dict[str, list[Edit]] = {}
        for edit in finding.fix.edits:
            path = self._real(edit.span.source.path)
            self._sources.setdefault(path, edit.span.source)
            wanted.setdefault(path, []).append(edit)
        return wanted

    def texts(self) -> dict[str, str]:
        """The new text of each file that is not what it was."""
        made = {path: edited(self._sources[path].text, edits) for path, edits in self._edits.items()}
        return {path: text for path, text in made.items() if text != self._sources[path].text}

    def _is_worse(self, path: str, edits: list[Edit]) -> bool:
        """Has the file, read as YAML, troubles that it did not have, or another number of documents?"""
        if not path.endswith(_READ_AS_YAML):
            return False
        source = self._sources[path]
        if path not in self._trees:
            self._trees[path] = self._reader.read(source)
        old, new = self._trees[path], self._reader.read(Source(source.path, edited(source.text, edits)))
        return len(new.troubles) > len(old.troubles) or len(new.documents) != len(old.documents)


def is_same(one: Edit, other: Edit) -> bool:
    return (one.span.start, one.span.end, one.text) == (other.span.start, other.span.end, other.text)


def overlap(one: Edit, other: Edit) -> bool:
    """Do they touch? What one puts in where the other begins or ends could be meant before or behind it."""
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap; of several at one place the given order counts."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end)):
        parts += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    return "".join((*parts, text[at:]))
