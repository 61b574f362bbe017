"""Namespaces on their way out: everything in them is deleted, then they go."""

from typing import Any

from local_cluster.api.errors import ApiError
from local_cluster.state import State, now, timestamp
from local_cluster.storage.entry import Entry, Event
from local_cluster.verbs.create import track
from local_cluster.verbs.delete import DeleteOptions, delete
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import replace

Body = dict[str, Any]
_FINALIZER = "kubernetes"
_OPTIONS = Options(manager="kube-controller-manager")


class Namespaces:
    """Empties terminating namespaces."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._leaving: set[str] = set()

    def start(self) -> list[str]:
        """Every namespace that is marked."""
        entries = self._state.store.shelf("/namespaces").entries()
        self._leaving = {entry.name for entry in entries if b'"deletionTimestamp"' in entry.raw}
        return sorted(self._leaving)

    def hear(self, storage: str, event: Event) -> list[str]:
        """A namespace that was marked, or one of its objects that changed while it waits."""
        if storage == "/namespaces":
            if event.type != "DELETED" and b'"deletionTimestamp"' in event.entry.raw:
                self._leaving.add(event.entry.name)
                return [event.entry.name]
            self._leaving.discard(event.entry.name)
        return [event.entry.namespace] if event.entry.namespace in self._leaving else []

    def settle(self, key: str) -> float | None:
        """Delete what is left; when nothing is, let the namespace go."""
        held = self._state.store.shelf("/namespaces").get("", key)
        if held is None or b'"deletionTimestamp"' not in held.raw:
            return None
        live = held.body()
        left, refused = self._empty(key)
        resource = self._state.registry.of_storage("/namespaces")
        conditions = _conditions(left, refused, live, timestamp(now()))
        status = {"phase": "Terminating", "conditions": conditions}
        if left:
            target = Target(resource, "", key, "status")
            replace(self._state, target, live, {**live, "status": status}, _OPTIONS, tracker=track)
            return 5.0
        others = [each for each in live.get("spec", {}).get("finalizers", ()) if each != _FINALIZER]
        body = {**live, "spec": {**live.get("spec", {}), "finalizers": others}}
        replace(self._state, Target(resource, "", key, "finalize"), live, body, _OPTIONS, tracker=None)
        return None

    def _empty(self, namespace: str) -> tuple[dict[str, list[Entry]], list[str]]:
        """Mark everything; what is still there by storage, and what could not be marked."""
        left: dict[str, list[Entry]] = {}
        refused = []
        for storage, shelf in self._state.store.shelves.items():
            for entry in list(shelf.entries(namespace)) if namespace in shelf.objects else ():
                if b'"deletionTimestamp"' not in entry.raw:
                    try:
                        target = Target(self._state.registry.of_storage(storage), namespace, entry.name)
                        delete(self._state, target, DeleteOptions(propagation_policy="Background"))
                    except ApiError as bad:
                        refused.append(bad.message)
                if (kept := shelf.get(namespace, entry.name)) is not None:
                    left.setdefault(storage, []).append(kept)
        return left, refused


def _conditions(left: dict[str, list[Entry]], refused: list[str], live: Body, moment: str) -> list[Body]:
    """What holds a namespace up, as its status says it."""
    counts = [f"{_name(storage)} has {len(entries)} resource instances" for storage, entries in sorted(left.items())]
    finalizers: dict[str, int] = {}
    for entry in (each for entries in left.values() for each in entries):
        for finalizer in entry.body()["metadata"].get("finalizers") or ():
            finalizers[finalizer] = finalizers.get(finalizer, 0) + 1
    kept = [f"{name} in {count} resource instances" for name, count in sorted(finalizers.items())]
    rows = [
        ("NamespaceDeletionDiscoveryFailure", [], "", "ResourcesDiscovered", "All resources successfully discovered"),
        ("NamespaceDeletionGroupVersionParsingFailure", [], "", "ParsedGroupVersions",
         "All legacy kube types successfully parsed"),
        ("NamespaceDeletionContentFailure", refused, "ContentDeletionFailed", "ContentDeleted",
         "All content successfully deleted, may be waiting on finalization"),
        ("NamespaceContentRemaining", counts, "SomeResourcesRemain", "ContentRemoved",
         "All content successfully removed"),
        ("NamespaceFinalizersRemaining", kept, "SomeFinalizersRemain", "ContentHasNoFinalizers",
         "All content-preserving finalizers finished"),
    ]  # fmt: skip
    known = {each["type"]: each for each in (live.get("status") or {}).get("conditions") or ()}
    return [_condition(known, *row, moment) for row in rows]


_PREFIX = {
    "NamespaceContentRemaining": "Some resources are remaining: ",
    "NamespaceFinalizersRemaining": "Some content in the namespace has finalizers remaining: ",
}


def _condition(
    known: dict[str, Body], kind: str, faults: list[str], bad: str, good: str, fine: str, moment: str
) -> Body:
    status = "True" if faults else "False"
    message = _PREFIX.get(kind, "") + ", ".join(faults) if faults else fine
    before = known.get(kind, {})
    since = before["lastTransitionTime"] if before.get("status") == status else moment
    reason = bad if faults else good
    return {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}


def _name(storage: str) -> str:
    group, _, plural = storage.partition("/")
    return f"{plural}.{group}"
