"""A cluster that people install in by `weir install`."""

import json
from typing import Any

from tests.servers.cluster import RunningCluster
from tests.weir_cli.stage import Shown, weir

NAMESPACE = "flux-system"
VOLUME = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "nats"},
    "spec": {"capacity": {"storage": "2Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/nowhere"}},
}


class Place:
    """A cluster that people install in."""

    def __init__(self, cluster: RunningCluster) -> None:
        self.cluster = cluster
        # Nobody provisions volumes here; the local cluster needs none.
        cluster.kubectl("apply", "-f", "-", stdin=json.dumps(VOLUME))

    def weir(self, *arguments: str) -> Shown:
        return weir(*arguments, kubeconfig=self.cluster.kubeconfig)

    def get(self, kind: str, name: str) -> Any:
        return json.loads(self.cluster.kubectl("get", kind, name, "-o", "json", "-n", NAMESPACE))

    def arguments(self, name: str) -> list[str]:
        found: list[str] = self.get("deployment", name)["spec"]["template"]["spec"]["containers"][0]["args"]
        return found
