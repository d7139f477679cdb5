"""How properties are tried out: machines that share their processors are no reason to fail."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("lading", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lading")

os.environ["LADING_NO_CACHE"] = "1"
"""Every run finds anew and leaves nothing behind; tests of what is kept turn it on."""
