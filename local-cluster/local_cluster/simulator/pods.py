"""The life of a Pod: scheduled, started, ready, or failing as it was told (`failures.py`). Pure."""

from collections.abc import Sequence
from datetime import datetime

from weir.kube.kinds import POD

from .containers import Outcome, pod_status, unscheduled
from .failures import CRASH_LOOP, DEADLINE, IMAGE_PULL, NEVER_READY, failure
from .plan import KUBELET, SCHEDULER, Note, Patch, Plan, Remove, status
from .reading import Body, deleting, is_true, stable_number
from .settings import Settings

_PULL_PAUSE = 0.2


def stage(pod: Body) -> str:
    """Where in its life a Pod stands, as far as its own status tells."""
    now = pod.get("status") or {}
    if deleting(pod):
        return "deleting"
    if now.get("phase") in ("Succeeded", "Failed"):
        return "done"
    if not pod["spec"].get("nodeName"):
        return "unscheduled"
    waiting = [
        each.get("state", {}).get("waiting", {}).get("reason", "") for each in now.get("containerStatuses") or ()
    ]
    reasons = [reason for reason in waiting if reason]
    if reasons:
        restarts = max(each.get("restartCount", 0) for each in now["containerStatuses"])
        return f"{reasons[0]}/{restarts}"
    if now.get("phase") != "Running":
        return "created"
    return "ready" if is_true(pod, "Ready") else f"running/{_restarts(pod)}"


def plan(pod: Body, nodes: Sequence[Body], waited: float, now: datetime, settings: Settings) -> Plan:
    """The next step, when it is due; `waited`: seconds at this stage."""
    where = stage(pod)
    if where == "deleting":
        grace = pod["metadata"].get("deletionGracePeriodSeconds") or 0
        left = min(settings.stop, grace) - waited
        return Plan((Remove(POD, pod, now=True),)) if left <= 0 else Plan(again=left)
    if where == "unscheduled":
        return _schedule(pod, nodes, now)
    step = _next(pod, where, settings)
    if step is None:
        return Plan()
    delay, outcome = step
    if waited < delay:
        return Plan(again=delay - waited)
    wanted, notes = pod_status(pod, outcome, _node(pod, nodes), now)
    return Plan((*status(POD, pod, wanted, KUBELET), *notes))


def _next(pod: Body, where: str, settings: Settings) -> tuple[float, Outcome] | None:
    """After how many seconds at this stage what comes next."""
    fails, (name, _, count) = failure(pod), where.partition("/")
    restarts = int(count or 0)
    match name:
        case "created":
            return settings.start, _first(pod, fails)
        case "ErrImagePull":
            return _PULL_PAUSE, Outcome.PULL_BACK_OFF
        case "CrashLoopBackOff":
            return min(settings.restart * 2**restarts, settings.longest_restart), Outcome.RUNNING
        case "running" if fails == CRASH_LOOP:
            return settings.crash, Outcome.FAILED if _once(pod) == "Never" else Outcome.CRASHED
        case "running" if fails in (NEVER_READY, DEADLINE):
            return None
        case "running" | "ready" if _once(pod):
            return settings.run, Outcome.SUCCEEDED
        case "running":
            return settings.ready, Outcome.READY
        case _:
            return None


def _first(pod: Body, fails: str) -> Outcome:
    if fails == IMAGE_PULL:
        return Outcome.PULL_FAILED
    probed = any("readinessProbe" in each for each in pod["spec"]["containers"])
    return Outcome.RUNNING if fails or probed else Outcome.READY


def _once(pod: Body) -> str:
    """The restart policy of a Pod that runs to completion; empty for one that runs for ever."""
    policy = pod["spec"].get("restartPolicy", "Always")
    return policy if policy != "Always" else ""


def _restarts(pod: Body) -> int:
    return max((each.get("restartCount", 0) for each in pod["status"].get("containerStatuses") or ()), default=0)


def fitting(spec: Body, nodes: Sequence[Body]) -> list[Body]:
    """The nodes that a Pod's `nodeSelector` allows."""
    wanted = (spec.get("nodeSelector") or {}).items()
    return [node for node in nodes if wanted <= (node["metadata"].get("labels") or {}).items() and not deleting(node)]


def place(pod: Body, nodes: Sequence[Body]) -> Body:
    """The Pod with a node, when one fits: what the scheduler would bind a moment later."""
    found = fitting(pod["spec"], nodes)
    if not found or pod["spec"].get("nodeName"):
        return pod
    node = found[stable_number(pod["metadata"]["name"]) % len(found)]
    return {**pod, "spec": {**pod["spec"], "nodeName": node["metadata"]["name"]}}


def _schedule(pod: Body, nodes: Sequence[Body], now: datetime) -> Plan:
    placed = place(pod, nodes)
    name = placed["spec"].get("nodeName")
    if name:
        return Plan((Patch(POD, pod, {"spec": {"nodeName": name}}, manager=SCHEDULER),))
    count = len(nodes)
    text = f"0/{count} nodes are available: {count} node(s) didn't match Pod's node affinity/selector. "
    text += f"no new claims to deallocate, preemption: 0/{count} nodes are available: "
    text += f"{count} Preemption is not helpful for scheduling."
    actions = status(POD, pod, unscheduled(pod, text, now), SCHEDULER)
    note = Note(pod, "FailedScheduling", text, "default-scheduler", warning=True)
    return Plan((*actions, note) if actions else ())


def _node(pod: Body, nodes: Sequence[Body]) -> Body | None:
    return next((node for node in nodes if node["metadata"]["name"] == pod["spec"].get("nodeName")), None)
