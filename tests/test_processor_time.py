"""Whatever lies in a repository, a whole run over it ends within seconds of processor time: measured in a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the times of other processes are those of POSIX")
PROMISED = 2.0
"""Seconds of processor time, the start of the program among it."""
SLACK = 2.0
"""How much slower a machine under load may be; most inputs take a tenth of what is promised."""
WORKFLOW = ".github/workflows/ci.yml"
SERVICE = "services:\n  db:\n    image: postgres:17\n"
STEP = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n"
GORELEASER = STEP.replace("run: |\n", "{uses: goreleaser/goreleaser-action@v6, with: {args: release}}\n")
IMAGES = "dockers:\n  - image_templates: ['ghcr.io/acme/NAME:1']\n"
LINES = 1_000_000


def bomb(item: str) -> str:
    """Forty levels of nine aliases each."""
    levels = (f"x-a{n}: &a{n} {item.format(', '.join([f'*a{n - 1}'] * 9))}\n" for n in range(1, 40))
    return f"x-a0: &a0 {{a: b}}\n{''.join(levels)}{SERVICE}    labels: *a39\n"


INPUTS: dict[str, dict[str, str | bytes]] = {
    "lists of aliases that multiply": {"compose.yaml": bomb("[{}]")},
    "merge keys that multiply": {"compose.yaml": bomb("{{<<: [{}]}}")},
    "aliases that multiply in a workflow": {WORKFLOW: bomb("[{}]") + "on: push\njobs: {a: {runs-on: x, strategy: {matrix: {b: *a39}}, steps: [run: make]}}\n"},
    "an alias in its own anchor": {"compose.yaml": "services: &s {a: *s, b: {<<: *s}}\n"},
    "lists 20,000 deep": {"compose.yaml": "- " * 20_000},
    "brackets 20,000 deep": {"compose.yaml": "[" * 20_000, WORKFLOW: "{a: " * 20_000, "action.yml": "[" * 20_000},
    "indents 2,000 deep": {"compose.yaml": "\n".join(" " * n + "a:" for n in range(2_000))},
    "expressions 20,000 deep": {WORKFLOW: f"{STEP}          echo ${{{{ {'(' * 20_000} }}}}\n"},
    "a variable behind each of 3,000 conditions": {WORKFLOW: STEP + "".join(f"          a || x{n}=1\n" for n in range(3_000)) + "          docker push ghcr.io/acme/a:1\n"},
    "odd tests and brackets that may be sums": {WORKFLOW: STEP + "".join(f"          [ a{n} b ] && x=$((c) | d)\n" for n in range(1_500)) + "          docker push ghcr.io/acme/a:1\n"},
    "variables 20,000 deep": {"compose.yaml": SERVICE + f"    command: '{'${U:-' * 20_000}'\n"},
    "a script 20,000 deep": {WORKFLOW: f"{STEP}          docker push {'$(' * 20_000}\n          {'if x; then ' * 20_000}\n"},
    "a bake file 20,000 deep": {WORKFLOW: f"{STEP}          docker buildx bake --push\n", "docker-bake.hcl": f"target \"default\" {{ tags = {'[' * 20_000} }}\n"},
    "a million empty lines": {"compose.yaml": "services:\n" + "\n" * LINES + "  db: {image: 'postgres:17'}\n"},
    "a million comments": {"compose.yaml": SERVICE + "# x\n" * LINES},
    "a million lines of a text": {"compose.yaml": SERVICE + "x-a: |\n" + "  a\n" * LINES},
    "a million lines of a script": {WORKFLOW: STEP + "          make\n" * LINES},
    "a million lines of a Dockerfile": {"compose.yaml": "services: {a: {build: .}}\n", "Dockerfile": "FROM alpine\n" + "# x\n" * LINES},
    "a million lines that CR ends": {"compose.yaml": SERVICE.replace("\n", "\r") + "# x\r" * LINES},
    "a million lines that NEL, LS and PS end": {"compose.yaml": SERVICE + "#\x85#\u2028#\u2029" * (LINES // 3)},
    "NUL": {"compose.yaml": b"\0" * 8_000_000},
    "half of UTF-16": {"compose.yaml": SERVICE.encode("utf-16")[:-1], WORKFLOW: b"\xff\xfe" + b"\xd8" * 8_000_001},
    "bytes that are no UTF-8": {"compose.yaml": SERVICE.encode() + b"\xff\xfe\xfd" * 2_000_000},
    "a syntax error behind a megabyte": {"compose.yaml": SERVICE + "  # x\n" * 170_000 + "  a: [\n"},
    "a syntax error in brackets": {"compose.yaml": SERVICE + "x-a: " + "[" * 90 + "{a: " * 9 + ", ]" * 40_000},
    "a command that copies into thousands of files": {WORKFLOW: f"{STEP}          docker push a\n          tee {'d ' * 12_000}\n"},
    "white space in a template": {WORKFLOW: GORELEASER, ".goreleaser.yaml": IMAGES.replace("NAME", "{{ a" + " " * 40_000 + "% }}")},
    "the same slip in thousands of keys": {WORKFLOW: "on: push\n" + "obs:\n" * 5_000 + "jobs: {a: {runs-on: x, steps: [run: make]}}\n"},
    "thousands of uses of one variable of a script": {"compose.yaml": f"{SERVICE}    command: sh -c 'for m in a; do x; done {'echo $n ' * 6_000}'\n"},
    "thousands of variables of a script": {"compose.yaml": SERVICE + '    command: "sh -c ' + "".join(f"a{n}=1; echo $a{n};\\t" for n in range(2_000)) + '"\n'},
    "a thousand Compose files": {f"{n}/compose.yaml": SERVICE for n in range(1_000)},
}  # fmt: skip


def processor_time(folder: Path) -> tuple[int | None, float]:
    """Exit code and seconds of a whole run, its own processes among it."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "lading", "check", "--strict", "--root", ".", "--format", "concise"],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=300,
    )
    after = os.times()
    assert b"Traceback" not in done.stderr
    taken = sum(getattr(after, name) - getattr(before, name) for name in ("children_user", "children_system"))
    return done.returncode, taken


def lay_out(folder: Path, files: dict[str, str | bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data if isinstance(data, bytes) else data.encode())


@pytest.mark.parametrize("name", INPUTS)
def test_a_bad_input_ends_within_two_seconds(name: str, tmp_path: Path) -> None:
    lay_out(tmp_path, INPUTS[name])
    code, taken = processor_time(tmp_path)
    assert code in (0, 1)
    assert taken < PROMISED * SLACK


@pytest.mark.parametrize("path", ["compose.yaml", WORKFLOW, "action.yml", "Dockerfile", ".env", ".gitignore"])
def test_a_file_of_100_megabytes_ends_within_two_seconds(path: str, tmp_path: Path) -> None:
    lay_out(tmp_path, {"compose.yaml": "services: {a: {build: .}}\n", path: "services: {a: {build: .}}\n"})
    with open(tmp_path / path, "r+b") as file:
        file.truncate(100_000_000)
    code, taken = processor_time(tmp_path)
    assert code in (0, 1)
    assert taken < PROMISED * SLACK


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("compose.yaml", "x-{n}: {n}\n"),
        (WORKFLOW, "  j{n}:\n    uses: a/b/.github/workflows/c.yml@v{n}\n"),
    ],
)
def test_a_file_of_16_mebibytes_takes_some_seconds(path: str, line: str, tmp_path: Path) -> None:
    """The largest that is read; it takes up to four (measured)."""
    head = "on: push\njobs:\n" if path == WORKFLOW else "services:\n" if line.startswith(" ") else SERVICE
    count = (16 * 1024 * 1024 - len(head)) // (len(line.format(n=100_000)) + 2)
    lay_out(tmp_path, {path: head + "".join(line.format(n=n) for n in range(count))})
    code, taken = processor_time(tmp_path)
    assert code in (0, 1)
    assert taken < 8 * SLACK
