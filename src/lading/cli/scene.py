"""Where the files of a session lie and come from, as reports for programs tell it."""

from __future__ import annotations

import os

from lading import regex as re
from lading.config import NAMES
from lading.files import Unreadable
from lading.problems import Problem
from lading.reports import Artifact, Origin, Scene

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.files import Files
    from lading.identity import Identity
    from lading.session import Session

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH = "refs/heads/"


def scene_of(session: Session, category: str) -> Scene:
    """Raises `Problem` where the category is none."""
    name = category.strip("/")
    if not name or not name.isprintable():
        raise Problem(f"--sarif-category {category}: expected a name, which may hold slashes inside")
    origin = _origin(session.repository.identity, session.request.environment)
    return Scene(lambda path: _artifact(session, path), category=name, origin=origin)


def _origin(identity: Identity | None, environment: Mapping[str, str]) -> Origin | None:
    """What Actions says of itself, else the remote that was cloned; what an option or the configuration says may be
    another repository's name."""
    if identity is None or not identity.owner or not identity.name:
        return None
    uri = f"https://{identity.host}/{identity.owner}/{identity.name}"
    if identity.because == "git remote `origin`":
        return Origin(uri)
    if identity.because != "GITHUB_REPOSITORY":
        return None
    commit, ref = environment.get("GITHUB_SHA", ""), environment.get("GITHUB_REF", "")
    revision = commit if _COMMIT.fullmatch(commit) else ""
    return Origin(uri, revision, ref.removeprefix(_BRANCH) if ref.startswith(_BRANCH) else "")


def _artifact(session: Session, path: str) -> Artifact:
    """The file of a finding, with its bytes. For one that is not there a file stands in that every repository with
    something to check has: its configuration, else the first of what was looked at."""
    files = session.repository.texts.files
    if not path or (not os.path.lexists(os.path.join(files.root, path)) and not files.is_file(path)):
        inventory = session.repository.inventory
        looked_at = (*inventory.workflows, *inventory.compose, *inventory.actions, *inventory.dockerfiles)
        known = (*(name for name in NAMES if files.is_file(name)), *looked_at)
        if known:
            return Artifact(known[0], _bytes(session, known[0]), is_stand_in=True)
    return Artifact(_without_links(files, path), _bytes(session, path))


def _bytes(session: Session, path: str) -> bytes | None:
    try:
        return session.repository.texts.files.read(path)
    except Unreadable:
        return None


def _without_links(files: Files, path: str) -> str:
    """Code scanning shows no file through a link. One that leads out of the repository, or nowhere, stays as it is."""
    whole = files.whole(path)
    if whole is None or (whole != files.place(path) and not os.path.exists(whole)):
        return path
    return os.path.relpath(whole, files.root).replace(os.sep, "/")
