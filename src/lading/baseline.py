"""The findings that were there before: written to a file, read again, and told from those that are new.

A finding is known again by its rule and, in this order, by path, way (`services.web.image`) and the text of its line;
by path and line alone (it has moved); by path and way alone (its line was edited); and, where its file is gone, by
way and line, or by line, in another file (it was renamed). Each entry stands for as many findings as it counts, so a
second one that looks the same is new.
"""

from __future__ import annotations

from lading.focus import BASELINE
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from lading.findings import Finding

    Traits = tuple[str, ...]
    By = Callable[["Entry"], Traits | None]

NAME = BASELINE
VERSION = 1
_MAX_SIZE = 64 * 1024 * 1024
_MOST = 1_000_000_000


class Entry:
    """`count` findings that look the same: rule, path, way, and a hash of the line. `message` is for people."""

    __slots__ = ("count", "line", "message", "path", "rule", "way")

    def __init__(self, rule: str, path: str, way: str, line: str, message: str, count: int = 1) -> None:
        self.rule = rule
        self.path = path
        self.way = way
        self.line = line
        self.message = message
        self.count = count

    def of(self, count: int) -> Entry:
        """The same, another number of times."""
        return Entry(self.rule, self.path, self.way, self.line, self.message, count)


def entry_of(finding: Finding) -> Entry:
    """What is kept of a finding; blanks in its line count as nothing."""
    from hashlib import blake2b

    line = " ".join(finding.span.source.line(finding.line).split())
    digest = blake2b(line.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return Entry(finding.rule, finding.path, finding.way, digest, finding.message)


class Comparison:
    """Findings that are `new`, the entries of those that are `old` as they are today, and what is `gone`."""

    __slots__ = ("gone", "new", "old")

    def __init__(self, new: tuple[Finding, ...], old: tuple[Entry, ...], gone: tuple[Entry, ...]) -> None:
        self.new = new
        self.old = old
        self.gone = gone


class Baseline:
    """The entries of a file; `exists` tells whether there is a file at a path, `former` are earlier ids of rules."""

    __slots__ = ("_entries", "_exists")

    def __init__(
        self, entries: Iterable[Entry], exists: Callable[[str], bool], former: Mapping[str, str]
    ) -> None:
        self._entries = tuple(
            Entry(former.get(e.rule, e.rule), e.path, e.way, e.line, e.message, e.count) for e in entries
        )
        self._exists = exists

    def compare(self, findings: Sequence[Finding]) -> Comparison:
        """Tell old findings from new ones, the surest likeness first."""
        left = [entry.count for entry in self._entries]
        waiting = {at: entry_of(finding) for at, finding in enumerate(findings)}
        old: dict[int, Entry] = {}
        for by, is_moved in _LIKENESSES:
            known: dict[Traits, list[int]] = {}
            for index, entry in reversed(list(enumerate(self._entries))):
                traits = by(entry) if left[index] and not (is_moved and self._exists(entry.path)) else None
                if traits is not None:
                    known.setdefault(traits, []).append(index)
            for at in list(waiting) if known else ():
                traits = by(waiting[at])
                same = known.get(traits) if traits is not None else None
                if same:
                    left[same[-1]] -= 1
                    old[at] = waiting.pop(at)
                    if not left[same[-1]]:
                        same.pop()
        return Comparison(
            tuple(finding for at, finding in enumerate(findings) if at not in old),
            tuple(old[at] for at in sorted(old)),
            tuple(entry.of(n) for entry, n in zip(self._entries, left, strict=True) if n),
        )


_LIKENESSES: tuple[tuple[By, bool], ...] = (
    (lambda entry: (entry.rule, entry.path, entry.way, entry.line), False),
    (lambda entry: (entry.rule, entry.path, entry.line), False),
    (lambda entry: (entry.rule, entry.path, entry.way) if entry.way else None, False),
    (lambda entry: (entry.rule, entry.way, entry.line), True),
    (lambda entry: (entry.rule, entry.line), True),
)
"""By what an old finding is known again, and whether only where its file is gone."""


def written(entries: Iterable[Entry]) -> str:
    """A baseline as text: one entry a line, sorted, so that two branches merge without trouble."""
    import json

    counted: dict[Traits, Entry] = {}
    for entry in entries:
        key = (entry.path, entry.rule, entry.way, entry.line)
        known = counted.get(key)
        counted[key] = entry.of(entry.count + (known.count if known is not None else 0))
    rows = [
        json.dumps({name: getattr(entry, name) for name in _FIELDS}, ensure_ascii=False)
        for _, entry in sorted(counted.items())
    ]
    body = ",\n    ".join(rows)
    findings = f"[\n    {body}\n  ]" if rows else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {findings}\n}}\n'


_FIELDS = ("rule", "path", "way", "line", "count", "message")


def read(path: str, shown: str) -> list[Entry]:
    """The entries of a file. Raises `Problem`, in which it is called `shown`."""
    import json

    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_SIZE)
        found = json.loads(data.decode("utf-8"))
    except FileNotFoundError as error:
        raise Problem(f"{shown}: there is no such baseline; `lading baseline` writes one") from error
    except OSError as error:
        raise Problem(f"{shown}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Problem(f"{shown}: this is no baseline: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("findings"), list):
        raise Problem(f"{shown}: this is no baseline; `lading baseline` writes one")
    if found.get("version") != VERSION:
        raise Problem(
            f"{shown}: version {found.get('version')} of a baseline is not known here, but {VERSION} is"
        )
    return [_entry(row, f"{shown}: finding {number}") for number, row in enumerate(found["findings"], 1)]


def _entry(row: Any, shown: str) -> Entry:
    fields: dict[str, Any] = row if isinstance(row, dict) else {}
    texts = [fields.get(name) for name in _FIELDS if name != "count"]
    rule, path, way, line, message = (text if isinstance(text, str) else "" for text in texts)
    if not all(isinstance(text, str) and _is_written(text) for text in texts):
        raise Problem(f"{shown} does not have the texts `rule`, `path`, `way`, `line` and `message`")
    count = fields.get("count", 1)
    if type(count) is not int or count < 1:
        raise Problem(f"{shown}: `count` is not a number from 1")
    if count > _MOST:
        raise Problem(f"{shown}: `count` is more than {_MOST:,}")
    return Entry(rule, path, way, line, message, count)


def _is_written(text: str) -> bool:
    """Could it stand in a file? JSON can spell half a surrogate pair."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
