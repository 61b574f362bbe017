"""What changes in the cluster, for as long as somebody wants to know."""

import asyncio
from collections.abc import AsyncGenerator

from weir.api.base import Kind
from weir.kube.client import Client
from weir.kube.errors import Gone, Unreachable
from weir.kube.stream import WatchEvent

_PAUSE = 1.0
"""Seconds before a watch that broke is begun anew."""


async def changes(
    client: Client, kind: Kind, namespace: str, *, since: str, labels: str = "", fields: str = ""
) -> AsyncGenerator[WatchEvent, None]:
    """Every change after a resource version, without bookmarks, for ever.

    A broken watch is taken up again; when the server has forgotten the version, every object comes once as MODIFIED.
    """
    while True:
        try:
            async with client.watching(kind, namespace, resource_version=since, labels=labels, fields=fields) as found:
                async for event in found:
                    since = event.object.metadata.resource_version
                    if event.type != "BOOKMARK":
                        yield event
        except Unreachable:
            await asyncio.sleep(_PAUSE)
        except Gone:
            listing = await client.list(kind, namespace, labels=labels, fields=fields)
            since = listing.resource_version
            for item in listing.objects:
                yield WatchEvent("MODIFIED", item)
