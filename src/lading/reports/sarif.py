"""SARIF 2.1.0 through `sarif_om`, which nothing else knows.

`sarif_om` has the classes but no way to write them, and takes any value: what is left out and what is always
written is decided in `_Encoder`.
"""

from __future__ import annotations

import json
from urllib.parse import quote

import sarif_om

from lading import regex as re
from lading.findings import ERROR, NOTE, WARNING, severity
from lading.reports.display import harmless
from lading.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from lading.findings import Finding, Outcome, Related
    from lading.reports import RuleText
    from lading.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
MOST_RESULTS = 25_000
MOST_RELATED = 999
MOST_TAGS = 20
LONGEST_DESCRIPTION = 1024
"""GitHub refuses more (docs.github.com, "SARIF support for code scanning": results of a run, locations of a
result, tags of a rule, characters of a description)."""
PROBLEM_SEVERITY = {ERROR: "error", WARNING: "warning", NOTE: "recommendation"}
PRECISION = {ERROR: "very-high", WARNING: "high", NOTE: "medium"}
"""An error is certain; a warning may stand on an assumption, which its message names."""
ALWAYS = frozenset(("level",))
"""Written even where it equals the default: a result without `level` takes the level of its rule."""


def as_sarif(outcome: Outcome, rules: Mapping[str, RuleText]) -> str:
    """One run with all rules and results. A run without results is written too: it closes earlier alerts."""
    indexes = {id: index for index, id in enumerate(rules)}
    findings = _most_severe(outcome.findings, MOST_RESULTS)
    run = sarif_om.Run(
        tool=sarif_om.Tool(driver=_driver(tuple(rules.values()))),
        automation_details=sarif_om.RunAutomationDetails(id="lading/"),
        column_kind="unicodeCodePoints",
        invocations=[_invocation(len(outcome.findings) - len(findings))],
        original_uri_base_ids={ROOT: sarif_om.ArtifactLocation(description=_message("The repository root."))},
        results=[_result(finding, indexes.get(finding.rule, -1)) for finding in findings],
    )
    log = sarif_om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[run])
    return json.dumps(log, ensure_ascii=False, separators=(",", ":"), default=_Encoder().members) + "\n"


def _most_severe(findings: Sequence[Finding], limit: int) -> Sequence[Finding]:
    """The findings in their order; where they are too many, the mildest are left out."""
    if len(findings) <= limit:
        return findings
    ranked = sorted(range(len(findings)), key=lambda at: -severity(findings[at].level))
    return [findings[at] for at in sorted(ranked[:limit])]


def _invocation(left_out: int) -> Any:
    notes = []
    if left_out:
        text = f"{left_out} of the mildest findings are left out: code scanning takes at most {MOST_RESULTS}."
        notes.append(sarif_om.Notification(message=_message(text), level="warning"))
    return sarif_om.Invocation(execution_successful=True, tool_execution_notifications=notes or None)


def _driver(rules: tuple[RuleText, ...]) -> Any:
    return sarif_om.ToolComponent(
        name="lading",
        version=__version__,
        semantic_version=__version__,
        rules=[_rule(rule) for rule in rules],
    )


def _rule(rule: RuleText) -> Any:
    text = sarif_om.MultiformatMessageString
    fix = f"\n\nFix: {rule.fix}" if rule.fix else ""
    return sarif_om.ReportingDescriptor(
        id=rule.id,
        name="".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", rule.id)),
        short_description=text(text=_clipped(rule.title)),
        full_description=text(text=_clipped(rule.why)),
        help=text(text=rule.why + fix, markdown=rule.why + fix.replace("Fix:", "**Fix:**", 1)),
        help_uri=rule.url or None,
        default_configuration=sarif_om.ReportingConfiguration(level=rule.level),
        properties={
            "tags": list(dict.fromkeys(rule.tags))[:MOST_TAGS],
            "precision": PRECISION[rule.level],
            "problem.severity": PROBLEM_SEVERITY[rule.level],
        },
    )


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_DESCRIPTION else text[: LONGEST_DESCRIPTION - 1] + "…"


def _result(finding: Finding, index: int) -> Any:
    related = finding.related[:MOST_RELATED]
    return sarif_om.Result(
        rule_id=finding.rule,
        rule_index=index,
        level=finding.level,
        message=sarif_om.Message(text=escaped(harmless(finding.message)) + _links(related)),
        locations=[sarif_om.Location(physical_location=_place(finding.span))],
        related_locations=[_related(other, number) for number, other in enumerate(related, 1)] or None,
        partial_fingerprints={"lading/v1": finding.fingerprint} if finding.fingerprint else None,
    )


def _links(related: Sequence[Related]) -> str:
    """Code scanning shows a related place only where the message links to it."""
    links = []
    for number, other in enumerate(related, 1):
        line = other.span.source.place(other.span.start)[0]
        links.append(f"[{escaped(harmless(other.span.source.path))}:{line}]({number})")
    return f" (see {', '.join(links)})" if links else ""


def _related(related: Related, number: int) -> Any:
    return sarif_om.Location(
        id=number, physical_location=_place(related.span), message=_message(harmless(related.message))
    )


def _place(span: Span) -> Any:
    """The place of a span; `endColumn` is the column after the last code point."""
    line, column = span.source.place(span.start)
    end_line, end_column = span.source.place(max(span.end, span.start))
    return sarif_om.PhysicalLocation(
        artifact_location=sarif_om.ArtifactLocation(uri=_uri(span.source.path), uri_base_id=ROOT),
        region=sarif_om.Region(
            start_line=line, start_column=column, end_line=end_line, end_column=end_column
        ),
    )


def _uri(path: str) -> str:
    """The path as a relative reference (RFC 3986); a name that is not UTF-8 keeps its bytes."""
    try:
        return quote(path, errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(path, errors="replace")


def _message(text: str) -> Any:
    return sarif_om.Message(text=escaped(text))


def escaped(text: str) -> str:
    """Plain text as a message: no part of it is a link or a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).

    Of braces only those are doubled that a viewer would take for a placeholder, such as `{0}`. The
    specification would have all of them doubled, but viewers show them as written: `${TAG}` would turn into
    `${{TAG}}`.
    """
    text = re.sub(r"([\\\[\]])", r"\\\1", text)
    return re.sub(r"\{(\d+)\}", r"{{\1}}", text)


class _Encoder:
    """Gives `json` the members of a `sarif_om` object, without those that are absent or at their default."""

    __slots__ = ("_plans",)

    def __init__(self) -> None:
        self._plans: dict[type, list[tuple[str, str, Any]]] = {}

    def members(self, thing: Any) -> dict[str, Any]:
        kind = type(thing)
        plan = self._plans.get(kind)
        if plan is None:
            plan = self._plans[kind] = _plan(kind)
        members = {}
        for attribute, name, default in plan:
            value = getattr(thing, attribute)
            if value is None or (value == default and attribute not in ALWAYS):
                continue
            members[name] = value
        return members


def _plan(kind: type) -> list[tuple[str, str, Any]]:
    """Attribute, its name in JSON, and its default, for each attribute of a class of `sarif_om`."""
    if not hasattr(kind, "__attrs_attrs__"):
        raise TypeError(f"{kind.__name__} is not part of a report")
    plan = []
    for attribute in kind.__attrs_attrs__:
        factory = getattr(attribute.default, "factory", None)
        default = factory() if factory else attribute.default
        plan.append((attribute.name, attribute.metadata["schema_property_name"], default))
    return plan
