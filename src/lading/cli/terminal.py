"""What is known of who reads what the program writes: a terminal with colours and links, a pipe, a hook."""

from __future__ import annotations

import os
import sys

_FIRST_VTE = 5000
"""VTE before 0.50 writes the address of a link out."""


def is_hook() -> bool:
    """Are we run by pre-commit or prek? They may run us several times at once, and expect silence where all is well."""
    return bool(os.environ.get("PRE_COMMIT"))


def wants_colour(color: str) -> bool:
    """The option, else NO_COLOR, else FORCE_COLOR, else whether a terminal is there to show it."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of a page for people."""
    told = os.environ.get("COLUMNS", "")
    return max(int(told) if told.isdigit() else 100, 60)


def shows_links() -> bool:
    """Is there a terminal that shows links, or at least passes over them? A pipe never is, whatever is forced."""
    environment = os.environ
    if not sys.stdout.isatty() or environment.get("FORCE_HYPERLINK") == "0":
        return False
    if environment.get("TERM", "dumb") in ("dumb", "linux") or environment.get("CI"):
        return False
    version = environment.get("VTE_VERSION", "")
    return not version.isdecimal() or int(version) >= _FIRST_VTE
