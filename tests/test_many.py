"""`lading check --repositories`: every repository below a folder in one run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lading.many import Ended, repositories_in, spread
from lading.problems import Problem
from tests.support import run_lading, write_files

CLEAN = "services:\n  db:\n    image: postgres:17\n"
BROKEN = "services: [\n"
GIT = "ref: refs/heads/main\n"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(
        tmp_path,
        {
            "clean/compose.yaml": CLEAN,
            "broken/compose.yaml": BROKEN,
            "group/one/.git/HEAD": GIT,
            "group/one/compose.yaml": BROKEN,
            "group/one/inner/.git/HEAD": GIT,
            "group/two/.git": "gitdir: nowhere\n",
            "group/two/lading.yaml": "rules: {yaml/syntax-error: off}\n",
            "group/two/compose.yaml": BROKEN,
            "node_modules/x/.git/HEAD": GIT,
        },
    )


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return run_lading("check", "--repositories", ".", *arguments, folder=folder)


def test_repositories_have_a_git_or_are_direct_sub_folders(folder: Path) -> None:
    assert repositories_in(str(folder)) == ("broken", "clean", "group/one", "group/two")
    with pytest.raises(Problem, match="there is no repository below it"):
        repositories_in(str(folder / "clean"))
    with pytest.raises(Problem, match="no such file or directory"):
        repositories_in(str(folder / "nowhere"))


def test_links_are_not_followed_when_repositories_are_looked_for(folder: Path) -> None:
    (folder / "link").symlink_to("clean")
    (folder / "clean/up").symlink_to("..")
    assert "link" not in repositories_in(str(folder))


def test_each_repository_has_its_heading_and_its_own_configuration(folder: Path) -> None:
    done = check(folder)
    lines = done.stdout.decode().splitlines()
    assert [line for line in lines if line.startswith("== ")] == [
        "== broken", "== clean", "== group/one", "== group/two",
    ]  # fmt: skip
    assert any("--> broken/compose.yaml:1:11" in line for line in lines)
    assert lines[-2:] == [
        "     2  error    yaml/syntax-error  in 2 repositories",
        "4 repositories, 4 files: 2 errors in 2 repositories",
    ]
    assert (done.returncode, done.stderr) == (1, b"")


def test_one_that_cannot_be_checked_stops_none_of_the_others(folder: Path) -> None:
    write_files(folder, {"clean/lading.yaml": "nonsense: 1\n"})
    done = check(folder, "--format", "json", "--output", "sarif=all.sarif")
    answer = json.loads(done.stdout)
    assert [each["repository"] for each in answer["repositories"]] == [
        "broken", "clean", "group/one", "group/two",
    ]  # fmt: skip
    assert "lading.yaml:1:1" in answer["repositories"][1]["problem"]
    assert (answer["summary"]["failed"], answer["summary"]["errors"], done.returncode) == (1, 2, 2)
    first, last = done.stderr.decode().splitlines()
    assert first.startswith("lading: clean: lading.yaml:1:1: ")
    assert last == "lading: 4 repositories, 3 files: 2 errors in 2 repositories; 1 could not be checked"
    runs = json.loads((folder / "all.sarif").read_text())["runs"]
    assert [run["automationDetails"]["id"] for run in runs] == [
        "lading/broken/", "lading/clean/", "lading/group/one/", "lading/group/two/",
    ]  # fmt: skip
    assert [run["invocations"][0]["executionSuccessful"] for run in runs] == [True, False, True, True]


def test_a_name_in_the_path_gives_each_its_own_report(folder: Path) -> None:
    write_files(folder / "group", {"deep/er/.git/HEAD": GIT, "deep/er/compose.yaml": BROKEN})
    done = check(folder / "group", "--output", "sarif=../{name}.sarif", "--format", "concise")
    assert sorted(path.name for path in folder.glob("*.sarif")) == [
        "deep__er.sarif", "one.sarif", "two.sarif",
    ]  # fmt: skip
    run = json.loads((folder / "one.sarif").read_text())["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == ["yaml/syntax-error"]
    assert [line.partition(" ")[0] for line in done.stdout.decode().splitlines()] == [
        "deep/er/compose.yaml:1:11:",
        "one/compose.yaml:1:11:",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("clean",), "leave out PATHS", id="paths"),
        pytest.param(("--root", "clean"), "leave out PATHS", id="a root"),
        pytest.param(("--repo", "shop"), "leave out PATHS", id="one name for all"),
        pytest.param(("--output", "sarif=no/{name}.sarif"), "there is no folder no", id="a folder that is not there"),
        pytest.param(("--output", "json=no/all.json"), "--output no/all.json: No such file", id="a report that cannot be written"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said(arguments: tuple[str, ...], words: str, folder: Path) -> None:
    done = check(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert words in done.stderr.decode()
    assert [name for name in os.listdir(folder) if name.endswith(".tmp")] == []


def test_two_repositories_never_share_a_report(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/b/.git/HEAD": GIT, "a__b/compose.yaml": CLEAN})
    done = check(tmp_path, "--output", "json={name}.json")
    assert (done.returncode, b"two repositories would have the same file" in done.stderr) == (2, True)


def test_what_ci_says_of_one_repository_is_not_taken_for_another(tmp_path: Path) -> None:
    workflow = (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    permissions: {packages: write}\n    steps:\n"
        "      - uses: docker/login-action@v4\n"
        "        with: {registry: ghcr.io, username: a, password: '${{ github.token }}'}\n"
        "      - run: docker push ghcr.io/acme/shop:1\n"
    )
    config = '[remote "origin"]\n\turl = https://github.com/acme/shop\n'
    files = {"shop/.git/config": config, "shop/.git/HEAD": GIT, "shop/.github/workflows/a.yml": workflow}
    write_files(tmp_path, files)
    environment = {"GITHUB_REPOSITORY": "other/other"}
    done = run_lading(
        "check", "--repositories", ".", "--format", "concise", folder=tmp_path, environment=environment
    )
    assert (done.stdout, done.returncode) == (b"", 0)


def test_a_name_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    name = "a\x1b]0;x\x07\nb"
    write_files(tmp_path, {f"{name}/compose.yaml": BROKEN, f"{name}/lading.yaml": "a: 1\n"})
    done = check(tmp_path)
    shown = (done.stdout + done.stderr).decode()
    assert all(sign.isprintable() or sign == "\n" for sign in shown)
    assert "== a\\u{1b}]0;x\\u{7} b" in shown.splitlines()


@LINUX
def test_answers_come_in_order_and_a_process_that_dies_is_one_answer() -> None:
    def work(number: int) -> object:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 5:
            raise ValueError
        time.sleep(0.05 if number == 0 else 0)
        return (number, "x" * 200_000)

    answers = list(spread(work, 8, 3))
    kept = [answer[0] if not isinstance(answer, Ended) else answer.how for answer in answers]
    assert kept == [0, 1, 2, "signal 9", 4, "exit code 1", 6, 7]


@LINUX
def test_no_process_is_left_where_the_answers_are_not_waited_for() -> None:
    def work(number: int) -> object:
        if number:
            time.sleep(60)
        return os.getpid()

    answers = spread(work, 3, 3)
    next(answers)
    started = time.monotonic()
    answers.close()
    assert time.monotonic() - started < 20
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@LINUX
def test_memory_stays_flat_in_the_number_of_repositories(tmp_path: Path) -> None:
    """The models of a repository go with its process: forty take no more than four."""
    text = CLEAN + "".join(
        f"  s{n}:\n    image: ghcr.io/acme/s{n}:1\n    environment: {{A: b}}\n" for n in range(300)
    )
    program = (
        "import resource, sys; from lading.cli.main import main; code = main(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    peaks = []
    for count in (4, 40):
        folder = tmp_path / str(count)
        write_files(folder, {f"r{n}/compose.yaml": text for n in range(count)})
        done = subprocess.run(
            [sys.executable, "-c", program, "check", "--repositories", str(folder)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks.append(int(done.stderr.split()[-1]))
    assert peaks[1] < peaks[0] * 1.25


@LINUX
def test_an_interrupt_ends_every_process(tmp_path: Path) -> None:
    text = "services:\n" + "".join(
        f"  s{n}: {{image: 'ghcr.io/acme/s{n}:1', depends_on: {{s{n + 1}: {{condition: service_healthy}}}}}}\n"
        for n in range(20_000)
    )
    write_files(tmp_path, {f"r{n}/compose.yaml": text for n in range(6)})
    process = subprocess.Popen(
        [sys.executable, "-m", "lading", "check", "--repositories", str(tmp_path), "--output", f"json={tmp_path}/all.json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not _children(process.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    children = _children(process.pid)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.decode()) == (130, "lading: interrupted\n")
    assert children
    assert [child for child in children if os.path.exists(f"/proc/{child}")] == []
    assert [name for name in os.listdir(tmp_path) if "json" in name] == [], "no half report is left"


def _children(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []


@LINUX
def test_progress_is_shown_on_a_terminal_and_taken_away(folder: Path) -> None:
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "lading", "check", "--repositories", ".", "--format", "concise"],
        cwd=folder, stdout=subprocess.PIPE, stderr=theirs, check=False,
    )  # fmt: skip
    os.close(theirs)
    told = b""
    try:
        while part := os.read(ours, 100_000):
            told += part
    except OSError:  # the end of a terminal that nobody writes to
        os.close(ours)
    shown = told.decode()
    assert "\r\x1b[K4/4 group/two" in shown
    assert shown.rpartition("\x1b[K")[2].strip() == (
        "lading: 4 repositories, 4 files: 2 errors in 2 repositories"
    )
    assert (done.returncode, b"\x1b" in done.stdout) == (1, False)
