"""Real servers for every test: each module of `tests/servers` holds fixtures."""

from pathlib import Path

from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not how good the test is.
settings.register_profile("noisy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy machine")

_SERVERS = Path(__file__).parent / "servers"

pytest_plugins = [f"tests.servers.{file.stem}" for file in sorted(_SERVERS.glob("*.py")) if file.stem[0] != "_"]
