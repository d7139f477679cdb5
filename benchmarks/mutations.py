"""Does lading refuse what Docker Compose refuses? Seeded mutations of real Compose projects, put to both.

    python benchmarks/mutations.py --compose PATH/TO/docker-compose --count 2000 --seed 1 FOLDER...

A FOLDER holds repositories. Each mutation drops, renames or retypes one key or value of a file that a project of a folder
is read from, or doubles it; the two then say whether the project loads. Compose says so with its exit status
(`config -q`), lading with errors of the families `compose` and `yaml`. Only projects that both take as they are count.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lading.models.compose.project import DEFAULT
from lading.parse import Reader
from lading.session import Request, open_session
from lading.source import Source
from lading.tree import Alias, Entry, Mapping, Node, Scalar, Sequence

ENVIRONMENT = re.compile(
    r"required variable|(?:env|label) file .* not found|no such file or directory|variable is not set"
)
VALUES = (
    "1",
    "-1",
    "1.5",
    "true",
    "text",
    '"quoted"',
    "[a]",
    "[]",
    "{a: b}",
    "{}",
    "null",
    "''",
    "[{a: b}]",
    "2s",
)
MAIN = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
SKIPPED = {".git", ".github", "node_modules"}


class Mutation:
    """One edit of a file: what was done, and the text after it."""

    def __init__(self, path: str, what: str, text: str) -> None:
        self.path = path
        self.what = what
        self.text = text


def main() -> int:
    options = arguments()
    chance = random.Random(options.seed)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        bases = [base for path in options.folders for base in laid_out(path, Path(folder), options.compose)]
        print(f"{len(bases)} projects that both take", file=sys.stderr)
        while len(rows) < options.count and bases:
            root, project = chance.choice(bases)
            mutation = mutated(root, chance)
            if mutation is not None:
                rows.append(compared(root, project, mutation, options.compose))
    report(rows, options.json)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--compose", required=True, help="the plugin `docker-compose`; it needs no engine")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="every comparison as a line of JSON")
    parser.add_argument("folders", nargs="+", type=Path)
    return parser.parse_args()


def laid_out(folder: Path, scratch: Path, compose: str) -> Iterator[tuple[Path, str]]:
    """Each project that `docker compose` finds in a folder, in a repository of its own with nothing but its files."""
    for place, below, files in os.walk(folder):
        below[:] = sorted(set(below) - SKIPPED)
        main = next((n for n in MAIN if n in files), None)
        if main is None:
            continue
        root = scratch / f"p{sum(1 for _ in scratch.iterdir())}"
        shutil.copytree(place, root, ignore=shutil.ignore_patterns(*SKIPPED), symlinks=True)
        (root / ".git").mkdir()
        if refusal(compose, root) is None and not any(
            e.startswith(("compose/", "yaml/")) for e in errors(root)
        ):
            yield root, os.path.relpath(place, folder)


def refusal(compose: str, root: Path) -> str | None:
    """Why Compose does not take the project."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(root)}
    ran = subprocess.run(
        [compose, "config", "-q"], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    return ran.stderr.strip() or "refused" if ran.returncode else None


def errors(root: Path) -> list[str]:
    """What lading has against the project that Compose finds at the top."""
    request = Request(
        root=str(root), owner="acme", repo="shop", select=("compose/*", "yaml/*"), environment={}
    )
    session = open_session(request)
    found = next((p for p in session.repository.projects if p.standing == DEFAULT and not p.folder), None)
    files = found.files if found is not None else ()
    return [
        f"{f.rule} {f.path}:{f.line} {f.message}"
        for f in session.check().findings
        if f.level == "error" and (f.path in files or f.path in MAIN)
    ]


def mutated(root: Path, chance: random.Random) -> Mutation | None:
    """An edit of one of the Compose files at the top of a repository."""
    names = sorted(
        n for n in os.listdir(root) if re.fullmatch(r"(?:docker-)?compose(?:\.override)?\.ya?ml", n)
    )
    name = chance.choice(names)
    text = (root / name).read_text(encoding="utf-8")
    documents = Reader().read(Source(name, text)).documents
    places = [place for document in documents for place in places_in(document)]
    if not places:
        return None
    edit = chance.choice((dropped, renamed, retyped, retyped, doubled))
    what, start, end, instead = edit(chance.choice(places), text, chance)
    return Mutation(name, what, text[:start] + instead + text[end:])


def places_in(node: Node) -> Iterator[tuple[Entry, Mapping]]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            if isinstance(entry.key, Scalar):
                yield entry, node
            yield from places_in(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from places_in(item)


Place = tuple[Entry, Mapping]
Edit = tuple[str, int, int, str]


def dropped(place: Place, text: str, chance: random.Random) -> Edit:
    entry, mapping = place
    start, end = entry.start, entry.value.end
    if not mapping.flow:
        end = text.find("\n", max(end - 1, start)) + 1 or len(text)
        return f"drop {entry.name}", start, end, "x-nothing: 1\n" if end else ""
    return f"drop {entry.name}", start, end, "x-nothing: 1"


def renamed(place: Place, text: str, chance: random.Random) -> Edit:
    entry, _ = place
    name = entry.name or ""
    at = chance.randrange(len(name) + 1)
    new = (
        name[:at] + chance.choice("aeiou_xyz-") + name[at:]
        if chance.random() < 0.6
        else name[:at] + name[at + 1 :]
    )
    return f"rename {name} to {new}", entry.start, entry.end, new or "q"


def retyped(place: Place, text: str, chance: random.Random) -> Edit:
    entry, _ = place
    value = entry.value
    new = chance.choice(VALUES)
    is_block = isinstance(value, (Mapping, Sequence)) and not value.flow
    end = value.end
    if is_block or (isinstance(value, Scalar) and value.style in ("|", ">")):
        end = len(text[:end].rstrip())
    start = (
        value.start
        if not isinstance(value, Alias) and not value.tag and not value.anchor
        else text.index(":", entry.end) + 1
    )
    return f"retype {entry.name} to {new}", entry.end, max(end, start), f": {new}"


def doubled(place: Place, text: str, chance: random.Random) -> Edit:
    """A list twice as long, or a key given a second time."""
    entry, _ = place
    value = entry.value
    if isinstance(value, Sequence) and value.items and not value.flow:
        item = value.items[chance.randrange(len(value.items))]
        line = text.rfind("\n", 0, item.start) + 1
        written = text[line : item.end].rstrip()
        return f"double an item of {entry.name}", line, line, written + "\n"
    return retyped(place, text, chance)


def compared(root: Path, project: str, mutation: Mutation, compose: str) -> dict[str, object]:
    path = root / mutation.path
    before = path.read_text(encoding="utf-8")
    path.write_text(mutation.text, encoding="utf-8")
    try:
        theirs = refusal(compose, root)
        ours = errors(root)
    finally:
        path.write_text(before, encoding="utf-8")
    refused = any(each.startswith(("compose/", "yaml/")) for each in ours)
    verdict = (
        "agree" if (theirs is None) == (not refused) else "too strict" if theirs is None else "too lenient"
    )
    if verdict == "too lenient" and ours:
        verdict = "other family"
    if verdict == "too lenient" and ENVIRONMENT.search(theirs or ""):
        verdict = "environment"
    return {
        "verdict": verdict, "project": project, "file": mutation.path, "mutation": mutation.what, "root": str(root),
        "compose": (theirs or "")[-300:], "lading": ours, "refused": theirs is not None, "text": mutation.text,
    }  # fmt: skip


def report(rows: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        for row in rows:
            print(json.dumps(row))
    counted = Counter(str(row["verdict"]) for row in rows)
    refused = sum(bool(row["refused"]) for row in rows)
    print(
        f"{len(rows)} mutations, {refused} of them refused by Compose: "
        + ", ".join(f"{name} {count}" for name, count in sorted(counted.items())),
        file=sys.stderr,
    )
    for row in rows if not as_json else ():
        if row["verdict"] not in ("agree", "environment", "other family"):
            print(f"{row['verdict']}: {row['project']}/{row['file']}: {row['mutation']}")
            print(f"    compose: {' '.join(str(row['compose']).split())}\n    lading: {row['lading']}")


if __name__ == "__main__":
    sys.exit(main())
