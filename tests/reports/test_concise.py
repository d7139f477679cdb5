"""The report for editors, grep and logs."""

from __future__ import annotations

from lading.reports import Look, render
from lading.source import Source, Span
from tests.reports.stories import PLAIN, finding, outcome, shop


def test_each_finding_is_one_line() -> None:
    assert render("concise", shop(), Look(colour=True, prefix="../", width=80), dict) == (
        "../.github/workflows/publish.yml:10:14: error[publish/missing-packages-write] "
        "job `image` pushes `ghcr.io/acme/shop` without `packages: write`\n"
        "../deploy/compose.yaml:4:23: warning[health/wait-without-healthcheck] "
        "`api` waits for `db`, which has no healthcheck\n"
        "../deploy/compose.yaml:6:12: note[image/moving-tag] the tag moves\n"
    )


def test_a_clean_run_says_nothing() -> None:
    assert render("concise", outcome(), PLAIN, dict) == ""


def test_what_acts_on_a_terminal_is_spelled_out() -> None:
    place = Span(Source("a\x1b.yaml", "a: b"), 3, 4)
    assert render("concise", outcome(finding(place, "one\r\ntwo\x07 \u202e")), PLAIN, dict) == (
        "a\\u{1b}.yaml:1:4: error[compose/undefined-volume] one two\\u{7} \\u{202e}\n"
    )
