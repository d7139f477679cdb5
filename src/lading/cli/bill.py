"""`lading manifest`: the bill of a repository, in the format that was asked for."""

from __future__ import annotations

import shutil

from lading.cli.judge import here_of, prefix_of
from lading.cli.terminal import wants_colour
from lading.cli.writing import write
from lading.models.manifest import manifest
from lading.reports import Look
from lading.reports.manifest import render
from lading.session import open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.session import Request


def run_manifest(request: Request, format: str, color: str) -> None:
    """Write the bill to standard output. Raises `Problem`."""
    session = open_session(request)
    prefix = prefix_of(session.root)
    look = Look(colour=wants_colour(color), prefix=prefix, width=_width(), here=here_of(prefix))
    write(render(format, manifest(session.repository), look, lambda: session.check().findings))


def _width() -> int:
    """Columns of the terminal; COLUMNS counts before what it says itself."""
    return max(shutil.get_terminal_size((100, 24)).columns, 60)
