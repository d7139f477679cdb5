"""Who brings rules: the built-in catalogue, a plugin, the linted repository; all of them are the same kind of value."""

from __future__ import annotations

from lading.catalogue import Rule, rules_in


class Provider:
    """Somebody who brings rules: the built-in catalogue, a plugin, or the linted repository's own cards."""

    __slots__ = ("name", "rules")

    def __init__(self, name: str, rules: tuple[Rule, ...]) -> None:
        self.name = name
        self.rules = rules


def provider_of(name: str, *, folder: str) -> Provider:
    """The provider whose cards lie in `folder` as `<family>/<name>.yaml`. Raises `Problem` at a broken card."""
    return Provider(name, rules_in(folder, name))
