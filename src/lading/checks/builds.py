"""Builds of images that want what the builder, the runner or the engine does not have."""

from __future__ import annotations

import posixpath

from lading import regex as re
from lading.findings import KNOWN, Hit, assumed, once
from lading.models.builds import Build, builds, is_true, written
from lading.models.commands import steps_that_say
from lading.models.workflow import Job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lading.findings import Basis, Fix
    from lading.models.repository import Repository
    from lading.models.shell import Word
    from lading.models.workflow import Step
    from lading.source import Located

_CONTAINERD = assumed("unless the Docker of the runner keeps its images in containerd")
_NEVER = assumed("unless the build never runs")


def missing_builder(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Docker's own builder exports no cache and builds for one platform."""
    found = builds(repository, _wants_builder, unless=_BUILDER)
    yield from once(hit for build in found for hit in _without_builder(build))


def _wants_builder(step: Step) -> bool:
    return (bool(written(step, "cache-to")) or _may_be_several(step)) and "builder" not in step.inputs


_BUILDER = ("buildx", "builder", "buildkit", "daemon.json", "containerd", "dockerd", "setup-docker")
_EXPORTED = re.compile(r"(?m)^\s*type=(gha|registry|local|s3|azblob)\b")


def _without_builder(build: Build) -> Iterator[Hit]:
    step, job = build.run.step, build.world.job
    text = job.workflow.tree.source.text
    if build.architecture is None or "BUILDX_BUILDER" in text or build.may_have_set_up(_BUILDER):
        return
    basis = _CONTAINERD & (KNOWN if build.is_certain else _NEVER)
    related: list[tuple[Located, str]] = [(job.key, "no step of it sets up a builder")]
    cache = build.run.text("cache-to")
    match = _EXPORTED.search(cache.prefix) if cache is not None else None
    if match is not None:
        yield Hit(
            step.inputs["cache-to"],
            f"`cache-to` of type `{match[1]}` needs a builder of its own, and no step before sets one up",
            related=related,
            basis=basis,
            fix=_with_builder(build),
        )
    if len(build.platforms or ()) > 1:
        yield Hit(
            step.inputs["platforms"],
            f"a build for {len(build.platforms or ())} platforms needs a builder of its own, and no step before "
            "sets one up",
            related=related,
            basis=basis,
            fix=_with_builder(build),
        )


def _with_builder(build: Build) -> Fix | None:
    from lading.checks.additions import builder_before

    return builder_before(build.world.job, build.run.step)


def load_of_several_platforms(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """The engine takes the image of one platform."""
    yield from once((*_loaded_by_action(repository), *_loaded_by_command(repository)))


def _may_be_several(step: Step) -> bool:
    text = written(step, "platforms")
    return "," in text or "\n" in text.strip() or "${{" in text


def _loaded_by_action(repository: Repository) -> Iterator[Hit]:
    for build in builds(repository, lambda step: "load" in step.inputs and _may_be_several(step)):
        if not is_true(build.run, "load") or written(build.run.step, "outputs"):
            continue
        if len(build.platforms or ()) > 1:
            yield _loaded(build.run.step.inputs["load"], KNOWN if build.is_certain else _NEVER)


def _loaded(at: Located, basis: Basis) -> Hit:
    return Hit(
        at,
        "an image for several platforms cannot be loaded into the Docker engine",
        basis=_CONTAINERD & basis,
    )


def _loaded_by_command(repository: Repository) -> Iterator[Hit]:
    for step in steps_that_say(repository, "buildx", "--load", "--platform"):
        for ran in repository.commands.of(step):
            words = [word.literal or "" for word in ran.words]
            if "buildx" in words and "--load" in words and step.run is not None:
                if _has_several(ran.words):
                    load = ran.words[words.index("--load")]
                    yield _loaded(step.run.inner_span(load.start, load.end), KNOWN)


def _has_several(words: tuple[Word, ...]) -> bool:
    texts = [word.literal or "" for word in words]
    return any(
        (text.startswith("--platform=") and "," in text) or (before == "--platform" and "," in text)
        for before, text in zip(["", *texts], texts, strict=False)
    )


_EMULATOR = ("qemu", "binfmt")
_SETS_UP_BUILDER = "docker/setup-buildx-action"
_NATIVE = {"amd64": ("amd64", "386", "x86_64"), "arm64": ("arm64", "aarch64")}


def foreign_platform(repository: Repository, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Commands of the Dockerfile run for a processor that the runner is not, by Docker's own builder.

    The image of every other builder holds emulators (moby/buildkit:Dockerfile, `binaries-linux`), and builders look for
    these themselves (solver/llbsolver/ops/exec_binfmt.go). Docker's own takes one platform, unless it keeps its images
    in containerd: `missing_builder` speaks of several.
    """
    found = builds(repository, _may_be_foreign, unless=_EMULATOR)
    yield from once(hit for build in found for hit in _foreign(build, repository))


def _may_be_foreign(step: Step) -> bool:
    """Is it not written that an ordinary runner builds for its own processor alone?"""
    if "platforms" not in step.inputs:
        return False
    text = written(step, "platforms")
    runner = getattr(step.owner.runs_on, "text", "${{") if isinstance(step.owner, Job) else "${{"
    if "${{" in text or "${{" in runner or runner.endswith("-arm"):
        return True
    asked = (each for each in re.split(r"[\s,]+", text) if each)
    return any(_architecture(each) not in _NATIVE["amd64"] for each in asked)


def _foreign(build: Build, repository: Repository) -> Iterator[Hit]:
    own = build.architecture
    asked = build.platforms or ()
    if own is None or len(asked) != 1 or _architecture(asked[0]) in _NATIVE[own]:
        return
    if build.may_have_set_up(_EMULATOR) or _may_have_builder(build):
        return
    path = _dockerfile(build)
    line = _first_run(path, written(build.run.step, "target"), repository) if path is not None else None
    if line is None:
        return
    yield Hit(
        build.run.step.inputs["platforms"],
        f"`{line}` of {path} runs for `{asked[0]}` on a runner for {own}, and no step sets up an emulator",
        basis=assumed("unless the runner has one") & (KNOWN if build.is_certain else _NEVER),
    )


def _may_have_builder(build: Build) -> bool:
    """May it be built by another builder than Docker's own?"""
    if "builder" in build.run.step.inputs or "BUILDX_BUILDER" in build.world.job.workflow.tree.source.text:
        return True
    own = tuple(run for run in build.before if not _names_docker(run.step))
    return Build(build.run, build.world, own).may_have_set_up(_BUILDER)


def _names_docker(step: Step) -> bool:
    """Does a step set Docker's own builder up? (docker/setup-buildx-action:action.yml, `driver`)"""
    return step.action == _SETS_UP_BUILDER and written(step, "driver").strip() == "docker"


def _architecture(platform: str) -> str:
    return platform.split("/")[1] if "/" in platform else ""


def _dockerfile(build: Build) -> str | None:
    """The path of the Dockerfile, where it is known and lies in the repository."""
    context = build.run.text("context")
    file = build.run.text("file")
    folder = context.literal if context is not None else "."
    if folder is None or "://" in folder or (file is not None and file.literal is None):
        return None
    path = file.literal if file is not None and file.literal else posixpath.join(folder, "Dockerfile")
    path = posixpath.normpath(path or "")
    return None if path.startswith(("/", "..")) or "{{" in folder else path


def _first_run(path: str, target: str, repository: Repository) -> str | None:
    """The first RUN that runs on the platform of the image, shortened; None where there is none or none is seen."""
    source = repository.texts.source(path) if "${{" not in target and repository.texts.exists(path) else None
    if source is None:
        return None
    from lading.models.dockerfile import read_dockerfile

    stage = read_dockerfile(source).stage(target or None)
    for each in reversed(stage.chain) if stage is not None else ():
        if each.has_platform:
            return None
        for word, text in each.steps:
            if word == "RUN":
                first = text.strip().splitlines()[0] if text.strip() else ""
                return f"RUN {first[:_SHOWN]}{'…' if len(first) > _SHOWN else ''}"
    return None


_SHOWN = 40
