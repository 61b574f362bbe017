"""A real nats-server with JetStream, on a port of its own and in a directory that is thrown away."""

import asyncio
import shutil
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.binaries import need

CONFIG = """
host: 127.0.0.1
port: {port}
max_payload: 4MB
jetstream {{ store_dir: "{store}", sync_interval: always }}
{more}
"""


class NatsServer:
    """One server that can be killed, restarted and wiped; its address stays the same.

    `more` is further configuration, for the next start.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.more = ""
        self.port = _free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        config = self.directory / "nats.conf"
        config.write_text(CONFIG.format(port=self.port, store=self.directory / "store", more=self.more))
        with (self.directory / "nats.log").open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                need("nats-server"), "-c", config, stdout=log, stderr=log
            )
        async with asyncio.timeout(10):
            while not await self._answers():
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """Kill -9."""
        await self._stop(signal.SIGKILL)

    async def stop(self) -> None:
        await self._stop(signal.SIGTERM)

    def wipe(self) -> None:
        """Throw everything away that was stored; only while it is stopped."""
        shutil.rmtree(self.directory / "store")

    async def _stop(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            await self._process.wait()
            self._process = None

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            banner = await reader.readline()
            writer.close()
            await writer.wait_closed()
        except OSError:
            return False
        return b'"jetstream":true' in banner


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A running server, empty."""
    directory = tmp_path / "nats"
    directory.mkdir()
    server = NatsServer(directory)
    await server.start()
    yield server
    await server.stop()
