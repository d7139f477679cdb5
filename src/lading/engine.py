"""Rules over models: hits become findings with id, level and fingerprint, in one order, each once."""

from __future__ import annotations

from lading.account import record_of
from lading.findings import ERROR, NOTE, WARNING, Finding, Outcome, Related, severity
from lading.globs import matches as matches
from lading.lifecycle import PREVIEW, REMOVED, is_newer
from lading.problems import Problem
from lading.source import Source, Span, span_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from lading.baseline import Baseline
    from lading.catalogue import Rule
    from lading.config_parts import LeftOut, RuleSettings
    from lading.findings import FindingKey, Hit
    from lading.models.repository import Repository
    from lading.suppress import Entries, Key
    from lading.texts import Texts

OFF = "off"
MANY = 100
"""Workflows and Compose files from which on it pays to check in several processes."""


IGNORES = "ignores"
"""The scope of rules about what became of every ignore, which run when all others have."""


class Selection:
    """Which findings the user wants: rules by glob, unknown ones too (`strict`), and the paths in focus.

    `focus` holds posix paths relative to the root; empty means everything. `preview`: rules in preview run too.
    `baseline` holds the findings that were there before, None where there is none. `bound` are the rules that a policy
    states and another run asks; where `overruled` is given, this is that run: no comment hides a finding, and it says
    what is added to the message instead.
    """

    __slots__ = ("baseline", "bound", "focus", "ignore", "overruled", "preview", "select", "strict")

    def __init__(
        self,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        strict: bool = False,
        focus: tuple[str, ...] = (),
        preview: bool = False,
        baseline: Baseline | None = None,
        bound: frozenset[str] = frozenset(),
        overruled: Callable[[Finding], str] | None = None,
    ) -> None:
        self.select = select
        self.ignore = ignore
        self.strict = strict
        self.focus = focus
        self.preview = preview
        self.baseline = baseline
        self.bound = bound
        self.overruled = overruled

    def leaving(self, bound: frozenset[str]) -> Selection:
        """The same without the rules that a policy states."""
        return Selection(
            self.select, self.ignore, self.strict, self.focus, self.preview, self.baseline, bound=bound
        )

    def overruling(self, overruled: Callable[[Finding], str]) -> Selection:
        """The same for rules that a policy states, which no baseline hides."""
        return Selection(self.select, self.ignore, self.strict, self.focus, self.preview, overruled=overruled)

    def wants(self, rule_id: str) -> bool:
        if self.select and not any(matches(rule_id, glob) for glob in self.select):
            return False
        return not (self.ignore and any(matches(rule_id, glob) for glob in self.ignore))

    def shows(self, paths: tuple[str, ...]) -> bool:
        """Is one of the paths that a finding is about in focus?"""
        return not self.focus or any(map(self.holds, paths))

    def holds(self, path: str) -> bool:
        """Does a path lie in the focus?"""
        return any(_lies_in(path, folder) for folder in self.focus)


def _lies_in(path: str, folder: str) -> bool:
    return folder in (".", "") or path == folder or path.startswith(folder.rstrip("/") + "/")


class Collected:
    """What rules have found in a repository, or in a part of it, before it is put in order.

    `findings` are by key, so that each counts once; `used` are the ignores that left something out, `suppressed` the
    paths that each finding was about which the user asked not to see; the numbers are those of `Outcome`.
    """

    __slots__ = ("findings", "projects", "publications", "suppressed", "undecided", "used", "workflows")

    def __init__(self) -> None:
        self.findings: dict[FindingKey, Finding] = {}
        self.used: set[Key] = set()
        self.undecided = 0
        self.suppressed: list[tuple[str, ...]] = []
        self.workflows = 0
        self.projects = 0
        self.publications = 0

    def add(self, finding: Finding, key: FindingKey) -> None:
        known = self.findings.get(key)
        if known is None or _others(finding) < _others(known):
            self.findings[key] = finding


def _others(finding: Finding) -> list[tuple[str, int]]:
    """The other places, by which equal findings are put in order."""
    return [(related.span.source.path, related.span.start) for related in finding.related]


def check(repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> Outcome:
    """Run every wanted rule over what its scope names. Raises `Problem` where a check breaks."""
    found = collect(repository, running(rules, repository, selection), selection)
    judge_ignores(found, repository, rules, selection)
    return in_order(found, repository, rules, selection)


class Running(dict[str, "Rule"]):
    """Rules that are run, by id; `by_scope` are those of each scope, in their order."""

    __slots__ = ("by_scope",)

    def __init__(self, rules: Iterable[Rule]) -> None:
        super().__init__((rule.id, rule) for rule in rules)
        self.by_scope: dict[str, list[Rule]] = {}
        for rule in self.values():
            self.by_scope.setdefault(rule.scope, []).append(rule)


def collect(repository: Repository, rules: Running, selection: Selection) -> Collected:
    """Run the rules that are `running`; the findings are not in order yet and have no fingerprint."""
    found = Collected()
    run(found, repository, rules, selection)
    found.workflows = len(repository.workflows)
    found.projects = len(repository.projects)
    found.publications = len(repository.publications)
    return found


def running(rules: Mapping[str, Rule], repository: Repository, selection: Selection) -> Running:
    """The rules that are run, but for those about ignores, which come at the end."""
    settings = repository.config.rules
    return Running(
        rule
        for rule in rules.values()
        if rule.scope != IGNORES and runs(rule, selection, settings.get(rule.id))
    )


def run(found: Collected, repository: Repository, rules: Running, selection: Selection) -> None:
    """Add to `found` what rules find."""
    settings = repository.config.rules
    for scope, group in rules.by_scope.items():
        for rule in _asked(scope, group, repository, settings):
            hits = _hits(rule, repository, settings.get(rule.id))
            if hits:
                _take(found, hits, rule, repository, selection)


def _asked(
    scope: str, rules: list[Rule], repository: Repository, settings: Mapping[str, RuleSettings]
) -> list[Rule]:
    """Those rules of a scope that may find something, as far as a glance tells, and those that have settings.

    A wrong option is told whatever there is to look at.
    """
    if not any(True for _ in _SUBJECTS[scope](repository)):
        return [rule for rule in rules if rule.id in settings] if settings else []
    if scope not in _OF_COMPOSE:
        return rules
    said = repository.said
    return [
        rule
        for rule in rules
        if not rule.only_with
        or isinstance(rule.only_with, str)
        or not said.isdisjoint(rule.only_with)
        or rule.id in settings
    ]


def load(repository: Repository, rules: Mapping[str, Rule]) -> None:
    """Load the checks of those rules of ours, all of which are `running`, that have files, as far as the paths tell.

    Processes that start later need not load each of them for themselves.
    """
    inventory = repository.inventory
    for rule in rules.values():
        is_asked = inventory.compose if rule.scope in _OF_COMPOSE else inventory.workflows
        if is_asked and rule.provider == "lading":
            rule.check  # noqa: B018


def runs(rule: Rule, selection: Selection, chosen: RuleSettings | None) -> bool:
    """Is a rule asked? One in preview where the user says so, or names it."""
    if rule.id in selection.bound:
        return False
    if rule.status == REMOVED or not selection.wants(rule.id) or (chosen is not None and chosen.level == OFF):
        return False
    if rule.status != PREVIEW or selection.preview or rule.id in selection.select:
        return True
    return chosen is not None and chosen.level is not None


def _take(
    found: Collected, hits: Iterable[Hit], rule: Rule, repository: Repository, selection: Selection
) -> None:
    """Add what one rule says to `found`, but for what cannot be decided or is ignored."""
    chosen = repository.config.rules.get(rule.id)
    entries = way_to = None
    for hit in hits:
        if way_to is None:  # as of most rules there is none
            entries, way_to = _entries(chosen, repository), ways_in(repository.texts)
        is_hidden = hit.basis.kind == "unknown" and not selection.strict
        finding = _finding(rule, hit, level_of(rule, hit, chosen, repository.config.edition))
        keys = repository.ignores.covering(finding, rule.former)
        found.used.update(keys)
        if selection.overruled is not None:
            keys = ()
        if entries is not None:
            keys += tuple((at.source.path, at.start) for at in map(_place, entries.covering(finding)))
        found.used.update(keys)
        if keys:
            if not is_hidden:
                found.suppressed.append(finding.paths)
        elif is_hidden:
            found.undecided += 1
        else:
            finding.look_up_way(way_to)
            if selection.overruled is not None:
                finding.message += selection.overruled(finding)
            found.add(finding, finding.key)


def _entries(chosen: RuleSettings | None, repository: Repository) -> Entries | None:
    if chosen is None or not chosen.ignore:
        return None
    from lading.suppress import Entries

    return Entries(chosen.ignore, repository.texts)


def _place(entry: LeftOut) -> Span:
    """Where an entry stands; nowhere, if no file holds it."""
    return entry.at if entry.at is not None else Span(Source("", ""), 0, 0)


def ways_in(texts: Texts) -> Callable[[Span], str]:
    """What finds the way to a place by keys; empty in a file without such a structure."""

    def way_to(span: Span) -> str:
        if not span.source.path.endswith((".yml", ".yaml")):
            return ""
        from lading import ways

        return ways.way_to(texts.tree(span.source.path), span.start)

    return way_to


def judge_ignores(
    found: Collected, repository: Repository, rules: Mapping[str, Rule], selection: Selection
) -> None:
    """Run the rules about ignores, now that all others have said what they find, and add what they find."""
    settings = repository.config.rules
    judging = [r for r in rules.values() if r.scope == IGNORES and runs(r, selection, settings.get(r.id))]
    if not judging:
        return
    record = record_of(
        repository, rules, frozenset(found.used), lambda rule: decides(rule, repository, selection)
    )
    if record is not None:
        for rule in judging:
            _take(found, _over(rule, (record,), rule.options), rule, repository, selection)


def decides(rule: Rule, repository: Repository, selection: Selection) -> bool:
    """Does a rule run, and know enough to find all it could? Without an owner nothing is said of names."""
    is_known = repository.identity is not None and repository.identity.owner is not None
    is_about_names = rule.id.startswith((*_OF_WORKFLOWS, "image/"))
    return (is_known or not is_about_names) and runs(rule, selection, repository.config.rules.get(rule.id))


def in_order(
    found: Collected, repository: Repository, rules: Mapping[str, Rule], selection: Selection
) -> Outcome:
    """The outcome of a run over a whole repository: what is new to the baseline, and in focus."""
    findings = _one_a_place(found.findings, rules)
    ordered = [findings[key] for key in sorted(findings)]
    _Count(ordered, selection)
    new, old, mended = tuple(ordered), 0, 0
    if selection.baseline is not None:
        compared = selection.baseline.compare(ordered)
        new, old = compared.new, len(compared.old)
        rules_of = ((entry, rules.get(entry.rule)) for entry in compared.gone)
        mended = sum(e.count for e, rule in rules_of if rule is None or decides(rule, repository, selection))
    return Outcome(
        tuple(finding for finding in new if selection.shows(finding.paths)) if selection.focus else new,
        files=repository.file_count,
        workflows=found.workflows,
        projects=found.projects,
        publications=found.publications,
        undecided=found.undecided,
        suppressed=sum(map(selection.shows, found.suppressed)),
        baselined=old,
        mended=mended,
    )


def _one_a_place(
    findings: Mapping[FindingKey, Finding], rules: Mapping[str, Rule]
) -> Mapping[FindingKey, Finding]:
    """Of what a rule over publications says of one place the most severe: workflows share Dockerfiles."""
    concerned = {rule.id for rule in rules.values() if rule.scope == "publication"}
    chosen: dict[tuple[object, ...], FindingKey] = {}
    found = {key: finding for key, finding in findings.items() if key[3] not in concerned}
    if len(found) == len(findings):
        return found
    for key, finding in findings.items():
        if key[3] not in concerned:
            continue
        before = chosen.setdefault(key[:-1], key)
        known = findings[before]
        if before is not key and (-severity(finding.level), _others(finding)) < (
            -severity(known.level),
            _others(known),
        ):
            chosen[key[:-1]] = key
    found.update((key, findings[key]) for key in chosen.values())
    return found


def both(first: Outcome, second: Outcome) -> Outcome:
    """The outcome of two runs over one repository, with different rules; what was covered is the first one's."""
    whole = Outcome.__new__(Outcome)
    for name in Outcome.__slots__:
        setattr(whole, name, getattr(first, name))
    whole.findings = tuple(sorted((*first.findings, *second.findings), key=lambda finding: finding.key))
    whole.undecided = first.undecided + second.undecided
    whole.suppressed = first.suppressed + second.suppressed
    return whole


def _hits(rule: Rule, repository: Repository, chosen: RuleSettings | None) -> Iterable[Hit]:
    """What a rule finds, one by one; `()` where it need not be asked."""
    options: Mapping[str, Any] = rule.options
    if chosen is not None and chosen.options:
        options = {**rule.options, **_checked_options(rule, chosen)}
    if rule.scope == "repository" and not _concerns(rule, repository):
        return ()
    if rule.scope in _OF_COMPOSE:
        return _hits_in_projects(rule, repository, options)
    if rule.only_with and not repository.holds(rule.only_with):
        return ()
    subjects = _SUBJECTS[rule.scope](repository)
    if rule.only_with and rule.scope in _OF_A_WORKFLOW:
        subjects = repository.holding(rule.only_with, subjects)
    hits = _over(rule, subjects, options)
    return _surest(hits) if rule.scope == "publication" else hits


_OF_COMPOSE = ("compose-project", "consumer")
_OF_A_WORKFLOW = ("workflow", "workflow-or-action")


def _hits_in_projects(rule: Rule, repository: Repository, options: Mapping[str, Any]) -> Iterable[Hit]:
    """A rule with words is asked of those projects alone that say one of them: few projects say much."""
    words = rule.only_with
    if isinstance(words, str) and words and not repository.holds(words):
        return ()
    has_words = isinstance(words, tuple) and bool(words)
    asked = repository.saying(words) if has_words else repository.projects
    if not asked:
        return ()
    if rule.scope == "consumer":
        uses: Iterable[Any] = repository.consumers
        if has_words:
            uses = [each for each in uses if not each.project.said.isdisjoint(words)]
        return _over(rule, uses, options)
    if not repository.has_statements:
        return _over(rule, asked, options)
    from lading.models.compose.sharing import told_once

    hits = ((each, hit) for each in asked for hit in _of(rule, each, options))
    return told_once(hits, repository.projects)


_OF_WORKFLOWS = ("delivery/", "publish/", "workflow/")
_OF_BOTH = ("image/published-under-another-name", "image/tag-never-published")
"""Rules that hold what is published against what is run, and so need both."""
JOINED = (*_OF_BOTH, "workflow/event-never-raised")
"""Rules over what all parts of a repository have to say."""


def _concerns(rule: Rule, repository: Repository) -> bool:
    """Is there anything for a rule of ours to look at? Loading those of workflows takes 20 ms (measured)."""
    inventory = repository.inventory
    if rule.id in _OF_BOTH:
        return bool(inventory.every_workflow and inventory.compose)
    is_ours = rule.provider == "lading" and rule.id.startswith(_OF_WORKFLOWS)
    return not is_ours or bool(inventory.workflows or inventory.actions)


def _surest(hits: Iterator[Hit]) -> Iterator[Hit]:
    """Of the hits at one place the most certain one: a step that pushes several names has one cause."""
    found: dict[tuple[str, int, int], Hit] = {}
    for hit in hits:
        place = (hit.at.source.path, hit.at.start, hit.at.end)
        known = found.get(place)
        if known is None or hit.basis.doubt < known.basis.doubt:
            found[place] = hit
    yield from found.values()


def _of(rule: Rule, subject: Any, options: Mapping[str, Any]) -> Iterator[Hit]:
    return _over(rule, (subject,), options)


def _over(rule: Rule, subjects: Iterable[Any], options: Mapping[str, Any]) -> Iterator[Hit]:
    """What a rule says of its subjects. Raises `Problem` where it breaks."""
    check = subject = None
    try:
        for subject in subjects:
            check = check or rule.check  # loads its module, which nothing without a subject needs
            yield from check(subject, options)
    except Problem:
        raise
    except Exception as error:
        raise Problem(
            f"rule {rule.id} of {rule.provider} broke on {subject!r}: {type(error).__name__}: {error}"
        ) from error


def _checked_options(rule: Rule, chosen: RuleSettings) -> Mapping[str, Any]:
    from lading.catalogue import read_card
    from lading.schema import misfit

    schemas = read_card(rule.card_path, rule.id).get("options") or {}
    schema = {"type": "object", "properties": schemas, "additionalProperties": False}
    problem = misfit(schema, chosen.options)
    if problem is not None:
        raise Problem(f"options of rule {rule.id}: {problem}")
    return chosen.options


_SUBJECTS: Mapping[str, Callable[[Repository], Iterable[Any]]] = {
    "source": lambda repository: repository.trees,
    "compose-project": lambda repository: repository.projects,
    "workflow": lambda repository: repository.workflows.values(),
    "workflow-or-action": lambda repository: (*repository.workflows.values(), *repository.actions.values()),
    "publication": lambda repository: repository.publications,
    "consumer": lambda repository: repository.consumers,
    "repository": lambda repository: (repository,),
}


def level_of(rule: Rule, hit: Hit, chosen: RuleSettings | None, edition: str | None = None) -> str:
    """The card's level (or the configured one) on known ground, a warning at most on assumed, a note on unknown.

    One of our rules that is newer than the edition which the repository is at stays a note.
    """
    level = rule.level
    if chosen is not None and chosen.level is not None:
        level = chosen.level
    elif edition is not None and rule.provider == "lading" and is_newer(rule.since, edition):
        level = NOTE
    ceiling = {"known": ERROR, "assumed": WARNING}.get(hit.basis.kind, NOTE)
    return min(level, ceiling, key=severity)


def _finding(rule: Rule, hit: Hit, level: str) -> Finding:
    message = hit.message
    if hit.basis.conditions:
        joined = "; ".join(hit.basis.conditions)
        if hit.basis.kind != "assumed":
            message = f"{message} (cannot tell: {joined})"
        else:
            message = f"{message} ({joined})" if message.endswith("?") else f"{message}, {joined}"
    related = tuple(Related(span_of(at), words) for at, words in hit.related)
    fix = hit.fix if hit.basis.kind != "unknown" else None
    return Finding(rule.id, level, message, span_of(hit.at), related, "", hit.help or rule.fix, fix)


class _Count:
    """Makes fingerprints of rule, path, the way to the place by keys, and the text of the line; numbers equal ones.

    So a finding keeps its own when the same line is wrong, or mended, in another job or service of the file. All are
    counted, when the first one is asked for; what nobody is shown has none.
    """

    __slots__ = ("_findings", "_selection")

    def __init__(self, findings: Sequence[Finding], selection: Selection) -> None:
        self._findings = findings
        self._selection = selection
        for finding in findings:
            finding.count = self

    def __call__(self) -> None:
        findings, self._findings = self._findings, ()
        seen: dict[str, int] = {}
        for finding in findings:
            base = f"{finding.rule}\0{finding.path}\0{finding.way}\0{finding.line_text}"
            seen[base] = number = seen.get(base, 0) + 1
            if not self._selection.focus or self._selection.shows(finding.paths):
                finding.counted = f"{base}\0{number}"
