"""The whole suite as people run it, `weir local up` in a process of its own, for tests that attack it from outside."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

WEIR = Path(sys.executable).parent / "weir"
CONTROLLERS = ("source-controller", "kustomize-controller", "notification-controller")
_READY = 60.0
"""Seconds until everything is there."""


class Suite:
    """Cluster, NATS and the controllers; `directory` holds state and logs."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        self.kubeconfig = directory / "admin.kubeconfig"
        self.printed = directory / "printed.log"
        state = ("--dir", str(directory / "state"), "--kubeconfig", str(self.kubeconfig))
        self._command = [str(WEIR), "local", "up", *state, *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.directory.mkdir(exist_ok=True)
        with self.printed.open("ab") as output:
            self._process = subprocess.Popen(self._command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        end = time.monotonic() + _READY
        while not (self._address("webhooks") and "metrics" in self.printed.read_text()):
            assert self._process.poll() is None, self.printed.read_text()
            assert time.monotonic() < end, self.printed.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Ctrl-C."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)
            self._process = None

    @property
    def events(self) -> str:
        """Where controllers post events, without a slash at its end."""
        return self._address("events").rstrip("/")

    @property
    def webhooks(self) -> str:
        """Where webhooks are called, without a path."""
        return self._address("webhooks").partition("/hook/")[0]

    @property
    def artifacts(self) -> str:
        return self._address("artifacts").rstrip("/")

    def metrics(self, name: str) -> str:
        """The address of a controller's metrics."""
        return self._address(f"{name} metrics")

    def logs(self) -> str:
        """What every process has said."""
        return "".join(path.read_text(errors="replace") for path in sorted((self.directory / "state").glob("*.log")))

    def pids(self) -> dict[str, int]:
        """The processes by name: cluster, nats and the controllers."""
        assert self._process is not None
        found = {}
        for pid in _children(self._process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            name = next((it for it in (*CONTROLLERS, "nats-server") if any(Path(w).name == it for w in words[:2])), "")
            found["nats" if name == "nats-server" else name or "cluster"] = pid
        return found

    def memory(self, name: str) -> int:
        """Bytes that a controller and its children hold."""
        pids = [self.pids()[name]]
        for pid in pids:
            pids += _children(pid)
        return sum(_resident(pid) for pid in pids)

    def _address(self, label: str) -> str:
        match = re.search(rf"^  {re.escape(label)} +(\S+)$", self.printed.read_text(), re.MULTILINE)
        return match[1] if match else ""


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


async def speak(url: str, *parts: bytes, pause: float = 0.0, within: float = 20.0) -> bytes:
    """Send bytes to the server at an address as they are; what it answered until it closed, or until time was up."""
    host, _, port = url.removeprefix("http://").partition("/")[0].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    answer = bytearray()

    async def listen() -> None:
        while chunk := await reader.read(1 << 16):
            answer.extend(chunk)

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(within):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
            await listening
    except (TimeoutError, ConnectionError):
        pass
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        writer.close()
    return bytes(answer)
