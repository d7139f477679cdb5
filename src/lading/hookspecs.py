"""The hooks that a plugin implements. A plugin's entry point (group `lading`) names a module with hook implementations.

from lading.hookspecs import Provider, hookimpl, provider_of

@hookimpl
def lading_provide() -> Provider:
    return provider_of("acme", folder="/…/cards")
"""

from __future__ import annotations

import pluggy

from lading.provider import Provider, provider_of

__all__ = ["Provider", "hookimpl", "provider_of"]

hookspec = pluggy.HookspecMarker("lading")
hookimpl = pluggy.HookimplMarker("lading")


class Specs:
    """What lading asks of its plugins."""

    @hookspec
    def lading_provide(self) -> Provider:
        """The rules that this plugin brings: its name and its cards."""
        raise NotImplementedError
