"""CustomResourceDefinitions: named, established and served the moment they are written."""

from typing import Any

from local_cluster.state import State, now, timestamp
from local_cluster.storage.entry import Event
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import replace

STORAGE = "apiextensions.k8s.io/customresourcedefinitions"
Body = dict[str, Any]


class Definitions:
    """Serves what CRDs define. Serving happens while the change is heard, so no request can come before it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def start(self) -> list[str]:
        """Serve what is stored."""
        entries = list(self._state.store.shelf(STORAGE).entries())
        for entry in entries:
            self._serve(entry.body())
        return [entry.name for entry in entries]

    def hear(self, storage: str, event: Event) -> list[str]:
        """Serve a new or changed definition; forget a deleted one."""
        if storage != STORAGE:
            return []
        if event.type == "DELETED":
            self._state.registry.forget(event.entry.name)
            return []
        self._serve(event.entry.body())
        return [event.entry.name]

    def _serve(self, body: Body) -> None:
        metadata = body["metadata"]
        uid = f"{metadata['uid']}/{metadata.get('generation', 1)}"
        if not any(each.uid == uid for each in self._state.registry.custom(metadata["name"])):
            self._state.registry.define(metadata["name"], body["spec"], uid)

    def settle(self, key: str) -> float | None:
        """Write the conditions of a definition."""
        held = self._state.store.shelf(STORAGE).get("", key)
        if held is None:
            return None
        live = held.body()
        status = _status(live, timestamp(now()))
        if status != live.get("status"):
            resource = self._state.registry.of_storage(STORAGE)
            target = Target(resource, "", key, "status")
            replace(self._state, target, live, {**live, "status": status}, Options(), tracker=None)
        return None


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
