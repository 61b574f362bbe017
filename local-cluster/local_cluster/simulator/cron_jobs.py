"""CronJobs start Jobs by the clock. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from weir.kube.kinds import CRON_JOB, JOB

from .plan import Action, Create, Plan, Remove, status
from .reading import Body, deleting, is_true, number, owner_reference, read_time, time_text

_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = {name: i for i, name in enumerate(_DAYS)} | {name: i for i, name in enumerate(_MONTHS, 1)}
_SUNDAY = 7
_MISSED = 100
"""Minutes that are made up for at most."""


def plan(cron_job: Body, jobs: Sequence[Body], now: datetime) -> Plan:
    """Start the Job that is due, forget old ones, look again at the next minute."""
    if deleting(cron_job):
        return Plan()
    spec = cron_job["spec"]
    living = [job for job in jobs if not is_true(job, "Complete") and not is_true(job, "Failed") and not deleting(job)]
    due = None if spec.get("suspend") else _due(cron_job, now)
    policy = spec.get("concurrencyPolicy", "Allow")
    actions: list[Action] = _forget(spec, jobs)
    if due and policy == "Replace":
        actions += [Remove(JOB, job) for job in living]
    started = due if due and not (policy == "Forbid" and living) else None
    if started:
        actions.append(Create(JOB, _job(cron_job, started)))
    wanted: Body = {"active": [_reference(job) for job in living] or None}
    if started:
        wanted["lastScheduleTime"] = time_text(started)
    ended = [done for job in jobs if (done := (job.get("status") or {}).get("completionTime"))]
    if ended:
        wanted["lastSuccessfulTime"] = max(ended)
    return Plan((*actions, *status(CRON_JOB, cron_job, wanted)), 60 - now.second - now.microsecond / 1e6)


def _due(cron_job: Body, now: datetime) -> datetime | None:
    """The last minute since the last start that the schedule names, or None."""
    last = (cron_job.get("status") or {}).get("lastScheduleTime") or cron_job["metadata"].get("creationTimestamp")
    since = read_time(last) or now
    minute = now.replace(second=0, microsecond=0)
    for _ in range(_MISSED):
        if minute <= since:
            return None
        if matches(cron_job["spec"].get("schedule", ""), minute):
            return minute
        minute -= timedelta(minutes=1)
    return None


def matches(schedule: str, minute: datetime) -> bool:
    """Whether a cron schedule names this minute (UTC); one that cannot be read names none."""
    fields = _ALIASES.get(schedule, schedule).lower().split()
    if len(fields) != len(_RANGES):
        return False
    try:
        sets = [_values(field, *bounds) for field, bounds in zip(fields, _RANGES, strict=True)]
    except ValueError:
        return False
    weekday = minute.isoweekday() % _SUNDAY
    in_month, in_week = minute.day in sets[2], weekday in {day % _SUNDAY for day in sets[4]}
    either = "*" not in (fields[2][0], fields[4][0])
    day = in_month or in_week if either else in_month and in_week
    return minute.minute in sets[0] and minute.hour in sets[1] and minute.month in sets[3] and day


def _values(field: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if first in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first)
            end = _number(last) if dash else high if step else start
        if not low <= start <= end <= high:
            raise ValueError(part)
        found.update(range(start, end + 1, int(step or 1)))
    return found


def _number(text: str) -> int:
    return _NAMES[text] if text in _NAMES else int(text)


def _job(cron_job: Body, due: datetime) -> Body:
    template, metadata = cron_job["spec"]["jobTemplate"], cron_job["metadata"]
    given = template.get("metadata") or {}
    annotations = {
        **(given.get("annotations") or {}),
        "batch.kubernetes.io/cronjob-scheduled-timestamp": time_text(due),
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{metadata['name'][:52]}-{int(due.timestamp()) // 60}",
            "namespace": metadata["namespace"],
            "labels": dict(given.get("labels") or {}),
            "annotations": annotations,
            "ownerReferences": [owner_reference(cron_job)],
        },
        "spec": template["spec"],
    }


def _reference(job: Body) -> Body:
    metadata = job["metadata"]
    names = {"name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]}
    return {"apiVersion": "batch/v1", "kind": "Job", **names, "resourceVersion": metadata.get("resourceVersion", "")}


def _forget(spec: Body, jobs: Sequence[Body]) -> list[Action]:
    actions: list[Action] = []
    for kind, field, default in (
        ("Complete", "successfulJobsHistoryLimit", 3),
        ("Failed", "failedJobsHistoryLimit", 1),
    ):
        ended = [job for job in jobs if is_true(job, kind) and not deleting(job)]
        spare = len(ended) - number(spec, field, default=default)
        actions += [Remove(JOB, job) for job in ended[: max(0, spare)]]
    return actions
