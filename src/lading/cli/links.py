"""Links from a rule's id to its page, where a terminal shows them (OSC 8)."""

from __future__ import annotations

from lading import regex as re
from lading.cli.terminal import shows_links
from lading.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.session import Session

_URL = re.compile(r"https://[!-~]+")


def pages(session: Session, *, colour: bool) -> Callable[[str], str | None] | None:
    """The address of a rule's page by its id; None where links would not be understood."""
    if not (colour and shows_links()):
        return None

    known: dict[str, str | None] = {}

    def page_of(rule_id: str) -> str | None:
        if rule_id not in known:
            known[rule_id] = _page(session, rule_id)
        return known[rule_id]

    return page_of


def _page(session: Session, rule_id: str) -> str | None:
    """The first reference of a rule; None where its card cannot be read, which is no reason to show no finding."""
    from lading.cli.texts import rule_text

    rule = session.rules.get(rule_id)
    try:
        url = rule_text(rule).url if rule is not None else ""
    except Problem:
        return None
    return url if _URL.fullmatch(url) else None
