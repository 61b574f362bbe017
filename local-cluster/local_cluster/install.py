"""What an installation puts into a cluster: namespace, CRDs, accounts, rights, and stand-ins for the Deployments.

Names and labels are those that existing tools look for (they find controllers by `app.kubernetes.io/part-of=flux`).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import weir
from weir import manifests
from weir.kube import kinds
from weir.kube.client import Client

NAMESPACE = "flux-system"
MANAGER = "weir-local"
LOG_FILE = "local.weir.dev/log-file"
"""Annotation on a stand-in's pod template: the file that its process writes."""

_LABELS = {
    "app.kubernetes.io/instance": NAMESPACE,
    "app.kubernetes.io/part-of": "flux",
    "app.kubernetes.io/version": f"v{weir.__version__}",
}
_RBAC = "rbac.authorization.k8s.io"
_TOOLKIT = ("source", "kustomize", "notification")
_READ = ("get", "list", "watch")
_WRITE = ("create", "update", "patch", "delete")


def _rule(groups: Sequence[str], resources: Sequence[str], verbs: Sequence[str]) -> dict[str, Any]:
    return {"apiGroups": list(groups), "resources": list(resources), "verbs": list(verbs)}


_RULES = [
    *(_rule([f"{group}.toolkit.fluxcd.io"], ["*"], ["*"]) for group in _TOOLKIT),
    _rule([""], ["namespaces", "secrets", "configmaps", "serviceaccounts"], _READ),
    _rule([""], ["events"], ["create", "patch"]),
    _rule([""], ["configmaps", "configmaps/status"], [*_READ, *_WRITE]),
    _rule(["coordination.k8s.io"], ["leases"], [*_READ, *_WRITE]),
    _rule([""], ["serviceaccounts/token"], ["create"]),
]


async def install(client: Client, logs: Mapping[str, Path]) -> None:
    """Apply everything; `logs` names the controllers and the files they write."""
    await client.apply(
        kinds.NAMESPACE,
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": _LABELS}},
        name=NAMESPACE,
        manager=MANAGER,
    )
    for definition in manifests.crds():
        name = definition["metadata"]["name"]
        await client.apply(kinds.CUSTOM_RESOURCE_DEFINITION, definition, name=name, manager=MANAGER)
    for body in (*_rights(logs), *_stand_ins(logs)):
        kind = await client.discovery.kind(body["apiVersion"], body["kind"])
        metadata = body["metadata"]
        namespace = metadata.get("namespace", "")
        await client.apply(kind, body, name=metadata["name"], namespace=namespace, manager=MANAGER)


def _rights(names: Mapping[str, Path]) -> Iterator[dict[str, Any]]:
    for name in names:
        yield _object("v1", "ServiceAccount", name, namespace=NAMESPACE)
    yield _object(f"{_RBAC}/v1", "ClusterRole", f"crd-controller-{NAMESPACE}", rules=_RULES)
    yield _binding(f"crd-controller-{NAMESPACE}", f"crd-controller-{NAMESPACE}", names)
    appliers = [name for name in names if name == "kustomize-controller"]
    yield _binding(f"cluster-reconciler-{NAMESPACE}", "cluster-admin", appliers)
    edit = (*_WRITE, "deletecollection")
    for role, verbs, targets in (("view", _READ, ("admin", "edit", "view")), ("edit", edit, ("admin", "edit"))):
        labels = {f"{_RBAC}/aggregate-to-{target}": "true" for target in targets}
        rules = [_rule([f"{group}.toolkit.fluxcd.io" for group in _TOOLKIT], ["*"], verbs)]
        yield _object(f"{_RBAC}/v1", "ClusterRole", f"flux-{role}-{NAMESPACE}", labels=labels, rules=rules)


def _stand_ins(logs: Mapping[str, Path]) -> Iterator[dict[str, Any]]:
    """Deployments that show the processes to tools which look for pods; the pods' logs are the processes' files."""
    for name, log in logs.items():
        container = {"name": "manager", "image": f"weir/{name}:v{weir.__version__}"}
        template = {
            "metadata": {"labels": {"app": name}, "annotations": {LOG_FILE: str(log)}},
            "spec": {"serviceAccountName": name, "containers": [container]},
        }
        spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
        yield _object(
            "apps/v1", "Deployment", name, namespace=NAMESPACE, labels={"control-plane": "controller"}, spec=spec
        )


def _binding(name: str, role: str, accounts: Mapping[str, Path] | list[str]) -> dict[str, Any]:
    return _object(
        f"{_RBAC}/v1",
        "ClusterRoleBinding",
        name,
        roleRef={"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        subjects=[{"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE} for account in accounts],
    )


def _object(
    api_version: str, kind: str, name: str, *, namespace: str = "", labels: Mapping[str, str] | None = None, **rest: Any
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": {**_LABELS, **(labels or {})}}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
