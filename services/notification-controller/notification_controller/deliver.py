"""One delivery: read the Provider's Secrets, render, send, acknowledge. The whole story, top to bottom.

What fails comes again, for hours; what cannot succeed, or has been tried for long enough, becomes a dead letter. The
Alert is told the first time and the last.
"""

import logging
import time

import msgspec

from notification_controller import metrics, secret
from notification_controller.backoff import delay, given_up
from notification_controller.bus import Bus
from notification_controller.config import SecretData, resolve
from notification_controller.consume import Item
from notification_controller.delivery import Delivery, read
from notification_controller.errors import (
    BusDown,
    DeliveryError,
    NotSupported,
    Rejected,
    TooLarge,
    Undelivered,
    Unusable,
)
from notification_controller.providers import render
from notification_controller.redact import redact
from notification_controller.report import DISPATCH_FAILED, Reporter
from notification_controller.send import Sender
from weir.api.base import LocalObjectReference
from weir.api.notification import Provider
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound

_LOG = logging.getLogger(__name__)


class Deliverer:
    """Delivers what waits for a Provider. `longest` is seconds after which a delivery is given up."""

    def __init__(self, bus: Bus, client: Client, sender: Sender, reporter: Reporter, longest: float) -> None:
        self._bus = bus
        self._client = client
        self._sender = sender
        self._reporter = reporter
        self._longest = longest

    async def deliver(self, item: Item, provider: Provider) -> None:
        """Answer the item: done, or later. Nothing is raised but cancellation and what is a mistake of ours."""
        try:
            delivery = read(item.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            _LOG.error("what somebody put on the bus is no delivery: it is dropped")
            await item.done()
            return
        kind = provider.spec.type if provider.spec else ""
        if provider.spec is None or provider.spec.suspend:
            metrics.DELIVERIES.labels(kind, "suspended").inc()
            await item.done()
            return
        started = time.monotonic()
        try:
            async with item.held():
                await self._send(delivery, provider)
        except DeliveryError as error:
            metrics.DELIVERIES.labels(kind, error.result).inc()
            await self._failed(item, delivery, kind, error)
        else:
            await item.done()
            metrics.DELIVERIES.labels(kind, "sent").inc()
            metrics.DELIVERY_LAG.labels(kind).observe(max(0.0, time.time() - item.stored))
        finally:
            metrics.DELIVERY_SECONDS.labels(kind).observe(time.monotonic() - started)

    async def _send(self, delivery: Delivery, provider: Provider) -> None:
        """Raises a `DeliveryError` that carries no secret."""
        spec, namespace = provider.spec, provider.metadata.namespace
        assert spec is not None
        secrets = [
            await self._data(namespace, ref) for ref in (spec.secret_ref, spec.cert_secret_ref, spec.proxy_secret_ref)
        ]
        config = resolve(provider, *secrets)
        try:
            await self._sender.send(render(delivery.read_event(), config), config)
        except DeliveryError as error:
            raise _masked(error, redact(str(error), config)) from None

    async def _data(self, namespace: str, reference: LocalObjectReference | None) -> SecretData | None:
        if reference is None:
            return None
        try:
            return await secret.read(self._client, namespace, reference.name)
        except NotFound:
            raise Unusable(f"Secret {namespace}/{reference.name} not found") from None
        except KubeError as error:
            raise Undelivered(f"Secret {namespace}/{reference.name} cannot be read: {error}") from None

    async def _failed(self, item: Item, delivery: Delivery, kind: str, error: DeliveryError) -> None:
        hopeless = isinstance(error, (Rejected, NotSupported))
        if not hopeless and not given_up(item.stored, time.time(), self._longest):
            wait = delay(item.attempt, error.retry_after if isinstance(error, Undelivered) else 0.0)
            _LOG.warning("delivery to %s failed, again in %.0f s: %s", _name(delivery), wait, error)
            if item.attempt == 1:
                self._tell(delivery, f"{error}; it is tried again for {self._longest / 3600:g} hours")
            await item.later(wait)
            return
        try:
            where = delivery.alert.namespace, delivery.provider
            await self._bus.bury(*where, item.body, item.identity, str(error))
        except (BusDown, TooLarge) as down:
            _LOG.warning("a dead letter waits: %s", down)
            await item.later(1)
            return
        await item.done()
        metrics.DEAD_LETTERS.labels(kind).inc()
        _LOG.error("delivery to %s was given up: %s", _name(delivery), error)
        self._tell(delivery, f"{error}; it is not tried again")

    def _tell(self, delivery: Delivery, text: str) -> None:
        about = delivery.read_event().involved_object
        message = f"failed to send the notification about {about.kind}/{about.namespace}/{about.name}: {text}"
        self._reporter.warn(delivery.alert, DISPATCH_FAILED, message)


def _masked(error: DeliveryError, text: str) -> DeliveryError:
    if isinstance(error, Undelivered):
        return Undelivered(text, retry_after=error.retry_after)
    return type(error)(text)


def _name(delivery: Delivery) -> str:
    return f"Provider {delivery.alert.namespace}/{delivery.provider}"
