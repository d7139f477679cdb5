"""What is worked out once, or only as far as it is asked for, is the same as in the plain way."""

from __future__ import annotations

import itertools

import pytest

from lading.files import Files
from lading.identity import Identity
from lading.models.candidates import Candidates
from lading.models.image import DOCKER_HUB, NameParts, split_template
from lading.models.permissions import CallGraph, call_graph
from lading.models.recognisers.builtin import RECOGNISERS
from lading.models.recognisers.table import Recognisers
from lading.models.steps import Walker
from lading.models.template import Hole, Template
from lading.models.workflow import Job, load_workflow
from lading.models.worlds import Worlds, worlds
from lading.parse import Reader
from lading.source import Source
from lading.texts import Texts
from lading.tree import Mapping, Node, Scalar, Sequence, resolve

IDENTITY = Identity("github.com", "Acme", "Shop", "option --owner")

# --- references ---


def piece_by_piece(template: Template) -> NameParts:
    """A reference cut at `@`, `/` and `:`, one behind the other."""
    front, *behind = template.split("@")
    segments = front.split("/")
    last, *tags = segments[-1].split(":")
    name: list[str | Hole] = []
    for segment in segments[:-1]:
        name += [*segment.parts, "/"]
    first = segments[0].literal
    is_host = (
        first is not None
        and len(segments) > 1
        and (first == "localhost" or "." in first or ":" in first or first != first.lower())
    )
    registry = None
    if first is not None:
        registry = first if is_host and first != "index.docker.io" else DOCKER_HUB
    path = segments[1:] if is_host else segments
    return NameParts(
        registry,
        path[0] if registry is not None and len(path) > 1 else None,
        Template((*name, *last.parts), template.conditions),
        tags[0] if tags else None,
        behind[0] if behind else None,
        True if tags or behind else (None if last.holes else False),
    )


def rows(parts: NameParts) -> tuple[object, ...]:
    return tuple(getattr(parts, name) for name in sorted(NameParts.__slots__))


PIECES: tuple[tuple[str | Hole, ...], ...] = (
    ("",),
    ("ghcr.io/",),
    ("localhost",),
    ("index.docker.io/acme/",),
    ("Shop/api",),
    ("acme/shop:1.4",),
    (":5000/",),
    ("a:b:c@sha256:1@2",),
    ("/",),
    (Hole("${{ a }}", "known later"),),
    (Hole("${{ b }}", "known later"), "-x/", Hole("${{ c }}", "known later")),
)


@pytest.mark.parametrize("conditions", [(), ("unless `TAG` is set",)])
def test_a_reference_is_cut_as_it_is_piece_by_piece(conditions: tuple[str, ...]) -> None:
    for pieces in itertools.product(PIECES, repeat=3):
        template = Template([part for piece in pieces for part in piece], conditions)
        assert rows(piece_by_piece(template)) == rows(split_template(template)), template


# --- worlds ---

MATRIX = "strategy: {matrix: {n: [" + ", ".join(map(str, range(200))) + "]}}"


def jobs_of(text: str) -> tuple[dict[str, Job], CallGraph]:
    workflow = load_workflow(Reader().read(Source(".github/workflows/main.yml", text)))
    assert workflow is not None
    return workflow.jobs, call_graph({workflow.path: workflow}, IDENTITY)


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n",
        "on: [push, pull_request]\njobs: {a: {runs-on: x, if: github.event_name == 'push', steps: [{run: make}]}}\n",
        "on: push\njobs: {a: {runs-on: x, if: github.event_name == 'release', steps: [{run: make}]}}\n",
        "on: {push: {tags: ['v*'], branches: [main, next]}}\n"
        "jobs: {a: {runs-on: x, "
        + "strategy: {matrix: {n: [1, 2]}}, steps: [{run: 'echo ${{ github.ref }}'}]}}\n",
        "on: workflow_call\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n",
    ],
)
def test_worlds_come_one_by_one_as_they_come_together(text: str) -> None:
    jobs, graph = jobs_of(text)
    together = [
        (way.events, way.ref, way.contexts["matrix"], way.is_certain)
        for way in worlds(jobs["a"], graph, None)
    ]
    ways = Worlds(jobs["a"], graph, None)
    for _ in range(2):
        assert together == [(way.events, way.ref, way.contexts["matrix"], way.is_certain) for way in ways]


def test_of_very_many_worlds_those_without_the_matrix_come_behind() -> None:
    jobs, graph = jobs_of(
        f"on: [push, pull_request]\njobs: {{a: {{runs-on: x, {MATRIX}, steps: [{{run: 'echo ${{{{ github.ref }}}}'}}]}}}}\n"
    )
    together = [(way.events, str(way.contexts["matrix"])) for way in worlds(jobs["a"], graph, None)]
    one_by_one = [(way.events, str(way.contexts["matrix"])) for way in Worlds(jobs["a"], graph, None)]
    assert together == one_by_one[-len(together) :]
    assert len(one_by_one) > len(together)


def test_jobs_of_a_run_share_what_the_event_tells_and_what_a_job_leaves() -> None:
    jobs, graph = jobs_of(
        "on: push\njobs:\n"
        "  a:\n    runs-on: x\n    outputs: {tag: '${{ steps.t.outputs.tag }}'}\n"
        '    steps: [{id: t, run: \'echo "tag=1.4" >> "$GITHUB_OUTPUT"\'}]\n'
        "  b: {runs-on: x, needs: a, steps: [{run: 'echo ${{ needs.a.outputs.tag }}'}]}\n"
        "  c: {runs-on: x, needs: a, steps: [{run: 'echo ${{ needs.a.outputs.tag }}'}]}\n"
    )
    candidates = Candidates({}, Recognisers(RECOGNISERS), Texts(Files("/nowhere"), Reader()))
    walker = Walker(candidates, graph)
    ways = [way for name in "bc" for way in worlds(jobs[name], graph, IDENTITY, None, walker.needs)]
    first, second = (way.contexts["github"] for way in ways)
    assert first is second
    left = [walker.needs(way.job, way) for way in ways]
    assert left == [{"a": {"outputs": {"tag": "1.4"}, "result": "success"}}] * 2


# --- trees ---

FILES = (
    "a: 1\nb: {c: [1, 2], d: {}}\n",
    "a: &x {b: 1}\nc: *x\n*x : 2\n",
    "a: 1\na: 2\n? [x]\n: 3\n",
    "- {a: , b: ~}\n- !!str\n- |\n  text\n\n- >-\n  folded\n",
    "<<: {a: 1}\n'a b': \"c\"\n",
)


def mappings(node: Node) -> list[Mapping]:
    below: list[Node] = []
    if isinstance(node, Mapping):
        below = [each for entry in node.entries for each in (entry.key, entry.value)]
    elif isinstance(node, Sequence):
        below = list(node.items)
    return [
        *([node] if isinstance(node, Mapping) else []),
        *(inner for each in below for inner in mappings(each)),
    ]


@pytest.mark.parametrize("text", FILES)
def test_the_names_that_the_reader_leaves_are_those_of_the_entries(text: str) -> None:
    for document in Reader().read(Source("a.yaml", text)).documents:
        for mapping in mappings(document):
            left = mapping.names
            mapping.names = None
            found = mapping._indexed()
            assert left is None or list(left.items()) == list(found.items())


@pytest.mark.parametrize("text", FILES)
def test_a_scalar_is_what_holds_something(text: str) -> None:
    for document in Reader().read(Source("a.yaml", text)).documents:
        for mapping in mappings(document):
            for entry in mapping.entries:
                value = mapping.get(entry.name or "")
                found = mapping.scalar(entry.name or "")
                plain = resolve(value) if value is not None else None
                assert found is (plain if isinstance(plain, Scalar) and not plain.is_null else None)
