"""An error text from a log: the errors it may be, their causes, and which of them the rules find in this repository.

Errors with several causes stand in `tables/failures.py`; one that only a rule knows is quoted on its card.
"""

from __future__ import annotations

from lading import regex as re
from lading.tables.failures import FAILURES, Cause, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.catalogue import Rule
    from lading.explain.places import Facts
    from lading.findings import Finding
    from lading.identity import Identity
    from lading.models.repository import Repository
    from lading.reports import RuleText

NEAR = 0.5
"""The likeness from which another error may be the one that is meant; 1 is the same words."""
_SAME = 0.999
_MIN_WORDS = 4
"""Words that a text quoted on a card needs to be told from prose."""
_LOOSE = 4
"""Other words that may stand among those of a known error: names that this case has."""
_QUOTED = re.compile(r"`([^`]+)`")
_WORD = re.compile(r"[a-z]{2,}|\d{3}(?!\d)")
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Match:
    """A known error, and how like the text is to it: 1 where it is the very error."""

    __slots__ = ("failure", "likeness")

    def __init__(self, failure: Failure, likeness: float) -> None:
        self.failure = failure
        self.likeness = likeness

    @property
    def is_exact(self) -> bool:
        return self.likeness >= _SAME


def matches(text: str, cards: Iterable[RuleText]) -> tuple[Match, ...]:
    """The errors that a text holds; where it holds none, the nearest one; nothing where none is near."""
    plain = " ".join(_CONTROL.sub("", text).split())
    found = [Match(each, 1.0) for each in FAILURES if re.search(each.pattern, plain, re.IGNORECASE)]
    if found:
        return tuple(_most_telling(found, plain))
    words = _words(plain)
    known = [*FAILURES, *_on_cards(cards)]
    rated = [Match(each, _likeness(words, _words(each.text))) for each in known]
    same = [each for each in rated if each.is_exact]
    of_table = [each for each in same if each.failure in FAILURES]
    if same:
        same = of_table or same
        longest = max(len(_words(each.failure.text)) for each in same)
        return tuple(each for each in same if len(_words(each.failure.text)) == longest)
    nearest = max(rated, key=lambda each: each.likeness, default=None)
    return (nearest,) if nearest is not None and nearest.likeness >= NEAR else ()


def is_known(text: str) -> bool:
    """Is it, one word though it may be, an error of the table?"""
    return any(re.search(each.pattern, text, re.IGNORECASE) for each in FAILURES)


def _most_telling(found: list[Match], plain: str) -> Iterator[Match]:
    """Errors whose words lie within those of another one say less and are left out."""
    spans = {}
    for match in found:
        at = re.search(match.failure.pattern, plain, re.IGNORECASE)
        assert at is not None
        spans[id(match)] = at.span()
    for match in found:
        start, end = spans[id(match)]
        inside = (
            other is not match
            and spans[id(other)][0] <= start
            and end <= spans[id(other)][1]
            and spans[id(other)] != (start, end)
            for other in found
        )
        if not any(inside):
            yield match


def _on_cards(cards: Iterable[RuleText]) -> Iterator[Failure]:
    """The texts that cards quote; those that differ in a name only are one, with all the rules that quote it."""
    quoted: dict[tuple[str, ...], dict[str, RuleText]] = {}
    texts: dict[tuple[str, ...], str] = {}
    for card in cards:
        for text in _QUOTED.findall(card.why):
            whole = " ".join(text.split())
            words = tuple(_words(whole))
            if len(words) >= _MIN_WORDS and " " in whole:
                quoted.setdefault(words, {})[card.id] = card
                texts.setdefault(words, whole)
    for words, rules in quoted.items():
        text = re.sub(r"'[^']+'", "'…'", texts[words]) if len(rules) > 1 else texts[words]
        causes = tuple(Cause(f"{card.title}.", card.fix, (card.id,)) for card in rules.values())
        urls = dict.fromkeys(card.url for card in rules.values() if card.url)
        yield Failure(text, re.escape(text), ", ".join(urls), causes)


def _words(text: str) -> list[str]:
    """The words that do not differ from case to case: what is quoted, a path, a name or an address is left out."""
    kept = re.sub(r"\"[^\"]*\"|'[^']*'|\S*[/@]\S*|\S+\.\S+|\S*\d\S*-\S*", " ", text.lower())
    return _WORD.findall(kept)


def _likeness(given: list[str], known: list[str]) -> float:
    """How much of the known text is there, in its order; a text that says much more is the less like for it."""
    if not given or not known:
        return 0.0
    from difflib import SequenceMatcher

    blocks = [
        each
        for each in SequenceMatcher(None, given, known, autojunk=False).get_matching_blocks()
        if each.size
    ]
    same = sum(block.size for block in blocks)
    if len(known) < _MIN_WORDS and same < len(known):
        return 0.0
    there = same / len(known)
    reach = blocks[-1].a + blocks[-1].size - blocks[0].a if blocks else 0
    if there == 1 and reach <= len(known) + _LOOSE:
        return 1.0
    return 0.8 * there + 0.19 * same / len(given)


def rules_of(found: Iterable[Match]) -> tuple[str, ...]:
    """The rules that look for the causes."""
    return tuple(dict.fromkeys(id for each in found for cause in each.failure.causes for id in cause.rules))


class Looked:
    """What rules find in a repository: `decided` findings, and `undecided` ones, which stand on unknown ground.

    `rules` are the ids of those that were run.
    """

    __slots__ = ("decided", "rules", "undecided")

    def __init__(
        self, rules: tuple[str, ...], decided: tuple[Finding, ...], undecided: tuple[Finding, ...]
    ) -> None:
        self.rules = rules
        self.decided = decided
        self.undecided = undecided


def look_for(repository: Repository, rules: Mapping[str, Rule], ids: tuple[str, ...]) -> Looked:
    """Run some of the rules over a repository; those that it turns off are not run."""
    from lading.engine import OFF, Selection, check

    settings = repository.config.rules
    wanted = tuple(id for id in ids if id in rules and not (id in settings and settings[id].level == OFF))
    if not wanted:
        return Looked((), (), ())
    decided = check(repository, rules, Selection(select=wanted)).findings
    seen = {(each.rule, each.path, each.span.start, each.message) for each in decided}
    every = check(repository, rules, Selection(select=wanted, strict=True)).findings
    rest = (each for each in every if (each.rule, each.path, each.span.start, each.message) not in seen)
    return Looked(wanted, decided, tuple(rest))


_ASK_THE_OWNER = ("publish/foreign-namespace", "publish/uppercase-name", "image/foreign-namespace")
"""Rules that say little or nothing where the owner of the repository is not known."""


def failure_facts(text: str, found: tuple[Match, ...], looked: Looked, identity: Identity | None) -> Facts:
    """Each error with its causes, and what the rules found of them; `owner_missing` where some had to be silent."""
    is_unknown = identity is None or identity.owner is None
    return {
        "kind": "error",
        "given": " ".join(text.split()),
        "owner_missing": is_unknown and any(id in looked.rules for id in _ASK_THE_OWNER),
        "matches": [
            {
                "error": match.failure.text,
                "exact": match.is_exact,
                "source": match.failure.source,
                "causes": [_cause(cause, looked) for cause in match.failure.causes],
            }
            for match in found
        ],
    }


def _cause(cause: Cause, looked: Looked) -> Facts:
    """`state`: "found", "perhaps" (undecided), "not found", or "not visible" where no file shows it."""
    decided = [each for each in looked.decided if each.rule in cause.rules]
    undecided = [each for each in looked.undecided if each.rule in cause.rules]
    is_looked_for = any(id in looked.rules for id in cause.rules)
    state = (
        "found" if decided else "perhaps" if undecided else "not found" if is_looked_for else "not visible"
    )
    return {
        "cause": cause.words,
        "fix": cause.fix,
        "rules": list(cause.rules),
        "state": state,
        "findings": [finding_facts(each) for each in decided or undecided],
    }


def finding_facts(finding: Finding) -> Facts:
    """A finding as one line tells it."""
    return {
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
    }
