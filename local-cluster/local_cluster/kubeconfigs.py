"""Kubeconfig files: what the one of a cluster says, and one for each controller's own account."""

from pathlib import Path
from typing import Any

import msgspec

from local_cluster.certificates import write_private
from weir import yaml
from weir.kube import kinds
from weir.kube.client import Client

_YEAR = 365 * 24 * 3600
"""Seconds that a controller's token lasts."""


class Unusable(Exception):
    """The file names no cluster; the message names the file."""


def cluster(kubeconfig: Path) -> dict[str, Any]:
    """The cluster of the current context: `server` and how to trust it. Raises `Unusable`."""
    try:
        config = yaml.load(kubeconfig.read_text(encoding="utf-8"), name=str(kubeconfig))
        context = next(it["context"] for it in config["contexts"] if it["name"] == config["current-context"])
        found: dict[str, Any] = next(it["cluster"] for it in config["clusters"] if it["name"] == context["cluster"])
        authority = found.get("certificate-authority")
    except (OSError, yaml.YamlError) as error:
        raise Unusable(str(error)) from None
    except (AttributeError, KeyError, TypeError, StopIteration):
        raise Unusable(f"{kubeconfig}: its current context leads to no cluster") from None
    return {**found, "certificate-authority": str(kubeconfig.parent / authority)} if authority else found


async def write_account(client: Client, kubeconfig: Path, namespace: str, name: str, target: Path) -> None:
    """Write the kubeconfig with which a controller acts as its own ServiceAccount in the cluster of another one."""
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": _YEAR}}
    answer = await client.request("POST", kinds.SERVICE_ACCOUNT.path(namespace, name, "token"), body=request)
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "cluster", "cluster": cluster(kubeconfig)}],
        "users": [{"name": name, "user": {"token": msgspec.json.decode(answer)["status"]["token"]}}],
        "contexts": [{"name": name, "context": {"cluster": "cluster", "user": name}}],
        "current-context": name,
    }
    write_private(target, yaml.dump(config).encode())
