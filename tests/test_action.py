"""The action: its scripts run as a runner runs them, and it is written as our own rules and its readers ask."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from lading.parse import Reader
from lading.plain import plain
from lading.source import Source
from tests.outside import outside
from tests.reports.test_formats import read_by_the_runner
from tests.support import ROOT, outcome_of, write_files

TEXT = (ROOT / "action.yml").read_text("utf-8")
ACTION: dict[str, Any] = plain(Reader().read(Source("action.yml", TEXT)).root)
STEPS: dict[str, dict[str, Any]] = {step.get("id", "upload"): step for step in ACTION["runs"]["steps"]}

CLEAN = {"compose.yaml": "services:\n  db:\n    image: postgres:17\n"}
WRONG = {"compose.yaml": "services:\n  api:\n    image: acme/api:1\n    depends_on: [db]\n"}


class Step:
    """What a step of the action has done: exit code, log, outputs and summary."""

    def __init__(self, folder: Path, id: str, contexts: dict[str, str], environment: dict[str, str]) -> None:
        temporary = folder.parent / f"{folder.name}.{id}"
        temporary.mkdir()
        script = temporary / "script.sh"
        script.write_text(STEPS[id]["run"])
        files = {name: temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("before\n")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(temporary),
                "GITHUB_REPOSITORY": "acme/shop",
                "RUNNER_TEMP": str(temporary),
                **{name: str(file) for name, file in files.items()},
                **environment,
                **{name: evaluated(value, contexts) for name, value in STEPS[id]["env"].items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
        self.code = done.returncode
        self.log = done.stdout.decode()
        rows = files["GITHUB_OUTPUT"].read_text().splitlines()[1:]
        self.outputs = dict(row.split("=", 1) for row in rows)
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text().removeprefix("before\n")

    @property
    def commands(self) -> list[tuple[str, dict[str, str], str]]:
        """The commands that the runner obeys."""
        obeyed = []
        ends_with = None
        for line in self.log.splitlines():
            if ends_with is not None:
                ends_with = None if line.strip() == f"::{ends_with}::" else ends_with
                continue
            command = read_by_the_runner(line)
            if command is not None and command[0] == "stop-commands":
                ends_with = command[2]
            elif command is not None:
                obeyed.append(command)
        return obeyed


def evaluated(value: str, contexts: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: contexts[found[1]], value)


def checked(folder: Path, **inputs: str) -> Step:
    """The step that checks, with the inputs of somebody who uses the action."""
    program = folder.parent / f"{folder.name}.program"
    program.mkdir()
    contexts = {
        "steps.install.outputs.folder": str(program),
        "steps.install.outputs.program": str(Path(sys.executable).parent / "lading"),
    }
    for name, declared in ACTION["inputs"].items():
        contexts[f"inputs.{name}"] = inputs.get(name.replace("-", "_"), declared["default"])
    return Step(folder, "check", contexts, {})


def repository(tmp_path: Path, files: dict[str, str]) -> Path:
    return write_files(tmp_path / "shop", files)


def results(step: Step) -> list[str]:
    (run,) = json.loads(Path(step.outputs["sarif"]).read_text("utf-8"))["runs"]
    return [result["ruleId"] for result in run["results"]]


def test_a_clean_repository_passes_and_has_an_empty_report(tmp_path: Path) -> None:
    step = checked(repository(tmp_path, CLEAN))
    assert (step.code, step.outputs["exit-code"], results(step), step.commands) == (0, "0", [], [])
    assert step.summary == "### lading\n\nno findings in 1 file: 1 compose project\n"
    assert step.outputs["root"] == str(tmp_path / "shop")
    assert "no findings in 1 file" in step.log


def test_findings_fail_the_step_and_are_in_every_report(tmp_path: Path) -> None:
    step = checked(repository(tmp_path, WRONG))
    assert (step.code, step.outputs["exit-code"]) == (1, "1")
    assert results(step) == ["compose/undefined-dependency"]
    ((command, properties, message),) = step.commands
    assert (command, properties["file"], properties["line"]) == ("error", "compose.yaml", "4")
    assert message.startswith("compose.yaml:4:18: ")
    assert "compose.yaml:4" in step.summary
    assert "\x1b[1;31merror[compose/undefined-dependency]" in step.log


def test_a_check_that_cannot_be_done_is_told_apart(tmp_path: Path) -> None:
    step = checked(repository(tmp_path, {**WRONG, "lading.yaml": "nonsense: 100%\n"}))
    assert (step.code, step.outputs) == (2, {"exit-code": "2"})
    ((command, properties, message),) = step.commands
    assert (command, properties) == ("error", {"title": "lading could not do the check"})
    assert message.startswith("lading: lading.yaml:1:1: ")


def test_nothing_in_the_repository_is_a_command(tmp_path: Path) -> None:
    hostile = "services:\n  api:\n    image: acme/api:1\n    depends_on: ['##[add-mask]x', '::notice::y', '%0A::debug::z']\n"
    step = checked(repository(tmp_path, {"compose.yaml": hostile, "::warning::x/compose.yaml": hostile}))
    assert step.code == 1
    assert {command for command, _, _ in step.commands} == {"error"}
    assert {properties["file"] for _, properties, _ in step.commands} == {
        "compose.yaml",
        "::warning::x/compose.yaml",
    }


def test_inputs_reach_the_program_and_no_shell(tmp_path: Path) -> None:
    folder = repository(
        tmp_path,
        {
            "a b/compose.yaml": WRONG["compose.yaml"],
            "c.yaml": "rules: {compose/undefined-dependency: warning}\n",
        },
    )
    step = checked(
        folder,
        root="a b",
        paths="a b/compose.yaml\n",
        config="c.yaml",
        fail_on="warning",
        arguments="--strict\n--ignore=image\r\n",
        annotate="false",
        summary="false",
        category="$(touch here);`x`",
    )
    assert (step.code, results(step), step.commands, step.summary) == (
        1,
        ["compose/undefined-dependency"],
        [],
        "",
    )
    assert step.outputs["root"] == str(folder / "a b")
    (run,) = json.loads(Path(step.outputs["sarif"]).read_text())["runs"]
    assert (run["automationDetails"]["id"], run["results"][0]["level"]) == ("$(touch here);`x`/", "warning")
    assert not (folder / "here").exists()


def test_the_action_installs_the_lading_that_it_comes_with(tmp_path: Path) -> None:
    source = tmp_path / "action"
    for part in ("src", "rules", "schemas"):
        shutil.copytree(
            ROOT / part, source / part, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
        )
    for part in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, source / part)
    contexts = {
        "steps.python.outputs.python-path": sys.executable,
        "github.action_path": str(source),
        "inputs.version": "",
    }
    # What lading needs is here already, so that nothing has to be fetched.
    here = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": sysconfig.get_path("purelib")}
    step = Step(write_files(tmp_path / "shop", CLEAN), "install", contexts, here)
    assert step.code == 0, step.log
    assert step.log.startswith("lading ")
    assert Path(step.outputs["program"]).is_file()
    assert step.outputs["program"].startswith(step.outputs["folder"])


@pytest.mark.parametrize("version", ["1.0; curl x", "1.0 @ https://x", "--index-url=x/y", "1\n2"])
def test_a_version_that_is_none_is_refused(version: str, tmp_path: Path) -> None:
    contexts = {
        "steps.python.outputs.python-path": "/none",
        "github.action_path": "/none",
        "inputs.version": version,
    }
    step = Step(write_files(tmp_path / "shop", CLEAN), "install", contexts, {})
    assert (step.code, step.outputs) == (2, {})
    assert step.log == "::error title=lading::The input version is not the number of a release.\n"


def test_expressions_stand_in_no_script() -> None:
    assert [id for id, step in STEPS.items() if "${{" in step.get("run", "")] == []
    assert {step["shell"] for step in STEPS.values() if "run" in step} == {"bash"}


def test_every_nested_action_is_pinned_by_commit_and_says_its_version() -> None:
    uses = re.findall(r"^ *(?:- )?uses: (.*)$", TEXT, re.MULTILINE)
    assert len(uses) == 2
    assert [each for each in uses if not re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_every_input_is_used_and_described() -> None:
    used = set(re.findall(r"\binputs\.([a-z-]+)", TEXT))
    assert used == set(ACTION["inputs"])
    assert all(declared["description"] for declared in ACTION["inputs"].values())
    assert {
        name: id
        for name, declared in ACTION["outputs"].items()
        for id in re.findall(r"steps\.(\w+)", declared["value"])
    } == {
        "exit-code": "check",
        "sarif": "check",
    }


def test_results_are_uploaded_whenever_there_are_some() -> None:
    upload = STEPS["upload"]
    assert upload["if"] == "always() && inputs.upload-sarif == 'true' && steps.check.outputs.sarif != ''"
    assert upload["with"] == {
        "sarif_file": "${{ steps.check.outputs.sarif }}",
        "checkout_path": "${{ steps.check.outputs.root }}",
    }


def test_the_example_workflow_gives_what_the_action_needs(tmp_path: Path) -> None:
    text = (ROOT / "examples" / "workflows" / "lading.yml").read_text("utf-8")
    write_files(tmp_path, {".github/workflows/lading.yml": text})
    assert outcome_of(tmp_path, strict=True).findings == ()
    workflow = plain(Reader().read(Source("lading.yml", text)).root)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["lading"]["permissions"] == {
        "contents": "read",
        "actions": "read",
        "security-events": "write",
    }


def test_zizmor_has_nothing_to_say() -> None:
    zizmor = outside("zizmor")
    files = ["action.yml", ".github/workflows", "examples/workflows/lading.yml"]
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--format=json-v1", *files],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    found = [(each["ident"], each["locations"][0]["symbolic"]["key"]) for each in json.loads(done.stdout)]
    assert (found, done.returncode) == ([], 0), done.stderr.decode()
