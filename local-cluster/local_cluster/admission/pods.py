"""Pods: the account and the priority class that they name have to be there."""

from typing import Any

from local_cluster.api.errors import forbidden
from local_cluster.auth.user import User
from local_cluster.state import State
from local_cluster.verbs.target import Target

_SYSTEM = {"system-node-critical": 2000001000, "system-cluster-critical": 2000000000}


def pod(state: State, target: Target, body: dict[str, Any], live: dict[str, Any] | None, _user: User) -> None:
    """A new Pod. Its namespace's default account may still be on its way and is not asked for."""
    if live is not None:
        return
    spec = body.get("spec") or {}
    account = spec.get("serviceAccountName") or "default"
    if account != "default" and state.store.shelf("/serviceaccounts").get(target.namespace, account) is None:
        why = f'error looking up service account {target.namespace}/{account}: serviceaccount "{account}" not found'
        raise forbidden("", "pods", target.name, why)
    if name := spec.get("priorityClassName"):
        _prioritise(state, target, spec, name)


def _prioritise(state: State, target: Target, spec: dict[str, Any], name: str) -> None:
    held = state.store.shelf("scheduling.k8s.io/priorityclasses").get("", name)
    if held is None and name not in _SYSTEM:
        raise forbidden("", "pods", target.name, f"no PriorityClass with name {name} was found")
    found = held.body() if held is not None else {}
    spec["priority"] = found.get("value", _SYSTEM.get(name, 0))
    if policy := found.get("preemptionPolicy"):
        spec.setdefault("preemptionPolicy", policy)
