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
from weir.kube.errors import NotFound

NAMESPACE = "flux-system"
MANAGER = "weir-local"
LOG_FILE = "local.weir.dev/log-file"
"""Annotation on a stand-in's pod template: the file that its process writes."""

_LABELS = {
    "app.kubernetes.io/instance": NAMESPACE,
    "app.kubernetes.io/part-of": "flux",
    "app.kubernetes.io/version": f"v{weir.__version__}",
}


class Occupied(Exception):
    """A controller runs in the cluster already; two would both act."""


async def install(client: Client, logs: Mapping[str, Path], *, replicas: int = 1) -> None:
    """Apply everything; `logs` names the controllers and the files they write.

    `replicas` are those of the stand-ins: none where Pods run what their image holds. Raises `Occupied`.
    """
    for name in logs:
        await _require_vacant(client, name)
    await client.apply(
        kinds.NAMESPACE,
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": _LABELS}},
        name=NAMESPACE,
        manager=MANAGER,
    )
    for definition in manifests.crds():
        name = definition["metadata"]["name"]
        await client.apply(kinds.CUSTOM_RESOURCE_DEFINITION, definition, name=name, manager=MANAGER)
    for body in (*_accounts(logs), *_stand_ins(logs, replicas)):
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


async def _require_vacant(client: Client, name: str) -> None:
    """Raise `Occupied` when there is a Deployment of that name that is no stand-in."""
    try:
        body = (await client.get(kinds.DEPLOYMENT, name, NAMESPACE)).body()
    except NotFound:
        return
    if LOG_FILE not in body["spec"]["template"]["metadata"].get("annotations", {}):
        raise Occupied(f"Deployment/{NAMESPACE}/{name} runs in this cluster already: remove it first")


def _stand_ins(logs: Mapping[str, Path], replicas: int) -> Iterator[dict[str, Any]]:
    """Deployments that show the processes to tools which look for pods; the pods' logs are the processes' files."""
    for name, log in logs.items():
        container = {"name": "manager", "image": f"weir/{name}:v{weir.__version__}"}
        template = {
            "metadata": {"labels": {"app": name}, "annotations": {LOG_FILE: str(log)}},
            "spec": {"serviceAccountName": name, "containers": [container]},
        }
        # Of any strategy the one that `weir bootstrap` can turn into its own: the API server fills nothing in.
        strategy = {"type": "Recreate"}
        selector = {"matchLabels": {"app": name}}
        spec = {"replicas": replicas, "selector": selector, "strategy": strategy, "template": template}
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
