"""What the page for those who work on lading says must be so."""

from __future__ import annotations

import re

from lading.models.facts import FACTS
from tests.support import ROOT


def test_the_table_of_facts_is_what_policies_can_name() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| `(publications|jobs|consumers|services)` \| (.*) \|$", text)
    assert [given for given, _ in rows] == ["publications", "jobs", "consumers", "services"]
    for given, facts in rows:
        assert tuple(re.findall(r"`(\w+)`", facts)) == FACTS[given]


def test_every_module_that_it_names_is_there() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    sources = {path.name for path in (ROOT / "src/lading").rglob("*.py")} | {"generate.py"}
    sources |= {path.name for path in (ROOT / "tests").rglob("*.py")}
    named = {name.rpartition("/")[2] for name in re.findall(r"`([\w/]+\.py)`", text)}
    assert sorted(named - sources) == []
