"""What GitHub code scanning takes and no validator checks (docs.github.com, "SARIF support for code scanning"),
over the whole program."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

import pytest

from lading.findings import ERROR, NOTE, Edit, Finding, Fix, Related
from lading.reports import Artifact, Origin, RuleText, Scene, report
from lading.reports.line_hash import LineHashes
from lading.reports.sarif import MOST_RESULTS, Results, fitting
from lading.source import Source, Span
from tests.reports.stories import PLAIN, RULES, WORKFLOW, finding, outcome, span
from tests.support import ROOT, run_lading, write_files

STORIES = sorted((ROOT / "tests" / "fixtures").iterdir())
LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\((\d+)\)")


def sarif_of(folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """What the program writes for a folder, read again as the one run that it is."""
    done = run_lading(
        "check", "--root", ".", "--format", "sarif", *arguments, folder=folder, environment=environment
    )
    assert (done.stderr, done.stdout[-1:]) == (b"", b"\n")
    assert len(gzip.compress(done.stdout)) < 10_000_000
    log = json.loads(done.stdout)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.fixture(scope="module", params=STORIES, ids=lambda folder: folder.name)
def story(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("story") / "shop"
    shutil.copytree(request.param / "repository", folder)
    return folder, sarif_of(folder, "--strict", "--owner", "acme", "--repo", "shop")


def test_every_rule_says_what_code_scanning_shows(story: tuple[Path, dict[str, Any]]) -> None:
    driver = story[1]["tool"]["driver"]
    assert driver["name"] == "lading"
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"]) > 100
    for rule in driver["rules"]:
        assert re.fullmatch(r"(?:[A-Z][a-z0-9]*)+", rule["name"])
        for description in (rule["shortDescription"]["text"], rule["fullDescription"]["text"]):
            assert description.endswith((".", "!", "?", "…"))
            assert "\n" not in description
            assert len(description) <= 1024
        assert rule["help"]["text"]
        assert "**Fix:**" in rule["help"]["markdown"]
        # Rules about our own ignores have nobody's page to point to.
        assert rule.get("helpUri", "https://").startswith("https://")
        assert "helpUri" in rule or rule["id"].startswith("ignore/")
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")


def test_every_rule_has_properties_of_the_right_form(story: tuple[Path, dict[str, Any]]) -> None:
    for rule in story[1]["tool"]["driver"]["rules"]:
        properties = rule["properties"]
        assert properties["precision"] in ("very-high", "high", "medium", "low")
        assert properties["problem.severity"] in ("error", "warning", "recommendation")
        assert 1 <= len(properties["tags"]) <= 20
        severity = properties.get("security-severity")
        assert (severity is not None) == ("security" in properties["tags"])
        assert severity is None or re.fullmatch(r"(?:\d\.\d|10\.0)", severity)


def test_every_result_can_be_shown(story: tuple[Path, dict[str, Any]]) -> None:
    folder, run = story
    assert run["columnKind"] == "unicodeCodePoints"
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    assert len(run["results"]) <= 25_000
    for result in run["results"]:
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"].endswith(".")
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert "suppressions" not in result
        related = result.get("relatedLocations", [])
        assert len(result["locations"]) == 1
        assert len(related) < 1000
        for location in (*result["locations"], *related):
            check_location(folder, location["physicalLocation"])
        linked = [int(number) for _, number in LINK.findall(result["message"]["text"])]
        assert linked == [location["id"] for location in related][:10]


def check_location(folder: Path, place: dict[str, Any]) -> None:
    """The file is there, the region lies in it, and the snippet is what stands there."""
    uri = place["artifactLocation"]["uri"]
    assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
    assert not uri.startswith(("/", "./", "../"))
    text = (folder / unquote(uri)).read_text("utf-8")
    region = place["region"]
    source = Source("", text)
    assert 1 <= region["startLine"] <= region["endLine"] <= source.line_count
    start = source.offset(region["startLine"], region["startColumn"])
    end = source.offset(region["endLine"], region["endColumn"])
    assert start <= end
    assert region.get("snippet", {}).get("text", text[start:end]) == text[start:end]


def test_every_result_is_known_again(story: tuple[Path, dict[str, Any]]) -> None:
    folder, run = story
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        line = place["region"]["startLine"]
        data = (folder / unquote(place["artifactLocation"]["uri"])).read_bytes()
        assert result["partialFingerprints"]["primaryLocationLineHash"] == LineHashes(data).of(line)
    own = [result["partialFingerprints"]["lading/v1"] for result in run["results"]]
    assert len(set(own)) == len(own)


@pytest.mark.parametrize(
    "files", [{}, {"README.md": "# shop\n"}, {"compose.yaml": "services: {db: {image: postgres:17}}\n"}]
)
def test_a_run_without_findings_has_an_empty_list(files: dict[str, str], tmp_path: Path) -> None:
    run = sarif_of(write_files(tmp_path, files))
    assert run["results"] == []
    assert len(run["tool"]["driver"]["rules"]) > 100


BROKEN = "services:\n  api:\n    image: acme/api:1\n    depends_on: [db]\n"


def test_a_file_with_a_mark_and_crlf_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + BROKEN.replace("\n", "\r\n").encode()
    (tmp_path / "compose.yaml").write_bytes(data)
    (result,) = sarif_of(tmp_path)["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["snippet"]) == (4, 18, {"text": "db"})
    assert result["partialFingerprints"]["primaryLocationLineHash"] == LineHashes(data).of(4)


def test_a_link_is_followed_since_code_scanning_shows_none(tmp_path: Path) -> None:
    write_files(tmp_path, {"deploy/stack.txt": BROKEN})
    (tmp_path / "compose.yaml").symlink_to("deploy/stack.txt")
    (result,) = sarif_of(tmp_path)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "deploy/stack.txt"
    data = (tmp_path / "compose.yaml").read_bytes()
    assert result["partialFingerprints"]["primaryLocationLineHash"] == LineHashes(data).of(4)


def test_a_text_that_stands_for_something_while_a_report_is_written_is_a_text() -> None:
    odd = '"{results}" {rules} "partialFingerprints":{"{fingerprint}":""}\n{fingerprint}'
    found = finding(span(WORKFLOW, "uses"), odd, related=(Related(span(WORKFLOW, "steps"), odd),))
    scene = Scene(lambda path: Artifact(path, WORKFLOW.text.encode()), category='"{results}"')
    (result,) = json.loads(report("sarif", outcome(found), PLAIN, lambda: RULES, scene).text)["runs"][0][
        "results"
    ]
    assert result["message"]["text"].startswith('"{results}" {rules} "partialFingerprints"')
    assert set(result["partialFingerprints"]) == {"lading/v1", "primaryLocationLineHash"}


def test_what_depends_on_other_files_does_not_last() -> None:
    place = span(WORKFLOW, "uses")
    other = Source("other.yaml", "a: b\n")
    here, there = (Fix("mend it", (Edit(each, "x"),), is_safe=True) for each in (place, Span(other, 0, 1)))
    results = Results(RULES, Scene(lambda path: Artifact(path, b"x")))
    linked = Results(RULES, Scene(lambda path: Artifact(f"real/{path}", b"x")))
    found = finding(place)
    assert (results.lasting(found), linked.lasting(found)) == (results.written(found), "")
    found.fix = here
    assert results.lasting(found) == results.written(found)
    found.fix = there
    assert results.lasting(found) == ""


def test_a_file_that_is_not_there_is_stood_in_for_by_one_that_is(tmp_path: Path) -> None:
    from lading.cli.scene import scene_of
    from lading.session import Request, open_session

    write_files(tmp_path, {"compose.yaml": BROKEN, "b/compose.yaml": BROKEN})
    session = open_session(Request(root=str(tmp_path), environment={}))
    scene = scene_of(session, "lading")
    found = [finding(Span(Source(path, "x"), 0, 1)) for path in ("", "gone.yaml")]
    log = json.loads(report("sarif", outcome(*found), PLAIN, lambda: RULES, scene).text)
    places = [each["locations"][0]["physicalLocation"] for each in log["runs"][0]["results"]]
    assert (
        places
        == [
            {
                "artifactLocation": {"uri": "b/compose.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1},
            }
        ]
        * 2
    )
    write_files(tmp_path, {"lading.yaml": "{}\n"})
    assert scene.artifact("gone.yaml").path == "lading.yaml"


def run_of(*found: Finding, scene: Scene, rules: dict[str, RuleText] = RULES) -> dict[str, Any]:
    (run,) = json.loads(report("sarif", outcome(*found), PLAIN, lambda: rules, scene).text)["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize(
    ("given", "id"),
    [
        ([], "lading/"),
        (["--sarif-category", "backend"], "backend/"),
        (["--sarif-category", "team/backend/"], "team/backend/"),
    ],
)
def test_the_category_is_what_stands_before_the_last_slash(given: list[str], id: str, tmp_path: Path) -> None:
    assert sarif_of(tmp_path, *given)["automationDetails"] == {"id": id}


def test_a_category_that_is_none_is_refused(tmp_path: Path) -> None:
    done = run_lading("check", "--format", "sarif", "--sarif-category", "/", folder=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        b"lading: --sarif-category /: expected a name, which may hold slashes inside\n",
    )


ACTIONS = {
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_SHA": "1" * 40,
    "GITHUB_REF": "refs/heads/main",
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {"revisionId": "1" * 40, "branch": "main"}),
        ({"GITHUB_REF": "refs/pull/7/merge"}, {"revisionId": "1" * 40}),
        ({"GITHUB_SHA": "no commit"}, {"branch": "main"}),
    ],
    ids=["a branch", "a pull request", "no commit"],
)
def test_actions_says_where_the_files_come_from(
    changed: dict[str, str], expected: dict[str, str], tmp_path: Path
) -> None:
    run = sarif_of(tmp_path, environment=ACTIONS | changed)
    assert run["versionControlProvenance"] == [
        {"repositoryUri": "https://github.com/acme/shop", **expected, "mappedTo": {"uriBaseId": "%SRCROOT%"}}
    ]


def test_a_remote_says_so_too_and_an_option_does_not(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            ".git/HEAD": "ref: refs/heads/main\n",
            ".git/config": '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n',
        },
    )
    (origin,) = sarif_of(tmp_path)["versionControlProvenance"]
    assert origin == {"repositoryUri": "https://github.com/acme/shop", "mappedTo": {"uriBaseId": "%SRCROOT%"}}
    assert "versionControlProvenance" not in sarif_of(tmp_path, "--owner", "else", "--repo", "where")


def test_only_the_first_line_of_a_place_counts(tmp_path: Path) -> None:
    place = Span(WORKFLOW, WORKFLOW.offset(2), WORKFLOW.offset(4))
    (result,) = run_of(finding(place), scene=Scene(Artifact))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 2,
        "startColumn": 1,
        "endLine": 2,
        "endColumn": 13,
        "snippet": {"text": "permissions:"},
    }


def test_a_chain_is_linked_up_to_a_length() -> None:
    related = tuple(Related(Span(WORKFLOW, at, at + 1), "here") for at in range(12))
    (result,) = run_of(finding(span(WORKFLOW, "jobs:"), "a [b]", related=related), scene=Scene(Artifact))[
        "results"
    ]
    links = ", ".join(f"[.github/workflows/publish.yml:{1 if at < 9 else 2}]({at + 1})" for at in range(10))
    assert result["message"]["text"] == rf"a \[b\]. See {links} and 2 more."
    assert [location["id"] for location in result["relatedLocations"]] == list(range(1, 13))


def test_a_fix_is_whole() -> None:
    found = finding(span(WORKFLOW, "contents: read"))
    end = WORKFLOW.text.index("jobs:")
    edits = (Edit(Span(WORKFLOW, end, end), "  packages: write\n"), Edit(span(WORKFLOW, "on: push"), ""))
    found.fix = Fix("Add `packages: write`", edits, is_safe=True)
    (result,) = run_of(found, scene=Scene(Artifact))["results"]
    assert result["fixes"] == [
        {
            "description": {"text": "Add `packages: write`."},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": ".github/workflows/publish.yml", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 1},
                            "insertedContent": {"text": "  packages: write\n"},
                        },
                        {"deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 9}},
                    ],
                }
            ],
            "properties": {"isSafe": True},
        }
    ]


def test_a_long_place_has_no_snippet() -> None:
    source = Source("compose.yaml", "a: " + "b" * 2000)
    (result,) = run_of(finding(Span(source, 3, 2003)), scene=Scene(Artifact))["results"]
    assert "snippet" not in result["locations"][0]["physicalLocation"]["region"]


def test_a_secret_is_not_carried_away(tmp_path: Path) -> None:
    secret = "ghp_R4nd0mLook1ngT0kenValue0123456789abc"
    write_files(
        tmp_path,
        {"compose.yaml": f"services:\n  api:\n    build: .\n    environment:\n      TOKEN: {secret}\n"},
    )
    run = sarif_of(tmp_path)
    assert "delivery/secret-in-clear" in [result["ruleId"] for result in run["results"]]
    assert secret not in json.dumps(run)


def test_security_is_a_tag_and_a_number_in_text() -> None:
    rule = RuleText(
        id="a/b",
        title="t",
        why="w",
        fix="f",
        level=ERROR,
        tags=("publish",),
        url="",
        scope="workflow",
        security=10.0,
    )
    run = run_of(scene=Scene(Artifact), rules={"a/b": rule})
    assert run["tool"]["driver"]["rules"][0]["properties"] == {
        "tags": ["security", "publish"],
        "precision": "very-high",
        "problem.severity": "error",
        "security-severity": "10.0",
    }


def test_help_has_limits_and_references() -> None:
    rule = RuleText(
        id="a/b", title="t", why="w", fix="f", level=ERROR, tags=(), url="", scope="workflow",
        limits=("one", "two"), references=("https://acme.example/",),
    )  # fmt: skip
    run = run_of(scene=Scene(Artifact), rules={"a/b": rule})
    assert run["tool"]["driver"]["rules"][0]["help"] == {
        "text": "w\n\nFix: f\n\nLimits:\n\n- one\n- two\n\nReferences:\n\n- https://acme.example/",
        "markdown": "w\n\n**Fix:** f\n\n**Limits:**\n\n- one\n- two\n\n**References:**\n\n- https://acme.example/",
    }


def test_a_long_description_ends_with_a_sentence() -> None:
    rule = RuleText(
        id="a/b",
        title="t",
        why="One sentence of many. " * 60,
        fix="f",
        level=ERROR,
        tags=(),
        url="",
        scope="workflow",
    )
    described = run_of(scene=Scene(Artifact), rules={"a/b": rule})["tool"]["driver"]["rules"][0][
        "fullDescription"
    ]
    assert described["text"] == " ".join(["One sentence of many."] * 46)


@pytest.mark.parametrize(("most", "kept"), [(100_000, 40), (10_000, 20), (500, 1), (10, 0)])
def test_a_report_that_is_too_large_is_written_with_fewer_results(most: int, kept: int) -> None:
    noise = [
        Random(n).randbytes(250).hex() for n in range(40)
    ]  # hexadecimal digits are packed to half their size
    count, text = fitting(lambda count: "".join(noise[:count]), 40, most)
    assert (count, text) == (kept, "".join(noise[:kept]))
    assert not kept or len(gzip.compress(text.encode())) < most


def test_a_report_of_more_findings_than_are_taken_says_so() -> None:
    place = Span(Source("compose.yaml", "x"), 0, 1)
    found: list[Finding] = [finding(place, level=NOTE)] * (MOST_RESULTS + 1)
    written = report("sarif", outcome(*found, finding(place, "last")), PLAIN, dict, Scene(Artifact))
    assert written.notices == (
        "2 findings are left out of the SARIF report, the mildest: "
        "code scanning takes at most 25000 results and 10 MB of packed text.",
    )


def test_an_ignored_finding_is_left_out(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": BROKEN.replace("[db]", "[db] # lading: ignore[compose] not yet")})
    assert sarif_of(tmp_path)["results"] == []


def test_origin_is_absent_where_nothing_tells(tmp_path: Path) -> None:
    assert "versionControlProvenance" not in sarif_of(tmp_path)
    assert Origin("https://github.com/acme/shop").revision == ""
