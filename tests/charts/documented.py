"""Kustomize patches as documented for Flux, which users have: each gives the intended flag or object.

They address containers, arguments, volumes and rules by number (`spec/cli-and-ui.md` 2.5).
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

NAMES = ("source-controller", "kustomize-controller", "notification-controller")

Body = dict[str, Any]
Found = dict[tuple[str, str], Body]
"""Objects by kind and name."""


class Case(NamedTuple):
    """What is looked at when a kustomization has these patches, and is to be found there."""

    patches: list[Body]
    look: Callable[[Found], Any]
    wanted: Any
    more: Body = {}
    """What else the kustomization has."""


def container(found: Found, name: str) -> Body:
    """The container of a controller."""
    it: Body = found["Deployment", name]["spec"]["template"]["spec"]["containers"][0]
    return it


def patch(kind: str, name: str, *operations: Body) -> Body:
    return {"target": {"kind": kind, "name": name}, "patch": json.dumps(operations)}


def add(path: str, value: Any) -> Body:
    return {"op": "add", "path": path, "value": value}


def replace(path: str, value: Any) -> Body:
    return {"op": "replace", "path": path, "value": value}


def delete(kind: str, name: str = ".*") -> Body:
    body = {"apiVersion": "v1", "kind": "x", "metadata": {"name": "x"}, "$patch": "delete"}
    return {"target": {"kind": kind, "name": name}, "patch": json.dumps(body)}


MANAGER = "/spec/template/spec/containers/0"
ALL = "(source-controller|kustomize-controller|notification-controller)"
ROLE = "crd-controller-flux-system"
SHARD = "source-controller-shard1"
_NO_SHARD_HAS = (
    "Namespace|CustomResourceDefinition|ClusterRole|ClusterRoleBinding|Role|RoleBinding|ServiceAccount|NetworkPolicy"
)


def args(found: Found, name: str) -> list[str]:
    it: list[str] = container(found, name)["args"]
    return it


def pod(found: Found, name: str) -> Body:
    it: Body = found["Deployment", name]["spec"]["template"]["spec"]
    return it


def resources(found: Found) -> list[str]:
    return [rule["resources"][0] for rule in found["ClusterRole", ROLE]["rules"]]


TENANCY = [
    patch(
        "Deployment",
        "(kustomize-controller|notification-controller)",
        add(f"{MANAGER}/args/-", "--no-cross-namespace-refs=true"),
    ),
    patch("Deployment", "kustomize-controller", add(f"{MANAGER}/args/-", "--no-remote-bases=true")),
    patch("Deployment", "kustomize-controller", add(f"{MANAGER}/args/-", "--default-service-account=default")),
]

CASES: dict[str, Case] = {
    "a flag is added": Case(
        [patch("Deployment", "source-controller", add(f"{MANAGER}/args/-", "--concurrent=5"))],
        lambda found: args(found, "source-controller")[-1],
        "--concurrent=5",
    ),
    "all controllers by label": Case(
        [
            {
                "target": {"kind": "Deployment", "labelSelector": "app.kubernetes.io/part-of=flux"},
                "patch": json.dumps([add(f"{MANAGER}/args/-", "--log-level=debug")]),
            }
        ],
        lambda found: [args(found, name)[-1] for name in NAMES],
        ["--log-level=debug"] * 3,
    ),
    "the first argument is the address of events": Case(
        [patch("Deployment", "(source|kustomize)-controller", replace(f"{MANAGER}/args/0", "--events-addr=http://e/"))],
        lambda found: [args(found, name)[:3] for name in ("source-controller", "kustomize-controller")],
        [["--events-addr=http://e/", "--watch-all-namespaces=true", "--log-level=info"]] * 2,
    ),
    "the second says which namespaces, the third how much is logged": Case(
        [
            patch(
                "Deployment",
                "(source|kustomize)-controller",
                {"op": "test", "path": f"{MANAGER}/args/1", "value": "--watch-all-namespaces=true"},
                replace(f"{MANAGER}/args/1", "--watch-all-namespaces=false"),
                replace(f"{MANAGER}/args/2", "--log-level=error"),
            )
        ],
        lambda found: [args(found, name)[1:5] for name in ("source-controller", "kustomize-controller")],
        [["--watch-all-namespaces=false", "--log-level=error", "--log-encoding=json", "--enable-leader-election"]] * 2,
    ),
    "of the notification-controller it is the first two": Case(
        [
            patch(
                "Deployment",
                "notification-controller",
                replace(f"{MANAGER}/args/0", "--watch-all-namespaces=false"),
                replace(f"{MANAGER}/args/1", "--log-level=error"),
            )
        ],
        lambda found: args(found, "notification-controller")[:4],
        ["--watch-all-namespaces=false", "--log-level=error", "--log-encoding=json", "--enable-leader-election"],
    ),
    "artifacts elsewhere": Case(
        [
            patch(
                "Deployment",
                "source-controller",
                replace(f"{MANAGER}/args/5", "--storage-path=/artifacts"),
                replace(f"{MANAGER}/args/6", "--storage-adv-addr=artifacts.example"),
            )
        ],
        lambda found: args(found, "source-controller")[4:],
        ["--enable-leader-election", "--storage-path=/artifacts", "--storage-adv-addr=artifacts.example"],
    ),
    "tenants are locked in": Case(
        TENANCY,
        lambda found: [[it for it in args(found, name) if "--no-" in it or "--default" in it] for name in NAMES],
        [
            [],
            ["--no-cross-namespace-refs=true", "--no-remote-bases=true", "--default-service-account=default"],
            ["--no-cross-namespace-refs=true"],
        ],
    ),
    "builds in memory": Case(
        [
            patch(
                "Deployment",
                "kustomize-controller",
                {"op": "test", "path": "/spec/template/spec/volumes/0/name", "value": "temp"},
                replace("/spec/template/spec/volumes/0", {"name": "temp", "emptyDir": {"medium": "Memory"}}),
            )
        ],
        lambda found: pod(found, "kustomize-controller")["volumes"],
        [{"name": "temp", "emptyDir": {"medium": "Memory"}}],
    ),
    "artifacts on a claim": Case(
        [
            patch(
                "Deployment",
                "source-controller",
                add(
                    "/spec/template/spec/volumes/-", {"name": "kept", "persistentVolumeClaim": {"claimName": "gitops"}}
                ),
                replace(f"{MANAGER}/volumeMounts/0", {"name": "kept", "mountPath": "/data"}),
            )
        ],
        lambda found: (
            pod(found, "source-controller")["volumes"][-1]["persistentVolumeClaim"],
            container(found, "source-controller")["volumeMounts"],
        ),
        ({"claimName": "gitops"}, [{"name": "kept", "mountPath": "/data"}, {"name": "tmp", "mountPath": "/tmp"}]),
    ),
    "a proxy in the environment": Case(
        [
            patch(
                "Deployment",
                ALL,
                add(f"{MANAGER}/env/-", {"name": "HTTPS_PROXY", "value": "http://proxy.example:3129"}),
            ),
        ],
        lambda found: [container(found, name)["env"][-1]["name"] for name in NAMES],
        ["HTTPS_PROXY"] * 3,
    ),
    "more resources": Case(
        [
            {
                "target": {"kind": "Deployment", "name": ALL},
                "patch": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: all}
spec:
  template:
    spec:
      containers:
        - name: manager
          resources: {limits: {memory: 4Gi}}
""",
            }
        ],
        lambda found: [container(found, name)["resources"]["limits"]["memory"] for name in NAMES],
        ["4Gi"] * 3,
    ),
    "an identity of the cloud": Case(
        [
            {
                "target": {"kind": "ServiceAccount", "name": "(source|kustomize)-controller"},
                "patch": "{apiVersion: v1, kind: ServiceAccount, metadata: {name: x, annotations: {role: reader}}}",
            }
        ],
        lambda found: [found["ServiceAccount", name]["metadata"].get("annotations") for name in NAMES],
        [{"role": "reader"}, {"role": "reader"}, None],
    ),
    "no tokens, by a patch that knows what it removes": Case(
        [
            patch(
                "ClusterRole",
                "crd-controller-.*",
                {"op": "test", "path": "/rules/11/resources", "value": ["serviceaccounts/token"]},
                {"op": "remove", "path": "/rules/11"},
            )
        ],
        lambda found: resources(found)[6:],
        ["secrets", "events", "configmaps", "configmaps/status", "leases"],
    ),
    "no tokens, by the patch documented of old: what goes is the right to read leases, which the Role has": Case(
        [patch("ClusterRole", "crd-controller-.*", {"op": "remove", "path": "/rules/10"})],
        lambda found: (
            "leases" in resources(found),
            [rule["verbs"] for rule in found["Role", "kustomize-controller"]["rules"]],
        ),
        (False, [["get", "create", "patch"]]),
    ),
    "the default instance leaves shards alone": Case(
        [
            patch(
                "Deployment",
                "(source|kustomize)-controller",
                add(f"{MANAGER}/args/-", "--watch-label-selector=!sharding.fluxcd.io/key"),
            )
        ],
        lambda found: [args(found, name)[-1] for name in NAMES[:2]],
        ["--watch-label-selector=!sharding.fluxcd.io/key"] * 2,
    ),
    "a shard is a renamed copy": Case(
        [
            *(
                delete(kind)
                for kind in (_NO_SHARD_HAS, "ResourceQuota|PodDisruptionBudget|ConfigMap|Secret|StatefulSet")
            ),
            delete("Service", "notification-controller|webhook-receiver|nats|nats-headless"),
            delete("Deployment", "notification-controller"),
            patch("Service", "source-controller", replace("/spec/selector/app", SHARD)),
            patch(
                "Deployment",
                "source-controller",
                replace("/spec/selector/matchLabels/app", SHARD),
                replace("/spec/template/metadata/labels/app", SHARD),
                add(f"{MANAGER}/args/-", "--watch-label-selector=sharding.fluxcd.io/key in (shard1)"),
                replace(f"{MANAGER}/args/6", f"--storage-adv-addr={SHARD}.$(RUNTIME_NAMESPACE).svc.cluster.local."),
            ),
        ],
        lambda found: (list(found), args(found, SHARD)[5:], pod(found, SHARD)["serviceAccountName"]),
        (
            [("Service", SHARD), ("Deployment", "kustomize-controller-shard1"), ("Deployment", SHARD)],
            [
                "--storage-path=/data",
                f"--storage-adv-addr={SHARD}.$(RUNTIME_NAMESPACE).svc.cluster.local.",
                "--watch-label-selector=sharding.fluxcd.io/key in (shard1)",
            ],
            "source-controller",
        ),
        {"nameSuffix": "-shard1"},
    ),
}
