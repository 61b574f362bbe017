"""CustomResourceDefinitions: named, established and served the moment they are written."""

from typing import Any

from local_cluster.controllers.naming import Accepted, accept
from local_cluster.state import State, now, timestamp
from local_cluster.storage.entry import Entry, Event
from local_cluster.verbs.create import track
from local_cluster.verbs.delete import CLEANUP, DeleteOptions, delete
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import replace

STORAGE = "apiextensions.k8s.io/customresourcedefinitions"
Body = dict[str, Any]
_OPTIONS = Options(manager="kube-apiserver")


class Definitions:
    """Serves what CRDs define. Serving happens while the change is heard, so no request can come before it."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._accepted: dict[str, Accepted] = {}
        self._leaving: dict[str, str] = {}
        """Shelf -> definition, of those that wait for their objects to go."""

    def start(self) -> list[str]:
        """Serve what is stored."""
        bodies = [entry.body() for entry in self._state.store.shelf(STORAGE).entries()]
        for body in bodies:
            names = (body.get("status") or {}).get("acceptedNames") or {}
            self._accepted[body["metadata"]["name"]] = Accepted(body["spec"]["group"], names)
        for body in bodies:
            self._serve(body)
        return [body["metadata"]["name"] for body in bodies]

    def hear(self, storage: str, event: Event) -> list[str]:
        """Serve a new or changed definition, forget a deleted one; hear of the last objects of one that goes."""
        name = event.entry.name
        if storage != STORAGE:
            return [self._leaving[storage]] if storage in self._leaving and event.type == "DELETED" else []
        shelf = _shelf(event.entry)
        if event.type == "DELETED":
            self._leaving.pop(shelf, None)
            self._state.registry.forget(name)
            return self._waiting(self._accepted.pop(name, Accepted("", {})).group)
        if b'"deletionTimestamp"' in event.entry.raw:
            self._leaving[shelf] = name
        body = event.entry.body()
        self._serve(body)
        return [name, *self._waiting(body["spec"]["group"])]

    def _waiting(self, group: str) -> list[str]:
        """The definitions of a group that lack names they ask for."""
        return [name for name, each in self._accepted.items() if each.group == group and not each.whole]

    def _serve(self, body: Body) -> None:
        """Serve a definition under the names that nobody else in its group has; nothing before all are accepted."""
        name, spec = body["metadata"]["name"], body["spec"]
        before = self._accepted.get(name, Accepted(spec["group"], {}))
        others = [each.names for other, each in self._accepted.items() if other != name and each.group == spec["group"]]
        self._accepted[name] = accepted = accept(spec, before.names, others)
        if not (accepted.whole or _is_established(body)):
            self._state.registry.forget(name)
            return
        names = accepted.names
        uid = f"{body['metadata']['uid']}/{body['metadata'].get('generation', 1)}/{names.get('kind')}"
        if not any(each.uid == uid for each in self._state.registry.custom(name)):
            self._state.registry.define(name, {**spec, "names": names}, uid)

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
        if not leaves:
            self._serve(live)
        status = _status(live, self._accepted[key], timestamp(now()))
        if status != live.get("status"):
            target = Target(resource, "", key, "status")
            replace(self._state, target, live, {**live, "status": status}, _OPTIONS, tracker=track)
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


def _is_established(body: Body) -> bool:
    conditions = (body.get("status") or {}).get("conditions") or ()
    return any((each["type"], each["status"]) == ("Established", "True") for each in conditions)


def _status(body: Body, accepted: Accepted, moment: str) -> Body:
    """The status of a definition."""
    spec, status = body["spec"], body.get("status") or {}
    stored = next(each["name"] for each in spec["versions"] if each["storage"])
    versions = list(dict.fromkeys([*(status.get("storedVersions") or []), stored]))
    known = {each["type"]: each for each in status.get("conditions") or []}
    established = known.get("Established", {}).get("status") == "True"
    if established or accepted.whole:
        serving = ("True", "InitialNamesAccepted", "the initial names have been accepted")
    else:
        serving = ("False", "NotAccepted", "not all names are accepted")
    names = ("True" if accepted.whole else "False", accepted.reason, accepted.message)
    conditions = [
        _condition(known, "NamesAccepted", names, moment),
        known["Established"] if established else _condition(known, "Established", serving, moment),
    ]
    others = [each for name, each in known.items() if name not in ("NamesAccepted", "Established")]
    return {"acceptedNames": accepted.names, "conditions": conditions + others, "storedVersions": versions}


def _condition(known: dict[str, Body], kind: str, found: tuple[str, str, str], moment: str) -> Body:
    before, (status, reason, message) = known.get(kind, {}), found
    since = before["lastTransitionTime"] if before.get("status") == status else moment
    return {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
