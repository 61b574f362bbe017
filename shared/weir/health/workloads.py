"""Rules for what runs pods. Each gives a status word and the counters it rests on; first match wins."""

from collections.abc import Sequence
from datetime import datetime

from weir.health.reading import MalformedError, Object, at, group_kind, integer, mapping, state, text

Finding = tuple[str, str]

OWNERS_OF_PODS = {("apps", "StatefulSet"), ("apps", "ReplicaSet"), ("extensions", "ReplicaSet")}
NO_DEADLINE = 2147483647
"""A Deployment's progressDeadlineSeconds that means none."""
SCHEDULING_SECONDS = 15.0
"""How long a pod may be unschedulable before it counts as failed."""


def _wanted(workload: Object) -> int:
    replicas = integer(workload, "spec", "replicas")
    return 1 if replicas is None else replicas


def _count(workload: Object, field: str) -> int:
    return integer(workload, "status", field) or 0


def _lags(have: int, want: int, what: str) -> Finding | None:
    return ("InProgress", f"{what}: {have}/{want}") if have < want else None


def _surplus(workload: Object, want: int) -> Finding | None:
    have = _count(workload, "replicas")
    return ("InProgress", f"pending termination: {have - want}") if have > want else None


def _first(*findings: Finding | None, otherwise: str) -> Finding:
    return next((finding for finding in findings if finding), ("Current", otherwise))


def pod(pod: Object, now: datetime) -> Finding:
    """A pod by its phase."""
    match text(pod, "status", "phase"):
        case "Succeeded":
            return "Current", "has succeeded"
        case "Failed":
            return "Current", "has failed, and will not run again"
        case "Running":
            return _running(pod)
        case "Pending":
            if _unschedulable(pod):
                return ("InProgress" if _age(pod, now) < SCHEDULING_SECONDS else "Failed"), "cannot be scheduled"
            return "InProgress", "is pending"
        case "":
            return "InProgress", "has no phase yet"
        case phase:
            return "Unknown", f"unknown phase {phase}"


def _running(pod: Object) -> Finding:
    ready = state(pod, "Ready")
    if ready and ready["status"] == "True":
        return "Current", "is ready"
    looping = [
        text(status, "name")
        for field in ("initContainerStatuses", "containerStatuses")
        for status in at(pod, "status", field) or ()
        if text(status, "state", "waiting", "reason") == "CrashLoopBackOff"
    ]
    return ("Failed", f"crash loop of {', '.join(looping)}") if looping else ("InProgress", "is not ready")


def _unschedulable(pod: Object) -> bool:
    scheduled = state(pod, "PodScheduled")
    return bool(scheduled and scheduled["status"] == "False" and scheduled.get("reason") == "Unschedulable")


def _age(pod: Object, now: datetime) -> float:
    created = text(pod, "metadata", "creationTimestamp")
    try:
        return (now - datetime.fromisoformat(created)).total_seconds() if created else 0.0
    except (ValueError, TypeError):
        raise MalformedError("metadata.creationTimestamp is not a time") from None


def failed_pod(workload: Object, pods: Sequence[Object], now: datetime) -> str:
    """The name of a failed pod, or nothing. Pods being deleted and pods without a node do not count."""
    if group_kind(workload) not in OWNERS_OF_PODS:
        return ""
    for each in pods:
        if mapping(each, "metadata").get("deletionTimestamp") or _unschedulable(each):
            continue
        if pod(each, now)[0] == "Failed":
            return text(each, "metadata", "name")
    return ""


def replica_set(workload: Object) -> Finding:
    """A ReplicaSet is there when as many replicas as wanted are labelled, available and ready."""
    want, failure = _wanted(workload), state(workload, "ReplicaFailure")
    if failure and failure["status"] == "True":
        return "InProgress", "replica failure"
    return _first(
        _lags(_count(workload, "fullyLabeledReplicas"), want, "labelled"),
        _lags(_count(workload, "availableReplicas"), want, "available"),
        _lags(_count(workload, "readyReplicas"), want, "ready"),
        _surplus(workload, want),
        otherwise=f"available: {want}",
    )


def daemon_set(workload: Object) -> Finding:
    """A DaemonSet is there when each node that should run it does, updated and ready."""
    if integer(workload, "metadata", "generation") is None or integer(workload, "status", "observedGeneration") is None:
        return "InProgress", "has not been observed yet"
    want = integer(workload, "status", "desiredNumberScheduled")
    if want is None:
        return "InProgress", "has no desired number yet"
    return _first(
        _lags(_count(workload, "currentNumberScheduled"), want, "scheduled"),
        _lags(_count(workload, "updatedNumberScheduled"), want, "updated"),
        _lags(_count(workload, "numberAvailable"), want, "available"),
        _lags(_count(workload, "numberReady"), want, "ready"),
        otherwise=f"available: {want}",
    )


def deployment(workload: Object) -> Finding:
    """A Deployment is there when its new replicas are, the old ones are gone, and its conditions agree."""
    progressing, available, want = state(workload, "Progressing"), state(workload, "Available"), _wanted(workload)
    if progressing and progressing.get("reason") == "ProgressDeadlineExceeded":
        return "Failed", "progress deadline exceeded"
    counted = (
        _lags(_count(workload, "replicas"), want, "replicas")
        or _lags(_count(workload, "updatedReplicas"), want, "updated")
        or _surplus(workload, want)
        or _lags(_count(workload, "availableReplicas"), _count(workload, "updatedReplicas"), "available")
        or _lags(_count(workload, "readyReplicas"), want, "ready")
    )
    if counted:
        return counted
    deadline = integer(workload, "spec", "progressDeadlineSeconds")
    done = progressing and progressing["status"] == "True" and progressing.get("reason") == "NewReplicaSetAvailable"
    if not done and deadline not in (None, NO_DEADLINE):
        return "InProgress", "the new ReplicaSet is not available"
    if not (available and available["status"] == "True"):
        return "InProgress", "is not available"
    return "Current", f"available: {want}"


def stateful_set(workload: Object) -> Finding:
    """A StatefulSet is there when its replicas are, up to the partition that is to be updated."""
    strategy = mapping(workload, "spec", "updateStrategy")
    if strategy.get("type") == "OnDelete":
        return "Current", "is updated when its pods are deleted"
    want = _wanted(workload)
    counted = (
        _lags(_count(workload, "replicas"), want, "replicas")
        or _lags(_count(workload, "readyReplicas"), want, "ready")
        or _surplus(workload, want)
    )
    if counted:
        return counted
    partition = integer(workload, "spec", "updateStrategy", "rollingUpdate", "partition")
    if partition is not None:
        rolled = _lags(_count(workload, "updatedReplicas"), want - partition, "updated")
        return rolled or ("Current", f"partition rolled out: {want - partition}")
    if lagging := _lags(_count(workload, "currentReplicas"), want, "current"):
        return lagging
    if text(workload, "status", "currentRevision") != text(workload, "status", "updateRevision"):
        return "InProgress", "waits for the update revision to be current"
    return "Current", f"ready: {want}"


def job(workload: Object) -> Finding:
    """A Job is there when it is complete or suspended; a running one is not. Deletion and generation do not count."""
    if at(workload, "spec", "suspend") is True:
        return "Current", "is suspended"
    complete, failed = state(workload, "Complete"), state(workload, "Failed")
    if complete and complete["status"] == "True":
        return "Current", f"succeeded: {_count(workload, 'succeeded')}"
    if failed and failed["status"] == "True":
        return "Failed", f"failed: {_count(workload, 'failed')}"
    if not text(workload, "status", "startTime"):
        return "InProgress", "has not started"
    return "InProgress", f"active: {_count(workload, 'active')}"
