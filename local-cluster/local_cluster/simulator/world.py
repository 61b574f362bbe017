"""The objects that the simulator knows: what the watches saw, and what it wrote since."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from weir.api.base import Kind
from weir.kube.object import Key

from .reading import Body, controller_uid, uid

_REMEMBERED = 4096


def key_of(body: Body) -> Key:
    """Namespace and name."""
    return Key(body["metadata"].get("namespace", ""), body["metadata"]["name"])


def _version(body: Body) -> int:
    version = str(body["metadata"].get("resourceVersion", ""))
    return int(version) if version.isdigit() else 0


class World:
    """Objects by kind and key. Their bodies are shared: nobody changes them."""

    def __init__(self) -> None:
        self._shelves: dict[str, dict[Key, Body]] = {}
        self._owned: dict[tuple[str, str], dict[Key, Body]] = {}
        self._doomed: set[str] = set()
        self._gone: deque[str] = deque(maxlen=_REMEMBERED)
        self._stages: dict[str, tuple[str, datetime]] = {}

    def get(self, kind: Kind, key: Key) -> Body | None:
        """An object, or None."""
        return self._shelves.get(kind.kind, {}).get(key)

    def all(self, kind: Kind, namespace: str | None = None) -> Iterator[Body]:
        """The objects of a kind, of one namespace if given."""
        for key, body in self._shelves.get(kind.kind, {}).items():
            if namespace is None or key.namespace == namespace:
                yield body

    def owned(self, owner: Body, kind: Kind) -> list[Body]:
        """What an object controls, in order of creation; what we have just deleted is marked as such."""
        found = [self._marked(body) for body in self._owned.get((uid(owner), kind.kind), {}).values()]
        return sorted(found, key=lambda body: (body["metadata"].get("creationTimestamp", ""), body["metadata"]["name"]))

    def put(self, kind: Kind, body: Body) -> bool:
        """Keep an object unless a newer one is known or it is gone; tells whether it was kept."""
        key = key_of(body)
        known = self.get(kind, key)
        if uid(body) in self._gone or (known and uid(known) == uid(body) and _version(known) >= _version(body)):
            return False
        if known:
            self._forget(kind, key, known)
        self._shelves.setdefault(kind.kind, {})[key] = body
        self._owned.setdefault((controller_uid(body), kind.kind), {})[key] = body
        return True

    def drop(self, kind: Kind, body: Body) -> None:
        """Forget an object that is gone."""
        key = key_of(body)
        known = self.get(kind, key)
        self._gone.append(uid(body))
        self._doomed.discard(uid(body))
        self._stages.pop(uid(body), None)
        if known and uid(known) == uid(body):
            self._forget(kind, key, known)

    def doom(self, body: Body) -> None:
        """Remember that we have deleted an object."""
        self._doomed.add(uid(body))

    def since(self, body: Body, stage: str, now: datetime) -> float:
        """For how many seconds the object has been at this stage, by our own clock."""
        known = self._stages.get(uid(body))
        if known is None or known[0] != stage:
            self._stages[uid(body)] = known = (stage, now)
        return (now - known[1]).total_seconds()

    def _marked(self, body: Body) -> Body:
        if uid(body) not in self._doomed or "deletionTimestamp" in body["metadata"]:
            return body
        return {
            **body,
            "metadata": {**body["metadata"], "deletionTimestamp": body["metadata"].get("creationTimestamp", "")},
        }

    def _forget(self, kind: Kind, key: Key, body: Body) -> None:
        self._shelves[kind.kind].pop(key, None)
        family = (controller_uid(body), kind.kind)
        self._owned.get(family, {}).pop(key, None)
        if not self._owned.get(family):
            self._owned.pop(family, None)
