"""What the watches see, as wakes: an object's own changes, and those of other kinds that concern it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from weir.kube.client import Client
from weir.kube.object import Key
from weir.kube.watch import Change, Store, follow
from weir.runtime.attempt import Host, caught
from weir.runtime.logs import logger
from weir.runtime.queue import Priority, Wake
from weir.runtime.run import REQUESTED_AT

if TYPE_CHECKING:
    from weir.runtime.controller import Controller, Watch

Wakes = Callable[[Change, Store], Iterable[Wake]]
"""Which objects of a controller a change concerns; the store holds the controller's own objects."""


class _Seen(NamedTuple):
    wakes: Wakes
    change: Change
    arrival: Wake | None = None
    """What the change itself asks for."""
    own: bool = False
    """Whether the object is of the controller's kind."""


def arrival(change: Change, *, synced: bool) -> Wake | None:
    """What a change of an object asks for: a new object, generation, request or deletion mark, or nothing.

    Other labels, annotations and all of the status are no reason. What is there at the start is visited in turn.
    """
    old, new = change
    if new is None:
        return None
    key = new.key
    if old is None or old.metadata.uid != new.metadata.uid:
        return Wake(key, Priority.MANUAL if synced else Priority.INTERVAL, "created" if synced else "start")
    if new.metadata.deletion_timestamp and not old.metadata.deletion_timestamp:
        return Wake(key, Priority.MANUAL, "marked for deletion")
    if new.metadata.generation != old.metadata.generation:
        return Wake(key, Priority.MANUAL, f"generation {new.metadata.generation}")
    asked = new.metadata.annotations.get(REQUESTED_AT)
    if asked is not None and asked != old.metadata.annotations.get(REQUESTED_AT):
        return Wake(key, Priority.MANUAL, f"requested at {asked}")
    return None


class Changes:
    """Follows the controller's kind and its watches; shows each change to the service, in order, and wakes."""

    def __init__(
        self, controller: "Controller[Any]", client: Client, host: Host, forget: Callable[[Key], None]
    ) -> None:
        self.shown = asyncio.Event()
        """Set once the service was shown the whole first list: attempts may begin."""
        self._controller = controller
        self._client = client
        self._host = host
        self._forget = forget
        self._seen: asyncio.Queue[_Seen] = asyncio.Queue()
        self._log = logger(host.name, controller.kind)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._own())
                for watch in self._controller.watches:
                    group.create_task(self._watch(watch))
                await self._map()
        finally:
            self.shown.clear()

    async def _own(self) -> None:
        controller, namespace = self._controller, self._host.namespace

        def changed(change: Change) -> None:
            wake = arrival(change, synced=controller.store.synced.is_set())
            self._seen.put_nowait(_Seen(controller.wakes, change, wake, own=True))

        await follow(
            self._client, controller.kind, controller.store, changed, namespace=namespace, labels=controller.labels
        )

    async def _watch(self, watch: "Watch") -> None:
        def changed(change: Change) -> None:
            self._seen.put_nowait(_Seen(watch.wakes, change))

        await follow(
            self._client,
            watch.kind,
            Store(),
            changed,
            namespace=self._host.namespace if watch.kind.namespaced else "",
            labels=watch.labels,
            metadata_only=watch.metadata_only,
        )

    async def _map(self) -> None:
        await self._controller.store.synced.wait()
        for _ in range(self._seen.qsize()):
            await self._show(self._seen.get_nowait())
        self.shown.set()
        self._controller.stirred.set()
        while True:
            await self._show(await self._seen.get())

    async def _show(self, seen: _Seen) -> None:
        """Ask the service whom a change concerns; a mistake there costs the wake, not the watch."""

        async def wakes() -> list[Wake]:
            return list(seen.wakes(seen.change, self._controller.store))

        found = await caught(wakes(), self._log)
        if seen.own and seen.change.new is None:
            self._forget(seen.change.object.key)
        for wake in (*(found if isinstance(found, list) else ()), *((seen.arrival,) if seen.arrival else ())):
            self._controller.wake(wake)
        await asyncio.sleep(0)  # a long queue of changes holds up nobody
