"""The conditions of a Deployment: is it available, does its rollout get on. Pure."""

from collections.abc import Sequence
from datetime import datetime

from . import rollout
from .reading import Body, condition, number, read_time, time_text

_FOREVER = 2147483647


def conditions(
    deployment: Body, new: Body | None, replica_sets: Sequence[Body], now: datetime, *, told: bool
) -> tuple[list[Body], float | None]:
    """Both conditions, and in how many seconds the deadline passes; `told` to fail, it passes once Pods are there."""
    available = sum(number(each, "status", "availableReplicas") for each in replica_sets)
    least = number(deployment, "spec", "replicas", default=1) - rollout.limits(deployment).unavailable
    enough = available >= least
    reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
    text = "Deployment has minimum availability." if enough else "Deployment does not have minimum availability."
    progressing, again = _progress(deployment, new, replica_sets, now, told=told)
    return [_set(deployment, "Available", "True" if enough else "False", reason, text, now), progressing], again


def _progress(
    deployment: Body, new: Body | None, replica_sets: Sequence[Body], now: datetime, *, told: bool
) -> tuple[Body, float | None]:
    before = condition(deployment, "Progressing")
    deadline = number(deployment, "spec", "progressDeadlineSeconds", default=_FOREVER)
    if new is None:
        if deployment["spec"].get("paused"):
            paused = _set(deployment, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", now)
            return paused, None
        return before or _set(deployment, "Progressing", "True", "ReplicaSetUpdated", "", now), None
    name = f'ReplicaSet "{new["metadata"]["name"]}"'
    if _complete(deployment, new, replica_sets):
        if before.get("reason") == "NewReplicaSetAvailable" and name in before.get("message", ""):
            return before, None
        text = f"{name} has successfully progressed."
        return _set(deployment, "Progressing", "True", "NewReplicaSetAvailable", text, now, moved=True), None
    if _moved(deployment, new, replica_sets) or before.get("reason") in (
        None,
        "DeploymentPaused",
        "NewReplicaSetAvailable",
    ):
        text = f"{name} is progressing."
        return _set(deployment, "Progressing", "True", "ReplicaSetUpdated", text, now, moved=True), float(deadline)
    if before.get("reason") == "ProgressDeadlineExceeded":
        return before, None
    left = deadline - (now - (read_time(before.get("lastUpdateTime")) or now)).total_seconds()
    if left > 0 and not (told and number(new, "status", "replicas")):
        return before, left
    text = f"{name} has timed out progressing."
    return _set(deployment, "Progressing", "False", "ProgressDeadlineExceeded", text, now, moved=True), None


def _complete(deployment: Body, new: Body, replica_sets: Sequence[Body]) -> bool:
    wanted = number(deployment, "spec", "replicas", default=1)
    total = sum(number(each, "status", "replicas") for each in replica_sets)
    return (
        number(new, "status", "replicas") == wanted == total
        and number(new, "status", "availableReplicas") == wanted
        and number(new, "status", "observedGeneration") >= number(new, "metadata", "generation")
    )


def _moved(deployment: Body, new: Body, replica_sets: Sequence[Body]) -> bool:
    """Whether more new Pods, fewer old ones, or more ready ones are there than the status tells."""
    updated = number(new, "status", "replicas")
    old = sum(number(each, "status", "replicas") for each in replica_sets) - updated
    told_updated = number(deployment, "status", "updatedReplicas")
    told_old = number(deployment, "status", "replicas") - told_updated
    fields = ("readyReplicas", "availableReplicas")
    better = any(
        sum(number(each, "status", field) for each in replica_sets) > number(deployment, "status", field)
        for field in fields
    )
    return updated > told_updated or old < told_old or better


def _set(
    deployment: Body, kind: str, status: str, reason: str, message: str, now: datetime, *, moved: bool = False
) -> Body:
    """A condition; its times change with its status, and when something `moved`."""
    before = condition(deployment, kind)
    same = before.get("status") == status
    if same and before.get("reason") == reason and before.get("message") == message and not moved:
        return before
    return {
        "type": kind,
        "status": status,
        "lastUpdateTime": time_text(now),
        "lastTransitionTime": before["lastTransitionTime"] if same else time_text(now),
        "reason": reason,
        "message": message,
    }
