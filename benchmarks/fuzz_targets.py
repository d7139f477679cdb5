"""What is fuzzed: each target takes a text and holds that nothing breaks, and that what comes out is in order.

A target raises only for a defect: exceptions that are part of what a function promises are caught here.
"""

from __future__ import annotations

import contextlib
import json
import posixpath
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from unicodedata import category
from xml.etree import ElementTree
from zlib import crc32

from lading.builtin import provider
from lading.cli.scene import scene_of
from lading.cli.texts import rule_text
from lading.config import Config
from lading.config_file import read_config
from lading.decode import encode_like
from lading.discover import discover
from lading.engine import Selection, check
from lading.explain.pages import as_page
from lading.explain.subject import subjects
from lading.files import Files
from lading.findings import Outcome
from lading.fixes import Draft
from lading.identity import Identity
from lading.models.bake import definitions
from lading.models.compose import forms
from lading.models.compose.dotenv import parse_dotenv
from lading.models.compose.interpolation import (
    Environment,
    InvalidFormat,
    all_names,
    interpolate,
    parse,
    references,
)
from lading.models.dockerfile import read_dockerfile
from lading.models.evaluation import text_of
from lading.models.expressions import MAX_LENGTH, ExpressionError, Partial, Unknown, evaluate, pieces, roots
from lading.models.expressions import parse as parse_expression
from lading.models.gotemplate import rendered
from lading.models.image import (
    InvalidReference,
    check_template,
    is_rendered_elsewhere,
    parse_reference,
    placeholder_in_template,
    split_template,
)
from lading.models.makefile import makefile
from lading.models.manifest import manifest
from lading.models.repository import Repository
from lading.models.shell import Scripts
from lading.models.template import Hole, Template
from lading.parse import Reader
from lading.patterns import unsafe_pattern
from lading.problems import Problem
from lading.reports import FORMATS, Look, RuleText, render
from lading.reports.display import UNSAFE
from lading.reports.manifest import render as render_manifest
from lading.session import Request, open_session
from lading.source import Source
from lading.texts import Texts
from lading.tree import Alias, Mapping, Node, Scalar, Sequence

HEAD = re.compile(r"(?m)^=== (.+)\n?")
"""Begins a file of a small repository; the first may go without."""
COMMAND = re.compile(r"(?m)^\s*::[A-Za-z-]+(?: .*)?::|##\[")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PLAIN = Look(colour=False, prefix="", width=100)
COLOURED = Look(colour=True, prefix="../", width=60)
BROKEN = ("yaml/syntax-error", "yaml/not-utf-8", "yaml/too-deep-or-large", "yaml/unreadable-file")
FOR_PROGRAMS = tuple(format for format in FORMATS if format not in ("text", "concise"))
RULES = {rule.id: rule for rule in provider().rules}
_EMPTY = tempfile.TemporaryDirectory(prefix="fuzzed-")


@cache
def rule_texts() -> dict[str, RuleText]:
    return {id: rule_text(rule) for id, rule in RULES.items()}


CONTEXTS: dict[str, object] = {
    "github": Partial(
        {"ref": "refs/heads/main", "repository": "Acme/Shop", "event": Partial({}, "later")}, "later"
    ),
    "matrix": {"os": "ubuntu", "ports": [80.0, 443.0], "empty": {}, "none": None},
    "env": {"A": "va", "E": ""},
    "secrets": Unknown("a secret"),
    "needs": {"build": {"result": "success", "outputs": {"tag": "v1"}}},
}
SET = Environment({"A": Template.of("va"), "E": Template.of(""), "H": Template((Hole("$X", "unset"),))})
FIELDS: dict[str, object] = {"ProjectName": Template.of("shop"), "Env": {"OWNER": Template.of("Acme")}}


def fuzz_yaml(text: str) -> None:
    """The tree of a text: each node lies inside of it and inside of its parent's lines, and can be asked anything."""
    tree = Reader().read(Source("a.yaml", text))
    for node in _nodes(tree.documents):
        assert 0 <= node.start <= node.end <= len(text), node
        if isinstance(node, Scalar):
            for start, end in ((0, len(node.text)), (0, 1), (len(node.text) // 2, len(node.text))):
                inner = node.inner_span(start, min(end, len(node.text)))
                assert 0 <= inner.start <= inner.end <= len(text), (node, inner)
    for comment in tree.comments():
        assert 1 <= comment.line <= tree.source.line_count
    for trouble in tree.troubles:
        assert 0 <= trouble.span.start <= trouble.span.end <= len(text), trouble


def _nodes(documents: tuple[Node, ...]) -> Iterator[Node]:
    waiting: list[Node] = list(documents)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Mapping):
            waiting += [each for entry in node.entries for each in (entry.key, entry.value)]
        elif isinstance(node, Sequence):
            waiting += node.items
        else:
            assert isinstance(node, Scalar | Alias), node


def fuzz_image(text: str) -> None:
    """A reference, whole and with a hole where `$X` stands."""
    with contextlib.suppress(InvalidReference):
        parsed = parse_reference(text)
        assert parse_reference(parsed.text).text == parsed.text, "a normal form stays as it is"
    template = _with_holes(text)
    check_template(template)
    placeholder_in_template(template)
    split_template(template)
    is_rendered_elsewhere(text)


def _with_holes(text: str) -> Template:
    parts: list[str | Hole] = []
    for number, piece in enumerate(text.split("$X")):
        parts += (Hole("$X", "it is not set"), piece) if number else (piece,)
    return Template(parts)


def fuzz_expression(text: str) -> None:
    """Expressions in a text, and the text as one expression."""
    text_of(text, CONTEXTS)
    with contextlib.suppress(ExpressionError):
        for piece in pieces(text):
            assert 0 <= piece.start <= piece.end <= len(text), piece
    try:
        found = parse_expression(text)
    except ExpressionError:
        return
    roots(found)
    with contextlib.suppress(ExpressionError):
        evaluate(found, CONTEXTS)
    written = str(found)
    if len(written) <= MAX_LENGTH:  # with its blanks a long one is too long to be read again
        assert str(parse_expression(written)) == written, "what is written out is read the same"


def fuzz_interpolation(text: str) -> None:
    """`${…}` of Compose, and a `.env` file."""
    try:
        parse(text)
        interpolate(text, SET)
        for reference in references(text):
            assert text[reference.start : reference.end].startswith("$"), reference
        list(all_names(text))
    except InvalidFormat:
        pass
    parse_dotenv(text, SET)


def fuzz_shell(text: str) -> None:
    """A script, in a run that knows some variables."""
    effects = Scripts().follow(
        text, (), {"OWNER": Template.of("Acme"), "H": Template((Hole("$H", "later"),))}
    )
    for ran in effects.commands:
        for word in ran.words:
            assert len(word.template.shown) < 10_000_000


def fuzz_bake(text: str) -> None:
    """A bake file, as HCL and as JSON."""
    for name in ("docker-bake.hcl", "docker-bake.json"):
        files = Files(_EMPTY.name, {name: text.encode("utf-8", "surrogatepass")})
        found = definitions([name], Texts(files, Reader()), {"TAG": Template.of("1")})
        if found is not None:
            for target in found.chosen(("default",)):
                for tag, _ in target.tags or ():
                    assert isinstance(tag, Template)


def fuzz_dockerfile(text: str) -> None:
    """Stages and their health, by name and number."""
    found = read_dockerfile(Source("Dockerfile", text), {"V": Template.of("1")})
    for target in (None, "build", "0", "x"):
        health = found.health(target)
        assert 1 <= health.line <= Source("Dockerfile", text).line_count, health.line


def fuzz_gotemplate(text: str) -> None:
    """A template of goreleaser."""
    assert len(rendered(text, FIELDS).text.shown) < 10_000_000


def fuzz_makefile(text: str) -> None:
    """A Makefile and what its targets run."""
    found = makefile(text)
    for targets in ((), ("push",), ("all", "push")):
        assert len(found.script(targets, frozenset({"TAG"}))) < 10_000_000


def fuzz_config(text: str) -> None:
    """`lading.yaml`: settings, or a problem that names the file."""
    with contextlib.suppress(Problem):
        read_config("lading.yaml", text.encode("utf-8", "surrogatepass"), Reader())


FORMS: tuple[Callable[[str], object], ...] = (
    forms.duration,
    forms.size,
    forms.ports,
    forms.port_range_of,
    forms.mount,
    forms.device,
    forms.command_line,
    forms.is_ip_address,
)


def fuzz_forms(text: str) -> None:
    """Ports, durations, sizes, mounts and commands; no text that is read holds half a surrogate pair."""
    text = text.encode("utf-8", "replace").decode()
    for form in FORMS:
        with contextlib.suppress(forms.BadForm):
            form(text)


def fuzz_patterns(text: str) -> None:
    """A line with a pattern, and a text to look for it in: what is not refused is quick."""
    pattern, _, rest = text.partition("\n")
    if unsafe_pattern(pattern) is None:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.search(pattern, rest[:150])
    paths = ("a" * 60 + "/compose.yaml", "a/" * 30 + "compose.yaml", "abc/compose.yaml")
    discover(
        Files(_EMPTY.name, {".gitignore": text.encode("utf-8", "surrogatepass"), **dict.fromkeys(paths, b"")})
    )
    with contextlib.suppress(Problem):
        discover(Files(_EMPTY.name, dict.fromkeys(paths, b"")), tuple(text.split("\n")[:50]))


def split_files(text: str) -> dict[str, bytes]:
    """The files of a small repository, by path: one that a system can give, which is never half a pair of UTF-16."""
    _, *parts = HEAD.split(text)
    pairs = list(zip(parts[::2], parts[1::2], strict=False)) or [("compose.yaml", text)]
    files: dict[str, bytes] = {}
    for path, content in pairs[:20]:
        normal = posixpath.normpath(path.strip().encode("utf-8", "replace").decode())
        if not normal.startswith(("/", "..")) and normal != "." and "\0" not in normal and len(normal) < 200:
            files[normal] = content.encode("utf-8", "surrogatepass")
    return files


def fuzz_check(text: str) -> None:
    """A whole run over a small repository, with every report for people."""
    files = Files(_EMPTY.name, split_files(text))
    repository = Repository(
        Texts(files, Reader()),
        discover(files),
        Identity("github.com", "acme", "shop", "option --owner"),
        Config(),
        (),
    )
    outcome = check(repository, RULES, Selection(strict=True))
    for finding in outcome.findings:
        assert 1 <= finding.line <= max(finding.span.source.line_count, 1), finding
        assert finding.span.start <= finding.span.end <= len(finding.span.source.text), finding
        for related in finding.related:
            assert related.span.start <= related.span.end <= len(related.span.source.text), (finding, related)
    lines = render("concise", outcome, PLAIN, dict)
    assert len(lines.splitlines()) == len(outcome.findings), "one finding is one line"
    assert COMMAND.search(lines) is None, "nothing is a command to a runner that reads the log"
    for look in (PLAIN, COLOURED):
        shown = COLOUR.sub("", render("text", outcome, look, dict))
        assert all(sign == "\n" or category(sign) not in UNSAFE for sign in set(shown)), (
            "nothing acts on the terminal"
        )
        assert COMMAND.search(shown) is None, "nothing is a command to a runner that reads the log"
    bill = manifest(repository)
    for format in ("text", "json", "mermaid", "dot"):
        render_manifest(format, bill, PLAIN, lambda: ())


def fuzz_session(text: str) -> None:
    """A run with its own configuration: a report for programs, pages of `explain`, and all fixes at once."""
    files = split_files(text)
    request = Request(root=_EMPTY.name, owner="acme", repo="shop", environment={}, strict=True)
    try:
        session = open_session(request, files)
        outcome = session.check()
    except Problem:
        return
    format = FOR_PROGRAMS[crc32(text.encode("utf-8", "surrogatepass")) % len(FOR_PROGRAMS)]
    shown = render(format, outcome, PLAIN, rule_texts, scene_of(session, "lading"))
    _hold_together(format, shown, len(outcome.findings))
    inventory = session.repository.inventory
    for path in (*inventory.workflows, *inventory.compose, *inventory.dockerfiles):
        with contextlib.suppress(Problem):
            for subject in subjects(session.repository, path, None, str):
                json.dumps(subject.facts)
                shown = as_page(subject.facts, PLAIN)
                assert all(sign == "\n" or category(sign) not in UNSAFE for sign in set(shown)), path
    _mend(request, files, outcome)


def _hold_together(format: str, text: str, count: int) -> None:
    """Is a report for programs what such programs can read?"""
    if format in ("junit", "checkstyle"):
        ElementTree.fromstring(text)
    elif format == "json-lines":
        assert len([json.loads(line) for line in text.split("\n")[:-1]]) >= count
    elif format == "github":
        assert all(line.startswith("::") or "not annotated: " in line for line in text.splitlines())
    elif format == "sarif":
        results = json.loads(text)["runs"][0]["results"]
        assert len(results) == count
        regions = [r["locations"][0]["physicalLocation"].get("region", {"startLine": 1}) for r in results]
        assert all(region["startLine"] >= 1 and region.get("startColumn", 1) >= 1 for region in regions)
    elif format != "summary":
        json.loads(text)
    text.encode()


def _mend(request: Request, files: dict[str, bytes], outcome: Outcome) -> None:
    """All fixes that go together: no file that they mend is told to be broken more often.

    Another one may be: a mended `extends` draws in a file that nobody has read before.
    """
    draft = Draft(lambda path: path)
    draft.take_all([finding for finding in outcome.findings if finding.fix is not None])
    new = {path: encode_like(text, files[path]) for path, text in draft.texts().items()}
    if new:
        after = open_session(request, {**files, **new}).check()
        broken = Counter(f.path for f in after.findings if f.rule in BROKEN and f.path in new)
        assert not broken - Counter(f.path for f in outcome.findings if f.rule in BROKEN)


TARGETS: dict[str, Callable[[str], None]] = {
    name.removeprefix("fuzz_"): target for name, target in dict(globals()).items() if name.startswith("fuzz_")
}


SEEDS = (
    ("makefile", "A := acme/shop\nifdef X\nB = $(A):$(V)\nendif\npush: build\n\tdocker push $(B) \\\n\t  $@\n%: ; @make $(subst a,b,$*)\n"),
    ("makefile", "define RUN\ndocker push $(1)\nendef\npush:\n\t$(call RUN,$(shell git describe))\ninclude x.mk\n.PHONY: push\n"),
    ("gotemplate", '{{ if not .Prerelease }}{{ .Env.OWNER | tolower }}/{{ .ProjectName }}:{{ trimprefix "v1" "v" }}{{ else if eq .A "b" }}x{{ end }}'),
    ("gotemplate", '{{- range $k, $v := .Env }}{{ $k }}{{ end -}}{{ with .A }}{{ . }}{{ end }}{{ envOrDefault "A" "b" }}{{/* a */}}{{ printf "%s" .Tag }}'),
    ("bake", 'variable "V" { default = "1" }\nfunction "f" { params = [a]\n variadic_params = b\n result = concat([a], b) }\n'
     'group "default" { targets = ["a", "b"] }\ntarget "a" { matrix = { x = ["1", "2"] }\n name = "a-${x}"\n inherits = ["b"]\n'
     ' tags = [for t in f("u/v:${V}", "w") : t if t != ""]\n output = ["type=registry"] }\ntarget "b" { tags = equal(V, "1") ? [format("%s", V)] : [] }\n'),
    ("bake", '{"variable": {"V": {"default": "1"}}, "group": {"default": {"targets": ["a"]}}, "target": {"a": {"inherits": ["b"], "tags": ["u/v:${V}"]}, "b": {"matrix": {"x": [1]}}}}'),
    ("config", "repository: acme/shop\nnamespaces: [ghcr.io/acme]\ndefault-token: restricted\nexclude: [a/]\nrules:\n  health/wait-without-healthcheck: off\n"
     "  image/x: {level: note, ignore: [b], options: {a: 1}}\nassume: {variables: {A: 1}, images-with-healthcheck: [a/*]}\ncompose:\n  projects:\n  - files: [a.yaml]\ncards: [p]\n"),
    ("patterns", "*.yaml\n!a/**/b\n/c\n[!x-z]?\n\\#\n"),
    ("patterns", "(a|b)+[^x]*?$\naaaaab\n"),
    ("interpolation", "A=1\nexport B=\"x ${A:-${C}}\"\nC='y\nz' # d\n"),
    ("check", "=== compose.yaml\ninclude: [{path: [a/compose.yaml], env_file: .env}]\nservices:\n  a: {extends: {file: b.yml, service: x}, image: '${R:-ghcr.io}/acme/shop:${T}'}\n"
     "=== a/compose.yaml\nservices: {db: {image: 'postgres:17', healthcheck: {test: [CMD, x]}}}\n=== b.yml\nservices: {x: {build: ., depends_on: {db: {condition: service_healthy}}}}\n=== .env\nT=1\n"),
    ("check", "=== .github/workflows/ci.yml\non: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    strategy: {matrix: {x: [a, b]}}\n    steps:\n"
     "    - {id: m, uses: docker/metadata-action@v5, with: {images: 'ghcr.io/acme/${{ matrix.x }}', tags: 'type=semver,pattern={{version}}'}}\n"
     "    - {uses: docker/build-push-action@v6, with: {push: true, tags: '${{ steps.m.outputs.tags }}'}}\n    - run: make push\n    - {uses: goreleaser/goreleaser-action@v6, with: {args: release}}\n"
     "    - {uses: docker/bake-action@v6, with: {push: true}}\n=== Makefile\npush:\n\tdocker push ghcr.io/acme/shop:$(V)\n=== .goreleaser.yaml\ndockers_v2: [{images: [a/b], tags: ['{{ .Tag }}']}]\n"
     "=== docker-bake.hcl\ntarget \"default\" { tags = [\"a/b:1\"] }\n=== .gitignore\n*.log\n"),
)  # fmt: skip
"""What neither fixtures nor cards have."""


def seeds(root: Path) -> Iterator[tuple[str, str]]:
    """Target and text: the fixtures of the tests and the examples on the cards."""
    import yaml

    yield from SEEDS
    examples: list[dict[str, str]] = []

    for card in sorted((root / "rules").glob("*/*.yaml")):
        for kind in yaml.safe_load(card.read_text())["examples"].values():
            examples += [each["files"] for each in kind]
    for story in sorted((root / "tests/fixtures").iterdir()):
        found = {str(path.relative_to(story)): path for path in story.rglob("*") if path.is_file()}
        examples.append({name: path.read_text(errors="replace") for name, path in found.items()})
    for files in examples:
        whole = "".join(f"=== {path}\n{text}" for path, text in files.items())
        if len(whole) < 20_000:
            yield "check", whole
            yield "session", whole
        for path, text in files.items():
            yield from _parts(path, text)


def _parts(path: str, text: str) -> Iterator[tuple[str, str]]:
    """What of one file is of use to the targets beside `check`."""
    name = path.rpartition("/")[2].lower()
    if "erfile" in name:
        yield "dockerfile", text
    elif name == "makefile" or name.endswith(".mk"):
        yield "makefile", text
    elif "bake" in name:
        yield "bake", text
    elif name.endswith(".sh"):
        yield "shell", text
    elif name.endswith((".yaml", ".yml")):
        yield ("config" if "lading" in name else "yaml"), text
        if "goreleaser" in name or "ko" in name:
            yield "gotemplate", text
        for match in re.finditer(r"(?m)^( *)(?:- )?run: (?:\|\n((?:\1 +.*\n|\n)+)|(.+))", text):
            yield "shell", match[2] or match[3]
        for match in re.finditer(r"image: ([^\s#]+)", text):
            yield "image", match[1]
            yield "interpolation", match[1]
        for match in re.finditer(r"\$\{\{(.*?)\}\}", text):
            yield "expression", match[1]
        for match in re.finditer(r"- \"?([\w./:${}-]+)", text):
            yield "forms", match[1]
            yield "patterns", match[1] + "\n" + match[1]
    elif name == ".env":
        yield "interpolation", text
    elif name == ".gitignore":
        yield "patterns", text
