"""What a new cluster holds: namespaces, the roles everyone knows, the service of the API itself."""

import copy
from typing import Any

from local_cluster.auth.roles import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES
from local_cluster.state import State
from local_cluster.verbs.create import create
from local_cluster.verbs.target import Options, Target

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
    "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
}


def bootstrap(state: State) -> None:
    """Create what is missing; what someone changed stays changed."""
    for name in NAMESPACES:
        _ensure(state, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for body in (*CLUSTER_ROLES, *CLUSTER_ROLE_BINDINGS):
        _ensure(state, body)
    _ensure(state, SERVICE, "default")


def _ensure(state: State, body: dict[str, Any], namespace: str = "") -> None:
    resource = state.registry.of_kind(body["apiVersion"], body["kind"])
    assert resource is not None
    if state.entry(resource, namespace, body["metadata"]["name"]) is None:
        create(state, Target(resource, namespace), copy.deepcopy(body), Options(manager="kube-apiserver"))
