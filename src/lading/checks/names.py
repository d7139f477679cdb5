"""What is said of a name alike, whether it is pushed or run."""

from __future__ import annotations

from lading.findings import KNOWN, assumed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.findings import Basis
    from lading.models.image import InvalidReference
    from lading.models.namespaces import Namespace
    from lading.models.template import Template


def moved(name: str, own: Namespace) -> str | None:
    """A name of the same registry under an account of one's own; None where it is not plain what is the account."""
    host, _, rest = name.partition("/")
    _, slash, path = rest.partition("/")
    if host != own.registry or not slash or not own.path or "/" in own.path:
        return None
    return f"{own.registry}/{own.path}/{path}"


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
