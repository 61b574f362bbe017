"""The conditions of a Deployment through its life."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_cluster.simulator.conditions import conditions

NOW = datetime(2026, 1, 1, 0, 10, tzinfo=UTC)
TEXT = "2026-01-01T00:10:00Z"
EARLIER = "2026-01-01T00:00:00Z"


def progressing(status: str, reason: str, message: str, since: str = EARLIER, updated: str = EARLIER) -> dict[str, Any]:
    times = {"lastUpdateTime": updated, "lastTransitionTime": since}
    return {"type": "Progressing", "status": status, **times, "reason": reason, "message": message}


MOVING = progressing("True", "ReplicaSetUpdated", 'ReplicaSet "x-1" is progressing.')
DONE = progressing("True", "NewReplicaSetAvailable", 'ReplicaSet "x-1" has successfully progressed.')
LATE = progressing("False", "ProgressDeadlineExceeded", 'ReplicaSet "x-1" has timed out progressing.')


def deployment(before: dict[str, Any] | None, deadline: int = 600, **status: Any) -> dict[str, Any]:
    spec = {"replicas": 2, "progressDeadlineSeconds": deadline}
    return {"spec": spec, "status": {**status, **({"conditions": [before]} if before else {})}}


def replica_set(replicas: int, available: int) -> dict[str, Any]:
    status = {"replicas": replicas, "readyReplicas": available, "availableReplicas": available, "observedGeneration": 1}
    return {"metadata": {"name": "x-1", "generation": 1, "uid": "u"}, "spec": {"replicas": 2}, "status": status}


FULL = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
Case = tuple[dict[str, Any], dict[str, Any], bool, dict[str, Any], float | None]
CASES: dict[str, Case] = {
    "it begins": (
        deployment(None),
        replica_set(0, 0),
        False,
        {**MOVING, "lastUpdateTime": TEXT, "lastTransitionTime": TEXT},
        600.0,
    ),
    "it waits": (deployment(MOVING, 700, replicas=2, updatedReplicas=2), replica_set(2, 0), False, MOVING, 100.0),
    "it gets on": (
        deployment(MOVING, 700, replicas=2, updatedReplicas=2),
        replica_set(2, 1),
        False,
        {**MOVING, "lastUpdateTime": TEXT},
        700.0,
    ),
    "it is late": (
        deployment(MOVING, 600, replicas=2, updatedReplicas=2),
        replica_set(2, 0),
        False,
        {**LATE, "lastUpdateTime": TEXT, "lastTransitionTime": TEXT},
        None,
    ),
    "it stays late": (deployment(LATE, 600, replicas=2, updatedReplicas=2), replica_set(2, 0), False, LATE, None),
    "it is told to be late": (
        deployment(MOVING, 700, replicas=2, updatedReplicas=2),
        replica_set(2, 0),
        True,
        {**LATE, "lastUpdateTime": TEXT, "lastTransitionTime": TEXT},
        None,
    ),
    "it is done": (deployment(MOVING), replica_set(2, 2), False, {**DONE, "lastUpdateTime": TEXT}, None),
    "it stays done": (deployment(DONE, 600, **FULL), replica_set(2, 2), False, DONE, None),
    "it recovers after it was late": (
        deployment(LATE, 600, replicas=2, updatedReplicas=2),
        replica_set(2, 2),
        False,
        {**DONE, "lastUpdateTime": TEXT, "lastTransitionTime": TEXT},
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_progress(case: str) -> None:
    before, new, told, expected, again = CASES[case]
    found, left = conditions(before, new, [new], NOW, told=told)
    assert found[1] == expected
    assert left == again


def test_availability() -> None:
    assert conditions(deployment(None), replica_set(2, 2), [replica_set(2, 2)], NOW, told=False)[0][0] == {
        "type": "Available",
        "status": "True",
        "lastUpdateTime": TEXT,
        "lastTransitionTime": TEXT,
        "reason": "MinimumReplicasAvailable",
        "message": "Deployment has minimum availability.",
    }
    lacking = conditions(deployment(None), replica_set(2, 1), [replica_set(2, 1)], NOW + timedelta(), told=False)[0][0]
    assert (lacking["status"], lacking["reason"]) == ("False", "MinimumReplicasUnavailable")
