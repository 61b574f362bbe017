"""Status in the cluster: written as the difference to the newest known, under a resourceVersion precondition."""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from weir.api.base import Kind, Resource
from weir.kube.client import Client
from weir.kube.errors import Conflict, NotFound
from weir.kube.object import Key, Object
from weir.runtime.conditions import merge

R = TypeVar("R", bound=Resource)

TRIES = 5
"""Writes of a final status before a conflict counts as an error."""
FIRST_PAUSE = 0.1
"""Seconds after the first conflict, doubled each time, with full jitter."""


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON merge patch (RFC 7386) that makes `after` of `before`."""
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            if changed := difference(old, value):
                patch[key] = changed
        elif key not in before or old != value:
            patch[key] = value
    return patch


class StatusWriter(Generic[R]):
    """Writes the status of one object; knows what stands there and at which version."""

    def __init__(
        self, client: Client, kind: Kind, key: Key, manager: str, live: Object, decode: Callable[[Object], R]
    ) -> None:
        self._client = client
        self.kind = kind
        self._key = key
        self.manager = manager
        self._decode = decode
        self._learn(live)

    async def claim(self, status: Any) -> None:
        """Write the status now. Raises `Conflict` when the object is not as we know it, `NotFound` when it is gone.

        It is sent even when nothing changed: to be refused is the point.
        """
        live = await self._send(difference(msgspec.to_builtins(self._status), msgspec.to_builtins(status)))
        self._learn(live)

    async def finish(self, facts: Mapping[str, Any], owned: tuple[str, ...]) -> None:
        """Write these members of the status over the newest copy, whatever has changed there meanwhile.

        Conditions that we do not own stay as they are. An object that is gone, or is another one of the same name, is
        left alone. Raises `Conflict` when it changes faster than we write.
        """
        for pause in (FIRST_PAUSE * 2**n for n in range(TRIES)):
            wanted = dict(facts)
            if "conditions" in facts:
                wanted["conditions"] = merge(self._status.conditions, facts["conditions"], owned)
            after = msgspec.structs.replace(self._status, **wanted)
            patch = difference(msgspec.to_builtins(self._status), msgspec.to_builtins(after))
            if not patch:
                return
            try:
                live = await self._send(patch)
            except NotFound:
                return
            except Conflict as error:
                refused = error
            else:
                self._learn(live)
                return
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  jitter is no secret
            if not await self._reread():
                return
        raise refused

    async def _reread(self) -> bool:
        try:
            live = await self._client.get(self.kind, self._key.name, self._key.namespace)
        except NotFound:
            return False
        if live.metadata.uid != self._uid:
            return False
        self._learn(live)
        return True

    async def _send(self, status: Mapping[str, Any]) -> Object:
        body: dict[str, Any] = {"metadata": {"resourceVersion": self.version, "uid": self._uid}}
        if status:
            body["status"] = status
        return await self._client.patch(
            self.kind,
            self._key.name,
            self._key.namespace,
            body,
            subresource="status",
            manager=self.manager,
        )

    def _learn(self, live: Object) -> None:
        self._uid = live.metadata.uid
        self.version = live.metadata.resource_version
        self._status: Any = self._decode(live).status  # type: ignore[attr-defined]  # every kind of a controller has one
