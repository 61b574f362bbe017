"""CustomResourceDefinitions: named, established and served the moment they are written."""

from typing import Any

from local_cluster.state import State, now, timestamp
from local_cluster.storage.entry import Entry, Event
from local_cluster.verbs.delete import CLEANUP, DeleteOptions, delete
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import replace

STORAGE = "apiextensions.k8s.io/customresourcedefinitions"
Body = dict[str, Any]


class Definitions:
    """Serves what CRDs define. Serving happens while the change is heard, so no request can come before it."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._leaving: dict[str, str] = {}
        """Shelf -> definition, of those that wait for their objects to go."""

    def start(self) -> list[str]:
        """Serve what is stored."""
        entries = list(self._state.store.shelf(STORAGE).entries())
        for entry in entries:
            self._serve(entry.body())
        return [entry.name for entry in entries]

    def hear(self, storage: str, event: Event) -> list[str]:
        """Serve a new or changed definition, forget a deleted one; hear of the last objects of one that goes."""
        name = event.entry.name
        if storage != STORAGE:
            return [self._leaving[storage]] if storage in self._leaving and event.type == "DELETED" else []
        shelf = _shelf(event.entry)
        if event.type == "DELETED":
            self._leaving.pop(shelf, None)
            self._state.registry.forget(name)
            return []
        if b'"deletionTimestamp"' in event.entry.raw:
            self._leaving[shelf] = name
        self._serve(event.entry.body())
        return [name]

    def _serve(self, body: Body) -> None:
        metadata = body["metadata"]
        uid = f"{metadata['uid']}/{metadata.get('generation', 1)}"
        if not any(each.uid == uid for each in self._state.registry.custom(metadata["name"])):
            self._state.registry.define(metadata["name"], body["spec"], uid)

    def settle(self, key: str) -> float | None:
        """Write the conditions of a definition; when it goes, delete its objects first."""
        held = self._state.store.shelf(STORAGE).get("", key)
        if held is None:
            return None
        live = held.body()
        resource = self._state.registry.of_storage(STORAGE)
        leaves = bool(live["metadata"].get("deletionTimestamp"))
        if leaves and not self._emptied(key, _shelf(held)):
            return 1.0
        if leaves:
            left = [each for each in live["metadata"].get("finalizers", ()) if each != CLEANUP]
            body = {**live, "metadata": {**live["metadata"], "finalizers": left}}
            replace(self._state, Target(resource, "", key), live, body, Options(), tracker=None)
            return None
        status = _status(live, timestamp(now()))
        if status != live.get("status"):
            target = Target(resource, "", key, "status")
            replace(self._state, target, live, {**live, "status": status}, Options(), tracker=None)
        return None

    def _emptied(self, name: str, storage: str) -> bool:
        """Delete the objects of a definition; whether none is left."""
        shelf = self._state.store.shelf(storage)
        for resource in self._state.registry.custom(name)[:1]:
            for entry in list(shelf.entries()):
                if b'"deletionTimestamp"' not in entry.raw:
                    delete(self._state, Target(resource, entry.namespace, entry.name), DeleteOptions())
        return shelf.count() == 0


def _shelf(entry: Entry) -> str:
    spec = entry.body()["spec"]
    return f"{spec['group']}/{spec['names']['plural']}"


def _status(body: Body, moment: str) -> Body:
    """The status of a definition whose names are accepted."""
    spec, status = body["spec"], body.get("status") or {}
    stored = next(each["name"] for each in spec["versions"] if each["storage"])
    versions = list(dict.fromkeys([*(status.get("storedVersions") or []), stored]))
    known = {each["type"]: each for each in status.get("conditions") or []}
    conditions = [
        _condition(known, "NamesAccepted", "NoConflicts", "no conflicts found", moment),
        _condition(known, "Established", "InitialNamesAccepted", "the initial names have been accepted", moment),
    ]
    others = [each for name, each in known.items() if name not in ("NamesAccepted", "Established")]
    return {"acceptedNames": spec["names"], "conditions": conditions + others, "storedVersions": versions}


def _condition(known: dict[str, Body], kind: str, reason: str, message: str, moment: str) -> Body:
    before = known.get(kind, {})
    if before.get("status") == "True":
        return before
    return {"type": kind, "status": "True", "lastTransitionTime": moment, "reason": reason, "message": message}
