"""Whatever lies in a repository: a finding or a clear line, in bounded time, never a traceback."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.support import outcome_of, run_lading, write_files

GOOD = "services:\n  db:\n    image: postgres:17\n"
BOMB = "\n".join(
    [f"x-a0: &a0 [{', '.join(['x'] * 9)}]"]
    + [f"x-a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    + ["services:", "  db: {image: 'postgres:17', command: *a39, environment: *a39}"]
)


@pytest.mark.parametrize("path", ["compose.yaml", ".github/workflows/ci.yml", "action.yml"])
@pytest.mark.parametrize(
    ("data", "rules"),
    [
        pytest.param(b"", set(), id="empty"),
        pytest.param(b"\xef\xbb\xbf", set(), id="only a byte order mark"),
        pytest.param(b"# nothing\n", set(), id="only a comment"),
        pytest.param(b"\x00\x01\x02" * 100, {"yaml/not-utf-8"}, id="binary"),
        pytest.param(b"a: \xff\xfe\xfd\n", {"yaml/not-utf-8"}, id="not UTF-8"),
        pytest.param(GOOD.encode("utf-16"), set(), id="UTF-16"),
        pytest.param(b"[" * 20_000, {"yaml/too-deep-or-large"}, id="deep nesting"),
        pytest.param(b"a:\n\t- b\n", {"yaml/syntax-error"}, id="tabs"),
        pytest.param(b"a: 1\na: 2\n", {"yaml/duplicate-key"}, id="duplicate keys"),
        pytest.param(b"just text\n", set(), id="a text"),
        pytest.param(b"- a\n- b\n", set(), id="a list"),
        pytest.param(b"services:\n- a\njobs:\n- b\non: {}\nruns: []\n", set(), id="lists where mappings belong"),
        pytest.param(b"services: {a: 5, b: [c], d: null}\njobs: {a: 5, b: [c], d: null}\non: 5\n", set(), id="values where mappings belong"),
        pytest.param(b"services: &s {a: *s}\njobs: *s\n", set(), id="an alias in its own anchor"),
        pytest.param(b"services: {a: &s {image: x, b: [*s]}}\njobs: {a: &j {steps: [*j], needs: *j}}\non: push\n", set(), id="an alias that holds itself"),
        pytest.param(BOMB.encode(), set(), id="an alias bomb"),
        pytest.param(b"? [a, b]\n: c\nservices: {? [d] : e}\njobs: {? {f: g} : h}\n", set(), id="keys that are collections"),
    ],
)  # fmt: skip
def test_odd_files_of_every_kind(path: str, data: bytes, rules: set[str], tmp_path: Path) -> None:
    target = tmp_path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    started = time.monotonic()
    done = run_lading("check", "--format", "json", folder=tmp_path)
    assert (done.stderr, done.returncode in (0, 1)) == (b"", True)
    found = {finding["rule"] for finding in json.loads(done.stdout)["findings"]}
    assert rules <= found
    assert {rule for rule in found if rule.startswith("yaml/")} == rules
    assert time.monotonic() - started < 20, "bounded, far below any machine's slowness"


def test_a_folder_named_as_a_compose_file_is_said_and_the_rest_is_checked(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml/x": "", "deploy/compose.yaml": "services: [\n"})
    done = run_lading("check", "--format", "concise", folder=tmp_path)
    lines = done.stdout.decode().splitlines()
    assert [line.split()[1] for line in lines] == [
        "warning[yaml/unreadable-file]",
        "error[yaml/syntax-error]",
    ]


def test_a_file_of_100_megabytes_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "compose.yaml", "wb") as file:
        file.write(b"services:\n")
        file.truncate(100_000_000)
    done = run_lading("check", "--format", "concise", folder=tmp_path)
    assert done.stdout.startswith(
        b"compose.yaml:1:1: warning[yaml/unreadable-file] the file cannot be read: "
    )


def test_loops_of_links_end(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": GOOD, "a/compose.yaml": GOOD})
    (tmp_path / "a" / "b").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "docker-compose.yml").symlink_to(tmp_path / "a" / "docker-compose.yml")
    done = run_lading("check", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_pipe_named_as_a_compose_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "compose.yaml")
    done = run_lading("check", "--format", "concise", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission_to_read_is_said(tmp_path: Path) -> None:
    write_files(tmp_path, {"compose.yaml": GOOD})
    (tmp_path / "compose.yaml").chmod(0)
    done = run_lading("check", "--format", "concise", folder=tmp_path)
    assert b"permission is denied" in done.stdout


MANY = "1" * 5_000
LARGE = "1" * 400
NUMBERS = f"""\
services:
  api:
    image: ghcr.io/acme/api:1.4
    mem_limit: {LARGE}k
    shm_size: {MANY}
    scale: {MANY}
    cpus: {MANY}
    pids_limit: {LARGE}
    deploy: {{replicas: {MANY}, resources: {{limits: {{cpus: "{MANY}", memory: {LARGE}g, pids: 5}}}}}}
    ports: ["{MANY}:{MANY}", "²:²", {{target: {MANY}, published: "{MANY}"}}, {{target: 80, published: "²"}}]
    expose: ["{MANY}"]
    environment: {{DB_HOST: "localhost:{MANY}", DB_URL: "postgres://localhost:{MANY}/x"}}
    stop_grace_period: {MANY}s
    healthcheck: {{test: [CMD, true], interval: {MANY}h, timeout: 1.{MANY}s, retries: {MANY}}}
    restart: on-failure:{MANY}
"""


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"compose.yaml": NUMBERS}, id="of Compose"),
        pytest.param(
            {
                ".github/workflows/ci.yml": f"""\
on: {{schedule: [{{cron: "{MANY} */{MANY} * * *"}}]}}
jobs:
  ship:
    runs-on: ubuntu-latest
    timeout-minutes: {MANY}
    strategy: {{max-parallel: {MANY}, matrix: {{a: [{MANY}, 0x{MANY}, 1e{MANY}, 1e999]}}}}
    steps:
      - id: meta
        uses: docker/metadata-action@v5
        with: {{images: ghcr.io/acme/shop, tags: "type=raw,value=a,priority=²\\ntype=raw,value=b,priority={MANY}"}}
      - uses: docker/build-push-action@v6
        with: {{push: true, tags: "${{{{ steps.meta.outputs.tags }}}}"}}
      - run: |
          X=(a b); docker push "ghcr.io/acme/shop:${{X[²]}}${{X[{MANY}]}}"
          A=$(cut -d: -f {MANY} <<< a:b); docker push ghcr.io/acme/shop:$A
          f() {{ docker push ghcr.io/acme/$1; shift ²; shift {MANY}; docker push "ghcr.io/acme/${{{MANY}}}"; }}
          f shop
      - run: docker push "ghcr.io/acme/shop:${{{{ matrix.a }}}}-${{{{ {MANY} }}}}-${{{{ fromJSON('{MANY}') }}}}"
"""
            },
            id="of workflows",
        ),
    ],
)
def test_numbers_of_any_length_and_script(files: dict[str, str], tmp_path: Path) -> None:
    outcome_of(write_files(tmp_path, files), strict=True)


WORKFLOW = """\
on: push
permissions: {contents: read, packages: write}
jobs:
  ship:
    runs-on: ubuntu-latest
    steps:
"""
BAKE = WORKFLOW + "      - uses: docker/bake-action@v6\n        with: {push: true}\n"


def script(text: str) -> str:
    """A workflow with one script."""
    lines = "".join(f"          {line}\n" for line in text.split("\n"))
    return f"{WORKFLOW}      - run: |\n{lines}"


def hcl(text: str) -> dict[str, str]:
    return {".github/workflows/ci.yml": BAKE, "docker-bake.hcl": text}


def bake_json(document: object) -> dict[str, str]:
    return {".github/workflows/ci.yml": BAKE, "docker-bake.json": json.dumps(document)}


def ran(text: str, **files: str) -> dict[str, str]:
    return {".github/workflows/ci.yml": script(text), **files}


DOUBLED = "".join(f'variable "v{n}" {{ default = "${{v{n - 1}}}${{v{n - 1}}}" }}\n' for n in range(1, 60))
SQUARED = "".join(f'variable "v{n}" {{ default = v{n - 1} * v{n - 1} }}\n' for n in range(1, 60))
AXES = {"a": [str(n) for n in range(100)], "b": [str(n) for n in range(100)]}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            hcl(f'variable "v0" {{ default = "shop" }}\n{DOUBLED}target "default" {{ tags = [v59] }}\n'),
            id="a text of bake that doubles",
        ),
        pytest.param(
            hcl(f'variable "v0" {{ default = 10 }}\n{SQUARED}target "default" {{ tags = [v59] }}\n'),
            id="a number of bake that is squared",
        ),
        pytest.param(
            hcl(f'target "default" {{ tags = [1{"0" * 400}, 1e999] }}\n'), id="numbers of bake without end"
        ),
        pytest.param(
            hcl('target "default" { tags = [for n in range(1000000000000): "acme/shop:${n}"] }\n'),
            id="a range of bake",
        ),
        pytest.param(
            hcl(f'target "default" {{ tags = [regex_replace("{"a" * 40}", "(a|aa)+$b", "")] }}\n'),
            id="a pattern of bake with choices in a repeat",
        ),
        pytest.param(
            hcl(f'target "default" {{ tags = [regex_replace("{"a" * 4000}", ".*.*.*.*.*b", "")] }}\n'),
            id="a pattern of bake with many repeats",
        ),
        pytest.param(
            hcl('target "default" { tags = [regex_replace("a", "(a)", "$2")] }\n'),
            id="a group that the pattern of bake does not have",
        ),
        pytest.param(
            bake_json({"target": {f"t{n}": {"inherits": [f"t{n + 1}"] * 2} for n in range(40)}}),
            id="targets of bake that inherit from two and two",
        ),
        pytest.param(
            bake_json({"group": {"default": {"targets": ["g0"]}} | {f"g{n}": {"targets": [f"g{n + 1}"] * 2} for n in range(40)}}),
            id="groups of bake that hold two and two",
        ),
        pytest.param(
            bake_json({"target": {f"t{n}": {"name": f"t{n}-${{a}}-${{b}}", "matrix": AXES, "tags": ["acme/shop:${a}-${b}"]} for n in range(200)}}),
            id="matrices of bake",
        ),
        pytest.param(ran("A=$U\n" + 'read A <<< "x$A$A"\n' * 45), id="a variable that is read doubled"),
        pytest.param(ran("A=shop\n" + 'read A <<< "$A$A"\n' * 45), id="a known variable that is read doubled"),
        pytest.param(ran("X=(shop)\n" + 'X=("${X[0]}${X[0]}")\n' * 45), id="an array that doubles"),
        pytest.param(
            ran("\n".join(f'f{n}() {{ f{n - 1} "$1$1"; }}' for n in range(1, 60)) + "\ndocker login ghcr.io; f59 shop"),
            id="functions that pass on their argument doubled",
        ),
    ],
)  # fmt: skip
def test_what_grows_by_powers_is_given_up(files: dict[str, str], tmp_path: Path) -> None:
    write_files(tmp_path, files)
    started = time.process_time()
    outcome_of(tmp_path, strict=True)
    assert time.process_time() - started < 5, "some tenths of a second, on any machine"


BLANKS = " \t" * 30_000


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(ran(f"true{BLANKS}true; make push{BLANKS}x"), id="blanks in a script"),
        pytest.param({".github/workflows/ci.yml": WORKFLOW + '      - run: "docker push a' + "\\n" * 60_000 + 'x/y"\n'}, id="empty lines in a script"),
        pytest.param(ran("docker login ghcr.io\n" + "docker pus " * 8_000), id="a word of a push again and again"),
        pytest.param(
            ran("make push", Makefile=f"A{BLANKS}B\npush:{BLANKS}x\n\tdocker push acme/shop{BLANKS}x\n"), id="blanks in a Makefile"
        ),
        pytest.param(
            {"compose.yaml": f"services:\n  api:\n    image: a\n    ports: [{', '.join(['1-65535:1-65535'] * 300)}]\n"},
            id="ranges of all ports",
        ),
        pytest.param(ran("make push", Makefile="V=acme/shop\n" + "V:=$(V)$(V)\n" * 60 + "push:\n\tdocker push $(V)\n"), id="a variable of make that doubles"),
        pytest.param(ran("make push", Makefile="X=$(X)$(X)\npush: push\n\tmake push\n\tmake push\n\tdocker push $(X)\n"), id="a Makefile that runs itself"),
        pytest.param(ran(f"A=$(echo {'a' * 9_000} | sed 's/.*.*.*.*.*b/x/')\ndocker push acme/shop:$A"), id="a pattern of sed"),
        pytest.param(ran("mvn jib:build", **{"pom.xml": f"<to><image>{BLANKS}"}), id="blanks in a pom.xml"),
        pytest.param(ran("gradle jib", **{"build.gradle": "jib { to { " * 8_000}), id="a build.gradle without an image"),
        pytest.param(ran("goreleaser release", **{".goreleaser.yaml": f"dockers: [{{image_templates: ['{'{{ ' * 20_000}', '{'(' * 9_000}{{{{ {'(' * 9_000} }}}}', '{BLANKS}x{{{{ .Tag }}}}']}}]\n"}), id="templates of a release"),
        pytest.param(
            {"compose.yaml": GOOD, ".gitignore": "*a" * 20 + "b\n" + "**/" * 50 + "x\n", f"{'a' * 60}/compose.yaml": GOOD},
            id="patterns of an ignore file",
        ),
        pytest.param({"compose.yaml": "services: {api: {build: .}}\n", "Dockerfile": "FROM alpine\nRUN " + "a \\\n" * 200_000}, id="an instruction of many lines"),
        pytest.param(
            {
                ".github/workflows/ci.yml": WORKFLOW + "      - uses: ./act\n",
                "act/action.yml": "runs:\n  using: composite\n  steps:\n" + "    - uses: ./act\n" * 50 + "    - {run: docker push acme/shop, shell: bash}\n",
            },
            id="an action that uses itself",
        ),
    ],
)  # fmt: skip
def test_what_patterns_could_go_over_again_and_again_is_read_once(
    files: dict[str, str], tmp_path: Path
) -> None:
    write_files(tmp_path, files)
    started = time.process_time()
    outcome_of(tmp_path, strict=True)
    assert time.process_time() - started < 5, "some tenths of a second, on any machine"
