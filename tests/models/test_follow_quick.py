"""What is done quickly on the way to publications equals the plain way."""

from __future__ import annotations

import itertools
import re

import pytest

from lading.models.calls import _COMMAND_PATH, may_call
from lading.models.candidates import _OF_CALLS
from lading.models.commands import _may_say, _saying
from lading.models.evaluation import text_of
from lading.models.expressions import Partial, pieces
from lading.models.image import _fails_at, _run
from lading.models.join import _escaped
from lading.models.metadata import KnownLater
from lading.models.recognisers.builtin import known
from lading.models.recognisers.inputs import csv, named
from lading.models.recognisers.table import Recogniser, Recognisers
from lading.models.runners import runner
from lading.models.shell import Scripts, cut, masked
from lading.models.starts import _PAYLOADS, _absent
from lading.models.steps import Places, _variables
from lading.models.template import Hole, Template, join
from lading.models.values import PartlyKnown, Unknown, access
from lading.models.workflow import Job, load_workflow
from lading.models.worlds import EVENT_MATTERS, REF_MATTERS
from lading.parse import Reader
from lading.source import Source
from lading.tree import Mapping, Scalar

HOLE, OTHER = Hole("$A", "it is not set"), Hole("$B", "it is not set")

# --- templates ---

PARTS: tuple[tuple[str | Hole, ...], ...] = ((), ("a",), ("b/",), (HOLE,), ("x", HOLE), (HOLE, OTHER, "y"))


@pytest.mark.parametrize("conditions", [(), ("unless `A` is set",)])
def test_templates_are_joined_as_all_their_parts_make_one(conditions: tuple[str, ...]) -> None:
    for chosen in itertools.product(PARTS, repeat=3):
        templates = [Template(parts, conditions) for parts in chosen]
        assert join(templates) == Template([part for parts in chosen for part in parts], conditions)


def test_what_is_joined_ends_where_one_template_ends() -> None:
    templates = [Template.of("a" * 60_000), Template.of("b" * 60_000), Template.of("c"), Template((HOLE,))]
    assert join(templates) == Template([part for each in templates for part in each.parts])
    many = [Template((HOLE, str(number))) for number in range(600)]
    assert join(many) == Template([part for each in many for part in each.parts])


@pytest.mark.parametrize("parts", PARTS)
def test_holes_are_the_parts_that_are_no_text(parts: tuple[str | Hole, ...]) -> None:
    assert Template(parts).holes == tuple(part for part in parts if isinstance(part, Hole))


def letter_by_letter(line: Template) -> dict[str, Template]:
    fields: list[list[str | Hole]] = [[]]
    is_quoted = False
    for part in line.parts:
        for character in part if isinstance(part, str) else (part,):
            if character == '"':
                is_quoted = not is_quoted
            elif character == "," and not is_quoted:
                fields.append([])
            else:
                fields[-1].append(character)
    return named(fields, line.conditions)


FIELDS: tuple[str | Hole, ...] = ("type=image,", "name=a,b", '"', ' ="x,y"', ",,", HOLE)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_fields_of_an_output_are_cut_as_letter_by_letter(count: int) -> None:
    for parts in itertools.product(FIELDS, repeat=count):
        line = Template(parts, ("unless `A` is set",))
        assert csv(line) == letter_by_letter(line)


@pytest.mark.parametrize("text", ["ghcr.io/acme/shop:", "a--b/c", "A/b", "a:", "é", "-", "a@sha256:0", "/"])
def test_a_reference_fails_where_it_does_letter_by_letter(text: str) -> None:
    choices: tuple[str | Hole, ...] = (text, HOLE, ":1.4", "/x", "@sha256:")
    for parts in itertools.product(choices, repeat=3):
        assert _fails_at(Template(parts).parts) == _run(Template(parts).parts)[0]


def test_texts_are_escaped_as_patterns_are() -> None:
    letters = "".join(map(chr, range(0x300)))
    assert _escaped(letters) == re.escape(letters)


# --- values ---


def test_what_is_put_together_later_is_the_same_value() -> None:
    template = Template(("a", HOLE))
    at_once, later = PartlyKnown(template), KnownLater(lambda: template)
    assert (later, later.reason, hash(later)) == (at_once, at_once.reason, hash(at_once))
    assert later != PartlyKnown(Template(("b", HOLE)))
    assert later != Unknown(at_once.reason)


@pytest.mark.parametrize("key", ["ref", "REF", "sha", "Unknown"])
@pytest.mark.parametrize("written", ["github.{}", "github['{}']", "GitHub.{}"])
def test_a_written_key_finds_what_an_access_does(key: str, written: str) -> None:
    target = Partial({"ref": "x", "Sha": "y"}, "later")
    name = "${{ " + written.format(key) + " }}"
    expected = access(target, key)
    shown = expected if isinstance(expected, str) else name
    assert text_of(name, {"github": target}).shown == shown


@pytest.mark.parametrize("label", ["ubuntu-latest", "macos-15-intel", "self-hosted", "windows-2022"])
def test_a_machine_is_told_by_its_label_each_time_anew(label: str) -> None:
    first, second = runner([label]), runner([label])
    assert first == second
    assert first is not second


@pytest.mark.parametrize("event", ["push", "release", "schedule", "workflow_dispatch"])
def test_a_payload_lacks_what_other_events_have(event: str) -> None:
    assert _absent(event) == dict.fromkeys(name for name, events in _PAYLOADS.items() if event not in events)


@pytest.mark.parametrize("names", [frozenset[str](), frozenset(("A", "GITHUB_REF")), frozenset(("B",))])
def test_variables_that_are_not_named_are_left_out(names: frozenset[str]) -> None:
    contexts: dict[str, object] = {
        "github": Partial({"ref": "refs/heads/main"}, "later"),
        "env": Partial({"A": "1", "GITHUB_REF": "mine"}, "no file sets it"),
    }
    every = _variables(contexts).items()
    assert _variables(contexts, names) == {name: value for name, value in every if name in names}


# --- scripts ---

FRAGMENTS = (
    "make x",
    "npm run y",
    "./a.sh",
    "bash b.bash",
    "deploy/run it",
    "docker push a",
    "echo 'x'",
    "ls",
)


def test_a_script_that_runs_another_holds_one_of_the_signs() -> None:
    for chosen in itertools.product(FRAGMENTS, repeat=2):
        text = "\n".join(chosen)
        assert not may_call(text) or any(sign in text for sign in _OF_CALLS)


def test_the_path_of_a_command_stands_at_the_beginning_of_a_line() -> None:
    plain = _COMMAND_PATH.replace(r"\n", "^", 1)
    starts = ("", "  ", "\t", "sudo ", "sh ", "x ")
    for first, second in itertools.product(starts, repeat=2):
        text = f"{first}a/b.c/d e/f\n\n{second}./g/h\n{first}i/j\r\n{second}k/l"
        assert re.findall(_COMMAND_PATH, "\n" + text) == re.findall(plain, text, re.MULTILINE)


@pytest.mark.parametrize("text", ["ko build ./x", "ko  build", "oras push x", "jib", "echo", "a pack build"])
def test_a_script_is_marked_by_any_of_the_marks(text: str) -> None:
    assert known().is_marked(text) == any(mark in text for mark in known()._marks)


def test_marks_of_a_plugin_may_begin_alike() -> None:
    tools = Recognisers([Recogniser(hint="ship", marks=("ship it", "ship them", "")), Recogniser(hint="x")])
    assert tools.is_marked("nothing of it")
    tools = Recognisers([Recogniser(hint="ship", marks=("ship it", "ship them"))])
    assert [tools.is_marked(text) for text in ("ship", "ship them", "ship it", "it")] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "word", ["docker", "a.b/c:1", "--push", "a=b", "x@y", "1,2", "a%b+c", "\u00e9t\u00e9", "{a}", "~"]
)
def test_a_plain_word_is_what_it_is_in_quotes(word: str) -> None:
    plain, quoted = (Scripts().follow(f"run {each}", (), {}).commands for each in (word, f"'{word}'"))
    assert [each.literal for each in plain[0].words] == [each.literal for each in quoted[0].words]


@pytest.mark.parametrize("text", ["echo a", "docker push ${{ a }}:${{ b }}", "${{ a }}", ""])
def test_a_script_is_masked_as_with_its_values(text: str) -> None:
    found = [piece for piece in pieces(text) if piece.literal is None]
    script, _ = masked(text, [(piece.start, piece.end, Template((HOLE,))) for piece in found])
    assert cut(text) == (script, tuple(found))


def test_the_program_of_a_command_stands_behind_its_wrappers() -> None:
    (ran,) = Scripts().follow("sudo -E env A=b timeout 60 /usr/bin/docker push x", (), {}).commands
    assert (ran.program, [word.literal for word in ran.command]) == (
        "docker",
        ["/usr/bin/docker", "push", "x"],
    )


# --- jobs ---


@pytest.mark.parametrize("named", [REF_MATTERS, EVENT_MATTERS])
def test_what_tells_events_apart_is_found_as_by_one_pattern(named: tuple[str, ...]) -> None:
    dotted = "ref" if named is REF_MATTERS else "(?:event|ref|head_ref|base_ref)"
    upper = "ref" if named is REF_MATTERS else "(?:event|ref|head|base)"
    inputs = r"|inputs\s*[.\[]" if named is EVENT_MATTERS else ""
    whole = rf"github\s*\.\s*{dotted}|github_{upper}|tojson{inputs}"
    words = ("github", "_", " . ", ".", "ref", "event", "head", "head_ref", "inputs", "[", "tojson", " ")
    for chosen in itertools.product(words, repeat=3):
        text = "".join(chosen)
        assert any(re.search(each, text) for each in named) == (re.search(whole, text) is not None), text


WORKFLOW = """\
on: push
jobs:
  a:
    runs-on: x
    steps:
      - &login {run: docker login ghcr.io}
      - run: echo
  b:
    runs-on: x
    steps:
      - *login
  c:
    runs-on: x
    steps:
      - run: echo
"""


def jobs() -> dict[str, Job]:
    workflow = load_workflow(Reader().read(Source(".github/workflows/main.yml", WORKFLOW)))
    assert workflow is not None
    return workflow.jobs


@pytest.mark.parametrize("word", ["login", "echo", "ghcr.io", "absent"])
def test_a_job_that_may_not_say_a_word_has_no_step_that_does(word: str) -> None:
    for job in jobs().values():
        says = any(True for _ in _saying(job.steps, (word,)))
        assert not says or _may_say(job.node, WORKFLOW, word)
    assert not _may_say(jobs()["c"].node, WORKFLOW, "login")


def test_places_are_those_of_the_text() -> None:
    step = jobs()["a"].steps[0]
    assert isinstance(step.node, Mapping)
    assert isinstance(step.run, Scalar)
    places = Places()
    for _ in range(2):
        assert places.of(step.run, 0, 6).text == step.run.inner_span(0, 6).text == "docker"
    assert places.once((step.run, ","), lambda: [step.run or step.node]) == [step.run]
    assert places.once((step.run, ","), lambda: []) == [step.run]
