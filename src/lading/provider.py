"""Who brings rules: the built-in catalogue, a plugin, the linted repository; all of them are the same kind of value."""

from __future__ import annotations

from lading.catalogue import Rule, rules_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lading.models.recognisers.table import Recogniser


class Provider:
    """Somebody who brings rules: the built-in catalogue, a plugin, or the linted repository's own cards.

    A plugin may bring `recognisers` too; the built-in ones are loaded where a workflow is followed.
    """

    __slots__ = ("name", "recognisers", "rules")

    def __init__(self, name: str, rules: tuple[Rule, ...], recognisers: tuple[Recogniser, ...] = ()) -> None:
        self.name = name
        self.rules = rules
        self.recognisers = recognisers


def provider_of(name: str, *, folder: str) -> Provider:
    """The provider whose cards lie in `folder` as `<family>/<name>.yaml`. Raises `Problem` at a broken card."""
    return Provider(name, rules_in(folder, name))
