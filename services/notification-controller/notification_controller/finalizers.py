"""Providers and Alerts have no status and are not reconciled; all there is to do is about their finalizer.

A Provider gets one, so that its queue goes with it. An Alert that still carries one of an older version loses it.
"""

import asyncio
import logging
from collections.abc import Sequence

from notification_controller.bus import Bus
from notification_controller.delivery import Reference
from notification_controller.errors import BusDown
from notification_controller.report import Reporter
from weir.api.base import Resource
from weir.api.notification import Alert, Provider
from weir.kube.client import Client
from weir.kube.errors import Conflict, KubeError, NotFound
from weir.kube.object import Key
from weir.runtime.settle import FINALIZER

AGAIN = 5.0
"""Seconds to the next try when the API server did not take one."""

MANAGER = "notification-controller"
_LOG = logging.getLogger(__name__)


class Finalizers:
    """Adds and removes finalizers, one object after another, in the background."""

    def __init__(self, client: Client, bus: Bus, reporter: Reporter) -> None:
        self._client = client
        self._bus = bus
        self._reporter = reporter
        self._waiting: asyncio.Queue[Provider | Alert] = asyncio.Queue()

    def provider_changed(self, _key: Key, _old: Provider | None, new: Provider | None) -> None:
        """Queue a Provider that lacks its finalizer, or waits for it to go."""
        if new is not None and bool(new.metadata.deletion_timestamp) == (FINALIZER in new.metadata.finalizers):
            self._waiting.put_nowait(new)

    def alert_changed(self, _key: Key, _old: Alert | None, new: Alert | None) -> None:
        """Queue an Alert that still has a finalizer; a suspended one keeps it until it is resumed or deleted."""
        if new is None or FINALIZER not in new.metadata.finalizers:
            return
        if new.metadata.deletion_timestamp or not (new.spec and new.spec.suspend):
            self._waiting.put_nowait(new)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            each = await self._waiting.get()
            try:
                await self._settle(each)
            except (Conflict, NotFound):
                continue  # it changed or went: the watch tells
            except KubeError as error:
                _LOG.error("the finalizer of %s could not be set: %s", each.metadata.name, error)
                asyncio.get_running_loop().call_later(AGAIN, self._waiting.put_nowait, each)

    async def _settle(self, each: Provider | Alert) -> None:
        meta = each.metadata
        kept = [name for name in meta.finalizers if name != FINALIZER]
        if isinstance(each, Alert):
            await self._set(each, kept)
            self._reporter.migrated(Reference(meta.namespace, meta.name, meta.uid))
        elif meta.deletion_timestamp:
            await self._drop_queue(each)
            await self._set(each, kept)
        else:
            await self._set(each, [*meta.finalizers, FINALIZER])

    async def _drop_queue(self, provider: Provider) -> None:
        try:
            await self._bus.forget(provider.metadata.namespace, provider.metadata.name)
        except BusDown as error:  # what is left there ages out
            _LOG.warning("the queue of Provider %s stays: %s", provider.metadata.name, error)

    async def _set(self, each: Resource, finalizers: Sequence[str]) -> None:
        meta = each.metadata
        body = {"metadata": {"finalizers": list(finalizers), "resourceVersion": meta.resource_version, "uid": meta.uid}}
        await self._client.patch(each.DEFINITION.kind, meta.name, meta.namespace, body, manager=MANAGER)
