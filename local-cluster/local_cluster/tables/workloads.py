"""The cells of workloads. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from local_cluster.tables.cells import Body, age, at, containers, duration, moment, name, selector, since


def _template(body: Body) -> list[Any]:
    return [*containers(at(body, "spec.template")), selector(at(body, "spec.selector"))]


def deployment(body: Body, now: datetime) -> list[Any]:
    """Deployments."""
    ready = f"{at(body, 'status.readyReplicas', 0)}/{at(body, 'spec.replicas', 0)}"
    counts = [at(body, "status.updatedReplicas", 0), at(body, "status.availableReplicas", 0)]
    return [name(body), ready, *counts, age(body, now), *_template(body)]


def replica_set(body: Body, now: datetime) -> list[Any]:
    """Replicasets."""
    counts = [at(body, "spec.replicas", 0), at(body, "status.replicas", 0), at(body, "status.readyReplicas", 0)]
    return [name(body), *counts, age(body, now), *_template(body)]


def replication_controller(body: Body, now: datetime) -> list[Any]:
    """Replicationcontrollers."""
    return [*replica_set(body, now)[:-1], selector({"matchLabels": at(body, "spec.selector")})]


def stateful_set(body: Body, now: datetime) -> list[Any]:
    """Statefulsets."""
    ready = f"{at(body, 'status.readyReplicas', 0)}/{at(body, 'spec.replicas', 0)}"
    return [name(body), ready, age(body, now), *containers(at(body, "spec.template"))]


def daemon_set(body: Body, now: datetime) -> list[Any]:
    """Daemonsets."""
    fields = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    counts = [at(body, f"status.{field}", 0) for field in fields]
    nodes = at(body, "spec.template.spec.nodeSelector", {})
    chosen = ",".join(f"{key}={value}" for key, value in sorted(nodes.items())) or "<none>"
    return [name(body), *counts, chosen, age(body, now), *_template(body)]


def job(body: Body, now: datetime) -> list[Any]:
    """Jobs."""
    wanted, parallel = at(body, "spec.completions"), at(body, "spec.parallelism", 0)
    total = wanted if wanted is not None else f"1 of {parallel}" if parallel > 1 else 1
    done = f"{at(body, 'status.succeeded', 0)}/{total}"
    started, ended = at(body, "status.startTime"), at(body, "status.completionTime")
    took = ""
    if started:
        took = duration(((moment(ended) if ended else now) - moment(started)).total_seconds())
    return [name(body), _job_status(body), done, took, age(body, now), *_template(body)]


def _job_status(body: Body) -> str:
    true = {each["type"] for each in at(body, "status.conditions", ()) if each["status"] == "True"}
    for kind, word in (("Complete", "Complete"), ("Failed", "Failed")):
        if kind in true:
            return word
    if at(body, "metadata.deletionTimestamp"):
        return "Terminating"
    for kind in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if kind in true:
            return kind
    return "Running"


def cron_job(body: Body, now: datetime) -> list[Any]:
    """Cronjobs."""
    last = at(body, "status.lastScheduleTime")
    suspended = "True" if at(body, "spec.suspend", default=False) else "False"
    shown = [
        at(body, "spec.schedule"),
        at(body, "spec.timeZone", "<none>"),
        suspended,
        len(at(body, "status.active", ())),
    ]
    template = at(body, "spec.jobTemplate.spec")
    chosen = selector(at(template, "selector"))
    return [
        name(body),
        *shown,
        since(last, now) if last else "<none>",
        age(body, now),
        *containers(at(template, "template")),
        chosen,
    ]


def pod(body: Body, now: datetime) -> list[Any]:
    """Pods."""
    states = at(body, "status.containerStatuses", [])
    ready = sum(1 for each in states if each.get("ready") and at(each, "state.running") is not None)
    total = len(at(body, "spec.containers", ())) + len(_sidecars(body))
    inits = at(body, "status.initContainerStatuses", [])
    ready += sum(1 for each in inits if each["name"] in _sidecars(body) and each.get("ready"))
    gates = at(body, "spec.readinessGates", [])
    passed = {each["type"] for each in at(body, "status.conditions", ()) if each["status"] == "True"}
    gate = f"{sum(each['conditionType'] in passed for each in gates)}/{len(gates)}" if gates else "<none>"
    node = at(body, "spec.nodeName") or "<none>"
    address = at(body, "status.podIP") or "<none>"
    nominated = at(body, "status.nominatedNodeName") or "<none>"
    restarts = _restarts([*states, *(each for each in inits if each["name"] in _sidecars(body))], now)
    return [name(body), f"{ready}/{total}", pod_status(body), restarts, age(body, now), address, node, nominated, gate]


def _sidecars(body: Body) -> set[str]:
    return {each["name"] for each in at(body, "spec.initContainers", ()) if each.get("restartPolicy") == "Always"}


def _restarts(states: Iterable[Body], now: datetime) -> str:
    states = list(states)
    count = sum(each.get("restartCount", 0) for each in states)
    ended = [at(each, "lastState.terminated.finishedAt") for each in states]
    last = max((text for text in ended if text), default="")
    return f"{count} ({since(last, now)} ago)" if count and last else str(count)


def pod_status(body: Body) -> str:
    """The one word for a pod's state."""
    word = at(body, "status.reason") or at(body, "status.phase", "")
    gates = at(body, "status.conditions", ())
    if any(each["type"] == "PodScheduled" and each.get("reason") == "SchedulingGated" for each in gates):
        word = "SchedulingGated"
    starting = _initializing(body)
    word = starting or _running(body, word)
    if at(body, "metadata.deletionTimestamp"):
        if at(body, "status.reason") == "NodeLost":
            return "Unknown"
        return "Terminating" if word not in ("Succeeded", "Failed", "Completed") else word
    return word


def _initializing(body: Body) -> str:
    """The state of the first init container that holds the pod up; empty when none does."""
    total, sidecars = len(at(body, "spec.initContainers", ())), _sidecars(body)
    for index, each in enumerate(at(body, "status.initContainerStatuses", ())):
        ended, waiting = at(each, "state.terminated"), at(each, "state.waiting.reason")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if each["name"] in sidecars and each.get("started"):
            continue
        if ended is not None:
            return f"Init:{_ended(ended)}"
        return f"Init:{waiting}" if waiting and waiting != "PodInitializing" else f"Init:{index}/{total}"
    return ""


def _running(body: Body, word: str) -> str:
    """The state of the containers, the first one last and strongest."""
    alive = False
    for each in reversed(at(body, "status.containerStatuses", [])):
        if waiting := at(each, "state.waiting.reason"):
            word = waiting
        elif (ended := at(each, "state.terminated")) is not None:
            word = _ended(ended)
        elif each.get("ready") and at(each, "state.running") is not None:
            alive = True
    if word == "Completed" and alive:
        ready = any(each["type"] == "Ready" and each["status"] == "True" for each in at(body, "status.conditions", ()))
        return "Running" if ready else "NotReady"
    return word


def _ended(state: Body) -> str:
    if reason := state.get("reason"):
        return str(reason)
    signal = state.get("signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{state.get('exitCode', 0)}"
