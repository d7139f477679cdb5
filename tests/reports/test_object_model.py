"""SARIF from the table of `sarif_om`'s classes is what its objects say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sarif_om

from lading.cli.judge import rule_texts
from lading.cli.scene import scene_of
from lading.findings import NOTE, Edit, Finding, Fix, Outcome, Related
from lading.reports import Artifact, Origin, Scene, report, sarif
from lading.reports.object_model import members_of, row_of
from lading.session import Request, open_session
from lading.source import Source, Span
from lading.tables.sarif import CLASSES
from tests.reports.stories import PLAIN, RULES, WORKFLOW, finding, outcome, shop, span
from tests.support import ROOT

STORIES = sorted((ROOT / "tests" / "fixtures").iterdir())


def many() -> Outcome:
    """More findings than code scanning takes."""
    place = Span(Source("compose.yaml", "a"), 0, 1)
    return outcome(*[finding(place, level=NOTE)] * (sarif.MOST_RESULTS + 1))


def mended() -> Outcome:
    """A finding with a fix, places in two files and an empty message."""
    found = finding(span(WORKFLOW, "contents: read"), related=(Related(Span(Source("a b", "x"), 0, 1), ""),))
    at = WORKFLOW.text.index("jobs:")
    edits = (Edit(Span(WORKFLOW, at, at), "  packages: write\n"), Edit(span(WORKFLOW, "on: push"), ""))
    found.fix = Fix("Add `packages: write`", edits, is_safe=True)
    return outcome(found, Finding("x/y", NOTE, "", span(WORKFLOW, "jobs:"), (), "", ""))


SCENES = (
    Scene(Artifact),
    Scene(
        lambda path: Artifact("lading.yaml", b"a\n", is_stand_in=True),
        category="backend",
        origin=Origin("https://github.com/acme/shop", "1" * 40, "main"),
    ),
)


@pytest.mark.parametrize("scene", SCENES, ids=["nothing around", "everything around"])
@pytest.mark.parametrize("shown", [outcome(), shop(), mended(), many()], ids=["clean", "shop", "fix", "many"])
def test_a_report_is_what_the_objects_say(
    shown: Outcome, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = report("sarif", shown, PLAIN, lambda: RULES, scene)
    monkeypatch.setattr(sarif, "om", sarif_om)
    plain = report("sarif", shown, PLAIN, lambda: RULES, scene)
    assert (quick.text, quick.notices) == (plain.text, plain.notices)


@pytest.mark.parametrize("story", STORIES, ids=lambda folder: folder.name)
def test_a_whole_run_is_what_the_objects_say(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(story / "repository", tmp_path / "shop")
    session = open_session(Request(root=str(tmp_path / "shop"), owner="acme", repo="shop", environment={}))
    judged = session.check(None)

    def told() -> str:
        return report("sarif", judged, PLAIN, lambda: rule_texts(session), scene_of(session, "lading")).text

    quick = told()
    monkeypatch.setattr(sarif, "om", sarif_om)
    assert quick == told()


def test_the_table_says_what_the_classes_say() -> None:
    assert {name: row_of(getattr(sarif_om, name)) for name in CLASSES} == CLASSES


def test_what_is_no_class_of_it_has_no_members() -> None:
    with pytest.raises(TypeError, match="Source is not part of a report"):
        members_of(Source("a", "b"))


def test_a_report_loads_no_object_model_until_findings_are_left_out() -> None:
    program = (
        "import sys\n"
        "from tests.reports.test_object_model import PLAIN, RULES, many, report, shop\n"
        "for name in [name for name in sys.modules if name.partition('.')[0] in ('attr', 'attrs', 'sarif_om')]:\n"
        "    del sys.modules[name]\n"
        "for shown in (shop(), many()):\n"
        "    report('sarif', shown, PLAIN, lambda: RULES)\n"
        "    print('sarif_om' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "False\nTrue\n"
