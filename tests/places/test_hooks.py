"""The hooks for pre-commit: what they are started for, and what they say under the real pre-commit and prek."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lading.config import NAMES
from lading.discover import kind_of
from tests.outside import outside
from tests.places.pages import block
from tests.places.support import checkout, environment, git, made_once, repository
from tests.support import ROOT, run_lading, write_files

MANAGERS = ("pre-commit", "prek")
BASE = """\
services:
  api:
    image: ghcr.io/acme/shop:1.0
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17
"""
CHECKED = BASE + "    healthcheck: {test: [CMD, pg_isready]}\n"
OVERRIDE = "services:\n  db:\n    healthcheck: {test: [CMD, pg_isready]}\n"
WAITS = "error[health/wait-without-healthcheck]"


def hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")}


FILES = re.compile(hooks()["lading-files"]["files"])


def starts(path: str) -> bool:
    """Would a change of this file start the hook `lading-files`?"""
    return FILES.search(path) is not None


@pytest.mark.parametrize(
    "path",
    [
        *NAMES,
        "lading-baseline.json",
        ".github/workflows/publish.yml",
        ".github/actions/push/action.yaml",
        ".github/actions/push/push.py",
        "action.yml",
        "compose.yaml",
        "docker-compose.prod.yml",
        "deploy/compose-dev.yaml",
        "shop.compose.yaml",
        "Dockerfile",
        "api/Dockerfile.dev",
        "api/dev.dockerfile",
        "Containerfile",
        "docker-bake.hcl",
        ".env",
        "scripts/push.sh",
        "Makefile",
        "package.json",
    ],
)
def test_the_hook_for_changed_files_is_started_for(path: str) -> None:
    assert starts(path)


@pytest.mark.parametrize(
    "path",
    [
        "reaction.yml",
        "mycompose.yml",
        "composer.yml",
        "decompose.yml",
        "compose.md",
        ".github/dependabot.yml",
        ".github/workflows/old/publish.yml",
        "my.github/workflows/publish.yml",
        ".github/workflowsX/publish.yml",
        "actionXyml",
        "composeXyml",
        "src/environment",
        "docs/lading.yaml",
        "main.py",
    ],
)
def test_the_hook_for_changed_files_is_not_started_for(path: str) -> None:
    assert not starts(path)


def test_the_hook_for_changed_files_knows_every_name_that_is_looked_at() -> None:
    stems = ("", "x", "x.", "x-", "x_", "docker-", "my")
    kinds = ("compose", "Dockerfile", "containerfile", "action", "docker-bake", ".env", "publish", "lading")
    ends = (
        "",
        ".yml",
        ".yaml",
        ".hcl",
        ".json",
        ".dev",
        "-dev",
        ".dev.yml",
        "s.yaml",
        ".override.hcl",
        "Xyml",
        ".md",
    )
    folders = (
        "",
        "a/",
        "a/b/",
        ".github/",
        ".github/workflows/",
        ".github/workflows/a/",
        "x.github/workflows/",
    )
    paths = [f"{f}{s}{k}{e}" for f in folders for s in stems for k in kinds for e in ends]
    looked_at = [path for path in paths if kind_of(path) is not None]
    assert len(looked_at) > 400
    assert [path for path in looked_at if not starts(path)] == []
    left_alone = (".md", ".txt", ".j2", ".tmpl", ".template", ".dockerignore")
    extra = [
        path for path in paths if starts(path) and kind_of(path) is None and not path.endswith(left_alone)
    ]
    assert [path for path in extra if path not in NAMES and "file." not in path.lower()] == []


def test_the_project_hook_runs_whatever_has_changed() -> None:
    hook = hooks()["lading"]
    assert (hook["always_run"], hook["pass_filenames"], hook["entry"]) == (True, False, "lading check")


@pytest.mark.parametrize(
    ("files", "given"),
    [
        pytest.param({"lading.yaml": "exclude: [/x/]\n"}, "lading.yaml", id="the configuration"),
        pytest.param({".github/lading.yaml": "{}\n"}, ".github/lading.yaml", id="the configuration in .github"),
        pytest.param({"lading-baseline.json": "{}\n"}, "lading-baseline.json", id="a baseline"),
        pytest.param({"lading.yaml": "cards: [./rules/]\n", "rules/x/README.md": ""}, "rules/x/README.md", id="a card"),
    ],
)  # fmt: skip
def test_a_file_that_says_how_all_is_judged_means_everything(
    files: dict[str, str], given: str, tmp_path: Path
) -> None:
    write_files(tmp_path, {"compose.yaml": BASE, "other/compose.yaml": "services: {}\n", **files})
    for paths in ((given,), (given, "other/compose.yaml")):
        done = run_lading("check", "--format", "concise", "--root", ".", *paths, folder=tmp_path)
        assert (WAITS in done.stdout.decode(), done.stderr) == (True, b"")


def test_the_file_of_the_option_config_means_everything_too(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": BASE, "house.yaml": "{}\n"})
    arguments = ("--format", "concise", "--root", ".", "--config", "house.yaml", "house.yaml")
    assert WAITS in run_lading("check", *arguments, folder=tmp_path).stdout.decode()


@pytest.mark.parametrize("given", ["scripts/push.sh", "x/compose.yaml"])
def test_hooks_are_silent_where_nothing_is_found(given: str, tmp_path: Path) -> None:
    files = {
        "compose.yaml": CHECKED,
        "scripts/push.sh": "true\n",
        "x/compose.yaml": BASE,
        "lading.yaml": "exclude: [/x/]\n",
    }
    write_files(tmp_path, files)
    for arguments in ((), (given,)):
        done = run_lading(
            "check", "--root", ".", *arguments, folder=tmp_path, environment={"PRE_COMMIT": "1"}
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_finding_in_a_script_is_in_focus_with_the_script(tmp_path: Path) -> None:
    workflow = "on: push\npermissions: {contents: read, packages: write}\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: scripts/push.sh\n"
    script = "docker login ghcr.io\ndocker push ghcr.io/acme/Shop:1\n"
    write_files(tmp_path, {".github/workflows/push.yml": workflow, "scripts/push.sh": script})
    done = run_lading("check", "--format", "concise", "--root", ".", "scripts/push.sh", folder=tmp_path)
    assert (b"scripts/push.sh:2:13: error[publish/uppercase-name]" in done.stdout, done.stderr) == (True, b"")


def test_answers_over_a_split_list_are_those_over_the_whole_list(tmp_path: Path) -> None:
    files = {f"{n:02}/compose.yaml": BASE if n % 3 else CHECKED for n in range(30)}
    write_files(tmp_path, files)
    paths = sorted(files)

    def lines(*given: str) -> list[str]:
        done = run_lading("check", "--format", "concise", "--root", ".", *given, folder=tmp_path)
        return done.stdout.decode().splitlines()

    whole = lines(*paths)
    assert (len(whole), whole) == (20, sorted(whole))
    assert lines(*reversed(paths)) == whole
    assert sorted((*lines(*paths[1::2]), *lines(*paths[::2]))) == whole


class Manager:
    """pre-commit or prek with a home of its own, in which the environment of our hooks is ready."""

    def __init__(self, name: str, source: Path, home: Path) -> None:
        self.path = outside(name)
        self.name = name
        self.source = source
        self.home = home

    def config(self, hook: str, *, exclude: str = "^$") -> dict[str, str]:
        rev = git(self.source, "rev-parse", "HEAD").strip()
        text = f"repos:\n  - repo: {self.source}\n    rev: {rev}\n    hooks:\n      - id: {hook}\n        exclude: {exclude}\n"
        return {".pre-commit-config.yaml": text}

    def environment(self, **more: str) -> dict[str, str]:
        return environment(PRE_COMMIT_HOME=str(self.home), PREK_HOME=str(self.home), **more)

    def run(self, folder: Path, *arguments: str, **more: str) -> tuple[int, str]:
        """Exit code and output of `run`, with no way to any package index."""
        offline = {
            "PIP_NO_INDEX": "1",
            "UV_OFFLINE": "1",
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        }
        done = subprocess.run(
            [self.path, "run", *arguments],
            cwd=folder, env=self.environment(**offline, **more),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    def prepare(self) -> None:
        """Build the environment, which takes packages from the index."""
        folder = repository(self.home / "first", self.config("lading"))
        command = [self.path, "install-hooks"] if self.name == "pre-commit" else [self.path, "prepare-hooks"]
        done = subprocess.run(
            command, cwd=folder, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.rmtree(folder)


def _checked_out(folder: Path) -> None:
    checkout(folder)


@pytest.fixture(scope="module", params=MANAGERS)
def manager(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Manager:
    outside(request.param)
    base = tmp_path_factory.getbasetemp()
    source = made_once(base, "lading", _checked_out)

    def make(home: Path) -> None:
        # Environments hold absolute paths: made where they stay, and a mark is what is moved.
        place = home.with_name(f"home-{request.param}")
        place.mkdir()
        Manager(request.param, source, place).prepare()

    made_once(base, f"ready-{request.param}", make)
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Manager(request.param, source, shared / f"home-{request.param}")


def words(text: str) -> str:
    """Managers indent what a hook says, each in its way."""
    return " ".join(text.split())


def staged(folder: Path, files: dict[str, str]) -> Path:
    write_files(folder, files)
    git(folder, "add", "-A")
    return folder


def test_a_clean_repository_passes_without_a_word(manager: Manager, tmp_path: Path) -> None:
    for hook in ("lading", "lading-files"):
        folder = repository(tmp_path / hook, {"compose.yaml": CHECKED, **manager.config(hook)})
        code, output = manager.run(folder, "--all-files", "--verbose")
        assert code == 0
        assert [line for line in output.splitlines() if not re.match(r"\s*(lading|- |$)", line)] == []


def test_a_finding_fails_and_is_shown_as_on_the_command_line(manager: Manager, tmp_path: Path) -> None:
    folder = repository(tmp_path / "shop", {"compose.yaml": BASE, **manager.config("lading")})
    code, output = manager.run(folder, "--all-files")
    plain = run_lading("check", folder=folder).stdout.decode()
    assert (code, "\r" in output) == (1, False)
    assert words(plain) in words(output)


def test_a_terminal_gets_lines_and_nothing_that_moves_over_them(manager: Manager, tmp_path: Path) -> None:
    """With `--color=always` pre-commit gives its hooks a terminal."""
    folder = repository(tmp_path / "shop", {"compose.yaml": BASE, **manager.config("lading")})
    _, output = manager.run(folder, "--all-files", "--color=always", NO_COLOR="")
    shown = output[output.index("exit code: 1") :].replace("\r\n", "\n")
    assert ("wait-without-healthcheck" in shown, "\r" in shown) == (True, False)
    assert re.findall(r"\x1b\[[0-9;]*[^0-9;m]", shown) == []


def test_a_deleted_file_breaks_others_and_only_the_project_hook_is_started(
    manager: Manager, tmp_path: Path
) -> None:
    for hook, code, shown in (("lading", 1, True), ("lading-files", 0, False)):
        files = {"compose.yaml": BASE, "compose.override.yaml": OVERRIDE, **manager.config(hook)}
        folder = repository(tmp_path / hook, files)
        assert manager.run(folder)[0] == 0
        git(folder, "rm", "-q", "compose.override.yaml")
        done, output = manager.run(folder)
        assert (done, WAITS in output) == (code, shown)


def test_a_renamed_file_is_judged_by_its_new_name(manager: Manager, tmp_path: Path) -> None:
    folder = repository(tmp_path / "shop", {"stack.txt": BASE, **manager.config("lading-files")})
    git(folder, "mv", "stack.txt", "compose.yaml")
    code, output = manager.run(folder)
    assert (code, "compose.yaml:6:20" in output) == (1, True)


def test_a_change_shows_what_it_breaks_elsewhere_and_nothing_else(manager: Manager, tmp_path: Path) -> None:
    files = {"compose.yaml": BASE, "compose.override.yaml": OVERRIDE, "other/compose.yaml": BASE}
    folder = repository(tmp_path / "shop", {**files, **manager.config("lading-files")})
    staged(folder, {"compose.override.yaml": "services:\n  db:\n    healthcheck: {disable: true}\n"})
    code, output = manager.run(folder)
    assert (code, re.findall(r"--> (\S+)", output)) == (1, ["compose.yaml:6:20"])


def test_what_is_not_staged_is_not_judged(manager: Manager, tmp_path: Path) -> None:
    folder = repository(tmp_path / "shop", {"compose.yaml": CHECKED, **manager.config("lading")})
    staged(folder, {"readme.md": "shop\n"})
    write_files(folder, {"compose.yaml": BASE})
    assert manager.run(folder)[0] == 0
    assert (folder / "compose.yaml").read_text() == BASE


def test_excluded_files_stay_excluded_where_they_are_passed(manager: Manager, tmp_path: Path) -> None:
    files = {"old/compose.yaml": BASE, "lading.yaml": "exclude: [/old/]\n", **manager.config("lading-files")}
    folder = repository(tmp_path / "shop", files)
    code, output = manager.run(folder, "--files", "old/compose.yaml", "--verbose")
    assert (code, WAITS in output, "looked at" in output) == (0, False, False)


def test_a_changed_configuration_judges_every_file_again(manager: Manager, tmp_path: Path) -> None:
    files = {"old/compose.yaml": BASE, "lading.yaml": "exclude: [/old/]\n", **manager.config("lading-files")}
    folder = repository(tmp_path / "shop", files)
    staged(folder, {"lading.yaml": "exclude: []\n"})
    code, output = manager.run(folder)
    assert (code, "old/compose.yaml:6:20" in output) == (1, True)


def test_many_files_are_told_in_order(manager: Manager, tmp_path: Path) -> None:
    files = {f"{n:03}/compose.yaml": BASE for n in range(70)}
    folder = repository(tmp_path / "shop", {**files, **manager.config("lading-files")})
    code, output = manager.run(folder, "--all-files")
    assert (code, re.findall(r"--> (\d+)/", output)) == (1, [f"{n:03}" for n in range(70)])


def test_a_commit_is_refused_and_taken_once_mended(manager: Manager, tmp_path: Path) -> None:
    folder = repository(tmp_path / "shop", {"readme.md": "shop\n", **manager.config("lading")})
    work = tmp_path / "tree"
    git(folder, "worktree", "add", "-q", "-b", "work", str(work))
    subprocess.run(
        [manager.path, "install"], cwd=folder, env=manager.environment(), capture_output=True, check=True
    )
    staged(work, {"compose.yaml": BASE})
    command = ["git", "-c", "user.name=Acme", "-c", "user.email=team@acme.example", "commit", "-m", "more"]
    refused = subprocess.run(
        command, cwd=work, env=manager.environment(), capture_output=True, text=True, check=False
    )
    assert (refused.returncode, WAITS in refused.stdout + refused.stderr) == (1, True)
    staged(work, {"compose.yaml": CHECKED})
    taken = subprocess.run(
        command, cwd=work, env=manager.environment(), capture_output=True, text=True, check=False
    )
    assert taken.returncode == 0, taken.stdout + taken.stderr


@pytest.mark.parametrize(
    ("title", "code"), [(".pre-commit-config.yaml", 0), (".pre-commit-config.yaml (warnings fail)", 1)]
)
def test_the_page_says_how_the_hook_is_set_up(
    manager: Manager, title: str, code: int, tmp_path: Path
) -> None:
    text = block("integrations/pre-commit.md", title)
    text = re.sub("https://github.com/acme/lading", str(manager.source), text)
    text = re.sub("v0.1.0", git(manager.source, "rev-parse", "HEAD").strip(), text)
    files = {"compose.yaml/x": "", "Dockerfile": "FROM python:3.13\n", ".pre-commit-config.yaml": text}
    folder = repository(tmp_path / "shop", files)
    assert manager.run(folder, "--all-files")[0] == code


@pytest.mark.parametrize("name", MANAGERS)
def test_the_manifest_of_our_hooks_is_valid(name: str) -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    subprocess.run([outside(name), "validate-manifest", manifest], capture_output=True, check=True)


def test_try_repo_runs_the_hook_from_a_checkout(manager: Manager, tmp_path: Path) -> None:
    folder = repository(tmp_path / "shop", {"compose.yaml": BASE})
    command = [manager.path, "try-repo", str(manager.source), "lading", "--all-files"]
    done = subprocess.run(
        command, cwd=folder, env=manager.environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, WAITS in done.stdout) == (1, True), done.stdout + done.stderr
