"""What installed plugins bring: found by their entry points, through pluggy, refused whole when anything is broken."""

from __future__ import annotations

import os
import sys

from lading.problems import Problem
from lading.provider import Provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from pluggy import PluginManager

    from lading.models.recognisers.table import Recogniser
    from lading.record import Record

GROUP = "lading"
"""The entry point group."""


def installed_providers(
    search: Iterable[str] | None = None, record: Record | None = None
) -> tuple[Provider, ...]:
    """What the installed plugins bring. Raises `Problem` naming the plugin that cannot be loaded.

    What tells that there is none goes on `record`; what a plugin reads does not.
    """
    found = sorted(_entry_points(sys.path if search is None else search, record))
    if not found:
        return ()
    if record is not None:
        record.refuse()
    return _load(found)


def _load(found: list[tuple[str, str]]) -> tuple[Provider, ...]:
    import importlib

    import pluggy

    from lading.hookspecs import Specs

    manager = pluggy.PluginManager("lading")
    manager.add_hookspecs(Specs)
    providers: list[Provider] = []
    for name, target in found:
        try:
            plugin = importlib.import_module(target)
            manager.register(plugin, name)
            manager.check_pending()
            providers += _brought(manager, plugin, name)
        except Problem as problem:
            raise Problem(f"plugin {name} ({target}): {problem}") from problem
        except Exception as error:
            raise Problem(f"plugin {name} ({target}): {type(error).__name__}: {error}") from error
    return tuple(providers)


def _brought(manager: PluginManager, plugin: object, name: str) -> Iterator[Provider]:
    """What the hooks of one plugin give. Raises `TypeError` where it is something else."""
    for provider in _given(manager, plugin, "lading_provide"):
        if not isinstance(provider, Provider):
            raise TypeError(f"lading_provide returned {type(provider).__name__}, not a Provider")
        for rule in provider.rules:
            _ = rule.check
        yield provider
    for recognisers in _given(manager, plugin, "lading_recognisers"):
        yield Provider(name, (), tuple(map(_sound, recognisers)))


def _sound(recogniser: object) -> Recogniser:
    from lading.models.recognisers.table import Recogniser

    if not isinstance(recogniser, Recogniser):
        raise TypeError(f"lading_recognisers gave {type(recogniser).__name__}, not a Recogniser")
    return recogniser


def _given(manager: PluginManager, plugin: object, hook: str) -> list[Any]:
    """What one plugin's implementations of a hook return."""
    others = [other for other in manager.get_plugins() if other is not plugin]
    return [each.function() for each in manager.subset_hook_caller(hook, others).get_hookimpls()]


def _entry_points(search: Iterable[str], record: Record | None = None) -> set[tuple[str, str]]:
    """(name, module) of every entry point of our group.

    Read from the `entry_points.txt` of installed distributions: importlib.metadata, which does the same, takes
    30 ms to import (measured), 0.5 ms is what this takes. A test holds the two equal.
    """
    found: set[tuple[str, str]] = set()
    for folder in search:
        if record is not None:
            record.note_lightly(folder or ".")
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                path = os.path.join(folder, name, "entry_points.txt")
                if record is not None:
                    record.note_lightly(path)
                found |= _group_in(path)
    return found


def _group_in(path: str) -> set[tuple[str, str]]:
    try:
        with open(path, "rb", buffering=0) as file:
            data = file.read()
    except OSError:
        return set()
    if GROUP.encode() not in data:
        return set()
    found = set()
    section = ""
    for line in data.decode("utf-8", "replace").splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == GROUP and "=" in line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            found.add((name.strip(), target.partition(":")[0].partition("[")[0].strip()))
    return found
