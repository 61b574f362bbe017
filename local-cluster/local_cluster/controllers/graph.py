"""Who owns whom: objects by uid, and the dependents of each owner."""

from typing import NamedTuple

import msgspec

from local_cluster.storage.entry import Entry, Event


class Place(NamedTuple):
    """Where an object lies."""

    storage: str
    namespace: str
    name: str


class Owner(msgspec.Struct, frozen=True, rename="camel"):
    """`metadata.ownerReferences[]`."""

    api_version: str
    kind: str
    name: str
    uid: str
    block_owner_deletion: bool | None = None


class _Metadata(msgspec.Struct, rename="camel"):
    owner_references: list[Owner] | None = None
    finalizers: list[str] | None = None
    deletion_timestamp: str | None = None


class _Envelope(msgspec.Struct):
    metadata: _Metadata


_READ = msgspec.json.Decoder(_Envelope)


def owners(entry: Entry) -> list[Owner]:
    """The owners of an object."""
    if b'"ownerReferences"' not in entry.raw:
        return []
    return _READ.decode(entry.raw).metadata.owner_references or []


def leaving(entry: Entry) -> list[str]:
    """The finalizers of an object that is marked for deletion; none when it is not."""
    if b'"deletionTimestamp"' not in entry.raw:
        return []
    metadata = _READ.decode(entry.raw).metadata
    return (metadata.finalizers or []) if metadata.deletion_timestamp else []


class Graph:
    """Kept up to date from every change."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.dependents: dict[str, set[Place]] = {}

    def add(self, storage: str, entry: Entry) -> None:
        """Take in a stored object."""
        place = Place(storage, entry.namespace, entry.name)
        self.places[entry.uid] = place
        for owner in owners(entry):
            self.dependents.setdefault(owner.uid, set()).add(place)

    def change(self, storage: str, event: Event) -> None:
        """Take in a change."""
        if event.before is not None:
            place = Place(storage, event.before.namespace, event.before.name)
            for owner in owners(event.before):
                held = self.dependents.get(owner.uid, set())
                held.discard(place)
                if not held:
                    self.dependents.pop(owner.uid, None)
        if event.type == "DELETED":
            self.places.pop(event.entry.uid, None)
        else:
            self.add(storage, event.entry)
