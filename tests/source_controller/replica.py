"""The source-controller as processes of its own."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp

from tests.source_controller.world import World
from weir.runtime.health import serving


class Running:
    """One source-controller in a process of its own."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world = world
        self.directory = directory
        self.ports: list[int] = []
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *flags: str) -> None:
        while len(self.ports) < 3:
            async with serving(aiohttp.web.Application(), "127.0.0.1:0") as port:
                self.ports.append(port)
        health, metrics, artifacts = (f"127.0.0.1:{port}" for port in self.ports)
        with (self.directory / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "source_controller"),
                f"--kubeconfig={self.world.controller}",
                f"--health-addr={health}",
                f"--metrics-addr={metrics}",
                f"--storage-addr={artifacts}",
                f"--storage-adv-addr={artifacts}",
                f"--storage-path={self.directory / 'storage'}",
                "--watch-all-namespaces=false",
                "--log-level=debug",
                *flags,
                env={
                    **{name: value for name, value in os.environ.items() if name.startswith("AWS_")},
                    "PATH": os.environ["PATH"],
                    "RUNTIME_NAMESPACE": self.world.namespace,
                    "TMPDIR": str(self.directory),
                },
                stderr=log,
            )
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://{health}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    assert self.process.returncode is None, self.log()
                await asyncio.sleep(0.05)

    async def end(self, how: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(how)
        return await self.process.wait()

    async def text(self, port: int, path: str) -> str:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
            assert response.status == 200
            return await response.text()

    def log(self) -> str:
        return (self.directory / "log").read_text()
