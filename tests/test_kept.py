"""After any edit, what is found over parts that were kept is what a new run finds."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from lading.cli.judge import tell
from lading.cli.remember import name_of, told
from lading.cli.short import short_way
from lading.kept import Kept
from lading.models.compose.neighbours import Neighbours
from lading.parts import compose_shares
from lading.record import GRAIN, MANY, Before
from lading.store import Store, store_of
from tests.support import write_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="HOME tells where entries are kept")

TESTS = """\
on: [push, pull_request]
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: make test
"""
PUBLISHES = """\
on: {push: {branches: [main]}}
permissions: {contents: read, packages: write}
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - uses: docker/login-action@v4
        with: {registry: ghcr.io, username: "${{ github.actor }}", password: "${{ github.token }}"}
      - uses: docker/build-push-action@v6
        with: {context: "s%d", push: true, tags: "ghcr.io/acme/s%d:1"}
"""
CALLS = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/called-%d.yml\n    with: {x: 1}\n"
CALLED = "on: {workflow_call: {inputs: {y: {type: string}}}}\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: 'true'}]}}\n"
RELEASES = """\
on: {push: {branches: [main]}}
jobs:
  release:
    runs-on: ubuntu-24.04
    permissions: {contents: write}
    steps:
      - uses: softprops/action-gh-release@v3
        with: {tag_name: "v${{ github.run_number }}"}
"""
WAITS = "on:\n  release:\n    types: [published]\njobs:\n  a: {runs-on: ubuntu-24.04, steps: [{run: make}]}\n"
USES = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: ./.github/actions/x\n        with: {gone: 1}\n"
ACTION = "inputs: {in: {default: ''}}\nruns: {using: composite, steps: [{run: 'true', shell: bash}]}\n"
COMPOSE = """\
services:
  api:
    image: ghcr.io/acme/s%d:%d
    env_file: [missing.env]
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:17
"""
SHARES = """\
services:
  api: {build: ., image: 'ghcr.io/acme/s%d:1', networks: [proxy], volumes: ['data:/data']}
  bare: {depends_on: {gone: {condition: service_healthy}}}
volumes: {data: , unused: }
"""
OVERLAY = "services:\n  api: {restart: always}\n  bare: {image: 'nginx:1.27'}\n"


def shop() -> dict[str, str]:
    folder = ".github/workflows"
    files = {f"{folder}/test-{n}.yml": TESTS for n in range(50)}
    files |= {f"{folder}/publish-{n}.yml": PUBLISHES % (n, n) for n in range(20)}
    files |= {f"{folder}/calls-{n}.yml": CALLS % n for n in range(12)}
    files |= {f"{folder}/called-{n}.yml": CALLED for n in range(12)}
    files |= {f"{folder}/release.yml": RELEASES, f"{folder}/waits.yml": WAITS, f"{folder}/uses.yml": USES}
    files |= {f"s{n}/compose.yaml": COMPOSE % (n, n % 3) for n in range(25)}
    files |= {f"s{n}/Dockerfile": "FROM scratch\n" for n in range(20)}
    files |= {f"t{n}/compose.yaml": SHARES % (n + 10) for n in range(6)}
    files |= {f"t{n}/compose.prod.yaml": OVERLAY for n in range(0, 6, 2)}
    return files | {
        "t1/sub/docker-compose.yml": "services:\n  gone: {image: 'redis:7'}\nnetworks: {proxy: {}}\n",
        "u/compose.yaml": "include: [../s4/compose.yaml]\nservices: {}\n",
        "v/web.compose.yml": "services:\n  a: {extends: {file: ../t3/compose.yaml, service: api}}\n",
        "w/.env": "COMPOSE_FILE=../s5/compose.yaml:../t0/compose.prod.yaml\n",
        ".github/actions/x/action.yml": ACTION,
        "README.md": "```sh\ndocker compose -f s1/compose.yaml up\n```\n",
    }


EDITS = (
    lambda text: f"# first\n{text}",
    lambda text: f"{text}\n# last: missing.env\n",
    lambda text: text.replace("ghcr.io/acme/s", "ghcr.io/acme/t"),
    lambda text: text.replace("actions/checkout@v4", "actions/checkout@v5"),
    lambda text: text.replace("packages: write", "packages: read"),
    lambda text: text.replace("with: {x: 1}", "with: {y: 1}"),
    lambda text: text.replace("inputs: {y:", "inputs: {z:"),
    lambda text: text.replace("on: push", "on: [push, release]"),
    lambda text: text.replace("softprops/action-gh-release@v3", "actions/checkout@v4"),
    lambda text: text.replace("types: [published]", "types: [created]"),
    lambda text: text.replace("in:", "gone:"),
    lambda text: text.replace("postgres:17", "postgres:17\n    healthcheck: {test: [CMD, pg_isready]}"),
    lambda text: f"{text}HEALTHCHECK CMD true\n",
    lambda text: text.replace("image:", "imgae:"),
    lambda text: f"{text}\n# lading: ignore[image/unpinned]\n",
    lambda text: text.replace("up", "-f s2/compose.yaml up"),
    lambda text: text.replace(
        "run: make test", "run: docker compose -f s1/compose.yaml -f s2/compose.yaml up"
    ),
    lambda text: text.replace("gone", "db"),
    lambda text: text.replace("networks: {proxy", "networks: {other"),
    lambda text: text.replace("unused", "other, data2"),
    lambda text: text.replace("nginx:1.27", "redis:7"),
    lambda text: f"include: [../s6/compose.yaml]\n{text}",
    lambda text: text.replace("image: postgres:17", "extends: {file: ../s7/compose.yaml, service: db}"),
    lambda text: text.replace("build: .", "restart: always"),
    lambda text: f"{text}\nunused proxy\n",
    lambda text: f"{text}\nCOMPOSE_PROJECT_NAME=x\n",
    lambda text: "{% if x %}\n" + text,
    lambda text: "",
    lambda text: "on: [\n",
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("LADING_NO_CACHE", "GITHUB_REPOSITORY", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    root = write_files(tmp_path / "shop", shop())
    monkeypatch.chdir(root)
    return root


def asked(*options: str) -> dict[str, Any]:
    given = short_way(
        ["check", "--root", ".", "--owner", "acme", "--repo", "shop", "--format", "json", *options]
    )
    assert given is not None
    for name in ("fix", "unsafe_fixes", "diff", "repositories", "no_cache"):
        del given[name]
    return given


def kept_and_new(*options: str) -> tuple[Any, Any]:
    """What is told now, and what a run tells that keeps nothing."""
    found, keep = told(asked(*options))
    keep()
    again, _ = told(asked(*options))
    assert again.plain == found.plain
    return found.plain, tell(**asked(*options)).plain


def is_told_again(*options: str) -> bool:
    """Is all as it was when the same was asked before?"""
    found, keep = told(asked(*options))
    keep()
    return found.record is None


@pytest.mark.parametrize("seed", range(6))
def test_after_any_edit_the_same_is_found_as_anew(
    seed: int, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In half of the cases all files count as old enough, so that their looks tell."""
    monkeypatch.setattr("lading.record.GRAIN", 0 if seed % 2 else GRAIN)
    rng = random.Random(seed)
    kept, new = kept_and_new()
    assert kept == new
    assert new[1].count(b'"rule"') > 20
    paths = sorted(path for path in place.rglob("*") if path.is_file())
    for _ in range(14):
        path = rng.choice(paths)
        before = path.read_text() if path.exists() else None
        if rng.random() < 0.1 and before is not None:
            path.unlink()
        else:
            path.write_text(rng.choice(EDITS)(before or TESTS))
        options = () if rng.random() < 0.7 else (str(rng.choice(paths).relative_to(place).parent),)
        look = rng.choice(
            ((), (), ("--format", "text"), ("--format", "text", "--color", "always"), ("--format", "sarif"))
        )
        kept, new = kept_and_new(*look, *(each for each in options if (place / each).exists()))
        assert kept == new, (path, before)
        if rng.random() < 0.5:
            path.write_text(before or "")


def kept_for(place: Path) -> tuple[Store, str]:
    store = store_of(os.environ)
    assert store is not None
    from lading.cli import remember

    program = tuple(
        remember.program_stamps(os.path.dirname(os.path.dirname(os.path.abspath(remember.__file__))))
    )
    return store, name_of(asked(), program, of_parts=True)


@pytest.mark.parametrize(
    ("path", "edit", "most"),
    [
        (".github/workflows/test-7.yml", "# more\n", 1),
        (".github/workflows/publish-7.yml", "# more\n", 1),
        ("README.md", "# more\n", 0),
        ("README.md", "```sh\ndocker compose -f s2/compose.yaml -f t2/compose.prod.yaml up\n```\n", 2),
        ("s3/compose.yaml", "# more\n", 1),
        ("s3/compose.yaml", "  other: {image: 'postgres:17'}\n", 1),
        ("s3/compose.yaml", "    healthcheck: {test: [CMD, pg_isready]}\n", 1),
    ],
)
def test_an_edit_has_its_part_found_anew_and_no_other(
    path: str, edit: str, most: int, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    kept_and_new()
    store, name = kept_for(place)
    _, _, table, *_ = store.read(name)
    shares = [share for share, _, late in table if late is None]
    with (place / path).open("a") as file:
        file.write(edit)
    from lading.session import Request, _base, open_session

    session = open_session(Request(root=".", owner="acme", repo="shop"), is_kept=True)
    kept = Kept(store, name)
    kept.begin(_base(session.repository, session.rules, session.selection()), session.repository)
    assert kept.shares == shares
    spread = kept.compose or compose_shares(session.repository, kept.plan, 1)
    assert len(shares) + len(spread) - len(kept.known([*shares, *spread])) == most
    assert (len(shares) > 4, len(spread) > 3) == (True, True)


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("t1/compose.yaml", "services:", "# more\nservices:", {"is_mentioned"}),
        ("t1/sub/docker-compose.yml", "redis:7", "redis:8", None),
        ("t1/sub/docker-compose.yml", "proxy:", "other:", None),
    ],
)
def test_what_all_compose_files_are_asked_for_names_is_asked_again_where_a_name_is_another(
    path: str,
    before: str,
    after: str,
    expected: set[str] | None,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    kept_and_new()
    text = (place / path).read_text()
    assert before in text
    (place / path).write_text(text.replace(before, after))
    questions: set[str] = set()
    answered = Neighbours.answer

    def answer(self: Neighbours, question: str, given: tuple[Any, ...]) -> Any:
        questions.add(question)
        return answered(self, question, given)

    with monkeypatch.context() as patch:
        patch.setattr(Neighbours, "answer", answer)
        told(asked())
    assert questions == expected if expected is not None else {"defining", "giving", "beneath"} <= questions
    kept, new = kept_and_new()
    assert kept == new


def test_a_folder_that_was_given_is_still_watched_when_all_is_written_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that looks at the names in it is found anew where one is gone: the kind of the folder tells nothing."""
    monkeypatch.setattr("lading.record.GRAIN", 0)
    kept_and_new()
    folder = place / ".github/workflows"
    for path in sorted(folder.glob("publish-*.yml"))[:8]:
        path.write_text(f"# more\n{path.read_text()}")
    kept, new = kept_and_new(".github/workflows")
    assert kept == new
    (folder / "test-9.yml").unlink()
    kept, new = kept_and_new()
    assert kept == new


def test_names_that_appear_anywhere_may_tell_of_a_variable(place: Path) -> None:
    """A folder that nobody has looked into but for that is looked through again where it holds another name."""
    write_files(
        place,
        {
            "u/compose.yaml": "services: {a: {image: 'ghcr.io/acme/u:${SHOP_IMAGE_TAG}'}}\n",
            "far/off/notes.txt": "nothing\n",
            "far/off/.gitignore": "*\n",
        },
    )
    kept, new = kept_and_new("--select", "image/unset-variable")
    assert (kept == new, b"SHOP_IMAGE_TAG" in new[1]) == (True, True)
    (place / "far/off/more.txt").write_text("SHOP_IMAGE_TAG is set there\n")
    kept, new = kept_and_new("--select", "image/unset-variable")
    assert (kept == new, b"SHOP_IMAGE_TAG" in new[1]) == (True, False)
    (place / "far/off/more.txt").unlink()
    kept, new = kept_and_new("--select", "image/unset-variable")
    assert (kept == new, b"SHOP_IMAGE_TAG" in new[1]) == (True, True)
    (place / "far/off/notes.txt").write_text("SHOP_IMAGE_TAG is set there\n")
    kept, new = kept_and_new("--select", "image/unset-variable")
    assert (kept == new, b"SHOP_IMAGE_TAG" in new[1]) == (True, False)


@pytest.mark.parametrize("teller", ["README.md", ".github/workflows/test-7.yml", "u/make.sh"])
def test_a_file_that_speaks_of_a_missing_one_is_found_among_those_of_its_folder(
    teller: str, place: Path
) -> None:
    write_files(place, {"u/compose.yaml": "services: {a: {image: 'acme/u:1', env_file: lost.conf}}\n"})
    select = ("--select", "compose/missing-env-file")
    before = (place / teller).read_text() if (place / teller).exists() else None

    def is_missed() -> bool:
        kept, new = kept_and_new(*select)
        assert kept == new
        return b"lost.conf" in new[1]

    assert is_missed()
    (place / teller).write_text(f"{before or ''}# lost.conf is made by hand\n")
    assert not is_missed()
    (place / "s3/compose.yaml").write_text("services: {}\n")
    assert not is_missed()
    if before is None:
        (place / teller).unlink()
    else:
        (place / teller).write_text(before)
    assert is_missed()


def test_a_file_that_is_of_no_kind_changes_nothing(place: Path) -> None:
    kept_and_new()
    (place / "notes").write_text("new\n")
    kept, new = kept_and_new()
    assert kept == new


def test_what_was_just_written_is_kept_as_well(place: Path) -> None:
    """Nothing in the repository or in git's folder needs to have a certain age."""
    write_files(
        place,
        {".git/config": '[remote "origin"]\n\turl = https://github.com/acme/shop\n', "lading.yaml": "{}\n"},
    )
    kept_and_new()
    for path in (place / ".git/config", place / "lading.yaml"):
        os.utime(path, ns=(10**18, 10**18))
    (place / "README.md").write_text("other\n")
    from lading.session import Request, _base, open_session

    store, name = kept_for(place)
    session = open_session(Request(root=".", owner="acme", repo="shop"), is_kept=True)
    assert _base(session.repository, session.rules, session.selection()) == store.read(name)[0]


def test_what_has_changed_since_is_on_record_beside_what_has_not(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run after an edit writes that alone; where another file changes, goes or appears, the same is not told again."""
    monkeypatch.setattr("lading.record.GRAIN", 0)
    edited, other = place / "s3/compose.yaml", place / ".github/workflows/test-7.yml"
    assert [is_told_again(), is_told_again()] == [False, True]
    store, name = kept_for(place)
    record = store.read(name)[1]
    first = edited.read_text()
    edited.write_text(f"{first}# more\n")
    assert [is_told_again(), is_told_again()] == [False, True]
    assert store.read(name)[1] == record, "the parts stand as they were written"
    edited.write_text(first)
    assert [is_told_again(), is_told_again()] == [False, True], "as it was at first"
    edited.write_text(f"{first}    env_file: new.env\n")
    assert [is_told_again(), is_told_again()] == [False, True]
    (place / "s3/new.env").write_text("A=1\n")
    assert [is_told_again(), is_told_again()] == [False, True], "what was missing is there"
    other.write_text(f"{TESTS}# more\n")
    assert [is_told_again(), is_told_again()] == [False, True]
    (place / "s3/new.env").unlink()
    assert [is_told_again(), is_told_again()] == [False, True], "what was there is missing"
    other.unlink()
    assert [is_told_again(), is_told_again()] == [False, True]
    edited.rename(place / "s3/other")
    assert [is_told_again(), is_told_again()] == [False, True]
    kept, new = kept_and_new()
    assert kept == new


def test_a_session_of_edits_has_no_more_and_more_found_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lading.record.GRAIN", 0)
    kept_and_new()
    store, name = kept_for(place)
    stale, records = [], set()
    paths = [*sorted(place.glob(".github/workflows/*-1*.yml")), *sorted(place.glob("s1*/compose.yaml"))]
    for path in paths:
        path.write_text(f"# more\n{path.read_text()}")
        kept, new = kept_and_new("--format", "text")
        assert kept == new
        before = Before("", store.read(store.read(name)[1]))
        stale.append(len({number for each in before.changed for number in store.read(name)[4].get(each, ())}))
        records.add(store.read(name)[1])
    assert max(stale) <= 2
    assert 3 < len(records) < len(paths) / 2
    assert len([path for path in os.listdir(store.folder) if not path.endswith(".tmp")]) < 8


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_folder_that_becomes_a_link_is_another_one(place: Path) -> None:
    edited = place / "s3/compose.yaml"
    edited.write_text(f"{edited.read_text()}    env_file: own/new.env\n")
    write_files(place, {"s3/own/new.env": "A=1\n"})
    assert [is_told_again(), is_told_again()] == [False, True]
    edited.write_text(f"{edited.read_text()}# more\n")
    assert [is_told_again(), is_told_again()] == [False, True]
    (place / "s3/own").rename(place / "s3/hers")
    (place / "s3/own").symlink_to("hers", target_is_directory=True)
    assert [is_told_again(), is_told_again()] == [False, True]
    (place / "s3/hers").rename(place / "s3/his")
    assert not is_told_again(), "the link leads nowhere"
    (place / "s3/his").rename(place / "s3/hers")
    assert not is_told_again(), "and leads somewhere again"


def test_a_checkout_that_touches_every_file_changes_nothing(place: Path) -> None:
    paths = [path for path in place.rglob("*") if path.is_file()]
    assert len(paths) > MANY
    assert [is_told_again(), is_told_again()] == [False, True]
    for path in paths:
        os.utime(path)
    assert [is_told_again(), is_told_again()] == [True, True]
    (place / "s3/compose.yaml").write_text("services: {a: {image: x}}\n")
    kept, new = kept_and_new()
    assert kept == new


def test_without_the_record_everything_is_found_anew(place: Path) -> None:
    kept_and_new()
    store, name = kept_for(place)
    store.forget(store.read(name)[1])
    (place / "README.md").write_text("other\n")
    kept, new = kept_and_new()
    assert kept == new
    assert is_told_again()


def test_what_is_published_elsewhere_moves_along(place: Path) -> None:
    """A line more above a step that pushes: what is said beside Compose files leads to where the step is now."""
    path = place / ".github/workflows/publish-3.yml"
    path.write_text(path.read_text().replace("acme/s3:1", "acme/s3:1,ghcr.io/acme/s3:2"))
    (place / "s3/compose.yaml").write_text(COMPOSE % (3, 9))
    kept, new = kept_and_new()
    assert (kept == new, b"s3:9" in new[1] or b"publish-3.yml" in new[1]) == (True, True)
    path.write_text("# one\n# two\n" + path.read_text())
    kept, new = kept_and_new()
    assert kept == new


@pytest.mark.parametrize("cut", [0, 40, -1])
def test_kept_parts_that_are_broken_are_found_anew(cut: int, place: Path) -> None:
    kept_and_new()
    store, name = kept_for(place)
    entry = Path(store._path(name))
    data = bytearray(entry.read_bytes())
    data[cut] ^= 1
    entry.write_bytes(data)
    (place / "README.md").write_text("other\n")
    kept, new = kept_and_new()
    assert kept == new


def paths_noted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, at: int) -> list[str]:
    """The path of the finding that is an argument of a function, for each call from now on."""
    paths: list[str] = []
    call = getattr(owner, name)

    def noted(*arguments: Any) -> Any:
        paths.append(arguments[at].path)
        return call(*arguments)

    monkeypatch.setattr(owner, name, noted)
    return paths


def test_a_report_after_an_edit_lays_out_what_shows_lines_of_that_file(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lading.reports import text

    laid_out = paths_noted(monkeypatch, text, "block", 0)

    def tell_and_keep(*options: str) -> set[str]:
        laid_out.clear()
        _, keep = told(asked("--format", "text", *options))
        keep()
        return set(laid_out)

    kept_and_new()
    edited = ".github/workflows/publish-9.yml"
    (place / edited).write_text(f"# more\n{PUBLISHES % (9, 9)}")
    assert len(tell_and_keep()) > 20, "a report for programs keeps no blocks"
    (place / edited).write_text(f"# more\n# and more\n{PUBLISHES % (9, 9)}")
    assert tell_and_keep() == {"s9/compose.yaml"}, "which runs what is published there"
    assert tell_and_keep(".github/workflows/publish-8.yml") == set()
    assert len(tell_and_keep("--color", "always")) > 20, "another look"


def test_results_after_an_edit_are_written_anew_for_what_shows_lines_of_that_file(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lading.reports.sarif import Results

    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)  # all is written here
    written = paths_noted(monkeypatch, Results, "written", 1)
    edited = place / ".github/workflows/publish-9.yml"
    for more, count in (("", 20), ("# more\n", 0), ("# more\n# and more\n", 0)):
        edited.write_text(more + PUBLISHES % (9, 9))
        written.clear()
        found, keep = told(asked("--format", "sarif"))
        keep()
        if count:
            assert len(set(written)) > count
        else:
            assert set(written) == {"s9/compose.yaml"}, "which runs what is published there"
        assert found.plain == tell(**asked("--format", "sarif")).plain


def test_a_block_that_shows_a_line_of_an_edited_file_is_laid_out_anew(place: Path) -> None:
    """The finding is the same, in the same place; what it points at in another file has the same place as well."""
    path = place / ".github/workflows/called-7.yml"
    assert kept_and_new("--format", "text")[0] == kept_and_new("--format", "text")[1]
    path.write_text(path.read_text().replace("inputs: {y:", "inputs: {z:"))
    kept, new = kept_and_new("--format", "text")
    assert (kept == new, b"inputs: {z:" in new[1]) == (True, True)


def test_a_report_for_programs_between_two_for_people_leaves_no_old_lines(place: Path) -> None:
    path = place / ".github/workflows/publish-9.yml"
    kept_and_new("--format", "text")
    path.write_text(path.read_text().replace('s9:1"}', 's9:1"} # more'))
    for number in range(40):  # so that all is written again
        other = place / f".github/workflows/test-{number}.yml"
        other.write_text(f"{TESTS}# more\n")
    kept_and_new()
    kept, new = kept_and_new("--format", "text")
    assert (kept == new, b'"} # more' in new[1]) == (True, True)
