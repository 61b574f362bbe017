"""The only sender: one message out, with retries that end with the Provider's timeout.

The waits are the field's (2, 4, 8, 16 seconds; `Retry-After` beats them). A wait that does not fit into the timeout is
not begun: the delivery comes again later, and the error says what the other side said last.
"""

import asyncio
from collections.abc import Iterator

import msgspec

from notification_controller.errors import DeliveryError, Rejected, Undelivered, Unusable
from notification_controller.message import Config, Message, Publish
from notification_controller.nats_publish import publish
from weir import http

WAITS = (2.0, 4.0, 8.0, 16.0)
"""Seconds between attempts."""

LIMIT = 1024 * 1024
"""Bytes of an answer that are read."""

_NEVER = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 431, 501})
"""Answers that the same message gets every time. Others may be about a token or an address, which can be put right."""


class _SlackAnswer(msgspec.Struct):
    ok: bool = False
    error: str = ""


class Sender:
    """Sends messages; connections are kept."""

    def __init__(self) -> None:
        self._session = http.Session("notification-controller")

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def send(self, message: Message | Publish, config: Config) -> None:
        """Returns when the other side has the message. Raises a `DeliveryError`; its text still has to be redacted."""
        last = Undelivered(f"no answer within {config.timeout:g} seconds")
        try:
            async with asyncio.timeout(config.timeout) as bound:
                for own_wait in _waits():
                    try:
                        await self._once(message, config)
                    except Undelivered as error:
                        last = error
                    else:
                        return
                    wait = max(own_wait, last.retry_after)
                    if asyncio.get_running_loop().time() + wait >= (bound.when() or 0.0):
                        raise last
                    await asyncio.sleep(wait)
        except TimeoutError:
            raise last from None

    async def _once(self, message: Message | Publish, config: Config) -> None:
        if isinstance(message, Publish):
            await publish(message, config)
            return
        try:
            answer = await self._session.request(
                message.method,
                message.url,
                headers=message.headers,
                body=message.body,
                tls=http.Tls(config.tls.ca, config.tls.certificate, config.tls.key) if config.tls else None,
                proxy=config.proxy,
                timeout=config.timeout,
                limit=LIMIT,
            )
        except http.HttpError as error:
            raise _meaning(error) from None
        if message.answer == "slack":
            _judge(answer.body)
        elif not 200 <= answer.status < 300:
            raise Undelivered(f"the answer was {answer.status}, which is no success")


def _waits() -> Iterator[float]:
    """The wait after each attempt; the last one is longer than any timeout."""
    yield from WAITS
    yield float("inf")


def _meaning(error: http.HttpError) -> DeliveryError:
    if error.final:
        return Unusable(str(error))
    if error.status in _NEVER:
        return Rejected(str(error))
    if not error.passing:
        return Unusable(str(error))
    return Undelivered(str(error), retry_after=error.retry_after or 0.0)


def _judge(body: bytes) -> None:
    try:
        answer = msgspec.json.decode(body, type=_SlackAnswer)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Undelivered("Slack's answer is not its JSON") from None
    if answer.ok:
        return
    if answer.error in {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}:
        raise Undelivered(f"Slack: {answer.error}")
    raise Unusable(f"Slack: {answer.error[:200] or 'not ok'}")
