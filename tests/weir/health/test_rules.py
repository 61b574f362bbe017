from datetime import UTC, datetime
from typing import Any

import pytest

from weir.health.rules import Health, Status, assess, needs_pods

NOW = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
C, P, F, T, U = Status.CURRENT, Status.IN_PROGRESS, Status.FAILED, Status.TERMINATING, Status.UNKNOWN


def condition(type_: str, status: str = "True", reason: str = "", message: str = "") -> dict[str, Any]:
    return {"type": type_, "status": status, "reason": reason, "message": message}


def thing(api_version: str, kind: str, status: Any = None, spec: Any = None, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec or {}, "status": status or {}}


def deployment(status: Any = None, conditions: Any = (), spec: Any = None, **counts: Any) -> dict[str, Any]:
    full = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2} | counts
    listed = list(conditions) or [condition("Progressing", reason="NewReplicaSetAvailable"), condition("Available")]
    return thing(
        "apps/v1",
        "Deployment",
        full | {"conditions": listed} | (status or {}),
        {"replicas": 2, "progressDeadlineSeconds": 600} | (spec or {}),
    )


def stateful(spec: Any = None, **counts: Any) -> dict[str, Any]:
    full = {"replicas": 3, "readyReplicas": 3, "currentReplicas": 3, "currentRevision": "a", "updateRevision": "a"}
    return thing("apps/v1", "StatefulSet", full | counts, {"replicas": 3} | (spec or {}))


def replicas(**counts: Any) -> dict[str, Any]:
    full = {"replicas": 1, "fullyLabeledReplicas": 1, "availableReplicas": 1, "readyReplicas": 1}
    return thing("apps/v1", "ReplicaSet", full | counts)


def daemon(**counts: Any) -> dict[str, Any]:
    full = {
        "observedGeneration": 1,
        "desiredNumberScheduled": 2,
        "currentNumberScheduled": 2,
        "updatedNumberScheduled": 2,
        "numberAvailable": 2,
        "numberReady": 2,
    }
    return thing("apps/v1", "DaemonSet", {k: v for k, v in (full | counts).items() if v is not None}, generation=1)


def pod(phase: str, conditions: Any = (), created: str = "2026-01-01T00:00:20Z", **status: Any) -> dict[str, Any]:
    return thing("v1", "Pod", {"phase": phase, "conditions": list(conditions)} | status, creationTimestamp=created)


UNSCHEDULABLE = condition("PodScheduled", "False", "Unschedulable")
LOOP = [{"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]
AGES_AGO = "2025-12-31T00:00:00Z"

CASES = {
    "an object marked for deletion is terminating": (
        thing("v1", "ConfigMap", deletionTimestamp="2026-01-01T00:00:00Z"),
        Health(T, "is being deleted"),
    ),
    "an unseen generation is in progress": (
        thing("example.org/v1", "Thing", {"observedGeneration": 1}, generation=2),
        Health(P, "generation is 2, but the controller has seen 1"),
    ),
    "a generation nobody reports on says nothing": (thing("example.org/v1", "Thing", generation=2), Health(C)),
    "Reconciling is in progress": (
        thing(
            "example.org/v1", "Thing", {"conditions": [condition("Ready"), condition("Reconciling", message="busy")]}
        ),
        Health(P, "busy"),
    ),
    "Stalled has failed": (
        thing("example.org/v1", "Thing", {"conditions": [condition("Stalled", message="no way")]}),
        Health(F, "no way"),
    ),
    "the first of Reconciling and Stalled wins": (
        thing("example.org/v1", "Thing", {"conditions": [condition("Stalled"), condition("Reconciling")]}),
        Health(F, ""),
    ),
    "Ready is current": (
        thing("example.org/v1", "Thing", {"conditions": [condition("Ready", message="ok")]}),
        Health(C, "ok"),
    ),
    "not Ready is in progress": (
        thing("example.org/v1", "Thing", {"conditions": [condition("Ready", "False", message="not yet")]}),
        Health(P, "not yet"),
    ),
    "an odd Ready is unknown": (
        thing("example.org/v1", "Thing", {"conditions": [condition("Ready", "Maybe")]}),
        Health(U, "condition Ready has status 'Maybe'"),
    ),
    "nothing known is current": ({"apiVersion": "example.org/v1", "kind": "Thing"}, Health(C)),
    "a string generation is unknown": (
        thing("example.org/v1", "Thing", generation="2"),
        Health(U, "metadata.generation is not a number"),
    ),
    "conditions that are no list are unknown": (
        thing("example.org/v1", "Thing", {"conditions": {}}),
        Health(U, "status.conditions is not a list"),
    ),
    "a condition that is no object is unknown": (
        thing("example.org/v1", "Thing", {"conditions": ["Ready"]}),
        Health(U, "status.conditions[0] is not an object"),
    ),
    "a ConfigMap is current": (thing("v1", "ConfigMap"), Health(C, "exists")),
    "a CronJob is current": (thing("batch/v1", "CronJob"), Health(C, "exists")),
    "a PodDisruptionBudget is current": (thing("policy/v1", "PodDisruptionBudget"), Health(C, "exists")),
    "a Service is current": (thing("v1", "Service", spec={"type": "ClusterIP"}), Health(C, "is ready")),
    "a load balancer without cluster IP is in progress": (
        thing("v1", "Service", spec={"type": "LoadBalancer"}),
        Health(P, "cluster IP is not assigned"),
    ),
    "a load balancer's external IP is not awaited": (
        thing("v1", "Service", spec={"type": "LoadBalancer", "clusterIP": "10.0.0.1"}),
        Health(C, "is ready"),
    ),
    "a bound claim is current": (thing("v1", "PersistentVolumeClaim", {"phase": "Bound"}), Health(C, "is bound")),
    "a pending claim is in progress": (
        thing("v1", "PersistentVolumeClaim", {"phase": "Pending"}),
        Health(P, "is not bound: phase Pending"),
    ),
    "an established CRD is current": (
        thing("apiextensions.k8s.io/v1", "CustomResourceDefinition", {"conditions": [condition("Established")]}),
        Health(C, "is established"),
    ),
    "a CRD whose names clash has failed": (
        thing(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            {"conditions": [condition("NamesAccepted", "False", message="taken"), condition("Established")]},
        ),
        Health(F, "taken"),
    ),
    "a CRD being installed is in progress": (
        thing(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            {"conditions": [condition("Established", "False", "Installing")]},
        ),
        Health(P, "is not established yet"),
    ),
    "a CRD that is not established for another reason has failed": (
        thing(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            {"conditions": [condition("Established", "False", "Broken", "why")]},
        ),
        Health(F, "why"),
    ),
    "a succeeded pod is current": (pod("Succeeded"), Health(C, "has succeeded")),
    "a failed pod will not change": (pod("Failed"), Health(C, "has failed, and will not run again")),
    "a ready pod is current": (pod("Running", [condition("Ready")]), Health(C, "is ready")),
    "a running pod that is not ready is in progress": (pod("Running"), Health(P, "is not ready")),
    "a crash loop has failed": (pod("Running", containerStatuses=LOOP), Health(F, "crash loop of app")),
    "a pending pod is in progress": (pod("Pending", created=AGES_AGO), Health(P, "is pending")),
    "an unschedulable pod is given time": (pod("Pending", [UNSCHEDULABLE]), Health(P, "cannot be scheduled")),
    "an unschedulable pod fails in the end": (
        pod("Pending", [UNSCHEDULABLE], created=AGES_AGO),
        Health(F, "cannot be scheduled"),
    ),
    "a pod without phase is in progress": (pod(""), Health(P, "has no phase yet")),
    "an unknown phase is unknown": (pod("Odd"), Health(U, "unknown phase Odd")),
    "a full ReplicaSet is current": (replicas(), Health(C, "available: 1")),
    "a ReplicaSet with a failure is in progress": (
        replicas(conditions=[condition("ReplicaFailure")]),
        Health(P, "replica failure"),
    ),
    "a ReplicaSet lacking labels is in progress": (replicas(fullyLabeledReplicas=0), Health(P, "labelled: 0/1")),
    "a ReplicaSet lacking available pods is in progress": (replicas(availableReplicas=0), Health(P, "available: 0/1")),
    "a ReplicaSet lacking ready pods is in progress": (replicas(readyReplicas=0), Health(P, "ready: 0/1")),
    "a ReplicaSet with too many pods is in progress": (replicas(replicas=3), Health(P, "pending termination: 2")),
    "a full DaemonSet is current": (daemon(), Health(C, "available: 2")),
    "an unobserved DaemonSet is in progress": (daemon(observedGeneration=None), Health(P, "has not been observed yet")),
    "a DaemonSet without a desired number is in progress": (
        daemon(desiredNumberScheduled=None),
        Health(P, "has no desired number yet"),
    ),
    "a DaemonSet not scheduled is in progress": (daemon(currentNumberScheduled=1), Health(P, "scheduled: 1/2")),
    "a DaemonSet not updated is in progress": (daemon(updatedNumberScheduled=1), Health(P, "updated: 1/2")),
    "a DaemonSet not available is in progress": (daemon(numberAvailable=0), Health(P, "available: 0/2")),
    "a DaemonSet not ready is in progress": (daemon(numberReady=1), Health(P, "ready: 1/2")),
    "a rolled out Deployment is current": (deployment(), Health(C, "available: 2")),
    "a Deployment past its deadline has failed": (
        deployment(conditions=[condition("Progressing", "False", "ProgressDeadlineExceeded")]),
        Health(F, "progress deadline exceeded"),
    ),
    "a Deployment without replicas is in progress": (deployment(replicas=1), Health(P, "replicas: 1/2")),
    "a Deployment not updated is in progress": (deployment(updatedReplicas=1), Health(P, "updated: 1/2")),
    "a Deployment with old replicas is in progress": (deployment(replicas=3), Health(P, "pending termination: 1")),
    "a Deployment not available is in progress": (deployment(availableReplicas=1), Health(P, "available: 1/2")),
    "a Deployment not ready is in progress": (deployment(readyReplicas=1), Health(P, "ready: 1/2")),
    "a Deployment whose new ReplicaSet is not available is in progress": (
        deployment(conditions=[condition("Progressing", reason="ReplicaSetUpdated"), condition("Available")]),
        Health(P, "the new ReplicaSet is not available"),
    ),
    "a Deployment without deadline needs no Progressing": (
        deployment(conditions=[condition("Available")], spec={"progressDeadlineSeconds": 2147483647}),
        Health(C, "available: 2"),
    ),
    "a Deployment without Available is in progress": (
        deployment(conditions=[condition("Progressing", reason="NewReplicaSetAvailable")]),
        Health(P, "is not available"),
    ),
    "a Deployment scaled to zero is current": (
        deployment(spec={"replicas": 0}, replicas=0, updatedReplicas=0, availableReplicas=0, readyReplicas=0),
        Health(C, "available: 0"),
    ),
    "a full StatefulSet is current": (stateful(), Health(C, "ready: 3")),
    "a StatefulSet updated by hand is current": (
        stateful({"updateStrategy": {"type": "OnDelete"}}, readyReplicas=0),
        Health(C, "is updated when its pods are deleted"),
    ),
    "a StatefulSet without replicas is in progress": (stateful(replicas=1), Health(P, "replicas: 1/3")),
    "a StatefulSet not ready is in progress": (stateful(readyReplicas=2), Health(P, "ready: 2/3")),
    "a StatefulSet with too many replicas is in progress": (stateful(replicas=4), Health(P, "pending termination: 1")),
    "a partition not rolled out is in progress": (
        stateful({"updateStrategy": {"rollingUpdate": {"partition": 1}}}, updatedReplicas=1),
        Health(P, "updated: 1/2"),
    ),
    "a partition rolled out is current": (
        stateful({"updateStrategy": {"rollingUpdate": {"partition": 1}}}, updatedReplicas=2),
        Health(C, "partition rolled out: 2"),
    ),
    "a StatefulSet without current replicas is in progress": (stateful(currentReplicas=2), Health(P, "current: 2/3")),
    "a StatefulSet between revisions is in progress": (
        stateful(updateRevision="b"),
        Health(P, "waits for the update revision to be current"),
    ),
    "a complete Job is current": (
        thing("batch/v1", "Job", {"conditions": [condition("Complete")], "succeeded": 1}),
        Health(C, "succeeded: 1"),
    ),
    "a failed Job has failed": (
        thing("batch/v1", "Job", {"conditions": [condition("Failed")], "failed": 4}),
        Health(F, "failed: 4"),
    ),
    "a suspended Job is current": (thing("batch/v1", "Job", spec={"suspend": True}), Health(C, "is suspended")),
    "a Job that has not started is in progress": (thing("batch/v1", "Job"), Health(P, "has not started")),
    "a running Job is not there yet": (
        thing("batch/v1", "Job", {"startTime": "2026-01-01T00:00:00Z", "active": 1}),
        Health(P, "active: 1"),
    ),
    "a Job's deletion and generation do not count": (
        thing("batch/v1", "Job", {"conditions": [condition("Complete")]}, deletionTimestamp="x", generation=2),
        Health(C, "succeeded: 0"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_object_is_as_healthy_as_it_says(name: str) -> None:
    obj, expected = CASES[name]
    assert assess(obj, now=NOW) == expected


PODS = {
    "a failed pod fails its rollout": ([pod("Running", containerStatuses=LOOP)], Health(F, "pod p0 has failed")),
    "a pod being deleted does not": (
        [pod("Running", containerStatuses=LOOP) | {"metadata": {"deletionTimestamp": "x"}}],
        Health(P, "ready: 2/3"),
    ),
    "an unschedulable pod does not": ([pod("Pending", [UNSCHEDULABLE], created=AGES_AGO)], Health(P, "ready: 2/3")),
    "a running pod does not": ([pod("Running")], Health(P, "ready: 2/3")),
}


@pytest.mark.parametrize("name", PODS)
def test_a_stateful_set_is_judged_with_its_pods(name: str) -> None:
    pods, expected = PODS[name]
    named = [each | {"metadata": {"name": f"p{index}"} | each["metadata"]} for index, each in enumerate(pods)]
    slow = stateful(readyReplicas=2)
    assert assess(slow, now=NOW, pods=named) == expected
    assert needs_pods(slow)
    assert not needs_pods(deployment())
