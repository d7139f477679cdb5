"""Reports for other tools: each is what its reader takes, and safe with any text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lading.findings import ERROR, LEVELS, NOTE, WARNING, Edit, Finding, Fix, Outcome, Related
from lading.reports import UNSEEN, Artifact, Origin, RuleText, Scene, render
from lading.reports.display import cells, harmless, on_one_line
from lading.reports.markdown import MOST_BYTES, escaped
from lading.source import Source, Span
from tests.reports.stories import PLAIN, RULES, finding, outcome, shop

SHIP = Source("deploy/compose.yaml", "a: 🚢 b\nc:\n  d\n")


def told(format: str, shown: Outcome, rules: dict[str, RuleText] = RULES, scene: Scene = UNSEEN) -> str:
    return render(format, shown, PLAIN, lambda: rules, scene)


def with_fix(*edits: Edit) -> Outcome:
    found = finding(Span(SHIP, 5, 6), "größer")
    found.fix = Fix("Write it.", edits, is_safe=True)
    return outcome(found)


ODD = (
    "a\r\n::error::b", "::set-output name=x::y", "##[add-mask]x", "a##[set-output name=x]y##[", "a,b:c%0A=",
    "\x1b[31m\x07\u202e", "]]>", "<b a='1'>&amp;\"</b>", "|*_[x](y)`` ` ~#@acme", "\ufffe\uffff\x00", "\ud800", "名🚢",
)  # fmt: skip
"""Texts that mean something to a runner, a terminal, XML, HTML or Markdown."""


def odd_outcome(odd: str) -> Outcome:
    source = Source(f"dir/{odd}.yaml", f"key: {odd}value\n{odd}")
    related = (Related(Span(source, 0, 3), odd),)
    length = len(source.text)
    places = [(0, 3), (5, 5), (0, length), (length, length), (length - 1, length + 9)]
    return outcome(
        *(
            finding(Span(source, *place), odd, level=level, related=related, help=odd)
            for place in places
            for level in LEVELS
        )
    )


class TestGithub:
    """Workflow commands."""

    def test_each_finding_is_a_command_the_most_severe_first(self) -> None:
        assert told("github", outcome(*reversed(shop().findings))) == (
            "::error file=.github/workflows/publish.yml,line=10,endLine=10,title=lading%3A publish/missing-packages-write,"
            "col=14,endColumn=43::.github/workflows/publish.yml:10:14: job `image` pushes `ghcr.io/acme/shop` without "
            "`packages: write` [publish/missing-packages-write]\n"
            "::warning file=deploy/compose.yaml,line=4,endLine=4,title=lading%3A health/wait-without-healthcheck,"
            "col=23,endColumn=38::deploy/compose.yaml:4:23: `api` waits for `db`, which has no healthcheck "
            "[health/wait-without-healthcheck]\n"
            "::notice file=deploy/compose.yaml,line=6,endLine=6,title=lading%3A image/moving-tag,"
            "col=12,endColumn=23::deploy/compose.yaml:6:12: the tag moves [image/moving-tag]\n"
        )

    def test_a_clean_run_says_nothing(self) -> None:
        assert told("github", outcome()) == ""

    def test_a_place_of_several_lines_has_no_columns(self) -> None:
        command = told("github", outcome(finding(Span(SHIP, 3, 12)))).partition("::deploy")[0]
        assert (
            command
            == "::error file=deploy/compose.yaml,line=1,endLine=3,title=lading%3A compose/undefined-volume"
        )

    @pytest.mark.parametrize(
        ("count", "said"), [(10, None), (11, "1 more finding is"), (300, "290 more findings are")]
    )
    def test_what_github_does_not_show_is_said(self, count: int, said: str | None) -> None:
        lines = told("github", outcome(*[finding(Span(SHIP, 0, 1))] * count)).splitlines()
        commands = [line for line in lines if line.startswith("::")]
        others = [line for line in lines if not line.startswith("::")]
        assert len(commands) == 10
        assert others == ([f"{said} not annotated: GitHub shows 10 of each level for a step"] if said else [])

    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    def test_no_text_makes_a_command_of_its_own(self, odd: str) -> None:
        for line in told("github", odd_outcome(odd)).splitlines():
            command = read_by_the_runner(line)
            assert command is not None
            assert command[0] in ("error", "warning", "notice")
            assert set(command[1]) <= {"file", "line", "endLine", "title", "col", "endColumn"}
            assert command[1]["title"] == "lading: compose/undefined-volume"
            assert command[1]["file"] == on_one_line(f"dir/{odd}.yaml")
            assert command[2].endswith(f"{harmless(odd)} [compose/undefined-volume]")

    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    @pytest.mark.parametrize("format", ["text", "concise"])
    def test_reports_for_people_are_no_commands_either(self, format: str, odd: str) -> None:
        report = told(format, odd_outcome(odd))
        assert [line for line in report.splitlines() if read_by_the_runner(line)] == []


def read_by_the_runner(line: str) -> tuple[str, dict[str, str], str] | None:
    """Command, properties and data, as actions/runner reads a line of the log; None where it sees no command."""
    line = line.lstrip()
    new = re.match(r"::([A-Za-z-]+)(?: ([^\n]*?))?::(.*)", line)
    if new is not None:
        pairs = [each.split("=", 1) for each in (new[2] or "").split(",") if each]
        return new[1], {pair[0]: unescaped(pair[1]) for pair in pairs if len(pair) == 2}, unescaped(new[3])
    old = re.search(r"##\[([A-Za-z-]+)(?: [^\]]*)?\]", line)
    return (old[1], {}, "") if old is not None else None


def unescaped(text: str) -> str:
    for sign, code in (("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


def test_a_command_in_a_line_of_source_is_spelled_out_and_keeps_its_columns() -> None:
    assert "".join(shown for shown, _ in cells("a ##[error]b ##[x")) == "a ##\\u{5b}error]b ##\\u{5b}x"
    assert [width for _, width in cells("##[x")] == [1, 1, 6, 1]
    assert harmless("listens on ::1 and [::]:80") == "listens on ::1 and [::]:80"


class TestSummary:
    """Markdown for the page of a job."""

    def test_findings_are_rows_that_link_to_their_lines(self) -> None:
        origin = Origin("https://github.com/acme/shop", "1" * 40)
        report = told("summary", shop(), scene=Scene(Artifact, origin=origin))
        assert report.splitlines()[:7] == [
            "### lading",
            "",
            "1 error, 1 warning, 1 note in 14 files: 3 workflows, 2 compose projects, 6 publications; "
            "3 undecided (--strict shows them); 1 suppressed",
            "",
            "| | Where | What | What to do |",
            "|---|---|---|---|",
            "| ❌ error | [.github/workflows/publish.yml:10](https://github.com/acme/shop/blob/"
            f"{'1' * 40}/.github/workflows/publish.yml#L10) | job <code>image</code> pushes <code>ghcr.io/acme/shop</code> "
            "without <code>packages: write</code><br><sub>publish/missing-packages-write</sub> | Add <code>packages: write"
            "</code> to the permissions of the job, next to those that the checkout needs. |",
        ]

    def test_a_clean_run_says_what_was_covered(self) -> None:
        assert told("summary", outcome()) == (
            "### lading\n\nno findings in 14 files: 3 workflows, 2 compose projects, 6 publications\n"
        )

    def test_a_long_one_ends_before_the_limit_and_says_so(self) -> None:
        report = told("summary", outcome(*[finding(Span(SHIP, 0, 1), "名" * 1000)] * 400))
        assert MOST_BYTES - 5000 < len(report.encode()) < MOST_BYTES + 200
        rows = report.count("❌")
        assert report.endswith(f"\n{400 - rows} more findings do not fit on this page.\n")

    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    def test_no_text_leaves_its_cell(self, odd: str) -> None:
        rows = told("summary", odd_outcome(odd)).splitlines()[6:]
        assert len(rows) == 15
        assert {row.count("|") for row in rows} == {5}
        assert re.findall(r"<(?!/?code>|br>|/?sub>)|[\[\]*_~@]|(?<!&)#", "".join(rows)) == []

    @pytest.mark.parametrize(
        ("text", "markdown"),
        [
            pytest.param("a `b|c` d", "a <code>b&#124;c</code> d", id="code"),
            pytest.param("a ` b", "a &#96; b", id="a backtick alone"),
            pytest.param("see https://x.y", "see https&#58;//x.y", id="an address"),
            pytest.param("", "", id="nothing"),
        ],
    )
    def test_text_is_escaped(self, text: str, markdown: str) -> None:
        assert escaped(text) == markdown


class TestGitlab:
    """Code Quality (docs.gitlab.com)."""

    def test_an_issue_is_whole(self) -> None:
        (issue,) = json.loads(told("gitlab", outcome(finding(Span(SHIP, 5, 6), "größer", level=NOTE))))
        assert issue == {
            "description": "compose/undefined-volume: größer",
            "check_name": "compose/undefined-volume",
            "fingerprint": "f1f2f3",
            "severity": "info",
            "location": {
                "path": "deploy/compose.yaml",
                "positions": {"begin": {"line": 1, "column": 6}, "end": {"line": 1, "column": 7}},
            },
        }

    def test_a_clean_run_is_an_empty_array(self) -> None:
        assert told("gitlab", outcome()) == "[]\n"

    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    def test_what_gitlab_asks_for_is_kept(self, odd: str) -> None:
        issues = json.loads(told("gitlab", odd_outcome(odd)))
        assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 15
        for issue in issues:
            assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
            assert issue["description"]
            assert not issue["location"]["path"].startswith(("./", "/"))
            assert issue["location"]["positions"]["begin"]["line"] >= 1


def parsed(text: str, tmp_path: Path) -> ElementTree.Element:
    """The document as a parser of XML has it; xmllint is asked as well, where it is installed."""
    data = text.encode("utf-8", "replace")
    if shutil.which("xmllint"):
        (tmp_path / "report.xml").write_bytes(data)
        subprocess.run(["xmllint", "--noout", str(tmp_path / "report.xml")], check=True)
    return ElementTree.fromstring(data)


class TestJunit:
    """JUnit XML."""

    def test_findings_are_failed_tests_by_file(self, tmp_path: Path) -> None:
        root = parsed(told("junit", shop()), tmp_path)
        assert (root.tag, root.attrib) == (
            "testsuites",
            {"name": "lading", "tests": "3", "failures": "3", "errors": "0"},
        )
        assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
            (".github/workflows/publish.yml", "1", "1"),
            ("deploy/compose.yaml", "2", "2"),
        ]
        failure = root[0][0][0]
        assert failure.attrib == {
            "type": "error",
            "message": "job `image` pushes `ghcr.io/acme/shop` without `packages: write`",
        }
        assert failure.text == (
            ".github/workflows/publish.yml:10:14: job `image` pushes `ghcr.io/acme/shop` without `packages: write`\n"
            "help: Add `packages: write` to the permissions of the job, next to those that the checkout needs."
        )

    def test_a_clean_run_is_one_test_that_passes(self, tmp_path: Path) -> None:
        root = parsed(told("junit", outcome()), tmp_path)
        assert [(case.tag, case.get("name"), len(case)) for suite in root for case in suite] == [
            ("testcase", "no findings", 0)
        ]
        assert (root.get("tests"), root.get("failures")) == ("1", "0")

    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    def test_any_text_is_well_formed(self, odd: str, tmp_path: Path) -> None:
        root = parsed(told("junit", odd_outcome(odd)), tmp_path)
        assert len(root.findall("./testsuite/testcase/failure")) == 15


class TestCheckstyle:
    """Checkstyle XML."""

    def test_findings_are_errors_by_file(self, tmp_path: Path) -> None:
        root = parsed(told("checkstyle", shop()), tmp_path)
        assert (root.tag, root.get("version")) == ("checkstyle", "4.3")
        assert [(file.get("name"), [error.attrib for error in file]) for file in root][1] == (
            "deploy/compose.yaml",
            [
                {
                    "line": "4",
                    "column": "23",
                    "severity": "warning",
                    "message": "`api` waits for `db`, which has no healthcheck",
                    "source": "lading.health/wait-without-healthcheck",
                },
                {
                    "line": "6",
                    "column": "12",
                    "severity": "info",
                    "message": "the tag moves",
                    "source": "lading.image/moving-tag",
                },
            ],
        )

    @pytest.mark.parametrize("odd", ["", *ODD], ids=ascii)
    def test_any_text_is_well_formed(self, odd: str, tmp_path: Path) -> None:
        root = parsed(told("checkstyle", odd_outcome(odd)), tmp_path)
        assert {error.get("severity") for error in root.iter("error")} == {"error", "warning", "info"}

    def test_a_clean_run_has_no_files(self, tmp_path: Path) -> None:
        assert list(parsed(told("checkstyle", outcome()), tmp_path)) == []


POSITION = {
    "type": "object",
    "required": ["line", "column"],
    "additionalProperties": False,
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
}
RANGE = {
    "type": "object",
    "required": ["start", "end"],
    "additionalProperties": False,
    "properties": {"start": POSITION, "end": POSITION},
}
RDJSON = {
    "type": "object",
    "required": ["source", "diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {"const": {"name": "lading"}},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity", "code"],
                "additionalProperties": False,
                "properties": {
                    "message": {"type": "string"},
                    "location": {
                        "type": "object",
                        "required": ["path", "range"],
                        "additionalProperties": False,
                        "properties": {"path": {"type": "string"}, "range": RANGE},
                    },
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "code": {
                        "type": "object",
                        "required": ["value"],
                        "additionalProperties": False,
                        "properties": {
                            "value": {"type": "string"},
                            "url": {"type": "string", "format": "uri"},
                        },
                    },
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"range": RANGE, "text": {"type": "string"}},
                        },
                    },
                },
            },
        },
    },
}
"""The fields of proto/rdf/reviewdog.proto that are used; reviewdog refuses those that it does not know."""


class TestRdjson:
    """reviewdog's format."""

    @pytest.mark.parametrize(
        "shown",
        [outcome(), shop(), with_fix(Edit(Span(SHIP, 3, 4), "x")), *map(odd_outcome, ODD)],
        ids=["clean", "shop", "fix", *map(ascii, ODD)],
    )
    def test_the_fields_are_those_that_reviewdog_knows(self, shown: Outcome) -> None:
        from jsonschema import Draft202012Validator

        report = json.loads(told("rdjson", shown))
        assert [error.message for error in Draft202012Validator(RDJSON).iter_errors(report)] == []
        assert len(report["diagnostics"]) == len(shown.findings)

    def test_columns_are_bytes(self) -> None:
        (diagnostic,) = json.loads(told("rdjson", outcome(finding(Span(SHIP, 5, 6)))))["diagnostics"]
        assert diagnostic["location"]["range"] == {
            "start": {"line": 1, "column": 9},
            "end": {"line": 1, "column": 10},
        }

    def test_the_edits_of_a_fix_are_one_suggestion(self) -> None:
        report = told(
            "rdjson",
            with_fix(
                Edit(Span(SHIP, 5, 6), "B"), Edit(Span(SHIP, 0, 1), "A"), Edit(Span(SHIP, 7, 7), "n: 1\n")
            ),
        )
        (diagnostic,) = json.loads(report)["diagnostics"]
        assert diagnostic["suggestions"] == [
            {
                "range": {"start": {"line": 1, "column": 1}, "end": {"line": 2, "column": 1}},
                "text": "A: 🚢 B\nn: 1\n",
            }
        ]

    def test_a_fix_in_another_file_is_no_suggestion(self) -> None:
        other = Source("compose.yaml", "a: b\n")
        report = told("rdjson", with_fix(Edit(Span(SHIP, 5, 6), "B"), Edit(Span(other, 0, 1), "A")))
        assert json.loads(report)["diagnostics"][0]["suggestions"] == []


class TestSonar:
    """Generic issues in the form of SonarQube 10.3."""

    def test_columns_are_counted_from_0_in_utf_16(self) -> None:
        (issue,) = json.loads(told("sonar", outcome(finding(Span(SHIP, 5, 6)))))["issues"]
        assert issue["primaryLocation"]["textRange"] == {
            "startLine": 1,
            "endLine": 1,
            "startColumn": 6,
            "endColumn": 7,
        }

    @pytest.mark.parametrize(
        ("place", "expected"),
        [
            pytest.param((5, 5), {"startLine": 1}, id="an empty place"),
            pytest.param((15, 15), {"startLine": 4}, id="the end of the file"),
            pytest.param((0, 10), {"startLine": 1, "endLine": 2, "startColumn": 0, "endColumn": 2}, id="a line end at its end"),
            pytest.param((12, 99), {"startLine": 3, "endLine": 3, "startColumn": 2, "endColumn": 3}, id="beyond the end"),
        ],
    )  # fmt: skip
    def test_a_range_holds_something(self, place: tuple[int, int], expected: dict[str, int]) -> None:
        (issue,) = json.loads(told("sonar", outcome(finding(Span(SHIP, *place)))))["issues"]
        assert issue["primaryLocation"]["textRange"] == expected

    @pytest.mark.parametrize(
        "shown", [outcome(), shop(), *map(odd_outcome, ODD)], ids=["clean", "shop", *map(ascii, ODD)]
    )
    def test_what_sonarqube_asks_for_is_kept(self, shown: Outcome) -> None:
        report = json.loads(told("sonar", shown))
        assert set(report) == {"rules", "issues"}
        ids = [rule["id"] for rule in report["rules"]]
        assert len(ids) == len(set(ids))
        assert {issue["ruleId"] for issue in report["issues"]} == set(ids)
        for rule in report["rules"]:
            assert set(rule) == {"id", "name", "description", "engineId", "cleanCodeAttribute", "impacts"}
            assert rule["name"]
            assert rule["impacts"][0]["softwareQuality"] in ("MAINTAINABILITY", "RELIABILITY", "SECURITY")
            assert rule["impacts"][0]["severity"] in ("HIGH", "MEDIUM", "LOW")

    def test_security_is_told_apart(self) -> None:
        rule = RuleText(
            id="a/b",
            title="t",
            why="w",
            fix="f",
            level=WARNING,
            tags=(),
            url="",
            scope="workflow",
            security=5.0,
        )
        (told_rule,) = json.loads(
            told("sonar", outcome(finding(Span(SHIP, 0, 1), rule="a/b")), {"a/b": rule})
        )["rules"]
        assert (told_rule["cleanCodeAttribute"], told_rule["impacts"]) == (
            "TRUSTWORTHY",
            [{"softwareQuality": "SECURITY", "severity": "MEDIUM"}],
        )


def test_json_lines_have_what_json_has() -> None:
    lines = told("json-lines", shop()).splitlines()
    findings: list[Any] = json.loads(told("json", shop()))["findings"]
    assert [json.loads(line) for line in lines] == findings
    assert told("json-lines", outcome()) == ""


def test_each_level_has_a_word_in_every_format() -> None:
    found: list[Finding] = [finding(Span(SHIP, 0, 1), level=level) for level in (ERROR, WARNING, NOTE)]
    severities = {
        "gitlab": [issue["severity"] for issue in json.loads(told("gitlab", outcome(*found)))],
        "rdjson": [each["severity"] for each in json.loads(told("rdjson", outcome(*found)))["diagnostics"]],
        "checkstyle": re.findall(r'severity="(\w+)"', told("checkstyle", outcome(*found))),
        "junit": re.findall(r'type="(\w+)"', told("junit", outcome(*found))),
        "github": re.findall(r"^::(\w+)", told("github", outcome(*found)), re.MULTILINE),
    }
    assert severities == {
        "gitlab": ["major", "minor", "info"],
        "rdjson": ["ERROR", "WARNING", "INFO"],
        "checkstyle": ["error", "warning", "info"],
        "junit": ["error", "warning", "note"],
        "github": ["error", "warning", "notice"],
    }
