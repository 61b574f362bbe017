"""One identity at one cluster: every verb, with objects in and objects out."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from enum import StrEnum
from typing import Any, NamedTuple

from weir.api.base import Kind
from weir.kube.discovery import Discovery
from weir.kube.errors import Gone
from weir.kube.fence import Fence, behind
from weir.kube.object import Object, read, read_page
from weir.kube.paths import collection_path, object_path
from weir.kube.stream import WatchEvent, events, lines
from weir.kube.transport import APPLY, JSON_PATCH, Body, Transport

_SILENCE = 150.0
"""Seconds after which a watch is given up that says nothing: bookmarks come about every minute."""
_ROUNDS = 3
"""How often a list whose continue token expired is begun anew."""


class PatchType(StrEnum):
    """How a patch is meant; the value is its media type."""

    MERGE = "application/merge-patch+json"
    JSON = JSON_PATCH
    STRATEGIC = "application/strategic-merge-patch+json"


class Listing(NamedTuple):
    """What a list found, and the moment it speaks of."""

    objects: list[Object]
    resource_version: str


class Client:
    """Reads and writes objects as one identity. Derived clients share connections and discovery."""

    def __init__(
        self,
        transport: Transport,
        discovery: Discovery | None = None,
        identity: Sequence[tuple[str, str]] = (),
        fence: Fence | None = None,
    ) -> None:
        self._transport = transport
        self._identity = tuple(identity)
        self.fence = fence
        self.discovery = discovery or Discovery(self.request)

    @property
    def host(self) -> str:
        """The address of the API server."""
        return self._transport.host

    def impersonate(self, user: str, groups: Sequence[str] = ()) -> "Client":
        """The same cluster as another user. Raises `ValueError` without a user: nobody must never mean ourselves."""
        if not user:
            raise ValueError("impersonation needs a user")
        headers = [("Impersonate-User", user), *(("Impersonate-Group", group) for group in groups)]
        return Client(self._transport, self.discovery, headers, self.fence)

    def behind(self, fence: Fence | None) -> "Client":
        """The same, but every write has to pass this fence; None: no fence."""
        return Client(self._transport, self.discovery, self._identity, fence)

    async def close(self) -> None:
        """Close the connections, those of derived clients too."""
        await self._transport.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = {},
        body: Body | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout: float = 30.0,  # noqa: ASYNC109  it bounds the HTTP exchange
    ) -> bytes:
        """The body of the answer. Raises `ApiError` or `Unreachable`."""
        headers = [*self._identity, ("Accept", accept), ("Content-Type", content_type)]
        with behind(self.fence if method != "GET" else None):
            return await self._transport.send(method, path, query=query, headers=headers, body=body, timeout=timeout)

    async def get(self, kind: Kind, name: str, namespace: str = "", *, subresource: str = "") -> Object:
        """One object. Raises `NotFound` and the other `ApiError`s."""
        return read(await self.request("GET", object_path(kind, namespace, name, subresource)))

    async def list(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        labels: str = "",
        fields: str = "",
        limit: int = 500,
        metadata_only: bool = False,
    ) -> Listing:
        """Every object, page by page; an empty namespace means all. Begins anew when a page came too late."""
        for left in reversed(range(_ROUNDS)):
            try:
                return await self._pages(
                    kind, namespace, _selectors(labels, fields), limit, metadata_only=metadata_only
                )
            except Gone:
                if not left:
                    raise
        raise AssertionError  # the last round returns or raises

    async def _pages(
        self, kind: Kind, namespace: str, query: dict[str, str], limit: int, *, metadata_only: bool
    ) -> Listing:
        found: list[Object] = []
        query = {**query, "limit": str(limit)}
        while True:
            answer = await self.request(
                "GET",
                collection_path(kind, namespace),
                query=query,
                accept=_accept(metadata_only, "PartialObjectMetadataList"),
            )
            page = read_page(answer)
            found += page.objects()
            if not page.metadata.continue_:
                return Listing(found, page.metadata.resource_version)
            query["continue"] = page.metadata.continue_

    @asynccontextmanager
    async def watching(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        resource_version: str,
        labels: str = "",
        fields: str = "",
        metadata_only: bool = False,
        timeout: float = 300.0,  # noqa: ASYNC109  the server ends the watch then
    ) -> AsyncIterator[AsyncIterator[WatchEvent]]:
        """What happens after a resource version, until the server ends the watch; entered once it has agreed.

        Raises `Gone` when that is too long ago, `Unreachable` when the connection breaks.
        """
        query = {
            **_selectors(labels, fields),
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(int(timeout)),
        }
        headers = [*self._identity, ("Accept", _accept(metadata_only, "PartialObjectMetadata"))]
        path = collection_path(kind, namespace)
        silence = min(timeout + 30, _SILENCE)
        async with (
            self._transport.open("GET", path, query=query, headers=headers, silence=silence) as answer,
            aclosing(events(answer)) as found,
        ):
            yield found

    async def stream(
        self, path: str, *, query: Mapping[str, str] = {}, accept: str = "*/*", silence: float | None = None
    ) -> AsyncGenerator[bytes, None]:
        """The lines of an answer as they come, however long; `silence` bounds the seconds between two pieces."""
        headers = [*self._identity, ("Accept", accept)]
        async with (
            self._transport.open("GET", path, query=query, headers=headers, silence=silence) as answer,
            aclosing(lines(answer)) as found,
        ):
            async for line in found:
                yield line

    async def create(
        self, kind: Kind, body: Body, namespace: str = "", *, manager: str = "", dry_run: bool = False
    ) -> Object:
        """A new object. Raises `AlreadyExists`, `Invalid` and the other `ApiError`s."""
        query = _options(manager=manager, dry_run=dry_run)
        return read(await self.request("POST", collection_path(kind, namespace), query=query, body=body))

    async def apply(
        self,
        kind: Kind,
        body: Body,
        *,
        name: str,
        namespace: str = "",
        manager: str,
        force: bool = True,
        dry_run: bool = False,
        subresource: str = "",
        field_validation: str = "",
    ) -> Object:
        """Server-side apply. Raises `Conflict` when fields belong to others and force is off."""
        query = _options(manager=manager, dry_run=dry_run)
        query["force"] = str(force).lower()
        if field_validation:
            query["fieldValidation"] = field_validation
        path = object_path(kind, namespace, name, subresource)
        return read(await self.request("PATCH", path, query=query, body=body, content_type=APPLY))

    async def patch(
        self,
        kind: Kind,
        name: str,
        namespace: str,
        body: Body,
        *,
        type: PatchType = PatchType.MERGE,  # noqa: A002  the API's own word
        subresource: str = "",
        manager: str = "",
        dry_run: bool = False,
    ) -> Object:
        """A merge, JSON or strategic merge patch."""
        query = _options(manager=manager, dry_run=dry_run)
        path = object_path(kind, namespace, name, subresource)
        return read(await self.request("PATCH", path, query=query, body=body, content_type=type.value))

    async def delete(
        self,
        kind: Kind,
        name: str,
        namespace: str = "",
        *,
        uid: str = "",
        resource_version: str = "",
        propagation: str = "Background",
        dry_run: bool = False,
    ) -> None:
        """Delete an object, provided it is still the one that is meant. Raises `Conflict` when it is not."""
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        preconditions = {"uid": uid, "resourceVersion": resource_version}
        if given := {key: value for key, value in preconditions.items() if value}:
            options["preconditions"] = given
        if dry_run:
            options["dryRun"] = ["All"]
        await self.request("DELETE", object_path(kind, namespace, name), body=options)


def _accept(metadata_only: bool, kind: str) -> str:
    # An aggregated API server may not know the short form: the whole object does as well.
    return f"application/json;as={kind};g=meta.k8s.io;v=v1,application/json" if metadata_only else "application/json"


def _selectors(labels: str, fields: str) -> dict[str, str]:
    query = {"labelSelector": labels, "fieldSelector": fields}
    return {key: value for key, value in query.items() if value}


def _options(*, manager: str, dry_run: bool) -> dict[str, str]:
    query = {"fieldManager": manager, "dryRun": "All" if dry_run else ""}
    return {key: value for key, value in query.items() if value}
