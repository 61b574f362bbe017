"""How healthy an object is: deletion, lag and the standard conditions first, then the rule of its kind.

The order and the rules are those that Flux inherits from kstatus, with its own reading of Jobs.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from weir.health import workloads
from weir.health.reading import MalformedError, Object, conditions, group_kind, integer, mapping, state, text


class Status(StrEnum):
    """What an object is at the moment."""

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"
    UNKNOWN = "Unknown"


class Health(NamedTuple):
    """A status, and for people what it rests on."""

    status: Status
    message: str = ""


def assess(obj: Object, *, now: datetime, pods: Sequence[Object] = ()) -> Health:
    """The health of one object as read from the API server.

    `now` is aware (UTC); only the age of unschedulable pods depends on it. `pods` are those that the selector of a
    StatefulSet or ReplicaSet finds: a failed one fails its owner. Malformed fields give
    `Unknown`; nothing is raised.
    """
    try:
        health = _judge(obj, now)
        failed = health.status is Status.IN_PROGRESS and workloads.failed_pod(obj, pods, now)
    except MalformedError as error:
        return Health(Status.UNKNOWN, str(error))
    return Health(Status.FAILED, f"pod {failed} has failed") if failed else health


def needs_pods(obj: Object) -> bool:
    """Whether `assess` wants the pods of this object to tell a failed rollout from a slow one."""
    return group_kind(obj) in workloads.OWNERS_OF_PODS


def _judge(obj: Object, now: datetime) -> Health:
    kind = group_kind(obj)
    if kind == ("batch", "Job"):
        return _health(workloads.job(obj))
    if mapping(obj, "metadata").get("deletionTimestamp"):
        return Health(Status.TERMINATING, "is being deleted")
    generation, observed = integer(obj, "metadata", "generation"), integer(obj, "status", "observedGeneration")
    if generation is not None and observed is not None and generation != observed:
        return Health(Status.IN_PROGRESS, f"generation is {generation}, but the controller has seen {observed}")
    for condition in conditions(obj):
        if condition["status"] == "True" and condition["type"] in ("Reconciling", "Stalled"):
            status = Status.IN_PROGRESS if condition["type"] == "Reconciling" else Status.FAILED
            return Health(status, str(condition.get("message", "")))
    if kind == ("", "Pod"):
        return _health(workloads.pod(obj, now))
    rule = _RULES.get(kind)
    return _health(rule(obj)) if rule else _ready(obj)


def _health(finding: tuple[str, str]) -> Health:
    return Health(Status(finding[0]), finding[1])


def _ready(obj: Object) -> Health:
    found = next((condition for condition in conditions(obj) if condition["type"] == "Ready"), None)
    if found is None:
        return Health(Status.CURRENT)
    message = str(found.get("message", ""))
    match found["status"]:
        case "True":
            return Health(Status.CURRENT, message)
        case "False" | "Unknown":
            return Health(Status.IN_PROGRESS, message)
        case other:
            return Health(Status.UNKNOWN, f"condition Ready has status {other!r}")


def _always(obj: Object) -> tuple[str, str]:  # noqa: ARG001  a row of the table
    return "Current", "exists"


def _service(obj: Object) -> tuple[str, str]:
    if text(obj, "spec", "type") == "LoadBalancer" and not text(obj, "spec", "clusterIP"):
        return "InProgress", "cluster IP is not assigned"
    return "Current", "is ready"


def _claim(obj: Object) -> tuple[str, str]:
    phase = text(obj, "status", "phase")
    return ("Current", "is bound") if phase == "Bound" else ("InProgress", f"is not bound: phase {phase or 'is unset'}")


def _definition(obj: Object) -> tuple[str, str]:
    names, established = state(obj, "NamesAccepted"), state(obj, "Established")
    if names and names["status"] == "False":
        return "Failed", str(names.get("message", ""))
    if established and established["status"] == "False" and established.get("reason") != "Installing":
        return "Failed", str(established.get("message", ""))
    if established and established["status"] == "True":
        return "Current", "is established"
    return "InProgress", "is not established yet"


_RULES: Mapping[tuple[str, str], Any] = {
    ("", "Secret"): _always,
    ("", "ConfigMap"): _always,
    ("batch", "CronJob"): _always,
    ("policy", "PodDisruptionBudget"): _always,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("extensions", "ReplicaSet"): workloads.replica_set,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("extensions", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("extensions", "Deployment"): workloads.deployment,
    ("apps", "StatefulSet"): workloads.stateful_set,
}
