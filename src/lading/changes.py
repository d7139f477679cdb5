"""What has changed in a work tree since a revision, asked from git.

git runs without the variables of a hook that would point it elsewhere, and without anything that the repository or its
configuration could make it run: hooks, file system monitors, external diffs, filters (files are compared here), fetches
of what a partial clone lacks. Sources: git's documentation of git-diff-index, git-cat-file, git and git-config.
"""

from __future__ import annotations

import os

from lading.files import Unreadable, read_regular
from lading.git import run_git
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from subprocess import CompletedProcess

_SECONDS = 60
_MOST_FILES = 5_000
_MOST_BYTES = 2_000_000
"""How many files are put back as they were, and how large each may be: what we read is small."""
_FILES = ("100644", "100755")
_NOTHING = "000000"


class Changes:
    """`paths`: files that are `new`, changed or gone, from the root; `before`: those that were there, as they were."""

    __slots__ = ("before", "new", "paths")

    def __init__(self, paths: frozenset[str], new: frozenset[str], before: Mapping[str, bytes]) -> None:
        self.paths = paths
        self.new = new
        self.before = before

    def and_also(self, paths: Iterable[str]) -> Changes:
        """The same with more files that have changed, which git cannot know of."""
        return Changes(self.paths.union(paths), self.new, self.before)


def changes_since(root: str, revision: str, environment: Mapping[str, str]) -> Changes:
    """Committed, staged, unstaged and untracked changes since the revision.

    Where that is on another branch: since the two parted. Raises `Problem` where git cannot tell.
    """
    git = _Git(root, revision, environment)
    base = git.base()
    new = set(git.untracked())
    paths: set[str] = set()
    blobs: dict[str, str] = {}
    for path, old_mode, new_mode, old, now in git.differences(base):
        if _is_as_before(os.path.join(root, path), old_mode, new_mode, old, now):
            continue
        paths.add(path)
        if old_mode in _FILES:
            blobs[path] = old
        elif old_mode == _NOTHING:
            new.add(path)
    return Changes(frozenset(paths | new), frozenset(new - blobs.keys()), git.contents(blobs))


def _is_as_before(whole: str, old_mode: str, new_mode: str, old: str, now: str) -> bool:
    """Was a file only touched? git tells a file whose time stamp is new, without a look at what it holds."""
    if set(now) != {"0"} or old_mode != new_mode or old_mode not in _FILES:
        return False
    from hashlib import new as digest

    try:
        data = read_regular(whole)
    except (OSError, Unreadable):
        return False
    kind = "sha1" if len(old) == 40 else "sha256"
    return digest(kind, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == old


class _Git:
    """Questions to git about one work tree."""

    def __init__(self, root: str, revision: str, environment: Mapping[str, str]) -> None:
        self._root = root
        self._revision = revision
        self._environment = environment

    def base(self) -> str:
        """The commit to compare with."""
        if self._text("rev-parse", "--is-inside-work-tree") != "true":
            raise self._problem(f"{self._root} is no git work tree")
        named = f"{self._revision}^{{commit}}"
        is_odd = self._revision.startswith("-") or not self._revision.isprintable()
        asked = None if is_odd else self._ask("rev-parse", "--verify", "--quiet", named)
        if asked is None or asked.returncode:
            raise self._problem(f"git knows no such revision{self._shallow()}")
        commit = asked.stdout.decode().strip()
        parted = self._ask("merge-base", commit, "HEAD")
        if parted.returncode == 1 and self._shallow():
            raise self._problem(f"git cannot tell where it and HEAD parted{self._shallow()}")
        return parted.stdout.decode().strip() if parted.returncode == 0 else commit

    def differences(self, base: str) -> Iterator[tuple[str, str, str, str, str]]:
        """Path, modes and blobs of what differs; a blob of zeros is what lies in the work tree, or nothing."""
        options = ("--raw", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=all", "--relative")
        words = iter(self._output(*self._without_filters(), "diff-index", *options, base, "--").split(b"\0"))
        for head in words:
            if head:
                old_mode, new_mode, old, now, _ = head.decode().lstrip(":").split(" ")
                yield os.fsdecode(next(words)), old_mode, new_mode, old, now

    def _without_filters(self) -> Iterator[str]:
        """Options that take every filter away, since git would run one over a file with the time stamp of the index."""
        pattern = r"^filter\..*\.(clean|smudge|process|required)$"
        names = self._ask("config", "--name-only", "-z", "--get-regexp", pattern).stdout.split(b"\0")
        for name in {os.fsdecode(each) for each in names if each}:
            if "=" in name:
                raise self._problem(
                    f"the name of the filter `{name}` in git's configuration is not understood"
                )
            yield from ("-c", f"{name}={'false' if name.endswith('.required') else ''}")

    def untracked(self) -> Iterator[str]:
        """Files that git does not know and does not ignore."""
        for path in self._output("ls-files", "--others", "--exclude-standard", "-z").split(b"\0"):
            if path:
                yield os.fsdecode(path)

    def contents(self, blobs: Mapping[str, str]) -> dict[str, bytes]:
        """What the blobs of some paths hold, the large ones left out."""
        some = dict(list(blobs.items())[:_MOST_FILES])
        sizes = self._output("cat-file", "--batch-check", lines=some.values()).splitlines() if some else []
        small = {
            words[0].decode()
            for words in map(bytes.split, sizes)
            if len(words) == 3 and words[1] == b"blob" and int(words[2]) <= _MOST_BYTES
        }
        if not small:
            return {}
        texts = dict(_batch(self._output("cat-file", "--batch", lines=sorted(small))))
        return {path: texts[blob] for path, blob in some.items() if blob in texts}

    def _shallow(self) -> str:
        """A hint where the clone has only a part of the history."""
        if self._text("rev-parse", "--is-shallow-repository") != "true":
            return ""
        return (
            "; this clone is shallow: fetch more of its history (`git fetch --unshallow`, or `fetch-depth: 0` "
            "for actions/checkout)"
        )

    def _text(self, *arguments: str) -> str:
        return self._ask(*arguments).stdout.decode("utf-8", "replace").strip()

    def _output(self, *arguments: str, lines: Iterable[str] = ()) -> bytes:
        done = self._ask(*arguments, lines=lines)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise self._problem(f"git failed: {said[0] if said else done.returncode}")
        return done.stdout

    def _ask(self, *arguments: str, lines: Iterable[str] = ()) -> CompletedProcess[bytes]:
        import subprocess

        data = "".join(f"{line}\n" for line in lines).encode()
        try:
            return run_git(self._root, self._environment, *arguments, data=data, seconds=_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise self._problem(f"git took more than {_SECONDS} seconds") from error
        except OSError as error:
            raise self._problem(
                f"git, which knows what has changed, cannot be started: {error.strerror}"
            ) from error

    def _problem(self, words: str) -> Problem:
        return Problem(f"--since {self._revision}: {words}")


def _batch(output: bytes) -> Iterator[tuple[str, bytes]]:
    """Blobs and what they hold, from what `git cat-file --batch` writes."""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        words = output[at:end].split()
        at = end + 1
        if len(words) == 3:
            size = int(words[2])
            yield words[0].decode(), output[at : at + size]
            at += size + 1
