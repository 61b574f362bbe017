"""The controller as processes of its own."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.kustomize_controller.world import World


class Replica:
    """The controller as a process that is killed, paused, and started again."""

    def __init__(self, world: World, directory: Path, *flags: str) -> None:
        self._world, self._directory, self._flags = world, directory, flags
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._directory.mkdir(exist_ok=True)
        environment = {**os.environ, "RUNTIME_NAMESPACE": self._world.namespace}
        with (self._directory / "controller.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "kustomize_controller",
                f"--kubeconfig={self._world.controller}",
                "--watch-all-namespaces=false",
                f"--events-addr={self._world.sink.url}",
                f"--outbox-path={self._directory / 'outbox.sqlite'}",
                "--metrics-addr=127.0.0.1:0",
                "--health-addr=127.0.0.1:0",
                *self._flags,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def send(self, what: signal.Signals) -> None:
        assert self._process is not None, "it runs"
        self._process.send_signal(what)

    async def stop(self, how: signal.Signals = signal.SIGKILL) -> int:
        if self._process is None:
            return 0
        self.send(how)
        return await self.ended()

    async def ended(self) -> int:
        assert self._process is not None, "it runs"
        code = await asyncio.wait_for(self._process.wait(), 20)
        self._process = None
        return code

    @property
    def log(self) -> str:
        """What it logged."""
        return (self._directory / "controller.log").read_text()
