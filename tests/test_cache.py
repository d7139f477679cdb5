"""What is kept between runs says what a new run would say, whatever has happened in between."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lading.store import MOST_ENTRIES, Store, store_of
from tests.support import ROOT, write_files

PROGRAM = """
import os, sys
from lading.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
os.write(2, b"\\nmade" if "lading.engine" in sys.modules else b"\\nkept")
os._exit(code)
"""
POSIX = pytest.mark.skipif(os.name != "posix", reason="links and file modes of POSIX")
SHOP = {
    ".git/config": '[remote "origin"]\n\turl = https://github.com/acme/shop\n',
    ".github/workflows/release.yml": """\
on: push
permissions: {contents: read}
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with: {context: ., push: true, tags: "ghcr.io/acme/shop:1"}
""",
    "compose.yaml": """\
services:
  api:
    image: ghcr.io/acme/shop:1
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:17
""",
    "Dockerfile": "FROM scratch\n",
}


class User:
    """Somebody with a home, a repository, and runs of `lading check` in it."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.home = folder / "home"
        self.home.mkdir(exist_ok=True)
        self.shop = folder / "shop"
        self.shop.mkdir()
        write_files(self.shop, files)
        age(self.shop)

    def environment(self, **more: str) -> dict[str, str]:
        clean = ("GITHUB_", "GIT_", "LADING_", "XDG_", "COMPOSE_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(clean)}
        return {**kept, "HOME": str(self.home), "LOCALAPPDATA": str(self.home), "PYTHONSAFEPATH": "1", **more}

    def run(self, *options: str, program: str = PROGRAM, **environment: str) -> tuple[int, bytes, bytes, str]:
        """Exit code, what was written to both outputs, and whether it was `kept` or `made`."""
        done = subprocess.run(
            [sys.executable, "-c", program, "check", *options],
            cwd=self.shop,
            env=self.environment(**environment),
            capture_output=True,
            timeout=120,
            check=False,
        )
        err, _, how = done.stderr.rpartition(b"\n")
        return done.returncode, done.stdout, err, how.decode()

    def said(self, *options: str, **environment: str) -> tuple[int, bytes, bytes]:
        return self.run(*options, **environment)[:3]

    @property
    def store(self) -> Store:
        store = store_of({"HOME": str(self.home), "LOCALAPPDATA": str(self.home)})
        assert store is not None
        return store

    @property
    def entries(self) -> list[Path]:
        return [Path(path) for path, _ in self.store.entries()]


def age(folder: Path) -> None:
    """Let everything be an hour old, as far as a program can: the time of status is that of today."""
    for path in sorted(folder.rglob("*"), reverse=True):
        os.utime(path, ns=(10**18, 10**18), follow_symlinks=False)
    os.utime(folder, ns=(10**18, 10**18))


@pytest.fixture
def user(tmp_path: Path) -> User:
    return User(tmp_path, SHOP)


STORIES = sorted((ROOT / "tests" / "fixtures").iterdir())


@pytest.mark.parametrize("format", ["text", "sarif", "json", "github"])
@pytest.mark.parametrize("story", STORIES, ids=lambda folder: folder.name)
def test_the_second_run_says_the_same(story: Path, format: str, tmp_path: Path) -> None:
    user = User(tmp_path, {})
    shutil.copytree(story / "repository", user.shop, dirs_exist_ok=True)
    options = ("--root", ".", "--owner", "acme", "--format", format, "--output", f"json={tmp_path / 'out'}")
    never = user.run(*options, "--no-cache")
    assert (never[3], user.entries) == ("made", [])
    first = user.run(*options)
    report = (tmp_path / "out").read_bytes()
    (tmp_path / "out").unlink()
    second = user.run(*options)
    assert (first, second) == ((*never[:3], "made"), (*never[:3], "kept"))
    assert (tmp_path / "out").read_bytes() == report


def later(path: str, text: str) -> Callable[[User], object]:
    return lambda user: write_files(user.shop, {path: text})


def in_place(user: User) -> None:
    """As long as before, and with the time of before."""
    path = user.shop / "compose.yaml"
    before = path.stat()
    with path.open("r+b") as file:
        file.write(path.read_bytes().replace(b"shop:1", b"shop:2"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def linked(user: User) -> None:
    (user.shop / "Dockerfile").rename(user.shop / "other")
    (user.shop / "Dockerfile").symlink_to("other")


CHANGES: dict[str, Callable[[User], object]] = {
    "a file has another text": later("compose.yaml", "services: {api: {image: 'ghcr.io/acme/shop:9'}}\n"),
    "as long as before, with the time of before": in_place,
    "an override appears": later(
        "compose.override.yaml", "services: {db: {healthcheck: {test: [CMD, x]}}}\n"
    ),
    "a workflow appears": later(".github/workflows/x.yml", "on: push\njobs: {}\n"),
    "a folder appears": later("deploy/compose.yaml", "services: {a: {image: 'postgres:17', ports: 1}}\n"),
    "a file is gone": lambda user: (user.shop / ".github/workflows/release.yml").unlink(),
    "a configuration appears": later("lading.yaml", "rules: {image/unpinned: {level: error}}\n"),
    "another remote": later(".git/config", '[remote "origin"]\n\turl = https://github.com/other/shop\n'),
    "something is ignored": later(".gitignore", "compose.yaml\n"),
    "a health check in the Dockerfile": later("Dockerfile", "FROM scratch\nHEALTHCHECK CMD x\n"),
    "a Dockerfile is a link": linked,
    "a repository within": later("x/.git/HEAD", ""),
}


@POSIX
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_has_changed_is_found_anew(change: Callable[[User], object], user: User) -> None:
    user.run()
    assert user.run()[3] == "kept"
    change(user)
    found = user.run()
    assert (found[:3], found[3]) == (user.said("--no-cache"), "made")
    assert user.run()[:3] == found[:3]


@pytest.mark.parametrize(
    "asked",
    [
        (("--strict",), {}),
        (("--owner", "other"), {}),
        (("compose.yaml",), {}),
        (("--format", "json"), {}),
        (("--fail-on", "note"), {}),
        ((), {"GITHUB_REPOSITORY": "other/shop"}),
        ((), {"COLUMNS": "70"}),
        ((), {"FORCE_COLOR": "1"}),
        ((), {"PRE_COMMIT": "1"}),
    ],
    ids=str,
)
def test_what_is_asked_otherwise_is_found_anew(
    asked: tuple[tuple[str, ...], dict[str, str]], user: User
) -> None:
    user.run()
    options, environment = asked
    found = user.run(*options, **environment)
    assert found == (*user.said("--no-cache", *options, **environment), "made")
    assert user.run(*options, **environment) == (*found[:3], "kept")
    assert user.run()[3] == "kept"


def test_what_is_touched_and_the_same_is_not_found_anew(user: User) -> None:
    user.run()
    for path in user.shop.rglob("*"):
        os.utime(path)
    assert user.run()[3] == "kept"


def test_times_in_the_future_hide_no_change(user: User) -> None:
    path = user.shop / "compose.yaml"
    os.utime(path, ns=(4 * 10**18, 4 * 10**18))
    user.run()
    assert user.run()[3] == "kept"
    path.write_text(path.read_text().replace("shop:1", "shop:2"))
    os.utime(path, ns=(4 * 10**18, 4 * 10**18))
    found = user.run()
    assert found == (*user.said("--no-cache"), "made")


@pytest.mark.parametrize(
    "options", [("--since", "HEAD"), ("--policy", "lading.yaml"), ("--diff",), ("--fix",)]
)
def test_what_git_or_the_moment_decides_is_not_kept(options: tuple[str, ...], user: User) -> None:
    write_files(user.shop, {"lading.yaml": "rules: {}\n"})
    user.run(*options)
    assert user.entries == []


def test_a_text_from_standard_input_is_not_kept(user: User) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "check", "-", "--stdin-filename", "compose.yaml"],
        cwd=user.shop,
        env=user.environment(),
        input=b"services: {}\n",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr, user.entries) == (0, b"\nmade", [])


def test_a_baseline_counts(user: User) -> None:
    baseline = user.shop.parent / "baseline.json"
    baseline.write_text('{"version": 1, "findings": []}')
    options = ("--baseline", str(baseline), "--format", "json")
    assert json.loads(user.run(*options)[1])["findings"]
    assert user.run(*options)[3] == "kept"
    baseline.write_text('{"version": 2, "findings": []}')
    assert user.run(*options)[0] == 2


def test_cards_of_the_repository_count(user: User) -> None:
    card = """\
title: No image from elsewhere
level: error
scope: consumer
assert: {that: {image.registry: {equals: ghcr.io}}}
message: "{image} is from elsewhere"
why: Ours only.
fix: Take ours.
examples: {bad: [], good: []}
"""
    write_files(user.shop, {"lading.yaml": "cards: [cards]\n", "cards/acme/ours.yaml": card})
    first = user.run()
    assert user.run()[:3] == first[:3] == user.said("--no-cache")
    write_files(user.shop, {"cards/acme/ours.yaml": card.replace("elsewhere", "the others")})
    assert user.run() == (*user.said("--no-cache"), "made")


# --- what is in the store ---


@pytest.mark.parametrize("at", [0, 31, 32, 33, 100, -1])
def test_an_entry_that_was_tampered_with_is_not_believed(at: int, user: User) -> None:
    first = user.run()
    (entry,) = user.entries
    data = bytearray(entry.read_bytes())
    data[at] ^= 1
    entry.write_bytes(data)
    assert user.run() == first
    assert user.run()[3] == "kept"


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 32, b"\0" * 40_000])
def test_an_entry_of_something_else_is_not_believed(data: bytes, user: User) -> None:
    first = user.run()
    user.entries[0].write_bytes(data)
    assert user.run() == first


def test_an_entry_that_is_cut_short_is_not_believed(user: User) -> None:
    first = user.run()
    (entry,) = user.entries
    entry.write_bytes(entry.read_bytes()[:-10])
    assert user.run() == first


def test_an_entry_under_the_name_of_another_is_not_believed(user: User) -> None:
    user.run("--fail-on", "note")
    (mild,) = user.entries
    first = user.run()
    (other,) = set(user.entries) - {mild}
    other.write_bytes(mild.read_bytes())
    assert user.run() == first


def test_entries_of_another_user_are_not_believed(user: User, tmp_path: Path) -> None:
    first = user.run()
    Path(user.store._secret_path).write_bytes(b"x" * 32)
    assert user.run() == first


@POSIX
@pytest.mark.parametrize("mode", [0o644, 0o620, 0o602])
def test_a_secret_that_others_can_read_or_write_is_none(mode: int, user: User) -> None:
    user.run()
    Path(user.store._secret_path).chmod(mode)
    assert [user.run()[3], user.run()[3]] == ["made", "made"]


@POSIX
def test_only_the_user_can_read_what_is_kept(user: User) -> None:
    user.run()
    paths = [Path(user.store._secret_path), *user.entries, Path(user.store.folder)]
    assert [path.stat().st_mode & 0o077 for path in paths] == [0, 0, 0]


def test_an_entry_holds_nothing_that_runs(user: User) -> None:
    user.run()
    entry = user.store.entry(user.entries[0].stem)
    assert entry is not None
    waiting = [entry[0], entry[1]()]
    assert None not in waiting
    while waiting:
        value = waiting.pop()
        assert type(value) in (tuple, list, dict, str, bytes, int, bool, type(None))
        waiting += value if isinstance(value, tuple | list) else ()
        waiting += value.items() if isinstance(value, dict) else ()


@pytest.mark.parametrize("place", [".cache", ".cache/lading", ".local", ".local/state/lading"])
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="folders of XDG")
def test_a_home_that_cannot_be_written_to_is_no_reason_to_fail(place: str, user: User) -> None:
    path = user.home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a file where a folder should be")
    assert user.run() == user.run() == (*user.said("--no-cache"), "made")


@POSIX
def test_a_full_disk_is_no_reason_to_fail(user: User) -> None:
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n{PROGRAM}"
    assert user.run(program=limited) == (*user.said("--no-cache"), "made")
    assert user.entries == []


def test_without_a_home_nothing_is_kept(user: User) -> None:
    assert user.run(HOME="", LOCALAPPDATA="")[3] == user.run(HOME="", LOCALAPPDATA="")[3] == "made"


def test_nothing_is_kept_in_the_repository(user: User) -> None:
    before = sorted(user.shop.rglob("*"))
    for variables in (
        {"HOME": str(user.shop), "LOCALAPPDATA": str(user.shop)},
        {"LADING_CACHE_DIR": str(user.shop / "cache")},
        {"LADING_CACHE_DIR": "cache"},
    ):
        assert user.run(**variables)[3] == user.run(**variables)[3] == "made"
    assert sorted(user.shop.rglob("*")) == before


def test_the_folder_can_be_named(user: User, tmp_path: Path) -> None:
    user.run(LADING_CACHE_DIR=str(tmp_path / "mine"))
    assert (user.entries, len(list((tmp_path / "mine").iterdir()))) == ([], 1)
    assert user.run(LADING_CACHE_DIR=str(tmp_path / "mine"))[3] == "kept"


def test_runs_at_the_same_time_say_the_same(user: User) -> None:
    expected = user.said("--no-cache")
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "lading", "check"],
            cwd=user.shop,
            env=user.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(8)
    ]
    for each in running:
        out, err = each.communicate(timeout=120)
        assert (each.returncode, out, err) == expected
    assert user.run()[:3] == expected
    assert [path.suffix for path in user.entries] == [".run"]


@pytest.mark.parametrize("size", [10, 100_000])
def test_what_stands_behind_an_entry_is_believed_by_its_own_digest(size: int, tmp_path: Path) -> None:
    """It is read later: by then another run may have replaced the entry, or somebody has changed it."""
    store = Store(str(tmp_path / "cache"), str(tmp_path / "secret"))
    value, behind = ["a" * size], ["b" * size]
    assert store.write("name", value, behind)
    (path,) = (Path(path) for path, _ in store.entries())
    whole = path.read_bytes()

    def read_after(data: bytes) -> Any:
        path.write_bytes(whole)
        found = store.entry("name")
        assert found is not None
        assert found[0] == store.read("name") == value
        path.write_bytes(data)
        return found[1]()

    assert read_after(whole) == behind
    if size > 1 << 16:  # the rest has been read at once
        assert read_after(whole[:-1]) is None
        assert read_after(whole[:-1] + b"c") is None
        store.write("name", value, ["c" * size])
        assert read_after(path.read_bytes()) is None
    path.write_bytes(whole[:-1])
    found = store.entry("name")
    assert found is not None
    assert (found[0], found[1]()) == (value, None)


def test_old_entries_make_room(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "cache"), str(tmp_path / "secret"))
    for number in range(MOST_ENTRIES + 5):
        assert store.write(f"{number:032}", number)
        os.utime(store.entries()[-1][0], ns=(number, number))
    assert len(store.entries()) == MOST_ENTRIES
    assert (store.read(f"{0:032}"), store.read(f"{MOST_ENTRIES + 4:032}")) == (None, MOST_ENTRIES + 4)


def test_what_a_crash_left_is_cleared(user: User) -> None:
    user.run()
    (entry,) = user.entries
    draft = entry.with_name(f"{entry.name}.4711.tmp")
    draft.write_bytes(b"half")
    stranger = entry.with_name("mine.txt")
    stranger.write_text("not ours")
    assert user.store.clear()[0] == 2
    assert [path for path in (entry, draft, stranger) if path.exists()] == [stranger]


def test_the_cache_is_shown_and_cleared(user: User) -> None:
    user.run()

    def said(*words: str) -> str:
        command = [sys.executable, "-m", "lading", "cache", *words]
        done = subprocess.run(command, env=user.environment(), capture_output=True, text=True, check=True)
        return done.stdout

    size = user.entries[0].stat().st_size / 1_000_000
    assert said("show") == f"{user.store.folder}: 1 run, {size:.1f} MB\n"
    assert said("clear") == f"{user.store.folder}: removed 1 run, {size:.1f} MB\n"
    assert said("show") == f"{user.store.folder}: 0 runs, 0.0 MB\n"


# --- what is on record ---

LISTENING = """
import os, sys
seen = []
def listen(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str):
        seen.append(arguments[0])
sys.addaudithook(listen)
from lading.cli.remember import VARIABLES
asked = set()
class Environment(dict):
    def get(self, name, default=None):
        asked.add(name)
        return super().get(name, default)
    def __getitem__(self, name):
        asked.add(name)
        return super().__getitem__(name)
from lading.session import Request, open_session
environment = Environment(os.environ)
session = open_session(Request(("compose.yaml",), environment=environment, baseline=None), is_kept=True)
session.check()
record = session.repository.texts.files.record
import lading, lading.rules, lading.schemas
own = tuple(os.path.dirname(each.__file__) for each in (lading, lading.rules, lading.schemas))
own += tuple(path for path in sys.path if path) + (sys.prefix, sys.base_prefix, "/dev/null", "/proc", "/sys")
known = {**record.seen, **record.kinds}
found = {os.path.abspath(path) for path in seen}
print(record.is_whole, sorted(path for path in found if path not in known and not path.startswith(own)), sorted(asked - set(VARIABLES)))
"""


@pytest.mark.parametrize("story", [None, *STORIES], ids=lambda folder: folder.name if folder else "shop")
def test_everything_that_is_opened_is_on_record(story: Path | None, user: User) -> None:
    if story is not None:
        shutil.copytree(story / "repository", user.shop, dirs_exist_ok=True)
    write_files(user.shop, {"lading.yaml": "extends: ./base.yaml\ncards: [cards]\n", "base.yaml": "{}\n"})
    (user.shop / "cards" / "acme").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", LISTENING],
        cwd=user.shop,
        env=user.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("True [] []\n", "")
