"""The built-in catalogue as a provider, from its generated index."""

from __future__ import annotations

import os

from lading.catalogue import Rule
from lading.provider import Provider
from lading.tables.index import RULES

NAME = "lading"


def provider() -> Provider:
    """Every built-in rule; no card is opened."""
    folder = catalogue_folder() + os.sep
    return Provider(
        NAME,
        tuple(
            Rule(
                id,
                scope=scope,
                level=level,
                status=status,
                reference=reference,
                fix=fix,
                options=options,
                card_path=f"{folder}{id.replace('/', os.sep)}.yaml",
                provider=NAME,
                since=since,
                only_with=only_with,
                replaced_by=life.get("replaced-by"),
                former=life.get("renamed-from", ()),
            )
            for id, scope, level, status, reference, fix, options, since, only_with, life in RULES
        ),
    )


def catalogue_folder() -> str:
    """Where the cards lie on disk."""
    from lading.rules import __file__ as here

    return os.path.dirname(str(here))
