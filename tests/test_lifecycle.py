"""Previews, earlier ids, rules that are gone, and the edition that a repository is at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading.catalogue import Rule, combine
from lading.engine import Selection, check
from lading.lifecycle import is_newer
from lading.problems import Problem
from lading.session import Request, open_session
from tests.support import run_lading, write_files

COMPOSE = "services:\n  db:{}\n    image: postgres:17\n    privileged: true\n"
CARD = """\
title: A service runs with all privileges
scope: source
level: warning
status: {status}
renamed-from: [acme/no-privileges]
why: A service with all privileges is the host.
fix: Give it the capability that it needs.
{more}
check:
  given: services.*
  when: {{path: privileged, present: true}}
  assert: {{path: privileged, present: false}}
  message: service `{{key}}` is privileged
examples:
  bad: [{{name: privileged, files: {{compose.yaml: "services: {{db: {{privileged: true}}}}"}}}}]
  good: [{{name: not privileged, files: {{compose.yaml: "services: {{db: {{}}}}"}}}}]
"""
RULE = "acme/privileged-service"
FORMER = "acme/no-privileges"


def shop(folder: Path, status: str, config: str = "", comment: str = "", more: str = "") -> Path:
    return write_files(
        folder,
        {
            "compose.yaml": COMPOSE.format(comment),
            "lading.yaml": "cards: [policies]\n" + config,
            "policies/acme/privileged-service.yaml": CARD.format(status=status, more=more),
        },
    )


def run(folder: Path, *arguments: str) -> tuple[list[tuple[str, str]], str]:
    """Rule and level of what is found, and what is said beside it."""
    done = run_lading("check", "--format", "json", *arguments, folder=folder)
    assert done.stdout, done.stderr
    findings = json.loads(done.stdout)["findings"]
    return [(finding["rule"], finding["level"]) for finding in findings], done.stderr.decode()


RENAMED = f"lading: rule {FORMER} is called {RULE} now\n"


@pytest.mark.parametrize(
    ("config", "arguments", "level", "said"),
    [
        pytest.param("", (), None, "", id="by itself it does not run"),
        pytest.param("", ("--preview",), "warning", "", id="--preview"),
        pytest.param("", ("--select", RULE), "warning", "", id="selected by its id"),
        pytest.param("", ("--select", "acme"), None, "", id="its family is selected"),
        pytest.param(f"rules: {{{RULE}: note}}\n", (), "note", "", id="the configuration gives it a level"),
        pytest.param("", ("--select", FORMER), "warning", RENAMED, id="selected by an earlier id"),
        pytest.param(f"rules: {{{FORMER}: note}}\n", (), "note", RENAMED, id="configured by an earlier id"),
        pytest.param(
            f"rules: {{{RULE}: error, {FORMER}: note}}\n", (), "error", RENAMED, id="today's id wins"
        ),
    ],
)
def test_a_rule_in_preview(
    config: str, arguments: tuple[str, ...], level: str | None, said: str, tmp_path: Path
) -> None:
    found = [] if level is None else [(RULE, level)]
    assert run(shop(tmp_path, "preview", config), *arguments) == (found, said)


def test_an_earlier_id_counts_in_an_ignore_and_is_told(tmp_path: Path) -> None:
    found, _ = run(shop(tmp_path, "stable", comment=f" # lading: ignore[{FORMER}] a driver"))
    assert found == [("ignore/former-rule-name", "note")]


def test_a_deprecated_rule_says_so_once(tmp_path: Path) -> None:
    more = "replaced-by: compose/unused-resource"
    found, said = run(shop(tmp_path, "deprecated", f"rules: {{{RULE}: error}}\n", more=more))
    assert found == [(RULE, "error")]
    assert said == f"lading: rule {RULE} is deprecated; compose/unused-resource takes its place\n"


def test_a_rule_that_is_gone_is_still_known_by_name(tmp_path: Path) -> None:
    comment = f" # lading: ignore[{RULE}] a driver"
    found, said = run(shop(tmp_path, "removed", f"rules: {{{RULE}: error}}\n", comment))
    assert found == [("ignore/unknown-rule", "warning")]
    assert said == f"lading: rule {RULE} is gone and finds nothing\n"


def test_a_removed_rule_needs_neither_check_nor_examples(tmp_path: Path) -> None:
    folder = shop(tmp_path, "removed")
    card = CARD.format(status="removed", more="").partition("check:")[0]
    write_files(folder, {"policies/acme/privileged-service.yaml": card})
    assert run(folder) == ([], "")
    page = run_lading("explain", FORMER, folder=folder).stdout.decode()
    assert f"removed\nformerly {FORMER}\n" in page


def test_the_list_of_rules_shows_the_state(tmp_path: Path) -> None:
    folder = shop(tmp_path, "preview")
    assert b"A service runs with all privileges (preview)\n" in run_lading("rules", folder=folder).stdout
    rows = json.loads(run_lading("rules", "--format", "json", folder=folder).stdout)["rules"]
    row = next(row for row in rows if row["id"] == RULE)
    assert (row["status"], row["renamedFrom"], row["replacedBy"]) == ("preview", [FORMER], None)


def rule(id: str, **more: object) -> Rule:
    facts = {"scope": "source", "level": "error", "status": "stable", "reference": "", "fix": ""}
    return Rule(id, **facts, options={}, card_path="", provider="acme", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((rule("a/a", former=("a/b",)), rule("a/b")), "rule a/a of acme was renamed from a/b, which a/b is known as"),
        ((rule("a/a", former=("a/c",)), rule("a/b", former=("a/c",))), "renamed from a/c, which a/a is known as"),
        ((rule("a/a", replaced_by="a/z"),), "rule a/a of acme is replaced by a/z, and no rule is named so"),
    ],
)  # fmt: skip
def test_lives_that_contradict_each_other_stop_the_run(rules: tuple[Rule, ...], words: str) -> None:
    with pytest.raises(Problem, match=words):
        combine([("acme", rules)])


@pytest.mark.parametrize(
    ("since", "edition", "newer"),
    [("0.2", "0.1", True), ("0.1", "0.1", False), ("0.10", "0.9", True), ("1.0", "1.0", False), ("", "0.1", False), ("0.1.7", "0.1", False)],
)  # fmt: skip
def test_versions_are_compared_by_their_numbers(since: str, edition: str, newer: bool) -> None:
    assert is_newer(since, edition) is newer


@pytest.mark.parametrize(
    ("level", "expected"), [("", "note"), ("rules: {yaml/syntax-error: error}\n", "error")]
)
def test_a_rule_newer_than_the_edition_stays_a_note(level: str, expected: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": "services: [\n", "lading.yaml": f'edition: "0.0"\n{level}'})
    session = open_session(Request(root=str(tmp_path), environment={}))
    levels = [f.level for f in check(session.repository, session.rules, Selection()).findings]
    assert levels == [expected]


def test_an_edition_that_is_not_known_yet_is_said(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": "services: {}\n", "lading.yaml": 'edition: "99.0"\n'})
    assert "`edition: 99.0`, and this is lading" in run(tmp_path)[1]
