"""What a check says (`Hit`), on what ground (`Basis`), and what the engine makes of it (`Finding`)."""

from __future__ import annotations

from lading.record import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from lading.source import Located, Span

    FindingKey = tuple[str, int, int, str, str]
    """Path, start, end, rule and message: by which findings are in order, and equal ones told."""

ERROR = "error"
WARNING = "warning"
NOTE = "note"
LEVELS = (NOTE, WARNING, ERROR)
"""From the mildest to the most severe."""


def severity(level: str) -> int:
    """0 for a note, 1 for a warning, 2 for an error."""
    return LEVELS.index(level)


class Basis:
    """How certain the facts are that a hit stands on.

    `kind` is `known`, `assumed` (true as long as none of `conditions` applies, each a phrase such as
    "unless the default token is read-write") or `unknown` (`conditions` say what is not known).
    """

    __slots__ = ("conditions", "kind")

    def __init__(self, kind: str, conditions: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.conditions = conditions

    @property
    def doubt(self) -> int:
        """0 for known, 1 for assumed, 2 for unknown."""
        return ("known", "assumed", "unknown").index(self.kind)

    def __and__(self, other: Basis) -> Basis:
        """The basis of a statement that needs both."""
        if other.kind == "known" and not other.conditions:
            return self
        if self.kind == "known" and not self.conditions:
            return other
        kind = max(self, other, key=lambda basis: basis.doubt).kind
        added = tuple(c for c in other.conditions if c not in self.conditions)
        return Basis(kind, self.conditions + added)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Basis) and (self.kind, self.conditions) == (other.kind, other.conditions)

    def __hash__(self) -> int:
        return hash((self.kind, self.conditions))

    def __repr__(self) -> str:
        return f"Basis({self.kind!r}, {self.conditions!r})"


KNOWN = Basis("known")


def assumed(*conditions: str) -> Basis:
    """True unless one of the conditions applies; without a condition it is known."""
    return Basis("assumed", conditions) if conditions else KNOWN


def unknown(*reasons: str) -> Basis:
    return Basis("unknown", reasons)


class Edit:
    """Text that takes the place of a span; an empty span is where it is put in."""

    __slots__ = ("span", "text")

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


class Fix:
    """What would mend a finding: a phrase in the imperative, and edits that do not overlap.

    `is_safe`: the file means what it meant, or what its author plainly wanted; else somebody should look at it.
    """

    __slots__ = ("_edits", "is_safe", "message")

    def __init__(self, message: str, edits: Iterable[Edit], *, is_safe: bool) -> None:
        self.message = message
        self._edits = edits
        self.is_safe = is_safe

    @property
    def edits(self) -> tuple[Edit, ...]:
        if not isinstance(self._edits, tuple):
            self._edits = tuple(self._edits)
        return self._edits


class Hit:
    """What a check yields: the place, what is wrong there, other places, and on what basis.

    `related` holds pairs of a place and what is to be seen there. `help` replaces the card's `fix` where the
    check knows better what to write; `fix` writes it.
    """

    __slots__ = ("at", "basis", "fix", "help", "message", "related")

    def __init__(
        self,
        at: Located,
        message: str,
        *,
        related: Iterable[tuple[Located, str]] = (),
        basis: Basis = KNOWN,
        help: str | None = None,
        fix: Fix | None = None,
    ) -> None:
        self.at = at
        self.message = message
        self.related = tuple(related)
        self.basis = basis
        self.help = help
        self.fix = fix


def once(hits: Iterable[Hit]) -> list[Hit]:
    """Of several hits at one place the first: values that aliases repeat are written once."""
    left = iter(hits)
    one = next(left, None)
    if one is None:
        return []  # as most: without a list of all
    found = [one, *left]
    if len(found) < 2:
        return found
    first: dict[tuple[str, int], Hit] = {}
    for hit in found:
        first.setdefault((hit.at.source.path, hit.at.start), hit)
    return list(first.values())


class Related:
    """Another place that a finding is about."""

    __slots__ = ("message", "span")

    def __init__(self, span: Span, message: str) -> None:
        self.span = span
        self.message = message


class Finding:
    """A hit with the rule's id, its level after weighing the basis, and a fingerprint that outlives line shifts.

    `way` leads to its place by keys (`services.web.image`); empty where a file has no such structure. `policy` is the
    file given with `--policy` that states the rule, so that nothing in the repository hides it. `row` are the plain
    values that it was read from (`lading.rows`), None where it was not. `counted` is what the fingerprint is made of,
    with the number among equal ones; `count` gives it to all findings of the run.
    """

    __slots__ = (
        *(
            "_fingerprint",
            "_line_text",
            "_way",
            "_way_to",
            "count",
            "counted",
            "fix",
            "help",
            "level",
            "message",
            "policy",
            "related",
            "row",
            "rule",
            "span",
        ),
    )

    def __init__(
        self,
        rule: str,
        level: str,
        message: str,
        span: Span,
        related: tuple[Related, ...],
        fingerprint: str,
        help: str,
        fix: Fix | None = None,
        way: str = "",
    ) -> None:
        self.rule = rule
        self.level = level
        self.message = message
        self.span = span
        self.related = related
        self._fingerprint = fingerprint
        self.counted = ""
        self.count: Callable[[], None] | None = None
        self.help = help
        self.fix = fix
        self.policy: str | None = None
        self._way: str | None = way
        self._way_to: Callable[[Span], str] | None = None
        self.row: tuple[Any, ...] | None = None
        self._line_text: str | None = None

    @property
    def fingerprint(self) -> str:
        """The digest of `counted`; empty where the finding has not been counted."""
        if self.count is not None and not self.counted:
            self.count()
        if not self._fingerprint and self.counted:
            self._fingerprint = digest(self.counted.encode("utf-8", "replace")).hex()
        return self._fingerprint

    @property
    def key(self) -> FindingKey:
        return (self.span.source.path, self.span.start, self.span.end, self.rule, self.message)

    @property
    def is_mended_safely(self) -> bool | None:
        """Is there a safe fix? None where there is none at all."""
        return self.fix.is_safe if self.fix is not None else None

    @property
    def path(self) -> str:
        return self.span.source.path

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that it is about, its own first."""
        return (self.path, *(related.span.source.path for related in self.related))

    @property
    def line(self) -> int:
        return self.span.source.place(self.span.start)[0]

    @property
    def way(self) -> str:
        if self._way is None:
            self._way = self._way_to(self.span) if self._way_to is not None else ""
        return self._way

    def look_up_way(self, way_to: Callable[[Span], str]) -> None:
        """Its way is looked up when somebody asks for it, which most reports do not."""
        self._way, self._way_to = None, way_to

    @property
    def line_text(self) -> str:
        """Its line as the fingerprint takes it (`Source.condensed`)."""
        if self._line_text is None:
            self._line_text = self.span.source.condensed(self.line)
        return self._line_text

    @property
    def column(self) -> int:
        return self.span.source.place(self.span.start)[1]

    @property
    def end_line(self) -> int:
        return self.span.source.place(self.span.end)[0]

    @property
    def end_column(self) -> int:
        return self.span.source.place(self.span.end)[1]

    def __repr__(self) -> str:
        return f"<Finding {self.path}:{self.line}:{self.column} {self.level}[{self.rule}] {self.message}>"


class Outcome:
    """A run's result: the findings in their order, and what was covered.

    `files` counts the files that were read as one of the known kinds; `undecided` the hits whose basis is unknown
    and that `--strict` would show as notes; `suppressed` those the user asked not to see; `baselined` those that the
    baseline holds, and `mended` the findings of the baseline that are gone.
    """

    __slots__ = (
        "baselined",
        "files",
        "findings",
        "mended",
        "projects",
        "publications",
        "suppressed",
        "undecided",
        "workflows",
    )

    def __init__(
        self,
        findings: tuple[Finding, ...],
        *,
        files: int,
        workflows: int,
        projects: int,
        publications: int,
        undecided: int,
        suppressed: int,
        baselined: int = 0,
        mended: int = 0,
    ) -> None:
        self.findings = findings
        self.files = files
        self.workflows = workflows
        self.projects = projects
        self.publications = publications
        self.undecided = undecided
        self.suppressed = suppressed
        self.baselined = baselined
        self.mended = mended

    def having(self, **changes: Any) -> Outcome:
        """The same outcome but for what is named."""
        kept = {name: getattr(self, name) for name in self.__slots__} | changes
        return Outcome(kept.pop("findings"), **kept)

    def count(self, level: str) -> int:
        return [finding.level for finding in self.findings].count(level)
