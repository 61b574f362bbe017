"""Watching what was applied: one metadata-only watch per kind and cluster, by owner label. Hints only.

A controller of one namespace watches the namespaces that it applies to, each by itself: it may have no right beyond.

A hint says that an object may not be as we left it; what is true is read through the identity that applied it. Our own
writes, mere status changes and changes of fields that are not ours are known by the object's metadata.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial
from typing import NamedTuple

from kustomize_controller.catalog import Cluster
from kustomize_controller.state import State
from weir.api.base import Kind
from weir.api.kustomization import OWNER_NAME, OWNER_NAMESPACE
from weir.apply.changes import Reference
from weir.apply.inventory import entry_id
from weir.kube.client import Client
from weir.kube.object import Key, Object
from weir.kube.watch import Change, Store, follow
from weir.runtime.logs import logger
from weir.runtime.queue import Priority, Wake


class Place(NamedTuple):
    """What one watch sees: a kind of a cluster, in one namespace or, empty, in all."""

    cluster: Cluster
    kind: Kind
    namespace: str

    def holds(self, reference: Reference) -> bool:
        """Whether the watch sees an object of its cluster."""
        same = (reference.group, reference.kind) == (self.kind.group, self.kind.kind)
        return same and self.namespace in {"", reference.namespace}


class Watcher:
    """The watches of this process, each held open as long as somebody has applied objects of its kind."""

    def __init__(self, states: dict[Key, State], wake: Callable[[Wake], None]) -> None:
        self._states = states
        self._wake = wake
        self._users: defaultdict[Place, set[Key]] = defaultdict(set)
        self._tasks: dict[Place, asyncio.Task[None]] = {}
        self._stores: dict[Place, Store] = {}
        self._clients: dict[Place, Client] = {}

    def use(self, owner: Key, client: Client, wanted: Collection[Place]) -> None:
        """An object has applied to these places of this client's cluster; it has no others any more."""
        for place in [place for place, users in self._users.items() if owner in users and place not in wanted]:
            self._leave(owner, place)
        for place in wanted:
            self._users[place].add(owner)
            if self._clients.get(place) is not client:
                self._begin(place, client)

    def reconnect(self, cluster: Cluster, client: Client) -> None:
        """The client of a cluster was replaced: what it watched goes on with the new one."""
        for place in [place for place in self._clients if place.cluster == cluster]:
            self._begin(place, client)

    def forget(self, owner: Key) -> None:
        """An object is gone."""
        state = self._states.pop(owner, None)
        if state is not None and state.later is not None:
            state.later.cancel()
        self.release(owner)

    def release(self, owner: Key) -> None:
        """Nothing that an object applied is watched any more."""
        for place in [place for place, users in self._users.items() if owner in users]:
            self._leave(owner, place)

    def covered(self, cluster: Cluster) -> set[tuple[str, str, str]]:
        """Group, kind and namespace (empty: all) of everything whose changes are told at once."""
        return {
            (place.kind.group, place.kind.kind, place.namespace)
            for place, store in self._stores.items()
            if place.cluster == cluster and store.synced.is_set() and not store.refused
        }

    def refused(self, owner: Key) -> dict[str, str]:
        """Kinds of an object that must not be watched, and what the API server says to it."""
        places = [place for place, users in self._users.items() if owner in users]
        return {place.kind.kind: self._stores[place].refused for place in places if self._stores[place].refused}

    async def poll(self, every: float) -> None:
        """Have objects looked at every so many seconds whose kinds must not be watched. Never returns."""
        while True:
            await asyncio.sleep(every)
            for place, owner in self._unwatched():
                state = self._states.get(owner)
                if state is not None:
                    state.hints |= {it: None for it, mark in state.marks.items() if place.holds(mark.reference)}
                    self.stir(owner, state)

    async def close(self) -> None:
        """End every watch."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def stir(self, owner: Key, state: State) -> None:
        """Have an object looked at if anything of it is not as it was left, after the pause that its fights ask for.

        After a failed pass nothing is done: the next one looks at everything.
        """
        drifted = state.drifted() if state.found is not None else []
        if not drifted or state.later is not None:
            return
        loop = asyncio.get_running_loop()
        pause = min(self._pause(state, identifier, loop.time()) for identifier in drifted)
        wake = Wake(owner, Priority.DRIFT, f"{drifted[0]} changed")
        if pause > 0:
            state.later = loop.call_later(pause, self._later, state, wake)
        else:
            self._wake(wake)

    def _later(self, state: State, wake: Wake) -> None:
        state.later = None
        self._wake(wake)

    def _pause(self, state: State, identifier: str, now: float) -> float:
        fight = state.fights.get(identifier)
        return max(fight.at + fight.pause - now, 0.0) if fight else 0.0

    def _begin(self, place: Place, client: Client) -> None:
        """Watch a place, in place of a watch with credentials that were replaced."""
        if task := self._tasks.pop(place, None):
            task.cancel()
        self._clients[place], self._stores[place] = client, Store()
        self._tasks[place] = asyncio.create_task(self._follow(place, client))
        self._tasks[place].add_done_callback(self._ended)

    def _leave(self, owner: Key, place: Place) -> None:
        self._users[place].discard(owner)
        if not self._users[place]:
            del self._users[place]
            self._stores.pop(place, None)
            self._clients.pop(place, None)
            if task := self._tasks.pop(place, None):
                task.cancel()

    def _unwatched(self) -> list[tuple[Place, Key]]:
        refused = [place for place, store in self._stores.items() if store.refused]
        return [(place, owner) for place in refused for owner in self._users.get(place, ())]

    async def _follow(self, place: Place, client: Client) -> None:
        changed, store = partial(self._changed, place.kind), self._stores[place]
        async with asyncio.TaskGroup() as group:
            group.create_task(self._begun(place))
            follows = follow(
                client,
                place.kind,
                store,
                changed,
                namespace=place.namespace,
                labels=OWNER_NAME,
                metadata_only=True,
            )
            group.create_task(follows)

    async def _begun(self, place: Place) -> None:
        await self._stores[place].synced.wait()
        self._missing(place)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A watch ends by cancellation only; anything else is a mistake that must not pass in silence."""
        if not task.cancelled() and (error := task.exception()):
            logger("kustomize-controller").error("a watch of applied objects ended", exc_info=error)

    def _changed(self, kind: Kind, change: Change) -> None:
        """Note a change for the object's owner, and for its former owner when the labels changed."""
        seen = change.object.metadata
        identifier = entry_id(seen.namespace, seen.name, kind.group, kind.kind)
        for owner in {_owner(each) for each in change if each is not None}:
            state = self._states.get(owner)
            if state is not None and identifier in state.marks:
                self._note(owner, state, identifier, change)

    def _missing(self, place: Place) -> None:
        """What is not there when a watch begins has been deleted before."""
        store = self._stores[place]
        for owner in self._users.get(place, ()):
            state = self._states.get(owner)
            if state is None:
                continue
            for identifier, mark in state.marks.items():
                reference = mark.reference
                if place.holds(reference) and Key(reference.namespace, reference.name) not in store:
                    state.hints[identifier] = None
            self.stir(owner, state)

    def _note(self, owner: Key, state: State, identifier: str, change: Change) -> None:
        state.hints[identifier] = change.new
        if state.pending is not None:
            state.stirred.add(identifier)
            self._wake(Wake(owner, Priority.DRIFT, f"{identifier} changed"))
        elif not state.busy:
            self.stir(owner, state)


def _owner(applied: Object) -> Key:
    labels = applied.metadata.labels
    return Key(labels.get(OWNER_NAMESPACE, ""), labels.get(OWNER_NAME, ""))
