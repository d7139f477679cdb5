"""`lading baseline`: the findings of today, set aside in a file, so that `check` tells only what is new."""

from __future__ import annotations

import os

from lading.baseline import NAME, Comparison, entry_of, written
from lading.cli.writing import write, write_whole
from lading.problems import Problem
from lading.reports import counted
from lading.session import Request, open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.baseline import Entry
    from lading.findings import Finding
    from lading.session import Session


def run_baseline(
    *,
    output: str | None,
    update: bool,
    force: bool,
    config: str | None,
    root: str | None,
    strict: bool,
    preview: bool,
    owner: str | None,
    repo: str | None,
    default_token: str | None,
) -> int:
    """Write the file, or drop from it what is gone. Raises `Problem` where that cannot be done."""
    if update and force:
        raise Problem(
            "--update keeps what is left of a baseline, --force writes it anew: only one of them can be"
        )
    request = Request(
        root=root,
        owner=owner,
        repo=repo,
        config_path=config,
        default_token=default_token,
        strict=strict,
        preview=preview,
        baseline=output,
    )
    session = open_session(request)
    path = session.baseline_path or session.own_path(NAME)
    shown = os.path.relpath(path)
    if update:
        write(_update(session, path, shown))
        return 0
    if os.path.lexists(path) and not force:
        raise Problem(f"{shown} exists; --update drops what is gone from it, --force writes it anew")
    findings = _findings(session)
    write_whole(path, written(map(entry_of, findings)), shown)
    write(f"{shown}: {counted(len(findings), 'finding')} set aside; {_how_to_use(session, shown)}\n")
    return 0


def _findings(session: Session) -> tuple[Finding, ...]:
    """Everything that is found, without a baseline."""
    return session.check_all().findings


def _update(session: Session, path: str, shown: str) -> str:
    """Only ever makes a baseline smaller; entries of what did not run are kept as they are."""
    baseline = session.baseline_of(path, shown)
    compared = baseline.compare(_findings(session))
    kept, dropped = _still_there(session, compared.gone)
    before, after = _content(path), written((*compared.old, *kept))
    if before != after:
        write_whole(path, after, shown)
    left = len(compared.old) + sum(entry.count for entry in kept)
    return f"{shown}: {dropped} dropped, {left} left{_of_new(compared)}\n"


def _still_there(session: Session, gone: Iterable[Entry]) -> tuple[list[Entry], int]:
    """Entries that nobody has looked for, and the number of all others."""
    kept, dropped = [], 0
    for entry in gone:
        if session.asks(entry.rule):
            dropped += entry.count
        else:
            kept.append(entry)
    return kept, dropped


def _content(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _of_new(compared: Comparison) -> str:
    if not compared.new:
        return ""
    are = "is" if len(compared.new) == 1 else "are"
    return f"; {counted(len(compared.new), 'finding')} that {are} new {are} not added"


def _how_to_use(session: Session, shown: str) -> str:
    if session.config.baseline is not None:
        return "`lading check` tells only what is new"
    return f"`lading check --baseline {shown}` tells only what is new, and so does `baseline: FILE` in lading.yaml"
