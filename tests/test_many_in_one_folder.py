"""Many Compose files in one folder are checked as well as each in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from lading.engine import MANY
from lading.parts import of_compose
from lading.session import Request, open_session

_FILES = {
    "base.yml": "services:\n  db: {image: postgres:17}\n",
    "web.yml": "services:\n  web:\n    extends: {file: base.yml, service: db}\n    depends_on: [cache]\n",
    "shop.yml": "services:\n  api: {image: acme/api:1.4, env_file: missing.vars}\n",
}


def _written(folder: Path) -> Path:
    for name, text in _FILES.items():
        (folder / f"docker-compose.{name}").write_text(text.replace("base.yml", "docker-compose.base.yml"))
    for number in range(MANY):
        (folder / f"compose.{number:03}.yml").write_text(
            "services:\n  web: {image: acme/web:1, depends_on: [db]}\n"
        )
    return folder


def test_the_files_of_one_folder_are_spread_but_for_those_that_share_a_file(tmp_path: Path) -> None:
    repository = open_session(Request(root=str(_written(tmp_path)), environment={})).repository
    parts = [paths for _, _, paths in of_compose(repository, 2, 0)]
    assert sorted(path for part in parts for path in part) == sorted(repository.inventory.compose)
    assert all(parts)
    sharing = {f"docker-compose.{name}" for name in ("base.yml", "web.yml")}
    assert [sharing <= set(part) for part in parts] == [True, False]


def test_parts_of_one_folder_say_what_one_process_says(tmp_path: Path) -> None:
    from lading.engine import check
    from lading.parallel import check_parts

    session = open_session(Request(root=str(_written(tmp_path)), environment={}, strict=True))
    selection = session.selection()
    whole = check(session.repository, session.rules, selection)
    again = open_session(session.request)
    apart = check_parts(again.repository, 2, again.rules, selection)
    rows = [
        [
            (each.rule, each.path, each.line, each.level, each.message, each.fingerprint)
            for each in one.findings
        ]
        for one in (whole, apart)
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) >= MANY
