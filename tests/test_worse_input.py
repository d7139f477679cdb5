"""What a disk, a terminal or another process may do to a run, and texts that are large or odd in other ways."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lading.events import reference_parser
from lading.files import MAX_SIZE, Files, Unreadable
from lading.parse import Reader
from lading.source import Source
from lading.tree import Mapping, Scalar
from tests.support import found, outcome_of, run_lading, write_files

POSIX = pytest.mark.skipif(os.name != "posix", reason="devices, pipes and signals of POSIX")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc and forked processes")
CLEAN = "services:\n  db:\n    image: postgres:17\n"
BROKEN = "services: [\n"
WAITS = "services:\n  api:\n    image: acme/shop:1.0\n    depends_on:\n      db: {condition: service_healthy}\n  db: {image: 'postgres:17'}\n"
WORKFLOW = ".github/workflows/ci.yml"


# --- texts ---


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(WAITS.replace("\n", "\r").encode(), [("compose.yaml", 5)], id="CR only"),
        pytest.param(WAITS.replace("\n", "\r\n").encode(), [("compose.yaml", 5)], id="CRLF"),
        pytest.param(WAITS.encode("utf-16"), [("compose.yaml", 5)], id="UTF-16 with a mark"),
        pytest.param(WAITS.encode("utf-16-be"), [("compose.yaml", 5)], id="UTF-16 without a mark"),
        pytest.param(WAITS.encode("utf-32"), [("compose.yaml", 5)], id="UTF-32"),
        pytest.param(("\ufeff" + WAITS).encode(), [("compose.yaml", 5)], id="a mark of UTF-8"),
        pytest.param(f"x-a: 'a\u0085b\u2028c\u2029d'\n{WAITS}".encode(), [("compose.yaml", 6)], id="NEL, LS and PS in a text"),
    ],
)  # fmt: skip
def test_a_finding_has_its_line_however_lines_and_letters_are_written(
    data: bytes, expected: list[tuple[str, int]], tmp_path: Path
) -> None:
    (tmp_path / "compose.yaml").write_bytes(data)
    outcome = outcome_of(tmp_path)
    places = [(path, line) for rule, path, line, _ in found(outcome) if rule == "health/wait-without-healthcheck"]  # fmt: skip
    assert places == expected


def test_nel_ls_and_ps_end_a_comment_as_they_do_for_compose(tmp_path: Path) -> None:
    """go-yaml takes them for line ends, as YAML 1.1 has it: what follows is no comment any more."""
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": f"# a\u2028b\n{CLEAN}"}))
    assert [rule for rule, *_ in found(outcome)] == ["yaml/syntax-error"]


@pytest.mark.parametrize(
    ("character", "name"), [("\x01", "U+0001"), ("\x0b", "U+000B"), ("\x7f", "U+007F"), ("\ufffe", "U+FFFE")]
)
def test_a_character_that_yaml_refuses_is_shown_where_it_stands(character: str, name: str) -> None:
    """libyaml counts bytes before it, not letters."""
    text = f"a: ÿÿÿÿ😀\nb: x{character}y\n"
    (trouble,) = Reader().read(Source("a.yaml", text)).troubles
    assert (trouble.message, trouble.span.text) == (f"{name} is not allowed in YAML", character)


def test_half_a_surrogate_pair_is_a_syntax_error() -> None:
    (trouble,) = Reader().read(Source("a.yaml", "a: \ud800\n")).troubles
    assert (trouble.kind, trouble.span.text) == ("syntax-error", "\ud800")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"\ud83d\ude00", "😀"),
        (r"\ud800", None),
        (r"\ude00\ud83d", None),
        (r"\u00e9", "é"),
        (r"\U0001F600", "😀"),
    ],
)
def test_escapes_of_surrogates_are_pairs_or_wrong(written: str, expected: str | None, tmp_path: Path) -> None:
    for parser in (None, reference_parser()):
        tree = Reader(parser).read(Source("a.yaml", f'a: "{written}"\n'))
        root = tree.root
        value = root.get("a") if isinstance(root, Mapping) else None
        assert (value.text if isinstance(value, Scalar) else None) == expected
        assert [trouble.kind for trouble in tree.troubles] == ([] if expected else ["syntax-error"])
    name = f'{{image: "a{written}:1", volumes: ["{written}"], container_name: "{written}"}}'
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": f"services:\n  a: {name}\n"}), strict=True)
    assert ("yaml/syntax-error" in {rule for rule, *_ in found(outcome)}) is (expected is None)


LINES = 1_000_000


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"compose.yaml": "services:\n" + "\n" * LINES + "  db: {image: 'postgres:17'}\n"}, id="empty lines"),
        pytest.param({"compose.yaml": CLEAN + "# x\n" * LINES}, id="comments"),
        pytest.param({"compose.yaml": CLEAN + "x-a:\n" + "- a\n" * (LINES // 2)}, id="items"),
        pytest.param({"compose.yaml": CLEAN + "x-a: |\n" + "  a\n" * LINES}, id="a text"),
        pytest.param({"compose.yaml": CLEAN + "---\n" * (LINES // 10)}, id="documents"),
        pytest.param({WORKFLOW: "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n" + "          make\n" * (LINES // 2)}, id="a script"),
        pytest.param({"compose.yaml": "services: {a: {build: .}}\n", "Dockerfile": "FROM alpine\n" + "# x\n" * LINES}, id="comments of a Dockerfile"),
        pytest.param({"compose.yaml": "services: {a: {image: 'b:$A'}}\n", ".env": "A=1\n" * (LINES // 5)}, id="variables"),
    ],
)  # fmt: skip
def test_a_million_lines_are_read(files: dict[str, str], tmp_path: Path) -> None:
    write_files(tmp_path, files)
    started = time.process_time()
    outcome_of(tmp_path, strict=True)
    assert time.process_time() - started < 20, "one to three seconds"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yaml", "- " * 20_000),
        ("compose.yaml", "{a: " * 20_000),
        ("compose.yaml", "\n".join(" " * n + "a:" for n in range(2_000))),
        ("compose.yaml", "a: " + "!x " * 20_000),
        ("compose.yaml", f"services: {{a: {{image: '{'${U:-' * 20_000}'}}}}\n"),
        (WORKFLOW, f"on: push\njobs: {{a: {{runs-on: x, if: \"{'(' * 20_000}\", steps: [run: x]}}}}\n"),
        (WORKFLOW, f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: docker push {'$(' * 20_000}\n"),
        (WORKFLOW, f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: docker push a; {'if x; then ' * 20_000}\n"),
        (WORKFLOW, f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{{{ {'fromJSON(' * 20_000} }}}}\n"),
        ("lading.yaml", "rules: " + "[" * 20_000),
    ],
)  # fmt: skip
def test_a_depth_of_20000_is_survived(path: str, text: str, tmp_path: Path) -> None:
    write_files(tmp_path, {path: text})
    started = time.monotonic()
    done = run_lading("check", folder=tmp_path)
    assert (done.returncode in (0, 1, 2), b"internal error" in done.stderr) == (True, False)
    assert time.monotonic() - started < 60


def test_what_is_too_large_is_said_of_every_kind_of_file(tmp_path: Path) -> None:
    for path in (
        "compose.yaml",
        WORKFLOW,
        "action.yml",
        "Dockerfile",
        ".env",
        "docker-bake.hcl",
        ".gitignore",
    ):
        write_files(tmp_path, {path: "services: {a: {build: .}}\n"})
        with open(tmp_path / path, "r+b") as file:
            file.truncate(100_000_000)
    started = time.process_time()
    outcome = outcome_of(tmp_path)
    unreadable = [path for rule, path, _, _ in found(outcome) if rule == "yaml/unreadable-file"]
    assert unreadable == [WORKFLOW, "action.yml", "compose.yaml"]
    assert time.process_time() - started < 5


# --- disks ---


@POSIX
def test_a_file_that_vanishes_or_grows_between_two_looks_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, {"a/compose.yaml": CLEAN, "b/compose.yaml": CLEAN, "c/compose.yaml": CLEAN})
    whole = os.open

    def disturbed(path: str, flags: int, *rest: int) -> int:
        if path.endswith("a/compose.yaml"):
            os.unlink(path)
        elif path.endswith("b/compose.yaml"):
            os.truncate(path, MAX_SIZE + 1)
        elif path.endswith("c/compose.yaml"):
            os.unlink(path)
            os.mkfifo(path)
        return whole(path, flags, *rest)

    monkeypatch.setattr(os, "open", disturbed)
    outcome = outcome_of(tmp_path)
    messages = {finding.path: finding.message for finding in outcome.findings}
    assert [messages[f"{name}/compose.yaml"].rpartition(": ")[2] for name in "abc"] == [
        "there is no such file",
        "it is larger than 16 MiB",
        "it is no regular file",
    ]


def test_files_that_change_all_the_time_end_no_run(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(20)]
    write_files(tmp_path, {f"{folder.name}/compose.yaml": WAITS for folder in folders})
    is_over = threading.Event()

    def change() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            path = folders[number % 20] / "compose.yaml"
            if number % 3 == 0:
                path.unlink(missing_ok=True)
            else:
                path.write_text((WAITS, BROKEN)[number % 2] * (number % 5))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(5):
            done = run_lading("check", "--format", "json", folder=tmp_path)
            assert (done.returncode in (0, 1), done.stderr) == (True, b"")
            json.loads(done.stdout)
    finally:
        is_over.set()
        thread.join()


@POSIX
def test_permission_that_is_denied_is_said_and_the_rest_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system would do it to anybody but root."""
    write_files(tmp_path, {"a/compose.yaml": CLEAN, "b/compose.yaml": BROKEN, "c/compose.yaml": CLEAN})
    whole, listed = os.open, os.scandir

    def refused(path: str, flags: int, *rest: int) -> int:
        if path.endswith("a/compose.yaml"):
            raise PermissionError(13, "Permission denied", path)
        return whole(path, flags, *rest)

    def unlisted(path: str) -> object:
        if path.endswith("/c"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "open", refused)
    monkeypatch.setattr(os, "scandir", unlisted)
    outcome = outcome_of(tmp_path)
    assert [(f.path, f.rule) for f in outcome.findings] == [
        ("a/compose.yaml", "yaml/unreadable-file"),
        ("b/compose.yaml", "yaml/syntax-error"),
    ]
    assert outcome.findings[0].message.endswith("permission is denied")


@POSIX
def test_devices_and_pipes_anywhere_in_the_tree_are_not_opened(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": "services: {a: {build: {context: b, dockerfile: pipe}, env_file: [pipe, zero]}}\n", "b/x": ""})  # fmt: skip
    for path in (
        "b/pipe",
        "pipe",
        "Makefile",
        "Dockerfile",
        ".env",
        ".gitignore",
        "action.yml",
        "docker-bake.hcl",
        "README.md",
    ):
        os.mkfifo(tmp_path / path)
    for path in ("zero", "compose.override.yaml", "package.json"):
        (tmp_path / path).symlink_to("/dev/zero")
    started = time.monotonic()
    done = run_lading("check", "--strict", folder=tmp_path)
    assert (done.returncode in (0, 1), done.stderr) == (True, b"")
    assert time.monotonic() - started < 60


@POSIX
def test_folders_that_lead_in_a_circle_are_walked_once(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/b/c/compose.yaml": BROKEN})
    (tmp_path / "a/b/c/up").symlink_to(tmp_path / "a")
    (tmp_path / "a/one").symlink_to("two")
    (tmp_path / "a/two").symlink_to("one")
    (tmp_path / "compose.yaml").symlink_to("a/one/compose.yaml")
    assert {path for _, path, _, _ in found(outcome_of(tmp_path))} == {"a/b/c/compose.yaml", "compose.yaml"}


# --- outputs ---


@LINUX
@pytest.mark.parametrize("format", ["json", "sarif"])
def test_a_full_disk_leaves_the_old_report(format: str, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    write_files(tmp_path, {"compose.yaml": BROKEN, "out": "the old one"})
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)); from lading.cli.main import main;"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--output", f"{format}=out"],
        cwd=tmp_path, capture_output=True, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, b"lading: --output out: File too large\n")
    assert ((tmp_path / "out").read_text(), sorted(os.listdir(tmp_path))) == (
        "the old one",
        ["compose.yaml", "out"],
    )


@LINUX
def test_a_full_standard_output_is_one_clear_line(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": BROKEN})
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "lading", "check"],
            cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, b"lading: the output cannot be written: No space left on device\n")  # fmt: skip


@pytest.mark.parametrize("output", ["json=no/such/out", "sarif=compose.yaml/out"])
def test_an_output_whose_folder_is_missing_is_said(output: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": CLEAN})
    done = run_lading("check", "--output", output, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"lading: --output {output.partition('=')[2]}: ".encode())


@POSIX
def test_a_home_that_cannot_be_written_or_is_not_there_does_not_matter(tmp_path: Path) -> None:
    write_files(tmp_path, {"shop/compose.yaml": CLEAN})
    for home in ("/proc", "/dev/null", str(tmp_path / "nowhere"), ""):
        environment = {"HOME": home, "XDG_CACHE_HOME": home, "XDG_CONFIG_HOME": home, "TMPDIR": home}
        done = run_lading("check", folder=tmp_path / "shop", environment=environment)
        assert (done.returncode, done.stderr) == (0, b""), home


@POSIX
@pytest.mark.parametrize("format", ["text", "concise", "json", "sarif"])
def test_a_reader_that_goes_away_ends_the_run_quietly(format: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": BROKEN})
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "lading", "check", "--format", format],
        cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(writing)
    os.close(reading)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (2, b"")


# --- interrupts ---


@LINUX
def test_an_interrupt_leaves_no_process_of_a_large_repository_behind(tmp_path: Path) -> None:
    steps = "".join(
        f"      - run: docker push ghcr.io/acme/shop{n}:${{{{ github.ref_name }}}}\n" for n in range(40)
    )
    text = f"on: [push, pull_request, schedule]\njobs:\n  a:\n    runs-on: x\n    strategy: {{matrix: {{a: [1, 2, 3, 4, 5, 6, 7, 8]}}}}\n    steps:\n{steps}"
    write_files(tmp_path, {f".github/workflows/w{n}.yml": text for n in range(300)})
    program = "import os; os.sched_getaffinity = lambda _: {0, 1, 2}; from lading.cli.main import program; program()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "check", "--format", "concise"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    children: list[str] = []
    deadline = time.monotonic() + 60
    while len(children) < 2 and process.poll() is None and time.monotonic() < deadline:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors, len(children)) == (130, b"lading: interrupted\n", 2)
    assert [child for child in children if os.path.exists(f"/proc/{child}")] == []


def test_a_size_is_asked_before_a_file_is_opened(tmp_path: Path) -> None:
    with open(tmp_path / "large", "wb") as file:
        file.truncate(MAX_SIZE + 1)
    with pytest.raises(Unreadable, match="larger than 16 MiB"):
        Files(str(tmp_path)).read("large")
