"""`lading cache`: what is kept between runs, shown and removed."""

from __future__ import annotations

import os

from lading.cli.writing import write
from lading.problems import Problem
from lading.reports import counted
from lading.store import OFF_VARIABLE, Store, store_of


def run_show() -> int:
    """Say where the cache lies and what it holds; returns the exit code."""
    store = _store()
    rows = store.entries()
    size = sum(status.st_size for _, status in rows)
    write(f"{store.folder}: {_told(len(rows), size)}\n")
    return 0


def run_clear() -> int:
    """Remove every entry; returns the exit code. Raises `Problem` where one cannot be removed."""
    store = _store()
    try:
        count, size = store.clear()
    except OSError as error:
        raise Problem(f"{store.folder}: {error.strerror}") from error
    write(f"{store.folder}: removed {_told(count, size)}\n")
    return 0


def _store() -> Store:
    """The user's, where it is turned off as well."""
    environment = {name: value for name, value in os.environ.items() if name != OFF_VARIABLE}
    store = store_of(environment)
    if store is None:
        raise Problem("there is no folder to keep anything in: HOME is not set")
    return store


def _told(count: int, size: int) -> str:
    return f"{counted(count, 'run')}, {size / 1_000_000:.1f} MB"
