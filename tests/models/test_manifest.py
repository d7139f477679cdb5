"""The lists of the bill, and how they refer to each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lading.models.facts import FACTS, shown
from lading.models.joined import joined
from lading.models.manifest import manifest
from lading.session import Request, open_session
from tests.support import ROOT, write_files

PUSH = """\
on: push
permissions: {{contents: read, packages: write}}
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: docker/login-action@v4
        with: {{registry: ghcr.io, username: acme, password: "${{{{ secrets.GITHUB_TOKEN }}}}"}}
      - uses: docker/build-push-action@v7
        with:
          push: true
          tags: "{tag}"
"""


def bill(folder: Path, files: dict[str, str]) -> dict[str, Any]:
    write_files(folder, files)
    request = Request(root=str(folder), owner="acme", repo="shop", environment={})
    return manifest(open_session(request).repository)


@pytest.mark.parametrize(
    ("pushed", "run", "expected"),
    [
        pytest.param(
            "ghcr.io/acme/shop:1", "ghcr.io/acme/shop:1", ([0], [0], []), id="the same name and tag"
        ),
        pytest.param("ghcr.io/acme/shop:1", "ghcr.io/acme/shop:2", ([0], [], []), id="another tag"),
        pytest.param("ghcr.io/acme/shop", "ghcr.io/acme/shop", ([0], [0], []), id="no tag is latest"),
        pytest.param(
            "ghcr.io/acme/shop:${{ github.sha }}", "ghcr.io/acme/shop:2", ([0], [0], []), id="any tag"
        ),
        pytest.param(
            "docker.io/acme/shop:1", "acme/shop:1", ([0], [0], []), id="names of Docker Hub are one"
        ),
        pytest.param("ghcr.io/acme/shop-api:1", "ghcr.io/acme/shop:1", ([], [], []), id="a near name"),
        pytest.param(
            "ghcr.io/acme/${{ vars.NAME }}:1",
            "ghcr.io/acme/shop:1",
            ([], [], [0]),
            id="perhaps, by the owner",
        ),
        pytest.param(
            "ghcr.io/${{ vars.OWNER }}/shop:1",
            "ghcr.io/acme/shop:1",
            ([], [], [0]),
            id="perhaps, by the name",
        ),
        pytest.param(
            "acme/${{ vars.NAME }}:1", "docker.io/acme/shop:1", ([], [], [0]), id="perhaps, on Docker Hub"
        ),
        pytest.param(
            "ghcr.io/${{ vars.NAME }}:1",
            "ghcr.io/acme/shop:1",
            ([], [], []),
            id="the registry alone says nothing",
        ),
        pytest.param(
            "ghcr.io/${{ vars.OWNER }}/web:1", "ghcr.io/acme/shop:1", ([], [], []), id="surely another one"
        ),
        pytest.param(
            "ghcr.io/acme/shop:1", "ghcr.io/acme/${PART}:1", ([], [], []), id="the consumer is not known"
        ),
    ],
)
def test_a_consumer_knows_its_publications(
    pushed: str, run: str, expected: tuple[list[int], list[int], list[int]], tmp_path: Path
) -> None:
    files = {
        ".github/workflows/image.yml": PUSH.format(tag=pushed),
        "compose.yaml": f"services: {{api: {{image: '{run}'}}}}\n",
    }
    (row,) = bill(tmp_path, files)["consumers"]
    assert (row["published_by"], row["tag_published_by"], row["perhaps_published_by"]) == expected


def test_rows_are_the_facts_that_policies_read() -> None:
    folder = ROOT / "tests" / "fixtures" / "unsure" / "repository"
    repository = open_session(Request(root=str(folder), owner="acme", repo="shop", environment={})).repository
    rows = manifest(repository)
    for name in FACTS:
        facts = [shown(each) for _, each, *_ in joined(repository, "repository", name)]
        assert facts
        for row, each in zip(rows[name], facts, strict=True):
            waits = [
                {part: value for part, value in wait.items() if part != "service"}
                for wait in row.get("waits_for", ())
            ]
            expected = row | {"key": each["key"], "waits_for": waits}
            unknown = {
                fact: "*"
                for fact in ("permissions", "registry", "tag")
                if row.get(fact, "") is None and each[fact] == "*"
            }
            assert each == {fact: (expected | unknown)[fact] for fact in FACTS[name]}


def test_a_service_of_several_files_is_one(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  api:\n    image: acme/api:1\n    depends_on: [db]\n  db: {image: postgres:17}\n",
        "compose.override.yaml": "services:\n  api:\n    ports: ['80:80']\n",
    }
    found = bill(tmp_path, files)
    api, db = found["services"]
    assert (api["service"], api["consumers"], api["places"]) == (
        "api",
        [0],
        [
            {"path": "compose.yaml", "line": 2, "endLine": 4},
            {"path": "compose.override.yaml", "line": 2, "endLine": 3},
        ],
    )
    assert api["waits_for"] == [
        {"name": "db", "service": 1, "way": "depends_on", "condition": "service_started", "required": True}
    ]
    assert (db["health"]["state"], db["waits_for"]) == ("absent", [])


def test_what_is_not_known_is_said_with_its_reason(tmp_path: Path) -> None:
    tag = "ghcr.io/acme/shop:${{ github.sha }}"
    found = bill(tmp_path, {".github/workflows/image.yml": PUSH.format(tag=tag)})
    (row,) = found["publications"]
    assert row["unknown"] == [{"text": "${{ github.sha }}", "reason": "it is known when the workflow runs"}]
    assert (row["certainty"], row["line"], row["endLine"]) == ("known", 9, 12)
    (job,) = found["jobs"]
    assert (job["path"], job["line"], job["endLine"], job["job"]) == (
        ".github/workflows/image.yml",
        4,
        12,
        "image",
    )
    assert (job["events"], job["needs"], job["publications"]) == (["push"], [], [0])
