"""Events in: the HTTP endpoint that every controller posts to.

202 is a promise: JetStream has the event on disk, and every Alert that wants it will get it.
"""

import logging
from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from notification_controller.bus import Bus
from notification_controller.errors import BusDown, TooLarge
from notification_controller.metadata import clean
from notification_controller.serve import closing
from notification_controller.wire import decode

_LOG = logging.getLogger(__name__)


class Ingest:
    """Takes events. `window` is seconds in which the twin of an event is refused."""

    def __init__(self, bus: Bus, window: float) -> None:
        self._bus = bus
        self._window = timedelta(seconds=window)

    async def handle(self, _: web.BaseRequest, body: bytes) -> web.Response:
        """202 stored, 400 no event, 413 more than NATS takes, 429 duplicate, 503 no NATS: keep it and come again."""
        try:
            event = clean(decode(body))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            _LOG.info("a request to the event server was no event: %s", error)
            return web.Response(status=400)
        try:
            receipt = await self._bus.publish_event(event)
        except TooLarge as error:
            _LOG.error("an event was refused: %s", error)
            return closing(413)
        except BusDown as error:
            _LOG.warning("an event could not be taken: %s", error)
            return web.Response(status=503, headers={"Retry-After": "1"})
        headers = limit_headers(receipt.first + self._window)
        if not receipt.duplicate:
            return web.Response(status=202, headers=headers)
        about = event.involved_object
        _LOG.debug("duplicate event discarded: %s/%s.%s", about.kind, about.name, about.namespace)
        headers["Retry-After"] = headers["X-RateLimit-Reset"]
        return web.Response(status=429, text="Too Many Requests\n", headers=headers)


def limit_headers(reset: datetime) -> dict[str, str]:
    """The rate limit of one event per key, and when its window ends (RFC 1123, zone written UTC)."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    text = f"{days[reset.weekday()]}, {reset:%d} {months[reset.month - 1]} {reset:%Y %H:%M:%S} UTC"
    return {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": text}
