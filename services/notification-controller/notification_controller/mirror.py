"""All objects of a kind, decoded, as a watch shows them: what events and webhooks are looked up in."""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from weir.api.base import Resource
from weir.kube.client import Client
from weir.kube.errors import Undecodable
from weir.kube.object import Key
from weir.kube.watch import Change, Store, follow

R = TypeVar("R", bound=Resource)
_LOG = logging.getLogger(__name__)


class Mirror(Generic[R]):
    """One kind."""

    def __init__(self, type_: type[R]) -> None:
        self._type = type_
        self._listeners: list[Callable[[Key, R | None, R | None], None]] = []
        self._store = Store()
        self.objects: dict[Key, R] = {}

    @property
    def synced(self) -> asyncio.Event:
        """Set when all objects that were there at the start are here."""
        return self._store.synced

    def listen(self, listener: Callable[[Key, R | None, R | None], None]) -> None:
        """From now on tell it key, old and new object (`None`: not there), in the event loop's thread."""
        self._listeners.append(listener)

    def unsynced(self) -> str:
        """Why nothing should be looked up here yet; empty when all is there."""
        return "" if self.synced.is_set() else "not all objects are known yet"

    def get(self, namespace: str, name: str) -> R | None:
        """The object, if it is there and decodes."""
        return self.objects.get(Key(namespace, name))

    async def run(self, client: Client, namespace: str = "") -> None:
        """Follow the kind in one namespace, or in all."""
        await follow(client, self._type.DEFINITION.kind, self._store, self._take, namespace=namespace)

    def _take(self, change: Change) -> None:
        meta = change.object.metadata
        key = Key(meta.namespace, meta.name)
        old, new = self.objects.pop(key, None), self._decode(change)
        if new is not None:
            self.objects[key] = new
        for listener in self._listeners:
            listener(key, old, new)

    def _decode(self, change: Change) -> R | None:
        if change.new is None:
            return None
        try:
            return change.new.decode(self._type)
        except Undecodable as error:
            _LOG.error("an object is left alone because it does not decode: %s", error)
            return None
