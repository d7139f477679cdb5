"""`--fix`, `--unsafe-fixes` and `--diff` as users meet them, and files that come out as they went in."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from lading.findings import Edit, Finding, Fix
from lading.fixes import Draft
from lading.mend import mend, write_changes
from lading.problems import Problem
from lading.session import Request
from lading.source import Source, Span
from tests.support import run_lading, write_files

COMPOSE = "# shop\nversion: '3'\n\nservices:\n  git:  # of acme\n    image: ghcr.io/acme/git:1.4\n    ports:\n      - 22:22\n      - '80:80'\n"
MENDED = "# shop\n\nservices:\n  git:  # of acme\n    image: ghcr.io/acme/git:1.4\n    ports:\n      - '22:22'\n      - '80:80'\n"
WAITS = (
    "services:\n  api:\n    image: ghcr.io/acme/api:1.4\n    depends_on:\n      - db\n"
    "  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD, pg_isready]\n      retries: 2.5\n"
)


def request(folder: Path, *paths: str, **options: str) -> Request:
    return Request(paths, root=str(folder), owner="acme", repo="shop", environment={}, working_folder=str(folder), **options)  # type: ignore[arg-type]  # fmt: skip


def fixed(folder: Path, *, unsafe: bool = False) -> None:
    write_changes(mend(request(folder), unsafe=unsafe))


def test_fix_mends_says_so_and_reports_the_rest(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": COMPOSE})
    done = run_lading("check", "--fix", "--root", ".", folder=tmp_path)
    assert (tmp_path / "compose.yaml").read_text() == MENDED
    assert done.stderr.decode().splitlines() == [
        "lading: compose.yaml:2: compose/obsolete-version: remove `version`",
        "lading: compose.yaml:8: compose/port-in-base-60: write `'22:22'`",
        "lading: fixed 2 of 2",
    ]
    assert (done.stdout.decode(), done.returncode) == ("no findings in 1 file: 1 compose project\n", 0)


def test_what_somebody_should_look_at_needs_a_word_more(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    done = run_lading("check", "--fix", "--root", ".", "--format", "concise", folder=tmp_path)
    assert done.stderr.decode().splitlines()[-1] == "lading: fixed 1 of 2; 1 needs --unsafe-fixes"
    assert [line.partition(" ")[0] for line in done.stdout.decode().splitlines()] == ["compose.yaml:5:9:"]
    done = run_lading("check", "--fix", "--unsafe-fixes", "--root", ".", folder=tmp_path)
    assert done.stderr.decode().splitlines()[-1] == "lading: fixed 1 of 1"
    assert "      db:\n        condition: service_healthy\n" in (tmp_path / "compose.yaml").read_text()


def test_a_diff_is_data_writes_nothing_and_decides_the_exit_code(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": COMPOSE})
    done = run_lading("check", "--diff", "--root", ".", folder=tmp_path)
    assert done.stdout.decode().splitlines()[:3] == [
        "--- a/compose.yaml",
        "+++ b/compose.yaml",
        "@@ -1,9 +1,8 @@",
    ]
    assert (done.stderr.decode(), done.returncode) == ("lading: would fix 2 of 2\n", 1)
    assert (tmp_path / "compose.yaml").read_text() == COMPOSE
    write_files(tmp_path, {"compose.yaml": MENDED})
    done = run_lading("check", "--diff", "--root", ".", folder=tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


def test_a_diff_says_where_no_line_end_is(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": COMPOSE.rstrip().replace("'80:80'", "44:44")})
    done = run_lading("check", "--diff", "--root", ".", folder=tmp_path)
    told = done.stdout.decode()
    assert told.count("\n\\ No newline at end of file\n") == 2
    assert told.endswith("+      - '44:44'\n\\ No newline at end of file\n")


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not have")
@pytest.mark.parametrize(
    "folder", ["a b", 'a"b', "a\\b", "a\tb", "a\nb", "a\u00a0b", "fé", "fé\x7f", "a\udcff"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_git_applies_a_diff_whatever_the_name_and_the_encoding(
    encoding: str, folder: str, tmp_path: Path
) -> None:
    path = tmp_path / folder / "compose.yaml"
    path.parent.mkdir()
    path.write_bytes("services: {a: {image: 'x:1', ports: [22:22]}}\n".encode(encoding))
    done = run_lading("check", "--diff", "--root", ".", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    git = ["git", "-c", "core.autocrlf=false", "apply", "-"]
    subprocess.run(git, cwd=tmp_path, input=done.stdout, check=True)
    assert path.read_bytes() == "services: {a: {image: 'x:1', ports: ['22:22']}}\n".encode(encoding)


def test_unsafe_fixes_alone_are_a_mistake(tmp_path: Path) -> None:
    done = run_lading("check", "--unsafe-fixes", "--root", ".", folder=tmp_path)
    assert (done.returncode, done.stderr.decode()) == (2, "lading: --unsafe-fixes needs --fix or --diff\n")


@pytest.mark.parametrize(("text", "expected"), [(COMPOSE, MENDED), (MENDED, MENDED)])
def test_a_text_from_standard_input_comes_out_mended(text: str, expected: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": "services: {}\n"})
    arguments = ("check", "--fix", "--stdin-filename", "compose.yaml", "-")
    done = run_lading(*arguments, folder=tmp_path, stdin=text.encode())
    assert (done.stdout.decode(), done.returncode) == (expected, 0)
    assert done.stderr.decode().endswith("no findings in 1 file: 1 compose project\n")
    assert (tmp_path / "compose.yaml").read_text() == "services: {}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encoding_mark_and_line_ends_are_kept(encoding: str, line_end: str, tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_bytes(COMPOSE.replace("acme\n", "äcme 🚀\n").replace("\n", line_end).encode(encoding))
    fixed(tmp_path)
    assert path.read_bytes() == MENDED.replace("acme\n", "äcme 🚀\n").replace("\n", line_end).encode(encoding)


@pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
def test_mode_and_links_are_kept(tmp_path: Path) -> None:
    write_files(tmp_path, {"real.yml": COMPOSE})
    (tmp_path / "real.yml").chmod(0o640)
    (tmp_path / "compose.yaml").symlink_to("real.yml")
    fixed(tmp_path)
    assert (tmp_path / "compose.yaml").is_symlink()
    assert (tmp_path / "real.yml").read_text() == MENDED
    assert stat.S_IMODE((tmp_path / "real.yml").stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compose.yaml", "real.yml"]


def test_two_names_of_one_file_are_mended_once(tmp_path: Path) -> None:
    write_files(tmp_path, {"deploy/compose.yaml": COMPOSE})
    (tmp_path / "compose.yaml").symlink_to("deploy/compose.yaml")
    mended = mend(request(tmp_path), unsafe=False)
    assert (list(mended.changes), mended.is_stable) == (["deploy/compose.yaml"], True)
    assert [f for f in mended.outcome.findings if f.fix is not None] == []
    write_changes(mended)
    assert (tmp_path / "compose.yaml").read_text() == MENDED


def test_a_file_that_has_changed_meanwhile_stays(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": COMPOSE, "deploy/compose.yaml": COMPOSE})
    mended = mend(request(tmp_path), unsafe=False)
    write_files(tmp_path, {"compose.yaml": COMPOSE + "# mine\n"})
    with pytest.raises(
        Problem, match=r"compose\.yaml has changed while it was checked, and was left as it is"
    ):
        write_changes(mended)
    assert (tmp_path / "compose.yaml").read_text() == COMPOSE + "# mine\n"
    assert (tmp_path / "deploy/compose.yaml").read_text() == MENDED
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compose.yaml", "deploy"]


def test_a_file_that_has_become_a_link_to_elsewhere_stays(tmp_path: Path) -> None:
    outside = write_files(tmp_path / "outside", {"compose.yaml": COMPOSE}) / "compose.yaml"
    root = write_files(tmp_path / "shop", {"compose.yaml": COMPOSE})
    mended = mend(request(root), unsafe=False)
    (root / "compose.yaml").unlink()
    (root / "compose.yaml").symlink_to(outside)
    with pytest.raises(Problem, match="is another file by now"):
        write_changes(mended)
    assert outside.read_text() == COMPOSE


def test_what_is_ignored_or_out_of_focus_is_not_mended(tmp_path: Path) -> None:
    ignored = COMPOSE.replace("22:22", "22:22  # lading: ignore[compose/port-in-base-60] known")
    write_files(tmp_path, {"compose.yaml": ignored, "deploy/compose.yaml": COMPOSE})
    mended = mend(request(tmp_path, "compose.yaml"), unsafe=False)
    write_changes(mended)
    assert (tmp_path / "compose.yaml").read_text() == ignored.replace("version: '3'\n", "")
    assert (tmp_path / "deploy/compose.yaml").read_text() == COMPOSE


def test_mending_twice_changes_nothing_more(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    fixed(tmp_path, unsafe=True)
    again = mend(request(tmp_path), unsafe=True)
    assert (again.changes, again.fixed) == ({}, ())


def test_the_text_report_marks_what_can_be_mended(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": WAITS})
    lines = run_lading("check", "--root", ".", folder=tmp_path).stdout.decode().splitlines()
    heads = [line.partition(": ")[2][:3] for line in lines if line.startswith(("warning[", "note["))]
    assert heads == ["`ap", "[*]"]
    assert lines[-1].endswith("; --fix mends 1 ([*]), with --unsafe-fixes 1 more")


def test_json_tells_the_edits(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": COMPOSE})
    done = run_lading("check", "--root", ".", "--format", "json", folder=tmp_path)
    findings = {each["rule"]: each["fix"] for each in json.loads(done.stdout)["findings"]}
    assert findings["compose/port-in-base-60"] == {
        "message": "write `'22:22'`",
        "safe": True,
        "edits": [
            {"path": "compose.yaml", "line": 8, "column": 9, "endLine": 8, "endColumn": 14, "text": "'22:22'"}
        ],
    }


# --- fixes that do not go together ---


def finding(source: Source, *edits: tuple[int, int, str]) -> Finding:
    fix = Fix("mend", [Edit(Span(source, start, end), text) for start, end, text in edits], is_safe=True)
    return Finding("acme/rule", "error", "wrong", Span(source, 0, 1), (), "", "", fix)


def test_of_two_fixes_at_one_place_the_first_is_taken_and_the_other_whole_put_off() -> None:
    source = Source("compose.yaml", "a: 1\nb: 2\nc: 3\n")
    draft = Draft(lambda path: path)
    verdicts = [
        draft.take(finding(source, (3, 4, "x"))),
        draft.take(finding(source, (8, 9, "y"), (3, 4, "z"))),
        draft.take(finding(source, (4, 4, "z"))),
        draft.take(finding(source, (3, 4, "x"))),
        draft.take(finding(source, (13, 14, "w"))),
    ]
    assert verdicts == [None, "overlap", "overlap", None, None]
    assert draft.texts() == {"compose.yaml": "a: x\nb: 2\nc: w\n"}


@pytest.mark.parametrize("text", ["a: [", "b: 1\na: 2", "1\n---\nb"])
def test_a_fix_after_which_the_file_cannot_be_read_is_dropped(text: str) -> None:
    source = Source("compose.yaml", "a: 1\nb: 2\n")
    draft = Draft(lambda path: path)
    assert draft.take(finding(source, (0, 4, text))) == "unreadable"
    assert draft.texts() == {}


def test_many_fixes_are_told_apart_as_one_by_one() -> None:
    source = Source("compose.yaml", "".join(f"k{n}: {n}\n" for n in range(10, 90)))
    width = len("k10: 10\n")
    fixes = [
        finding(source, (n * width + 5, n * width + 7, "[" if n in (3, 4, 50) else f"'{n}'"))
        for n in range(80)
    ]
    fixes.insert(20, finding(source, (19 * width + 5, 19 * width + 6, "x")))
    one_by_one, at_once = Draft(lambda path: path), Draft(lambda path: path)
    verdicts = [one_by_one.take(each) for each in fixes]
    assert at_once.take_all(fixes) == verdicts
    assert [verdicts.count(each) for each in (None, "overlap", "unreadable")] == [77, 1, 3]
    assert at_once.texts() == one_by_one.texts()
    assert at_once.take_all([]) == []
