"""`lading rules --test FOLDER`: the examples on cards as their tests."""

from __future__ import annotations

import os

from lading.cli.writing import write
from lading.examples import examples_in, failure
from lading.problems import Problem
from lading.reports import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.examples import Example


def run_test(folder: str, format: str) -> int:
    """Run every example and say which do not hold; 1 where there are such. Raises `Problem` for a broken card."""
    if not os.path.isdir(folder):
        raise Problem(f"--test {folder}: no such folder")
    examples = tuple(examples_in(folder))
    if not examples:
        raise Problem(f"--test {folder}: no card lies in it; a card is <family>/<name>.yaml")
    failures = [(each, words) for each in examples if (words := failure(each, folder)) is not None]
    write(_as_json(examples, failures) if format == "json" else _as_text(examples, failures))
    return int(bool(failures))


def _as_text(examples: tuple[Example, ...], failures: list[tuple[Example, str]]) -> str:
    lines = [f"{each.path}: {each.kind} example `{each.name}`: {words}" for each, words in failures]
    cards = len({each.rule for each in examples})
    what = f"{counted(len(examples), 'example')} on {counted(cards, 'card')}"
    lines.append(f"{len(failures)} of {what} do not hold" if failures else f"{what}, all hold")
    return "\n".join(lines) + "\n"


def _as_json(examples: tuple[Example, ...], failures: list[tuple[Example, str]]) -> str:
    import json

    rows = [
        {"rule": each.rule, "path": each.path, "kind": each.kind, "example": each.name, "message": words}
        for each, words in failures
    ]
    whole = {"version": 1, "examples": len(examples), "failures": rows}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
