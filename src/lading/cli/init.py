"""`lading init`: a configuration, a hook and a workflow for a repository, with what can be known filled in."""

from __future__ import annotations

import os
import re
import sys

from lading import starter
from lading.baseline import NAME as BASELINE
from lading.cli.writing import write, write_whole
from lading.config import NAMES
from lading.files import Files, Unreadable
from lading.parse import Reader
from lading.problems import Problem
from lading.session import Request, open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.session import Session

PARTS = ("config", "pre-commit", "workflow")


class Draft:
    """A file to be written: `text` is None where it is left as it is, `note` says why, or what has become of it."""

    __slots__ = ("note", "path", "text")

    def __init__(self, path: str, text: str | None, note: str) -> None:
        self.path = path
        self.text = text
        self.note = note


def run_init(
    *,
    only: Sequence[str],
    package: str | None,
    force: bool,
    dry_run: bool,
    root: str | None,
    owner: str | None,
    repo: str | None,
) -> int:
    """Write what is missing; what is there stays as it is without `force`. Raises `Problem`."""
    if package is not None and re.fullmatch(r"lading[\w .,@:/+~=!<>\[\]-]*", package) is None:
        raise Problem(f"--package {package}: expected a requirement of lading, such as `lading==1.2`")
    session = open_session(Request(root=root, owner=owner, repo=repo))
    requirement = package or starter.installed_from()
    drafts = [draft for part in (only or PARTS) for draft in _DRAFTS[part](session, requirement, force)]
    for draft in drafts:
        if draft.text is not None and dry_run:
            write(_difference(session.root, draft))
        elif draft.text is not None:
            _write(session.root, draft)
    said = [
        f"{draft.path}: {'would be ' if dry_run and draft.text is not None else ''}{draft.note}\n"
        for draft in drafts
    ]
    sys.stderr.write("".join(said)) if dry_run else write("".join((*said, *_next_step(session))))
    return 0


_NOT_SHARED = (
    "not written: this lading was installed from a folder, which others do not have; say how they get it with "
    "--package, as in --package 'lading @ git+https://github.com/acme/lading@v1.2'"
)


def _config(session: Session, package: str | None, force: bool) -> Iterator[Draft]:
    there = next((name for name in NAMES if _is_there(session.root, name)), None)
    if there is not None and not force:
        yield Draft(there, None, "is there already and stays as it is (--force writes it anew)")
        return
    from lading.schema import schema_path

    identity = session.repository.identity
    is_known = identity is not None and identity.owner is not None and identity.name is not None
    text = starter.config_text(
        f"{identity.owner}/{identity.name}" if identity is not None and is_known else None,
        identity.because if identity is not None else "",
        tuple(namespace.name for namespace in session.repository.namespaces),
        BASELINE if _is_there(session.root, BASELINE) else None,
    )
    path = there or starter.CONFIG
    if path.startswith(".github/"):
        text = text.replace(f"$schema={starter.SCHEMA}", f"$schema={os.path.basename(starter.SCHEMA)}")
    yield Draft(path, text, "written")
    if _is_there(session.root, starter.SCHEMA) and not force:
        yield Draft(starter.SCHEMA, None, "is there already and stays as it is (--force writes it anew)")
        return
    with open(schema_path("config"), encoding="utf-8") as file:
        yield Draft(starter.SCHEMA, file.read(), "written, for editors")


def _pre_commit(session: Session, package: str | None, force: bool) -> Iterator[Draft]:
    if package is None:
        yield Draft(starter.HOOKS, None, _NOT_SHARED)
        return
    path = os.path.join(session.root, starter.HOOKS)
    if not os.path.lexists(path):
        yield Draft(starter.HOOKS, starter.hooks_text(package), "written")
        return
    text = _content(session.root, starter.HOOKS)
    new = starter.with_hook(text, package, Reader()) if text is not None else None
    if new is None:
        hook = starter.hook_text(package).rstrip().replace("\n", "\n  ")
        yield Draft(
            starter.HOOKS, None, f"is not in a form that can be added to; add under `repos:`\n  {hook}"
        )
    elif new == text:
        yield Draft(starter.HOOKS, None, "has the hook already")
    else:
        yield Draft(starter.HOOKS, new, "written with the hook added; the rest is as it was")


def _workflow(session: Session, package: str | None, force: bool) -> Iterator[Draft]:
    texts = session.repository.texts
    for path in session.repository.inventory.every_workflow:
        source = texts.source(path)
        if source is not None and "lading check" in source.text and path != starter.WORKFLOW:
            yield Draft(path, None, "runs lading already, so no workflow is written")
            return
    if _is_there(session.root, starter.WORKFLOW) and not force:
        yield Draft(starter.WORKFLOW, None, "is there already and stays as it is (--force writes it anew)")
        return
    if package is None:
        yield Draft(starter.WORKFLOW, None, _NOT_SHARED)
        return
    branch = starter.default_branch(session.root)
    yield Draft(starter.WORKFLOW, starter.workflow_text(branch, package), "written")


_DRAFTS = {"config": _config, "pre-commit": _pre_commit, "workflow": _workflow}


def _is_there(root: str, path: str) -> bool:
    return os.path.lexists(os.path.join(root, path))


def _content(root: str, path: str) -> str | None:
    """The text of a file of the repository with its line ends, None where it cannot be read as text."""
    try:
        return Files(root).read(path).decode("utf-8")
    except (Unreadable, UnicodeDecodeError):
        return None


def _write(root: str, draft: Draft) -> None:
    whole = os.path.realpath(os.path.join(root, draft.path))
    if not whole.startswith(root.rstrip(os.sep) + os.sep):
        raise Problem(f"{draft.path}: leads out of the repository, so nothing is written there")
    write_whole(whole, draft.text or "", draft.path)


def _difference(root: str, draft: Draft) -> str:
    """What would be written, as a unified diff."""
    import difflib

    old = _content(root, draft.path)
    before = f"a/{draft.path}" if old is not None else os.devnull
    rows = difflib.unified_diff(
        (old or "").splitlines(keepends=True),
        (draft.text or "").splitlines(keepends=True),
        before,
        f"b/{draft.path}",
    )
    return "".join(row if row.endswith("\n") else row + "\n\\ No newline at end of file\n" for row in rows)


def _next_step(session: Session) -> Iterator[str]:
    """What `lading check` says of the repository as it is now."""
    outcome = open_session(session.request).check()
    counts = [(outcome.count(level), level) for level in ("error", "warning")]
    found = " and ".join(f"{n} {level}{'s' if n > 1 else ''}" for n, level in counts if n)
    if found:
        yield f"`lading check` finds {found}; `lading baseline` sets them aside, so that only what is new counts\n"
