"""The report for programs."""

from __future__ import annotations

import json

from lading.findings import Related
from lading.reports import Look, render
from lading.source import Source, Span
from tests.reports.stories import PLAIN, finding, outcome, shop


def test_the_shape_that_others_hold_on_to() -> None:
    source = Source("deploy/compose.yaml", "a: 🚢 b\nc:\n  d\n")
    main = finding(
        Span(source, 5, 9),
        "größer",
        related=(Related(Span(source, 12, 13), "here"),),
        help="Write it.",
    )
    shown = outcome(main, undecided=3, suppressed=1)
    assert (
        render("json", shown, Look(colour=True, prefix="../", width=80), dict)
        == """\
{
  "version": 1,
  "findings": [
    {
      "rule": "compose/undefined-volume",
      "level": "error",
      "message": "größer",
      "path": "deploy/compose.yaml",
      "line": 1,
      "column": 6,
      "endLine": 2,
      "endColumn": 3,
      "fingerprint": "f1f2f3",
      "way": "",
      "help": "Write it.",
      "related": [
        {
          "path": "deploy/compose.yaml",
          "line": 3,
          "column": 3,
          "message": "here"
        }
      ],
      "fix": null
    }
  ],
  "summary": {
    "files": 14,
    "workflows": 3,
    "projects": 2,
    "publications": 6,
    "undecided": 3,
    "suppressed": 1,
    "baselined": 0,
    "errors": 1,
    "warnings": 0,
    "notes": 0
  }
}
"""
    )


def test_levels_are_counted() -> None:
    summary = json.loads(render("json", shop(), PLAIN, dict))["summary"]
    assert [summary[name] for name in ("errors", "warnings", "notes")] == [1, 1, 1]


def test_a_clean_run_has_an_empty_list() -> None:
    assert json.loads(render("json", outcome(), PLAIN, dict))["findings"] == []
