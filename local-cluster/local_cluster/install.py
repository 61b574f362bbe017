"""What an installation puts into a cluster: namespace, CRDs, accounts, rights, and stand-ins for the Deployments.

Names and labels are those that existing tools look for (they find controllers by `app.kubernetes.io/part-of=flux`).
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import weir
from weir import manifests, rights
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
    for body in (*_accounts(logs), *_stand_ins(logs)):
        kind = await client.discovery.kind(body["apiVersion"], body["kind"])
        metadata = body["metadata"]
        namespace = metadata.get("namespace", "")
        await client.apply(kind, body, name=metadata["name"], namespace=namespace, manager=MANAGER)


def _accounts(names: Collection[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        yield _object("v1", "ServiceAccount", name, namespace=NAMESPACE)
    for body in rights.roles(names, NAMESPACE):
        body["metadata"]["labels"] |= _LABELS
        yield body


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


def _object(
    api_version: str, kind: str, name: str, *, namespace: str = "", labels: Mapping[str, str] | None = None, **rest: Any
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": {**_LABELS, **(labels or {})}}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
