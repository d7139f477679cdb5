"""Does lading see where the join breaks? Seeded mutations of real repositories, each of which breaks something.

    python benchmarks/join_mutations.py --count 300 --seed 1 FOLDER...

A FOLDER holds repositories, each in a folder `owner__name`. A mutation edits one place of one file, so that what runs is no
longer what is published, nobody sends the signal that is waited for, or a push is refused. It counts as found where a
finding appears that is an error or a warning, was not there before, and has one of its places in the file.

Where a kind of mutation is possible, and why it breaks something, is said by the function that makes it. Which image a
service runs, who publishes it and what logs in is asked of lading's own models: a push that they do not see is not mutated.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from lading.models.compose.health import ABSENT, PRESENT, health_of_its_image
from lading.models.join import name_of
from lading.models.publishing import Publication
from lading.models.recognisers.push import GITHUB_TOKEN, NEEDS_LOGIN
from lading.models.repository import Repository
from lading.models.workflow import Step
from lading.session import Request, Session, open_session
from lading.source import Source
from lading.tree import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.source import Located

OTHER_OWNER = "octo-labs"
LOWERCASES = frozenset(("docker/metadata-action", "redhat-actions/push-to-registry", "macbre/push-to-ghcr"))


class Mutation:
    """An edit: its kind, the file, the offsets that are replaced, and what takes their place."""

    def __init__(self, kind: str, source: Source, start: int, end: int, instead: str) -> None:
        self.kind = kind
        self.source = source
        self.start = start
        self.end = end
        self.instead = instead

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.kind, self.source.path, self.start, self.instead

    @property
    def text(self) -> str:
        return self.source.text[: self.start] + self.instead + self.source.text[self.end :]

    def __str__(self) -> str:
        line = self.source.place(self.start)[0]
        before = " ".join(self.source.text[self.start : self.end].split())[:70]
        return f"{self.source.path}:{line}: `{before}` -> `{' '.join(self.instead.split())[:70]}`"


Made = Iterator[Mutation]


def main() -> int:
    options = arguments()
    chance = random.Random(options.seed)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        drawn = sample(list(possible(options.folders, Path(scratch))), options.count, chance)
        known: dict[Path, Counter[str]] = {}
        for root, mutation in drawn:
            if root not in known:
                known[root] = findings(opened(root))
            rows.append(tried(root, mutation, known[root]))
    report(rows, options.json)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="every mutation as a line of JSON")
    parser.add_argument("folders", nargs="+", type=Path)
    return parser.parse_args()


def possible(folders: list[Path], scratch: Path) -> Iterator[tuple[Path, Mutation]]:
    """Every mutation of every repository, each repository laid out anew."""
    for folder in folders:
        for place in sorted(each for each in folder.iterdir() if "__" in each.name):
            root = scratch / place.name
            shutil.copytree(place, root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
            (root / ".git").mkdir()
            seen = set()
            for mutation in mutations(opened(root).repository):
                if mutation.key not in seen:
                    seen.add(mutation.key)
                    yield root, mutation


def sample(
    found: list[tuple[Path, Mutation]], count: int, chance: random.Random
) -> list[tuple[Path, Mutation]]:
    """So many, the kinds in turn, so that a frequent kind does not crowd out a rare one."""
    kinds: dict[str, list[tuple[Path, Mutation]]] = {}
    for each in found:
        kinds.setdefault(each[1].kind, []).append(each)
    for several in kinds.values():
        chance.shuffle(several)
    drawn: list[tuple[Path, Mutation]] = []
    while len(drawn) < count and any(kinds.values()):
        drawn += [several.pop() for several in kinds.values() if several]
    return drawn[:count]


def opened(root: Path) -> Session:
    owner, _, name = root.name.partition("__")
    return open_session(Request(root=str(root), owner=owner, repo=name, environment={}))


def findings(session: Session, path: str | None = None) -> Counter[str]:
    """Errors and warnings, lines left out, since an edit moves them; those with a place in a file."""
    return Counter(
        f"{each.level} {each.rule} {each.path} {each.message}"
        for each in session.check().findings
        if each.level != "note"
        and (path is None or path in (each.path, *(other.span.source.path for other in each.related)))
    )


def tried(root: Path, mutation: Mutation, before: Counter[str]) -> dict[str, object]:
    path = root / mutation.source.path
    original = path.read_bytes()
    path.write_text(mutation.text, encoding="utf-8")
    try:
        new = findings(opened(root), mutation.source.path) - before
    finally:
        path.write_bytes(original)
    return {
        "kind": mutation.kind,
        "repository": root.name,
        "mutation": str(mutation),
        "found": bool(new),
        "findings": sorted(new),
    }


def report(rows: list[dict[str, object]], as_json: bool) -> None:
    for row in rows if as_json else ():
        print(json.dumps(row))
    total, found = (
        Counter(str(row["kind"]) for row in rows),
        Counter(str(row["kind"]) for row in rows if row["found"]),
    )
    out = sys.stderr if as_json else sys.stdout
    for kind, count in total.items():
        print(f"{kind:45} {found[kind]:4} of {count}", file=out)
    print(f"{'all':45} {sum(found.values()):4} of {len(rows)}", file=out)
    for row in rows if not as_json else ():
        if not row["found"]:
            print(f"missed, {row['kind']}: {row['repository']}/{row['mutation']}")


def mutations(repository: Repository) -> Made:
    for publication in repository.publications:
        if publication.kind == "image":
            yield from of_publication(publication)
    yield from of_consumers(repository)
    yield from of_health(repository)


# --- Compose ---


def of_consumers(repository: Repository) -> Made:
    """Where a service pulls an image that a job here publishes: the name that is run is changed, the published one stays.

    Every such name is one that no job here publishes, and the image that is meant is never run; in capitals it is no name.
    Names that a template fills in are left alone, and those that another publisher here may fill.
    """
    for consumer in repository.consumers:
        name = name_of(consumer)
        if name is None or not consumer.is_pulled or not repository.names.publishers(name):
            continue
        node, shown = consumer.node, consumer.parts.name.shown
        at = node.text.find(shown)
        if at < 0:
            continue
        registry, *path = shown.split("/")
        if len(path) < 2:
            continue
        account, *rest = path
        others = {
            "compose: another owner": [registry, OTHER_OWNER, *rest],
            "compose: slip in the owner": [registry, slipped(account), *rest],
            "compose: capital in the name": [registry, account, *rest[:-1], capital(rest[-1])],
        }
        if len(rest) > 1:
            others["compose: dropped segment"] = [registry, account, *rest[1:]]
        for kind, segments in others.items():
            new = "/".join(segments)
            if new != shown and not repository.names.publishers(new):
                yield replaced(kind, node, at, len(shown), new)


def slipped(word: str) -> str:
    """A letter twice."""
    middle = len(word) // 2
    return word[:middle] + word[middle : middle + 1] + word[middle:]


def capital(word: str) -> str:
    at = next((at for at, letter in enumerate(word) if letter.islower()), None)
    return word if at is None else word[:at] + word[at].upper() + word[at + 1 :]


def replaced(kind: str, node: Scalar, at: int, length: int, new: str) -> Mutation:
    span = node.inner_span(at, at + length)
    return Mutation(kind, node.source, span.start, span.end, new)


def of_health(repository: Repository) -> Made:
    """Where a service is waited for until it is healthy, and its image certainly sends no signal of its own: without its
    `healthcheck` Compose stops with `container … has no healthcheck configured`. Projects of which a file is not there are
    left out, since Compose refuses them anyway.
    """
    for project in repository.projects:
        for edge in project.dependencies if not project.unknowns else ():
            target = edge.target
            if edge.condition != "service_healthy" or target is None or target.health.state != PRESENT:
                continue
            item = target.definition.entries.get("healthcheck")
            if item is None or health_of_its_image(target).state != ABSENT or edge.required is False:
                continue
            key = item.key
            end = item.value.node.end
            start = line_start(key)
            if key.source is not item.value.node.source or not key.source.text[start : key.start].isspace():
                continue
            yield Mutation("compose: no healthcheck", key.source, start, line_end(key.source, end), "")


def line_start(at: Located) -> int:
    return at.source.text.rfind("\n", 0, at.start) + 1


def line_end(source: Source, offset: int) -> int:
    """Behind the line in which the last letter before an offset stands."""
    last = len(source.text[:offset].rstrip())
    return source.text.find("\n", last) + 1 or len(source.text)


# --- workflows ---


def of_publication(publication: Publication) -> Made:
    kinds: tuple[Callable[[Publication], Made], ...] = (scope, login, registry, letters, account)
    for each in kinds:
        yield from each(publication)


def scope(publication: Publication) -> Made:
    """`packages: write` taken from the block that grants it to a job which pushes to ghcr.io with GITHUB_TOKEN: the push is
    refused. Where a block calls for nothing else, `read` takes the place of `write`.
    """
    if publication.registry != "ghcr.io" or publication.credential != GITHUB_TOKEN:
        return
    job = publication.job
    block = job.permissions or job.workflow.permissions
    entry = block.entries.get("packages") if block is not None else None
    if block is None or entry is None or block.scopes.get("packages") != "write":
        return
    source = entry.key.source
    start = line_start(entry.key)
    if len(block.entries) > 1 and source.text[start : entry.key.start].isspace():
        yield Mutation("workflow: no packages: write", source, start, line_end(source, entry.value.end), "")
    else:
        yield Mutation("workflow: no packages: write", source, entry.value.start, entry.value.end, "read")


def login_step(publication: Publication) -> Step | None:
    """The step with the one login that counts for a push to a registry which takes nothing from strangers."""
    found = publication.login
    if found is None or publication.registry not in NEEDS_LOGIN:
        return None
    same = {each.at.start for each in publication.logins if each.registry in (publication.registry, None)}
    if len(same) != 1:
        return None
    owner = publication.caller.owner
    for step in owner.steps:
        if step.node.source is found.at.source and step.node.start <= found.at.start < step.node.end:
            return step if step.run is None or is_one_command(step.run.text) else None
    return None


def is_one_command(script: str) -> bool:
    """Does a script do nothing but log in?"""
    return re.fullmatch(r"[^\n;&]*\|?\s*(?:docker|podman)\s+login\s[^\n;&|]*", script.strip()) is not None


def login(publication: Publication) -> Made:
    """The only login before a push taken away: the registry takes nothing from strangers."""
    step = login_step(publication)
    if step is None:
        return
    source = step.node.source
    start = line_start(step.node)
    if not re.fullmatch(r"\s*-\s+", source.text[start : step.node.start]):
        return
    yield Mutation("workflow: no login", source, start, line_end(source, step.node.end), "")


def registry(publication: Publication) -> Made:
    """The only login before a push goes to another registry."""
    step = login_step(publication)
    node = step.inputs.get("registry") if step is not None else None
    if isinstance(node, Scalar) and "${{" not in node.text:
        other = "quay.io" if publication.registry != "quay.io" else "ghcr.io"
        yield replaced("workflow: login to another registry", node, 0, len(node.text), other)


def letters(publication: Publication) -> Made:
    """A capital in the last part of a published name, where it is written and nothing makes it small: no tool takes it."""
    last = publication.image.shown.rpartition("/")[2]
    for reference in publication.references:
        source, start, end = reference.at.source, reference.at.start, reference.at.end
        written = source.text[start:end]
        found = re.search(rf"/({re.escape(last)})(?=[:@\s\"',]|$)", written) if last else None
        if "${" in last or found is None or publication.step.action in LOWERCASES or capital(last) == last:
            continue
        at = start + found.start(1)
        yield Mutation("workflow: capital in the name", source, at, at + len(last), capital(last))


OWNER = re.compile(r"ghcr\.io/(\$\{\{\s*github\.repository_owner\s*\}\}|[A-Za-z0-9][A-Za-z0-9-]*)/")


def account(publication: Publication) -> Made:
    """Another owner in a name that GITHUB_TOKEN pushes to ghcr.io: it writes to no package of another account."""
    if publication.registry != "ghcr.io" or publication.credential != GITHUB_TOKEN:
        return
    if publication.is_own is not True:
        return
    places = [(each.at.source, each.at.start, each.at.end) for each in publication.references]
    for sighting in publication.sightings[:1]:
        for run in sighting.before:
            node = run.step.inputs.get("images")
            if run.step.action == "docker/metadata-action" and isinstance(node, Scalar):
                names = (run.text("images") or publication.image).shown.lower()
                if publication.image.shown in names:
                    places.append((node.source, node.start, node.end))
    for source, start, end in places:
        for found in OWNER.finditer(source.text, start, end):
            yield Mutation("workflow: another owner", source, found.start(1), found.end(1), OTHER_OWNER)


if __name__ == "__main__":
    sys.exit(main())
