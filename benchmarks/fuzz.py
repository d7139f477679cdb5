"""Coverage-guided fuzzing of every reader, and of a whole check, with atheris.

    python benchmarks/fuzz.py --seconds 300 [TARGET...]
    python benchmarks/fuzz.py --list
    python benchmarks/fuzz.py --replay FILE

Needs an environment of its own with lading and atheris in it. Each target starts from the fixtures and the examples of the
cards. What breaks, or takes more than `HANG` seconds of processor time, is written to the folder `--found`, once for each
place where it broke, and the run goes on; the exit code is 1 where anything was found.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import pkgutil
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HANG = 2.0
"""Seconds of processor time for one input."""
SLOWER = 4
"""How many times as long it takes while every branch is counted (measured: two to five)."""
LONGEST = 16_384
"""Bytes of an input."""
WORDS = (
    "services:", "image:", "depends_on:", "condition: service_healthy", "healthcheck:", "extends:", "include:", "env_file:", "build:",
    "<<: *a", "&a ", "*a", "!reset ", "!override ", "- ", ": ", "? ", "|\n", ">-\n", "---\n", "...\n", "%YAML 1.2\n", "{", "}", "[", "]",
    "on: push\n", "jobs:", "runs-on: ubuntu-24.04", "steps:", "uses: docker/build-push-action@v6", "uses: docker/metadata-action@v5",
    "uses: docker/bake-action@v6", "uses: goreleaser/goreleaser-action@v6", "with: {push: true, tags: a/b}", "permissions: {packages: write}", "matrix:", "needs:",
    "strategy:", "run: docker push ", "${{ ", " }}", "${{ matrix.a }}", "${{ steps.a.outputs.b }}", "${{ fromJSON('[1]') }}", "toJSON(github)",
    "format('{0}', 1)", "github.ref", "secrets.X", "&&", "||", "!", "==", "contains(", "${A}", "${A:-", "${U:?", "$$", "$(", "`", "<<EOF\n", "EOF\n", "for i in ",
    "do ", "done\n", "case ", "esac\n", "docker push ", "docker login ghcr.io", "while read -r A; do ", 'target "default" {', 'variable "V" {', "function ", "tags = [", "for n in range(",
    "FROM a AS build\n", "HEALTHCHECK CMD x\n", "ARG V=1\n", "ONBUILD ", "{{ .Tag }}", "{{ if ", "{{ end }}", "{{ range ", "$(call ", "$(shell ", "define ", "endef\n", "include ",
    "rules:", "=== compose.yaml\n", "=== .github/workflows/ci.yml\n", "=== Dockerfile\n", "=== .env\n", "=== docker-bake.hcl\n", "=== .goreleaser.yaml\n",
    "=== Makefile\n", "=== action.yml\n", "=== compose.override.yaml\n", "8080:80", "1-65535:1-65535", "0x", "1e999", "-0", "9" * 400, ".inf", "1:30", "0o17",
    "https://", "docker://", "@sha256:", "ghcr.io/acme/shop:1",
)  # fmt: skip
ODD = ("\x00", "\x85", "\u2028", "\u2029", "\ufeff", "\r", "\r\n", "\t", "\x1b]0;x\x07", "\u202e", "\ud800", "😀", "é", "e\u0301", "İ", "ß", "²", "\u200b", "\x7f", "\u00a0")  # fmt: skip
NESTED = (
    "[",
    "{a: ",
    "- ",
    "{{ if ",
    "(",
    "${U:-",
    "$(",
    "${{ fromJSON(",
    "!",
    "a[",
    "&a [",
    "$(call a,",
    '"${',
    "\n ",
)


class Hang(BaseException):
    """An input has taken too long; no `except Exception` stops it."""


def main() -> int:
    """Run the targets one after another, each in a process of its own."""
    arguments = _arguments()
    sys.path.insert(0, str(ROOT / "benchmarks"))
    if arguments.run:
        return _fuzz(arguments.run, Path(arguments.found), Path(arguments.corpus), arguments.seconds)
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
    found, corpus = Path(arguments.found), Path(arguments.corpus)
    found.mkdir(parents=True, exist_ok=True)
    for name, text in seeds(ROOT):
        _put(corpus / name, text.encode())
    for name in arguments.targets or TARGETS:
        (corpus / name).mkdir(parents=True, exist_ok=True)
        _run_apart(name, arguments)
    defects = sorted(path for path in found.iterdir() if path.suffix != ".txt")
    for path in defects:
        notes = path.with_suffix(".txt")
        words = notes.read_text().splitlines() if notes.is_file() else []
        print(f"{path}: {words[-1] if words else 'the process ended'}")
    print(f"{len(defects)} defects")
    return int(bool(defects))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the readers of lading, and a whole check.")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--found", default="fuzz-found", help="folder for what breaks")
    parser.add_argument("--corpus", default="fuzz-corpus", help="folder for inputs that reach new branches")
    parser.add_argument("--replay", metavar="FILE", help="put one found input to its target again")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    return parser.parse_args()


def _put(folder: Path, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)


def _run_apart(name: str, arguments: argparse.Namespace) -> None:
    print(f"== {name}", flush=True)
    command = [sys.executable, __file__, "--run", name, "--seconds", str(arguments.seconds)]
    command += ["--found", arguments.found, "--corpus", arguments.corpus]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = done.stderr.splitlines()
    print(
        "\n".join([line for line in lines if line.startswith(("Done", "#")) or "ERROR" in line][-2:]),
        flush=True,
    )
    if done.returncode != 0:
        print("\n".join(lines[-15:]), flush=True)


def _fuzz(name: str, found: Path, corpus: Path, seconds: int) -> int:
    import atheris

    with atheris.instrument_imports(include=["lading"]):
        import lading

        for module in pkgutil.walk_packages(lading.__path__, "lading."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
        from fuzz_targets import TARGETS
    target = _Guarded(name, TARGETS[name], found)
    mutated = _mutator(
        sorted((corpus / name).iterdir()), lambda data, longest: bytes(atheris.Mutate(data, longest))
    )
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=4096"]
    options += [f"-artifact_prefix={found}/{name}-stopped-", "-print_final_stats=0", "-report_slow_units=10"]
    atheris.Setup([sys.argv[0], *options, str(corpus / name)], target, custom_mutator=mutated)
    atheris.Fuzz()
    return 0


class _Guarded:
    """A target that writes down what breaks and goes on."""

    def __init__(self, name: str, target: Callable[[str], None], found: Path) -> None:
        self._name = name
        self._target = target
        self._found = found
        self._places: set[str] = set()
        signal.signal(signal.SIGPROF, _too_long)

    def __call__(self, data: bytes) -> None:
        text = (
            data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")
            if _is_text(data)
            else data.decode("latin-1")
        )
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, HANG * SLOWER)
        try:
            self._target(text)
        except (Exception, Hang) as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._note(error, text)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if time.process_time() - started > 2 * HANG * SLOWER:
            self._note(Hang("in one call that nothing interrupts"), text)

    def _note(self, error: BaseException, text: str) -> None:
        deepest = error
        while deepest.__cause__ is not None:
            deepest = deepest.__cause__
        frames = [
            frame for frame in traceback.extract_tb(deepest.__traceback__) if "lading" in frame.filename
        ]
        where = f"{os.path.basename(frames[-1].filename)}-{frames[-1].lineno}" if frames else "nowhere"
        place = f"{type(deepest).__name__}-{where}"
        if place in self._places:
            return
        self._places.add(place)
        path = self._found / f"{self._name}-{place}.input"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), errors="replace")


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _too_long(signal_number: int, frame: object) -> None:
    raise Hang(f"more than {HANG} seconds")


def _replay(path: Path, targets: dict[str, Callable[[str], None]]) -> int:
    text = path.read_bytes().decode("utf-8", "surrogatepass")
    started = time.process_time()
    try:
        targets[path.name.partition("-")[0]](text)
    finally:
        print(f"{time.process_time() - started:.2f} s")
    return 0


def _mutator(
    corpus: list[Path], plainly: Callable[[bytes, int], bytes]
) -> Callable[[bytes, int, int], bytes]:
    """Half of the changes are to letters, as libFuzzer makes them; half to what the text is made of."""

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.4:
            return plainly(data, longest)
        text = data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("latin-1")
        for _ in range(chance.choice((1, 1, 2, 4))):
            text = chance.choice(CHANGES)(text, chance, corpus)
        return text.encode("utf-8", "surrogatepass")[: min(longest, LONGEST)]

    return mutated


def _place(text: str, chance: random.Random) -> int:
    return chance.randint(0, len(text))


def _with_word(text: str, chance: random.Random, corpus: list[Path]) -> str:
    at = _place(text, chance)
    return text[:at] + chance.choice(WORDS) + text[at:]


def _with_odd(text: str, chance: random.Random, corpus: list[Path]) -> str:
    at = _place(text, chance)
    return text[:at] + chance.choice(ODD) * chance.choice((1, 1, 1, 50)) + text[at + chance.choice((0, 1)) :]


def _nested(text: str, chance: random.Random, corpus: list[Path]) -> str:
    at, depth = _place(text, chance), chance.choice((2, 10, 40, 99, 101, 1_000))
    return text[:at] + chance.choice(NESTED) * depth + text[at:]


def _repeated(text: str, chance: random.Random, corpus: list[Path]) -> str:
    begin = _place(text, chance)
    end = min(begin + chance.choice((1, 5, 30, 200)), len(text))
    return text[:end] + text[begin:end] * chance.choice((1, 2, 20, 300)) + text[end:]


def _lines_changed(text: str, chance: random.Random, corpus: list[Path]) -> str:
    lines = text.split("\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    work = chance.randrange(4)
    if work == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif work == 1:
        lines.insert(one, lines[other])
    elif work == 2:
        lines[one] = " " * chance.choice((1, 2, 4)) + lines[one]
    else:
        del lines[one]
    return "\n".join(lines)


def _spliced(text: str, chance: random.Random, corpus: list[Path]) -> str:
    """With lines of another seed."""
    if not corpus:
        return text
    others = chance.choice(corpus).read_bytes().decode("utf-8", "replace").split("\n")
    begin = chance.randrange(len(others))
    lines = text.split("\n")
    at = chance.randint(0, len(lines))
    return "\n".join([*lines[:at], *others[begin : begin + chance.choice((1, 3, 20))], *lines[at:]])


CHANGES: tuple[Callable[[str, random.Random, list[Path]], str], ...] = (
    _with_word,
    _with_word,
    _with_odd,
    _nested,
    _repeated,
    _lines_changed,
    _lines_changed,
    _spliced,
)

if __name__ == "__main__":
    sys.exit(main())
