"""Runs the controllers: each hears of every change at once, and does its work from a queue of its own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from local_cluster.api.errors import ApiError
from local_cluster.controllers.aggregate import Aggregate
from local_cluster.controllers.definitions import Definitions
from local_cluster.controllers.events import Events
from local_cluster.controllers.furnish import Furnish
from local_cluster.controllers.garbage import Garbage
from local_cluster.controllers.namespaces import Namespaces
from local_cluster.controllers.tokens import Tokens
from local_cluster.state import State
from local_cluster.storage.entry import Event

_log = logging.getLogger(__name__)


class Work(Protocol):
    """A controller: `hear` names what a change makes it look at, `settle` looks at one of these."""

    def hear(self, storage: str, event: Event) -> list[str]:
        """Keys to settle because of a change."""

    def start(self) -> list[str]:
        """Keys to settle because the cluster starts."""

    def settle(self, key: str) -> float | None:
        """Bring one thing in order; seconds until it is to be looked at again, or None."""


class Loop:
    """The queue of one controller; a key waits once however often it is heard of."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._keys: dict[str, None] = dict.fromkeys(work.start())
        self._wake = asyncio.Event()

    def hear(self, storage: str, event: Event) -> None:
        """Take in a change."""
        if keys := self._work.hear(storage, event):
            self._keys.update(dict.fromkeys(keys))
            self._wake.set()

    async def run(self) -> None:
        """Settle what comes, for ever."""
        while True:
            while self._keys:
                key = next(iter(self._keys))
                del self._keys[key]
                self._settle(key)
                await asyncio.sleep(0)
            self._wake.clear()
            await self._wake.wait()

    def _settle(self, key: str) -> None:
        try:
            again = self._work.settle(key)
        except ApiError as refused:
            _log.info("%s: %s: %s", type(self._work).__name__, key, refused)
            again = 1.0
        except Exception:  # noqa: BLE001  one object that a controller cannot handle must not stop the others
            _log.exception("%s: %s", type(self._work).__name__, key)
            again = None
        if again is not None:
            asyncio.get_running_loop().call_later(again, self._again, key)

    def _again(self, key: str) -> None:
        self._keys[key] = None
        self._wake.set()


@asynccontextmanager
async def controlling(state: State, authority: str) -> AsyncIterator[None]:
    """Run the controllers of a cluster while the block lasts. `authority`: the CA's certificate, PEM."""
    works: tuple[Work, ...] = (
        Definitions(state),
        Furnish(state, authority),
        Aggregate(state),
        Garbage(state),
        Namespaces(state),
        Events(state),
        Tokens(state, authority),
    )
    loops = [Loop(work) for work in works]
    for loop in loops:
        state.store.listeners.append(loop.hear)
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
