"""The logs of the controllers' pods: in order of time, or as they come."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime

import click

from weir.kube import kinds
from weir.kube.client import Client
from weir.kube.errors import KubeError
from weir.kube.object import Object
from weir_cli.logs import Entry, Filter, entry, moment
from weir_cli.terminal import Halt, failure

PART_OF = "app.kubernetes.io/part-of=flux"
_LOOK = 2.0
"""Seconds between two looks for pods that are new or can be read again."""


async def controller_pods(client: Client, namespace: str) -> list[tuple[str, Object]]:
    """Deployment and pod, for every pod of the toolkit's Deployments, found by their labels. Raises `Halt` if none."""
    found = []
    for deployment in (await client.list(kinds.DEPLOYMENT, namespace, labels=PART_OF)).objects:
        labels = deployment.body()["spec"]["selector"].get("matchLabels", {})
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        pods = (await client.list(kinds.POD, namespace, labels=selector)).objects
        found += [(deployment.metadata.name, pod) for pod in pods]
    if not found:
        raise Halt(f'no controllers found in "{namespace}" namespace: --flux-namespace says where they run')
    return found


async def show(client: Client, namespace: str, query: Mapping[str, str], wanted: Filter) -> None:
    """Print what all of them have logged, oldest first."""
    pods = await controller_pods(client, namespace)
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(aclosing(_entries(client, pod, query, wanted, name))) for name, pod in pods
        ]
        async with aclosing(merged(streams)) as found:
            async for item in found:
                click.echo(item.text)


async def merged(streams: Sequence[AsyncGenerator[Entry, None]]) -> AsyncGenerator[Entry, None]:
    """Entries of several streams by time; each stream is in order itself."""
    heads = dict(zip(streams, await asyncio.gather(*(anext(stream, None) for stream in streams)), strict=True))
    waiting = {stream: head for stream, head in heads.items() if head is not None}
    while waiting:
        stream = min(waiting, key=lambda stream: waiting[stream].time)
        yield waiting.pop(stream)
        if (following := await anext(stream, None)) is not None:
            waiting[stream] = following


async def follow(client: Client, namespace: str, query: Mapping[str, str], wanted: Filter) -> None:
    """Print entries as they come, also of pods that start later; a stream that ends is taken up again."""
    readers: dict[str, asyncio.Task[str]] = {}
    ended: dict[str, str] = {}
    query = {**query, "follow": "true"}
    try:
        while True:
            for name, pod in await controller_pods(client, namespace):
                uid = pod.metadata.uid
                if uid not in readers:
                    again = {"sinceTime": ended[uid], "follow": "true"} if uid in ended else query
                    readers[uid] = asyncio.create_task(_read(client, pod, again, wanted, name))
            await asyncio.wait(readers.values(), timeout=_LOOK, return_when=asyncio.FIRST_EXCEPTION)
            for uid in [uid for uid, reader in readers.items() if reader.done()]:
                ended[uid] = readers.pop(uid).result()
    finally:
        for reader in readers.values():
            reader.cancel()


async def _read(client: Client, pod: Object, query: Mapping[str, str], wanted: Filter, name: str) -> str:
    """Print a pod's entries until its stream ends; the moment at which it ended."""
    async with aclosing(_entries(client, pod, query, wanted, name)) as found:
        async for item in found:
            click.echo(item.text)
    return moment(datetime.now(UTC))


async def _entries(
    client: Client, pod: Object, query: Mapping[str, str], wanted: Filter, name: str
) -> AsyncGenerator[Entry, None]:
    """A pod's entries; a pod that cannot be read is said and does not end the others."""
    containers = [container["name"] for container in pod.body()["spec"]["containers"]]
    container = "manager" if "manager" in containers else containers[0]
    path = kinds.POD.path(pod.metadata.namespace, pod.metadata.name, "log")
    try:
        async with aclosing(client.stream(path, query={"container": container, **query})) as lines:
            async for line in lines:
                if found := entry(line, wanted, name):
                    yield found
    except KubeError as error:
        failure(f"{pod.metadata.name}: {error}")
