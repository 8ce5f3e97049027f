"""Settings of the whole suite: machines are shared and slow at times, and no test asserts a time."""

from hypothesis import HealthCheck, settings

settings.register_profile("assay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")
