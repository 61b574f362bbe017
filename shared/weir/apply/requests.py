"""Single objects at the API server, as applying needs them."""

from collections.abc import Mapping, Sequence
from typing import Any

from weir.api.base import Kind
from weir.apply import managers
from weir.apply.changes import Reference
from weir.kube.client import Client, PatchType
from weir.kube.errors import KubeError


async def get_object(client: Client, reference: Reference) -> Mapping[str, Any]:
    """The object as it is. Raises `KubeError`."""
    kind = await client.discovery.kind(reference.api_version, reference.kind)
    return (await client.get(kind, reference.name, reference.namespace if kind.namespaced else "")).body()


async def live_object(client: Client, reference: Reference) -> Mapping[str, Any] | None:
    """The object as it is, or None when it is not there or cannot be read."""
    try:
        return await get_object(client, reference)
    except KubeError:
        return None


async def apply_object(
    client: Client,
    kind: Kind,
    reference: Reference,
    body: Mapping[str, Any],
    *,
    manager: str = managers.MANAGER,
    dry_run: bool = False,
) -> Mapping[str, Any]:
    """The object as a forced apply leaves it, or would leave it. Raises `KubeError`."""
    answer = await client.apply(
        kind,
        body,
        name=reference.name,
        namespace=reference.namespace,
        manager=manager,
        force=True,
        dry_run=dry_run,
    )
    return answer.body()


async def patch_object(
    client: Client,
    kind: Kind,
    reference: Reference,
    patch: Sequence[Mapping[str, Any]],
    *,
    manager: str = managers.MANAGER,
) -> Mapping[str, Any]:
    """The object after a JSON patch. Raises `KubeError`."""
    name, namespace = reference.name, reference.namespace
    answer = await client.patch(kind, name, namespace, patch, type=PatchType.JSON, manager=manager)
    return answer.body()
