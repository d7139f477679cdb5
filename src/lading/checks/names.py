"""What is said of a name alike, whether it is pushed or run."""

from __future__ import annotations

from lading.findings import KNOWN, assumed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Basis
    from lading.models.image import InvalidReference
    from lading.models.namespaces import Namespace
    from lading.models.template import Template


def placeholder_words(
    template: Template,
    found: tuple[int, int],
    problem: InvalidReference | None,
    own: tuple[Namespace, ...],
) -> tuple[str, Basis]:
    """What is said of a placeholder, and on what ground: a name that is valid with it may be meant."""
    text = template.shown[found[0] : found[1]]
    expected = f"; own images go to `{own[0].name}/…` (from {own[0].because})" if own else ""
    message = f"`{text}` in `{template.shown}` is a placeholder that was left over{expected}"
    return message, KNOWN if problem else assumed(f"unless `{text}` is the name of an account or image")
