"""Garbage collection: dependents follow their owners, as each deletion's propagation policy says."""

from typing import Any

from local_cluster.api.resources import ApiResource
from local_cluster.controllers.graph import Graph, Owner, Place, leaving, owners
from local_cluster.state import State
from local_cluster.storage.entry import Entry, Event
from local_cluster.verbs.create import track
from local_cluster.verbs.delete import FOREGROUND, ORPHAN, DeleteOptions, Preconditions, delete
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import Tracker, replace

_OPTIONS = Options(manager="kube-controller-manager")


class Garbage:
    """Looks at objects whose owners went, and at owners that wait for their dependents."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._graph = Graph()

    def start(self) -> list[str]:
        """Take in everything; look at what has owners or waits."""
        found = []
        for storage, shelf in self._state.store.shelves.items():
            for entry in shelf.entries():
                self._graph.add(storage, entry)
                if owners(entry) or leaving(entry):
                    found.append(_key(Place(storage, entry.namespace, entry.name)))
        return found

    def hear(self, storage: str, event: Event) -> list[str]:
        """The object itself; its dependents when it went or is going; its owners when it went."""
        self._graph.change(storage, event)
        entry = event.entry
        here = Place(storage, entry.namespace, entry.name)
        if event.type == "DELETED":
            about = set(self._graph.dependents.get(entry.uid, ()))
            about |= {place for owner in owners(entry) if (place := self._graph.places.get(owner.uid))}
            return [_key(place) for place in about]
        return [_key(here)] if owners(entry) or {FOREGROUND, ORPHAN} & set(leaving(entry)) else []

    def settle(self, key: str) -> float | None:
        """Bring one object in order."""
        place = _place(key)
        entry = self._state.store.shelf(place.storage).get(place.namespace, place.name)
        if entry is None:
            return None
        resource = self._state.registry.of_storage(place.storage)
        finalizers = leaving(entry)
        if ORPHAN in finalizers:
            self._orphan(resource, entry)
        elif FOREGROUND in finalizers:
            self._foreground(resource, entry)
        elif owners(entry):
            self._collect(resource, entry)
        return None

    def _collect(self, resource: ApiResource, entry: Entry) -> None:
        """Delete a dependent whose owners are all gone; take references to gone ones out of the others."""
        listed = owners(entry)
        gone = [owner for owner in listed if self._gone(owner, entry)]
        if gone and len(gone) == len(listed):
            self._delete(resource, entry, "Background")
        elif gone:
            self._disown(resource, entry, {owner.uid for owner in gone})

    def _gone(self, owner: Owner, entry: Entry) -> bool:
        """Whether an owner is known not to be: its kind is served, and no object of that name has its uid."""
        if owner.uid in self._graph.places:
            return False
        resource = self._state.registry.of_kind(owner.api_version, owner.kind)
        if resource is None or (resource.namespaced and not entry.namespace):
            return False
        held = self._state.entry(resource, entry.namespace if resource.namespaced else "", owner.name)
        return held is None or held.uid != owner.uid

    def _foreground(self, resource: ApiResource, entry: Entry) -> None:
        """Delete the dependents; let the owner go when none is left that blocks it."""
        blocking = False
        for place in sorted(self._graph.dependents.get(entry.uid, ())):
            dependent = self._state.store.shelf(place.storage).get(place.namespace, place.name)
            if dependent is None:
                continue
            blocking |= any(owner.uid == entry.uid and owner.block_owner_deletion for owner in owners(dependent))
            if b'"deletionTimestamp"' not in dependent.raw:
                policy = "Foreground" if self._graph.dependents.get(dependent.uid) else "Background"
                self._delete(self._state.registry.of_storage(place.storage), dependent, policy)
        still = [place for place in self._graph.dependents.get(entry.uid, ()) if self._blocks(place, entry.uid)]
        if not blocking or not still:
            self._release(resource, entry, FOREGROUND)

    def _blocks(self, place: Place, uid: str) -> bool:
        dependent = self._state.store.shelf(place.storage).get(place.namespace, place.name)
        return dependent is not None and any(
            owner.uid == uid and owner.block_owner_deletion for owner in owners(dependent)
        )

    def _orphan(self, resource: ApiResource, entry: Entry) -> None:
        """Take the owner out of its dependents, then let it go."""
        for place in sorted(self._graph.dependents.get(entry.uid, ())):
            dependent = self._state.store.shelf(place.storage).get(place.namespace, place.name)
            if dependent is not None:
                self._disown(self._state.registry.of_storage(place.storage), dependent, {entry.uid})
        self._release(resource, entry, ORPHAN)

    def _delete(self, resource: ApiResource, entry: Entry, policy: str) -> None:
        if b'"deletionTimestamp"' in entry.raw:
            return
        options = DeleteOptions(propagation_policy=policy, preconditions=Preconditions(uid=entry.uid))
        delete(self._state, Target(resource, entry.namespace, entry.name), options)

    def _disown(self, resource: ApiResource, entry: Entry, uids: set[str]) -> None:
        live = entry.body()
        left = [each for each in live["metadata"]["ownerReferences"] if each["uid"] not in uids]
        self._write(resource, live, {"ownerReferences": left}, tracker=track)

    def _release(self, resource: ApiResource, entry: Entry, finalizer: str) -> None:
        live = entry.body()
        left = [each for each in live["metadata"].get("finalizers", ()) if each != finalizer]
        self._write(resource, live, {"finalizers": left})

    def _write(
        self, resource: ApiResource, live: dict[str, Any], metadata: dict[str, Any], tracker: Tracker | None = None
    ) -> None:
        """Write metadata over a fresh copy of the live object."""
        known = live["metadata"]
        target = Target(resource, known.get("namespace", ""), known["name"])
        body = {**live, "metadata": {**known, **metadata}}
        replace(self._state, target, live, body, _OPTIONS, tracker=tracker)


def _key(place: Place) -> str:
    return "\x00".join(place)


def _place(key: str) -> Place:
    return Place(*key.split("\x00"))
