"""The hooks that a plugin implements. A plugin's entry point (group `lading`) names a module with hook implementations.

from lading.hookspecs import Provider, Recogniser, hookimpl, provider_of

@hookimpl
def lading_provide() -> Provider:
    return provider_of("acme", folder="/…/cards")

@hookimpl
def lading_recognisers() -> list[Recogniser]:
    return [Recogniser(programs=("acme-ship",), of_command=pushes_of_acme_ship, hint="acme-ship")]
"""

from __future__ import annotations

import pluggy

from lading.models.recognisers.push import Login, Push
from lading.models.recognisers.table import Command, Recogniser
from lading.provider import Provider, provider_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Command", "Login", "Provider", "Push", "Recogniser", "hookimpl", "provider_of"]

hookspec = pluggy.HookspecMarker("lading")
hookimpl = pluggy.HookimplMarker("lading")


class Specs:
    """What lading asks of its plugins."""

    @hookspec
    def lading_provide(self) -> Provider:
        """The rules that this plugin brings: its name and its cards."""
        raise NotImplementedError

    @hookspec
    def lading_recognisers(self) -> Iterable[Recogniser]:
        """How the house's own actions and commands publish and log in; they count before the built-in ones."""
        raise NotImplementedError
