"""lading beside zizmor, dclint, check-jsonschema and yamllint on the same files: ratios of time and memory.

    python benchmarks/side_by_side.py [--environment FOLDER] [--runs 7] [REPOSITORIES]

The peers (from PyPI and npm) and lading (this checkout, as a wheel with byte code) are installed into an environment of their
own, by the pip of today. REPOSITORIES is a folder with real repositories, whose workflows and Compose files make the corpus;
without it the corpus is made of the examples on our cards. Files are multiplied under other names up to 1,500 workflows and
500 Compose files.

The programs run in turns, each in a fresh process: lading cold and warm, the peer, lading cold and warm once more. Shown are
medians, and the medians of the ratios within each turn (the median of our runs to the peer's run), which are the figures to
trust. There are `--runs` turns; more where they are short, since a run of a few hundredths of a second says little by itself;
fewer where the peer takes many seconds, with more of our runs before and after each of its own. Cold is `--no-cache`, warm a
run after another over the same files, with a cache of its own; a lading that knows no `--no-cache` is cold always. Memory is
the peak of what all processes of a run hold together (Linux). check-jsonschema and yamllint are asked about few files only.
Files that a peer gives up on are left out for both and named.

Behind each case stand the number of findings and a digest of them. Where it is not the same cold, warm and in one process,
the exit code is 1.
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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LADING_", "GITHUB_"))}
ONE_WORKFLOW, ONE_COMPOSE = 3_600, 850
"""Bytes of the files that are checked alone, about."""
FEW_FILES = 10
"""Files that every peer is asked about."""
MOST_TURNS, ENOUGH = 31, 10.0
"""More turns than asked for are taken up to this number, and within so many seconds."""
FEW_TURNS = 3
"""Turns where a run of the peer takes many seconds."""
LONG, VERY_LONG = 5.0, 15.0
"""Seconds that a peer takes for a run; beyond the second there is one turn."""
OWN = ("check", "--root", ".", "--owner", "acme", "--repo", "shop", "--color", "never")


class Text(NamedTuple):
    name: str
    data: bytes


class Case(NamedTuple):
    name: str
    kind: str
    """"workflow", "compose" or "both"."""
    texts: list[Text]
    edited: str = ""
    """What is changed before every run: the first "workflow", or the first "compose"; nothing where it is empty."""
    is_given: bool = False
    """Is the path of that file given, as by an editor or a hook?"""


class Tools(NamedTuple):
    """The commands of lading and of the peers; `has_cache`: does lading know `--no-cache`?"""

    lading: str
    python: Path
    node: Path
    has_cache: bool = False

    def own(self, format: str, *, is_cold: bool) -> list[str]:
        return [
            self.lading,
            *OWN,
            "--format",
            format,
            *(["--no-cache"] if is_cold and self.has_cache else []),
        ]

    def peers(self, kind: str, format: str, count: int = 1) -> dict[str, list[str]]:
        zizmor = [str(self.python / "zizmor"), "--offline", "--no-exit-codes", "-q"]
        if kind == "both":
            return {"zizmor": [*zizmor, "."]} if format == "text" else {}
        if format == "sarif":
            return {"zizmor": [*zizmor, "--format", "sarif", "."]} if kind == "workflow" else {}
        schema = "vendor.github-workflows" if kind == "workflow" else "vendor.compose-spec"
        others = {
            "check-jsonschema": [str(self.python / "check-jsonschema"), "--builtin-schema", schema, "FILES"],
            "yamllint": [str(self.python / "yamllint"), "FILES"],
        }
        first = (
            {"zizmor": [*zizmor, "."]}
            if kind == "workflow"
            else {"dclint": [str(self.node / "dclint"), "-r", "."]}
        )
        return {**first, **(others if count <= FEW_FILES else {})}


class Run(NamedTuple):
    wall: float
    cpu: float


class Turn(NamedTuple):
    """Our runs, cold and warm, and the run of the peer between them."""

    cold: list[Run]
    warm: list[Run]
    peer: Run | None


class Pace(NamedTuple):
    turns: int
    around: int
    """Our runs of a kind before the peer's run, and as many behind it."""


def pace(peer: float, turn: float, asked: int) -> Pace:
    """How often the programs run: `peer` and `turn` are the seconds that one run and one turn take."""
    if peer > VERY_LONG:
        return Pace(1, 5)
    if peer > LONG:
        return Pace(min(FEW_TURNS, asked), 2)
    return Pace(max(asked, min(MOST_TURNS, int(ENOUGH / turn))), 1)


def main() -> int:
    options = arguments()
    are_equal = True
    with tempfile.TemporaryDirectory() as scratch:
        ENVIRONMENT["XDG_CACHE_HOME"] = str(Path(scratch) / "cache")
        ENVIRONMENT["XDG_STATE_HOME"] = str(Path(scratch) / "state")
        tools = installed(options.environment or Path(scratch) / "environment", options.lading)
        workflows, compose = corpus(options.repositories)
        shuffled = random.Random(options.seed)
        shuffled.shuffle(workflows)
        shuffled.shuffle(compose)
        print(f"corpus: {described(workflows)} workflows, {described(compose)} Compose files")
        print(f"rules: {rule_count(tools)}; {'with' if tools.has_cache else 'without'} a cache")
        print(f"peers: {', '.join(versions(tools))}")
        left_out = given_up(workflows, tools, Path(scratch))
        print(f"left out, since zizmor gives up on them: {', '.join(sorted(left_out)) or 'none'}\n")
        workflows = [text for text in workflows if text.name not in left_out]
        print(
            "| files | format | peer | cold | warm | peer | cold: wall | cold: processor | warm: wall | warm: processor | memory |"
        )
        print("|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        for case in cases(workflows, compose, options):
            root = lay_out(case, Path(scratch) / "repositories" / case.name)
            for format in ("text", "sarif"):
                peers: dict[str, list[str] | None] = {**tools.peers(case.kind, format, len(case.texts))}
                for peer, command in (peers or {"": None}).items():
                    print(row(case, format, peer, command, root, tools, options.runs), flush=True)
            told, is_equal = findings(case, root, tools)
            are_equal = are_equal and is_equal
            print(f"| {case.name} | {told} |", flush=True)
            shutil.rmtree(root)
    return int(not are_equal)


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
        install(folder / "python", "zizmor", "yamllint", "check-jsonschema")
    if not (node / "dclint").exists():
        (folder / "node").mkdir(parents=True, exist_ok=True)
        run(["npm", "install", "--silent", "--prefix", str(folder / "node"), "dclint"])
    if lading is None:
        own = folder / "lading"
        install(own, str(ROOT))
        lading = str(own / "bin" / "lading")
    program = str(Path(lading).absolute()) if os.sep in lading else lading
    told = subprocess.run([program, "check", "--help"], capture_output=True, check=True, env=ENVIRONMENT)
    return Tools(program, python, node, b"--no-cache" in told.stdout)


def install(environment: Path, *packages: str) -> None:
    """A new environment with these packages.

    The pip that Python brings may be years old, and the launchers that it writes load `re` before the program: a fifth of the
    instructions of a run over one file. Those of today's pip and of uv do not.
    """
    run([sys.executable, "-m", "venv", "--clear", str(environment)])
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run([*pip, "--upgrade", "pip"])
    run([*pip, *packages])


def versions(tools: Tools) -> Iterator[str]:
    """What the programs call themselves."""
    for program in (
        tools.python / "zizmor",
        tools.python / "yamllint",
        tools.python / "check-jsonschema",
        tools.node / "dclint",
    ):
        done = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, check=False, env=ENVIRONMENT
        )
        said = (done.stdout + done.stderr).strip().splitlines()
        word = said[-1].split()[-1] if said else "of an unknown version"
        yield f"{program.name} {word}"


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
    root = lay_out(Case("all", "workflow", workflows), scratch / "all")
    if subprocess.run([*whole, "."], cwd=root, capture_output=True, check=False).returncode == 0:
        shutil.rmtree(root)
        return set()
    paths = sorted((root / ".github" / "workflows").iterdir())
    failed = [
        p.name for p in paths if subprocess.run([*whole, str(p)], capture_output=True, check=False).returncode
    ]
    shutil.rmtree(root)
    return set(failed)


def cases(workflows: list[Text], compose: list[Text], options: argparse.Namespace) -> Iterator[Case]:
    yield Case("one workflow", "workflow", [nearest(workflows, ONE_WORKFLOW)])
    yield Case("one Compose file", "compose", [nearest(compose, ONE_COMPOSE)])
    yield Case("10 workflows", "workflow", workflows[:10])
    yield Case("10 Compose files", "compose", compose[:10])
    yield Case("the workflows of the corpus", "workflow", workflows)
    yield Case("the Compose files of the corpus", "compose", compose)
    many = multiplied(workflows, options.workflows)
    several = multiplied(compose, options.compose)
    yield Case(f"{options.workflows:,} workflows", "workflow", many)
    yield Case(f"{options.compose:,} Compose files", "compose", several)
    count = options.workflows + options.compose
    yield Case(f"{count:,} files, nothing changed", "both", [*many, *several])
    for name, edited, is_given in (
        ("one workflow edited before each run", "workflow", False),
        ("one workflow edited and given", "workflow", True),
        ("one Compose file edited before each run", "compose", False),
        ("one Compose file edited and given", "compose", True),
    ):
        yield Case(f"{count:,} files, {name}", "both", [*many, *several], edited, is_given)


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


def lay_out(case: Case, root: Path) -> Path:
    """One repository with every file under a name of its own, a Compose file in a folder of its own."""
    (root / ".git").mkdir(parents=True)
    for number, text in enumerate(case.texts):
        is_workflow = case.kind == "workflow" or (case.kind == "both" and "compose" not in text.name)
        place = root / f"{number:04}" / "compose.yaml"  # a file that Compose itself finds
        if is_workflow:
            place = root / ".github" / "workflows" / text.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.data)
    return root


def edited(case: Case, root: Path) -> Callable[[], None]:
    """What is done before each run: a comment more in one file, where the case asks for it."""
    count = 0
    texts = {path: path.read_bytes() for path in edited_path(case, root)}

    def edit() -> None:
        nonlocal count
        for path, data in texts.items():
            count += 1
            path.write_bytes(data + b"\n# edit %d\n" % count)

    return edit


def edited_path(case: Case, root: Path) -> list[Path]:
    """The file that is edited, if any."""
    patterns = {"workflow": ".github/workflows/*", "compose": "*/compose.yaml"}
    return sorted(root.glob(patterns[case.edited]))[:1] if case.edited else []


def row(
    case: Case, format: str, peer: str, command: list[str] | None, root: Path, tools: Tools, asked: int
) -> str:
    """Runs in turn, and what they say: a peer that is None is left out."""
    edit = edited(case, root)
    given = [str(path.relative_to(root)) for path in edited_path(case, root) if case.is_given]
    cold, warm = ([*tools.own(format, is_cold=is_cold), *given] for is_cold in (True, False))
    theirs = with_files(command, root) if command is not None else None
    edit()
    first, most = watched(cold, root)
    memory = [most]
    measured(warm, root)
    slowest = first
    if theirs is not None:
        slowest, most = watched(theirs, root)
        memory.append(most)
    rhythm = pace(slowest.wall, 4 * first.wall + slowest.wall, asked)
    turns: list[Turn] = []
    for _ in range(rhythm.turns):
        turn = Turn([], [], None)
        for peer_next in (True, False):
            for _ in range(rhythm.around):
                edit()
                turn.cold.append(measured(cold, root))
                edit()
                if tools.has_cache:
                    turn.warm.append(measured(warm, root))
            if peer_next and theirs is not None:
                turn = turn._replace(peer=measured(theirs, root))
        turns.append(turn)
    ours = ([run for turn in turns for run in turn.cold], [run for turn in turns for run in turn.warm])
    walls = [median(runs) for runs in (*ours, [turn.peer for turn in turns if turn.peer is not None])]
    ratios = [ratio(turns, side, what) for side in ("cold", "warm") for what in Run._fields]
    shown = " / ".join(f"{each:.0f}" for each in memory)
    return " | ".join(("", case.name, format, peer or "none", *walls, *ratios, f"{shown} MiB", "")).strip()


def median(runs: list[Run]) -> str:
    return f"{statistics.median(run.wall for run in runs) * 1000:.0f} ms" if runs else "–"


def ratio(turns: list[Turn], side: str, what: str) -> str:
    """Of our runs of a kind to those of the peer; where there is none, of warm runs to cold ones."""
    found = []
    for turn in turns:
        theirs = [turn.peer] if turn.peer is not None else turn.cold if side == "warm" else []
        ours, others = ([getattr(run, what) for run in runs] for runs in (getattr(turn, side), theirs))
        if ours and others:
            found.append(statistics.median(ours) / statistics.median(others))
    return f"{statistics.median(found):.3f}" if found else "–"


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


def watched(command: list[str], folder: Path) -> tuple[Run, float]:
    """A run, and the MiB that it and its own processes hold at most; pages that several share count once.

    Looking takes time of the program, which may be measured here: the longer it runs, the less often.
    """
    started = time.perf_counter()
    process = start(command, folder)
    most = 0.0
    while True:
        ended, _, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        most = max(most, sum(map(held, descendants(process.pid))))
        time.sleep(0.002 + (time.perf_counter() - started) / 100)
    process.returncode = 0
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime), most / 1024


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


def findings(case: Case, root: Path, tools: Tools) -> tuple[str, bool]:
    """How many there are and a digest of them, to see that speed has cost none; are they the same in each way?"""
    edit = edited(case, root)
    edit()
    cold = digest(tools.own("json", is_cold=True), root)
    digest(tools.own("json", is_cold=False), root)
    edit()
    others = {
        "warm": digest(tools.own("json", is_cold=False), root),
        "in one process": digest(tools.own("json", is_cold=True), root, is_alone=True),
    }
    differing = [f"{way} {found}" for way, found in others.items() if found != cold]
    if differing:
        return f"findings DIFFER: cold {cold}; {'; '.join(differing)}", False
    return f"findings: {cold}, the same cold, warm and in one process", True


def digest(command: list[str], root: Path, *, is_alone: bool = False) -> str:
    """Number and digest; `is_alone`: with one processor, so that no other process is started."""
    one = {min(os.sched_getaffinity(0))}
    done = subprocess.run(
        command,
        cwd=root,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        preexec_fn=(lambda: os.sched_setaffinity(0, one)) if is_alone else None,
    )
    found = json.loads(done.stdout)["findings"]
    return f"{len(found)} ({hashlib.sha256(json.dumps(found).encode()).hexdigest()[:16]})"


if __name__ == "__main__":
    sys.exit(main())
