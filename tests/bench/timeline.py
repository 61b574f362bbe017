"""When things happened: objects followed by watch, moments by the monotonic clock; processes by /proc."""

import asyncio
import contextlib
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.processes import family
from weir.api.base import Kind
from weir.kube.client import Client
from weir.kube.watch import Change, Store, follow

Body = dict[str, Any]
_TICK = os.sysconf("SC_CLK_TCK")


class Timeline:
    """Follows kinds and tells when something became so."""

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, str, str], Body] = {}
        self._moved = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def following(self, client: Client, kinds: Iterable[Kind]) -> AsyncIterator["Timeline"]:
        """Follow the kinds while the block runs."""
        stores = []
        for kind in kinds:
            store = Store()
            stores.append(store)
            self._tasks.append(asyncio.create_task(follow(client, kind, store, self._changed)))
        for store in stores:
            await store.synced.wait()
        try:
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def when(self, holds: Callable[["Timeline"], bool], limit: float = 180.0) -> float:
        """The moment from which the condition holds (monotonic seconds)."""
        async with asyncio.timeout(limit), self._moved:
            await self._moved.wait_for(lambda: holds(self))
        return time.monotonic()

    def get(self, kind: Kind, namespace: str, name: str) -> Body:
        """An object; empty when there is none."""
        return self.bodies.get((kind.kind, namespace, name), {})

    def _changed(self, change: Change) -> None:
        found = change.object
        key = (found.kind, found.metadata.namespace, found.metadata.name)
        if change.new is None:
            self.bodies.pop(key, None)
        else:
            self.bodies[key] = found.body()
        self._tasks.append(asyncio.ensure_future(self._tell()))

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()


def quantiles(seconds: Sequence[float]) -> str:
    """p50 and p99 in milliseconds."""
    ordered = sorted(seconds)
    last = ordered[min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))]
    return f"p50 {statistics.median(ordered) * 1000:7.0f} ms   p99 {last * 1000:7.0f} ms   (n={len(ordered)})"


def peaks(pid: int) -> tuple[float, float]:
    """MiB that a process held at most, and the sum of what its descendants did, as far as they still run."""
    main, *rest = family(pid)
    return _peak(main), sum(map(_peak, rest))


def _peak(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def usage(pid: int) -> tuple[float, float]:
    """MiB of memory and CPU seconds of a process and its descendants."""
    memory = cpu = 0.0
    for number in family(pid):
        with contextlib.suppress(OSError, IndexError):
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            cpu += (int(fields[11]) + int(fields[12])) / _TICK
            for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    memory += int(line.split()[1]) / 1024
    return memory, cpu
