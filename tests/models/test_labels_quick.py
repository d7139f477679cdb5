"""What is made once, or sought from behind, for the sake of speed, is what the plain way finds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from lading.checks.grants import LOOK, _block_of_workflow, _covers, _for_all, _shown, merged
from lading.models.labels import _built_before
from lading.models.publishing import Sighting
from lading.models.recognisers.docker import Built, built_by
from lading.models.recognisers.table import Command
from lading.models.workflow import Workflow, load_workflow
from lading.parse import Reader
from lading.session import Request, open_session
from lading.source import Source
from tests.support import write_files

_PUSH = "- run: docker login ghcr.io\n      - run: docker push ghcr.io/acme/shop"
_STEPS = (
    _PUSH,
    "- uses: actions/checkout@v4",
    "- uses: docker/login-action@v3\n        with: {registry: ghcr.io, password: '${{ github.token }}'}\n"
    "      - run: docker push ghcr.io/acme/shop",
    "- uses: softprops/action-gh-release@v2",
    "- uses: actions/attest-build-provenance@v2",
)
_MORE = ("", "\n    permissions: {contents: read}")


def _plain(workflow: Workflow, scopes: dict[str, str]) -> tuple[str, str] | None:
    """One block, asked of job after job."""
    jobs = tuple(workflow.jobs.values())
    if len(jobs) < 2 or any(job.uses is not None or job.permissions is not None for job in jobs):
        return None
    if not all(_covers(job.scopes, scopes) for job in jobs):
        return None
    block: dict[str, str] = {}
    for job in jobs:
        block = merged(block, job.scopes)
    edit = _block_of_workflow(workflow, block)
    assert edit is not None
    return f"give the workflow the `permissions` {_shown(block)}{LOOK}", edit.text


@given(
    st.lists(st.tuples(st.sampled_from(_STEPS), st.sampled_from(_STEPS)), min_size=1, max_size=4),
    st.sampled_from((*_MORE[:1] * 4, _MORE[1])),
    st.sampled_from(({}, {"packages": "write"}, {"contents": "read"}, {"contents": "write"})),
)
def test_a_block_for_all_jobs_is_that_of_job_after_job(
    jobs: list[tuple[str, str]], more: str, scopes: dict[str, str]
) -> None:
    text = "on: push\njobs:\n" + "".join(
        f"  j{number}:\n    runs-on: ubuntu-latest{more}\n    steps:\n      {one}\n      {two}\n"
        for number, (one, two) in enumerate(jobs)
    )
    workflow = load_workflow(Reader().read(Source(".github/workflows/x.yml", text)))
    assert workflow is not None
    for _ in range(2):
        fix = _for_all(workflow, tuple(scopes.items()))
        said = (fix.message, fix.edits[0].text) if fix is not None else None
        assert said == _plain(workflow, scopes)


def _first_to_last(sighting: Sighting) -> Built | None:
    found = None
    for run in sighting.before:
        effects = run.effects if run.step.run is not None and "build" in run.step.run.text else None
        for ran in effects.commands if effects is not None else ():
            if ran.program in ("docker", "podman"):
                built = built_by(Command(ran.program, ran.command[1:], ran, run))
                names = built.options.values("-t", "--tag") if built is not None else ()
                if any(name == sighting.push.reference for name, _ in names):
                    found = built
    return found


_COMMANDS = (
    "docker build -t ghcr.io/acme/shop --label a=b .",
    "podman build -t ghcr.io/acme/shop -t ghcr.io/acme/web web",
    "docker build -t ghcr.io/acme/web .",
    "docker push ghcr.io/acme/shop",
    "docker push ghcr.io/acme/web",
    "make build",
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(_COMMANDS), min_size=1, max_size=3), min_size=1, max_size=4))
def test_the_last_build_of_a_name_is_found_from_behind(scripts: list[list[str]]) -> None:
    steps = "".join(
        "      - run: |\n" + "".join(f"          {line}\n" for line in script) for script in scripts
    )
    text = f"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
    with TemporaryDirectory() as name:
        write_files(Path(name), {".github/workflows/x.yml": text})
        repository = open_session(Request(root=name, environment={})).repository
        for publication in repository.publications:
            for sighting in publication.sightings:
                one, other = _built_before(sighting), _first_to_last(sighting)
                assert (one and one.command.ran) is (other and other.command.ran)
