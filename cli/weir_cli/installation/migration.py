"""Moving stored objects to the version that their definition stores today, so that older versions may go."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from weir.api.base import Kind
from weir.apply import managers
from weir.apply.changes import Reference
from weir.kube import kinds
from weir.kube.abreast import abreast
from weir.kube.client import Client, PatchType
from weir.kube.errors import Conflict, KubeError, NotFound
from weir.kube.object import Object
from weir_cli.installation import state

_CONCURRENCY = 16
_TRIES = 5


class Moved(NamedTuple):
    """What became of an object, or of a definition."""

    subject: str
    text: str
    """What was done, or is to be."""
    problem: str = ""
    """Why it could not be done; empty: it was."""


async def migrated(client: Client, definition: Object, *, dry_run: bool) -> list[Moved]:
    """Write each object of a definition anew that needs it, then say in the definition that no older ones are stored.

    Nothing is done for a definition whose objects are all as they should be.
    """
    body = definition.body()
    kind, stored = state.stored_kind(body), state.stored_versions(body)
    if kind is None:
        return []
    old = [version for version in stored if version != kind.version]

    async def one(each: Object) -> Moved | None:
        return await _move(client, kind, each, everything=bool(old), dry_run=dry_run)

    try:
        objects = (await client.list(kind)).objects
    except KubeError as error:  # such as NotFound: a definition need not serve what it stores
        subject = f"CustomResourceDefinition/{definition.metadata.name}"
        return [Moved(subject, "", f"its objects cannot be listed: {error}")] if old else []
    moved = [each for each in await abreast(objects, one, _CONCURRENCY) if each]
    if old and not any(each.problem for each in moved):
        moved.append(await _trim(client, definition, kind.version, stored, dry_run=dry_run))
    return moved


async def _move(client: Client, kind: Kind, found: Object, *, everything: bool, dry_run: bool) -> Moved | None:
    body: Mapping[str, Any] = found.body()
    subject, text = Reference.read(body).subject, f"migrated to {kind.version}"
    if not everything and not managers.migrated(body, kind.api_version):
        return None
    try:
        if not dry_run:
            await _rewrite(client, kind, body)
    except NotFound:
        return None
    except KubeError as error:
        return Moved(subject, text, str(error))
    return Moved(subject, text)


async def _rewrite(client: Client, kind: Kind, body: Mapping[str, Any]) -> None:
    """Have the API server store an object again, and move its managed fields. Raises `KubeError`."""
    name, namespace = body["metadata"]["name"], body["metadata"].get("namespace", "")
    for left in reversed(range(_TRIES)):
        patch = managers.migrated(body, kind.api_version)
        try:
            if patch:
                await client.patch(kind, name, namespace, patch, type=PatchType.JSON)
            else:  # even a patch of nothing is stored, when what is stored is of another version
                await client.patch(kind, name, namespace, {})
        except Conflict:
            if not left:
                raise
            body = (await client.get(kind, name, namespace)).body()
        else:
            return


async def _trim(client: Client, definition: Object, version: str, stored: list[str], *, dry_run: bool) -> Moved:
    metadata = definition.metadata
    subject, text = f"CustomResourceDefinition/{metadata.name}", f"stored versions {', '.join(stored)} -> {version}"
    patch = {"metadata": {"resourceVersion": metadata.resource_version}, "status": {"storedVersions": [version]}}
    try:
        if not dry_run:
            await client.patch(kinds.CUSTOM_RESOURCE_DEFINITION, metadata.name, "", patch, subresource="status")
    except KubeError as error:
        return Moved(subject, text, str(error))
    return Moved(subject, text)
