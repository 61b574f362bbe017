"""Pulling from a durable consumer, one message at a time, through restarts and wipes of NATS."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from nats.js.errors import APIError

from notification_controller.bus import ACK_WAIT, FAULTS, Bus
from notification_controller.errors import BusDown
from notification_controller.streams import DELIVERIES, DELIVERY_SUBJECTS, EVENTS, durable_name, provider_subject

_PULL = 30.0
"""Seconds that one request for a message stays open."""
_LOG = logging.getLogger(__name__)


class Item:
    """One message, to be answered with `done`, `later` or not at all: then it comes again."""

    def __init__(self, message: Msg) -> None:
        self._message = message
        meta = message.metadata
        self.body = message.data
        self.attempt = meta.num_delivered or 1
        """1 the first time."""
        self.stored = meta.timestamp.timestamp()
        """Unix time at which it was stored."""
        self.identity = f"{meta.stream}.{meta.timestamp.isoformat()}.{meta.sequence.stream}"
        """Tells this message from every other one, also after NATS was wiped."""

    async def done(self) -> None:
        """Never again. A lost answer means once more: at least once is the promise."""
        await self._answer(self._message.ack())

    async def later(self, seconds: float) -> None:
        """Again, after so long."""
        await self._answer(self._message.nak(delay=seconds))

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Keep NATS from giving the message to someone else meanwhile."""
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(ACK_WAIT / 3)
            with suppress(*FAULTS):
                await self._message.in_progress()

    async def _answer(self, sending: object) -> None:
        try:
            await sending  # type: ignore[misc]  # a coroutine of nats-py
        except FAULTS as error:
            _LOG.warning("a message could not be answered, it will come again: %s", error)


class Pull:
    """The messages of one durable consumer. Several processes may pull from the same one: each message goes to one."""

    def __init__(
        self, bus: Bus, stream: str, config: ConsumerConfig, begin: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """`begin` is done before the consumer is made anew; it raises `BusDown` to be called again."""
        self._bus = bus
        self._begin = begin
        self._stream = stream
        self._config = config
        self._subscription: JetStreamContext.PullSubscription | None = None
        self._over = asyncio.Event()

    async def next(self) -> Item:
        """The next message, whenever it comes."""
        while True:
            await self._bus.wait_up()
            try:
                return Item(await self._fetch())
            except TimeoutError:
                continue
            except APIError:  # the consumer or its stream is gone
                await self._unbind()
                self._bus.shake()
            except (BusDown, *FAULTS):
                await self._unbind()
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        """Pull no more; the consumer stays for others and for the next start."""
        await self._unbind()

    async def _fetch(self) -> Msg:
        if self._over is not self._bus.over:
            await self._unbind()
        if self._subscription is None:
            self._over = self._bus.over
            if self._begin and not await self._bus.has_consumer(self._stream, str(self._config.durable_name)):
                await self._begin()
            self._subscription = await self._bus.consumer(self._stream, self._config)
        fetching = asyncio.ensure_future(self._subscription.fetch(1, timeout=_PULL))
        fetching.add_done_callback(_seen)  # it may fail after we went
        ending = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({fetching, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                raise BusDown("NATS went away")
            return fetching.result()[0]
        finally:
            ending.cancel()
            fetching.cancel()

    async def _unbind(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with suppress(*FAULTS, ValueError):
                await subscription.unsubscribe()


def _seen(task: asyncio.Future[list[Msg]]) -> None:
    if not task.cancelled():
        task.exception()


def events(bus: Bus, begin: Callable[[], Awaitable[None]] | None = None) -> Pull:
    """Every event, shared between all replicas. `begin` comes first when the stream is new, or was made anew."""
    return Pull(
        bus,
        EVENTS,
        ConsumerConfig(durable_name="dispatch", ack_wait=ACK_WAIT, max_ack_pending=256, max_deliver=-1),
        begin,
    )


def deliveries(bus: Bus, namespace: str, provider: str) -> Pull:
    """The deliveries of one Provider. Those that wait for their next attempt count as pending, so many may."""
    return Pull(
        bus,
        DELIVERIES,
        ConsumerConfig(
            durable_name=durable_name(namespace, provider),
            filter_subject=provider_subject(DELIVERY_SUBJECTS, namespace, provider),
            ack_wait=ACK_WAIT,
            max_ack_pending=1000,
            max_deliver=-1,
        ),
    )
