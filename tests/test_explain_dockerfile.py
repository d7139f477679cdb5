"""`lading explain Dockerfile`: stages, health, label, and who builds it."""

from __future__ import annotations

from pathlib import Path

from lading.explain.dockerfiles import dockerfile_facts
from lading.explain.pages import as_page
from lading.reports import Look
from lading.session import Request, open_session
from tests.support import write_files

FILES = {
    "Dockerfile": """\
FROM postgres:17 AS db
FROM db AS checked
HEALTHCHECK CMD true
LABEL org.opencontainers.image.source=https://github.com/acme/shop
""",
    "compose.yaml": "services:\n  db: {build: {context: ., target: db}}\n",
}


def test_facts_of_a_dockerfile(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    facts = dockerfile_facts("Dockerfile", session.repository)
    stages = [(each["name"], each["base"], each["health"]["state"]) for each in facts["stages"]]
    assert stages == [("db", None, "absent"), ("checked", "db", "present")]
    assert [each["label"]["line"] for each in facts["stages"]] == [None, 4]
    assert [each["service"] for each in facts["services"]] == ["db"]


def test_the_name_of_a_stage_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"Dockerfile": "FROM scratch AS a\x1b[2J\u202eb\n", "compose.yaml": FILES["compose.yaml"]}
    )
    session = open_session(Request(root=str(tmp_path), owner="acme", repo="shop", environment={}))
    page = as_page(
        dockerfile_facts("Dockerfile", session.repository), Look(colour=False, prefix="", width=80)
    )
    assert "stage `a\\u{1b}[2J\\u{202e}b`" in page
