"""SARIF 2.1.0, put together from the classes of `sarif_om`."""

from __future__ import annotations

from lading import regex as re
from lading.findings import ERROR, NOTE, WARNING, severity
from lading.reports import Report
from lading.reports.addresses import in_address
from lading.reports.display import harmless
from lading.reports.home import homepage
from lading.reports.json_text import compact
from lading.reports.object_model import ObjectModel, members_of
from lading.source import Span
from lading.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from lading.findings import Edit, Finding, Fix, Outcome, Related
    from lading.laid_out import LaidOut
    from lading.reports import Artifact, Origin, RuleText, Scene
    from lading.reports.line_hash import LineHashes
    from lading.source import Source

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000
MOST_TAGS = 20
LONGEST_DESCRIPTION = 1024
MOST_PACKED = 10_000_000
"""GitHub refuses more (docs.github.com, "SARIF support for code scanning": results of a run, locations of a
result, tags of a rule, characters of a description, bytes of the file when gzip has packed it)."""
MOST_LINKS = 10
"""More would make the title of an alert a page."""
LONGEST_SNIPPET = 1_000
PROBLEM_SEVERITY = {ERROR: "error", WARNING: "warning", NOTE: "recommendation"}
PRECISION = {ERROR: "very-high", WARNING: "high", NOTE: "medium"}
"""An error is certain; a warning may stand on an assumption, which its message names."""
om = ObjectModel()
_RULES_HERE, _RESULTS_HERE = "{rules}", "{results}"
"""Stand for rules and results while the rest is written."""
_PRINTS = '"partialFingerprints":{'
_PRINT_HERE = "{fingerprint}"
_BREAK = "\n"
"""Stands on both sides of the fingerprints of a result: no JSON on one line holds it."""


def as_sarif(
    outcome: Outcome, rules: Mapping[str, RuleText], scene: Scene, laid_out: LaidOut | None = None
) -> Report:
    """One run with all rules and results. A run without results is written too: it closes earlier alerts.

    What GitHub would refuse to take is left out, the mildest findings first, and said in the report and its notices.
    `laid_out` are results that were written where they were found, or for an earlier report.
    """
    writer = _Writer(outcome.findings, rules, scene, laid_out)
    kept, text = fitting(writer.log, min(len(outcome.findings), MOST_RESULTS), MOST_PACKED)
    return Report(text, notices=writer.notices(kept))


def fitting(write: Callable[[int], str], count: int, most: int) -> tuple[int, str]:
    """`count`, or the half, the quarter … of it with which the text takes `most` bytes when packed; and that text."""
    text = write(count)
    while count and not _is_small(text, most):
        count //= 2
        text = write(count)
    return count, text


def _is_small(text: str, most: int) -> bool:
    if len(text) <= most // 4:  # a code point has four bytes at most, and packing adds none to speak of
        return True
    import zlib

    return len(zlib.compress(text.encode("utf-8", "replace"))) <= most


class _Writer:
    """Writes the log with the most severe of the findings, as many as are asked for."""

    __slots__ = ("_descriptors", "_findings", "_laid_out", "_results", "_scene")

    def __init__(
        self,
        findings: Sequence[Finding],
        rules: Mapping[str, RuleText],
        scene: Scene,
        laid_out: LaidOut | None,
    ) -> None:
        self._findings = findings
        self._descriptors = [rule.descriptor or descriptor(rule) for rule in rules.values()]
        self._scene = scene
        self._results = Results(rules, scene)
        self._laid_out = laid_out

    def log(self, count: int) -> str:
        run = om.Run(
            tool=om.Tool(driver=_driver()),
            automation_details=om.RunAutomationDetails(id=f"{self._scene.category}/"),
            column_kind="unicodeCodePoints",
            invocations=[_invocation(self.notices(count))],
            original_uri_base_ids={ROOT: om.ArtifactLocation(description=_message("The repository root."))},
            results=[_RESULTS_HERE],
            version_control_provenance=_provenance(self._scene.origin),
        )
        log = om.SarifLog(runs=[run], version="2.1.0", schema_uri=SCHEMA)
        # Nothing that is found stands before the rules.
        before, _, rest = compact(log, members_of).partition(compact(_RULES_HERE))
        between, _, after = rest.partition(compact(_RESULTS_HERE))
        pieces = [before]
        for each in self._descriptors:
            pieces += (each, ",")
        if self._descriptors:
            pieces.pop()
        findings = _most_severe(self._findings, count)
        known = self._laid_out.blocks(findings) if self._laid_out is not None else ("",) * len(findings)
        results = ",".join(map(self._result, findings, known))
        return "".join([*pieces, between, results, after, "\n"])

    def notices(self, count: int) -> tuple[str, ...]:
        """What is said of findings that are left out."""
        left_out = len(self._findings) - count
        if not left_out:
            return ()
        are = "1 finding is" if left_out == 1 else f"{left_out} findings are"
        limit = f"{MOST_RESULTS} results and {MOST_PACKED // 1_000_000} MB of packed text"
        return (f"{are} left out of the SARIF report, the mildest: code scanning takes at most {limit}.",)

    def _result(self, finding: Finding, known: str) -> str:
        return _with_fingerprints(known or self._results.written(finding), finding.fingerprint)


def _with_fingerprints(written: str, own: str) -> str:
    """A result with its fingerprints, which it had none of."""
    before, line_hash, after = written.split(_BREAK)
    named = (("lading/v1", own), ("primaryLocationLineHash", line_hash))
    prints = ",".join([f'"{name}":"{value}"' for name, value in named if value])
    return f"{before}{_PRINTS}{prints}}}{after}" if prints else before.removesuffix(",") + after


class Results:
    """Writes results one by one, as JSON without the fingerprint: that counts equal findings of the whole run."""

    __slots__ = ("_artifacts", "_hashes", "_indexes", "_scene", "_secretive")

    def __init__(self, rules: Mapping[str, RuleText], scene: Scene) -> None:
        self._scene = scene
        self._indexes = {id: index for index, id in enumerate(rules)}
        self._secretive = {id for id, rule in rules.items() if rule.security is not None}
        self._artifacts: dict[str, Artifact] = {}
        self._hashes: dict[str, LineHashes] = {}

    def lasting(self, finding: Finding) -> str:
        """As `written`; empty where it depends on more than the files that the finding is about."""
        paths = frozenset(finding.paths)
        edited = {edit.span.source.path for edit in finding.fix.edits} if finding.fix is not None else set()
        if not edited <= paths or any(self._artifact(path).path != path for path in paths):
            return ""
        return self.written(finding)

    def written(self, finding: Finding) -> str:
        """What comes before the fingerprints, the hash of the line (empty where the file cannot be read), the rest."""
        related = finding.related[: MOST_LOCATIONS - 1]
        result = om.Result(
            message=om.Message(text=_sentence(escaped(harmless(finding.message))) + _links(related)),
            fixes=[self._fix(finding.fix)] if finding.fix is not None and finding.fix.edits else None,
            level=finding.level,
            locations=[om.Location(physical_location=self._primary(finding))],
            partial_fingerprints={_PRINT_HERE: ""},
            related_locations=[self._related(other, number) for number, other in enumerate(related, 1)]
            or None,
            rule_id=finding.rule,
            rule_index=self._indexes.get(finding.rule, -1),
        )
        # Within a text the quotes would be escaped.
        before, _, after = compact(result, members_of).partition(f'{_PRINTS}"{_PRINT_HERE}":""}}')
        return _BREAK.join((before, self._line_hash(finding) or "", after))

    def _artifact(self, path: str) -> Artifact:
        found = self._artifacts.get(path)
        if found is None:
            found = self._artifacts[path] = self._scene.artifact(path)
        return found

    def _line_hash(self, finding: Finding) -> str | None:
        """The hash of its line; None where the file cannot be read."""
        path = finding.path
        artifact = self._artifact(path)
        if artifact.data is None:
            return None
        hashes = self._hashes.get(path)
        if hashes is None:
            from lading.reports.line_hash import LineHashes

            hashes = self._hashes[path] = LineHashes(artifact.data)
        return hashes.of(1 if artifact.is_stand_in else finding.line)

    def _related(self, related: Related, number: int) -> Any:
        return om.Location(
            id=number,
            message=_message(harmless(related.message)),
            physical_location=self._place(related.span),
        )

    def _primary(self, finding: Finding) -> Any:
        """The place of a finding: no more than its first line, since a pull request shows an alert only where all
        lines of its place are new. What a rule about security points at may be a secret, and reports travel."""
        span = finding.span
        short = Span(span.source, span.start, max(span.start, _end_of_first_line(span)))
        return self._place(short, has_snippet=finding.rule not in self._secretive)

    def _place(self, span: Span, *, has_snippet: bool = False) -> Any:
        source = span.source
        artifact = self._artifact(source.path)
        if artifact.is_stand_in:
            return om.PhysicalLocation(
                artifact_location=_location(artifact.path), region=om.Region(start_line=1)
            )
        region = _region(source, span.start, span.end, has_snippet=has_snippet)
        return om.PhysicalLocation(artifact_location=_location(artifact.path), region=region)

    def _fix(self, fix: Fix) -> Any:
        by_path: dict[str, list[Edit]] = {}
        for edit in fix.edits:
            by_path.setdefault(edit.span.source.path, []).append(edit)
        changes = [
            om.ArtifactChange(
                artifact_location=_location(self._artifact(path).path),
                replacements=[_replacement(edit) for edit in edits],
            )
            for path, edits in by_path.items()
        ]
        return om.Fix(
            artifact_changes=changes,
            description=_message(_sentence(harmless(fix.message))),
            properties={"isSafe": fix.is_safe},
        )


def _most_severe(findings: Sequence[Finding], limit: int) -> Sequence[Finding]:
    """The findings in their order; where they are too many, the mildest are left out."""
    if len(findings) <= limit:
        return findings
    ranked = sorted(range(len(findings)), key=lambda at: -severity(findings[at].level))
    return [findings[at] for at in sorted(ranked[:limit])]


def _invocation(notices: Sequence[str]) -> Any:
    notes = [om.Notification(message=_message(text), level="warning") for text in notices]
    return om.Invocation(execution_successful=True, tool_execution_notifications=notes or None)


def _provenance(origin: Origin | None) -> Any:
    if origin is None:
        return None
    return [
        om.VersionControlDetails(
            repository_uri=origin.uri,
            branch=origin.branch or None,
            mapped_to=om.ArtifactLocation(uri_base_id=ROOT),
            revision_id=origin.revision or None,
        )
    ]


def _driver() -> Any:
    return om.ToolComponent(
        name="lading",
        information_uri=homepage(),
        rules=[_RULES_HERE],
        semantic_version=__version__,
        version=__version__,
    )


def descriptor(rule: RuleText) -> str:
    """How the report describes a rule, as JSON."""
    text = om.MultiformatMessageString
    properties: dict[str, Any] = {
        "tags": _tags(rule),
        "precision": PRECISION[rule.level],
        "problem.severity": PROBLEM_SEVERITY[rule.level],
    }
    if rule.security is not None:
        properties["security-severity"] = f"{rule.security:.1f}"
    described = om.ReportingDescriptor(
        id=rule.id,
        default_configuration=om.ReportingConfiguration(level=rule.level),
        full_description=text(text=_clipped(_sentence(" ".join(rule.why.split())))),
        help=text(text=_help(rule, ""), markdown=_help(rule, "**")),
        help_uri=rule.url or None,
        name="".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", rule.id)),
        properties=properties,
        short_description=text(text=_clipped(_sentence(" ".join(rule.title.split())))),
    )
    return compact(described, members_of)


def _tags(rule: RuleText) -> list[str]:
    """The card's, and `security` where code scanning is to list the rule as such."""
    tags = (*(("security",) if rule.security is not None else ()), *rule.tags)
    return list(dict.fromkeys(tags))[:MOST_TAGS]


def _help(rule: RuleText, strong: str) -> str:
    """What the page of a rule says, as Markdown; its headings are `strong`."""
    parts = [rule.why.strip()]
    if rule.fix:
        parts.append(f"{strong}Fix:{strong} {rule.fix}")
    for title, texts in (("Limits", rule.limits), ("References", rule.references)):
        if texts:
            parts.append(f"{strong}{title}:{strong}\n\n" + "\n".join(f"- {text}" for text in texts))
    return "\n\n".join(parts)


def _sentence(text: str) -> str:
    """The text with a full stop behind it: code scanning takes what comes before the first one as the title."""
    return text if not text or text.endswith((".", "!", "?", "…")) else text + "."


def _clipped(text: str) -> str:
    """As many whole sentences as a description may have; a single one that is longer is cut."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    end = text.rfind(". ", 0, LONGEST_DESCRIPTION)
    return text[: end + 1] if end > 0 else text[: LONGEST_DESCRIPTION - 2] + "…."


def _links(related: Sequence[Related]) -> str:
    """Code scanning shows a related place only where the message links to it."""
    links = []
    for number, other in enumerate(related[:MOST_LINKS], 1):
        source = other.span.source
        place = f"{source.path}:{source.place(other.span.start)[0]}"
        links.append(f"[{escaped(harmless(place))}]({number})")
    more = len(related) - len(links)
    return f" See {', '.join(links)}{f' and {more} more' if more else ''}." if links else ""


def _end_of_first_line(span: Span) -> int:
    line = span.source.place(span.start)[0]
    text = span.source.line(line)
    return min(span.end, span.source.offset(line) + len(text.rstrip()))


def _region(source: Source, start: int, end: int, *, has_snippet: bool = False) -> Any:
    """`endColumn` is the column after the last code point."""
    line, column = source.place(start)
    end_line, end_column = source.place(max(end, start))
    text = source.text[start:end]
    has_snippet = has_snippet and 0 < len(text) <= LONGEST_SNIPPET
    return om.Region(
        end_column=end_column,
        end_line=end_line,
        snippet=om.ArtifactContent(text=text) if has_snippet else None,
        start_column=column,
        start_line=line,
    )


def _replacement(edit: Edit) -> Any:
    span = edit.span
    return om.Replacement(
        deleted_region=_region(span.source, span.start, span.end),
        inserted_content=om.ArtifactContent(text=edit.text) if edit.text else None,
    )


def _location(path: str) -> Any:
    return om.ArtifactLocation(uri=_uri(path), uri_base_id=ROOT)


def _uri(path: str) -> str:
    """The path as a relative reference (RFC 3986); a name that is not UTF-8 keeps its bytes."""
    try:
        return in_address(path, "surrogateescape")
    except UnicodeEncodeError:
        return in_address(path)


def _message(text: str) -> Any:
    return om.Message(text=escaped(text))


def escaped(text: str) -> str:
    """Plain text as a message: no part of it is a link or a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).

    Of braces only those are doubled that a viewer would take for a placeholder, such as `{0}`. The
    specification would have all of them doubled, but viewers show them as written: `${TAG}` would turn into
    `${{TAG}}`.
    """
    text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return re.sub(r"\{\d+\}", lambda found: f"{{{found[0]}}}", text)  # for a template `re` would be loaded
