"""Owners and dependents, namespaces that go, Pods that end."""

from typing import Any

import pytest

from tests.servers.cluster import RunningCluster, soon


def maps(namespace: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps" + (f"/{name}" if name else "")


def put(cluster: RunningCluster, namespace: str, name: str, *owners: dict[str, Any], blocks: bool = False) -> Any:
    references = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": blocks,
        }
        for owner in owners
    ]
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "ownerReferences": references}}
    return cluster.call("POST", maps(namespace), body).body


def there(cluster: RunningCluster, namespace: str, name: str) -> bool:
    return cluster.call("GET", maps(namespace, name)).code == 200


def test_dependents_follow_in_the_background(cluster: RunningCluster, namespace: str) -> None:
    owner = put(cluster, namespace, "owner")
    put(cluster, namespace, "child", owner)
    cluster.call("DELETE", maps(namespace, "owner"), {"propagationPolicy": "Background"})
    assert not there(cluster, namespace, "owner")
    soon(lambda: not there(cluster, namespace, "child"))


def test_the_owner_waits_in_the_foreground(cluster: RunningCluster, namespace: str) -> None:
    owner = put(cluster, namespace, "owner")
    child = put(cluster, namespace, "child", owner, blocks=True)
    held = {"metadata": {"finalizers": ["example.org/hold"]}}
    merge = {"Content-Type": "application/merge-patch+json"}
    cluster.call("PATCH", maps(namespace, "child"), held, headers=merge)
    marked = cluster.call("DELETE", maps(namespace, "owner"), {"propagationPolicy": "Foreground"}).body
    assert marked["metadata"]["finalizers"] == ["foregroundDeletion"]
    soon(
        lambda: "deletionTimestamp" in cluster.call("GET", maps(namespace, child["metadata"]["name"])).body["metadata"]
    )
    assert there(cluster, namespace, "owner")
    cluster.call("PATCH", maps(namespace, "child"), {"metadata": {"finalizers": None}}, headers=merge)
    soon(lambda: not there(cluster, namespace, "owner"))


def test_orphans_stay(cluster: RunningCluster, namespace: str) -> None:
    owner = put(cluster, namespace, "owner")
    put(cluster, namespace, "child", owner)
    cluster.call("DELETE", maps(namespace, "owner"), {"propagationPolicy": "Orphan"})
    soon(lambda: not there(cluster, namespace, "owner"))
    assert "ownerReferences" not in cluster.call("GET", maps(namespace, "child")).body["metadata"]


def test_one_of_two_owners_goes(cluster: RunningCluster, namespace: str) -> None:
    first, second = put(cluster, namespace, "first"), put(cluster, namespace, "second")
    put(cluster, namespace, "child", first, second)
    cluster.call("DELETE", maps(namespace, "first"))

    def owners() -> list[str]:
        body = cluster.call("GET", maps(namespace, "child")).body
        return [each["name"] for each in body["metadata"].get("ownerReferences", ())]

    soon(lambda: owners() == ["second"])


def test_a_dependent_of_nobody_goes(cluster: RunningCluster, namespace: str) -> None:
    put(cluster, namespace, "child", {"metadata": {"name": "never", "uid": "0"}})
    soon(lambda: not there(cluster, namespace, "child"))


def test_an_unknown_propagation_policy(cluster: RunningCluster, namespace: str) -> None:
    put(cluster, namespace, "a")
    answer = cluster.call("DELETE", maps(namespace, "a"), {"propagationPolicy": "Sideways"})
    assert answer.code == 422
    assert there(cluster, namespace, "a")


@pytest.fixture
def leaving(cluster: RunningCluster, namespace: str) -> str:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "held", "finalizers": ["example.org/hold"]}}
    cluster.call("POST", maps(namespace), body)
    answer = cluster.call("DELETE", f"/api/v1/namespaces/{namespace}")
    assert (answer.code, answer.body["status"]["phase"]) == (200, "Terminating")
    return namespace


def test_a_namespace_goes_when_it_is_empty(cluster: RunningCluster, leaving: str) -> None:
    url = f"/api/v1/namespaces/{leaving}"
    soon(lambda: len(cluster.call("GET", url).body["status"].get("conditions", ())) == 5)
    conditions = {each["type"]: each for each in cluster.call("GET", url).body["status"]["conditions"]}
    assert conditions["NamespaceContentRemaining"]["message"] == (
        "Some resources are remaining: configmaps. has 1 resource instances"
    )
    assert conditions["NamespaceFinalizersRemaining"]["message"] == (
        "Some content in the namespace has finalizers remaining: example.org/hold in 1 resource instances"
    )
    merge = {"Content-Type": "application/merge-patch+json"}
    cluster.call("PATCH", maps(leaving, "held"), {"metadata": {"finalizers": None}}, headers=merge)
    soon(lambda: cluster.call("GET", url).code == 404)


def test_nothing_new_in_a_namespace_that_goes(cluster: RunningCluster, leaving: str) -> None:
    refused = cluster.call("POST", maps(leaving), {"metadata": {"name": "late"}})
    assert refused.code == 403
    assert refused.body["message"] == (
        f'configmaps "late" is forbidden: unable to create new content in namespace {leaving} because it is being '
        "terminated"
    )
    assert refused.body["details"]["causes"] == [
        {
            "reason": "NamespaceTerminating",
            "message": f"namespace {leaving} is being terminated",
            "field": "metadata.namespace",
        }
    ]
    merge = {"Content-Type": "application/merge-patch+json"}
    cluster.call("PATCH", maps(leaving, "held"), {"metadata": {"finalizers": None}}, headers=merge)


def test_a_new_namespace_is_furnished(cluster: RunningCluster, namespace: str) -> None:
    authority = cluster.call("GET", maps(namespace, "kube-root-ca.crt")).body["data"]["ca.crt"]
    assert authority == cluster.authority
    url = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
    first = cluster.call("GET", url).body["metadata"]["uid"]
    cluster.call("DELETE", url)
    soon(lambda: cluster.call("GET", url).code == 200)
    assert cluster.call("GET", url).body["metadata"]["uid"] != first


def test_claims_and_workloads_hold_no_namespace_up(cluster: RunningCluster, namespace: str) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "c"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    assert cluster.call("POST", f"/api/v1/namespaces/{namespace}/persistentvolumeclaims", claim).code == 201
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}
    url = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    assert cluster.call("POST", url, body).code == 201
    soon(lambda: cluster.call("GET", f"{url}/a").body["status"].get("readyReplicas") == 2)
    cluster.call("DELETE", f"/api/v1/namespaces/{namespace}")
    soon(lambda: cluster.call("GET", f"/api/v1/namespaces/{namespace}").code == 404)


def test_the_namespaces_of_the_system_stay(cluster: RunningCluster) -> None:
    refused = cluster.call("DELETE", "/api/v1/namespaces/default")
    assert refused.code == 403
    assert refused.body["message"] == 'namespaces "default" is forbidden: this namespace may not be deleted'
