"""Places, grounds and templates as plain facts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lading.findings import Basis
    from lading.models.template import Template
    from lading.source import Located

    Facts = dict[str, Any]


def place_of(at: Located) -> Facts:
    """Path from the root, and line."""
    return {"path": at.source.path, "line": at.source.place(at.start)[0]}


def ground_of(basis: Basis) -> Facts:
    """How certain it is: `basis` with the `conditions` it stands on, or what is not known."""
    return {"basis": basis.kind, "conditions": list(basis.conditions)}


def text_facts(template: Template) -> Facts:
    """The text with holes as they are written, why each is not known, and what the rest of it depends on."""
    unknown = list(dict.fromkeys(f"`{hole.text}`: {hole.reason}" for hole in template.holes))
    return {"text": template.shown, "unknown": unknown, "conditions": list(template.conditions)}
