"""Taking an installation away: what there is to delete, and deleting it.

Controllers go first, and nothing else before their pods are gone: one that still ran while the definitions went would
prune what its Kustomizations have applied.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from weir.api.base import Kind
from weir.kube import kinds
from weir.kube.abreast import abreast
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound
from weir.kube.object import Object
from weir_cli.installation import state
from weir_cli.installation.labels import INSTANCE, OURS
from weir_cli.installation.workloads import KINDS

_INSIDE = (
    kinds.SERVICE,
    kinds.NETWORK_POLICY,
    kinds.POD_DISRUPTION_BUDGET,
    kinds.RESOURCE_QUOTA,
    kinds.CONFIG_MAP,
    kinds.SECRET,
    kinds.ROLE_BINDING,
    kinds.ROLE,
    kinds.SERVICE_ACCOUNT,
)
_OUTSIDE = (kinds.CLUSTER_ROLE_BINDING, kinds.CLUSTER_ROLE)
_CONCURRENCY = 16
_POLL_SECONDS = 0.2


class Found(NamedTuple):
    """An object of the installation."""

    kind: Kind
    object: Object

    @property
    def subject(self) -> str:
        """`Kind/namespace/name`, or `Kind/name`."""
        return f"{self.kind.kind}/{self.object.key}"


class Outcome(NamedTuple):
    """What became of an object."""

    found: Found
    problem: str
    """Why it could not be done; empty: it was."""


async def workloads(client: Client, namespace: str = "") -> list[Found]:
    """Deployments and StatefulSets of a namespace, or of all."""
    return [Found(kind, each) for kind in KINDS for each in (await client.list(kind, namespace, labels=OURS)).objects]


async def rest(client: Client, namespace: str) -> list[Found]:
    """What else is in the namespace, and the roles outside it that are of this installation."""
    inside = [each for kind in _INSIDE for each in await _listed(client, kind, namespace)]
    outside = [each for kind in _OUTSIDE for each in await _listed(client, kind, "")]
    return inside + [each for each in outside if each.object.metadata.labels.get(INSTANCE, namespace) == namespace]


async def definitions(client: Client) -> list[Found]:
    """The definitions."""
    return [Found(kinds.CUSTOM_RESOURCE_DEFINITION, each) for each in await state.definitions(client)]


async def held(client: Client, definitions: Sequence[Found]) -> list[Found]:
    """Objects of the definitions that have finalizers, in all namespaces."""
    found: list[Found] = []
    for kind in filter(None, (state.stored_kind(each.object.body()) for each in definitions)):
        with suppress(NotFound):  # a definition that is not served, such as one whose names others have, has no objects
            found += await _listed(client, kind, "", labels="")
    return [each for each in found if each.object.metadata.finalizers]


async def namespace(client: Client, name: str) -> list[Found]:
    """The namespace, if it is the installation's own."""
    fields = f"metadata.name={name}"
    found = (await client.list(kinds.NAMESPACE, labels=OURS, fields=fields, metadata_only=True)).objects
    return [Found(kinds.NAMESPACE, each) for each in found]


async def _listed(client: Client, kind: Kind, namespace: str, labels: str = OURS) -> list[Found]:
    found = (await client.list(kind, namespace, labels=labels, metadata_only=True)).objects
    return [Found(kind, each) for each in found]


async def delete(client: Client, found: Sequence[Found], *, dry_run: bool) -> list[Outcome]:
    """Delete objects; one that is gone already is done. Workloads go once their pods are gone."""

    async def one(each: Found) -> None:
        metadata = each.object.metadata
        await client.delete(
            each.kind,
            metadata.name,
            metadata.namespace,
            uid=metadata.uid,
            propagation="Foreground" if each.kind in KINDS else "Background",
            dry_run=dry_run,
        )

    return await _each(found, one)


async def release(client: Client, found: Sequence[Found], *, dry_run: bool) -> list[Outcome]:
    """Take all finalizers away."""

    async def one(each: Found) -> None:
        metadata = each.object.metadata
        patch = {"metadata": {"finalizers": None}}
        await client.patch(each.kind, metadata.name, metadata.namespace, patch, dry_run=dry_run)

    return await _each(found, one)


async def _each(found: Sequence[Found], work: Callable[[Found], Awaitable[None]]) -> list[Outcome]:
    async def attempt(each: Found) -> Outcome:
        try:
            await work(each)
        except NotFound:
            pass
        except KubeError as error:
            return Outcome(each, str(error))
        return Outcome(each, "")

    return await abreast(found, attempt, _CONCURRENCY)


async def gone(client: Client, found: Sequence[Found], limit: float) -> list[Found]:
    """Wait until objects are gone; those that are still there after `limit` seconds."""
    deadline = asyncio.get_running_loop().time() + limit
    left = list(found)
    while left := [each for each in left if await _is_there(client, each)]:
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(_POLL_SECONDS)
    return left


async def _is_there(client: Client, found: Found) -> bool:
    metadata = found.object.metadata
    try:
        return (await client.get(found.kind, metadata.name, metadata.namespace)).metadata.uid == metadata.uid
    except NotFound:
        return False
