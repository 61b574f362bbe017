"""What a new cluster holds: the namespaces it starts with."""

from local_cluster.state import State
from local_cluster.verbs.create import create
from local_cluster.verbs.target import Options, Target

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


def bootstrap(state: State) -> None:
    """Create what is missing."""
    resource = state.registry.find("", "v1", "namespaces")
    assert resource is not None
    for name in NAMESPACES:
        if state.entry(resource, "", name) is None:
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            create(state, Target(resource), body, Options(manager="kube-apiserver"))
