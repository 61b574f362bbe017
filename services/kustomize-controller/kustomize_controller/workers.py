"""Worker processes: what comes from a tenant is unpacked, built and evaluated there, under limits, without credentials.

A worker that takes too long, too much memory or too much processor time is killed and replaced; the others go on.
Messages are msgpack of declared Structs both ways, so that a worker can hand back nothing but data.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from kustomize_controller.tasks import EXPRESSIONS, REPLY, Build, Compare, Limits, Open, Refused, Reply, Task, encode
from weir.child import Child, ChildLost


class WorkerError(Exception):
    """A task that came to nothing: refused, or its worker was lost. The text is for people."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class Worker:
    """One process, and what it holds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child = Child("kustomize_controller.worker", msgspec.json.encode(limits).decode())
        self.trees: frozenset[str] = frozenset()
        """Digests of the artifacts that it holds unpacked."""

    async def start(self) -> None:
        """Start the process if it does not run."""
        if not self._child.running:
            self.trees = frozenset()
        await self._child.start()

    async def ask(self, task: Task) -> Reply:
        """Have a task done.

        Raises `WorkerError` when the worker refuses it, and when the worker is lost: killed after the limits' seconds,
        or ended for going beyond its memory or processor time. Its kind is `slow` for expressions that took too long.
        """
        evaluates = isinstance(task, EXPRESSIONS)
        seconds = min(self._limits.seconds, self._limits.expression) if evaluates else self._limits.seconds
        self.trees = frozenset()  # until it says again what it holds: it may be lost
        try:
            reply = REPLY.decode(await self._child.ask(encode(task), seconds))
        except TimeoutError:
            raise WorkerError(f"took longer than {seconds:g}s and was stopped", "slow" if evaluates else "") from None
        except ChildLost as error:
            raise WorkerError(self._why(error.code)) from None
        self.trees = frozenset(reply.trees)
        if isinstance(reply.answer, Refused):
            raise WorkerError(reply.answer.message, reply.answer.kind)
        return reply

    async def kill(self) -> None:
        """End the process; the next task starts another."""
        self.trees = frozenset()
        await self._child.kill()

    def _why(self, code: int) -> str:
        match -code:
            case signal.SIGXCPU:
                return f"needs more than {self._limits.cpu:g}s of processor time and was stopped"
            case signal.SIGKILL:
                return f"needs more memory than there is, or than its {self._limits.memory >> 20} MiB"
            case _:
                return f"ended unexpectedly: its process left with {code}"


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

    async def ask_of(self, packed: bytes, task: Build | Compare) -> Any:
        """Have one task done about an artifact, if possible by a worker that holds it. Raises `WorkerError`."""
        async with self.worker(task.digest) as worker:
            if task.digest not in worker.trees:
                await worker.ask(Open(task.digest, packed))
            return (await worker.ask(task)).answer

    async def close(self) -> None:
        """End every process."""
        for worker in self._all:
            await worker.kill()
