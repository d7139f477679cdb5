"""Rules over models: hits become findings with id, level and fingerprint, in one order, each once."""

from __future__ import annotations

from lading.findings import ERROR, NOTE, WARNING, Finding, Outcome, Related, severity
from lading.problems import Problem
from lading.source import span_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from lading.catalogue import Rule
    from lading.config import RuleSettings
    from lading.findings import Hit
    from lading.models.repository import Repository

OFF = "off"
MANY = 100
"""Workflows from which on it pays to check in several processes."""


class Selection:
    """Which findings the user wants: rules by glob, unknown ones too (`strict`), and the paths in focus.

    `focus` holds posix paths relative to the root; empty means everything.
    """

    __slots__ = ("focus", "ignore", "select", "strict")

    def __init__(
        self,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        strict: bool = False,
        focus: tuple[str, ...] = (),
    ) -> None:
        self.select = select
        self.ignore = ignore
        self.strict = strict
        self.focus = focus

    def wants(self, rule_id: str) -> bool:
        chosen = not self.select or any(matches(rule_id, glob) for glob in self.select)
        return chosen and not any(matches(rule_id, glob) for glob in self.ignore)

    def shows(self, finding: Finding) -> bool:
        """Is the finding, or a place it is about, in focus?"""
        if not self.focus:
            return True
        paths = {finding.path, *(related.span.source.path for related in finding.related)}
        return any(map(self.holds, paths))

    def holds(self, path: str) -> bool:
        """Does a path lie in the focus?"""
        return any(_lies_in(path, folder) for folder in self.focus)


def matches(rule_id: str, glob: str) -> bool:
    """`publish/*`, `publish` for the whole family, or an id."""
    if glob == rule_id or rule_id.startswith(glob + "/"):
        return True
    if "*" not in glob and "?" not in glob and "[" not in glob:
        return False
    from fnmatch import fnmatchcase

    return fnmatchcase(rule_id, glob)


def _lies_in(path: str, folder: str) -> bool:
    return folder in (".", "") or path == folder or path.startswith(folder.rstrip("/") + "/")


class Collected:
    """What rules have found in a repository, or in a part of it, before it is put in order.

    `findings` are by key, so that each counts once; the numbers are those of `Outcome`.
    """

    __slots__ = ("findings", "projects", "publications", "suppressed", "undecided", "workflows")

    def __init__(self) -> None:
        self.findings: dict[object, Finding] = {}
        self.undecided = 0
        self.suppressed = 0
        self.workflows = 0
        self.projects = 0
        self.publications = 0

    def add(self, finding: Finding) -> None:
        key = (finding.rule, finding.path, finding.span.start, finding.span.end, finding.message)
        self.findings.setdefault(key, finding)


def check(repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> Outcome:
    """Run every wanted rule over what its scope names. Raises `Problem` where a check breaks."""
    return in_order([collect(repository, rules, selection)], repository.file_count)


def collect(repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> Collected:
    """Run the rules; the findings are not in order yet and have no fingerprint."""
    found = Collected()
    run(found, repository, rules, selection)
    found.workflows = len(repository.workflows)
    found.projects = len(repository.projects)
    found.publications = len(repository.publications)
    return found


def run(found: Collected, repository: Repository, rules: Mapping[str, Rule], selection: Selection) -> None:
    """Add to `found` what the rules find."""
    settings = repository.config.rules
    suppressions = repository.suppressions
    for rule in rules.values():
        chosen = settings.get(rule.id)
        if not selection.wants(rule.id) or (chosen is not None and chosen.level == OFF):
            continue
        for hit in _hits(rule, repository, chosen):
            level = level_of(rule, hit, chosen)
            if hit.basis.kind == "unknown" and not selection.strict:
                found.undecided += 1
                continue
            finding = _finding(rule, hit, level)
            if not selection.shows(finding):
                continue
            if suppressions(finding) or _is_left_out(finding, chosen):
                found.suppressed += 1
                continue
            found.add(finding)


def in_order(parts: Sequence[Collected], files: int) -> Outcome:
    """The outcome of a run over all parts of a repository."""
    whole = parts[0]
    for part in parts[1:]:
        for finding in part.findings.values():
            whole.add(finding)
    ordered = sorted(
        whole.findings.values(), key=lambda f: (f.path, f.span.start, f.span.end, f.rule, f.message)
    )
    _number_fingerprints(ordered)
    return Outcome(
        tuple(ordered),
        files=files,
        workflows=sum(part.workflows for part in parts),
        projects=sum(part.projects for part in parts),
        publications=sum(part.publications for part in parts),
        undecided=sum(part.undecided for part in parts),
        suppressed=sum(part.suppressed for part in parts),
    )


def _hits(rule: Rule, repository: Repository, chosen: RuleSettings | None) -> Iterator[Hit]:
    options: Mapping[str, Any] = rule.options
    if chosen is not None and chosen.options:
        options = {**rule.options, **_checked_options(rule, chosen)}
    if rule.scope == "compose-project" and any(project.statement for project in repository.projects):
        from lading.models.compose.sharing import told_once

        yield from told_once(
            ((each, hit) for each in repository.projects for hit in _of(rule, each, options)),
            repository.projects,
        )
        return
    if rule.scope == "repository" and not _concerns(rule, repository):
        return
    hits = _over(rule, _SUBJECTS[rule.scope](repository), options)
    yield from _surest(hits) if rule.scope == "publication" else hits


_OF_WORKFLOWS = ("delivery/", "publish/", "workflow/")
JOINED = ("image/published-under-another-name", "image/tag-never-published")
"""Rules that hold what is published against what is run, and so need both."""


def _concerns(rule: Rule, repository: Repository) -> bool:
    """Is there anything for a rule of ours to look at? Loading those of workflows takes 20 ms (measured)."""
    inventory = repository.inventory
    if rule.id in JOINED:
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


def level_of(rule: Rule, hit: Hit, chosen: RuleSettings | None) -> str:
    """The card's level (or the configured one) on known ground, a warning at most on assumed, a note on unknown."""
    level = chosen.level if chosen is not None and chosen.level is not None else rule.level
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
    return Finding(rule.id, level, message, span_of(hit.at), related, "", hit.help or rule.fix, hit.fix)


def _is_left_out(finding: Finding, chosen: RuleSettings | None) -> bool:
    if chosen is None or not chosen.ignore:
        return False
    from lading.globs import refuse_odd, spec_of

    refuse_odd(f"rules: {finding.rule}: ignore", chosen.ignore)
    return spec_of(chosen.ignore).match_file(finding.path)


_LONG_LINE = 10_000
"""Code points; of a longer line, which may hold thousands of findings, the digest stands in their fingerprints."""


def _number_fingerprints(findings: list[Finding]) -> None:
    """A fingerprint of rule, path and the text of the line; equal ones are numbered in order."""
    if not findings:
        return
    try:
        # What `hashlib` gives, without the 3 ms (measured) in which it loads OpenSSL.
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b

    def digest(text: str) -> str:
        return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()

    seen: dict[str, int] = {}
    lines: dict[tuple[str, int], str] = {}
    for finding in findings:
        place = (finding.path, finding.line)
        line = lines.get(place)
        if line is None:
            line = " ".join(finding.span.source.line(finding.line).split())
            line = lines[place] = line if len(line) <= _LONG_LINE else digest(line)
        base = f"{finding.rule}\0{finding.path}\0{line}"
        seen[base] = number = seen.get(base, 0) + 1
        finding.fingerprint = digest(f"{base}\0{number}")
