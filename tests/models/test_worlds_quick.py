"""What is told before scripts and jobs are followed equals what the plain way tells."""

from __future__ import annotations

import itertools
import re

import pytest

from lading.models.calls import _GATE, _LOCAL_PATH, _MAKE, _NPM, _RUNNER, _different, _paths, _ways_out
from lading.models.expressions import Scope, Unknown, parse
from lading.models.recognisers.build import _may_cache
from lading.models.recognisers.inputs import cache_in_registry
from lading.models.shell import Scripts, _names_in
from lading.models.steps import _last_read
from lading.models.template import Template
from lading.models.values import access
from lading.models.workflow import Job, load_workflow
from lading.parse import Reader
from lading.source import Source
from lading.tree import Mapping

FRAGMENTS = (
    "npm ci",
    "npm run build",
    "pnpm install && yarn test",
    "pnpm",
    "sudomake x",
    "make -C a all",
    "cd x && ./run",
    "a/./b .//c",
    "sudo deploy/run it",
    "sh a/b",
    "bash b.bash",
    "deploy/run it",
    "docker-compose push",
    "docker push a",
    "\u00e9sh ls",
    "2sh",
    "",
)
TEXTS = tuple("\n".join(chosen) for chosen in itertools.product(FRAGMENTS, repeat=2))


def plain_ways(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
    paths = tuple(dict.fromkeys(_paths(text)))
    if re.search(_GATE if paths else _RUNNER, text) is None:
        return None
    asked = [each for each in _different(re.finditer(_NPM, text)) if each.split()]
    own = ("install", "ci", "i", "add", "exec", "dlx", "publish", "pack", "version", "login", "x")
    asked = [each for each in asked if each.split()[0] not in own or "run" in each.split()]
    made = _different(re.finditer(_MAKE, text))
    return (paths, tuple(made), tuple(asked)) if paths or made or asked else None


def test_what_a_script_may_call_is_what_all_patterns_find() -> None:
    assert [plain_ways(text) for text in TEXTS] == [_ways_out(text) for text in TEXTS]


def test_a_local_path_stands_behind_no_letter_of_a_path() -> None:
    for chosen in itertools.product(("./", "a", " ", ".", "/", "-b"), repeat=4):
        text = "".join(chosen)
        assert re.findall(r"(?<![\w./])\./[\w./-]+", text) == re.findall(_LOCAL_PATH, text)


MAY_CALL = re.compile(
    r"\b(?:(?:ba|da|z|k)?sh|make|gmake|npm|pnpm|yarn|bun|source|bake|compose|goreleaser)\b|\./"
    r"|^[ \t]*+(?:sudo +)?[\w.-]+/[\w./-]+",
    re.MULTILINE,
)


def test_a_script_that_may_run_another_can_read_any_variable() -> None:
    for text in TEXTS:
        assert MAY_CALL.search(text) is None or _names_in(text) is None
    assert _names_in("docker push a:$TAG") is not None
    assert _names_in("echo a/b") is not None


@pytest.mark.parametrize("script", ["echo $A", "./run $A", "echo"])
def test_a_script_does_the_same_with_the_variables_that_it_can_read(script: str) -> None:
    given = {"A": Template.of("a"), "B": Template.of("b")}
    scripts = Scripts()
    names = scripts.names(script)
    seen = {name: value for name, value in given.items() if names is None or name in names}
    (one,) = scripts.follow(script, (), given).commands
    (other,) = Scripts().follow_seen(script, (), seen, None).commands
    assert [word.literal for word in one.words] == [word.literal for word in other.words]


# --- expressions ---


@pytest.mark.parametrize("context", [{"a": 1.0}, {}, None, Unknown("it is not known"), [1.0]])
def test_a_key_of_a_context_is_what_an_access_finds(context: object) -> None:
    for key in ("a", "A", "b"):
        found = parse(f"given['{key}']").evaluate(Scope({"given": context}, {}))
        assert found == access(context, key)
    assert parse("absent.a").evaluate(Scope({}, {})) == Unknown("the `absent` context is not known here")


# --- jobs ---

JOB = """\
on: push
jobs:
  a:
    runs-on: x
    outputs:
      tag: {output}
    steps:
      - id: first
        run: echo
      - id: Second-steps
        run: echo
      - run: echo
"""


def job(output: str) -> Job:
    text = JOB.replace("{output}", output)
    workflow = load_workflow(Reader().read(Source(".github/workflows/main.yml", text)))
    assert workflow is not None
    return workflow.jobs["a"]


@pytest.mark.parametrize(
    ("output", "last"),
    [
        ("${{ steps.first.outputs.tag }}", 0),
        ("${{ STEPS.FIRST.outputs.tag }}", 0),
        ("${{ steps.second-steps.outputs.tag || steps.first.outputs.tag }}", 1),
        ("${{ matrix.tag }}", -1),
        ("${{ steps['first'].outputs.tag }}", 3),
        ("${{ steps .first.outputs.tag }}", 3),
        ("${{ toJSON(steps) }}", 3),
        ("${{ steps.*.outputs.tag }}", 3),
        ("${{ steps.first.outputs.tag }}${{ env.TAG }}", 3),
    ],
)
def test_outputs_tell_nothing_of_steps_behind_the_last_that_they_read(output: str, last: int) -> None:
    assert _last_read(job(output)) == last


@pytest.mark.parametrize("before", ["type=gha", "mode=max,", "a", "registry", "type=registry", "'", '"'])
def test_a_cache_that_may_be_in_a_registry_is_looked_at(before: str) -> None:
    for behind in ("", ",ref=a/b", "type=registry,ref=a", 'type=reg"istry",ref=a', "\\ntype=inline"):
        text = f'on: push\nwith: {{cache-to: "{(before + behind).replace(chr(34), chr(92) + chr(34))}"}}\n'
        root = Reader().read(Source("a.yml", text)).root
        assert isinstance(root, Mapping)
        given = root.get("with")
        assert isinstance(given, Mapping)
        node = given.scalar("cache-to")
        assert node is not None
        lines = Template.of(node.text).split("\n")
        found = [cache_in_registry(line.strip()) for line in lines if line.strip().parts]
        assert _may_cache(node) or not any(each is not None for each in found)
    assert not _may_cache(None)
