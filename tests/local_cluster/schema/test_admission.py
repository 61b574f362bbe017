"""What an update keeps of the stored object although it does not say it."""

import copy
from typing import Any

import pytest

from local_cluster.schema import builtin
from weir.api.base import Kind


def service(**spec: Any) -> dict[str, Any]:
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}
    return {
        **body,
        "spec": {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster", **spec},
    }


def port(**more: Any) -> dict[str, Any]:
    return {"port": 80, "targetPort": 80, "protocol": "TCP", **more}


ADDRESSES = {
    "clusterIP": "10.96.0.7",
    "clusterIPs": ["10.96.0.7"],
    "ipFamilies": ["IPv4"],
    "ipFamilyPolicy": "SingleStack",
}
OUTSIDE = {"type": "NodePort", "externalTrafficPolicy": "Cluster"}


def daemon_set(image: str, generation: str = "") -> dict[str, Any]:
    annotations = {"annotations": {"deprecated.daemonset.template.generation": generation}} if generation else {}
    template = {"spec": {"containers": [{"name": "c", "image": image}]}}
    body = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "x", **annotations}}
    return {**body, "spec": {"template": template}}


def namespace(*finalizers: str) -> dict[str, Any]:
    metadata = {"name": "x", "labels": {"kubernetes.io/metadata.name": "x"}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "spec": {"finalizers": list(finalizers)}}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "a Service keeps its addresses": (
        service(ports=[port()], **ADDRESSES),
        service(ports=[port()]),
        service(ports=[port()], **ADDRESSES),
    ),
    "a Service keeps its node ports": (
        service(ports=[port(nodePort=30001)], **ADDRESSES, **OUTSIDE),
        service(ports=[port()], **OUTSIDE),
        service(ports=[port(nodePort=30001)], **ADDRESSES, **OUTSIDE),
    ),
    "a Namespace keeps its finalizers": (
        namespace("kubernetes"),
        namespace(),
        namespace("kubernetes") | {"status": {"phase": "Active"}},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_an_update_keeps(case: str) -> None:
    old, new, expected = (copy.deepcopy(part) for part in CASES[case])
    schema = builtin(Kind("", "v1", new["kind"], ""))
    schema.default(new)
    schema.keep(new, old)
    expected.setdefault("status", {"loadBalancer": {}})
    assert new == expected


@pytest.mark.parametrize(("image", "expected"), [("i:1", "4"), ("i:2", "5")])
def test_a_daemon_set_counts_the_changes_of_its_template(image: str, expected: str) -> None:
    schema = builtin(Kind("apps", "v1", "DaemonSet", ""))
    old, new = daemon_set("i:1", "4"), daemon_set(image)
    schema.default(old)
    schema.default(new)
    schema.keep(new, old)
    assert new["metadata"]["annotations"] == {"deprecated.daemonset.template.generation": expected}
