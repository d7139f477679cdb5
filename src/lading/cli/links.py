"""Links from a rule's id to its page, where a terminal shows them (OSC 8)."""

from __future__ import annotations

import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.session import Session

_URL = re.compile(r"https://[!-~]+")
_FIRST_VTE = 5000
"""VTE before 0.50 writes the address out."""


def pages(session: Session, *, colour: bool) -> Callable[[str], str | None] | None:
    """The address of a rule's page by its id; None where links would not be understood."""
    if not (colour and shows_links()):
        return None

    def page_of(rule_id: str) -> str | None:
        from lading.catalogue import read_card

        rule = session.rules.get(rule_id)
        url = (read_card(rule.card_path, rule.id).get("references") or [""])[0] if rule is not None else ""
        return url if _URL.fullmatch(url) else None

    return page_of


def shows_links() -> bool:
    """Is there a terminal that shows links, or at least passes over them? A pipe never is, whatever is forced."""
    environment = os.environ
    if not sys.stdout.isatty() or environment.get("FORCE_HYPERLINK") == "0":
        return False
    if environment.get("TERM", "dumb") in ("dumb", "linux") or environment.get("CI"):
        return False
    version = environment.get("VTE_VERSION", "")
    return not version.isdecimal() or int(version) >= _FIRST_VTE
