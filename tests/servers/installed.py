"""What an installation brings: our kinds, and an account for each controller with the rights that the chart gives."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.servers.cluster import RunningCluster, soon
from weir import manifests, rights
from weir.api.kinds import KINDS

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
Account = Callable[[str], Path]


@pytest.fixture(scope="session")
def definitions(cluster: RunningCluster) -> None:
    """The cluster serves our kinds."""
    for definition in manifests.crds():
        assert cluster.call("POST", _DEFINITIONS, definition).code in {201, 409}
    paths = [each.DEFINITION.kind.path() for each in KINDS]
    soon(lambda: all(cluster.call("GET", path).code == 200 for path in paths))


@pytest.fixture
def account(definitions: None, cluster: RunningCluster, namespace: str, tmp_path: Path) -> Iterator[Account]:
    """Makes a controller's account in the test's namespace; returns its kubeconfig."""
    everywhere = []

    @cache
    def make(name: str) -> Path:
        it = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}
        # The roles of people have labels, by which the cluster adds them to others: nobody here needs them.
        held = [body for body in rights.roles([name], namespace) if not body["metadata"]["labels"]]
        for body in (it, *held):
            assert cluster.call("POST", _collection(body), body).code == 201
            if "namespace" not in body["metadata"]:
                everywhere.append(f"{_collection(body)}/{body['metadata']['name']}")
        token = cluster.call("POST", f"{_collection(it)}/{name}/token", {"spec": {}}).body["status"]["token"]
        soon(lambda: _has_rights(cluster, token, namespace))
        file = tmp_path / f"{name}.kubeconfig"
        file.write_text(cluster.kubeconfig.read_text().replace(cluster.token, token))
        return file

    yield make
    for path in everywhere:
        cluster.call("DELETE", path)


def _collection(body: dict[str, Any]) -> str:
    """The path of the objects of the body's kind; all of them form their plural with an s."""
    version, metadata = body["apiVersion"], body["metadata"]
    place = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"/{'apis' if '/' in version else 'api'}/{version}{place}/{body['kind'].lower()}s"


def _has_rights(cluster: RunningCluster, token: str, namespace: str) -> bool:
    """Whether the cluster acts by role and binding yet, those of the namespace and those beyond it."""
    asked = (
        {"group": "coordination.k8s.io", "resource": "leases", "verb": "create", "namespace": namespace},
        {"resource": "events", "verb": "create"},
    )
    reviews = [cluster.call("POST", _REVIEWS, {"spec": {"resourceAttributes": it}}, token=token) for it in asked]
    return all(review.body["status"]["allowed"] for review in reviews)
