"""Values: what is wrong is refused by name, and what is left open is decided by what is there."""

from typing import Any

import pytest

from tests.charts.documented import Body
from tests.e2e.charts.helm import CHART, render, run
from tests.servers.cluster import RunningCluster
from weir.kube.client import Client

REFUSED: dict[str, tuple[Body, str]] = {
    "a misspelt key": ({"sourceControler": {}}, "at '': additional properties 'sourceControler' not allowed"),
    "a misspelt key further in": (
        {"sourceController": {"replica": 2}},
        "at '/sourceController': additional properties 'replica' not allowed",
    ),
    "a word that is none of those": (
        {"logLevel": "verbose"},
        "at '/logLevel': value must be one of 'debug', 'error', 'info', 'trace'",
    ),
    "a text for a number": (
        {"kustomizeController": {"replicas": "2"}},
        "at '/kustomizeController/replicas': got string, want integer",
    ),
    "a number below the least": (
        {"kustomizeController": {"build": {"memory": 64}}},
        "at '/kustomizeController/build/memory': minimum: got 64, want 256",
    ),
    "two servers of NATS": ({"nats": {"replicas": 2}}, "at '/nats/replicas': value must be one of 1, 3"),
    "a tag that is none": (
        {"sourceController": {"tag": "a b"}},
        "at '/sourceController/tag': 'a b' does not match pattern",
    ),
    "a quantity that is none": (
        {"nats": {"persistence": {"size": "2 GB"}}},
        "at '/nats/persistence/size': '2 GB' does not match pattern",
    ),
    "a controller that is not there": (
        {"helmController": {"create": True}},
        "at '/helmController/create': value must be false",
    ),
    "a mount without a Secret": (
        {"kustomizeController": {"extraSecretMounts": [{"name": "a", "mountPath": "/a"}]}},
        "at '/kustomizeController/extraSecretMounts/0': missing property 'secretName'",
    ),
    "replicas that share nothing": (
        {"sourceController": {"replicas": 2}},
        "sourceController.replicas above 1 need a bucket that they share: sourceController.storage.url",
    ),
    "a NATS of one's own that nobody named": (
        {"nats": {"create": False}},
        "without nats.create the notification-controller needs nats.url and nats.auth.existingSecret",
    ),
    "rights of a namespace for all namespaces": (
        {"rbac": {"scope": "namespace"}},
        "rbac.scope: namespace needs watchAllNamespaces: false",
    ),
    "a Secret without a name": (
        {"kustomizeController": {"secret": {"create": True}}},
        "kustomizeController.secret.name is needed with kustomizeController.secret.create",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_values_are_refused_by_name(case: str) -> None:
    values, message = REFUSED[case]
    said = run("template", "weir", str(CHART), values=values, check=False)
    assert message in said
    assert "kind: Deployment" not in said


async def test_an_open_installation_that_is_there_stays_open(
    cluster: RunningCluster, kube: Client, namespace: str
) -> None:
    there = ("--namespace", namespace, "--kubeconfig", str(cluster.kubeconfig))
    dry = ("--dry-run=server", "--output=json", "--take-ownership")

    def locks(**values: Any) -> int:
        said = run("upgrade", "--install", "weir", str(CHART), *there, *dry, values={"installCRDs": False, **values})
        return said.count("--no-cross-namespace-refs=true")

    assert locks() == 2
    body = render({"multitenancy": {"enabled": False}}, namespace)["Deployment", "kustomize-controller"]
    kind = await kube.discovery.kind("apps/v1", "Deployment")
    await kube.apply(kind, body, name="kustomize-controller", namespace=namespace, manager="test")
    assert locks() == 0
    assert locks(multitenancy={"enabled": True}) == 2
