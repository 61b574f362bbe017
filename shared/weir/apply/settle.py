"""Waiting until a stage is healthy: definitions and classes, before what needs them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any

from weir.apply.changes import Action, Change, Reference
from weir.apply.requests import get_object
from weir.health.rules import Health, Status, assess
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound

_POLL_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0)


async def settle(client: Client, changes: Sequence[Change], limit: float) -> str:
    """Wait until every object is current, and every kind that was defined is served.

    What is wrong after `limit` seconds, or nothing.
    """
    asked = [change for change in changes if change.live is not None or change.action is not Action.UNCHANGED]
    pending = _unhealthy({change.reference: _assess(change.live) for change in asked})
    unserved = {kind for change in asked if change.action is not Action.UNCHANGED for kind in _defined(change.live)}
    deadline = asyncio.get_running_loop().time() + limit
    for pause in chain(_POLL_SECONDS, repeat(_POLL_SECONDS[-1])):
        unserved = {each for each in unserved if not await _is_served(client, *each)}
        if not (pending or unserved) or asyncio.get_running_loop().time() >= deadline:
            break
        await asyncio.sleep(pause)
        pending = _unhealthy({each: await _read(client, each) for each in pending})
    listed = [f"{each.subject} status: '{health.status}'" for each, health in sorted(pending.items())]
    listed += [f"{kind} in {api_version} is not served" for api_version, kind in sorted(unserved)]
    return f"timeout waiting for: [{', '.join(listed)}]" if listed else ""


def _defined(live: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """API version and kind of what a definition says is served; nothing for any other object."""
    if live is None or live.get("kind") != "CustomResourceDefinition":
        return []
    spec = live["spec"]
    return [(f"{spec['group']}/{it['name']}", spec["names"]["kind"]) for it in spec["versions"] if it["served"]]


async def _is_served(client: Client, api_version: str, kind: str) -> bool:
    """Whether discovery knows the kind: it follows the conditions of a definition after a moment."""
    client.discovery.forget(api_version.partition("/")[0])
    try:
        await client.discovery.kind(api_version, kind)
    except KubeError:
        return False
    return True


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
