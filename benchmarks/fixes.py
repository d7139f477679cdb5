"""Mends every repository below a folder in memory, shows the diffs, and says where a fix does not keep its promises.

    python benchmarks/fixes.py FOLDER [--unsafe] [--diff] [--strict]

FOLDER holds repositories, one in each folder. `owner__name` gives it an identity, or a row of FOLDER/expected.jsonl that
has its name as `case` beside `owner` and `repo`: fixes of names hold only for the owner they are written for. For each finding with a fix, that fix
alone is applied: the finding is gone, no error or warning is new, nothing outside the edits has changed, and the file reads
as before. Then all fixes are applied together, twice: the second time changes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from lading.decode import encode_like
from lading.findings import Finding, Outcome
from lading.fixes import Draft
from lading.mend import mend
from lading.session import Request, open_session


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--unsafe", action="store_true", help="also the fixes that somebody should look at")
    parser.add_argument("--diff", action="store_true", help="show what each repository would become")
    parser.add_argument("--strict", action="store_true", help="with the findings that --strict shows")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    problems = 0
    for folder in sorted(path for path in options.folder.iterdir() if path.is_dir()):
        request = request_of(folder, strict=options.strict)
        found = list(broken_promises(request, unsafe=options.unsafe, counts=counts))
        problems += len(found)
        for problem in found:
            print(f"{folder.name}: {problem}")
        if options.diff:
            show(request, unsafe=options.unsafe, name=folder.name)
    for rule, count in sorted(counts.items()):
        print(f"{count:5}  {rule}")
    print(f"{sum(counts.values())} fixes, {problems} broken promises")
    return int(problems > 0)


def request_of(folder: Path, *, strict: bool = False) -> Request:
    owner, name = identity_of(folder)
    return Request(root=str(folder), owner=owner, repo=name, environment={}, strict=strict)


def identity_of(folder: Path) -> tuple[str, str]:
    owner, _, name = folder.name.partition("__")
    if name:
        return owner, name
    labels = folder.parent / "expected.jsonl"
    rows = map(json.loads, labels.read_text(encoding="utf-8").splitlines()) if labels.is_file() else ()
    return next(((row["owner"], row["repo"]) for row in rows if row["case"] == folder.name), ("acme", "shop"))


def broken_promises(request: Request, *, unsafe: bool, counts: Counter[str]) -> list[str]:
    """What fixes of a repository do that they must not."""
    session = open_session(request)
    before = session.check()
    problems = []
    for finding in before.findings:
        if finding.fix is None or not (unsafe or finding.fix.is_safe):
            continue
        counts[f"{finding.rule} ({'safe' if finding.fix.is_safe else 'unsafe'})"] += 1
        draft = Draft(lambda path: path)
        verdict = draft.take(finding)
        if verdict is not None:
            problems.append(f"{place(finding)}: {verdict}")
            continue
        files = session.repository.texts.files
        texts = {path: encode_like(text, files.read(path)) for path, text in draft.texts().items()}
        after = open_session(request, texts).check()
        problems += [f"{place(finding)}: {problem}" for problem in compared(finding, before, after)]
    if any(finding.fix is not None for finding in before.findings):
        problems += unstable(request, unsafe=unsafe)
    return problems


def place(finding: Finding) -> str:
    return f"{finding.path}:{finding.line} {finding.rule}"


def compared(finding: Finding, before: Outcome, after: Outcome) -> list[str]:
    """Is the finding gone, and nothing new there?"""
    problems = []
    same = [
        sum(identity(each) == identity(finding) for each in outcome.findings) for outcome in (before, after)
    ]
    if same[1] >= same[0]:
        problems.append("it is still there")
    for (rule, level, path), count in (kinds(after) - kinds(before)).items():
        if level != "note":
            problems.append(f"new: {level}[{rule}] {path} ({count})")
    return problems


def kinds(outcome: Outcome) -> Counter[tuple[str, str, str]]:
    """Messages left out: they may tell of what the fix has changed."""
    return Counter((each.rule, each.level, each.path) for each in outcome.findings)


def identity(finding: Finding) -> tuple[str, str, str, str]:
    return (finding.rule, finding.level, finding.path, finding.message)


def unstable(request: Request, *, unsafe: bool) -> list[str]:
    """Is there more to mend after all has been mended, or does a line change that no edit names?"""
    first = mend(request, unsafe=unsafe)
    problems = [] if first.is_stable else ["the rounds have no end"]
    problems += [f"{place(each)}: dropped" for each in first.dropped]
    again = open_session(request, {path: new for path, (_, new) in first.changes.items()}).check()
    left = [f for f in again.findings if f.fix is not None and (unsafe or f.fix.is_safe)]
    problems += [f"{place(each)}: left over after all rounds" for each in left]
    return problems


def show(request: Request, *, unsafe: bool, name: str) -> None:
    from lading.cli.fix import diffs

    sys.stdout.write(f"=== {name}\n" + "".join(diffs(mend(request, unsafe=unsafe))))


if __name__ == "__main__":
    sys.exit(main())
