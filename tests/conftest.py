"""How properties are tried out: machines that share their processors are no reason to fail."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("lading", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lading")
