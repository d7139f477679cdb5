"""What holds of every input: places, order, merging, processes, and what the fuzzed readers promise."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.builtin import provider
from lading.config import Config
from lading.discover import discover
from lading.engine import Selection, check
from lading.files import Files
from lading.identity import Identity
from lading.models.compose.canonical import Canonical
from lading.models.compose.interpolation import Environment
from lading.models.compose.load import Loader
from lading.models.compose.values import Origin
from lading.models.repository import Repository
from lading.parallel import check_parts
from lading.parse import Reader
from lading.reports import Look, render
from lading.source import Source
from lading.texts import Texts
from lading.tree import Mapping, Node, Scalar, Sequence
from tests.support import ROOT

LOOK = Look(colour=False, prefix="", width=100)
RULES = {rule.id: rule for rule in provider().rules}


def repository_of(files: dict[str, str]) -> Repository:
    on_disk = Files("/nowhere", {path: text.encode() for path, text in files.items()})
    identity = Identity("github.com", "acme", "shop", "option --owner")
    return Repository(Texts(on_disk, Reader()), discover(on_disk), identity, Config(), ())


def examples() -> Iterator[dict[str, str]]:
    """The files of every example on the cards."""
    for card in sorted((ROOT / "rules").glob("*/*.yaml")):
        for kind in yaml.safe_load(card.read_text(encoding="utf-8"))["examples"].values():
            yield from (each["files"] for each in kind)


EXAMPLES = tuple(examples())


# --- places ---


def nodes(node: Node | None) -> Iterator[tuple[Node, Node | None]]:
    """Every node with the one that holds it."""
    waiting: list[tuple[Node, Node | None]] = [(node, None)] if node is not None else []
    while waiting:
        node, above = waiting.pop()
        yield node, above
        if isinstance(node, Mapping):
            waiting += [(each, node) for entry in node.entries for each in (entry.key, entry.value)]
        elif isinstance(node, Sequence):
            waiting += [(each, node) for each in node.items]


WORDS = st.text(st.sampled_from("abé😀 '\"\\:#-\t\u2028"), max_size=8)
VALUES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from(["'", '"', "", "|", ">"]), st.sampled_from(["\n", "\r\n"]))
def test_spans_slice_back_to_what_is_written(value: object, is_flow: bool, style: str, end: str) -> None:
    text = yaml.safe_dump({"a": value, "b": "last"}, default_flow_style=is_flow, default_style=style or None, allow_unicode=True, line_break=end)  # fmt: skip
    tree = Reader().read(Source("a.yaml", text))
    assert tree.troubles == ()
    for node, above in nodes(tree.root):
        assert 0 <= node.start <= node.end <= len(text)
        if above is not None:
            assert above.start <= node.start <= node.end <= above.end
        written = node.span.text
        if isinstance(node, Scalar) and node.style in ("'", '"'):
            assert (written[0], written[-1]) == (node.style, node.style)
            assert yaml.safe_load(f"{written}\n") == node.text or "\n" in written
        elif isinstance(node, Scalar) and not node.style and "\n" not in written:
            assert written == node.text
        for at in range(len(node.text) if isinstance(node, Scalar) else 0):
            inner = node.inner_span(at, at + 1)  # type: ignore[attr-defined]
            assert node.start <= inner.start <= inner.end <= max(node.end, inner.start)


@given(st.text(st.sampled_from("ab\n\r\u0085\u2028é😀"), max_size=40))
def test_places_and_offsets_are_each_other_s_inverse(text: str) -> None:
    source = Source("a", text)
    for offset in range(len(text) + 1):
        line, column = source.place(offset)
        assert source.offset(line, column) == offset
        assert 1 <= line <= source.line_count
    rebuilt = "".join(text[source.offset(n) : source.offset(n + 1)] if n < source.line_count else text[source.offset(n) :] for n in range(1, source.line_count + 1))  # fmt: skip
    assert rebuilt == text


# --- mutated examples: each finding lies in its file, and a report has a line for each ---


def changed(files: dict[str, str], seed: int) -> dict[str, str]:
    """Some lines dropped, doubled, swapped or pushed in."""
    chance = random.Random(seed)
    found = dict(files)
    for _ in range(chance.randint(1, 4)):
        path = chance.choice(sorted(found))
        lines = found[path].split("\n")
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        work = chance.randrange(5)
        if work == 0:
            del lines[one]
        elif work == 1:
            lines.insert(one, lines[other])
        elif work == 2:
            lines[one], lines[other] = lines[other], lines[one]
        elif work == 3:
            lines[one] = "  " + lines[one]
        else:
            lines[one] = lines[one][: chance.randint(0, len(lines[one]))] + chance.choice(("é", "\u2028", "'", "{", "${", "${{ a", "*x", "\t"))  # fmt: skip
        found[path] = "\n".join(lines)
    return found


@settings(max_examples=60)
@given(st.sampled_from(EXAMPLES), st.integers(0, 2**32))
def test_a_finding_lies_in_its_file_and_the_order_of_files_does_not_matter(
    files: dict[str, str], seed: int
) -> None:
    mutated = changed(files, seed)
    turned = dict(sorted(mutated.items(), reverse=True))
    outcomes = [check(repository_of(each), RULES, Selection(strict=True)) for each in (mutated, turned)]
    for finding in outcomes[0].findings:
        places = (finding.span, *(related.span for related in finding.related))
        for span in places:
            text = span.source.text
            assert 0 <= span.start <= span.end <= len(text)
            if finding.rule != "yaml/not-utf-8" or text:  # of what is no text none is shown
                is_folder = any(path.startswith(f"{span.source.path}/") for path in mutated)
                expected = "" if is_folder else mutated[span.source.path]
                assert text == expected.removeprefix("\ufeff")
    assert render("json", outcomes[0], LOOK, dict) == render("json", outcomes[1], LOOK, dict)
    assert len(render("concise", outcomes[0], LOOK, dict).splitlines()) == len(outcomes[0].findings)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
@settings(max_examples=8)
@given(st.integers(0, 2**32), st.integers(2, 5))
def test_several_processes_find_what_one_finds_whatever_the_workflows_are(seed: int, count: int) -> None:
    chance = random.Random(seed)
    files: dict[str, str] = {}
    for number, example in enumerate(chance.sample(EXAMPLES, 40)):
        for path, text in example.items():
            if path.startswith(".github/workflows/"):
                name = (
                    path.rpartition("/")[2]
                    if chance.random() < 0.3
                    else f"{number}-{path.rpartition('/')[2]}"
                )
                files[f".github/workflows/{name}"] = text
            else:
                files.setdefault(path, text)
    selection = Selection(strict=True)
    whole, parted = repository_of(files), repository_of(files)
    one = render("json", check(whole, RULES, selection), LOOK, dict)
    several = render("json", check_parts(parted, count, RULES, selection), LOOK, dict)
    assert several == one


# --- merging ---

NAMES = st.sampled_from(["A", "B", "C"])
TEXTS = st.sampled_from(["a", "b", "1", "true", ""])
SERVICES = st.fixed_dictionaries(
    {"image": st.sampled_from(["a", "b:1"])},
    optional={
        "command": st.lists(TEXTS, max_size=2) | TEXTS,
        "environment": st.dictionaries(NAMES, TEXTS, max_size=3),
        "labels": st.dictionaries(NAMES, TEXTS, max_size=3),
        "cap_add": st.lists(NAMES, max_size=3, unique=True),
        "networks": st.dictionaries(NAMES, st.none(), max_size=2),
        "depends_on": st.dictionaries(st.sampled_from(["x", "y"]), st.just({"condition": "service_started"}), max_size=2),
        "healthcheck": st.fixed_dictionaries({"test": st.lists(TEXTS, min_size=1, max_size=2)}, optional={"retries": st.integers(0, 9)}),
        "restart": st.sampled_from(["always", "no"]),
        "volumes": st.lists(st.sampled_from(["a:/x", "b:/y", "c:/z"]), max_size=2, unique=True),
        "logging": st.fixed_dictionaries({"driver": NAMES}, optional={"options": st.dictionaries(NAMES, TEXTS, max_size=2)}),
    },
)  # fmt: skip
PROJECTS = st.fixed_dictionaries(
    {"services": st.dictionaries(st.sampled_from(["x", "y", "z"]), SERVICES, min_size=1, max_size=3)}
)


def loaded(*documents: object) -> Any:
    """The canonical model of files that are read together."""
    paths = tuple(f"{number}.yaml" for number in range(len(documents)))
    files = {path: json.dumps(document) if document != "" else "" for path, document in zip(paths, documents, strict=True)}  # fmt: skip
    texts = Texts(Files("/nowhere", {path: text.encode() for path, text in files.items()}), Reader())
    loader = Loader(texts)
    loader.load(paths, Origin(Environment({}, is_complete=True), ""), ())
    canonical = Canonical(name="shop", root="/shop", is_normalized=False)
    return canonical.of(loader.model)


@given(PROJECTS)
def test_a_file_that_says_nothing_changes_nothing(project: object) -> None:
    alone = loaded(project)
    empty: tuple[dict[str, object], ...] = ({}, {"services": {}}, {"x-a": 1})
    for nothing in empty:
        merged = loaded(project, nothing)
        merged.pop("x-a", None)
        assert merged == alone
        first = loaded(nothing, project)
        first.pop("x-a", None)
        assert first == alone


@given(PROJECTS)
def test_a_file_over_itself_changes_nothing(project: object) -> None:
    assert loaded(project, project) == loaded(project)


@given(PROJECTS, PROJECTS)
def test_the_last_file_has_the_last_word(base: dict[str, Any], over: dict[str, Any]) -> None:
    merged = loaded(base, over)["services"]
    for name, service in loaded(over)["services"].items():
        for key in ("image", "command", "restart"):
            if service.get(key):
                assert merged[name][key] == service[key]
        for variable, value in (service.get("environment") or {}).items():
            assert merged[name]["environment"][variable] == value
    assert set(merged) == set(base["services"]) | set(over["services"])


# --- what is fuzzed ---


def _fuzz_targets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_targets", ROOT / "benchmarks" / "fuzz_targets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FUZZ = _fuzz_targets()
SEEDS: dict[str, list[str]] = {}
for target, seed_text in FUZZ.seeds(Path(ROOT)):
    SEEDS.setdefault(target, []).append(seed_text)
SIGNS = "ab1 \n\t:-#'\"\\{}[]()$|>&*!?%@`,./<=~é😀\u0085\u2028\ufeff\x1b\x01"


@pytest.mark.parametrize("name", list(FUZZ.TARGETS))
def test_each_target_of_the_fuzzer_holds(name: str) -> None:
    target: Callable[[str], None] = FUZZ.TARGETS[name]

    @settings(max_examples=40, database=None)
    @given(st.sampled_from(SEEDS[name]), st.text(SIGNS, max_size=20), st.integers(0, 10_000))
    def holds(seed: str, piece: str, place: int) -> None:
        at = place % (len(seed) + 1)
        target(seed[:at] + piece + seed[at:])

    holds()
