"""Schedules, and the Jobs that they start."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local_cluster.simulator.cron_jobs import matches, plan
from local_cluster.simulator.plan import Create, Patch, Remove

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday

SCHEDULES: dict[str, bool] = {
    "* * * * *": True,
    "*/5 * * * *": True,
    "0 12 * * *": True,
    "0-10 10-14 * * *": True,
    "1,0 12 4 3 *": True,
    "0 12 * * wed": True,
    "0 12 1 * 3": True,
    "@daily": False,
    "@hourly": True,
    "30 * * * *": False,
    "0 12 * * 0": False,
    "0 12 * * 7": False,
    "0 12 5 * *": False,
    "not a schedule at all": False,
    "* * *": False,
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_names_noon(schedule: str) -> None:
    assert matches(schedule, NOON) is SCHEDULES[schedule]


def cron_job(created: str = "2026-03-04T11:58:30Z", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "x", "namespace": "n", "uid": "u", "creationTimestamp": created},
        "spec": {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": {}}}, **spec},
    }


def job(name: str, condition: str = "") -> dict[str, Any]:
    status = {"conditions": [{"type": condition, "status": "True"}]} if condition else {}
    return {"metadata": {"name": name, "namespace": "n", "uid": name}, "status": status}


def test_a_job_is_started_when_it_is_due() -> None:
    found = plan(cron_job(), [], NOON.replace(second=20))
    create, status = found.actions
    assert isinstance(create, Create)
    assert create.body == {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": "x-29543760",
            "namespace": "n",
            "labels": {},
            "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-03-04T12:00:00Z"},
            "ownerReferences": [
                {
                    "apiVersion": "batch/v1",
                    "kind": "CronJob",
                    "name": "x",
                    "uid": "u",
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": {"template": {}},
    }
    assert isinstance(status, Patch)
    assert status.change == {"status": {"lastScheduleTime": "2026-03-04T12:00:00Z"}}
    assert found.again == 40.0


QUIET: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "not yet due": (cron_job("2026-03-04T12:00:10Z"), []),
    "suspended": (cron_job(suspend=True), []),
    "forbidden beside another": (cron_job(concurrencyPolicy="Forbid"), [job("x-1")]),
}


@pytest.mark.parametrize("case", QUIET)
def test_nothing_is_started(case: str) -> None:
    body, jobs = QUIET[case]
    assert [action for action in plan(body, jobs, NOON).actions if isinstance(action, Create)] == []


def test_old_jobs_are_forgotten_and_others_replaced() -> None:
    done = [job(f"x-{i}", "Complete") for i in range(5)]
    body = cron_job(successfulJobsHistoryLimit=3, concurrencyPolicy="Replace")
    removed = [
        action.target["metadata"]["name"]
        for action in plan(body, [*done, job("y")], NOON).actions
        if isinstance(action, Remove)
    ]
    assert removed == ["x-0", "x-1", "y"]
