"""The status of a Pod and of its containers, as a kubelet writes them. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from .failures import IMAGE_PULL, failing_image
from .plan import Note
from .reading import Body, condition, stable_number, time_text, uid

_NODE_IP = "172.18.0.2"


class Outcome(StrEnum):
    """What happens to a Pod next."""

    PULL_FAILED = "pull failed"
    PULL_BACK_OFF = "pull back-off"
    RUNNING = "running"
    READY = "ready"
    CRASHED = "crashed"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


_PHASES = {
    Outcome.PULL_FAILED: "Pending",
    Outcome.PULL_BACK_OFF: "Pending",
    Outcome.SUCCEEDED: "Succeeded",
    Outcome.FAILED: "Failed",
}
_ENDED = (Outcome.SUCCEEDED, Outcome.FAILED)


def pod_status(pod: Body, outcome: Outcome, node: Body | None, now: datetime) -> tuple[Body, Sequence[Note]]:
    """The status that follows, and the events that tell of it."""
    before = pod.get("status") or {}
    wanted: Body = {
        "phase": _PHASES.get(outcome, "Running"),
        "conditions": _conditions(pod, outcome, now),
        "observedGeneration": pod["metadata"].get("generation"),
    }
    ip, host = _addresses(pod, node)
    wanted |= {"hostIP": host, "hostIPs": [{"ip": host}]}
    wanted["startTime"] = before.get("startTime") or time_text(now)
    if wanted["phase"] != "Pending":
        wanted |= {"podIP": ip, "podIPs": [{"ip": ip}]}
    statuses = {each["name"]: each for each in before.get("containerStatuses") or ()}
    containers = pod["spec"]["containers"]
    wanted["containerStatuses"] = [
        _container(pod, each, statuses.get(each["name"], {}), outcome, now) for each in containers
    ]
    inits = pod["spec"].get("initContainers") or ()
    if inits:
        wanted["initContainerStatuses"] = [_container(pod, each, {}, Outcome.SUCCEEDED, now) for each in inits]
    return wanted, _notes(pod, outcome, before)


def unscheduled(pod: Body, why: str, now: datetime) -> Body:
    """The status of a Pod that no node takes, as the scheduler writes it."""
    return {"phase": "Pending", "conditions": [_condition(pod, "PodScheduled", "False", now, "Unschedulable", why)]}


def _addresses(pod: Body, node: Body | None) -> tuple[str, str]:
    addresses = ((node or {}).get("status") or {}).get("addresses") or ()
    host = next((each["address"] for each in addresses if each.get("type") == "InternalIP"), _NODE_IP)
    value = stable_number(uid(pod))
    return f"10.244.{value % 250}.{1 + value // 250 % 254}", host


def _conditions(pod: Body, outcome: Outcome, now: datetime) -> list[Body]:
    names = ", ".join(each["name"] for each in pod["spec"]["containers"])
    unready, reason = f"containers with unready status: [{names}]", "ContainersNotReady"
    complete = "PodCompleted" if outcome is Outcome.SUCCEEDED else "PodFailed"
    if outcome in _ENDED:
        unready, reason = "", complete
    ready = "True" if outcome is Outcome.READY else "False"
    why = ("", "") if ready == "True" else (reason, unready)
    started = "False" if outcome in _ENDED or _PHASES.get(outcome) == "Pending" else "True"
    return [
        _condition(pod, "PodReadyToStartContainers", started, now),
        _condition(pod, "Initialized", "True", now, "PodCompleted" if outcome is Outcome.SUCCEEDED else ""),
        _condition(pod, "Ready", ready, now, *why),
        _condition(pod, "ContainersReady", ready, now, *why),
        _condition(pod, "PodScheduled", "True", now),
    ]


def _condition(pod: Body, kind: str, value: str, now: datetime, reason: str = "", message: str = "") -> Body:
    before = condition(pod, kind)
    made: Body = {"type": kind, "status": value, "lastProbeTime": None}
    made["lastTransitionTime"] = before["lastTransitionTime"] if before.get("status") == value else time_text(now)
    made["observedGeneration"] = pod["metadata"].get("generation")
    return made | {key: text for key, text in (("reason", reason), ("message", message)) if text}


def _container(pod: Body, container: Body, before: Body, outcome: Outcome, now: datetime) -> Body:
    image, restarts = container.get("image", ""), before.get("restartCount", 0)
    made: Body = {"name": container["name"], "image": image, "imageID": "", "lastState": before.get("lastState") or {}}
    made |= {"ready": False, "started": False, "restartCount": restarts}
    if outcome in (Outcome.PULL_FAILED, Outcome.PULL_BACK_OFF):
        return made | {"state": {"waiting": _pull(container, outcome, pod)}}
    made["imageID"] = f"{image.partition('@')[0].rpartition(':')[0] or image}@sha256:{_digest(image)}"
    made["containerID"] = f"containerd://{_digest(uid(pod), container['name'], str(restarts))}"
    begun = ((before.get("state") or {}).get("running") or {}).get("startedAt") or time_text(now)
    if outcome is Outcome.CRASHED:
        ended = _terminated(made["containerID"], begun, now, 1, "Error")
        text = f"back-off restarting failed container={container['name']} pod={pod['metadata']['name']}"
        waiting = {"reason": "CrashLoopBackOff", "message": text}
        return made | {"lastState": ended, "state": {"waiting": waiting}, "restartCount": restarts + 1}
    if outcome is Outcome.SUCCEEDED:
        return made | {"state": _terminated(made["containerID"], begun, now, 0, "Completed")}
    if outcome is Outcome.FAILED:
        return made | {"state": _terminated(made["containerID"], begun, now, 1, "Error")}
    return made | {"state": {"running": {"startedAt": begun}}, "started": True, "ready": outcome is Outcome.READY}


def _pull(container: Body, outcome: Outcome, pod: Body) -> Body:
    image = container.get("image", "")
    at_fault = failing_image(image) == IMAGE_PULL or not any(
        failing_image(each.get("image", "")) == IMAGE_PULL for each in pod["spec"]["containers"]
    )
    if not at_fault:
        return {"reason": "ContainerCreating"}
    if outcome is Outcome.PULL_BACK_OFF:
        return {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{image}": {_not_found(image)}'}
    return {"reason": "ErrImagePull", "message": _not_found(image)}


def _not_found(image: str) -> str:
    return f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": {image}: not found'


def _terminated(container: str, begun: str, now: datetime, code: int, reason: str) -> Body:
    times = {"startedAt": begun, "finishedAt": time_text(now)}
    return {"terminated": {"exitCode": code, "reason": reason, **times, "containerID": container}}


def _digest(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def _notes(pod: Body, outcome: Outcome, before: Body) -> list[Note]:
    notes: list[Note] = []
    name, namespace = pod["metadata"]["name"], pod["metadata"].get("namespace", "")
    if not before.get("startTime"):
        text = f"Successfully assigned {namespace}/{name} to {pod['spec'].get('nodeName', '')}"
        notes.append(Note(pod, "Scheduled", text, "default-scheduler"))
    for container in pod["spec"]["containers"]:
        notes += _container_notes(pod, container, outcome, started=before.get("phase") == "Running")
    return notes


def _container_notes(pod: Body, container: Body, outcome: Outcome, *, started: bool) -> list[Note]:
    image, name = container.get("image", ""), container["name"]
    match outcome:
        case Outcome.PULL_FAILED:
            text = f'Failed to pull image "{image}": {_not_found(image)}'
            return [Note(pod, "Failed", text, "kubelet", warning=True)]
        case Outcome.PULL_BACK_OFF:
            return [Note(pod, "BackOff", f'Back-off pulling image "{image}"', "kubelet", warning=True)]
        case Outcome.CRASHED:
            text = f"Back-off restarting failed container {name} in pod {pod['metadata']['name']}"
            return [Note(pod, "BackOff", text, "kubelet", warning=True)]
        case Outcome.RUNNING | Outcome.READY if not started:
            pulled = Note(pod, "Pulled", f'Container image "{image}" already present on machine', "kubelet")
            return [pulled, Note(pod, "Started", f"Started container {name}", "kubelet")]
    return []
