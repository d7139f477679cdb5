"""Text in XML 1.0, which has no way to write most control characters."""

from __future__ import annotations

from lading import regex as re
from lading.reports.display import harmless

_REFUSED = re.compile("[\ufffe\uffff]")
"""What `harmless` leaves and XML does not have (XML 1.0, production 2)."""


def quoted(text: str) -> str:
    """An attribute's value with its quotes, on one line."""
    return f'"{content(text)}"'


def content(text: str) -> str:
    """Text between tags, on one line."""
    shown = _REFUSED.sub("\ufffd", harmless(text))
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        shown = shown.replace(sign, name)
    return shown
