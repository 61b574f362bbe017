"""Which of a Kustomization's objects it still waits for: its status does not name them while it waits."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from weir.api.kustomization import InventoryEntry
from weir.apply.changes import Reference
from weir.health.rules import Status, assess
from weir.kube.client import Client
from weir.kube.errors import KubeError
from weir_cli import nouns
from weir_cli.nouns import Body

_MOST = 200
"""Objects that are looked at."""
_SHOWN = 3
_CONCURRENT = 8


async def pending(client: Client, body: Body) -> str:
    """The objects that are not healthy yet, each with what it says; empty when none are, or none can be looked at.

    Empty too when the objects are in another cluster, or health is not being waited for.
    """
    if nouns.condition(body, "Healthy").get("status") != "Unknown" or nouns.field(body, "spec", "kubeConfig"):
        return ""
    slots = asyncio.Semaphore(_CONCURRENT)
    checks = [check for check, _n in zip(listed(body), range(_MOST), strict=False)]
    found = await asyncio.gather(*(_look(client, check, slots) for check in checks))
    waiting = [text for text in found if text]
    more = f" and {len(waiting) - _SHOWN} more" if len(waiting) > _SHOWN else ""
    return ", ".join(waiting[:_SHOWN]) + more


def listed(body: Body) -> Iterator[Reference]:
    """What has to be healthy: everything applied with `wait`, else what `healthChecks` lists."""
    if nouns.field(body, "spec", "wait"):
        for entry in nouns.field(body, "status", "inventory", "entries") or ():
            with suppress(ValueError):  # somebody wrote it by hand; the controller says so
                yield Reference.of_entry(InventoryEntry(entry["id"], entry["v"]))
        return
    for check in nouns.field(body, "spec", "healthChecks") or ():
        yield Reference(check.get("apiVersion") or "apps/v1", check["kind"], check.get("namespace", ""), check["name"])


async def _look(client: Client, check: Reference, slots: asyncio.Semaphore) -> str:
    async with slots:
        try:
            kind = await client.discovery.kind(check.api_version, check.kind)
            found = (await client.get(kind, check.name, check.namespace)).body()
        except KubeError:  # no right to read it, or gone: the controller knows better
            return ""
    health = assess(found, now=datetime.now(UTC))
    if health.status is Status.CURRENT:
        return ""
    return f"{check.subject} {health.status}" + (f" ({health.message})" if health.message else "")
