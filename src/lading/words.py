"""Names that may have been meant."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MANY = 200


def nearest(name: str, candidates: Iterable[str], likeness: float = 0.7) -> str | None:
    """The candidate that a typing mistake may have turned into `name`; none is sought among very many."""
    from difflib import get_close_matches

    known = list(candidates)
    found = get_close_matches(name, known, 1, likeness) if len(known) <= _MANY else []
    return found[0] if found else None
