"""When a rule does not offer its fix, and what it offers where an example would say little more."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.mend import mend
from lading.session import Request
from lading.words import slip_of
from tests.support import outcome_of, write_files

PUBLISH = """\
on: {{push: {{branches: [main]}}}}
{top}jobs:
  image:
    runs-on: ubuntu-24.04
{job}    steps:
      - uses: actions/checkout@v6
{steps}      - uses: docker/login-action@v4
        with:
          registry: ghcr.io
          username: ${{{{ github.actor }}}}
          password: ${{{{ secrets.GITHUB_TOKEN }}}}
      - run: docker push ghcr.io/acme/shop:1.4
{more}"""
TEST = "  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make test\n"


def added(folder: Path, files: dict[str, str], rule: str, **options: str) -> list[str]:
    """The lines that the fixes of a rule add; those that they take begin with `-`."""
    from difflib import ndiff

    write_files(folder, files)
    request = Request(root=str(folder), owner="acme", repo="shop", environment={}, select=(rule,), **options)  # type: ignore[arg-type]  # fmt: skip
    mended = mend(request, unsafe=True)
    assert mended.is_stable
    lines: list[str] = []
    for old, new in mended.changes.values():
        for line in ndiff(old.decode().splitlines(), new.decode().splitlines()):
            if line[0] in "+-":
                lines.append(line[2:] if line[0] == "+" else f"-{line[2:]}")
    return lines


def workflow(top: str = "", job: str = "", steps: str = "", more: str = "") -> dict[str, str]:
    return {".github/workflows/publish.yml": PUBLISH.format(top=top, job=job, steps=steps, more=more)}


BLOCKS = {
    "a block of the workflow, where there is another job": (
        workflow("permissions:\n  contents: read\n  issues: write\n", more=TEST),
        ["    permissions:", "      contents: read", "      issues: write", "      packages: write"],
    ),
    "a shorthand cannot be added to": (workflow("permissions: read-all\n"), []),
    "a level that is too low": (workflow(job="    permissions: {packages: read}\n"), [
        "-    permissions: {packages: read}", "    permissions: {packages: write}"]),
    "an anchor counts elsewhere too": (workflow(job="    permissions: &all {contents: read}\n"), []),
    "an alias": (workflow("permissions: &all\n  contents: read\n", job="    permissions: *all\n"), []),
    "a step that opens pull requests, and one that pushes": (
        workflow(steps="      - run: gh pr create --fill\n      - run: git push\n", more=TEST),
        ["    permissions:", "      contents: write", "      packages: write", "      pull-requests: write"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BLOCKS)
def test_packages_write_goes_where_permissions_are_written(case: str, tmp_path: Path) -> None:
    files, expected = BLOCKS[case]
    assert added(tmp_path, files, "publish/missing-packages-write") == expected


def test_a_called_workflow_cannot_ask_for_more_than_its_caller_has(tmp_path: Path) -> None:
    called = PUBLISH.format(top="permissions:\n  contents: read\n", job="", steps="", more="")
    files = {
        ".github/workflows/image.yml": called.replace("{push: {branches: [main]}}", "workflow_call"),
        ".github/workflows/main.yml": "on: push\njobs:\n  image:\n    permissions: {contents: read}\n    uses: ./.github/workflows/image.yml\n",
    }
    assert added(tmp_path, files, "publish/missing-packages-write") == []
    files[".github/workflows/main.yml"] = files[".github/workflows/main.yml"].replace("contents: read", "contents: read, packages: write")  # fmt: skip
    block = ["    permissions:", "      contents: read", "      packages: write"]
    assert added(tmp_path, files, "publish/missing-packages-write") == block


def waits(db: str, api: str = "") -> dict[str, str]:
    text = f"services:\n  api:\n    image: ghcr.io/acme/api:1.4\n    depends_on:\n      db: {{condition: service_healthy}}\n{api}  db:\n{db}"
    return {"compose.yaml": text}


TESTS = {
    "the variables that are set": (
        "    image: postgres:17\n    environment: [POSTGRES_USER=shop]\n",
        '      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $$POSTGRES_USER"]',
    ),
    "a database that needs none": (
        "    image: mariadb:11\n",
        '      test: ["CMD", "healthcheck.sh", "--connect", "--innodb_initialized"]',
    ),
    "no password of MySQL": (
        "    image: mysql:8\n",
        '      test: ["CMD-SHELL", "mysqladmin ping -h 127.0.0.1 --silent"]',
    ),
    "MongoDB before mongosh": ("    image: mongo:4.4\n", None),
    "MongoDB with it": (
        "    image: mongo:7\n",
        """      test: ["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"]""",
    ),
    "Redis with a password": ("    image: redis:8\n    command: redis-server --requirepass shop\n", None),
    "another port": ("    image: postgres:17\n    command: postgres -p 5433\n", None),
    "a service that others merge": ("    <<: {}\n    image: postgres:17\n", None),
    "an image of which nobody knows": ("    image: ghcr.io/acme/db:1.4\n", None),
    "a test for an image that is built": ("    build: .\n    image: postgres:17\n", None),
}


@pytest.mark.parametrize("case", TESTS)
def test_a_healthcheck_is_one_that_works_in_the_image(case: str, tmp_path: Path) -> None:
    db, test = TESTS[case]
    lines = added(tmp_path, waits(db), "health/wait-without-healthcheck")
    times = ["      interval: 10s", "      timeout: 5s", "      retries: 5", "      start_period: 30s"]
    assert lines == (["    healthcheck:", test, *times] if test is not None else [])


SQL_SERVER = {
    "the latest of a year": ("2022-latest", "MSSQL_SA_PASSWORD", "/opt/mssql-tools18/bin/sqlcmd -C", "$$MSSQL_SA_PASSWORD"),
    "the former variable": ("2022-latest", "SA_PASSWORD", "/opt/mssql-tools18/bin/sqlcmd -C", "$$SA_PASSWORD"),
    "the last one with the old tools": ("2019-CU27-ubuntu-20.04", "SA_PASSWORD", "/opt/mssql-tools/bin/sqlcmd", "$$SA_PASSWORD"),
    "the first one with new tools": ("2019-CU28-ubuntu-20.04", "SA_PASSWORD", "/opt/mssql-tools18/bin/sqlcmd -C", "$$SA_PASSWORD"),
    "before all updates": ("2022-RTM-ubuntu-20.04", "SA_PASSWORD", "/opt/mssql-tools/bin/sqlcmd", "$$SA_PASSWORD"),
    "a year without new tools": ("2017-latest", "SA_PASSWORD", "/opt/mssql-tools/bin/sqlcmd", "$$SA_PASSWORD"),
    "a year with nothing else": ("2025-latest", "SA_PASSWORD", "/opt/mssql-tools18/bin/sqlcmd -C", "$$SA_PASSWORD"),
    "a variable of a file": ("latest", "ACCEPT_EULA", "/opt/mssql-tools18/bin/sqlcmd -C", "$$MSSQL_SA_PASSWORD"),
}  # fmt: skip


@pytest.mark.parametrize("case", SQL_SERVER)
def test_the_example_for_sql_server_is_one_of_its_release(case: str, tmp_path: Path) -> None:
    tag, variable, program, password = SQL_SERVER[case]
    image = f"mcr.microsoft.com/mssql/server:{tag}"
    text = (
        "services:\n  api:\n    image: ghcr.io/acme/api:1.4\n    depends_on: [db]\n"
        f"  db:\n    image: {image}\n    environment:\n      {variable}: Shop-1234\n"
    )
    outcome = outcome_of(
        write_files(tmp_path, {"compose.yaml": text}), select=("health/datastore-not-awaited",)
    )
    test = f"""["CMD-SHELL","{program} -S localhost -U sa -P \\"{password}\\" -Q 'SELECT 1'"]"""
    start = f"Give `db` a healthcheck, for example `test: {test}`, and wait"
    assert [finding.help.startswith(start) for finding in outcome.findings] == [True]


def test_a_name_that_is_there_already_is_not_written_twice(tmp_path: Path) -> None:
    text = "services:\n  api:\n    image: ghcr.io/acme/api:1.4\n    depends_on: [db, dbs]\n  db:\n    image: ghcr.io/acme/db:1\n"
    assert added(tmp_path, {"compose.yaml": text}, "compose/undefined-dependency") == []


def test_a_word_that_could_be_two_is_not_chosen() -> None:
    assert slip_of("netwrok", ["network", "volume"]) == "network"
    assert slip_of("modes", ["model", "mode"]) is None
    assert slip_of("modul", ["mode"]) is None


SECTIONS = {
    "set off as the others are": ("\nnetworks:\n  front:\n", ["", "volumes:", "  data:"]),
    "a section that is there": ("volumes:\n  other:\n", ["  data:"]),
    "a section without a value": ("volumes: # none\n", ["  data:"]),
    "flow": ("volumes: {other: {}}\n", ["-volumes: {other: {}}", "volumes: {other: {}, data: }"]),
}


@pytest.mark.parametrize("case", SECTIONS)
def test_a_volume_is_declared_as_the_file_is_written(case: str, tmp_path: Path) -> None:
    end, expected = SECTIONS[case]
    text = "services:\n  api:\n    image: ghcr.io/acme/api:1.4\n    volumes:\n      - data:/data\n" + end
    assert added(tmp_path, {"compose.yaml": text}, "compose/undefined-volume") == expected
