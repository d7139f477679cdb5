"""Examples on cards are run: those of the house rules in `examples/policies`, and `lading rules --test` for users."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lading.examples import Example, examples_in, failure
from tests.support import ROOT, found, outcome_of, run_lading, write_files
from tests.test_policy_file import CARD

FOLDER = str(ROOT / "examples/policies/cards")
HOUSE = tuple(examples_in(FOLDER))


@pytest.mark.parametrize("example", HOUSE, ids=lambda each: f"{each.rule}: {each.kind}: {each.name}")
def test_a_house_rule_holds_on_its_examples(example: Example) -> None:
    assert failure(example, FOLDER) is None


def test_there_are_ten_house_rules_each_in_the_table_of_its_readme() -> None:
    rules = {each.rule for each in HOUSE}
    readme = (ROOT / "examples/policies/README.md").read_text()
    assert len(rules) == 10
    assert [rule for rule in rules if f"[{rule}](cards/{rule}.yaml)" not in readme] == []
    assert f"{len(HOUSE)} examples on {len(rules)} cards, all hold" in readme


def test_the_policy_beside_them_is_one(tmp_path: Path) -> None:
    write_files(tmp_path, {"deploy/compose.yaml": "services: {api: {image: 'ghcr.io/acme/shop:latest'}}\n"})
    outcome = outcome_of(tmp_path, policy_path=str(ROOT / "examples/policies/house.yaml"))
    assert [each[0] for each in found(outcome)] == [
        "house/deployment-without-digest",
        "house/latest-in-deployment",
        "image/disallowed-tag",
    ]


def test_examples_that_hold_are_counted(tmp_path: Path) -> None:
    write_files(tmp_path, {"cards/house/endless-job.yaml": CARD})
    done = run_lading("rules", "--test", "cards", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, done.stdout, b"")
    assert done.stdout.decode().splitlines() == [
        "cards/house/endless-job.yaml: bad example `none`: it marks no line; end one with `# <- here`, or name it "
        "under `expect`",
        "1 of 2 examples on 1 card do not hold",
    ]


MARKED = CARD.replace(
    '{".github/workflows/ci.yml": "on: push\\njobs: {a: {runs-on: ubuntu-24.04}}\\n"}',
    '{".github/workflows/ci.yml": "on: push\\njobs: {a: {runs-on: ubuntu-24.04}} # <- here\\n"}',
)


@pytest.mark.parametrize(
    ("card", "words"),
    [
        pytest.param(MARKED, None, id="all hold"),
        pytest.param(
            MARKED.replace("timeout-minutes: 5", "needs: []"),
            "good example `some`: an error at .github/workflows/ci.yml:2 is found and not expected: job `a` sets no "
            "`timeout-minutes`",
            id="a good one is bad",
        ),
        pytest.param(
            MARKED.replace("# <- here", "# <- here (warning)"),
            "bad example `none`: a warning at .github/workflows/ci.yml:2 is expected and not found; an error at "
            ".github/workflows/ci.yml:2 is found and not expected: job `a` sets no `timeout-minutes`",
            id="another level",
        ),
    ],
)
def test_an_example_that_does_not_hold_is_said_with_its_reason(
    card: str, words: str | None, tmp_path: Path
) -> None:
    write_files(tmp_path, {"cards/house/endless-job.yaml": card})
    done = run_lading("rules", "--test", "cards", "--format", "json", folder=tmp_path)
    failures = json.loads(done.stdout)["failures"]
    told = [f"{each['kind']} example `{each['example']}`: {each['message']}" for each in failures]
    assert (done.returncode, told) == ((1, [words]) if words else (0, []))


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("titel: x\n", "did you mean `title`?"),
        (CARD.replace("assert:", "asert:"), "did you mean `assert`?"),
        (CARD.replace("scope: workflow", "scope: repository").replace("given: jobs.*", "given: job"), "did you mean `jobs`?"),
        (
            CARD.replace("scope: workflow", "scope: repository").replace("given: jobs.*", "given: jobs"),
            "jobs have no fact `timeout-minutes`; did you mean `timeout`?",
        ),
    ],
)  # fmt: skip
def test_a_broken_card_is_one_line(card: str, words: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"cards/house/endless-job.yaml": card})
    done = run_lading("rules", "--test", "cards", folder=tmp_path)
    assert (done.returncode, words in done.stderr.decode()) == (2, True), done.stderr


def test_a_folder_without_cards_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    done = run_lading("rules", "--test", "cards", folder=tmp_path)
    assert done.stderr == b"lading: --test cards: no card lies in it; a card is <family>/<name>.yaml\n"
    assert run_lading("rules", "--test", "gone", folder=tmp_path).returncode == 2
