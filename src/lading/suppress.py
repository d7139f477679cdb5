"""What the author asks not to see: comments `# lading: ignore[rule-id] reason`, and `ignore:` of the configuration.

A comment counts for its own line, or, alone on a line, for the next line that is no comment; where a text in block form
(`run: |`) begins on that line, for all of it. It may stand in YAML, in a
script within YAML, in a Dockerfile (alone on its line, since Docker knows no others), in a bake file and in `.env`.
"""

from __future__ import annotations

from lading import regex as re
from lading.globs import WORD, matches
from lading.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pathspec import GitIgnoreSpec

    from lading.config_parts import LeftOut
    from lading.findings import Finding
    from lading.source import Source
    from lading.texts import Texts
    from lading.tree import Tree

    Key = tuple[str, int]
    """Path and offset of a name in a comment, or of an entry in the configuration."""

_IGNORE = re.compile(r"(?:^|#)\s*lading:\s*(ignore\b)(?:\[([^\]]*)\])?\s*(.*)")
_NAME = re.compile(r"[^\s,]+")


class Ignore:
    """One comment: the `names` of rules, families or globs with their places, and the `reason`, which may be empty.

    `span` is that of the whole comment; `line` is the line it counts for, and `next` the one below it. `is_alone`: it
    has its line to itself. `is_doubtful`: it stands in a text (a script), which may only quote it.
    """

    __slots__ = ("is_alone", "is_doubtful", "line", "names", "next", "reason", "span")

    def __init__(
        self,
        span: Span,
        names: tuple[tuple[str, Span], ...],
        reason: str,
        *,
        line: int,
        next: int,
        is_alone: bool,
        is_doubtful: bool,
    ) -> None:
        self.span = span
        self.names = names
        self.reason = reason
        self.line = line
        self.next = next
        self.is_alone = is_alone
        self.is_doubtful = is_doubtful


class Ignores:
    """The comments of a repository that ask to leave findings out; each file is looked through once."""

    __slots__ = ("_by_line", "_covering", "_heads", "_of", "_texts")

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._of: dict[str, tuple[Ignore, ...]] = {}
        self._by_line: dict[str, dict[int, list[Ignore]]] = {}
        self._covering: dict[tuple[str, int, tuple[str, ...]], tuple[Key, ...]] = {}
        self._heads: dict[str, dict[int, int]] = {}
        """By path: for the lines of texts in block form, the line that such a text begins on."""

    def of(self, source: Source) -> tuple[Ignore, ...]:
        """The comments of one file, in their order."""
        found = self._of.get(source.path)
        if found is None:
            found = self._of[source.path] = self._read(source) if WORD in source.text else ()
            if found:
                lines = self._by_line[source.path] = {}
                for ignore in found:
                    for line in {ignore.line, ignore.next}:
                        lines.setdefault(line, []).append(ignore)
                self._heads[source.path] = self._texts_below(source, lines)
        return found

    def _texts_below(self, source: Source, lines: dict[int, list[Ignore]]) -> dict[int, int]:
        heads: dict[int, int] = {}
        if source.path.endswith((".yml", ".yaml")):
            for scalar in self._texts.tree(source.path).scalars():
                head = source.place(scalar.start)[0] if scalar.style in ("|", ">") else 0
                if head in lines:
                    last = source.place(max(scalar.end - 1, scalar.start))[0]
                    heads |= dict.fromkeys(range(head + 1, last + 1), head)
        return heads

    def covering(self, finding: Finding, former: Iterable[str] = ()) -> tuple[Key, ...]:
        """The names that leave a finding out, at any of its places; `former` are earlier ids of its rule."""
        keys: tuple[Key, ...] = ()
        ids = (finding.rule, *former)
        for span in (finding.span, *(related.span for related in finding.related)):
            source = span.source
            if self.of(source):
                keys += self._on(source.path, source.place(span.start)[0], ids)
        return keys

    def _on(self, path: str, line: int, ids: tuple[str, ...]) -> tuple[Key, ...]:
        """The names that leave out what a rule finds on a line; looked for once: a line may have thousands of both."""
        found = self._covering.get((path, line, ids))
        if found is None:
            lines = self._by_line[path]
            head = self._heads[path].get(line, 0)
            found = self._covering[path, line, ids] = tuple(
                (path, at.start)
                for ignore in (*lines.get(line, ()), *lines.get(head, ()))
                for name, at in ignore.names
                if any(matches(id, name) for id in ids)
            )
        return found

    def _read(self, source: Source) -> tuple[Ignore, ...]:
        if source.path.endswith((".yml", ".yaml")):
            comments = _in_yaml(self._texts.tree(source.path))
        else:
            comments = _in_lines(source)
        return _with_lines(source, sorted(comments))


def _in_yaml(tree: Tree) -> Iterator[tuple[int, bool, bool]]:
    """Where a comment begins that may be meant for us; is it alone on its line, and does it stand in a text?"""
    for comment in tree.comments():
        if WORD in comment.text:
            yield comment.span.start, comment.alone, False
    text = tree.source.text
    for scalar in tree.scalars():
        if scalar.style in ("|", ">") and text.find(WORD, scalar.start, scalar.end) >= 0:
            first = text.find("\n", scalar.start)
            for at, alone in _hashes(tree.source, scalar.start, scalar.end):
                yield at, alone, at > first


def _in_lines(source: Source) -> Iterator[tuple[int, bool, bool]]:
    is_dockerfile = any(
        word in source.path.rpartition("/")[2].lower() for word in ("dockerfile", "containerfile")
    )
    for at, alone in _hashes(source, 0, len(source.text)):
        if alone or not is_dockerfile:
            yield at, alone, False


def _hashes(source: Source, start: int, end: int) -> Iterator[tuple[int, bool]]:
    """Every `#` (or `//`) before our word, with white space or nothing before it: its offset, and is it alone?"""
    at = source.text.find(WORD, start, end)
    while at >= 0:
        begin = source.offset(source.place(at)[0])
        before = source.text[begin:at]
        mark = re.search(r"(?:^|(?<=\s))(?:#|//)\s*$", before)
        if mark is not None:
            yield begin + mark.start(), not before[: mark.start()].strip()
        at = source.text.find(WORD, at + 1, end)


def _with_lines(source: Source, comments: list[tuple[int, bool, bool]]) -> tuple[Ignore, ...]:
    """The comments that are ignores, with the lines they count for; from the end, so that each line is seen once."""
    found: list[Ignore] = []
    meant: dict[int, int] = {}
    for at, alone, is_doubtful in reversed(comments):
        line = source.place(at)[0]
        end = source.offset(line) + len(source.line(line))
        match = _IGNORE.search(source.text[at:end].removeprefix("//"))
        if match is None:
            continue
        below = line
        if alone:
            below = line + 1
            while below not in meant and source.line(below).lstrip().startswith(("#", "//")):
                below += 1
            below = meant[line] = meant.get(below, below)
        shift = at + (2 if source.text.startswith("//", at) else 0)
        names = tuple(
            (
                name[0],
                Span(source, shift + match.start(2) + name.start(), shift + match.start(2) + name.end()),
            )
            for name in _NAME.finditer(match[2] or "")
        )
        reason = re.split(r"(?:^|\s)#", match[3], maxsplit=1)[0].strip()
        span = Span(source, at, end - (len(source.text[at:end]) - len(source.text[at:end].rstrip())))
        after = line + 1 if alone else line
        found.append(
            Ignore(span, names, reason, line=below, next=after, is_alone=alone, is_doubtful=is_doubtful)
        )
    return tuple(reversed(found))


class Entries:
    """The `ignore:` entries that the configuration has for one rule."""

    __slots__ = ("_by_path", "_entries", "_paths", "_texts")

    def __init__(self, entries: Sequence[LeftOut], texts: Texts) -> None:
        self._texts = texts
        self._paths = [entry for entry in entries if entry.is_path]
        self._by_path = _patterns(self._paths)
        self._entries = [
            (entry, _patterns([entry]) if entry.path is not None else None)
            for entry in entries
            if not entry.is_path
        ]

    def covering(self, finding: Finding) -> tuple[LeftOut, ...]:
        """The entries that leave a finding out, at its own place."""
        verdict = self._by_path.check_file(finding.path)
        found = [self._paths[verdict.index]] if verdict.include and verdict.index is not None else []
        for entry, paths in self._entries:
            if (paths is None or paths.match_file(finding.path)) and self._is_in(entry, finding):
                found.append(entry)
        return tuple(found)

    def _is_in(self, entry: LeftOut, finding: Finding) -> bool:
        """Does the place lie in the job, service and step that the entry names?"""
        from fnmatch import fnmatchcase

        from lading.ways import part_at

        if not finding.path.endswith((".yml", ".yaml")):
            return False
        part = part_at(self._texts.tree(finding.path), finding.span.start)
        asked = (
            (entry.job, (part.job,) if part.job is not None else ()),
            (entry.service, (part.service,) if part.service is not None else ()),
            (entry.step, part.step),
        )
        return all(glob is None or any(fnmatchcase(name, glob) for name in names) for glob, names in asked)


def _patterns(entries: Sequence[LeftOut]) -> GitIgnoreSpec:
    """The paths of entries as one ignore file. Raises `Problem` with the place of one that is no pattern."""
    from lading.gitignore import refuse_odd, spec_of

    for entry in entries:
        place = f"{entry.at.source.path}:{entry.at.source.place(entry.at.start)[0]}: " if entry.at else ""
        refuse_odd(f"{place}`ignore`", (str(entry.path),))
    return spec_of(str(entry.path) for entry in entries)


class Record:
    """What a run has made of every ignore, for the rules about them.

    `comments` are those of all files, `entries` those of the configuration with the rule's id; `used` holds the keys
    of those that left something out. `known` are the ids that each name stands for, `ran` the rules of which
    everything was seen; `former` maps earlier ids to those of today, `removed` what took the place of rules that are
    gone (empty where nothing did).
    """

    __slots__ = (
        "_meant",
        "comments",
        "entries",
        "former",
        "ids",
        "ran",
        "removed",
        "requires_reason",
        "used",
    )

    def __init__(
        self,
        comments: tuple[Ignore, ...],
        entries: tuple[tuple[str, LeftOut], ...],
        *,
        used: frozenset[Key],
        ids: tuple[str, ...],
        ran: frozenset[str],
        former: dict[str, str],
        removed: dict[str, str],
        requires_reason: bool,
    ) -> None:
        self.comments = comments
        self.entries = entries
        self.used = used
        self.ids = ids
        self.ran = ran
        self.former = former
        self.removed = removed
        self.requires_reason = requires_reason
        self._meant: dict[str, tuple[str, ...]] = {}

    def meant(self, name: str) -> tuple[str, ...]:
        """The ids that a name in an ignore stands for."""
        found = self._meant.get(name)
        if found is None:
            found = (self.former[name],) if name in self.former else self._matching(name)
            self._meant[name] = found
        return found

    def _matching(self, name: str) -> tuple[str, ...]:
        return tuple(id for id in self.ids if matches(id, name))

    @property
    def families(self) -> frozenset[str]:
        """The families of all rules."""
        return frozenset(id.partition("/")[0] for id in self.ids)

    def __repr__(self) -> str:
        return f"<Record of {len(self.comments)} comments and {len(self.entries)} entries>"
