"""Real servers for every test: each module of `tests/servers` holds fixtures."""

from pathlib import Path

_SERVERS = Path(__file__).parent / "servers"

pytest_plugins = [f"tests.servers.{file.stem}" for file in sorted(_SERVERS.glob("*.py")) if file.stem[0] != "_"]
