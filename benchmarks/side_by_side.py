"""lading beside zizmor, dclint, check-jsonschema and yamllint on the same files: ratios of time and memory.

    python benchmarks/side_by_side.py [--environment FOLDER] [--runs 7] [REPOSITORIES]

The peers (from PyPI and npm) and lading (this checkout, as a wheel with byte code) are installed into an environment of their
own. REPOSITORIES is a folder with real repositories, whose workflows and Compose files make the corpus; without it the corpus
is made of the examples on our cards. Files are multiplied under other names up to 1,500 workflows and 500 Compose files.

Both programs run in turn (A B A B …), each in a fresh process; shown are medians, and the median of the ratios of each pair,
which are the figures to trust. Memory is the peak of what all processes of a run hold together (Linux). Files that a peer
gives up on are left out for both and named.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
ONE_WORKFLOW, ONE_COMPOSE = 3_600, 850
"""Bytes of the files that are checked alone, about."""
FEW_RUNS = 3
"""Pairs where a run of the peer takes many seconds."""
LONG = 5.0


class Text(NamedTuple):
    name: str
    data: bytes


class Tools(NamedTuple):
    """The commands of lading and of the peers."""

    lading: str
    python: Path
    node: Path

    def peers(self, kind: str, format: str) -> dict[str, list[str]]:
        zizmor = [str(self.python / "zizmor"), "--offline", "--no-exit-codes", "-q"]
        if format == "sarif":
            return {"zizmor": [*zizmor, "--format", "sarif", "."]} if kind == "workflow" else {}
        schema = "vendor.github-workflows" if kind == "workflow" else "vendor.compose-spec"
        others = {
            "check-jsonschema": [str(self.python / "check-jsonschema"), "--builtin-schema", schema, "FILES"],
            "yamllint": [str(self.python / "yamllint"), "FILES"],
        }
        if kind == "workflow":
            return {"zizmor": [*zizmor, "."], **others}
        return {"dclint": [str(self.node / "dclint"), "-r", "."], **others}


class Run(NamedTuple):
    wall: float
    cpu: float


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        tools = installed(options.environment or Path(scratch) / "environment", options.lading)
        workflows, compose = corpus(options.repositories)
        shuffled = random.Random(options.seed)
        shuffled.shuffle(workflows)
        shuffled.shuffle(compose)
        print(f"corpus: {described(workflows)} workflows, {described(compose)} Compose files")
        print(f"rules: {rule_count(tools)}")
        left_out = given_up(workflows, tools, Path(scratch))
        print(f"left out, since zizmor gives up on them: {', '.join(sorted(left_out)) or 'none'}\n")
        workflows = [text for text in workflows if text.name not in left_out]
        print("| files | format | peer | lading | peer | wall | processor | memory of both |")
        print("|---|---|---|---:|---:|---:|---:|---:|")
        for name, kind, texts in cases(workflows, compose, options):
            root = lay_out(texts, kind, Path(scratch) / name)
            for format in ("text", "sarif"):
                for peer, command in tools.peers(kind, format).items():
                    print(row(name, format, peer, command, root, tools, options.runs), flush=True)
            print(f"| {name}: findings {digest(root, tools)} |", flush=True)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environment", type=Path, help="where the programs are installed, and found again")
    parser.add_argument("--lading", help="another lading than that of this checkout")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workflows", type=int, default=1_500)
    parser.add_argument("--compose", type=int, default=500)
    parser.add_argument("repositories", nargs="?", type=Path)
    return parser.parse_args()


def installed(folder: Path, lading: str | None) -> Tools:
    """Install what is not there yet."""
    folder = folder.absolute()
    python, node = folder / "python" / "bin", folder / "node" / "node_modules" / ".bin"
    if not (python / "zizmor").exists():
        run([sys.executable, "-m", "venv", str(folder / "python")])
        run([str(python / "pip"), "install", "-q", "zizmor", "yamllint", "check-jsonschema"])
    if not (node / "dclint").exists():
        (folder / "node").mkdir(parents=True, exist_ok=True)
        run(["npm", "install", "--silent", "--prefix", str(folder / "node"), "dclint"])
    if lading is None:
        own = folder / "lading"
        run([sys.executable, "-m", "venv", "--clear", str(own)])
        run([str(own / "bin" / "pip"), "install", "-q", str(ROOT)])
        lading = str(own / "bin" / "lading")
    return Tools(str(Path(lading).absolute()) if os.sep in lading else lading, python, node)


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, env=ENVIRONMENT)


def corpus(repositories: Path | None) -> tuple[list[Text], list[Text]]:
    """Workflows and Compose files, each text once."""
    found = of_repositories(repositories) if repositories is not None else of_cards()
    kept: tuple[dict[bytes, Text], dict[bytes, Text]] = ({}, {})
    for path, data in found:
        name = path.rpartition("/")[2]
        if name.endswith((".yml", ".yaml")):
            if ".github/workflows/" in path:
                kept[0].setdefault(data, Text(name, data))
            elif "compose" in name:
                kept[1].setdefault(data, Text(name, data))
    return numbered(kept[0]), numbered(kept[1])


def numbered(found: dict[bytes, Text]) -> list[Text]:
    return [Text(f"{number:04}-{text.name}", text.data) for number, text in enumerate(found.values())]


def of_repositories(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.y*ml")):
        if path.is_file():
            yield path.as_posix(), path.read_bytes()


def of_cards() -> Iterator[tuple[str, bytes]]:
    """What the good examples on our cards hold."""
    from lading.catalogue import cards_in, catalogue_folder, read_card

    for id, path in cards_in(catalogue_folder()):
        for example in read_card(path, id)["examples"]["good"]:
            for name, text in example["files"].items():
                yield name, str(text).encode()


def described(texts: list[Text]) -> str:
    return f"{len(texts)} ({sum(len(text.data) for text in texts) / 1000:.0f} kB)"


def rule_count(tools: Tools) -> int:
    done = subprocess.run(
        [tools.lading, "rules"], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    return sum("/" in word for line in done.stdout.splitlines() for word in line.split()[1:2])


def given_up(workflows: list[Text], tools: Tools, scratch: Path) -> set[str]:
    """Names of the workflows that end a run of zizmor, found one by one where the whole run fails."""
    whole = tools.peers("workflow", "text")["zizmor"][:-1]
    root = lay_out(workflows, "workflow", scratch / "all")
    if subprocess.run([*whole, "."], cwd=root, capture_output=True, check=False).returncode == 0:
        return set()
    paths = sorted((root / ".github" / "workflows").iterdir())
    failed = [
        p.name for p in paths if subprocess.run([*whole, str(p)], capture_output=True, check=False).returncode
    ]
    shutil.rmtree(root)
    return set(failed)


def cases(
    workflows: list[Text], compose: list[Text], options: argparse.Namespace
) -> Iterator[tuple[str, str, list[Text]]]:
    yield "one workflow", "workflow", [nearest(workflows, ONE_WORKFLOW)]
    yield "one Compose file", "compose", [nearest(compose, ONE_COMPOSE)]
    yield "10 workflows", "workflow", workflows[:10]
    yield "10 Compose files", "compose", compose[:10]
    yield "the workflows of the corpus", "workflow", workflows
    yield "the Compose files of the corpus", "compose", compose
    yield f"{options.workflows} workflows", "workflow", multiplied(workflows, options.workflows)
    yield f"{options.compose} Compose files", "compose", multiplied(compose, options.compose)


def nearest(texts: list[Text], size: int) -> Text:
    return min(texts, key=lambda text: abs(len(text.data) - size))


def multiplied(texts: list[Text], count: int) -> list[Text]:
    """So many files; one that comes again has another name and says which of them it is."""
    found = []
    for number in range(count):
        text = texts[number % len(texts)]
        more = b"" if number < len(texts) else b"\n# copy %d\n" % number
        found.append(Text(f"{number:04}-{text.name}", text.data + more))
    return found


def lay_out(texts: list[Text], kind: str, root: Path) -> Path:
    """One repository with every file under a name of its own, a Compose file in a folder of its own."""
    (root / ".git").mkdir(parents=True)
    for text in texts:
        place = root / ".github" / "workflows" if kind == "workflow" else root / text.name.partition("-")[0]
        place.mkdir(parents=True, exist_ok=True)
        name = text.name if kind == "workflow" else "compose.yaml"  # a file that Compose itself finds
        (place / name).write_bytes(text.data)
    return root


def row(
    name: str, format: str, peer: str, command: list[str], root: Path, tools: Tools, most_runs: int
) -> str:
    ours = [
        tools.lading,
        "check",
        "--root",
        ".",
        "--owner",
        "acme",
        "--repo",
        "shop",
        "--format",
        format,
        "--color",
        "never",
    ]
    theirs = with_files(command, root)
    first = measured(theirs, root)
    measured(ours, root)
    runs = most_runs if first.wall < LONG else min(FEW_RUNS, most_runs)
    pairs = [(measured(ours, root), measured(theirs, root)) for _ in range(runs)]
    walls = [statistics.median(pair[side].wall for pair in pairs) * 1000 for side in (0, 1)]
    ratios = [
        statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs) for what in Run._fields
    ]
    memory = f"{peak(ours, root):.0f} / {peak(theirs, root):.0f} MiB"
    return (
        f"| {name} | {format} | {peer} | {walls[0]:.0f} ms | {walls[1]:.0f} ms | {ratios[0]:.3f} | {ratios[1]:.3f} "
        f"| {memory} |"
    )


def with_files(command: list[str], root: Path) -> list[str]:
    files = sorted(str(path.relative_to(root)) for path in root.rglob("*.y*ml"))
    return [each for word in command for each in (files if word == "FILES" else [word])]


def measured(command: list[str], folder: Path) -> Run:
    """Seconds of wall and of processor time, those of its own processes among them."""
    started = time.perf_counter()
    process = start(command, folder)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime)


def start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def peak(command: list[str], folder: Path) -> float:
    """MiB that a run and its own processes hold at most; pages that several share count once."""
    process = start(command, folder)
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(held, descendants(process.pid))))
        time.sleep(0.002)
    return most / 1024


def descendants(process: int) -> Iterator[int]:
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from descendants(int(child))


def held(process: int) -> int:
    """The proportional share of a process in kB."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def digest(root: Path, tools: Tools) -> str:
    """How many findings there are, and a digest of them, to see that speed has cost none."""
    done = subprocess.run(
        [tools.lading, "check", "--root", ".", "--owner", "acme", "--repo", "shop", "--format", "json"],
        cwd=root,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    findings = json.loads(done.stdout)["findings"]
    return f"{len(findings)}, {hashlib.sha256(json.dumps(findings).encode()).hexdigest()[:16]}"


if __name__ == "__main__":
    sys.exit(main())
