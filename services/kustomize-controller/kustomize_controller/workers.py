"""Worker processes: what comes from a tenant is unpacked, built and evaluated there, under limits, without credentials.

A worker that takes too long, too much memory or too much processor time is killed and replaced; the others go on.
Messages are msgpack of declared Structs both ways, so that a worker can hand back nothing but data.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from kustomize_controller.tasks import REPLY, Limits, Refused, Reply, Task, encode

_HEADER = 4
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}


class WorkerError(Exception):
    """A task that came to nothing: refused, or its worker was lost. The text is for people."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class Worker:
    """One process and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self.trees: frozenset[str] = frozenset()
        """Digests of the artifacts that it holds unpacked."""

    async def start(self) -> None:
        """Start the process if it does not run."""
        if self._process is not None and self._process.returncode is None:
            return
        self.trees = frozenset()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "kustomize_controller.worker",
            msgspec.json.encode(self._limits).decode(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,
            limit=1 << 20,
        )

    async def ask(self, task: Task) -> Reply:
        """Have a task done.

        Raises `WorkerError` when the worker refuses it, and when the worker is lost: killed after the limits' seconds,
        or ended for going beyond its memory or processor time.
        """
        await self.start()
        try:
            async with asyncio.timeout(self._limits.seconds):
                reply = await self._exchange(encode(task))
        except TimeoutError:
            await self.kill()
            raise WorkerError(f"took longer than {self._limits.seconds:g}s and was stopped") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._ended()
            raise WorkerError(self._why(await self.kill())) from None
        except BaseException:
            await self.kill()
            raise
        self.trees = frozenset(reply.trees)
        if isinstance(reply.answer, Refused):
            raise WorkerError(reply.answer.message, reply.answer.kind)
        return reply

    async def kill(self) -> int:
        """End the process; the next task starts another. Its exit code, or the negative of the signal that ended it."""
        process, self._process, self.trees = self._process, None, frozenset()
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        return await process.wait()

    async def _ended(self) -> None:
        """Return once a process that closed its pipe is over, so that its exit code is its own."""
        if self._process is not None:
            await self._process.wait()

    def _why(self, code: int) -> str:
        match -code:
            case signal.SIGXCPU:
                return f"needs more than {self._limits.cpu:g}s of processor time and was stopped"
            case signal.SIGKILL:
                return f"needs more memory than there is, or than its {self._limits.memory >> 20} MiB"
            case _:
                return f"ended unexpectedly: its process left with {code}"

    async def _exchange(self, message: bytes) -> Reply:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(message).to_bytes(_HEADER, "big") + message)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(_HEADER), "big")
        return REPLY.decode(await process.stdout.readexactly(size))


class Workers:
    """A fixed number of workers, each with one task at a time."""

    def __init__(self, count: int, limits: Limits) -> None:
        self._idle = [Worker(limits) for _ in range(max(count, 1))]
        self._slots = asyncio.Semaphore(len(self._idle))
        self._all = tuple(self._idle)

    async def start(self) -> None:
        """Start every process, so that the first task does not wait for it."""
        await asyncio.gather(*(worker.start() for worker in self._all))

    @asynccontextmanager
    async def worker(self, digest: str = "") -> AsyncIterator[Worker]:
        """A worker for some tasks in a row, if possible one that holds the artifact of that digest."""
        async with self._slots:
            chosen = next((worker for worker in self._idle if digest and digest in worker.trees), self._idle[-1])
            self._idle.remove(chosen)
            try:
                yield chosen
            finally:
                self._idle.append(chosen)

    async def ask(self, task: Task) -> Any:
        """Have one task done by any worker. Raises `WorkerError`."""
        async with self.worker() as worker:
            return (await worker.ask(task)).answer

    async def close(self) -> None:
        """End every process."""
        for worker in self._all:
            await worker.kill()
