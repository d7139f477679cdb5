"""Links from a rule's id to its page, where a terminal shows them (OSC 8)."""

from __future__ import annotations

from lading import regex as re
from lading.cli.terminal import shows_links

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
            rule = session.rules.get(rule_id)
            known[rule_id] = _first_reference(rule.card_path) if rule is not None else None
        return known[rule_id]

    return page_of


def _first_reference(card_path: str) -> str | None:
    """Read from the card without a check of the whole, for which jsonschema would be loaded (100 ms)."""
    from lading.parse import Reader
    from lading.source import Source
    from lading.tree import Mapping, Sequence, text_of

    try:
        with open(card_path, encoding="utf-8") as file:
            root = Reader().read(Source(card_path, file.read())).root
    except (OSError, UnicodeDecodeError):
        return None
    references = root.get("references") if isinstance(root, Mapping) else None
    url = text_of(references.items[0]) if isinstance(references, Sequence) and references.items else None
    return url if url is not None and _URL.fullmatch(url) else None
