"""Other built-in kinds: what they refuse, and what is filled in."""

from typing import Any

from tests.conformance.api.objects import DRY, dry, pod, pod_of
from tests.conformance.api.steps import (
    Case,
    body,
    case,
    config,
    get,
    patch,
    post,
)


def _service(**spec: Any) -> dict[str, Any]:
    return body("v1", "Service", "a", spec=spec)


def _changed(path: str, obj: dict[str, Any], *changes: Any) -> Case:
    return case(post(path, obj), *(patch(f"{path}/a", each) for each in changes))


def _ingress(**spec: Any) -> dict[str, Any]:
    return body("networking.k8s.io/v1", "Ingress", "a", spec=spec)


def _path(**parts: Any) -> dict[str, Any]:
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}, **parts}
    return {"rules": [{"http": {"paths": [path]}}]}


CASES: dict[str, Case] = {
    "a volume claim that is wrong": dry(
        "persistentvolumeclaims",
        *(
            body("v1", "PersistentVolumeClaim", "a", spec=each)
            for each in (
                {},
                {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "0"}}},
                {"accessModes": ["ReadWriteOnce"], "volumeMode": "X", "resources": {"requests": {"storage": "1Gi"}}},
            )
        ),
    ),
    "a volume claim cannot change": _changed(
        "persistentvolumeclaims",
        body(
            "v1",
            "PersistentVolumeClaim",
            "a",
            spec={
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "none",
                "volumeName": "none",
                "resources": {"requests": {"storage": "1Gi"}},
            },
        ),
        {"spec": {"accessModes": ["ReadOnlyMany"]}},
        {"spec": {"resources": {"requests": {"storage": "500Mi"}}}},
        {"spec": {"storageClassName": "other"}},
    ),
    "a service account with secrets": case(
        post(
            "serviceaccounts",
            body(
                "v1",
                "ServiceAccount",
                "a",
                secrets=[{"name": "s"}],
                imagePullSecrets=[{"name": "p"}],
                automountServiceAccountToken=False,
            ),
        )
    ),
    "a lease that is wrong": dry(
        "leases",
        *(
            body("coordination.k8s.io/v1", "Lease", "a", spec=each)
            for each in (
                {"leaseDurationSeconds": 0},
                {"leaseTransitions": -1},
                {"acquireTime": "yesterday"},
                {"renewTime": "2026-01-01T00:00:00Z"},
                {"holderIdentity": "x", "leaseDurationSeconds": 15},
            )
        ),
    ),
    "a lease changes hands": _changed(
        "leases",
        body(
            "coordination.k8s.io/v1",
            "Lease",
            "a",
            spec={"holderIdentity": "x", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.123456Z"},
        ),
        {"spec": {"holderIdentity": "y", "leaseTransitions": 1}},
    ),
    "an event of another namespace": case(
        post("events", body("v1", "Event", "a", involvedObject={"kind": "Pod", "namespace": "other", "name": "p"})),
        post(
            "events",
            body(
                "v1",
                "Event",
                "b",
                involvedObject={"kind": "Pod", "namespace": "{ns}", "name": "p"},
                reason="R",
                message="m",
                type="Normal",
            ),
        ),
    ),
    "an event of the new group": case(
        post(
            "/apis/events.k8s.io/v1/namespaces/{ns}/events",
            body(
                "events.k8s.io/v1",
                "Event",
                "a",
                eventTime="2026-01-01T00:00:00.000000Z",
                reportingController="example.com/c",
                reportingInstance="i",
                action="A",
                reason="R",
                type="Normal",
                regarding={"kind": "Pod", "namespace": "{ns}", "name": "p"},
            ),
        ),
        get("events/a"),
        post("/apis/events.k8s.io/v1/namespaces/{ns}/events", body("events.k8s.io/v1", "Event", "b")),
    ),
    "a namespace with labels that are wrong": case(
        post("/api/v1/namespaces" + DRY, body("v1", "Namespace", "{ns}-x", meta={"labels": {"a b": "c"}})),
        post("/api/v1/namespaces" + DRY, body("v1", "Namespace", "{ns}-x")),
    ),
    "a cluster role that aggregates": case(
        post(
            "/apis/rbac.authorization.k8s.io/v1/clusterroles" + DRY,
            body(
                "rbac.authorization.k8s.io/v1",
                "ClusterRole",
                "{ns}",
                aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]},
            ),
        ),
        get("/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin"),
    ),
    "a priority class": case(
        post(
            "/apis/scheduling.k8s.io/v1/priorityclasses" + DRY,
            body("scheduling.k8s.io/v1", "PriorityClass", "system-x", value=5),
        ),
        post(
            "/apis/scheduling.k8s.io/v1/priorityclasses" + DRY,
            body("scheduling.k8s.io/v1", "PriorityClass", "x-{ns}", value=5),
        ),
    ),
    "a storage class": case(
        post("/apis/storage.k8s.io/v1/storageclasses" + DRY, body("storage.k8s.io/v1", "StorageClass", "x-{ns}")),
        post(
            "/apis/storage.k8s.io/v1/storageclasses" + DRY,
            body("storage.k8s.io/v1", "StorageClass", "x-{ns}", provisioner="example.com/p"),
        ),
    ),
    "warnings of what is deprecated": case(
        post("services" + DRY, _service(ports=[{"port": 80}], externalIPs=["1.2.3.4"])),
        post(
            "ingresses" + DRY,
            {**_ingress(**_path()), "metadata": {"name": "a", "annotations": {"kubernetes.io/ingress.class": "x"}}},
        ),
        post("pods" + DRY, body("v1", "Pod", "a", spec=pod(nodeSelector={"beta.kubernetes.io/os": "linux"}))),
        post(
            "pods" + DRY,
            body("v1", "Pod", "a", spec=pod_of(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])),
        ),
        get("/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers"),
        get("endpoints"),
    ),
    "zero values are not written": case(
        post(
            "services",
            _service(clusterIP="None", ports=[{"port": 80, "name": ""}], selector={}, publishNotReadyAddresses=False),
        ),
        post("configmaps", config(data={})),
    ),
    "a quota": dry(
        "resourcequotas",
        body("v1", "ResourceQuota", "a", spec={"hard": {"pods": "1", "cpu": "x"}}),
        body("v1", "ResourceQuota", "a", spec={"hard": {"pods": "1", "requests.cpu": 2}}),
        body("v1", "ResourceQuota", "a", spec={"hard": {"pods": "-1"}}),
    ),
    "a limit range": dry(
        "limitranges",
        body("v1", "LimitRange", "a", spec={"limits": [{"type": "Container", "default": {"cpu": "1"}}]}),
        body("v1", "LimitRange", "a", spec={"limits": [{"type": "X"}]}),
    ),
    "a controller revision and a pod template": dry(
        "controllerrevisions",
        body("apps/v1", "ControllerRevision", "a", revision=1, data={"a": 1}),
        body("apps/v1", "ControllerRevision", "a", revision=-1),
    ),
    "an endpoint slice": dry(
        "endpointslices",
        body("discovery.k8s.io/v1", "EndpointSlice", "a", addressType="X", endpoints=[]),
        body("discovery.k8s.io/v1", "EndpointSlice", "a", addressType="IPv4", endpoints=[{"addresses": []}]),
        body(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            "a",
            addressType="IPv4",
            endpoints=[{"addresses": ["x"]}],
            ports=[{"port": 80}],
        ),
    ),
}
