"""Namespaces get what pods expect to find: the `default` service account and the authority's certificate."""

from local_cluster.state import State
from local_cluster.storage.entry import Event
from local_cluster.verbs.create import create
from local_cluster.verbs.target import Options, Target

ACCOUNT, AUTHORITY = "default", "kube-root-ca.crt"
_NOTE = {
    "kubernetes.io/description": (
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
        "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
        "Kubernetes clusters."
    )
}


class Furnish:
    """Keeps both objects in every namespace that is not on its way out."""

    def __init__(self, state: State, authority: str) -> None:
        self._state, self._authority = state, authority

    def start(self) -> list[str]:
        """Every namespace."""
        return [entry.name for entry in self._state.store.shelf("/namespaces").entries()]

    def hear(self, storage: str, event: Event) -> list[str]:
        """A new namespace, or one that lost either object."""
        if storage == "/namespaces" and event.type == "ADDED":
            self.settle(event.entry.name)
            return []
        lost = {"/serviceaccounts": ACCOUNT, "/configmaps": AUTHORITY}.get(storage)
        return [event.entry.namespace] if event.type == "DELETED" and event.entry.name == lost else []

    def settle(self, key: str) -> float | None:
        """Create what is missing in a namespace."""
        held = self._state.store.shelf("/namespaces").get("", key)
        if held is None or held.body()["metadata"].get("deletionTimestamp"):
            return None
        self._ensure("serviceaccounts", key, ACCOUNT, {})
        self._ensure("configmaps", key, AUTHORITY, {"data": {"ca.crt": self._authority}})
        return None

    def _ensure(self, plural: str, namespace: str, name: str, content: dict[str, object]) -> None:
        resource = self._state.registry.find("", "v1", plural)
        assert resource is not None
        if self._state.entry(resource, namespace, name) is not None:
            return
        metadata: dict[str, object] = {"name": name}
        if content:
            metadata["annotations"] = _NOTE
        body = {"apiVersion": "v1", "kind": resource.kind, "metadata": metadata, **content}
        create(self._state, Target(resource, namespace), body, Options(manager="kube-controller-manager"))
