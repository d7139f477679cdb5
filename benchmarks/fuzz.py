"""Coverage-guided fuzzing of every reader, and of a whole check, with atheris.

    python benchmarks/fuzz.py --seconds 3600 [TARGET...]
    python benchmarks/fuzz.py --list
    python benchmarks/fuzz.py --replay FILE

Needs an environment of its own with lading and atheris in it. The seconds are shared out among the targets, which run one
after another, each in a process of its own; a process that dies is started again. Each target starts from the fixtures, the
examples of the cards, and what the folder `--corpus` holds from earlier runs. What breaks is written to the folder `--found`,
once for each place where it broke, and the run goes on. An input that is slow is tried again without the fuzzer, and counts
as a hang if it takes more than `HANG` seconds of processor time there. At the end stands a table; the exit code is 1 where
anything was found.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import pkgutil
import re
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HANG = 2.0
"""Seconds of processor time for one input."""
STOPPED_AT = 10.0
"""Seconds after which an input is stopped while every branch is counted, which takes two to five times as long."""
LONGEST = 16_384
"""Bytes of an input."""
SHARES = {"check": 4, "session": 4, "yaml": 2, "shell": 2}
"""How much of the time a target has, where it has more than one share."""
MOST_STARTS = 20
MOST_SLOW = 20
"""Slow inputs of one process that are kept to be tried again."""


class Hang(BaseException):
    """An input has taken too long; no `except Exception` stops it."""


class Turn(NamedTuple):
    """What became of a target."""

    name: str
    seconds: float = 0.0
    runs: int = 0
    coverage: int = 0
    """Branches of lading that were reached."""
    corpus: int = 0
    deaths: int = 0

    def and_also(self, other: Turn) -> Turn:
        return Turn(
            self.name,
            self.seconds + other.seconds,
            self.runs + other.runs,
            max(self.coverage, other.coverage),
            max(self.corpus, other.corpus),
            self.deaths + other.deaths,
        )


def main() -> int:
    arguments = _arguments()
    sys.path.insert(0, str(ROOT / "benchmarks"))
    found, corpus = Path(arguments.found), Path(arguments.corpus)
    if arguments.run:
        return _fuzz(arguments.run, found, corpus, arguments.seconds)
    from fuzz_targets import TARGETS, seeds

    if arguments.list:
        for name, target in TARGETS.items():
            print(f"{name:14} {(target.__doc__ or '').splitlines()[0]}")
        return 0
    if arguments.replay:
        return _replay(Path(arguments.replay), TARGETS)
    try:
        importlib.import_module("atheris")
    except ImportError:
        print(
            "fuzz: atheris is not installed here; make an environment with `pip install atheris -e .` and run this in it",
            file=sys.stderr,
        )
        return 2
    unknown = sorted(set(arguments.targets) - set(TARGETS))
    if unknown:
        print(f"fuzz: no target is named {', '.join(unknown)}; --list names them", file=sys.stderr)
        return 2
    found.mkdir(parents=True, exist_ok=True)
    for name, text in seeds(ROOT):
        _put(corpus / name, text.encode())
    _sift(path for path in found.iterdir() if path.suffix == ".input")
    turns = []
    names = arguments.targets or list(TARGETS)
    share = arguments.seconds / sum(SHARES.get(name, 1) for name in names)
    for name in names:
        (corpus / name).mkdir(parents=True, exist_ok=True)
        turns.append(_turn(name, share * SHARES.get(name, 1), found, corpus))
        print(f"{name}: {turns[-1].runs} runs", file=sys.stderr, flush=True)
        _sift(found.glob(f"{name}-slow-*.input"))
    return _told(turns, sorted(path for path in found.iterdir() if path.suffix not in (".txt", ".log")))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the readers of lading, and a whole check.")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=600, help="for all targets together")
    parser.add_argument("--found", default="fuzz-found", help="folder for what breaks")
    parser.add_argument("--corpus", default="fuzz-corpus", help="folder for inputs that reach new branches")
    parser.add_argument("--replay", metavar="FILE", help="put one found input to its target again")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    return parser.parse_args()


def _told(turns: list[Turn], defects: list[Path]) -> int:
    print("| target | seconds | runs | runs a second | branches | corpus | found |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    whole = Turn("together")
    for turn in turns:
        whole = whole.and_also(turn)
        count = sum(path.name.startswith(f"{turn.name}-") for path in defects)
        rate = turn.runs / max(turn.seconds, 0.001)
        print(
            f"| {turn.name} | {turn.seconds:.0f} | {turn.runs} | {rate:.0f} | {turn.coverage} | {turn.corpus} | {count} |"
        )
    rate = whole.runs / max(whole.seconds, 0.001)
    print(f"| together | {whole.seconds:.0f} | {whole.runs} | {rate:.0f} | | | {len(defects)} |")
    for path in defects:
        notes = path.with_suffix(".txt")
        words = notes.read_text().splitlines() if notes.is_file() else []
        print(f"{path}: {words[-1] if words else 'the process ended'}")
    for turn in turns:
        if turn.deaths:
            print(f"{turn.name}: the process ended {turn.deaths} times before its time")
    return int(bool(defects) or any(turn.deaths for turn in turns))


def _put(folder: Path, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)


# --- the process that starts the others ---


def _turn(name: str, seconds: float, found: Path, corpus: Path) -> Turn:
    """One target for its time, started again where its process dies."""
    turn = Turn(name)
    for _ in range(MOST_STARTS):
        left = seconds - turn.seconds
        if left < 1:
            break
        turn = turn.and_also(_run_apart(name, left, found, corpus))
    return turn


def _run_apart(name: str, seconds: float, found: Path, corpus: Path) -> Turn:
    log = found / f"{name}.log"
    command = [sys.executable, __file__, "--run", name, "--seconds", str(max(1, round(seconds)))]
    command += ["--found", str(found), "--corpus", str(corpus)]
    started = time.monotonic()
    with log.open("wb") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False)
    lines = log.read_text(errors="replace").splitlines()
    if done.returncode != 0:
        print("\n".join(lines[-30:]), file=sys.stderr, flush=True)
    text = "\n".join(lines)
    took = _last(r"^Done \d+ runs in (\d+) second", text) or int(time.monotonic() - started)
    return Turn(
        name,
        took,
        _last(r"^stat::number_of_executed_units: +(\d+)", text) or _last(r"^#(\d+)\t", text),
        _last(r"^#.* cov: (\d+) ", text),
        _last(r"^#.* corp: (\d+)/", text),
        int(done.returncode != 0),
    )


def _last(pattern: str, text: str) -> int:
    return max(map(int, re.findall(pattern, text, re.MULTILINE)), default=0)


def _sift(paths: object) -> None:
    """Forget those inputs that break nothing without the fuzzer, and take no more than `HANG` seconds."""
    for path in sorted(paths):  # type: ignore[call-overload]
        started = os.times()
        try:
            done = subprocess.run(
                [sys.executable, __file__, "--replay", str(path)],
                capture_output=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired:
            path.with_suffix(".txt").write_text("more than 300 seconds\n")
            continue
        ended = os.times()
        taken = ended.children_user - started.children_user + ended.children_system - started.children_system
        if done.returncode == 0:
            path.unlink()
            path.with_suffix(".txt").unlink(missing_ok=True)
        else:
            words = (done.stdout + done.stderr).decode(errors="replace")
            path.with_suffix(".txt").write_text(
                f"{words}{taken:.1f} s with the start: {words.splitlines()[-1]}\n"
            )


def _replay(path: Path, targets: dict[str, Callable[[str], None]]) -> int:
    from fuzz_changes import text_of

    target, text = targets[path.name.partition("-")[0]], text_of(path.read_bytes())
    started = time.process_time()
    try:
        target(text)
    finally:
        taken = time.process_time() - started
        print(f"{taken:.2f} s of processor time", flush=True)
    return int(taken > HANG)


# --- the process of a target ---


def _fuzz(name: str, found: Path, corpus: Path, seconds: float) -> int:
    import atheris

    with atheris.instrument_imports(include=["lading"]):
        import lading

        for module in pkgutil.walk_packages(lading.__path__, "lading."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
        from fuzz_targets import TARGETS
    from fuzz_changes import mutator, text_of

    target = _Guarded(name, TARGETS[name], found)
    seeds = [text_of(path.read_bytes()) for path in sorted((corpus / name).iterdir())]
    changed = mutator(seeds, lambda data, longest: bytes(atheris.Mutate(data, longest)))
    options = [f"-max_total_time={seconds:.0f}", f"-max_len={LONGEST}", "-timeout=120", "-rss_limit_mb=4096"]
    options += [
        f"-artifact_prefix={found}/{name}-stopped-",
        "-print_final_stats=1",
        "-report_slow_units=1000",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus / name)], target, custom_mutator=changed)
    atheris.Fuzz()
    return 0


class _Guarded:
    """A target that writes down what breaks or is slow, and goes on."""

    def __init__(self, name: str, target: Callable[[str], None], found: Path) -> None:
        from fuzz_changes import text_of

        self._name = name
        self._target = target
        self._found = found
        self._text_of = text_of
        self._places: set[str] = set()
        self._slow = 0
        signal.signal(signal.SIGPROF, _too_long)

    def __call__(self, data: bytes) -> None:
        text = self._text_of(data)
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, STOPPED_AT)
        try:
            self._target(text)
        except Exception as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._note(error, text)
        except Hang:
            pass  # it is slow
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        taken = time.process_time() - started
        if taken > HANG and self._slow < MOST_SLOW:
            self._slow += 1
            self._keep(f"slow-{taken:.1f}-{self._slow}", text, f"{taken:.1f} s while branches are counted\n")

    def _note(self, error: BaseException, text: str) -> None:
        deepest = error
        while deepest.__cause__ is not None:
            deepest = deepest.__cause__
        frames = [
            frame
            for frame in traceback.extract_tb(deepest.__traceback__)
            if "lading" in frame.filename or "fuzz_targets" in frame.filename
        ]
        where = f"{os.path.basename(frames[-1].filename)}-{frames[-1].lineno}" if frames else "nowhere"
        place = f"{type(deepest).__name__}-{where}"
        if place not in self._places:
            self._places.add(place)
            self._keep(place, text, "".join(traceback.format_exception(error)))

    def _keep(self, what: str, text: str, notes: str) -> None:
        path = self._found / f"{self._name}-{what}.input"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        path.with_suffix(".txt").write_text(notes, errors="replace")


def _too_long(signal_number: int, frame: object) -> None:
    raise Hang(f"more than {STOPPED_AT} seconds")


if __name__ == "__main__":
    sys.exit(main())
