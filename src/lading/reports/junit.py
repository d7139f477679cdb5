"""JUnit XML: a suite for each file, a failed test for each finding."""

from __future__ import annotations

from lading.reports.xml import content, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding, Outcome

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
CLEAN = (
    '  <testsuite name="lading" tests="1" failures="0" errors="0">\n'
    '    <testcase classname="lading" name="no findings"/>\n'
    "  </testsuite>\n"
)
"""A test that passes: some readers fail where a report holds none."""


def as_junit(outcome: Outcome) -> str:
    """Findings in the order of the outcome, which goes by file."""
    suites: dict[str, list[Finding]] = {}
    for finding in outcome.findings:
        suites.setdefault(finding.path, []).append(finding)
    body = "".join(_suite(path, findings) for path, findings in suites.items()) or CLEAN
    count = len(outcome.findings)
    counts = f'tests="{count or 1}" failures="{count}" errors="0"'
    return f'{HEAD}<testsuites name="lading" {counts}>\n{body}</testsuites>\n'


def _suite(path: str, findings: list[Finding]) -> str:
    count = len(findings)
    cases = "".join(_case(finding) for finding in findings)
    return (
        f'  <testsuite name={quoted(path)} tests="{count}" failures="{count}" errors="0">\n'
        f"{cases}  </testsuite>\n"
    )


def _case(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    told = [f"{place}: {finding.message}", *([f"help: {finding.help}"] if finding.help else [])]
    name = f"{finding.rule} in line {finding.line}, column {finding.column}"
    path = quoted(finding.path)
    return (
        f'    <testcase classname={path} name={quoted(name)} file={path} line="{finding.line}">\n'
        f'      <failure type="{finding.level}" message={quoted(finding.message)}>'
        + "\n".join(content(line) for line in told)
        + "</failure>\n    </testcase>\n"
    )
