"""Paired runs of lading and a peer over the same workflows: the median ratio of wall time."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    options = arguments()
    workflows = collected(options.paths)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lay_out(workflows, root)
        dropped = given_up(options.peer, root)
        for name in dropped:
            (root / ".github" / "workflows" / name).unlink()
        kept = len(workflows) - len(dropped)
        print(
            f"{kept} workflows, {size(root) / 1000:.1f} kB; left out, since the peer gives up on them: {dropped or 'none'}"
        )
        commands = (
            [*shlex.split(options.lading), "check", "--owner", "acme", "--repo", "shop", "--format", "json"],
            [*shlex.split(options.peer), str(root)],
        )
        report(
            options,
            [(seconds(commands[0], root), seconds(commands[1], root)) for _ in range(options.runs + 1)][1:],
        )
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lading", default="lading")
    parser.add_argument("--peer", default="zizmor --offline --no-exit-codes")
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("paths", nargs="+", type=Path)
    return parser.parse_args()


def collected(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_file():
            found.append(path)
        else:
            found += sorted(
                p
                for p in path.rglob("*.y*ml")
                if p.parent.name == "workflows" and p.parent.parent.name == ".github"
            )
    return found


def lay_out(workflows: list[Path], root: Path) -> None:
    """One repository with every file under a name of its own."""
    target = root / ".github" / "workflows"
    target.mkdir(parents=True)
    (root / ".git").mkdir()
    for number, path in enumerate(workflows):
        shutil.copyfile(path, target / f"{number:04}-{path.name}")


def given_up(peer: str, root: Path) -> list[str]:
    """Names of the workflows that make the peer fail as a whole or that it skips with an error, found one by one."""
    failed = []
    for path in sorted((root / ".github" / "workflows").iterdir()):
        done = subprocess.run([*shlex.split(peer), str(path)], capture_output=True, check=False, cwd=root)
        if done.returncode not in (0, 10, 11, 12, 13, 14):
            failed.append(path.name)
    return failed


def size(root: Path) -> int:
    return sum(path.stat().st_size for path in (root / ".github" / "workflows").iterdir())


def seconds(command: list[str], folder: Path) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - started


def report(options: argparse.Namespace, pairs: list[tuple[float, float]]) -> None:
    ours, theirs = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"lading {ours:.1f} ms, {options.peer.split()[0]} {theirs:.1f} ms, ratio {ratio:.2f} (median of {len(pairs)} pairs)"
    )


if __name__ == "__main__":
    sys.exit(main())
