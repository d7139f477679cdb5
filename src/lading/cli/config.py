"""`lading config show`: every setting, its value, and where it came from."""

from __future__ import annotations

import json

from lading.cli.writing import write
from lading.session import Request, open_session
from lading.settings import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lading.settings import Setting


def run_show(
    *,
    format: str,
    config: str | None,
    root: str | None,
    owner: str | None,
    repo: str | None,
    default_token: str | None,
) -> int:
    """Write them all. Raises `Problem` where the configuration is broken."""
    session = open_session(
        Request(root=root, config_path=config, owner=owner, repo=repo, default_token=default_token)
    )
    found = settings(
        session.config,
        session.repository.identity,
        {"default-token": default_token},
        [namespace.name for namespace in session.repository.namespaces],
    )
    files = [layer.path for layer in session.config.layers]
    write(_as_json(files, found) if format == "json" else _as_text(files, found))
    return 0


def run_schema() -> int:
    """Write the JSON Schema of `lading.yaml`."""
    from lading.schema import schema_path

    with open(schema_path("config"), encoding="utf-8") as file:
        write(file.read())
    return 0


def _as_json(files: Sequence[str], found: Sequence[Setting]) -> str:
    rows = [{"key": s.key, "value": s.value, "from": s.kind, "where": s.where} for s in found]
    return json.dumps({"version": 1, "files": files, "settings": rows}, ensure_ascii=False, indent=2) + "\n"


def _as_text(files: Sequence[str], found: Sequence[Setting]) -> str:
    rows = [(setting.key, _shown(setting.value), setting.where) for setting in found]
    first, second = (max(len(row[at]) for row in rows) for at in (0, 1))
    head = f"read from {', '.join(files)}\n" if files else "no configuration was found\n"
    return head + "".join(
        f"{key:{first}}  {value:{min(second, 40)}}  {where}\n" for key, value, where in rows
    )


def _shown(value: Any) -> str:
    """A value on one line, so that nothing in it acts on the terminal."""
    from lading.reports.display import harmless

    if isinstance(value, str):
        return harmless(value)
    return "-" if value is None or value in ([], {}) else harmless(json.dumps(value, ensure_ascii=False))
