"""What multiplies (names by tags, legs by pushes, legs by bake files) is followed within bounds, and a hole beyond."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lading.models.bake import definitions
from lading.models.hcl import Purse
from lading.models.publishing import MOST_SIGHTINGS
from lading.models.recognisers.inputs import MOST_NAMES
from lading.session import Request, open_session
from tests.support import outcome_of, published, write_files

HEAD = """\
on: push
permissions: {{contents: read, packages: write}}
jobs:
  ship:
    runs-on: ubuntu-latest
    strategy: {{matrix: {{a: [{legs}]}}}}
    steps:
"""
RELEASE = "      - uses: goreleaser/goreleaser-action@v6\n        with: {args: release}\n"
BAKE = "      - uses: docker/bake-action@v6\n        with: {push: true}\n"


def workflow(steps: str, legs: int = 1) -> str:
    return HEAD.format(legs=", ".join(map(str, range(legs)))) + steps


def metadata(names: int, tags: int) -> str:
    images = "".join(f"            ghcr.io/acme/shop{n}\n" for n in range(names))
    rules = "".join(f"            type=raw,value=t{n}\n" for n in range(tags))
    return (
        "      - id: m\n        uses: docker/metadata-action@v5\n        with:\n"
        f"          images: |\n{images}          tags: |\n{rules}"
        "      - uses: docker/build-push-action@v6\n        with: {push: true, tags: '${{ steps.m.outputs.tags }}'}\n"
    )


def listed(letter: str, count: int) -> str:
    return ", ".join(f"{letter}{n}" for n in range(count))


def release(names: int, tags: int) -> str:
    return (
        f"dockers_v2: [{{images: [{listed('ghcr.io/acme/s', names)}], tags: [{listed('t', tags)}]}}]\n"
        f"kos: [{{repositories: [{listed('ghcr.io/acme/k', names)}], tags: [{listed('t', tags)}], bare: true}}]\n"
    )


def baked(targets: int, tags: int) -> str:
    names = ", ".join(f'"t{n}"' for n in range(targets))
    each = (
        f'target "t{n}" {{ tags = [for m in range({tags}): "ghcr.io/acme/s{n}:${{m}}"] }}\n'
        for n in range(targets)
    )
    return f'group "default" {{ targets = [{names}] }}\n' + "".join(each)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"w": workflow(metadata(1_000, 1_000))}, id="names and tags of metadata-action"),
        pytest.param({"w": workflow(metadata(200, 200), 200)}, id="the same in many legs"),
        pytest.param({"w": workflow(RELEASE), ".goreleaser.yaml": release(1_000, 1_000)}, id="names and tags of goreleaser"),
        pytest.param({"w": workflow(RELEASE, 200), ".goreleaser.yaml": release(50, 50)}, id="the same in many legs of goreleaser"),
        pytest.param({"w": workflow(BAKE, 200), "docker-bake.hcl": baked(20, 1_000)}, id="a bake file in many legs"),
        pytest.param({"w": workflow("".join(f"      - run: docker push ghcr.io/acme/s${{{{ matrix.a }}}}:{n}\n" for n in range(500)), 256)}, id="steps in many legs"),
    ],
)  # fmt: skip
def test_what_multiplies_is_bounded(files: dict[str, str], tmp_path: Path) -> None:
    write_files(tmp_path, {path.replace("w", ".github/workflows/ci.yml") if path == "w" else path: text for path, text in files.items()})  # fmt: skip
    started = time.process_time()
    outcome_of(tmp_path, strict=True)
    assert time.process_time() - started < 20, "some seconds at most, on any machine"


def references(folder: Path, files: dict[str, str]) -> dict[str, list[str]]:
    """The names with tag of each image, as they are shown."""
    return {
        each.image.shown: [reference.template.shown for reference in each.references]
        for each in published(folder, files)
    }


@pytest.mark.parametrize("source", ["metadata", "dockers_v2", "kos"])
def test_within_the_bound_each_name_has_each_tag_and_beyond_one_that_is_not_known(
    source: str, tmp_path: Path
) -> None:
    def found(names: int, tags: int) -> dict[str, list[str]]:
        if source == "metadata":
            return references(tmp_path, {".github/workflows/ci.yml": workflow(metadata(names, tags))})
        text = "\n".join(line for line in release(names, tags).splitlines() if line.startswith(source))
        files = {".github/workflows/ci.yml": workflow(RELEASE), ".goreleaser.yaml": text + "\n"}
        return references(tmp_path, files)

    within = found(10, 100)
    assert (len(within), {len(tags) for tags in within.values()}) == (10, {MOST_NAMES // 10})
    beyond = found(11, 100)
    assert (len(beyond), {len(tags) for tags in beyond.values()}) == (11, {1})
    assert all(tags[0] == f"{name}:*" for name, tags in beyond.items())


def test_a_job_that_pushes_more_than_is_followed_says_so_once(tmp_path: Path) -> None:
    steps = "".join(
        f"      - run: docker push ghcr.io/acme/s{n}:1\n" for n in range(MOST_SIGHTINGS // 100 + 1)
    )
    found = published(tmp_path, {".github/workflows/ci.yml": workflow(steps, 100)})
    known = [each for each in found if not each.image.holes]
    beyond = [each for each in found if each.image.holes]
    assert (len(known), len(beyond) >= 1) == (MOST_SIGHTINGS // 100 + 1, True)
    assert {each.image.reasons for each in beyond} == {("the job pushes more than is followed",)}
    assert all(each.basis.kind == "unknown" for each in beyond)


def test_bake_files_that_are_worked_out_too_often_are_not_known(tmp_path: Path) -> None:
    write_files(tmp_path, {"docker-bake.hcl": baked(3, 3)})
    texts = open_session(Request(root=str(tmp_path), environment={})).repository.texts
    purse = Purse(100)
    known = []
    for _ in range(5):
        found = definitions(["docker-bake.hcl"], texts, {}, purse)
        targets = found.chosen(["default"]) if found is not None else []
        known.append(bool(targets) and all(target.tags is not None for target in targets))
    assert (known[0], known[-1], sorted(known, reverse=True)) == (True, False, known)


def test_a_group_that_cannot_be_worked_out_is_not_nothing(tmp_path: Path) -> None:
    text = 'group "default" { targets = WHICH }\ntarget "a" { tags = ["ghcr.io/acme/shop:1"] }\n'
    files = {".github/workflows/ci.yml": workflow(BAKE), "docker-bake.hcl": text}
    assert references(tmp_path, files) == {"*": ["*"]}


def test_findings_on_one_long_line_cost_no_more_than_on_many(tmp_path: Path) -> None:
    scopes = [f"scope{n}: read" for n in range(3_000)]
    tail = "jobs: {a: {runs-on: x, steps: [{run: make}]}}\n"
    times = []
    for name, block in (
        ("one", f" {{{', '.join(scopes)}}}\n"),
        ("many", "\n" + "".join(f"  {s}\n" for s in scopes)),
    ):
        write_files(tmp_path / name, {".github/workflows/a.yml": f"on: push\npermissions:{block}{tail}"})
        started = time.process_time()
        outcome = outcome_of(tmp_path / name)
        times.append(time.process_time() - started)
        assert len({finding.fingerprint for finding in outcome.findings}) == len(outcome.findings) == 3_000
    assert times[0] < 3 * times[1] + 0.5
