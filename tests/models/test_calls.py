"""Scripts that steps call: files of the repository, recipes of make, scripts of package.json, `bash -c`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.models.makefile import _closing, makefile
from tests.support import published

PUSH = "docker push ghcr.io/acme/shop:$TAG\n"
STEPS = "on: push\nenv: {{TAG: '1.4'}}\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: {run}\n"


@pytest.mark.parametrize(
    ("run", "files"),
    [
        ("./scripts/push.sh", {"scripts/push.sh": PUSH}),
        ("bash scripts/push.sh", {"scripts/push.sh": PUSH}),
        ("bash -euo pipefail scripts/push.sh", {"scripts/push.sh": PUSH}),
        ("sudo -E ./push.sh", {"push.sh": PUSH}),
        ("cd scripts && ./push.sh", {"scripts/push.sh": PUSH}),
        ("(cd scripts); scripts/push.sh", {"scripts/push.sh": PUSH}),
        ("$GITHUB_WORKSPACE/scripts/push.sh", {"scripts/push.sh": PUSH}),
        ("scripts/push", {"scripts/push": "#!/usr/bin/env bash\n" + PUSH}),
        ("source scripts/push.sh", {"scripts/push.sh": PUSH}),
        ("./all.sh", {"all.sh": "set -e\nscripts/push.sh\n", "scripts/push.sh": PUSH}),
        ("./push.sh acme/shop 1.4", {"push.sh": 'docker push "ghcr.io/$1:$2"\n'}),
        ("./push.sh x shop", {"push.sh": 'shift\ndocker push "ghcr.io/acme/$1:1.4"\n'}),
        (
            ". ./names.sh && docker push $IMAGE:$TAG",
            {"names.sh": "IMAGE=ghcr.io/acme/shop\n"},
        ),
        (
            "make push",
            {"Makefile": "push: build\n\tdocker push ghcr.io/acme/shop:$(TAG)\n\nbuild:\n\ttrue\n"},
        ),
        ("make push", {"Makefile": "IMAGE ?= ghcr.io/acme/shop\npush:\n\t@docker push $(IMAGE):${TAG}\n"}),
        ("make -C api push", {"api/Makefile": "push:\n\tdocker push ghcr.io/acme/shop:$(TAG)\n"}),
        ("make release", {"Makefile": "release: push\npush:\n\t./push.sh\n", "push.sh": PUSH}),
        ("make push NAME=shop", {"Makefile": "push:\n\tdocker push ghcr.io/acme/$(NAME):$(TAG)\n"}),
        ("make push-shop", {"Makefile": "push-%: ; docker push ghcr.io/acme/$*:$(TAG)\n"}),
        ("make push-shop", {"Makefile": "push-%:\n\tdocker push ghcr.io/acme/$(*):$(TAG)\n"}),
        (
            "make all",
            {
                "Makefile": "all: push-shop\n%:\n\tdocker push a/$*\npush-%:\n\tdocker push ghcr.io/acme/$*:$(TAG)\n"
            },
        ),
        (
            "make push-1.4-x",
            {
                "Makefile": "push-%: tag-% ;\ntag-%-x:\n\tdocker push ghcr.io/acme/shop:$*\ntag-%:\n\tdocker push b\n"
            },
        ),
        (
            "make push-$TAG",
            {"Makefile": "push-%:\n\tdocker push ghcr.io/acme/shop:$*\n"},
        ),
        (
            "make push",
            {
                "Makefile": "NAMES = shop shop\npush:\n"
                "\t@$(foreach n,$(NAMES),docker push ghcr.io/acme/$(n):$(TAG);)\n"
            },
        ),
        ("npm run push", {"package.json": '{"scripts": {"push": "docker push ghcr.io/acme/shop:1.4"}}'}),
        ("yarn push", {"package.json": '{"scripts": {"push": "docker push ghcr.io/acme/shop:1.4"}}'}),
        (
            "pnpm -C web run push",
            {"web/package.json": '{"scripts": {"push": "docker push ghcr.io/acme/shop:1.4"}}'},
        ),
        ("bash -c 'docker push ghcr.io/acme/shop:$TAG'", {}),
        ('NAME=shop; eval "docker push ghcr.io/acme/$NAME:$TAG"', {}),
    ],
)
def test_what_a_step_calls_is_followed(run: str, files: dict[str, str], tmp_path: Path) -> None:
    text = STEPS.format(run="|\n          " + run)
    found = published(tmp_path, {".github/workflows/publish.yml": text, **files})
    assert {each.references[0].template.pattern for each in found} == {"ghcr.io/acme/shop:1.4"}


@pytest.mark.parametrize(
    ("run", "files"),
    [
        pytest.param("make test", {"Makefile": "test:\n\ttrue\npush:\n\t" + PUSH}, id="another target"),
        pytest.param("./scripts/test.sh", {"scripts/push.sh": PUSH}, id="a script that is not there"),
        pytest.param("../push.sh", {"push.sh": PUSH}, id="a script outside of the repository"),
        pytest.param("bin/push", {"bin/push": "\x7fELF docker push"}, id="a program"),
        pytest.param(
            "npm publish",
            {"package.json": '{"scripts": {"publish": "docker push a/b"}}'},
            id="npm's own verb",
        ),
    ],
)
def test_what_is_not_run_pushes_nothing(run: str, files: dict[str, str], tmp_path: Path) -> None:
    assert published(tmp_path, {".github/workflows/publish.yml": STEPS.format(run=run), **files}) == ()


BUILD = "docker buildx build $(ARGS) -t ghcr.io/acme/shop:1.4 .\n"
ENVIRONMENTS = {
    "the workflow": "env: {{ARGS: {args}}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {run}\n",
    "the job": "jobs:\n  a:\n    runs-on: x\n    env: {{ARGS: {args}}}\n    steps:\n      - run: {run}\n",
    "the step": "jobs:\n  a:\n    runs-on: x\n    steps:\n      - env: {{ARGS: {args}}}\n        run: {run}\n",
}


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize(
    ("run", "makefile"),
    [
        pytest.param(BUILD.replace("$(ARGS)", "$ARGS"), "", id="a script"),
        pytest.param("make img", "img:\n\t" + BUILD, id="a Makefile"),
        pytest.param("make img", "ARGS ?=\nimg:\n\t" + BUILD, id="a Makefile with a default"),
    ],
)
def test_options_may_stand_in_the_environment(where: str, run: str, makefile: str, tmp_path: Path) -> None:
    for args, count in (("--push --pull", 1), ("--load", 0)):
        text = "on: push\n" + ENVIRONMENTS[where].format(run=run.strip(), args=args)
        folder = tmp_path / str(count)
        folder.mkdir()
        assert len(published(folder, {"Makefile": makefile, ".github/workflows/w.yml": text})) == count


def test_a_part_of_a_target_may_be_unknown(tmp_path: Path) -> None:
    makefile = "push-%:\n\tdocker push ghcr.io/acme/shop:$*-x\n"
    text = STEPS.format(run="make push-${GITHUB_REF##*/} && make $UNKNOWN")
    (found,) = published(tmp_path, {"Makefile": makefile, ".github/workflows/w.yml": text})
    assert found.references[0].template.pattern == "ghcr.io/acme/shop:*-x"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("all: push-a\n%:\n\tdocker push a\n", id="a pattern that fits anything"),
        pytest.param(".PHONY: push-a\nall: push-a\npush-%:\n\tdocker push a\n", id="a phony target"),
        pytest.param("all: push-\npush-%:\n\tdocker push a\n", id="nothing is left for the pattern"),
        pytest.param("all: push-a\npush-a:\n\ttrue\npush-%:\n\tdocker push a\n", id="a recipe of its own"),
        pytest.param("all:\n\t$(foreach n,$(shell ls),docker push a/$(n);)\n", id="a list that is not known"),
    ],
)
def test_other_patterns_and_lists_of_a_makefile_are_left_out(text: str) -> None:
    assert "docker push" not in makefile(text).script(["all"], frozenset())


def test_patterns_that_need_each_other_come_to_an_end() -> None:
    text = "a-%: a-x% a-y%\n\ttrue\n"
    assert len(makefile(text).script(["a-1"], frozenset())) < 100_000
    rounds = "$(foreach a,$(L),$(foreach b,$(L),$(foreach c,$(L),$(foreach d,$(L),$(a)$(b)$(c)$(d)))))"
    assert len(makefile(f"L = {'a ' * 60}\nall:\n\t{rounds}\n").script(["all"], frozenset())) < 100_000


def test_what_a_makefile_sets_itself_the_environment_does_not_change(tmp_path: Path) -> None:
    text = "on: push\n" + ENVIRONMENTS["the step"].format(run="make img", args="--push")
    files = {"Makefile": "ARGS = --load\nimg:\n\t" + BUILD, ".github/workflows/w.yml": text}
    assert published(tmp_path, files) == ()


def test_the_place_is_in_the_script_that_names_the_image(tmp_path: Path) -> None:
    files = {".github/workflows/publish.yml": STEPS.format(run="./push.sh"), "push.sh": "#!/bin/sh\n" + PUSH}
    (publication,) = published(tmp_path, files)
    at = publication.references[0].at
    assert (at.source.path, at.source.text[at.start : at.end], publication.node.source.path) == (
        "push.sh",
        "ghcr.io/acme/shop:$TAG",
        ".github/workflows/publish.yml",
    )


def test_a_script_of_its_own_sees_only_what_is_exported(tmp_path: Path) -> None:
    run = "|\n          A=one\n          export B=two\n          ./push.sh"
    files = {
        ".github/workflows/publish.yml": STEPS.format(run=run),
        "push.sh": "docker push acme/${A:-other}-$B:1\n",
    }
    (publication,) = published(tmp_path, files)
    assert (publication.image.shown, publication.image.conditions) == (
        "acme/other-two",
        ("unless `A` is set",),
    )


def test_scripts_that_call_each_other_end(tmp_path: Path) -> None:
    files = {
        ".github/workflows/publish.yml": STEPS.format(run="./a.sh"),
        "a.sh": "./b.sh\n" + PUSH,
        "b.sh": "./a.sh\n",
    }
    assert len(published(tmp_path, files)) == 1


def test_a_repository_checked_out_elsewhere_is_found_there(tmp_path: Path) -> None:
    checkout = "{uses: actions/checkout@v4, with: {path: shop}}\n      - {run: shop/push.sh}"
    text = STEPS.format(run="true").replace("- run: true", "- " + checkout)
    assert published(tmp_path, {".github/workflows/publish.yml": text, "push.sh": PUSH}) == ()


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("A := 1\nB = $(A)2\nall:\n\techo $(B) $$HOME $@\n", "echo 12 $HOME all"),
        ("A = x\nA += y\nall:\n\techo $(A)\n", "echo x y"),
        ("all:\n\techo $(shell git describe)\n", "echo $(git describe)"),
        ("A ?= x\nall:\n\techo $(A)\n", "echo ${A:-x}"),
        ("A = x\nifdef CI\nA = y\nendif\nall:\n\techo $(A)\n", "echo ${_OF_MAKE}"),
        ("A = $(A) $(A)\nall:\n\techo\n", "echo"),
        ("all: b ; echo a\nb:\n\techo \\\n\t  b\n", "echo b\necho a"),
    ],
)
def test_recipes_become_a_script(text: str, script: str) -> None:
    assert makefile(text).script((), frozenset()) == script


def test_a_makefile_that_names_itself_without_end_is_given_up() -> None:
    text = "A = $(A)$(A)$(A)$(A)\nall:\n\techo $(A)\n"
    assert len(makefile(text).script((), frozenset())) < 200_000


@given(st.text(alphabet="(){}a$", max_size=30), st.sampled_from("({"))
def test_the_bracket_that_closes_another_is_found_as_letter_by_letter(text: str, left: str) -> None:
    line, right, depth, expected = f"{left}{text}", {"(": ")", "{": "}"}[left], 0, -1
    for at, letter in enumerate(line):
        depth += (letter == left) - (letter == right)
        if not depth and expected < 0:
            expected = at
    assert _closing(line, 0) == (expected if expected >= 0 else len(line))
