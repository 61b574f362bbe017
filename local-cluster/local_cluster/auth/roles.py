"""The roles and bindings that every cluster starts with: of the API server's own, those that people use."""

from typing import Any

Body = dict[str, Any]
GROUP = "rbac.authorization.k8s.io"
_BOOTSTRAPPING = {"kubernetes.io/bootstrapping": "rbac-defaults"}
_AUTOUPDATE = {"rbac.authorization.kubernetes.io/autoupdate": "true"}
_AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-"

_READ = ["get", "list", "watch"]
_WRITE = ["create", "delete", "deletecollection", "patch", "update"]
_ALL = sorted([*_WRITE, *_READ])


def _rule(groups: str, resources: str, verbs: list[str]) -> Body:
    """`groups` and `resources` are separated by spaces; `core` is the core group."""
    named = ["" if group == "core" else group for group in groups.split()]
    return {"verbs": verbs, "apiGroups": named, "resources": resources.split()}


def _paths(paths: str) -> Body:
    return {"verbs": ["get"], "nonResourceURLs": paths.split()}


_VIEWED = [
    (
        "core",
        (
            "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers "
            "replicationcontrollers/scale serviceaccounts services services/status"
        ),
    ),
    (
        "core",
        (
            "bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status "
            "resourcequotas resourcequotas/status"
        ),
    ),
    ("core", "namespaces"),
    ("core events.k8s.io", "events"),
    ("discovery.k8s.io", "endpointslices"),
    (
        "apps",
        (
            "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status "
            "replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status"
        ),
    ),
    ("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
    ("batch", "cronjobs cronjobs/status jobs jobs/status"),
    (
        "extensions",
        (
            "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status "
            "networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale"
        ),
    ),
    ("policy", "poddisruptionbudgets poddisruptionbudgets/status"),
    ("networking.k8s.io", "ingresses ingresses/status networkpolicies"),
    ("resource.k8s.io", "resourceclaims resourceclaims/status resourceclaimtemplates"),
]
_VIEW = [_rule(group, resources, _READ) for group, resources in _VIEWED]
_EDIT = [
    _rule("core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy", _READ),
    _rule("core", "serviceaccounts", ["impersonate"]),
    _rule("core", "pods pods/attach pods/exec pods/portforward pods/proxy", _WRITE),
    _rule("core", "pods/eviction", ["create"]),
    _rule(
        "core",
        (
            "configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets "
            "serviceaccounts services services/proxy"
        ),
        _WRITE,
    ),
    _rule("core", "serviceaccounts/token", ["create"]),
    _rule("core events.k8s.io", "events", _WRITE),
    _rule(
        "apps",
        (
            "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets "
            "statefulsets/scale"
        ),
        _WRITE,
    ),
    _rule("autoscaling", "horizontalpodautoscalers", _WRITE),
    _rule("batch", "cronjobs jobs", _WRITE),
    _rule(
        "extensions",
        (
            "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets "
            "replicasets/scale replicationcontrollers/scale"
        ),
        _WRITE,
    ),
    _rule("policy", "poddisruptionbudgets", _WRITE),
    _rule("networking.k8s.io", "ingresses networkpolicies", _WRITE),
    _rule("coordination.k8s.io", "leases", _ALL),
    _rule("resource.k8s.io", "resourceclaims resourceclaimtemplates", _WRITE),
]
_ADMIN = [
    _rule("authorization.k8s.io", "localsubjectaccessreviews", ["create"]),
    _rule(GROUP, "rolebindings roles", _ALL),
]


def _role(name: str, rules: list[Body], labels: dict[str, str] | None = None) -> Body:
    metadata = {"name": name, "labels": {**_BOOTSTRAPPING, **(labels or {})}, "annotations": _AUTOUPDATE}
    return {"apiVersion": f"{GROUP}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules}


def _aggregating(name: str) -> Body:
    chosen = {"clusterRoleSelectors": [{"matchLabels": {f"{_AGGREGATE}{name}": "true"}}]}
    labels = {"view": {f"{_AGGREGATE}edit": "true"}, "edit": {f"{_AGGREGATE}admin": "true"}}.get(name, {})
    return _role(name, [], labels) | {"aggregationRule": chosen}


CLUSTER_ROLES: tuple[Body, ...] = (
    _role("cluster-admin", [_rule("*", "*", ["*"]), {"verbs": ["*"], "nonResourceURLs": ["*"]}]),
    _aggregating("admin"),
    _aggregating("edit"),
    _aggregating("view"),
    _role("system:aggregate-to-admin", _ADMIN, {f"{_AGGREGATE}admin": "true"}),
    _role("system:aggregate-to-edit", _EDIT, {f"{_AGGREGATE}edit": "true"}),
    _role("system:aggregate-to-view", _VIEW, {f"{_AGGREGATE}view": "true"}),
    _role(
        "system:basic-user",
        [
            _rule("authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews", ["create"]),
            _rule("authentication.k8s.io", "selfsubjectreviews", ["create"]),
        ],
    ),
    _role(
        "system:discovery",
        [_paths("/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/")],
    ),
    _role("system:public-info-viewer", [_paths("/healthz /livez /readyz /version /version/")]),
    _role(
        "system:auth-delegator",
        [
            _rule("authentication.k8s.io", "tokenreviews", ["create"]),
            _rule("authorization.k8s.io", "subjectaccessreviews", ["create"]),
        ],
    ),
    _role(
        "system:monitoring",
        [
            _paths("/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz"),
            _rule("core", "nodes/metrics", ["get"]),
        ],
    ),
)


def _binding(role: str, *groups: str) -> Body:
    metadata = {"name": role, "labels": _BOOTSTRAPPING, "annotations": _AUTOUPDATE}
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": GROUP, "kind": "Group", "name": group} for group in groups],
    }


CLUSTER_ROLE_BINDINGS: tuple[Body, ...] = (
    _binding("cluster-admin", "system:masters"),
    _binding("system:basic-user", "system:authenticated"),
    _binding("system:discovery", "system:authenticated"),
    _binding("system:public-info-viewer", "system:authenticated", "system:unauthenticated"),
    _binding("system:monitoring", "system:monitoring"),
)
