"""A kind as a watch sees it: a store that is kept up to date, and a call for each change."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Never

from weir.api.base import Kind
from weir.kube.client import Client, Listing
from weir.kube.errors import ApiError, KubeError, NotFound, TooManyRequests, Unreachable
from weir.kube.object import Key, Object

_SHORTEST, _LONGEST = 0.5, 30.0
"""Seconds between two tries while the server does not answer."""
_UNSERVED = 3.0
"""The longest of these while the server does not serve the kind: its definition may come at any time."""
_log = logging.getLogger("weir.kube")


class Change(NamedTuple):
    """An object before and after; None where it was not or is no more."""

    old: Object | None
    new: Object | None

    @property
    def object(self) -> Object:
        """The object as it is, or as it last was."""
        found = self.new or self.old
        assert found is not None
        return found


class Store(Mapping[Key, Object]):
    """The objects that a watch has seen. Only `follow` writes to it."""

    def __init__(self) -> None:
        self._objects: dict[Key, Object] = {}
        self.synced = asyncio.Event()
        """Set once everything that existed at the start is here."""
        self.refused = ""
        """Why the server does not let us watch, or the empty string."""

    def __getitem__(self, key: Key) -> Object:
        """The object of that namespace and name."""
        return self._objects[key]

    def __iter__(self) -> Iterator[Key]:
        """The keys."""
        return iter(self._objects)

    def __len__(self) -> int:
        """How many objects there are."""
        return len(self._objects)

    def put(self, new: Object) -> Change:
        """Keep an object."""
        change = Change(self._objects.get(new.key), new)
        self._objects[new.key] = new
        return change

    def drop(self, gone: Object) -> Change:
        """Forget an object."""
        return Change(self._objects.pop(gone.key, gone), None)


async def follow(
    client: Client,
    kind: Kind,
    store: Store,
    changed: Callable[[Change], None],
    *,
    namespace: str = "",
    labels: str = "",
    metadata_only: bool = False,
) -> Never:
    """List a kind, then watch it for ever; `changed` is called for each difference, deletions during a gap included.

    A broken connection is resumed at the last bookmark; whatever else ends a watch, 410 above all, lists again. Tries
    that bring nothing are spaced out, and `store.refused` says why if the server refuses. The log says once why.
    """
    version, pause, said = "", 0.0, ""
    while True:
        try:
            if not version:
                listing = await client.list(kind, namespace, labels=labels, metadata_only=metadata_only)
                _replace(store, listing, changed)
                version = listing.resource_version
            async with client.watching(
                kind, namespace, resource_version=version, labels=labels, metadata_only=metadata_only
            ) as events:
                store.refused, begun = "", time.monotonic()
                async for event in events:
                    version, pause = event.object.metadata.resource_version, 0.0
                    _take(store, event.type, event.object, changed)
            pause = 0.0 if time.monotonic() - begun > _SHORTEST else pause
            why, longest = "the server ended the watch", _LONGEST
        except KubeError as error:
            version, why = _resume(version, error), str(error)
            longest = _UNSERVED if isinstance(error, NotFound) else _LONGEST
            store.refused = why if _is_refusal(error) else store.refused
        if pause and why != said:  # what brought something is tried again at once, and without a word
            _log.info("watching %s: %s", kind.plural, why)
        said = why if pause else ""
        await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311  jitter, no secret
        pause = min(max(pause * 2, _SHORTEST), longest)


def _is_refusal(error: KubeError) -> bool:
    return isinstance(error, ApiError) and error.status in {401, 403, 404, 405}


def _resume(version: str, error: KubeError) -> str:
    """Where to go on: the version that was reached; empty lists again.

    Besides 410 a server that was restored from a backup answers that the version is too large, and does so for ever.
    """
    return version if isinstance(error, Unreachable | TooManyRequests) else ""


def _take(store: Store, type_: str, object_: Object, changed: Callable[[Change], None]) -> None:
    if type_ == "BOOKMARK":
        return
    if type_ == "DELETED":
        changed(store.drop(object_))
        return
    known = store.get(object_.key)
    if known is None or known.metadata.resource_version != object_.metadata.resource_version:
        changed(store.put(object_))


def _replace(store: Store, listing: Listing, changed: Callable[[Change], None]) -> None:
    """Bring the store to what a list found; what it does not name any more was deleted meanwhile."""
    found = {object_.key for object_ in listing.objects}
    for object_ in [store[key] for key in store if key not in found]:
        changed(store.drop(object_))
    for object_ in listing.objects:
        _take(store, "ADDED", object_, changed)
    store.synced.set()
