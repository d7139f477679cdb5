"""What bake files build, from HCL, JSON and Compose files, and what the action and the command push of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.models.bake import definitions
from lading.models.template import Template
from lading.session import Request, open_session
from tests.support import published, write_files


def tags(folder: Path, text: str, *chosen: str, name: str = "docker-bake.hcl", **variables: str) -> list[str]:
    """The tags of what is chosen; `?` where they cannot be told."""
    write_files(folder, {name: text})
    texts = open_session(Request(root=str(folder), environment={})).repository.texts
    found = definitions([name], texts, {key: Template.of(value) for key, value in variables.items()})
    assert found is not None
    targets = found.chosen(chosen or ("default",))
    return [tag for target in targets for tag in [text.shown for text, _ in target.tags or ()] or ["?"]]


PLAIN = 'target "default" {{ tags = {tags} }}\n'


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('["acme/shop:1"]', ["acme/shop:1"]),
        ('["acme/${lower("Shop")}:1", "acme/web"]', ["acme/shop:1", "acme/web"]),
        ('[true ? "a/b" : "a/c"]', ["a/b"]),
        ('[for n in ["api", "web"] : "acme/${n}:1" if n != "web"]', ["acme/api:1"]),
        ('concat(["a/b"], compact(["", "a/c"]))', ["a/b", "a/c"]),
        ('flatten([["a/b"], [["a/c"]]])', ["a/b", "a/c"]),
        ('[join("/", ["ghcr.io", "acme", "shop"])]', ["ghcr.io/acme/shop"]),
        ('[format("%s/shop:%d", "acme", 2)]', ["acme/shop:2"]),
        ('split(",", "a/b,a/c")', ["a/b", "a/c"]),
        ('[replace("a.b", ".", "/")]', ["a/b"]),
        ('[regex_replace("v1.2.3", "^v([0-9]+).*$", "a/b:$1")]', ["a/b:1"]),
        ('[trimprefix("va/b", "v"), substr("a/bcd", 0, 3)]', ["a/b", "a/b"]),
        ('equal("a", "a") && 1 + 1 == 2 ? ["a/b"] : []', ["a/b"]),
        ('[{name = "a/b"}.name, ["a/c", "a/d"][1]]', ["a/b", "a/d"]),
        ('["a/b:${timestamp()}"]', ["a/b:${timestamp()}"]),
        ('["a/$${b}"]', ["a/${b}"]),
        ("nothing_of_that_name", ["?"]),
        ('["b/${1 / 0}"]', ["b/${1 / 0}"]),
        ('lower(["a"])', ["?"]),
        ("[", None),
    ],
)
def test_expressions(expression: str, expected: list[str] | None, tmp_path: Path) -> None:
    text = PLAIN.format(tags=expression)
    if expected is None:
        write_files(tmp_path, {"docker-bake.hcl": text})
        texts = open_session(Request(root=str(tmp_path), environment={})).repository.texts
        assert definitions(["docker-bake.hcl"], texts, {}) is None
    else:
        assert tags(tmp_path, text) == expected


VARIABLES = """\
variable "REGISTRY" { default = "ghcr.io/acme" }
variable "TAG" {}
variable "IS_RELEASE" { default = false }
variable "NAMES" { default = ["shop"] }
NAME = "x"
function "tag" {
  params = [name]
  variadic_params = more
  result = concat(["${REGISTRY}/${name}:${TAG}"], [for m in more : "${REGISTRY}/${name}:${m}"])
}
target "default" { tags = IS_RELEASE ? concat([for n in NAMES : tag(n, "latest")]...) : tag(NAME) }
"""


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ["ghcr.io/acme/x:${TAG}"]),
        ({"TAG": "2"}, ["ghcr.io/acme/x:2"]),
        ({"TAG": "2", "REGISTRY": "acme", "IS_RELEASE": "true"}, ["acme/shop:2", "acme/shop:latest"]),
        (
            {"TAG": "2", "NAMES": "a,b", "IS_RELEASE": "1"},
            [f"ghcr.io/acme/{name}" for name in ("a:2", "a:latest", "b:2", "b:latest")],
        ),
    ],
)
def test_variables_have_defaults_and_the_environment_wins(
    variables: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    assert tags(tmp_path, VARIABLES, **variables) == expected


def test_a_default_holds_under_a_condition_also_where_it_decides(tmp_path: Path) -> None:
    text = 'variable "T" { default = "" }\n' + PLAIN.format(tags='T == "" ? ["a/b:1"] : ["a/c:${T}"]')
    write_files(tmp_path, {"docker-bake.hcl": text})
    texts = open_session(Request(root=str(tmp_path), environment={})).repository.texts
    found = definitions(["docker-bake.hcl"], texts, {})
    assert found is not None
    (target,) = found.chosen(["default"])
    assert [(tag.conditions, at.source.path) for tag, at in target.tags or ()] == [
        (("unless `T` is set",), "docker-bake.hcl")
    ]


GROUPS = """\
group "default" { targets = ["all"] }
group "all" { targets = ["api", "web"] }
target "_common" {
  tags = ["acme/common"]
  output = ["type=registry"]
}
target "api" {
  inherits = ["_common"]
  tags = ["acme/api"]
}
target "web" { inherits = ["api", "_other"] }
target "_other" {}
target "jobs" {
  matrix = {
    "name" = ["send", "sweep"]
    size = [{ n = "s" }, { n = "l" }]
  }
  name = "${name}-${size.n}"
  tags = ["acme/${name}:${size.n}"]
}
target "unknown" { matrix = { name = THERE_IS_NONE } tags = ["acme/${name}"] }
"""


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ((), ["acme/api", "acme/api"]),
        (("_common",), ["acme/common"]),
        (("jobs",), ["acme/send:s", "acme/send:l", "acme/sweep:s", "acme/sweep:l"]),
        (("sweep-l",), ["acme/sweep:l"]),
        (("_other",), ["?"]),
    ],
)
def test_groups_inheritance_and_matrices(
    chosen: tuple[str, ...], expected: list[str], tmp_path: Path
) -> None:
    text = GROUPS.partition('target "unknown"')[0]
    assert tags(tmp_path, text, *chosen) == expected


def test_a_json_bake_file_holds_templates(tmp_path: Path) -> None:
    text = """\
{"variable": {"TAG": {"default": "1"}},
 "group": {"default": {"targets": ["api"]}},
 "target": {"api": {"tags": ["acme/api:${TAG}", "acme/api"]}}}
"""
    assert tags(tmp_path, text, name="docker-bake.json") == ["acme/api:1", "acme/api"]


def test_files_that_refer_to_themselves_end(tmp_path: Path) -> None:
    text = """\
variable "A" { default = "${B}" }
variable "B" { default = "${A}" }
function "f" { params = [x]  result = f(x) }
group "default" { targets = ["default", "x"] }
target "x" { inherits = ["x"]  tags = ["a/${A}", "b/${f("x")}"] }
"""
    text = text.replace("]  ", "]\n")
    text = (
        text.replace("{ params", "{\nparams")
        .replace("f(x) }", "f(x)\n}")
        .replace("{ inherits", "{\ninherits")
    )
    assert [tag.partition("/")[0] for tag in tags(tmp_path, text.replace('")}"] }', '")}"]\n}'))] == [
        "a",
        "b",
    ]


BAKE = """\
variable "TAG" { default = "latest" }
group "default" { targets = ["api", "web"] }
target "docker-metadata-action" {}
target "api" {
  inherits = ["docker-metadata-action"]
  tags = ["ghcr.io/acme/api:${TAG}"]
}
target "web" { tags = ["ghcr.io/acme/web:${TAG}"] }
target "shop" { inherits = ["docker-metadata-action"] }
target "out" {
  tags = ["ghcr.io/acme/out:1"]
  output = ["type=image,push=true"]
}
"""
COMPOSE = """\
services:
  api:
    build: .
    image: ghcr.io/acme/api:${TAG:-1}
  db:
    image: postgres:17
"""
META = """\
      - id: meta
        uses: docker/metadata-action@v6
        with:
          images: ghcr.io/acme/shop
          tags: type=raw,value=1.4
"""


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            "uses: docker/bake-action@v6\n        with: {push: true}",
            ["ghcr.io/acme/api:2", "ghcr.io/acme/web:2"],
        ),
        ("uses: docker/bake-action@v6\n        with: {push: true, targets: web}", ["ghcr.io/acme/web:2"]),
        ("uses: docker/bake-action@v6", []),
        ("uses: docker/bake-action@v6\n        with: {targets: out}", ["ghcr.io/acme/out:1"]),
        (
            "uses: docker/bake-action@v6\n        with: {push: true, targets: web, set: 'web.tags=acme/web:3'}",
            ["acme/web:3"],
        ),
        (
            "uses: docker/bake-action@v6\n        with: {push: true, targets: web, set: '*.tags+=acme/web:3'}",
            ["ghcr.io/acme/web:2", "acme/web:3"],
        ),
        (
            "uses: docker/bake-action@v6\n        with: {targets: web, set: '*.output=type=registry'}",
            ["ghcr.io/acme/web:2"],
        ),
        (
            "uses: docker/bake-action@v6\n        with: {push: true, files: 'compose.yaml'}",
            ["ghcr.io/acme/api:2"],
        ),
        (
            "uses: docker/bake-action@v6\n        with: {push: true, targets: shop, files: 'docker-bake.hcl,"
            "${{ steps.meta.outputs.bake-file }}'}",
            ["ghcr.io/acme/shop:1.4"],
        ),
        (
            "uses: docker/bake-action@v6\n        with: {push: true, targets: shop, files: './docker-bake.hcl,"
            "cwd://${{ steps.meta.outputs.bake-file-tags }}'}",
            ["ghcr.io/acme/shop:1.4"],
        ),
        ("run: docker buildx bake --push -f docker-bake.hcl web", ["ghcr.io/acme/web:2"]),
        ("run: TAG=5 docker buildx bake --push -f docker-bake.hcl web", ["ghcr.io/acme/web:5"]),
        ("run: docker buildx bake -f docker-bake.hcl --var TAG=6 --push web", ["ghcr.io/acme/web:6"]),
        (
            'uses: docker/bake-action@v7\n        with: {push: true, targets: web, vars: "OTHER=1\\nTAG=7,x"}',
            ["ghcr.io/acme/web:7,x"],
        ),
        (
            "uses: docker/bake-action@v7\n        with: {push: true, targets: web, vars: 'TAG=${{ vars.TAG }}'}",
            ["ghcr.io/acme/web:${{ vars.TAG }}"],
        ),
        ("run: docker buildx bake -f docker-bake.hcl --set web.tags=a/b:1 --push web", ["a/b:1"]),
        ("run: docker buildx bake -f docker-bake.hcl web", []),
        ("run: docker buildx bake -f docker-bake.hcl --print out", []),
        ("run: docker buildx bake -f docker-bake.hcl out", ["ghcr.io/acme/out:1"]),
        (
            "uses: docker/bake-action@v6\n        with: {targets: web, set: "
            '"*.tags=\\n*.output=type=image,name=ghcr.io/acme/digest,push-by-digest=true,push=true"}',
            ["ghcr.io/acme/digest"],
        ),
        (
            "uses: docker/bake-action@v6\n        with: {targets: web, set: "
            '"*.output=type=image,name=ghcr.io/acme/digest,push-by-digest=true,push=true"}',
            ["ghcr.io/acme/web:2"],
        ),
        (
            "uses: docker/bake-action@v6\n        with: {targets: gone, set: "
            '"*.tags=\\n*.output=type=image,name=ghcr.io/acme/digest,push=true"}',
            ["ghcr.io/acme/digest"],
        ),
        ("run: docker buildx bake -f docker-bake.hcl --set *.push=true web", ["ghcr.io/acme/web:2"]),
        (
            "run: docker buildx bake -f docker-bake.hcl --set web.args.tags=x --push web",
            ["ghcr.io/acme/web:2"],
        ),
        ("run: docker buildx bake -f gone.hcl --push", ["*"]),
        ("run: docker buildx bake -f docker-bake.hcl --push gone", ["*"]),
        ("run: docker buildx bake https://github.com/acme/other.git --push", ["*"]),
    ],
)
def test_what_bake_pushes(step: str, expected: list[str], tmp_path: Path) -> None:
    text = f"on: push\nenv: {{TAG: '2'}}\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n{META}      - {step}\n"
    files = {".github/workflows/publish.yml": text, "docker-bake.hcl": BAKE, "compose.yaml": COMPOSE}
    if "compose" not in step and "-f" not in step and "files" not in step:
        del files["compose.yaml"]
    found = published(tmp_path, files)
    assert [r.template.shown for each in found for r in each.references] == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("$T.output=type=registry $T.tags=ghcr.io/acme/x:1", [("ghcr.io/acme/x:1", True)]),
        ("*.output=type=registry $T.tags=ghcr.io/acme/x:1", [("ghcr.io/acme/x:1", True)]),
        ("*.output=type=registry web.tags=ghcr.io/acme/x:1", [("ghcr.io/acme/x:1", False)]),
        ("*.output=type=registry,name=ghcr.io/acme/x", [("ghcr.io/acme/x", False)]),
        ("*.output=type=registry,name=ghcr.io/acme/x *.tags=", [("ghcr.io/acme/x", True)]),
        ("$T.output=type=registry", [("*", True)]),
        ("$T.output=type=image", []),
        ("$T.platform=linux/arm64", []),
    ],
)
def test_what_is_set_for_a_target_that_is_not_known(
    settings: str, expected: list[tuple[str, bool]], tmp_path: Path
) -> None:
    target = "${{ matrix.target }}"
    lines = "".join(f"            {line.replace('$T', target)}\n" for line in settings.split())
    text = f"""\
on: push
jobs:
  publish:
    runs-on: ubuntu-24.04
    strategy:
      matrix: {{target: "${{{{ fromJSON(vars.TARGETS) }}}}"}}
    steps:
      - uses: docker/bake-action@v6
        with:
          targets: {target}
          set: |
{lines}"""
    found = published(tmp_path, {".github/workflows/publish.yml": text, "docker-bake.hcl": BAKE})
    told = [
        (push.reference.shown if push.reference is not None else None, push.is_certain)
        for each in found
        for sighting in each.sightings
        for push in [sighting.push]
    ]
    assert told == expected


def test_the_place_of_a_tag_is_in_the_bake_file(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: docker/bake-action@v6, with: {push: true, targets: web}}]\n"
    (publication,) = published(tmp_path, {".github/workflows/a.yml": text, "docker-bake.hcl": BAKE})
    at = publication.references[0].at
    assert at.source.text[at.start : at.end] == '"ghcr.io/acme/web:${TAG}"'
    assert publication.references[0].template.conditions == ("unless `TAG` is set",)
