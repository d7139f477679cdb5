"""Every check of this repository, in one command: format, lint, types, import contracts, generated files, ourselves, tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

STEPS = (
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("lint", [str(BIN / "ruff"), "check", "."]),
    ("types", [str(BIN / "mypy")]),
    ("import contracts", [str(BIN / "lint-imports"), "--no-cache"]),
    ("generated files", [sys.executable, "scripts/generate.py", "--check"]),
    ("lading on its own repository", [str(BIN / "lading"), "check", "--fail-on", "note"]),
    ("tests", [sys.executable, "-m", "pytest", "-n", "auto", *sys.argv[1:]]),
)


def main() -> int:
    """Run every step, even after one has failed; 1 when any has."""
    failed = []
    for name, command in STEPS:
        print(f"== {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
