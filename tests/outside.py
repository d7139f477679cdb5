"""Programs of others that tests ask: a test is skipped where one is absent, and fails where it must be there."""

from __future__ import annotations

import os
import shutil

import pytest


def outside(name: str) -> str:
    """The path of a program: from `LADING_<NAME>` (as in `LADING_SARIF_MULTITOOL`), else from PATH.

    Where it is absent the test is skipped, and fails where `LADING_REQUIRE` names it.
    """
    path = os.environ.get(f"LADING_{name.upper().replace('-', '_')}") or shutil.which(name)
    if path and os.access(path, os.X_OK):
        return path
    reason = f"{name} is not on this machine"
    if name in os.environ.get("LADING_REQUIRE", "").split():
        pytest.fail(reason)
    pytest.skip(reason)
