"""Jobs, ingresses, policies, autoscalers: what they refuse, and what is filled in."""

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


def _dry(path: str, *bodies: dict[str, Any]) -> Case:
    return case(*(post(path + _DRY, each) for each in bodies))


def _job(**spec: Any) -> dict[str, Any]:
    return body(
        "batch/v1", "Job", "a", spec={"suspend": True, "template": {"spec": _pod(restartPolicy="Never")}, **spec}
    )


def _cron(**spec: Any) -> dict[str, Any]:
    return body(
        "batch/v1",
        "CronJob",
        "a",
        spec={
            "schedule": "0 0 1 1 *",
            "suspend": True,
            "jobTemplate": {"spec": {"template": {"spec": _pod(restartPolicy="Never")}}},
            **spec,
        },
    )


def _ingress(**spec: Any) -> dict[str, Any]:
    return body("networking.k8s.io/v1", "Ingress", "a", spec=spec)


def _path(**parts: Any) -> dict[str, Any]:
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}, **parts}
    return {"rules": [{"http": {"paths": [path]}}]}


def _policy(**spec: Any) -> dict[str, Any]:
    return body("networking.k8s.io/v1", "NetworkPolicy", "a", spec={"podSelector": {}, **spec})


def _scaler(**spec: Any) -> dict[str, Any]:
    return body(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "a",
        spec={"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, **spec},
    )


CASES: dict[str, Case] = {
    "a job's defaults": _dry("jobs", _job(), _job(suspend=False, completions=3, parallelism=2)),
    "a job that restarts always": _dry(
        "jobs", _job(template={"spec": _pod()}), _job(template={"spec": _pod(restartPolicy="Always")})
    ),
    "a job with wrong numbers": _dry(
        "jobs",
        _job(completions=-1, parallelism=-1, backoffLimit=-1, activeDeadlineSeconds=-1, ttlSecondsAfterFinished=-1),
    ),
    "a job with a selector of its own": _dry(
        "jobs", _job(selector={"matchLabels": {"a": "b"}}), _job(completionMode="X"), _job(completionMode="Indexed")
    ),
    "a job cannot change its template": case(
        post("jobs", _job()),
        patch("jobs/a", {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 5}}}}),
        patch("jobs/a", {"spec": {"completions": 5}}),
        patch("jobs/a", {"spec": {"parallelism": 5}}),
    ),
    "a cron job's defaults": _dry("cronjobs", _cron()),
    "a cron job with a schedule that is none": _dry(
        "cronjobs",
        _cron(schedule="often"),
        _cron(schedule=""),
        _cron(schedule="@daily"),
        _cron(timeZone="Mars/Base"),
        _cron(schedule="TZ=UTC 0 0 * * *"),
    ),
    "a cron job with a wrong policy": _dry(
        "cronjobs", _cron(concurrencyPolicy="X"), _cron(successfulJobsHistoryLimit=-1, startingDeadlineSeconds=-1)
    ),
    "a cron job with a long name": case(post("cronjobs" + _DRY, {**_cron(), "metadata": {"name": "a" * 53}})),
    "an ingress's defaults": _dry("ingresses", _ingress(**_path())),
    "an ingress without rules": _dry("ingresses", _ingress()),
    "an ingress with wrong paths": _dry(
        "ingresses",
        _ingress(**_path(pathType=None)),
        _ingress(**_path(path="x")),
        _ingress(**_path(pathType="X")),
        _ingress(**_path(path="/a//b")),
        _ingress(**_path(backend={})),
        _ingress(**_path(backend={"service": {"name": "s"}})),
        _ingress(**_path(backend={"service": {"name": "S_", "port": {"number": 80, "name": "x"}}})),
        _ingress(rules=[{"http": {"paths": []}}]),
    ),
    "an ingress with wrong hosts": _dry(
        "ingresses",
        _ingress(rules=[{"host": "A_B"}]),
        _ingress(rules=[{"host": "1.2.3.4"}]),
        _ingress(rules=[{"host": "*.x.y"}]),
        _ingress(rules=[{"host": "*"}]),
        _ingress(**_path(), tls=[{"hosts": ["A_"]}]),
        _ingress(**_path(), ingressClassName="A_"),
    ),
    "a network policy's defaults": _dry(
        "networkpolicies",
        _policy(),
        _policy(egress=[{}]),
        _policy(
            ingress=[
                {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}], "ports": [{"port": 80}]}
            ]
        ),
    ),
    "a network policy that is wrong": _dry(
        "networkpolicies",
        _policy(policyTypes=["X"]),
        _policy(ingress=[{"from": [{}]}]),
        _policy(ingress=[{"from": [{"ipBlock": {"cidr": "x"}}]}]),
        _policy(ingress=[{"ports": [{"port": 0}]}]),
        _policy(ingress=[{"ports": [{"protocol": "X"}]}]),
        _policy(podSelector={"matchLabels": {"a b": "c"}}),
    ),
    "an autoscaler's defaults": _dry(
        "horizontalpodautoscalers",
        _scaler(),
        _scaler(
            metrics=[
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
                }
            ]
        ),
    ),
    "an autoscaler that is wrong": _dry(
        "horizontalpodautoscalers",
        _scaler(maxReplicas=0),
        _scaler(minReplicas=5),
        _scaler(minReplicas=0),
        _scaler(metrics=[{"type": "X"}]),
        _scaler(scaleTargetRef={}),
        _scaler(metrics=[{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}]),
    ),
    "a disruption budget that is wrong": _dry(
        "poddisruptionbudgets",
        *(
            body("policy/v1", "PodDisruptionBudget", "a", spec=each)
            for each in (
                {"minAvailable": 1, "maxUnavailable": 1},
                {"minAvailable": -1},
                {"minAvailable": "x"},
                {"maxUnavailable": "150%"},
                {},
                {"unhealthyPodEvictionPolicy": "X"},
            )
        ),
    ),
}
