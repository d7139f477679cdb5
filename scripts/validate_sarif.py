"""Holds SARIF reports against the rules of Microsoft's validator for SARIF and for GitHub code scanning.

    python scripts/validate_sarif.py --multitool PATH/TO/Sarif.Multitool FOLDER...

A FOLDER is a repository, or holds repositories; a file is a report that is there already. What the validator says of each
is printed, notes aside; the exit code is 1 where it says anything. A report that is broken on purpose is among them: where
the validator has nothing against that, or no note on the others, it has not looked, and the exit code is 2.
`npm install @microsoft/sarif-multitool-linux` brings the validator.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

CONTROL = "control.sarif"
OFFLINE = {f"{scheme}_PROXY": "http://127.0.0.1:9" for scheme in ("HTTP", "HTTPS", "http", "https")}
"""A rule of the validator asks every address in a report whether it answers; this one refuses at once."""


def report_of(repository: Path, target: Path) -> Path:
    """What this lading reports of a repository, notes for the undecided among it."""
    command = [
        sys.executable,
        "-m",
        "lading",
        "check",
        "--root",
        str(repository),
        "--strict",
        "--fail-on",
        "error",
    ]
    done = subprocess.run(
        [*command, "--format", "concise", "--output", f"sarif={target}"], capture_output=True, check=False
    )
    if done.returncode > 1 or not target.exists():
        raise SystemExit(f"{repository}: {done.stderr.decode().strip()}")
    return target


def repositories(folder: Path) -> list[Path]:
    """The folder itself, or the folders in it where it holds nothing but folders."""
    entries = sorted(folder.iterdir())
    return (
        entries
        if entries and all(entry.is_dir() for entry in entries) and not (folder / ".github").exists()
        else [folder]
    )


def broken(report: Path, target: Path) -> Path:
    """The report with a result that names no place and a rule that is described nowhere."""
    log = json.loads(report.read_text("utf-8"))
    (run,) = log["runs"]
    run["results"] = [{"ruleId": "made/up", "message": {"text": "no place."}}]
    run["tool"]["driver"]["rules"] = [{"id": "made/up"}]
    target.write_text(json.dumps(log))
    return target


def verdicts(multitool: str, reports: list[Path], scratch: Path) -> dict[str, Counter[tuple[str, str]]]:
    """How often each rule of the validator speaks at which level, by the name of the report."""
    said = scratch / "said.json"
    command = [multitool, "validate", *map(str, reports), "-o", str(said), "--log", "ForceOverwrite"]
    command += ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    done = subprocess.run(command, env=os.environ | OFFLINE, capture_output=True, text=True, check=False)
    if not said.exists():
        raise SystemExit(f"the validator wrote nothing: {done.stdout}{done.stderr}")
    found: dict[str, Counter[tuple[str, str]]] = {report.name: Counter() for report in reports}
    for run in json.loads(said.read_text("utf-8-sig"))["runs"]:
        for result in run.get("results", ()):
            found[_name(result, run)][(result.get("level", "warning"), result["ruleId"])] += 1
    return found


def _name(result: dict[str, Any], run: dict[str, Any]) -> str:
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    uri = artifact.get("uri") or run["artifacts"][artifact["index"]]["location"]["uri"]
    return str(uri).rpartition("/")[2]


def main() -> int:
    """Print what is said against the reports."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--multitool", required=True)
    parser.add_argument("places", nargs="+", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        files = [place for place in given.places if place.is_file()]
        folders = [each for place in given.places if place.is_dir() for each in repositories(place)]
        reports = []
        for number, origin in enumerate((*files, *folders)):
            target = scratch / f"{number}-{origin.stem if origin.is_file() else 'repository'}.sarif"
            if origin.is_file():
                target.write_bytes(origin.read_bytes())
            else:
                report_of(origin, target)
            reports.append(target)
        control = broken(reports[0], scratch / CONTROL)
        found = verdicts(given.multitool, [*reports, control], scratch)
        origins = dict(zip((report.name for report in reports), (*files, *folders), strict=True))
        return _told(found, origins)


def _told(found: dict[str, Counter[tuple[str, str]]], origins: dict[str, Path]) -> int:
    refused = [rule for level, rule in found[CONTROL] if level == "error"]
    silent = [str(origins[name]) for name, said in found.items() if name != CONTROL and not said]
    if not refused or silent:
        print(
            f"the validator has not looked: {'nothing against the broken report' if not refused else ', '.join(silent)}"
        )
        return 2
    against = 0
    for name, origin in origins.items():
        for (level, rule), count in sorted(found[name].items()):
            if level != "note":
                against += 1
                print(f"{origin}: {level} {rule}, {count} times")
    print(f"{len(origins)} reports, {against} objections; the broken one: {', '.join(sorted(refused))}")
    return int(against > 0)


if __name__ == "__main__":
    sys.exit(main())
