"""SARIF reports before programs of others: Microsoft's validator, and a reader that sums up and compares."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outside import outside
from tests.support import ROOT, run_lading, write_files

STORIES = sorted((ROOT / "tests" / "fixtures").iterdir())
WRONG = "services:\n  api:\n    image: acme/api:1\n    depends_on: [db]\n"
WORSE = WRONG + "    networks: [back]\n"
ODD_NAMES = {"a b/compose.ä%41#?.yaml": WRONG, "a:b/compose.[x](1).yaml": WORSE.replace("db", "'{0} [y](2)'")}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A report of each story, of the example, and of files with odd names."""
    folder = tmp_path_factory.mktemp("reports")
    places = [*(story / "repository" for story in STORIES), ROOT / "examples" / "shop"]
    places.append(write_files(folder / "odd", ODD_NAMES))
    found = []
    for number, repository in enumerate(places):
        target = folder / f"{number}.sarif"
        shutil.copytree(repository, folder / str(number))
        options = (
            "--root",
            ".",
            "--strict",
            "--owner",
            "acme",
            "--repo",
            "shop",
            "--output",
            f"sarif={target}",
        )
        assert run_lading("check", *options, folder=folder / str(number)).stderr == b""
        found.append(target)
    assert '"results":[]' not in found[-1].read_text("utf-8")
    return found


def test_the_validator_objects_to_nothing_but_a_report_that_is_poorer(
    reports: list[Path], tmp_path: Path
) -> None:
    """One run, since the validator takes long to start. The poorer report shows that it can object."""
    multitool = outside("sarif-multitool")
    log = json.loads(reports[0].read_text("utf-8"))
    log["runs"][0]["tool"]["driver"]["rules"][0].pop("shortDescription")
    poor = tmp_path / "poor.sarif"
    poor.write_text(json.dumps(log), "utf-8")
    command = [
        sys.executable,
        "scripts/validate_sarif.py",
        "--multitool",
        multitool,
        *map(str, reports),
        str(poor),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    objections, last = done.stdout.splitlines()[:-1], done.stdout.splitlines()[-1:]
    assert (done.returncode, done.stderr, objections) == (1, "", [f"{poor}: error GH2012, 1 times"])
    assert last[0].startswith(f"{len(reports) + 1} reports, 1 objections; the broken one: GH")


def test_a_reader_sums_up_and_compares(tmp_path: Path) -> None:
    reader = outside("sarif")
    folder = write_files(tmp_path / "shop", {"compose.yaml": WRONG})
    for name, text in (("old", WRONG), ("new", WORSE)):
        write_files(folder, {"compose.yaml": text})
        run_lading("check", "--output", f"sarif={tmp_path / name}.sarif", folder=folder)

    def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([reader, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    summed = asked("--check", "error", "summary", "new.sarif")
    assert (summed.returncode, "error: 2" in summed.stdout) == (2, True), summed.stdout
    assert asked("--check", "error", "diff", "new.sarif", "old.sarif").returncode == 0
    assert asked("--check", "error", "diff", "old.sarif", "new.sarif").returncode == 1
