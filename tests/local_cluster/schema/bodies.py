"""Objects and a custom schema that several tests of schemas judge."""

import copy
from typing import Any

from local_cluster.schema import builtin, crd
from weir.api.base import Kind

CONTAINER = {"name": "c", "image": "i:1"}
LABELS = {"app": "x"}


def obj(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", "namespace": "n"}, **fields}


def deployment(*, pod: dict[str, Any] | None = None, labels: dict[str, str] = LABELS, **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER], **(pod or {})}}
    return obj("apps/v1", "Deployment", spec={"selector": {"matchLabels": LABELS}, "template": template, **spec})


def pod(**spec: Any) -> dict[str, Any]:
    return obj("v1", "Pod", spec={"containers": [CONTAINER], **spec})


def job(image: str = "i:1", **spec: Any) -> dict[str, Any]:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": image}]}}
    return obj("batch/v1", "Job", spec={"template": template, **spec})


def config(**fields: Any) -> dict[str, Any]:
    return obj("v1", "ConfigMap", **fields)


def service(**spec: Any) -> dict[str, Any]:
    return obj("v1", "Service", spec={"ports": [{"port": 80}], **spec})


def binding(name: str) -> dict[str, Any]:
    return obj("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": name}, subjects=[])


def faults(new: dict[str, Any], old: dict[str, Any] | None = None) -> list[str]:
    """What the server answers to a create, or to an update of what a create of `old` stored."""
    group, _, version = new["apiVersion"].rpartition("/")
    schema, new, old = builtin(Kind(group, version, new["kind"], "")), copy.deepcopy(new), copy.deepcopy(old)
    for each in (new, old):
        if each is not None:
            schema.default(each)
    return [cause.line() for cause in schema.validate(new, old)]


CUSTOM = crd(
    {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "free": {"type": "object", "additionalProperties": {"type": "string"}},
                    "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                    "plain": {"type": "array", "items": {"type": "string"}},
                    "parts": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                        "items": {
                            "type": "object",
                            "properties": {"name": {"type": "string"}, "n": {"type": "integer"}},
                        },
                    },
                },
            },
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
    }
)
