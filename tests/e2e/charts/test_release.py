"""A release: installed, upgraded, rolled back, uninstalled. On a real control plane kwok plays the pods; they start."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.charts.documented import NAMES, Body
from tests.e2e.charts.helm import CHART, run
from tests.servers.cluster import RunningCluster, soon
from weir.api.kinds import KINDS

pytestmark = pytest.mark.timeout(300)


class Release:
    """A release in a namespace of its own, where only confined pods may run."""

    def __init__(self, cluster: RunningCluster) -> None:
        self.cluster = cluster
        self.namespace = f"weir-{uuid.uuid4().hex[:8]}"
        self._there = ("--namespace", self.namespace, "--kubeconfig", str(cluster.kubeconfig))

    def helm(self, *arguments: str, values: Body | None = None) -> str:
        return run(*arguments, *self._there, values=values)

    def get(self, kind: str, name: str = "") -> Any:
        """An object, or the objects of a kind, in the release's namespace."""
        return json.loads(
            self.cluster.kubectl("get", kind, *([name] if name else []), "-o", "json", "-n", self.namespace)
        )

    def arguments(self, name: str) -> list[str]:
        """Of a controller."""
        found: list[str] = self.get("deployment", name)["spec"]["template"]["spec"]["containers"][0]["args"]
        return found

    def ours(self, kinds: str) -> list[str]:
        """Names of objects of the release."""
        selector = f"app.kubernetes.io/instance={self.namespace}"
        names = self.cluster.kubectl("get", kinds, "-l", selector, "-o", "name", "-n", self.namespace)
        return [line for line in names.splitlines() if "/" in line]


@pytest.fixture
def release(own_cluster: RunningCluster) -> Iterator[Release]:
    """In a cluster of its own: Helm takes over no definitions that others made."""
    it = Release(own_cluster)
    labels = {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
    }
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": it.namespace, "labels": labels}}
    assert own_cluster.call("POST", "/api/v1/namespaces", body).code == 201
    soon(lambda: own_cluster.call("GET", f"/api/v1/namespaces/{it.namespace}/serviceaccounts/default").code == 200)
    yield it
    own_cluster.kubectl("delete", "namespace", it.namespace, "--wait=false")


CRDS = [f"{kind.DEFINITION.kind.plural}.{kind.DEFINITION.kind.group}" for kind in KINDS]


def test_the_life_of_a_release(release: Release) -> None:
    volumeless = {"nats": {"persistence": {"enabled": False}}}  # nobody provisions volumes here
    release.helm("install", "weir", str(CHART), "--wait", "--timeout=2m", values=volumeless)
    for name in NAMES:
        assert release.get("deployment", name)["status"]["readyReplicas"] == 1
    assert release.get("statefulset", "nats")["status"]["readyReplicas"] == 1
    assert "--default-service-account=default" in release.arguments("kustomize-controller")
    password = release.get("secret", "nats-auth")["data"]["password"]
    for name in CRDS:
        assert release.get("crd", name)["status"]["acceptedNames"]["kind"]
    release.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(kept(release.namespace)))

    changed: Body = {
        **volumeless,
        "logLevel": "debug",
        "notificationController": {"replicas": 2},
        "multitenancy": {"privileged": False},
    }
    release.helm("upgrade", "weir", str(CHART), "--wait", "--timeout=2m", values=changed)
    assert "--log-level=debug" in release.arguments("source-controller")
    assert release.get("deployment", "notification-controller")["status"]["readyReplicas"] == 2
    assert release.get("secret", "nats-auth")["data"]["password"] == password
    reconcilers = [name for name in release.ours("clusterrolebinding") if "cluster-reconciler" in name]
    assert [name.rpartition("/")[2] for name in reconcilers] == [f"cluster-reconciler-impersonator-{release.namespace}"]
    assert "--no-cross-namespace-refs=true" in release.arguments("kustomize-controller")

    release.helm("rollback", "weir", "1", "--wait", "--timeout=2m")
    assert "--log-level=info" in release.arguments("source-controller")
    assert release.get("deployment", "notification-controller")["spec"]["replicas"] == 1
    assert release.get("secret", "nats-auth")["data"]["password"] == password

    release.helm("uninstall", "weir", "--wait", "--timeout=2m")
    assert (
        release.ours("deploy,sts,svc,sa,cm,secret,netpol,pdb,quota,role,rolebinding,clusterrole,clusterrolebinding")
        == []
    )
    for name in CRDS:
        assert release.get("crd", name)
    assert release.get("gitrepositories", "kept")["spec"]["interval"] == "1h"


def kept(namespace: str) -> Body:
    """An object of a user."""
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": "kept", "namespace": namespace},
        "spec": {"interval": "1h", "url": "https://git.example/kept.git", "suspend": True},
    }


def test_definitions_are_upgraded_and_taken_over_again(release: Release) -> None:
    alone: Body = {f"{name}Controller": {"create": False} for name in ("kustomize", "notification")}
    crd = "gitrepositories.source.toolkit.fluxcd.io"
    release.helm("install", "weir", str(CHART), "--take-ownership", "--wait", values=alone)
    release.cluster.kubectl("label", "crd", crd, "app.kubernetes.io/version=v0.0.9", "--overwrite")
    release.helm(
        "upgrade",
        "weir",
        str(CHART),
        "--force-conflicts",
        "--wait",
        values={**alone, "crds": {"annotations": {"a": "b"}}},
    )
    metadata = release.get("crd", crd)["metadata"]
    assert metadata["labels"]["app.kubernetes.io/version"] == "v0.1.0"
    assert metadata["annotations"]["a"] == "b"
    release.helm("uninstall", "weir", "--wait")
    assert release.get("crd", crd)
    release.helm("install", "weir", str(CHART), "--take-ownership", "--wait", values=alone)
    release.helm("uninstall", "weir", "--wait")
