"""One lane per Provider: its own consumer, its own tasks. However slow one is, it delays no other.

Within a lane, messages about one object are sent in their order, and about different objects side by side.
"""

import asyncio
import logging
from functools import partial

import msgspec

from notification_controller.bus import Bus
from notification_controller.consume import Item, deliveries
from notification_controller.deliver import Deliverer
from notification_controller.delivery import read
from notification_controller.mirror import Mirror
from weir.api.notification import Provider
from weir.kube.object import Key

ABREAST = 4
"""Messages that one replica sends to one Provider at a time."""

GRACE = 5.0
"""Seconds that messages which are being sent get at the end."""

_LOG = logging.getLogger(__name__)


class Lanes:
    """Keeps a lane for every Provider that is there."""

    def __init__(self, bus: Bus, providers: Mirror[Provider], deliverer: Deliverer) -> None:
        self._bus = bus
        self._providers = providers
        self._deliverer = deliverer
        self._lanes: dict[Key, asyncio.Task[None]] = {}
        self._stirred = asyncio.Event()

    def changed(self, _key: Key, _old: Provider | None, _new: Provider | None) -> None:
        """A Provider came or went."""
        self._stirred.set()

    async def run(self) -> None:
        """Until cancelled; sends that are under way are given some seconds then."""
        await self._providers.synced.wait()
        try:
            while True:
                self._stirred.clear()
                self._compare()
                await self._stirred.wait()
        finally:
            for lane in self._lanes.values():
                lane.cancel()
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def _compare(self) -> None:
        for key in self._lanes.keys() - self._providers.objects.keys():
            self._lanes.pop(key).cancel()
        for key in self._providers.objects.keys() - self._lanes.keys():
            self._lanes[key] = lane = asyncio.create_task(self._lane(key), name=f"deliveries for {key}")
            lane.add_done_callback(partial(self._broken, key))

    def _broken(self, key: Key, lane: asyncio.Task[None]) -> None:
        """A lane that ended by a mistake of ours is opened again."""
        if not lane.cancelled() and self._lanes.get(key) is lane:
            _LOG.error("the lane of Provider %s broke: %r", key, lane.exception())
            del self._lanes[key]
            asyncio.get_running_loop().call_later(1, self._stirred.set)

    async def _lane(self, key: Key) -> None:
        pull, slots = deliveries(self._bus, key.namespace, key.name), asyncio.Semaphore(ABREAST)
        tails: dict[str, asyncio.Task[None]] = {}
        sending: set[asyncio.Task[None]] = set()

        def left(done: asyncio.Task[None]) -> None:
            sending.discard(done)
            slots.release()
            for about in [about for about, tail in tails.items() if tail is done]:
                del tails[about]

        try:
            while True:
                await slots.acquire()
                item = await pull.next()
                about = _about(item)
                tails[about] = task = asyncio.create_task(self._turn(key, item, tails.get(about)))
                sending.add(task)
                task.add_done_callback(left)
        finally:
            await _end(sending)
            await pull.close()

    async def _turn(self, key: Key, item: Item, before: asyncio.Task[None] | None) -> None:
        async with item.held():
            if before is not None:
                await asyncio.wait({before})
        provider = self._providers.objects.get(key)
        if provider is None:
            await item.later(1)
            return
        try:
            await self._deliverer.deliver(item, provider)
        except Exception:  # noqa: BLE001  a mistake about one message must not hold up the others
            _LOG.exception("a delivery for Provider %s failed", key)
            await item.later(min(5.0 * item.attempt, 300.0))


def _about(item: Item) -> str:
    """Which object the message is about: the lane within the lane."""
    try:
        about = read(item.body).read_event().involved_object
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return f"{about.kind}/{about.namespace}/{about.name}"


async def _end(sending: set[asyncio.Task[None]]) -> None:
    """Give what is being sent some seconds; what is cut off then comes again."""
    if sending:
        await asyncio.wait(sending, timeout=GRACE)
    for task in sending:
        task.cancel()
