"""What messages offer in the place of a wrong name, and where they say it comes from: nothing that is another defect."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import outcome_of, write_files

COMPOSE = {
    "a name of another": (
        {"web": "depends_on: [beanstalk]", "beanstalkd": ""},
        "`web` depends on the service `beanstalk`, which is not defined; did you mean `beanstalkd`?",
    ),
    "not the service itself": (
        {"beanstalkd-console": "depends_on: [beanstalkd]"},
        "`beanstalkd-console` depends on the service `beanstalkd`, which is not defined",
    ),
    "not what it depends on already": (
        {"api": "depends_on: [database, databse]", "database": ""},
        "`api` depends on the service `databse`, which is not defined",
    ),
    "what another key names already": (
        {"api": "links: [database]\n    depends_on: [databse]", "database": ""},
        "`api` depends on the service `databse`, which is not defined; did you mean `database`?",
    ),
    "not what would come after it": (
        {"api": "depends_on: [worke]", "queue": "depends_on: [api]", "worker": "depends_on: [queue]"},
        "`api` depends on the service `worke`, which is not defined",
    ),
    "a network that it is on already": (
        {"api": "networks: [backend, backends]"},
        "`api` uses the network `backends`, which the top-level `networks` does not define",
    ),
    "the context of its own build": (
        {"service": "build: {context: ., additional_contexts: {base: 'service:servce'}}"},
        "the context `base` of the build of `service` is the image of the service `servce`, which is not defined",
    ),
}


@pytest.mark.parametrize("case", COMPOSE)
def test_a_name_in_a_compose_file(case: str, tmp_path: Path) -> None:
    services, message = COMPOSE[case]
    lines = [
        f"  {name}:\n    image: ghcr.io/acme/{name}:1.4\n    {keys}\n" for name, keys in services.items()
    ]
    text = "services:\n" + "".join(lines) + "networks:\n  backend:\n"
    outcome = outcome_of(write_files(tmp_path, {"compose.yaml": text}), ignore=("compose/unused-resource",))
    assert [finding.message for finding in outcome.findings] == [message]


def test_the_file_that_sets_a_name_with_capitals(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  api:\n    image: ${IMAGE:-x}:1.4\n",
        ".env": "# what is run\nexport IMAGE=ghcr.io/AcmeOrg/shop  \n",
    }
    (finding,) = outcome_of(write_files(tmp_path, files)).findings
    message = (
        "`AcmeOrg` has capitals in the image `ghcr.io/AcmeOrg/shop:1.4`, as `IMAGE` is set in `.env`: "
        "`invalid reference format: repository name (AcmeOrg/shop) must be lowercase`"
    )
    assert (finding.level, finding.message) == ("error", message)
    assert [each.span.text for each in finding.related] == ["IMAGE=ghcr.io/AcmeOrg/shop"]


def test_a_job_that_is_needed_already(tmp_path: Path) -> None:
    job = "    runs-on: ubuntu-24.04\n    steps: [{run: make}]\n"
    text = f"on: push\njobs:\n  build:\n{job}  test:\n    needs: [build, biuld]\n{job}"
    outcome = outcome_of(write_files(tmp_path, {".github/workflows/ci.yml": text}))
    expected = "`test` needs the job `biuld`, which this workflow does not have"
    assert [finding.message for finding in outcome.findings] == [expected]
