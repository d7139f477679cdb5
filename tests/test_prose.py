"""The generated table of the rules' prose says what their cards say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lading.builtin import provider
from lading.catalogue import Rule, rules_in
from lading.cli.texts import card_text, rule_text
from lading.reports import RuleText
from lading.reports.sarif import descriptor
from tests.support import write_files

RULES = {rule.id: rule for rule in provider().rules}


def values(text: RuleText) -> dict[str, object]:
    return {name: getattr(text, name) for name in RuleText.__slots__ if name != "descriptor"}


@pytest.mark.parametrize("id", RULES)
def test_the_table_says_what_the_card_says(id: str) -> None:
    told, card = rule_text(RULES[id]), card_text(RULES[id])
    assert (values(told), told.descriptor) == (values(card), descriptor(card))


CARD = """title: A job may run until the platform kills it
scope: workflow
level: warning
why: Whoever waits for it pays for it.
fix: Set `timeout-minutes`.
check: {given: jobs.*, assert: {path: timeout-minutes, present: true}, message: "`{key}` has no limit"}
examples:
  bad:
    - name: a job without a limit
      files: {.github/workflows/test.yml: "on: push\\njobs:\\n  a: {runs-on: ubuntu-24.04, steps: [{run: make}]} # <- here\\n"}
  good:
    - name: no job at all
      files: {.github/workflows/test.yml: "on: push\\n"}
"""


def own(folder: Path, id: str, provider: str = "lading.yaml") -> Rule:
    write_files(folder, {f"{id}.yaml": CARD})
    (rule,) = rules_in(str(folder), provider)
    return rule


@pytest.mark.parametrize("id", ["house/no-limit", "compose/undefined-volume"])
def test_a_rule_of_others_is_told_by_its_card(id: str, tmp_path: Path) -> None:
    told = rule_text(own(tmp_path, id))
    assert (told.title, told.why, told.descriptor) == (
        "A job may run until the platform kills it",
        "Whoever waits for it pays for it.",
        "",
    )


def test_who_calls_himself_lading_is_told_by_his_card(tmp_path: Path) -> None:
    assert rule_text(own(tmp_path, "house/no-limit", "lading")).why == "Whoever waits for it pays for it."


def test_no_card_is_opened_for_a_report(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": "services: {db: {image: postgres:17}}\n"})
    program = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == 'open' else None)\n"
        "from lading.cli.main import main\n"
        "main(['check', '--no-cache', '--root', '.', '--format', 'sarif'])\n"
        "print([path for path in opened if path.endswith('.yaml')], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr == f"{[str(tmp_path / 'compose.yaml')]}\n"
