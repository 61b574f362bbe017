"""All objects of a cluster, in memory, by resource; every change gets the next revision of one counter."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from local_cluster.storage.entry import Entry, Event, entry

HISTORY = 10_000
"""Changes kept per resource for watches and consistent lists; older revisions answer 410."""

_LINES = 256
"""Of how many changes the encoded lines are kept; whoever is further behind has them encoded anew."""

Listener = Callable[[str, Event], None]


class TooOld(Exception):
    """The history no longer reaches back to the revision asked for."""


class Shelf:
    """The objects of one resource: by namespace and name, with the latest changes and who wants to hear of the next."""

    def __init__(self, horizon: int) -> None:
        self.objects: dict[str, dict[str, Entry]] = {}
        self.history: deque[Event] = deque()
        self.horizon = horizon
        """The revision before which changes are forgotten."""
        self.listeners: set[Callable[[Event], None]] = set()

    def get(self, namespace: str, name: str) -> Entry | None:
        """The object, or None."""
        return self.objects.get(namespace, {}).get(name)

    def entries(self, namespace: str = "") -> Iterator[Entry]:
        """Objects in the order of their keys; all namespaces when none is given."""
        for space in [namespace] if namespace else sorted(self.objects):
            held = self.objects.get(space, {})
            for name in sorted(held):
                yield held[name]

    def count(self) -> int:
        """How many objects there are."""
        return sum(map(len, self.objects.values()))

    def put(self, new: Entry) -> None:
        """Keep the object."""
        self.objects.setdefault(new.namespace, {})[new.name] = new

    def drop(self, old: Entry) -> None:
        """Forget the object."""
        held = self.objects.get(old.namespace, {})
        held.pop(old.name, None)
        if not held:
            self.objects.pop(old.namespace, None)

    def record(self, event: Event) -> None:
        """Remember a change and tell the listeners."""
        self.history.append(event)
        if len(self.history) > _LINES:
            self.history[-_LINES].lines.clear()
        if len(self.history) > HISTORY:
            self.horizon = self.history.popleft().revision
        for listener in tuple(self.listeners):
            listener(event)

    def since(self, revision: int) -> list[Event]:
        """Changes after a revision; raises `TooOld`."""
        if revision < self.horizon:
            raise TooOld
        changes: list[Event] = []
        for event in reversed(self.history):
            if event.revision <= revision:
                break
            changes.append(event)
        return changes[::-1]

    def at(self, revision: int, namespace: str = "") -> list[Entry]:
        """Objects as they were at a revision, in the order of their keys; raises `TooOld`."""
        undone: dict[tuple[str, str], Entry | None] = {}
        for event in reversed(self.since(revision)):
            if not namespace or event.entry.namespace == namespace:
                undone[event.entry.namespace, event.entry.name] = event.before
        if not undone:
            return list(self.entries(namespace))
        now = {(held.namespace, held.name): held for held in self.entries(namespace)}
        then = {key: held for key, held in {**now, **undone}.items() if held is not None}
        return [then[key] for key in sorted(then)]


class Store:
    """The shelves, the revision counter, and those who hear of every change (journal, controllers)."""

    def __init__(self, revision: int = 0) -> None:
        self.revision = revision
        self.shelves: dict[str, Shelf] = {}
        self.listeners: list[Listener] = []
        self._born = revision

    def shelf(self, storage: str) -> Shelf:
        """The objects of a resource, `group/plural`; made on first use."""
        shelf = self.shelves.get(storage)
        if shelf is None:
            shelf = self.shelves[storage] = Shelf(self._born)
        return shelf

    def load(self, storage: str, raw: bytes) -> None:
        """Put back what was kept on disk: no revision, no event."""
        held = entry(raw)
        self.shelf(storage).put(held)
        self.advance(held.revision)

    def advance(self, revision: int) -> None:
        """Never hand out a revision again that was handed out before a restart."""
        self.revision = max(self.revision, revision)

    def born(self) -> None:
        """Loading is over: what happened before is unknown to watches."""
        self._born = self.revision
        for shelf in self.shelves.values():
            shelf.horizon = self.revision

    def write(self, storage: str, body: dict[str, Any]) -> Entry:
        """Store an object under the next revision, which it then carries, and announce it."""
        shelf = self.shelf(storage)
        self.revision += 1
        body["metadata"]["resourceVersion"] = str(self.revision)
        new = entry(_encoded(body))
        before = shelf.get(new.namespace, new.name)
        shelf.put(new)
        self._announce(storage, Event("MODIFIED" if before else "ADDED", self.revision, new, before, {}))
        return new

    def remove(self, storage: str, namespace: str, name: str) -> Entry:
        """Delete an object; its last state carries the revision of the deletion. KeyError when it is not there."""
        shelf = self.shelf(storage)
        before = shelf.get(namespace, name)
        if before is None:
            raise KeyError((storage, namespace, name))
        self.revision += 1
        body = before.body()
        body["metadata"]["resourceVersion"] = str(self.revision)
        last = entry(_encoded(body))
        shelf.drop(before)
        self._announce(storage, Event("DELETED", self.revision, last, before, {}))
        return last

    def _announce(self, storage: str, event: Event) -> None:
        for listener in self.listeners:
            listener(storage, event)
        self.shelves[storage].record(event)


def _encoded(body: dict[str, Any]) -> bytes:
    """JSON that starts with kind and version, so that they can be cut off for a list's items."""
    head = {"kind": body["kind"], "apiVersion": body["apiVersion"], "metadata": body["metadata"]}
    return msgspec.json.encode(head | body)
