"""What a clean run imports: speed is a matter of structure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lading.engine import MANY
from lading.reports import FORMATS
from tests.support import write_files

HEAVY = {
    "attr", "click", "collections", "dataclasses", "dockerfile_parse", "enum", "functools", "importlib.metadata",
    "jsonschema", "json", "pathlib", "pathspec", "pluggy", "re", "ruamel", "sarif_om", "subprocess", "tempfile", "tree_sitter",
    "typing", "yaml",
}  # fmt: skip
"""`yaml` itself: its C module and three small ones are loaded without it."""
OTHERS = {"collections", "enum", "fnmatch", "functools", "keyword", "operator", "re", "reprlib", "types"}

WORKFLOW = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make test\n"
FOLLOWED = """on: {push: {branches: [main]}, pull_request: }
permissions: {contents: read}
concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
jobs:
  test:
    runs-on: ${{ matrix.os }}
    timeout-minutes: 10
    strategy:
      matrix: {os: [ubuntu-24.04, macos-15]}
    steps:
      - uses: actions/checkout@v5
        with: {persist-credentials: false}
      - if: github.event_name == 'push'
        run: make test
        env: {TOKEN: "${{ secrets.TOKEN }}"}
"""
"""With expressions, conditions and a matrix."""
COMPOSE = "services:\n  db:\n    image: postgres:17\n  api:\n    image: ghcr.io/acme/shop:${TAG:-1.0}\n    depends_on: {db: {condition: service_started}}\n"

OBSOLETE = "version: '3'\nservices:\n  db:\n    image: postgres:17\n"
"""With something to tell."""


def loaded(files: dict[str, str], folder: Path, format: str = "text") -> set[str]:
    """What `lading check` loads in a repository where it finds nothing, or nothing that is an error."""
    write_files(folder, files)
    # What an editable install has imported by now does not count.
    program = (
        f"import sys; [sys.modules.pop(each) for each in list(sys.modules) if each.partition('.')[0] in {OTHERS}];"
        "before = set(sys.modules); from lading.cli.main import main; code = main(['check', '--format', sys.argv[1]]);"
        "print(code, *sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, format], cwd=folder, capture_output=True, text=True, check=True
    )
    code, *modules = done.stdout.splitlines()[-1].split()
    assert code == "0", done.stdout
    return set(modules)


@pytest.mark.parametrize(
    "files",
    [
        {".github/workflows/test.yml": WORKFLOW},
        {".github/workflows/test.yml": FOLLOWED},
        {"compose.yaml": COMPOSE},
        {f".github/workflows/test-{number}.yml": FOLLOWED for number in range(MANY)},
    ],
    ids=["a workflow", "a workflow with expressions", "a Compose file", "files for several processes"],
)
def test_a_clean_run_imports_nothing_heavy(files: dict[str, str], tmp_path: Path) -> None:
    assert heavy(loaded(files, tmp_path)) == []


def heavy(modules: set[str]) -> list[str]:
    return sorted(name for name in modules if name in HEAVY or name.partition(".")[0] in HEAVY - {"yaml"})


@pytest.mark.parametrize("files", [{".github/workflows/test.yml": FOLLOWED}, {"compose.yaml": OBSOLETE}])
@pytest.mark.parametrize("format", FORMATS)
def test_no_report_imports_anything_heavy(format: str, files: dict[str, str], tmp_path: Path) -> None:
    assert heavy(loaded(files, tmp_path, format)) == []


ALWAYS = {
    "account", "builtin", "catalogue", "cli", "cli.check", "cli.judge", "cli.main", "cli.remember", "cli.short", "cli.terminal", "cli.told", "cli.writing", "byte_code", "config", "decode",
    "discover", "engine", "events", "files", "findings", "globs", "identity", "kept", "lifecycle", "light", "models",
    "models.repository", "parse", "plugins", "problems", "provider", "record", "regex", "reports", "reports.text", "session",
    "source", "store", "tables", "tables.index", "tables.options", "texts", "tree", "version",
}  # fmt: skip
OF_WORKFLOWS = {
    "checks", "checks.actions", "checks.workflow", "checks.yaml", "memory", "models.calls", "models.candidates", "models.expressions",
    "models.fits", "models.github_forms", "models.makefile", "models.needs", "models.permissions", "models.places",
    "models.recognisers", "models.recognisers.builtin", "models.recognisers.gates", "models.recognisers.push",
    "models.recognisers.table", "models.template", "models.values", "models.workflow", "plain", "rules",
    "tables.actions", "tables.contexts", "tables.needs", "tables.scopes", "tables.workflow_shape", "words",
}  # fmt: skip
OF_FOLLOWED = OF_WORKFLOWS | {
    "checks.deploy",
    "checks.guards",
    "checks.reads",
    "checks.syntax",
    "shape",
    "tables.events",
}


@pytest.mark.parametrize(
    ("files", "more"),
    [
        ({}, set()),
        ({".github/workflows/test.yml": WORKFLOW}, OF_WORKFLOWS),
        ({".github/workflows/test.yml": FOLLOWED}, OF_FOLLOWED),
    ],
    ids=["nothing", "a workflow", "a workflow with expressions"],
)
def test_a_clean_run_loads_what_it_has_to_look_at(
    files: dict[str, str], more: set[str], tmp_path: Path
) -> None:
    own = {name.partition(".")[2] for name in loaded(files, tmp_path) if name.startswith("lading.")}
    own -= {name for name in own if name.startswith("regex.")}
    assert sorted(own - ALWAYS - more) == []


def test_a_compose_file_loads_nothing_of_workflows(tmp_path: Path) -> None:
    own = {name.partition(".")[2] for name in loaded({"compose.yaml": COMPOSE}, tmp_path)}
    assert (
        sorted(
            own
            & (
                OF_WORKFLOWS
                - {"checks", "checks.yaml", "memory", "models.template", "plain", "rules", "words"}
            )
        )
        == []
    )
    assert (
        sorted(own & {f"checks.{name}" for name in ("addresses", "env_files", "resets", "resources")}) == []
    )


FOR_PROGRAMS = {"cli.scene", "reports.addresses", "reports.display", "reports.json_text"}
"""What reports other than the text need."""
OF_SARIF = FOR_PROGRAMS | {
    "cli.texts", "reports.home", "reports.object_model", "reports.sarif", "tables.prose", "tables.sarif",
}  # fmt: skip


@pytest.mark.parametrize(
    ("format", "more"),
    [
        ("sarif", OF_SARIF),
        ("json", FOR_PROGRAMS | {"reports.json_report"}),
        ("json-lines", FOR_PROGRAMS | {"reports.json_lines", "reports.json_report"}),
        ("gitlab", FOR_PROGRAMS | {"reports.gitlab"}),
        ("junit", FOR_PROGRAMS | {"reports.junit", "reports.xml"}),
    ],
)
def test_a_report_loads_what_it_is_written_with(format: str, more: set[str], tmp_path: Path) -> None:
    modules = loaded({".github/workflows/test.yml": FOLLOWED}, tmp_path, format)
    own = {name.partition(".")[2] for name in modules if name.startswith("lading.")}
    own -= {name for name in own if name.startswith("regex.")}
    assert sorted(own - ALWAYS - OF_FOLLOWED - more) == []
    assert "reports.text" not in own
