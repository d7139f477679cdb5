"""What a clean run imports: speed is a matter of structure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    "files",
    [
        {".github/workflows/test.yml": WORKFLOW},
        {".github/workflows/test.yml": FOLLOWED},
        {"compose.yaml": COMPOSE},
    ],
)
def test_a_clean_run_imports_nothing_heavy(files: dict[str, str], tmp_path: Path) -> None:
    write_files(tmp_path, files)
    # What an editable install has imported by now does not count.
    program = (
        f"import sys; [sys.modules.pop(each) for each in list(sys.modules) if each.partition('.')[0] in {OTHERS}];"
        "before = set(sys.modules); from lading.cli.main import main; code = main(['check']);"
        "print(code, *sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    code, *modules = done.stdout.splitlines()[-1].split()
    assert code == "0", done.stdout
    assert (
        sorted({name for name in modules if name in HEAVY or name.partition(".")[0] in HEAVY - {"yaml"}})
        == []
    )
