"""What a run said, kept for when the same is asked again and nothing that counted has changed.

An entry is named by the digest of all that a run depends on beside files: the options, the working folder, the
environment, who reads the output, Python, and the program itself. It holds the record of what was looked at, or the
name of the one that belongs to the parts of the repository, and what has changed since; behind that the texts that were
written.
"""

from __future__ import annotations

import os
import sys

from lading.cli.terminal import is_hook, shows_links, wants_colour, width
from lading.cli.told import read_told
from lading.record import MANY, NOTHING, Before, digest, look_at, merged, renewed
from lading.store import store_of
from lading.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from lading.cli.told import Told

_FORM = 3
"""Of the values in an entry; another one is another name."""
VARIABLES = ("GITHUB_REF", "GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_SHA")
"""Variables of the environment that change what a report says; a test holds that no other is asked for."""


def told(asked: dict[str, Any]) -> tuple[Told, Callable[[], None]]:
    """What is said of what the options ask for: as the last time, where nothing has changed. Raises `Problem`.

    And what is to be done when it has been said: to keep it.
    """
    store = store_of(os.environ)
    if store is None:
        from lading.cli.judge import tell

        return tell(**asked), _nothing
    program = tuple(program_stamps(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    name = name_of(asked, program)
    known = store.entry(name)
    before = None
    if known is not None:
        (record_name, record, since), behind = known
        if record_name:
            from lading.memory import hold_memory

            hold_memory()
        record = store.read(record_name) if record_name else record
        if record is not None:
            before = Before(record_name, record)
            now = renewed(since, before)
            texts = behind() if now is not None else None
            if texts is not None:
                if now is not since:
                    is_with_record = not record_name or len(now[1]) > MANY
                    value = ("", merged(now, before), NOTHING) if is_with_record else (record_name, None, now)
                    store.write(name, value, texts)
                return read_told(texts), _nothing
    from lading.cli.judge import tell
    from lading.kept import Kept

    parts = Kept(store, name_of(asked, program, of_parts=True), before)
    found = tell(kept=parts, **asked)

    # Of a large repository a little was found anew for the paths that were given: it is again.
    is_told_again = bool(asked["paths"]) and parts.is_used

    def keep() -> None:
        record = found.record
        if record is None or store.lies_in(record.root) or (is_told_again and not parts.wants_writing):
            return
        since = parts.since(record)
        if since is not None:
            record_name, changes = since
            store.write(name, (record_name, None, changes), found.plain)
            return
        record_name, plain = parts.write(record)
        if plain is not None and not is_told_again:
            value = (record_name, None if record_name else plain, NOTHING)
            store.write(name, value, found.plain)

    return found, keep


def _nothing() -> None:
    """All is kept already."""


_OF_REPORTS = frozenset(("paths", "format", "output", "sarif_category", "fail_on", "baseline", "color"))
"""Options that change what is told of the findings, and not what is found."""


def name_of(asked: dict[str, Any], program: tuple[object, ...], *, of_parts: bool = False) -> str:
    """The name of the entry with what is said, or of that with what the parts of the repository hold."""
    seen = (is_hook(), wants_colour(asked["color"]), width(), shows_links())
    depends = (
        _FORM,
        __version__,
        (sys.version, sys.platform, sys.path),
        program,
        sorted(row for row in asked.items() if not (of_parts and row[0] in _OF_REPORTS)),
        os.getcwd(),
        tuple(os.environ.get(name) for name in VARIABLES),
        "parts" if of_parts else seen,
    )
    return digest(repr(depends).encode("utf-8", "surrogatepass")).hex()


def program_stamps(package: str) -> Iterator[object]:
    """What tells one state of the program from another: what the installer has recorded, else how every file looks."""
    installed = os.path.join(os.path.dirname(package), f"lading-{__version__}.dist-info", "RECORD")
    look = look_at(installed)
    if look[0]:
        yield (package, look)
        return
    from lading.rules import __file__ as rules
    from lading.schemas import __file__ as schemas

    waiting = [package, os.path.dirname(str(rules)), os.path.dirname(str(schemas))]
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        waiting.append(entry.path)
                else:
                    status = entry.stat()
                    yield (entry.path, status.st_mtime_ns, status.st_size)
