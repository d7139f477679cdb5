"""What a path that is given means for the rest of the repository."""

from __future__ import annotations

import posixpath

from lading.config_file import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.config import Config

BASELINE = "lading-baseline.json"


def steers(path: str, config: Config) -> bool:
    """Does a file say how every other is judged: a configuration, a baseline, a card of the repository's own?

    Where such a file is given, as by pre-commit when it was changed, findings anywhere are news. `path` is posix, from
    the root.
    """
    if path in NAMES or posixpath.basename(path) == BASELINE:
        return True
    return any(path.startswith(posixpath.normpath(folder) + "/") for folder in config.local_cards)
