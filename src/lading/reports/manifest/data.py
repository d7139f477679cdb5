"""The bill of lading for programs."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def as_json(bill: dict[str, Any]) -> str:
    """The bill itself; what would act on a terminal is escaped, which changes nothing for a reader of JSON."""
    return "".join(map(_shown, json.dumps(bill, ensure_ascii=False, indent=2))) + "\n"


def _shown(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"
