"""Programs of others that tests ask: a test is skipped where one is absent, and fails where it must be there."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def is_required(name: str) -> bool:
    """Does `LADING_REQUIRE`, names with commas between them, say that it must be there?"""
    return name in os.environ.get("LADING_REQUIRE", "").split(",")


def absent(name: str, reason: str) -> NoReturn:
    """Skip the test, or let it fail where the thing must be there."""
    if is_required(name):
        pytest.fail(reason)
    pytest.skip(reason)


def outside(name: str) -> str:
    """The path of a program: from `LADING_<NAME>` (as in `LADING_SARIF_MULTITOOL`), else from PATH."""
    path = os.environ.get(f"LADING_{name.upper().replace('-', '_')}") or shutil.which(name)
    if path and os.access(path, os.X_OK):
        return path
    absent(name, f"the program {name} is not on this machine")
