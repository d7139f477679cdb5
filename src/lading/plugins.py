"""Third-party rules: found by their entry points, brought in through pluggy, refused whole when anything is broken."""

from __future__ import annotations

import os
import sys

from lading.problems import Problem
from lading.provider import Provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

GROUP = "lading"
"""The entry point group."""


def installed_providers(search: Iterable[str] | None = None) -> tuple[Provider, ...]:
    """What the installed plugins bring. Raises `Problem` naming the plugin that cannot be loaded."""
    found = sorted(_entry_points(sys.path if search is None else search))
    if not found:
        return ()
    return _load(found)


def _load(found: list[tuple[str, str]]) -> tuple[Provider, ...]:
    import importlib

    import pluggy

    from lading.hookspecs import Specs

    manager = pluggy.PluginManager("lading")
    manager.add_hookspecs(Specs)
    providers = []
    for name, target in found:
        try:
            plugin = importlib.import_module(target)
            manager.register(plugin, name)
            manager.check_pending()
            for provide in manager.subset_hook_caller(
                "lading_provide", _all_but(manager, plugin)
            ).get_hookimpls():
                provider = provide.function()
                if not isinstance(provider, Provider):
                    raise TypeError(f"lading_provide returned {type(provider).__name__}, not a Provider")
                for rule in provider.rules:
                    _ = rule.check
                providers.append(provider)
        except Problem as problem:
            raise Problem(f"plugin {name} ({target}): {problem}") from problem
        except Exception as error:
            raise Problem(f"plugin {name} ({target}): {type(error).__name__}: {error}") from error
    return tuple(providers)


def _all_but(manager: object, plugin: object) -> list[object]:
    plugins: Iterable[object] = manager.get_plugins()  # type: ignore[attr-defined]
    return [other for other in plugins if other is not plugin]


def _entry_points(search: Iterable[str]) -> set[tuple[str, str]]:
    """(name, module) of every entry point of our group.

    Read from the `entry_points.txt` of installed distributions: importlib.metadata, which does the same, takes
    30 ms to import (measured), 0.5 ms is what this takes. A test holds the two equal.
    """
    found: set[tuple[str, str]] = set()
    for folder in search:
        try:
            entries = list(os.scandir(folder or "."))
        except OSError:
            continue
        for entry in entries:
            if entry.name.endswith((".dist-info", ".egg-info")):
                found |= _group_in(os.path.join(entry.path, "entry_points.txt"))
    return found


def _group_in(path: str) -> set[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return set()
    found = set()
    section = ""
    for line in lines:
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == GROUP and "=" in line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            found.add((name.strip(), target.partition(":")[0].partition("[")[0].strip()))
    return found
