"""A child process that is watched: its output goes to a file, and when it dies it is started again."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_GRACE = 15.0
"""Seconds that a process has to end after SIGTERM."""
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before a process that died is started again, growing with each death."""
_PR_SET_PDEATHSIG = 1


def die_with_parent(how: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel end this process when its parent dies, however that happens (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)


@dataclass
class Process:
    """One program of the suite, kept running until it is stopped."""

    name: str
    command: Sequence[str]
    log: Path
    """Standard output and error are appended here."""
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=dict)
    deaths: int = 0
    """How often the program ended by itself."""
    _child: asyncio.subprocess.Process | None = None
    _keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The process id of the present run; 0 while there is none."""
        return self._child.pid if self._child and self._child.returncode is None else 0

    async def start(self) -> None:
        """Start the program and keep it running."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self) -> None:
        """End the program: asked first, forced after a while."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if not self._child or self._child.returncode is not None:
            return
        self._child.terminate()
        try:
            async with asyncio.timeout(_GRACE):
                await self._child.wait()
        except TimeoutError:
            self.say(f"{self.name} did not end within {_GRACE:g}s: killing it")
            self._child.kill()
            await self._child.wait()

    async def _spawn(self) -> None:
        with self.log.open("ab") as output:
            self._child = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environment},
                start_new_session=True,  # Ctrl-C is for us; we stop the others in order
                preexec_fn=die_with_parent,
            )

    async def _keep(self) -> None:
        while True:
            assert self._child is not None
            code = await self._child.wait()
            pause = _PAUSES[min(self.deaths, len(_PAUSES) - 1)]
            self.deaths += 1
            self.say(f"{self.name} ended with code {code} (see {self.log}); starting it again in {pause:g}s")
            await asyncio.sleep(pause)
            await self._spawn()
