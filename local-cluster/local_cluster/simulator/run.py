"""The simulator at work: watches what there is, asks the controllers what to write, writes it."""

import asyncio
import logging
import secrets
from datetime import UTC, datetime
from typing import Any

from weir.api.base import Kind
from weir.kube.client import Client, PatchType
from weir.kube.errors import AlreadyExists, Conflict, KubeError, NotFound
from weir.kube.kinds import EVENT, NODE, POD
from weir.kube.watch import Change, Store, follow

from . import nodes
from .controllers import PLANNERS, WATCHED, Item, woken
from .plan import Action, Create, Note, Patch, Plan, Remove
from .reading import Body, time_text, uid
from .settings import Settings
from .world import World, key_of

_AT_ONCE = 16
_SOON, _LATER = 0.05, 1.0
_MOST_EVENTS = 1000
_UNPLAYABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a controller may raise over an object in which something stands where it should not."""
_log = logging.getLogger("local_cluster.simulator")


async def simulate(client: Client, settings: Settings | None = None) -> None:
    """Play nodes and controllers until cancelled, with the rights of `client` (it needs all)."""
    await Simulator(client, settings or Settings()).run()


class Simulator:
    """One run of the simulator."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._world = World()
        self._due: dict[Item, float] = {}
        self._running: set[Item] = set()
        self._wakened = asyncio.Event()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._events: asyncio.Queue[Note] = asyncio.Queue(_MOST_EVENTS)

    async def run(self) -> None:
        """Run until cancelled."""
        stores = {kind: Store() for kind in WATCHED}
        async with asyncio.TaskGroup() as group:
            for kind, store in stores.items():
                group.create_task(follow(self._client, kind, store, self._watcher(kind)))
            group.create_task(self._post_events())
            for store in stores.values():
                await store.synced.wait()
            await self._ensure_nodes()
            await self._dispatch(group)

    def _watcher(self, kind: Kind) -> Any:
        def changed(change: Change) -> None:
            body = change.object.body()
            if change.new is None:
                self._world.drop(kind, body)
                self._wake_for(kind, body)
            else:
                self._saw(kind, body)

        return changed

    def _saw(self, kind: Kind, body: Body) -> None:
        if self._world.put(kind, body):
            self._wake_for(kind, body)

    def _wake_for(self, kind: Kind, body: Body) -> None:
        try:
            items = list(woken(kind, body, self._world))
        except _UNPLAYABLE as error:
            _log.warning("%s %s wakes nobody: %r", kind.kind, key_of(body), error)
            items = [(kind, key_of(body))]
        for item in items:
            self._schedule(item, 0.0)

    def _schedule(self, item: Item, delay: float) -> None:
        if item[0].kind in PLANNERS:
            at = asyncio.get_running_loop().time() + delay
            self._due[item] = min(at, self._due.get(item, at))
            self._wakened.set()

    async def _ensure_nodes(self) -> None:
        for index in range(self._settings.nodes):
            if self._world.get(NODE, key_of({"metadata": {"name": nodes.name(index)}})) is None:
                await self._perform(Create(NODE, nodes.node(index, _now())))

    async def _dispatch(self, group: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._wakened.clear()
            now = loop.time()
            for item in [item for item, at in self._due.items() if at <= now and item not in self._running]:
                del self._due[item]
                self._running.add(item)
                group.create_task(self._attend(item))
            waiting = [at for item, at in self._due.items() if item not in self._running]
            try:
                async with asyncio.timeout_at(min(waiting, default=None)):
                    await self._wakened.wait()
            except TimeoutError:
                continue

    async def _attend(self, item: Item) -> None:
        try:
            async with self._slots:
                again = await self._step(item)
        finally:
            self._running.discard(item)
            self._wakened.set()
        if again is not None:
            self._schedule(item, again)

    async def _step(self, item: Item) -> float | None:
        """Do what the item's controller says; returns in how many seconds to look again."""
        kind, key = item
        body = self._world.get(kind, key)
        if body is None:
            return None
        plan = self._plan(kind, body)
        try:
            for action in plan.actions:
                await self._perform(action)
        except (AlreadyExists, Conflict, NotFound):
            return _SOON
        except KubeError as error:
            _log.info("%s %s: %s", kind.kind, key, error)
            return _LATER
        return plan.again

    def _plan(self, kind: Kind, body: Body) -> Plan:
        try:
            return PLANNERS[kind.kind](body, self._world, _now(), self._settings)
        except _UNPLAYABLE as error:
            _log.warning("%s %s cannot be played: %r", kind.kind, key_of(body), error)
            return Plan()

    async def _perform(self, action: Action) -> None:
        match action:
            case Create(kind=kind, body=body):
                space = body["metadata"].get("namespace", "")
                made = await self._client.create(kind, body, space, manager=action.manager)
                self._saw(kind, made.body())
            case Patch():
                await self._patch(action)
            case Remove():
                await self._remove(action)
            case Note() if not self._events.full():
                self._events.put_nowait(action)

    async def _patch(self, action: Patch) -> None:
        key = key_of(action.target)
        metadata = {**action.change.get("metadata", {}), "uid": uid(action.target)}
        patched = await self._client.patch(
            action.kind,
            key.name,
            key.namespace,
            {**action.change, "metadata": metadata},
            type=PatchType.MERGE,
            subresource=action.subresource,
            manager=action.manager,
        )
        self._saw(action.kind, patched.body())

    async def _remove(self, action: Remove) -> None:
        key = key_of(action.target)
        self._world.doom(action.target)
        if not action.now:
            await self._client.delete(action.kind, key.name, key.namespace, uid=uid(action.target))
            return
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}
        options["preconditions"] = {"uid": uid(action.target)}
        await self._client.request("DELETE", POD.path(key.namespace, key.name), body=options)

    async def _post_events(self) -> None:
        while True:
            note = await self._events.get()
            try:
                await self._client.create(EVENT, _event(note), _event_space(note), manager=note.component)
            except KubeError as error:
                _log.debug("event of %s: %s", note.about["metadata"]["name"], error)


def _now() -> datetime:
    return datetime.now(UTC)


def _event_space(note: Note) -> str:
    return str(note.about["metadata"].get("namespace") or "default")


def _event(note: Note) -> Body:
    about, now = note.about, time_text(_now())
    metadata = about["metadata"]
    involved = {
        "apiVersion": about["apiVersion"],
        "kind": about["kind"],
        "name": metadata["name"],
        "uid": uid(about),
        "resourceVersion": metadata.get("resourceVersion", ""),
    }
    if metadata.get("namespace"):
        involved["namespace"] = metadata["namespace"]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name']}.{secrets.token_hex(8)}", "namespace": _event_space(note)},
        "involvedObject": involved,
        "reason": note.reason,
        "message": note.message,
        "type": "Warning" if note.warning else "Normal",
        "source": {"component": note.component},
        "reportingComponent": note.component,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
