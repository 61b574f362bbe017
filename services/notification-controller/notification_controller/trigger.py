"""Asking for reconciles: find what a Receiver's entry names, ask its filters, annotate."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from notification_controller.errors import BadFilter, Refused
from notification_controller.filter_process import FilterProcess
from notification_controller.webhook import Target
from weir.api.base import Kind
from weir.kube.client import Client
from weir.kube.errors import KubeError, NoSuchKind, NotFound
from weir.kube.object import Object

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
"""Annotation that asks for a reconcile: any new value counts."""

MANAGER = "notification-controller"
ABREAST = 16
"""Objects of one entry that are annotated at a time."""

_LOG = logging.getLogger(__name__)


class Trigger:
    """Annotates objects on behalf of Receivers."""

    def __init__(self, client: Client, filters: FilterProcess) -> None:
        self._client = client
        self._filters = filters

    async def request(self, target: Target, body: Any) -> int:
        """Ask for a reconcile of every object that the entry names and the filters take; how many that were.

        `body` is the JSON object that came with the call. Raises one of `ERRORS`, naming the object.
        """
        try:
            kind = await self._client.discovery.kind(target.api_version, target.kind)
        except NoSuchKind:
            raise Refused(f"{target.kind} of {target.api_version} is not a kind of this cluster") from None
        if target.name and not target.filters:
            await self._annotate(kind, target.namespace, target.name)
            return 1
        found = await self._find(kind, target)
        if not found:
            _LOG.info("no %s in %s has the labels %s", target.kind, target.namespace, target.labels or "(any)")
        taken = await self._accepted(found, target.filters, body)
        await self._annotate_all(kind, taken)
        return len(taken)

    async def _find(self, kind: Kind, target: Target) -> Sequence[Object]:
        if target.name:
            try:
                return [await self._client.get(kind, target.name, target.namespace)]
            except NotFound:
                raise Refused(f"{target.kind}/{target.namespace}/{target.name} not found") from None
        listing = await self._client.list(
            kind, target.namespace, labels=target.labels, metadata_only=not target.filters
        )
        return listing.objects

    async def _accepted(self, found: Sequence[Object], filters: Sequence[str], body: Any) -> Sequence[Object]:
        if not filters or not found:
            return found
        resources = [_resource(each) for each in found]
        verdicts = await self._filters.hold(filters, resources, body)
        return [each for each, taken in zip(found, verdicts, strict=True) if taken]

    async def _annotate_all(self, kind: Kind, objects: Sequence[Object]) -> None:
        slots = asyncio.Semaphore(ABREAST)

        async def one(each: Object) -> None:
            async with slots:
                await self._annotate(kind, each.metadata.namespace, each.metadata.name)

        for outcome in await asyncio.gather(*(one(each) for each in objects), return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _annotate(self, kind: Kind, namespace: str, name: str) -> None:
        body = {"metadata": {"annotations": {REQUESTED_AT: datetime.now(UTC).isoformat(timespec="microseconds")}}}
        try:
            await self._client.patch(kind, name, namespace, body, manager=MANAGER)
        except NotFound:
            raise Refused(f"{kind.kind}/{namespace}/{name} not found") from None


def _resource(found: Object) -> dict[str, Any]:
    """What filters see of an object."""
    body = found.body()
    return {"apiVersion": found.api_version, "kind": found.kind, "metadata": body.get("metadata", {})}


ERRORS = (Refused, BadFilter, KubeError)
"""What `Trigger.request` raises."""
