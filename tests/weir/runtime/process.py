"""The errand controller as a process."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

ROOT = Path(__file__).parents[3]


@dataclass
class Running:
    """One process."""

    process: asyncio.subprocess.Process
    metrics: str
    health: str
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.log.read_bytes().splitlines()]

    async def get(self, url: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status, await response.text()

    async def answers(self, path: str, status: int = 200) -> str:
        """The text, as soon as that status is answered."""
        async with asyncio.timeout(20):
            while True:
                try:
                    found, text = await self.get(self.health + path)
                    if found == status:
                        return text
                except aiohttp.ClientError:
                    assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)


@dataclass
class Starter:
    """Starts processes that differ in name."""

    kubeconfig: Path
    namespace: str
    directory: Path

    @asynccontextmanager
    async def __call__(self, name: str, *flags: str) -> AsyncIterator[Running]:
        metrics, health = _free_port(), _free_port()
        log = self.directory / f"{name}-{metrics}.log"
        with log.open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.weir.runtime.errand",
                f"--kubeconfig={self.kubeconfig}",
                f"--metrics-addr=127.0.0.1:{metrics}",
                f"--health-addr=127.0.0.1:{health}",
                "--watch-all-namespaces=false",
                f"--runtime-namespace={self.namespace}",
                "--min-retry-delay=100ms",
                f"--outbox-path={self.directory / name}.sqlite",
                *flags,
                cwd=ROOT,
                stderr=stderr,
                env={"HOSTNAME": name, "PATH": "/usr/bin:/bin"},
            )
        try:
            yield Running(process, f"http://127.0.0.1:{metrics}", f"http://127.0.0.1:{health}", log)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
