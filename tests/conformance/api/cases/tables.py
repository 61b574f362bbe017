"""Metadata alone, tables with their columns, YAML."""

from typing import Any

from tests.conformance.api.steps import (
    PARTIAL,
    PARTIAL_LIST,
    TABLE,
    Call,
    Case,
    as_user,
    at,
    body,
    case,
    config,
    get,
    patch,
    post,
    widget,
)

_X = {"labels": {"x": "1"}}


def _columns(path: str, obj: dict[str, Any]) -> Case:
    headers = {"Accept": TABLE, "Content-Type": "application/json"}
    return case(Call("POST", at(f"{path}?dryRun=All"), obj, headers))


_POD = body("v1", "Pod", "a", spec={"containers": [{"name": "c", "image": "i"}], "nodeSelector": {"no": "where"}})

CASES: dict[str, Case] = {
    "metadata alone": case(
        post("configmaps", config(data={"k": "v"}, meta=_X)),
        get("configmaps/a", PARTIAL),
        get("configmaps?labelSelector=x", PARTIAL_LIST),
        get("configmaps?labelSelector=x", PARTIAL),
        get("configmaps/a", PARTIAL_LIST),
    ),
    "metadata of custom resources": case(
        post("widgets", widget(spec={"size": 1})), get("widgets/a", PARTIAL), get("widgets?limit=1", PARTIAL_LIST)
    ),
    "metadata of a write": case(
        Call(
            "POST",
            "/api/v1/namespaces/{ns}/configmaps",
            config(),
            {"Accept": PARTIAL, "Content-Type": "application/json"},
        ),
        Call(
            "PATCH",
            "/api/v1/namespaces/{ns}/configmaps/a",
            {"data": {"a": "b"}},
            {"Accept": PARTIAL, "Content-Type": "application/merge-patch+json"},
        ),
        Call("DELETE", "/api/v1/namespaces/{ns}/configmaps/a", None, {"Accept": PARTIAL}),
    ),
    "a table that cannot be": case(
        get("configmaps/kube-root-ca.crt", "application/json;as=Chart;v=v1;g=meta.k8s.io"),
        get("configmaps/kube-root-ca.crt", "application/json;as=Table;v=v9;g=meta.k8s.io"),
        get("configmaps/kube-root-ca.crt", "text/html"),
        get("configmaps/kube-root-ca.crt", "application/json;as=Chart;v=v1;g=meta.k8s.io, application/json"),
        get("configmaps/none", TABLE),
    ),
    "tables carry what is asked": case(
        post("configmaps", config(data={"k": "v"}, meta=_X)),
        get("configmaps?labelSelector=x&includeObject=Object", TABLE),
        get("configmaps?labelSelector=x&includeObject=None", TABLE),
        get("configmaps?labelSelector=x&includeObject=Some", TABLE),
        get("configmaps?labelSelector=x&limit=1", TABLE),
    ),
    "columns of a config map": _columns("configmaps", config(data={"a": "1", "b": "2"})),
    "columns of a secret": _columns("secrets", body("v1", "Secret", "a", stringData={"a": "1"})),
    "columns of a service": _columns(
        "services",
        body(
            "v1",
            "Service",
            "a",
            spec={
                "clusterIP": "None",
                "selector": {"b": "c", "a": "b"},
                "ports": [{"port": 80, "name": "x"}, {"port": 53, "protocol": "UDP", "name": "y"}],
            },
        ),
    ),
    "columns of an external service": _columns(
        "services", body("v1", "Service", "a", spec={"type": "ExternalName", "externalName": "x.y"})
    ),
    "columns of a service account": _columns("serviceaccounts", body("v1", "ServiceAccount", "a")),
    "columns of a pod": _columns("pods", _POD),
    "columns of an ingress": _columns(
        "ingresses",
        body(
            "networking.k8s.io/v1",
            "Ingress",
            "a",
            spec={
                "ingressClassName": "nginx",
                "tls": [{"hosts": ["x.y"], "secretName": "s"}],
                "rules": [
                    {
                        "host": "x.y",
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "s", "port": {"number": 80}}},
                                }
                            ]
                        },
                    }
                ],
            },
        ),
    ),
    "columns of a network policy": _columns(
        "networkpolicies",
        body("networking.k8s.io/v1", "NetworkPolicy", "a", spec={"podSelector": {"matchLabels": {"a": "b"}}}),
    ),
    "columns of a role": _columns(
        "roles",
        body(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "a",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        ),
    ),
    "columns of a role binding": _columns(
        "rolebindings",
        body(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "a",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            subjects=[
                {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "u"},
                {"kind": "ServiceAccount", "name": "s", "namespace": "n"},
            ],
        ),
    ),
    "columns of a volume claim": _columns(
        "persistentvolumeclaims",
        body(
            "v1",
            "PersistentVolumeClaim",
            "a",
            spec={
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "none",
                "resources": {"requests": {"storage": "1Gi"}},
            },
        ),
    ),
    "columns of a cron job": _columns(
        "cronjobs",
        body(
            "batch/v1",
            "CronJob",
            "a",
            spec={
                "schedule": "0 0 1 1 *",
                "suspend": True,
                "jobTemplate": {
                    "spec": {
                        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
                    }
                },
            },
        ),
    ),
    "columns of an autoscaler": _columns(
        "horizontalpodautoscalers",
        body(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "a",
            spec={"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}},
        ),
    ),
    "columns of a disruption budget": _columns(
        "poddisruptionbudgets",
        body(
            "policy/v1", "PodDisruptionBudget", "a", spec={"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}
        ),
    ),
    "columns of a lease": _columns(
        "leases", body("coordination.k8s.io/v1", "Lease", "a", spec={"holderIdentity": "x"})
    ),
    "columns of a quota and a limit": case(
        post("limitranges", body("v1", "LimitRange", "a", spec={"limits": [{"type": "Pod", "max": {"cpu": "1"}}]})),
        get("limitranges/a", TABLE),
    ),
    "columns of endpoint slices": _columns(
        "endpointslices",
        body(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            "a",
            addressType="IPv4",
            ports=[{"port": 80, "name": "x"}],
            endpoints=[{"addresses": ["1.2.3.4"]}],
        ),
    ),
    "columns of an event": _columns(
        "events",
        body(
            "v1",
            "Event",
            "a",
            involvedObject={"kind": "Pod", "namespace": "{ns}", "name": "p"},
            reason="Because",
            message="It is so",
            type="Normal",
            source={"component": "c"},
            firstTimestamp="2026-01-01T00:00:00Z",
            lastTimestamp="2026-01-01T00:00:00Z",
            count=2,
        ),
    ),
    "columns of a custom resource": case(
        post(
            "widgets",
            widget(spec={"size": 1, "on": True, "when": "2026-01-01T00:00:00Z", "ports": [{"port": 1}, {"port": 2}]}),
        ),
        post("widgets", widget("b", spec={"size": 2})),
        patch("widgets/a/status", {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        get("widgets", TABLE),
    ),
    "columns of a custom resource without any": case(
        post("gadgets", body("conformance.example.com/v1", "Gadget", "a")), get("gadgets", TABLE)
    ),
    "columns of a namespace and a definition": case(
        get("/api/v1/namespaces/{ns}", TABLE),
        get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.conformance.example.com", TABLE),
    ),
    "columns of what answers to a review": case(
        Call(
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            {
                "kind": "SelfSubjectAccessReview",
                "apiVersion": "authorization.k8s.io/v1",
                "spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}},
            },
            {"Accept": TABLE, "Content-Type": "application/json"},
        )
    ),
    "YAML is spoken": case(
        post(
            "configmaps",
            b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {k: 'yes'}\n",
            "application/yaml",
        ),
        get("configmaps/a", "application/yaml"),
        post("configmaps", b"a: [", "application/yaml"),
        post(
            "configmaps?fieldValidation=Strict",
            b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: b}\ndata: {k: v, k: w}\n",
            "application/yaml",
        ),
        post(
            "configmaps",
            b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: b}\nother: 1\ndata: {k: v, k: w}\n",
            "application/yaml",
        ),
    ),
    "a list for someone who may not": case(
        as_user("nobody", get("configmaps")),
        as_user("nobody", get("configmaps?watch=1")),
        as_user("nobody", get("/api/v1/configmaps")),
        as_user("nobody", get("configmaps/a")),
    ),
}
