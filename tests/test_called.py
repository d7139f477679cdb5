"""What is said of calls of workflows names things as they are declared."""

from __future__ import annotations

from pathlib import Path

from tests.support import outcome_of, write_files

CALLED = """\
on:
  workflow_call:
    inputs:
      imageTag: {type: string, required: true}
    secrets:
      MAILER_DSN: {required: true}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make test
"""
CALLER = "on: push\njobs:\n  image:\n    uses: ./.github/workflows/called.yml\n"


def test_a_missing_argument_is_named_as_it_is_declared(tmp_path: Path) -> None:
    files = {".github/workflows/called.yml": CALLED, ".github/workflows/caller.yml": CALLER}
    findings = outcome_of(write_files(tmp_path, files)).findings
    told = [each.message for each in findings if each.rule == "workflow/missing-call-argument"]
    end = "is required by `.github/workflows/called.yml`, and this call does not give it"
    assert sorted(told) == [f"input `imageTag` {end}", f"secret `MAILER_DSN` {end}"]
