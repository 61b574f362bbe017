"""Workloads: what they refuse, and what is filled in."""

from typing import Any

from tests.conformance.api.steps import (
    Case,
    body,
    case,
    patch,
    post,
)

_DRY = "?dryRun=All"


def _pod(**spec: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", "image": "i:1"}], **spec}


def _template(labels: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": labels or {"app": "x"}}, "spec": _pod(**spec)}


def _workload(kind: str, **spec: Any) -> dict[str, Any]:
    return body("apps/v1", kind, "a", spec={"selector": {"matchLabels": {"app": "x"}}, "template": _template(), **spec})


def _deployment(**spec: Any) -> dict[str, Any]:
    return _workload("Deployment", **spec)


def _dry(path: str, *bodies: dict[str, Any]) -> Case:
    return case(*(post(path + _DRY, each) for each in bodies))


CASES: dict[str, Case] = {
    "a deployment's defaults": _dry("deployments", _deployment()),
    "a deployment without selector and template": _dry(
        "deployments", body("apps/v1", "Deployment", "a"), body("apps/v1", "Deployment", "a", spec={})
    ),
    "a deployment whose selector does not match": _dry(
        "deployments", _deployment(selector={"matchLabels": {"app": "y"}})
    ),
    "a deployment with an empty selector": _dry("deployments", _deployment(selector={})),
    "a deployment with a bad selector": _dry(
        "deployments",
        _deployment(selector={"matchExpressions": [{"key": "a", "operator": "Perhaps"}]}),
        _deployment(selector={"matchExpressions": [{"key": "app", "operator": "In"}]}),
        _deployment(selector={"matchLabels": {"a b": "c"}}),
    ),
    "a deployment with negative replicas": _dry("deployments", _deployment(replicas=-1)),
    "a deployment with a wrong strategy": _dry(
        "deployments",
        _deployment(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
        _deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
        _deployment(strategy={"rollingUpdate": {"maxSurge": "x%"}}),
        _deployment(strategy={"rollingUpdate": {"maxUnavailable": "101%"}}),
    ),
    "a deployment with a deadline before it can be ready": _dry(
        "deployments", _deployment(minReadySeconds=10, progressDeadlineSeconds=5)
    ),
    "a deployment that restarts never": _dry("deployments", _deployment(template=_template(restartPolicy="Never"))),
    "a deployment keeps its selector": case(
        post("deployments", _deployment(replicas=0, paused=True)),
        patch(
            "deployments/a?dryRun=All",
            {"spec": {"selector": {"matchLabels": {"app": "y"}}, "template": {"metadata": {"labels": {"app": "y"}}}}},
        ),
    ),
    "a deployment with a name that is too long for labels": _dry(
        "deployments", {**_deployment(), "metadata": {"name": "a" * 250}}
    ),
    "a stateful set's defaults": _dry("statefulsets", _workload("StatefulSet", serviceName="s")),
    "a stateful set that changes": case(
        post("statefulsets", _workload("StatefulSet", serviceName="s", replicas=0)),
        patch("statefulsets/a?dryRun=All", {"spec": {"serviceName": "t"}}),
    ),
    "a stateful set with claims": _dry(
        "statefulsets",
        _workload(
            "StatefulSet",
            serviceName="s",
            volumeClaimTemplates=[
                {
                    "metadata": {"name": "d"},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            ],
        ),
    ),
    "a replica set's defaults": _dry("replicasets", _workload("ReplicaSet")),
}
