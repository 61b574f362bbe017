"""Waiting until a stage is healthy: definitions and classes, before what needs them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from weir.apply.changes import Action, Change, Reference
from weir.apply.requests import get_object
from weir.health.rules import Health, Status, assess
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound

_POLL_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0)


async def settle(client: Client, changes: Sequence[Change], limit: float) -> str:
    """Wait until every object is current. What is wrong after `limit` seconds, or nothing."""
    asked = [change for change in changes if change.live is not None or change.action is not Action.UNCHANGED]
    pending = {change.reference: _assess(change.live) for change in asked}
    pending = _unhealthy(pending)
    deadline = asyncio.get_running_loop().time() + limit
    tries = 0
    while pending and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(_POLL_SECONDS[min(tries, len(_POLL_SECONDS) - 1)])
        tries += 1
        pending = _unhealthy({each: await _read(client, each) for each in pending})
    listed = ", ".join(f"{each.subject} status: '{health.status}'" for each, health in sorted(pending.items()))
    return f"timeout waiting for: [{listed}]" if pending else ""


def _unhealthy(found: Mapping[Reference, Health]) -> dict[Reference, Health]:
    return {each: health for each, health in found.items() if health.status is not Status.CURRENT}


def _assess(live: Mapping[str, Any] | None) -> Health:
    return Health(Status.UNKNOWN) if live is None else assess(live, now=datetime.now(UTC))


async def _read(client: Client, reference: Reference) -> Health:
    try:
        return _assess(await get_object(client, reference))
    except NotFound:
        return Health(Status.NOT_FOUND)
    except KubeError as error:
        return Health(Status.UNKNOWN, str(error))
