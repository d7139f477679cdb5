"""What whoever controls the linted repository cannot do; docs/threat-model.md names these tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from unicodedata import category

import pytest

from lading.identity import Identity, identify
from lading.models.template import Template
from lading.session import Request, open_session
from tests.support import found, outcome_of, run_lading, write_files

POSIX = pytest.mark.skipif(os.name != "posix", reason="pipes and links of POSIX")
WAITS = """\
services:
  api:
    image: ghcr.io/acme/shop:1.0
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17
"""
HOSTILE_GIT = """\
[remote "origin"]
	url = gh:acme/shop
[url "https://github.com/"]
	insteadOf = gh:
[core]
	fsmonitor = touch {ran}
	hooksPath = hooks
	pager = touch {ran}
	sshCommand = touch {ran}
	askPass = touch {ran}
	editor = touch {ran}
	gitProxy = touch {ran}
	alternateRefsCommand = touch {ran}
[pager]
	remote = touch {ran}
[alias]
	remote = !touch {ran}
[diff]
	external = touch {ran}
[credential]
	helper = !touch {ran}
[protocol "ext"]
	allow = always
[remote "other"]
	url = ext::touch {ran}
	promisor = true
	uploadpack = touch {ran}
[extensions]
	partialClone = other
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    subprocess.run(["git", "init", "-q", str(folder)], env=environment, check=True, capture_output=True)
    return folder


def identity_of(folder: Path, **environment: str) -> Identity | None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT")}
    return identify(str(folder), environment={**kept, **environment})


@POSIX
def test_git_runs_nothing_that_the_configuration_names(repository: Path, tmp_path: Path) -> None:
    with open(repository / ".git/config", "a") as file:
        file.write(HOSTILE_GIT.format(ran=tmp_path / "ran"))
    hooks = repository / "hooks"
    for name in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        write_files(hooks, {name: f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n"})
        (hooks / name).chmod(0o755)
    assert identity_of(repository) == Identity("github.com", "acme", "shop", "git remote `origin`")
    for command in (("check",), ("manifest",), ("explain", "compose.yaml")):
        write_files(repository, {"compose.yaml": WAITS})
        run_lading(*command, folder=repository)
    assert not (tmp_path / "ran").exists()


@POSIX
def test_git_that_waits_for_a_pipe_is_not_waited_for(repository: Path) -> None:
    os.mkfifo(repository / ".git/pipe")
    with open(repository / ".git/config", "a") as file:
        file.write('[remote "origin"]\n\turl = https://github.com/acme/shop\n[include]\n\tpath = pipe\n')
    started = time.monotonic()
    assert identity_of(repository) == Identity("github.com", "acme", "shop", "git remote `origin`")
    assert time.monotonic() - started < 30


@POSIX
def test_a_program_of_the_repository_is_not_taken_for_git(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(repository / ".git/config", "a") as file:
        file.write(HOSTILE_GIT.format(ran=tmp_path / "ran"))
    write_files(repository, {"git": f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n"})
    (repository / "git").chmod(0o755)
    monkeypatch.chdir(repository)
    found = identity_of(repository, PATH=os.pathsep.join((".", "", os.environ["PATH"])))
    assert found == Identity("github.com", "acme", "shop", "git remote `origin`")
    assert not (tmp_path / "ran").exists()


@POSIX
@pytest.mark.parametrize("path", [".git", ".git/config", ".git/commondir", ".git/info/exclude", ".gitignore"])
@pytest.mark.parametrize("kind", ["a pipe", "an endless device", "a loop", "a folder"])
def test_what_stands_in_place_of_a_file_of_git_holds_nothing_up(path: str, kind: str, tmp_path: Path) -> None:
    target = tmp_path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == "a pipe":
        os.mkfifo(target)
    elif kind == "a folder":
        target.mkdir()
    else:
        target.symlink_to("/dev/zero" if kind == "an endless device" else target)
    write_files(tmp_path, {"compose.yaml": WAITS})
    done = run_lading("check", "--format", "concise", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")


@POSIX
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("a pipe", "it is no regular file"),
        ("an endless device", "it lies outside of the repository"),
        ("a file elsewhere", "it lies outside of the repository"),
        ("a folder elsewhere", "it lies outside of the repository"),
    ],
)
def test_a_card_is_a_regular_file_of_the_repository(kind: str, words: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"secret.yaml": "token: abc\n", "shop/lading.yaml": "cards: [cards]\n"})
    card = tmp_path / "shop/cards/house/one.yaml"
    if kind == "a folder elsewhere":
        write_files(tmp_path, {"other/house/one.yaml": "secret\n"})
        (tmp_path / "shop/cards").symlink_to(tmp_path / "other")
    elif kind == "a pipe":
        card.parent.mkdir(parents=True)
        os.mkfifo(card)
    else:
        card.parent.mkdir(parents=True)
        card.symlink_to("/dev/zero" if kind == "an endless device" else tmp_path / "secret.yaml")
    done = run_lading("check", "--root", ".", folder=tmp_path / "shop")
    assert done.stderr.decode() == f"lading: {card}: cannot read the card: {words}\n"
    assert done.returncode == 2


def test_a_folder_of_cards_that_no_folder_is_named_like_is_one_line(tmp_path: Path) -> None:
    write_files(tmp_path, {"lading.yaml": 'cards: ["\\0"]\n'})
    done = run_lading("check", "--root", ".", folder=tmp_path)
    assert (done.returncode, done.stderr.decode().count("\n")) == (2, 1)
    with pytest.raises(ValueError, match="embedded null") as as_python_says:
        os.scandir("\0")
    assert f"cannot read the folder of cards: {as_python_says.value}\n" in done.stderr.decode()


@POSIX
@pytest.mark.parametrize("kind", ["a pipe", "an endless device", "a file elsewhere"])
@pytest.mark.parametrize("command", [("check",), ("baseline", "--force")])
def test_a_baseline_is_a_regular_file_of_the_repository(
    command: tuple[str, ...], kind: str, tmp_path: Path
) -> None:
    write_files(tmp_path, {"secret.json": "[]\n", "shop/lading.yaml": "baseline: lading-baseline.json\n"})
    baseline = tmp_path / "shop/lading-baseline.json"
    if kind == "a pipe":
        os.mkfifo(baseline)
    else:
        baseline.symlink_to("/dev/zero" if kind == "an endless device" else tmp_path / "secret.json")
    done = run_lading(*command, "--root", ".", folder=tmp_path / "shop")
    words = "lading: lading-baseline.json: this is no regular file in the repository\n"
    assert (done.returncode, done.stderr.decode()) == (2, words)
    assert (tmp_path / "secret.json").read_text() == "[]\n"


@POSIX
@pytest.mark.parametrize("path", [".pre-commit-config.yaml", ".git/refs/remotes/origin/HEAD", ".git/HEAD"])
def test_a_start_waits_for_no_pipe(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / path)
    done = run_lading("init", "--dry-run", "--package", "lading", "--root", ".", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_git_file_may_point_elsewhere_and_only_the_remote_is_read_there(
    repository: Path, tmp_path: Path
) -> None:
    with open(repository / ".git/config", "a") as file:
        file.write('[remote "origin"]\n\turl = https://github.com/acme/shop\n')
    inner = tmp_path / "inner"
    write_files(inner, {".git": f"gitdir: {repository}/.git\n", "compose.yaml": WAITS})
    write_files(repository, {"compose.yaml": "services: [\n", "lading.yaml": "nonsense: 1\n"})
    session = open_session(Request(root=str(inner), environment={}))
    assert session.repository.inventory.compose == ("compose.yaml",)
    assert session.repository.identity == Identity("github.com", "acme", "shop", "git remote `origin`")


# --- nothing is run, imported or fetched, and nothing outside is read ---

WATCHED = """\
import os, sys
events = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        events.append(("open", os.fsdecode(arguments[0])))
    elif event in ("os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
        events.append(("list", os.fsdecode(arguments[0])))
    elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "urllib.")):
        events.append((event, ""))
    elif event == "import" and arguments[1]:
        events.append(("import", str(arguments[1])))
sys.addaudithook(hook)
from lading.cli.main import main
main(sys.argv[1:])
sys.stdout.flush()
import json
json.dump(events, sys.stderr)
"""
OUTSIDE = {
    "compose.yaml": "services: {secret: {image: 'ghcr.io/acme/secret:1'}}\n",
    "extra.env": "SECRET=1\n",
    "lib/action.yml": "runs: {using: composite, steps: [{run: docker push ghcr.io/acme/secret:1, shell: bash}]}\n",
    "lib/Dockerfile": "FROM scratch\nHEALTHCHECK CMD secret\n",
    "lib/push.sh": "docker push ghcr.io/acme/secret:1\n",
    "lib/Makefile": "push:\n\tdocker push ghcr.io/acme/secret:1\n",
    "lib/.goreleaser.yaml": "dockers: [{image_templates: ['ghcr.io/acme/secret:1']}]\n",
    "lib/docker-bake.hcl": 'target "default" { tags = ["ghcr.io/acme/secret:1"] }\n',
    "lib/action.yaml": "",
    ".gitignore": "compose.yaml\n",
    "click.py": "raise SystemExit('imported')\n",
}
INSIDE = {
    "compose.yaml": """\
include: [../compose.yaml, {path: ../../compose.yaml, project_directory: ../.., env_file: ../extra.env}]
services:
  api:
    extends: {file: ../compose.yaml, service: secret}
    env_file: [../extra.env, {path: ../../extra.env, required: false}]
    label_file: ../extra.env
    build: {context: ../lib, dockerfile: ../lib/Dockerfile, additional_contexts: {lib: ../lib}}
    develop: {watch: [{path: ../lib, action: rebuild}]}
    volumes: [../lib:/lib]
    depends_on: {secret: {condition: service_healthy}}
  web:
    build: LINKED
    env_file: LINKED/extra.env
  far:
    build: OUTSIDE/lib
    env_file: OUTSIDE/extra.env
secrets: {a: {file: ../extra.env}}
configs: {a: {file: OUTSIDE/extra.env}}
""",
    ".github/workflows/ci.yml": """\
on: push
jobs:
  call: {uses: ./../lib/action.yml}
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - uses: ./../lib
      - uses: ./linked/lib
      - run: ../lib/push.sh && bash OUTSIDE/lib/push.sh && make -C ../lib push && make -f OUTSIDE/lib/Makefile push
      - run: docker compose -f ../compose.yaml -f OUTSIDE/compose.yaml push && source linked/lib/push.sh
      - run: goreleaser release -f ../lib/.goreleaser.yaml && docker buildx bake -f ../lib/docker-bake.hcl --push
      - uses: goreleaser/goreleaser-action@v6
        with: {args: release, workdir: ../lib}
      - uses: docker/bake-action@v6
        with: {push: true, files: ../lib/docker-bake.hcl, workdir: OUTSIDE/lib}
""",
    "Makefile": "include ../lib/Makefile OUTSIDE/lib/Makefile\nup:\n\tdocker compose -f ../compose.yaml up\n",
    "click.py": "raise SystemExit('imported')\n",
    "yaml/__init__.py": "raise SystemExit('imported')\n",
}


@POSIX
@pytest.mark.parametrize("command", [("check", "--strict"), ("manifest",), ("explain", "compose.yaml")])
def test_nothing_outside_of_the_repository_is_read_and_nothing_is_run_or_fetched(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    write_files(tmp_path, OUTSIDE)
    root = tmp_path / "shop"
    write_files(root, {path: text.replace("OUTSIDE", str(tmp_path)).replace("LINKED", "linked/lib") for path, text in INSIDE.items()})  # fmt: skip
    (root / "linked").symlink_to(tmp_path)
    (root / "docker-compose.yml").symlink_to("../compose.yaml")
    (root / ".github/workflows/b.yml").symlink_to(tmp_path / "lib/action.yml")
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, *command, "--root", str(root)],
        cwd=root, capture_output=True, text=True, check=True, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    events = json.loads(done.stderr[done.stderr.index("[[") :])
    looked_at = {os.path.realpath(path) for kind, path in events if kind in ("open", "list", "import")}
    strayed = [p for p in looked_at if p.startswith(f"{tmp_path}/") and not f"{p}/".startswith(f"{root}/")]
    assert (strayed, str(tmp_path) in looked_at) == ([], False)
    assert [event for event, _ in events if event not in ("open", "list", "import")] == []
    assert "secret:1" not in done.stdout.replace("compose.yaml", "")


def test_an_include_from_outside_is_left_to_others_and_makes_nothing_wrong(tmp_path: Path) -> None:
    """`include: ../other/compose.yaml` is fine for Compose: the file is not read, and what it may hold is not known."""
    text = "include: [../other/compose.yaml]\nservices:\n  api: {image: 'acme/shop:1', depends_on: [db]}\n"
    write_files(tmp_path, {"other/compose.yaml": "services: {db: {image: 'postgres:17'}}\n"})
    outcome = outcome_of(write_files(tmp_path / "shop", {"compose.yaml": text}))
    assert [level for _, _, _, level in found(outcome) if level == "error"] == []


# --- what is shown ---

ODD = "a\x1b[31mb\x1b]0;title\x07c\u202ed\u2066e\u2028f\u0085g\u200bh"
QUOTED = json.dumps(ODD)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A repository whose every name tries to act on the terminal, or to begin a line of its own."""
    name = "x\x1b[2J\ny\u202e"
    return write_files(
        tmp_path,
        {
            "compose.yaml": f"services:\n  {QUOTED}:\n    image: {QUOTED}\n    depends_on: [{QUOTED}, nowhere]\n    {QUOTED}: 1\n",
            f"{name}/compose.yaml": "services: [\n",
            f".github/workflows/{name}.yml": f"on: {QUOTED}\nname: {QUOTED}\njobs:\n  a:\n    runs-on: x\n    {QUOTED}: 1\n    permissions: {{{QUOTED}: read}}\n"
            f"    steps:\n      - run: |\n          docker push 'ghcr.io/acme/{ODD}'\n".replace(
                "\u2028", ""
            ).replace("\u0085", "")
            + f"      - uses: {QUOTED}\n        with: {{{QUOTED}: 1}}\n",
            "Dockerfile": f"FROM {ODD}\n",
        },
    )


@POSIX
@pytest.mark.parametrize(
    "command",
    [
        ("check", "--strict"),
        ("check", "--strict", "--format", "concise"),
        ("manifest",),
        ("explain", "compose.yaml"),
        ("explain", "denied: permission_denied: write_package"),
    ],
)
def test_names_of_the_repository_cannot_act_on_the_terminal(command: tuple[str, ...], odd: Path) -> None:
    done = run_lading(*command, "--root", ".", folder=odd)
    shown = (done.stdout + done.stderr).decode()
    acting = {sign for sign in shown if sign != "\n" and category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert (acting, done.stdout != b"") == (set(), True)


@POSIX
def test_one_finding_is_one_line(odd: Path) -> None:
    done = run_lading("check", "--strict", "--format", "concise", "--root", ".", folder=odd)
    count = len(json.loads(run_lading("check", "--strict", "--format", "json", "--root", ".", folder=odd).stdout)["findings"])  # fmt: skip
    lines = done.stdout.decode().splitlines()
    assert (len(lines), count > 5) == (count, True)
    assert all(re.match(r".+:\d+:\d+: (?:error|warning|note)\[[a-z/-]+\] .", line) for line in lines)


@POSIX
def test_errors_about_odd_names_are_one_line(tmp_path: Path) -> None:
    write_files(tmp_path, {"lading.yaml": f"{QUOTED}: 1\n", "compose.yaml": WAITS})
    done = run_lading("check", folder=tmp_path)
    assert (done.returncode, len(done.stderr.decode().splitlines())) == (2, 1)
    assert done.stderr.decode().rstrip("\n").isprintable()


# --- patterns ---


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("*a" * 20 + "b", id="stars in a row"),
        pytest.param("**/" * 40 + "x", id="folders in a row"),
        pytest.param("[" * 5_000, id="brackets"),
        pytest.param("[!" + "a-z" * 5_000 + "]*" * 4, id="a long set"),
        pytest.param("?" * 5_000, id="single letters"),
        pytest.param("\\" * 5_001, id="backslashes"),
        pytest.param("!" * 5_000 + "a", id="negations"),
        pytest.param("a*" * 4 + "/" + "b*" * 4, id="stars on both sides"),
        pytest.param("x" * 100_000, id="a long name"),
    ],
)
@pytest.mark.parametrize("place", [".gitignore", "exclude", "ignore"])
def test_patterns_cannot_hold_a_run_up(pattern: str, place: str, tmp_path: Path) -> None:
    paths = ("a" * 200 + "/compose.yaml", "/".join("ab" * 20 for _ in range(30)) + "/compose.yaml")
    files = dict.fromkeys(paths, "services: [\n")
    if place == ".gitignore":
        files[".gitignore"] = f"{pattern}\n" * 50
    elif place == "exclude":
        files["lading.yaml"] = json.dumps({"exclude": [pattern] * 50})
    else:
        files["lading.yaml"] = json.dumps({"rules": {"yaml/syntax-error": {"ignore": [pattern] * 50}}})
    write_files(tmp_path, files)
    started = time.process_time()
    run = run_lading("check", folder=tmp_path)
    assert (run.returncode in (0, 1, 2), b"internal error" in run.stderr) == (True, False)
    assert time.process_time() - started < 10


def test_a_template_of_the_repository_is_never_a_format_or_a_pattern(tmp_path: Path) -> None:
    """`{0.__class__}` and `%s` in names are text, also where a message is put together."""
    text = "services:\n  '{0.__class__}': {image: 'ghcr.io/acme/{finding.__class__}:%s%(x)s', depends_on: ['{}%n']}\n"
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": text}), strict=True)
    assert any("{}%n" in finding.message for finding in outcome.findings)
    assert not any("<class" in finding.message for finding in outcome.findings)
    assert Template.of("{0}").shown == "{0}"
