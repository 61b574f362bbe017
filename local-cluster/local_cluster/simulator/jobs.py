"""Jobs run Pods until enough have succeeded, or too many have failed. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from weir.kube.kinds import JOB, POD

from .plan import Action, Create, Note, Plan, Remove, status
from .pods import place
from .reading import Body, active, condition, deleting, is_true, number, pod_from, read_time, ready, time_text

_COMPONENT = "job-controller"
_BURST = 500
"""Pods that are created at once at most."""


class Verdict(NamedTuple):
    """How a Job ends: the condition, and why."""

    kind: str
    reason: str
    message: str


def plan(job: Body, pods: Sequence[Body], nodes: Sequence[Body], now: datetime) -> Plan:
    """Start what is missing; end the Job when it is decided; remove it when its time to live is over."""
    if deleting(job):
        return Plan()
    if is_true(job, "Complete") or is_true(job, "Failed"):
        return _expire(job, now)
    spec, running = job["spec"], active(pods)
    succeeded = sum((pod.get("status") or {}).get("phase") == "Succeeded" for pod in pods)
    failed = sum((pod.get("status") or {}).get("phase") == "Failed" for pod in pods)
    restarts = sum(_restarts(pod) for pod in running)
    goal = spec.get("completions")
    verdict = _verdict(job, succeeded, failed + restarts, len(running), now)
    if verdict or spec.get("suspend"):
        actions: list[Action] = [Remove(POD, pod) for pod in running]
        return Plan((*actions, *_ending(job, succeeded, failed, verdict, now)))
    missing = number(spec, "parallelism", default=1) - len(running)
    if goal is not None:
        missing = min(missing, int(goal) - succeeded - len(running))
    missing = max(0, min(missing, _BURST))
    actions = [Create(POD, _pod(job, nodes, succeeded + failed + len(running) + i)) for i in range(missing)]
    started = (job.get("status") or {}).get("startTime") or time_text(now)
    counts = {"active": len(running) + missing or None, "ready": len(ready(running)), "startTime": started}
    counts |= {
        "succeeded": succeeded or None,
        "failed": failed or None,
        "terminating": 0,
        "uncountedTerminatedPods": {},
    }
    return Plan((*actions, *status(JOB, job, counts)), _deadline_left(job, started, now))


def _restarts(pod: Body) -> int:
    return sum(each.get("restartCount", 0) for each in (pod.get("status") or {}).get("containerStatuses") or ())


def _pod(job: Body, nodes: Sequence[Body], index: int) -> Body:
    spec = job["spec"]
    pod = pod_from(spec["template"], job)
    if spec.get("completionMode") == "Indexed":
        pod["metadata"].setdefault("annotations", {})["batch.kubernetes.io/job-completion-index"] = str(index)
    return place(pod, nodes)


def _verdict(job: Body, succeeded: int, failures: int, running: int, now: datetime) -> Verdict | None:
    """How the Job ends; None while it goes on."""
    spec, goal = job["spec"], job["spec"].get("completions")
    if (goal is not None and succeeded >= int(goal)) or (goal is None and succeeded and not running):
        return Verdict("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
    if failures > number(spec, "backoffLimit", default=6):
        return Verdict("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    begun = read_time((job.get("status") or {}).get("startTime"))
    limit = spec.get("activeDeadlineSeconds")
    if begun and limit is not None and (now - begun).total_seconds() >= limit:
        return Verdict("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
    return None


def _deadline_left(job: Body, started: str, now: datetime) -> float | None:
    limit, begun = job["spec"].get("activeDeadlineSeconds"), read_time(started)
    return max(0.0, limit - (now - begun).total_seconds()) if limit is not None and begun else None


def _ending(job: Body, succeeded: int, failed: int, verdict: Verdict | None, now: datetime) -> tuple[Action, ...]:
    if verdict is None:
        suspended = _condition(job, "Suspended", "JobSuspended", "Job suspended", now)
        rest: Body = {"active": None, "ready": 0, "startTime": None, "terminating": 0, "uncountedTerminatedPods": {}}
        return status(JOB, job, {"conditions": [suspended], **rest})
    done = verdict.kind == "Complete"
    kinds = ("SuccessCriteriaMet" if done else "FailureTarget", verdict.kind)
    wanted: Body = {
        "conditions": [_condition(job, kind, verdict.reason, verdict.message, now) for kind in kinds],
        "active": None,
        "ready": 0,
        "succeeded": succeeded or None,
        "failed": failed or None,
        "terminating": 0,
        "uncountedTerminatedPods": {},
        "startTime": (job.get("status") or {}).get("startTime") or time_text(now),
    }
    if done:
        wanted["completionTime"] = time_text(now)
    note = Note(job, "Completed", "Job completed", _COMPONENT)
    failure = Note(job, verdict.reason, verdict.message, _COMPONENT, warning=True)
    return *status(JOB, job, wanted), note if done else failure


def _condition(job: Body, kind: str, reason: str, message: str, now: datetime) -> Body:
    before = condition(job, kind)
    if before.get("status") == "True":
        return before
    times = {"lastProbeTime": time_text(now), "lastTransitionTime": time_text(now)}
    return {"type": kind, "status": "True", **times, "reason": reason, "message": message}


def _expire(job: Body, now: datetime) -> Plan:
    limit = job["spec"].get("ttlSecondsAfterFinished")
    ended = read_time((condition(job, "Complete") or condition(job, "Failed")).get("lastTransitionTime"))
    if limit is None or ended is None:
        return Plan()
    left = limit - (now - ended).total_seconds()
    return Plan((Remove(JOB, job),)) if left <= 0 else Plan(again=left)
