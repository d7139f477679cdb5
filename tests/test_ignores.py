"""Ignores wherever they can stand, entries of the configuration, and what is said of those that leave nothing out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lading.findings import Finding, Related
from lading.parse import Reader
from lading.source import Source, Span
from lading.suppress import Ignores
from lading.texts import Texts
from lading.ways import part_at, way_to
from tests.support import found, outcome_of, write_files

WAITS = """\
services:
  api:
    image: ghcr.io/acme/api:1.4
    depends_on:
      db:
        condition: service_healthy
  worker:
    image: ghcr.io/acme/worker:1.4
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17
"""
WAIT = "health/wait-without-healthcheck"
JOBS = """\
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - id: first
        uses: actions/checkout@v6
      - name: Second step
        run: |
          make
          docker push ghcr.io/acme/shop
"""


class _Files:
    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def read(self, path: str) -> bytes:
        return self.texts[path].encode()


def covered(path: str, text: str, line: int, rule: str = "acme/rule") -> bool:
    """Is a finding on a line ignored?"""
    texts = Texts(_Files({path: text}), Reader())  # type: ignore[arg-type]
    source = texts.source(path)
    assert source is not None
    span = Span(source, source.offset(line), source.offset(line) + 1)
    return bool(Ignores(texts).covering(Finding(rule, "error", "", span, (), "", "")))


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param("compose.yaml", "a: 1 # lading: ignore[acme/rule] why\n", 1, id="behind a value"),
        pytest.param("compose.yaml", "# lading: ignore[acme/rule] why\na: 1\n", 2, id="on the line above"),
        pytest.param(
            "compose.yaml",
            "# lading: ignore[acme/rule] why\n# and more\n# lading: ignore[b]\na: 1\n",
            4,
            id="above other comments",
        ),
        pytest.param("compose.yaml", "a: 1 # noqa # lading: ignore[acme]\n", 1, id="behind another comment"),
        pytest.param("compose.yaml", "a: 1 #lading:ignore[b, acme/*]\n", 1, id="a glob, and no blanks"),
        pytest.param("compose.yaml", "a: [ # lading: ignore[acme/rule]\n", 1, id="in a file that is no YAML"),
        pytest.param("a.yml", "run: |\n  # lading: ignore[acme]\n  make\n", 3, id="in a script"),
        pytest.param("a.yml", "run: |\n  make # lading: ignore[acme]\n", 2, id="in a script, behind a command"),
        pytest.param("a.yml", "a:\n  tags: | # lading: ignore[acme]\n    a\n    b\nb: 1\n", 4, id="where a text begins"),
        pytest.param("a.yml", "a:\n  # lading: ignore[acme]\n  tags: >-\n    a\n    b\n", 5, id="above a text"),
        pytest.param("Dockerfile", "# lading: ignore[acme]\nFROM a\n", 2, id="in a Dockerfile"),
        pytest.param("docker-bake.hcl", "// lading: ignore[acme]\ntarget {}\n", 2, id="in a bake file"),
        pytest.param("docker-bake.hcl", 'a = "b" # lading: ignore[acme]\n', 1, id="behind a value in a bake file"),
        pytest.param("prod.env.local", "A=b # lading: ignore[acme]\n", 1, id="in another file of variables"),
        pytest.param("scripts/push.sh", "docker push a # lading: ignore[acme]\n", 1, id="in a shell script"),
        pytest.param(".env", "A=b # lading: ignore[acme]\r\n", 1, id="in .env"),
    ],
)  # fmt: skip
def test_an_ignore_counts(path: str, text: str, line: int) -> None:
    assert covered(path, text, line)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param("compose.yaml", "a: '# lading: ignore[acme]'\n", 1, id="in quotes"),
        pytest.param("compose.yaml", "# lading: ignore[acme]\n\na: 1\n", 3, id="above an empty line"),
        pytest.param("compose.yaml", "a: 1 # lading: ignore[acme]\nb: 1\n", 2, id="behind the line above"),
        pytest.param("compose.yaml", "a: 1 # lading: ignore[acme/rul]\n", 1, id="of another rule"),
        pytest.param("a.yml", "tags: | # lading: ignore[acme]\n  a\nb: 1\n", 3, id="behind the end of a text"),
        pytest.param("compose.yaml", "a: 1 # lading: ignore acme\n", 1, id="without brackets"),
        pytest.param("a.yml", 'run: |\n  echo "# lading: ignore[acme]"\n', 2, id="quoted in a script"),
        pytest.param("api.Containerfile", "FROM a # lading: ignore[acme]\n", 1, id="likewise"),
        pytest.param("Dockerfile", "FROM a # lading: ignore[acme]\n", 1, id="behind an instruction, which Docker reads"),
    ],
)  # fmt: skip
def test_what_looks_like_an_ignore_and_is_none(path: str, text: str, line: int) -> None:
    assert not covered(path, text, line)


def test_an_ignore_at_a_related_place_counts(tmp_path: Path) -> None:
    source = Source("compose.yaml", "a: 1\nb: 2 # lading: ignore[acme/rule]\n")
    texts = Texts(_Files({"compose.yaml": source.text}), Reader())  # type: ignore[arg-type]
    related = Related(Span(source, 5, 6), "here")
    finding = Finding("acme/rule", "error", "", Span(source, 0, 1), (related,), "", "")
    assert Ignores(texts).covering(finding) == (("compose.yaml", source.text.index("acme/rule")),)


def test_many_ignores_in_a_row_take_no_longer_than_their_number(tmp_path: Path) -> None:
    text = "# lading: ignore[acme]\n" * 50_000 + "a: 1\n"
    assert covered("compose.yaml", text, 50_001)


@pytest.mark.parametrize(
    ("entry", "services"),
    [
        ("'*.yaml'", []),
        ("{service: api}", ["worker"]),
        ("{service: 'w*', reason: it restarts}", ["api"]),
        ("{path: /compose.yaml, service: api}", ["worker"]),
        ("{path: /other.yaml, service: api}", ["api", "worker"]),
        ("{job: api}", ["api", "worker"]),
    ],
)
def test_entries_of_the_configuration(entry: str, services: list[str], tmp_path: Path) -> None:
    config = f"rules: {{{WAIT}: {{ignore: [{entry}]}}}}\n"
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": WAITS, "lading.yaml": config}))
    told = [f for f in outcome.findings if f.rule == WAIT]
    assert [f.way.split(".")[1] for f in told] == services
    is_used = len(services) < 2
    assert ("ignore/unused" in {f.rule for f in outcome.findings}) is not is_used


def test_the_last_pattern_decides_as_in_an_ignore_file(tmp_path: Path) -> None:
    config = f"rules: {{{WAIT}: {{ignore: ['*', '!/compose.yaml']}}}}\n"
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": WAITS, "lading.yaml": config}))
    assert len([f for f in outcome.findings if f.rule == WAIT]) == 2


@pytest.mark.parametrize("step", ["first", "Second*", "1", "2"])
def test_a_step_is_named_by_its_id_its_name_or_its_number(step: str, tmp_path: Path) -> None:
    tree = Reader().read(Source(".github/workflows/a.yml", JOBS))
    first, second = (part_at(tree, JOBS.index(word)) for word in ("actions/", "docker push"))
    assert (first.job, first.service, first.step) == ("build", None, ("first", "1"))
    assert (second.job, second.service, second.step) == ("build", None, ("Second step", "2"))


def test_a_way_outlives_moved_steps() -> None:
    tree = Reader().read(Source(".github/workflows/a.yml", JOBS))
    ways = [way_to(tree, JOBS.index(word)) for word in ("on:", "runs-on", "actions/", "docker push")]
    assert ways == [
        "on",
        "jobs.build.runs-on",
        "jobs.build.steps[first].uses",
        "jobs.build.steps[Second step].run",
    ]


UNUSED = WAITS.replace("postgres:17", "postgres:17 # lading: ignore[image/uppercase-name] why")


@pytest.mark.parametrize(
    ("options", "is_told"),
    [
        pytest.param({}, True, id="all rules"),
        pytest.param({"select": ("ignore", "image/uppercase-name")}, True, id="its rule is selected"),
        pytest.param({"select": ("ignore", "health")}, False, id="its rule did not run"),
        pytest.param({"ignore": ("image",)}, False, id="its rule is ignored on the command line"),
        pytest.param({"paths": ("compose.yaml",)}, True, id="its file is in focus"),
        pytest.param({"paths": ("other",)}, False, id="its file is not in focus"),
    ],
)
def test_an_unused_ignore_is_told_only_by_those_who_know(
    options: dict[str, tuple[str, ...]], is_told: bool, tmp_path: Path
) -> None:
    write_files(tmp_path, {"compose.yaml": UNUSED, "other/compose.yaml": WAITS})
    given: dict[str, Any] = {
        **options,
        "paths": tuple(str(tmp_path / path) for path in options.get("paths", ())),
    }
    outcome = outcome_of(tmp_path, "acme/shop", **given)
    assert ("ignore/unused" in {f.rule for f in outcome.findings}) is is_told


def test_without_an_owner_names_are_not_judged_and_neither_are_their_ignores(tmp_path: Path) -> None:
    from lading.session import Request, open_session

    write_files(tmp_path, {"compose.yaml": UNUSED})
    outcome = open_session(Request(root=str(tmp_path), environment={})).check()
    assert "ignore/unused" not in {f.rule for f in outcome.findings}


def test_what_only_strict_shows_is_a_use(tmp_path: Path) -> None:
    text = "services:\n  a:\n    image: ghcr.io/acme/a:1\n    depends_on:\n      db:\n        # lading: ignore[health/wait-without-healthcheck] the image has one\n        condition: service_healthy\n  db:\n    image: ghcr.io/other/db:1\n"
    write_files(tmp_path, {"compose.yaml": text})
    for strict in (False, True):
        outcome = outcome_of(tmp_path, strict=strict)
        assert [f for f in found(outcome) if f[0].startswith("ignore/")] == []


def test_an_ignore_of_an_unused_ignore(tmp_path: Path) -> None:
    text = UNUSED.replace(
        "    image: postgres", "    # lading: ignore[ignore/unused] for the next release\n    image: postgres"
    )
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": text}))
    assert [f for f in found(outcome) if f[0].startswith("ignore/")] == []


def test_a_pattern_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    from lading.problems import Problem

    config = f"rules:\n  {WAIT}:\n    ignore: ['[z-a]']\n"
    write_files(tmp_path, {"compose.yaml": WAITS, "lading.yaml": config})
    with pytest.raises(Problem, match=r"lading.yaml:3: `ignore`: `\[z-a\]` is not a pattern"):
        outcome_of(tmp_path)


def test_several_processes_hold_ignores_to_account_as_one_does(tmp_path: Path) -> None:
    from lading.engine import Selection, check
    from lading.parallel import check_parts
    from lading.reports import Look, render
    from lading.session import Request, open_session

    files = {"compose.yaml": WAITS.replace("healthy", f"healthy # lading: ignore[{WAIT}] it restarts", 1)}
    for number in range(6):
        name = "workflow/unknown-needs" if number % 2 else "workflow/needs-cycle"
        job = f"a:\n    needs: nobody # lading: ignore[{name}] later\n    runs-on: ubuntu-24.04\n    steps: [{{run: make}}]\n"
        files[f".github/workflows/{number}.yml"] = f"on: push\njobs:\n  {job}"
    write_files(tmp_path, files)
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    outcomes = (
        check(session.repository, session.rules, Selection()),
        check_parts(session.repository, 3, session.rules, Selection()),
    )
    one, several = (render("json", each, Look(colour=False, prefix="", width=80), dict) for each in outcomes)
    assert one == several
    assert sum(f.rule == "ignore/unused" for f in outcomes[0].findings) == 3
    assert outcomes[0].suppressed == 4


def test_thousands_of_names_on_a_line_with_thousands_of_findings_are_each_looked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lading import suppress
    from lading.globs import matches

    asked: list[str] = []

    def counted(id: str, name: str) -> bool:
        asked.append(name)
        return matches(id, name)

    monkeypatch.setattr(suppress, "matches", counted)
    names = ", ".join(["acme/no-such-rule"] * 1500)
    write_files(tmp_path, {"compose.yaml": f"# lading: ignore[{names}]\n{WAITS}"})
    rules = [each.rule for each in outcome_of(tmp_path, strict=True).findings]
    assert (rules.count("ignore/unknown-rule"), len(asked) < 20_000) == (1500, True)
