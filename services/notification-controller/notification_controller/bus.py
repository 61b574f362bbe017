"""The only door to NATS: one connection for life, three streams, one work queue per Provider.

EVENTS holds what came in, under `weir.events.v1.>`: whoever likes may subscribe. DELIVERIES is a work queue with one
subject per Provider, DEADLETTERS keeps what could not be delivered. NATS is disposable: whenever it comes back, empty
or not, streams and consumers are made again.
"""

import asyncio
import logging
import re
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Never

import nats.errors
import nats.js.errors
from nats.aio.client import Client as Connection
from nats.aio.client import RawCredentials
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from notification_controller.errors import BusDown, TooLarge
from notification_controller.streams import (
    DEAD_LETTER_SUBJECTS,
    DEAD_LETTERS,
    DELIVERIES,
    DELIVERY_SUBJECTS,
    EVENTS,
    MAX_MESSAGE,
    Bounds,
    durable_name,
    provider_subject,
)
from notification_controller.wire import MAX_BODY, deduplication_key, pack, subject
from weir.api.base import Struct
from weir.api.event import Event

FAULTS = (nats.errors.Error, TimeoutError, OSError, ssl.SSLError)
"""Everything that NATS being away looks like."""

ACK_WAIT = 8.0
"""Seconds until a message that was neither acknowledged nor held is given to someone else."""

_SHORTEST, _LONGEST = 0.1, 2.0
"""Seconds between two tries to connect."""
_TIMEOUT = 5.0
"""Seconds that one answer of NATS may take."""
_SEED = re.compile("SU[A-Z2-7]{56}")
_LOG = logging.getLogger(__name__)


class Login(Struct):
    """Where NATS is and how to get in. Secrets come from a file, so that no process list shows them."""

    url: str
    user: str = "weir"
    """Whose password it is, when the file holds one."""
    credentials: str = ""
    """File with NATS credentials (JWT and seed), an NKey seed, or a password."""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""

    def options(self) -> dict[str, Any]:
        """What nats-py wants to hear. Raises `OSError` for a file that cannot be read."""
        options: dict[str, Any] = {"servers": self.url.split(",")}
        if self.credentials:
            options |= self._login(Path(self.credentials).read_text(encoding="utf-8").strip())
        if self.ca_file or self.cert_file:
            options["tls"] = ssl.create_default_context(cafile=self.ca_file or None)
            if self.cert_file:
                options["tls"].load_cert_chain(self.cert_file, self.key_file or None)
        return options

    def _login(self, text: str) -> dict[str, Any]:
        if "-----BEGIN NATS USER JWT-----" in text:
            return {"user_credentials": RawCredentials(text)}
        if _SEED.fullmatch(text):
            return {"nkeys_seed_str": text}
        return {"user": self.user, "password": text}


class Receipt(Struct):
    """JetStream has the event."""

    duplicate: bool
    """Its twin was there already; nothing was stored."""
    first: datetime
    """When it, or its twin, was stored."""


class Bus:
    """The connection and what may be asked of it. Everything raises `BusDown` while NATS is away."""

    def __init__(self, login: Login, bounds: Bounds) -> None:
        self._login = login
        self._streams = bounds.streams()
        self._shaken = asyncio.Event()
        self._closed = asyncio.Event()
        self._connection: Connection | None = None
        self._up = asyncio.Event()
        self.over = asyncio.Event()
        """Set when the present connection is lost or an answer said that a stream is gone."""

    @property
    def up(self) -> bool:
        """Whether NATS is there, with all streams."""
        return self._up.is_set() and self._connection is not None and self._connection.is_connected

    @property
    def jetstream(self) -> JetStreamContext:
        """JetStream on the present connection."""
        if not self.up or self._connection is None:
            raise BusDown("NATS is not connected")
        return self._connection.jetstream(timeout=_TIMEOUT)

    async def run(self) -> Never:
        """Be connected whenever NATS is there; never returns. Every try reads the login anew."""
        pause, said = _SHORTEST, ""
        while True:
            try:
                await self._live()
                pause, said = _SHORTEST, ""
            except FAULTS as error:
                if said != (said := _describe(error)):
                    _LOG.error("NATS cannot be used: %s", said)
                pause = min(2 * pause, _LONGEST)
            finally:
                self._fall()
                if self._connection is not None:
                    await _close(self._connection)
                    self._connection = None
            await asyncio.sleep(pause)

    async def wait_up(self) -> None:
        """Return as soon as NATS is there with all streams."""
        await self._up.wait()

    def shake(self) -> None:
        """Say that something was not there which should be: streams are looked after at once."""
        self._fall()
        self._shaken.set()

    async def publish_event(self, event: Event) -> Receipt:
        """Store an event. Raises `TooLarge` for a body that NATS is not set up to take."""
        ack = await self._publish(EVENTS, subject(event), pack(event), deduplication_key(event))
        now = datetime.now(UTC)
        if not ack.duplicate:
            return Receipt(duplicate=False, first=now)
        try:
            twin = await self.jetstream.get_msg(EVENTS, ack.seq, direct=True)
        except (BusDown, *FAULTS):
            return Receipt(duplicate=True, first=now)
        return Receipt(duplicate=True, first=_stored(twin.headers) or now)

    async def publish_delivery(self, namespace: str, provider: str, body: bytes, identity: str) -> None:
        """Queue a delivery for a Provider. The same identity is queued once within the window."""
        await self._publish(DELIVERIES, provider_subject(DELIVERY_SUBJECTS, namespace, provider), body, identity)

    async def bury(self, namespace: str, provider: str, body: bytes, identity: str, reason: str) -> None:
        """Keep what could not be delivered, with the reason in a header."""
        where = provider_subject(DEAD_LETTER_SUBJECTS, namespace, provider)
        reason = " ".join(reason.split())[:1000].encode("ascii", "replace").decode()
        await self._publish(DEAD_LETTERS, where, body, identity, {"Weir-Reason": reason})

    async def consumer(self, stream: str, config: ConsumerConfig) -> JetStreamContext.PullSubscription:
        """A pull subscription to a durable consumer, which is made or brought up to date first."""
        jetstream = self.jetstream
        await jetstream.add_consumer(stream, config)
        return await jetstream.pull_subscribe_bind(config.durable_name, stream)

    async def has_consumer(self, stream: str, name: str) -> bool:
        """Whether a durable consumer is there: a stream that was made anew has none."""
        try:
            await self.jetstream.consumer_info(stream, name)
        except nats.js.errors.NotFoundError:
            return False
        return True

    async def forget(self, namespace: str, provider: str) -> None:
        """Drop the queue of a Provider that is no more."""
        try:
            await self.jetstream.purge_stream(
                DELIVERIES, subject=provider_subject(DELIVERY_SUBJECTS, namespace, provider)
            )
            await self.jetstream.delete_consumer(DELIVERIES, durable_name(namespace, provider))
        except nats.js.errors.NotFoundError:
            return
        except FAULTS as error:
            raise BusDown(f"NATS: {_describe(error)}") from error

    async def _publish(
        self, stream: str, where: str, body: bytes, identity: str, headers: dict[str, str] | None = None
    ) -> Any:
        try:
            return await self.jetstream.publish(
                where, body, timeout=_TIMEOUT, stream=stream, headers={"Nats-Msg-Id": identity} | (headers or {})
            )
        except nats.errors.MaxPayloadError as error:
            raise TooLarge(f"NATS takes no message of {len(body)} bytes: raise its max_payload") from error
        except nats.js.errors.NoStreamResponseError as error:
            self.shake()
            raise BusDown(f"NATS: stream {stream} does not answer") from error
        except FAULTS as error:
            raise BusDown(f"NATS: {_describe(error)}") from error

    async def _live(self) -> None:
        """One connection, from the first handshake until it is closed for good."""
        self._connection, self._closed = Connection(), asyncio.Event()
        await self._connection.connect(
            **self._login.options(),
            name="notification-controller",
            allow_reconnect=False,
            connect_timeout=2,
            ping_interval=10,
            pending_size=MAX_MESSAGE,
            error_cb=_log_error,
            disconnected_cb=self._on_closed,
            closed_cb=self._on_closed,
        )
        if self._connection.max_payload < MAX_BODY + 64 * 1024:
            _LOG.warning("NATS takes messages of %d bytes; events may have %d", self._connection.max_payload, MAX_BODY)
        while not self._closed.is_set():
            self._shaken.clear()
            if await self._streams_are_there(self._connection):
                self.over = asyncio.Event()
                self._up.set()
                await self._shaken.wait()
                self._fall()
            else:
                await asyncio.sleep(0.2)

    async def _streams_are_there(self, connection: Connection) -> bool:
        if not connection.is_connected:
            return False
        try:
            jetstream = connection.jetstream(timeout=_TIMEOUT)
            for config in self._streams:
                try:
                    await jetstream.add_stream(config)
                except nats.js.errors.BadRequestError:  # it is there, with other bounds
                    await jetstream.update_stream(config)
        except FAULTS as error:
            _LOG.warning("JetStream is not ready: %s", _describe(error))
            return False
        return not self._shaken.is_set()

    async def _on_closed(self) -> None:
        self._closed.set()
        self.shake()

    def _fall(self) -> None:
        self._up.clear()
        self.over.set()


def _stored(headers: dict[str, str] | None) -> datetime | None:
    try:
        return datetime.fromisoformat((headers or {})["Nats-Time-Stamp"])
    except (KeyError, ValueError):
        return None


def _describe(error: BaseException) -> str:
    return (str(error) or type(error).__name__).removeprefix("nats: ")


async def _log_error(error: Exception) -> None:
    _LOG.debug("NATS: %s", _describe(error))


async def _close(connection: Connection) -> None:
    try:
        await connection.close()
    except FAULTS as error:
        _LOG.debug("closing NATS: %s", _describe(error))
