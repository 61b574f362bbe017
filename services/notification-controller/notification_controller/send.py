"""The only sender: one message out, with retries that end with the Provider's timeout.

A wait that does not fit into the timeout is not begun: the delivery comes again later, and the error says what the
other side said last.
"""

import asyncio
import math

import msgspec

from notification_controller.errors import DeliveryError, Rejected, Undelivered, Unusable
from notification_controller.message import Config, Message, Publish
from notification_controller.nats_publish import publish
from weir import http

RETRY = http.Retry(attempts=5, first=2.0, longest=math.inf)
"""The field's waits: 2, 4, 8, 16 seconds; `Retry-After` beats them."""

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
        if isinstance(message, Publish):
            try:
                async with asyncio.timeout(config.timeout):
                    await publish(message, config)
            except TimeoutError:
                raise Undelivered(f"NATS: no answer within {config.timeout:g}s") from None
        else:
            await self._request(message, config)

    async def _request(self, message: Message, config: Config) -> None:
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
                retry=RETRY,
            )
        except http.HttpError as error:
            raise _meaning(error) from None
        if message.answer == "slack":
            _judge(answer.body)


def _meaning(error: http.HttpError) -> DeliveryError:
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
