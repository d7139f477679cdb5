"""What a path that is given means for the rest of the repository."""

from __future__ import annotations

import posixpath

from lading.config import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.config import Config

BASELINE = "lading-baseline.json"
"""What a baseline is called where nothing else is said."""


def steers(path: str, config: Config) -> bool:
    """Does a file say how every other is judged: a configuration (one that it extends, too), a baseline, an own card?

    Where such a file is given, as by pre-commit when it was changed, findings anywhere are news. `path` is posix, from
    the root.
    """
    if (
        path in (*NAMES, config.baseline)
        or posixpath.basename(path) == BASELINE
        or any(path == each.path for each in config.layers)
    ):
        return True
    folders = (posixpath.normpath(each.path) for each in config.local_cards if not each.is_free)
    return any(path.startswith(f"{folder}/") for folder in folders)
