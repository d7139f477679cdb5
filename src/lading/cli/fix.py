"""`lading check --fix` and `--diff`: what was mended is said on standard error, texts and diffs are data."""

from __future__ import annotations

import sys

from lading.cli.writing import write_bytes
from lading.mend import mend, write_changes
from lading.problems import Problem
from lading.reports.display import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Finding
    from lading.mend import Mended
    from lading.session import Request


def run_fix(request: Request, *, writes: bool, unsafe: bool, diff: bool) -> Mended:
    """Mend, write the files, or the text or diff to standard output, and say what was done. Raises `Problem`."""
    if not writes and not diff:
        raise Problem("--unsafe-fixes needs --fix or --diff")
    mended = mend(request, unsafe=unsafe)
    if diff:
        write_bytes("".join(diffs(mended)).encode("utf-8", "surrogateescape"))
    elif request.unsaved is not None:
        write_bytes(next((new for _, new in mended.changes.values()), request.unsaved))
    else:
        write_changes(mended)
    for line in _told(mended, unsafe=unsafe, diff=diff):
        sys.stderr.write(f"lading: {line}\n")
    return mended


def _told(mended: Mended, *, unsafe: bool, diff: bool) -> list[str]:
    """What was mended, what was not and why, and the sum."""
    lines = [] if diff else [f"{_place(each)}: {each.fix.message}" for each in mended.fixed if each.fix]
    lines += [
        f"{_place(each)}: the fix was dropped, since the file could not be read after it"
        for each in mended.dropped
    ]
    if not mended.is_stable:
        lines.append("fixes were stopped, since each round left new ones; run it again")
    left = mended.outcome.findings
    total = len(mended.fixed) + len(left)
    if total:
        word = "would fix" if diff else "fixed"
        hidden = sum(each.fix is not None and not each.fix.is_safe for each in left) if not unsafe else 0
        needs = "needs" if hidden == 1 else "need"
        more = f"; {hidden} {needs} --unsafe-fixes" if hidden else ""
        lines.append(f"{word} {len(mended.fixed)} of {total}{more}")
    return [harmless(line) for line in lines]


def _place(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}: {finding.rule}"


def diffs(mended: Mended) -> list[str]:
    """Unified diffs that `git apply` takes at the repository's root; bytes that are not UTF-8 are surrogates."""
    from difflib import unified_diff

    lines: list[str] = []
    for path, (old, new) in sorted(mended.changes.items()):
        before, after = _quoted(f"a/{path}"), _quoted(f"b/{path}")
        for line in unified_diff(_lines(old), _lines(new), before, after):
            lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return lines


def _quoted(path: str) -> str:
    """A path as git writes it: in quotes, and byte by byte, where it holds what does not print."""
    if path.isprintable():
        return path
    data = path.encode("utf-8", "surrogateescape")
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03o}" for b in data) + '"'


def _lines(data: bytes) -> list[str]:
    """Lines with their ends, as `diff` counts them: other signs that break lines are part of them."""
    parts = data.decode("utf-8", "surrogateescape").split("\n")
    return [f"{part}\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]
