"""Rolling updates as arithmetic: replicas and available Pods of new and old, and what they become."""

from typing import Any

import pytest

from local_cluster.simulator.rollout import desired, limits


def deployment(replicas: int, surge: Any = "25%", unavailable: Any = "25%", **spec: Any) -> dict[str, Any]:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {"spec": {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}, **spec}}


def recreate(replicas: int) -> dict[str, Any]:
    return {"spec": {"replicas": replicas, "strategy": {"type": "Recreate"}}}


def replica_set(uid: str, replicas: int, available: int, alive: int | None = None) -> dict[str, Any]:
    status = {"availableReplicas": available, "replicas": replicas if alive is None else alive}
    return {"metadata": {"uid": uid}, "spec": {"replicas": replicas}, "status": status}


Case = tuple[dict[str, Any], tuple[int, int], list[tuple[int, int]], dict[str, int]]
CASES: dict[str, Case] = {
    "a first rollout is complete": (deployment(3), (3, 3), [], {}),
    "the scale grows": (deployment(5), (3, 3), [], {"new": 5}),
    "the scale shrinks": (deployment(1), (3, 3), [], {"new": 1}),
    "an update adds what may surge": (deployment(4), (0, 0), [(4, 4)], {"new": 1}),
    "nothing more while the new one is not there": (deployment(4), (1, 0), [(4, 4)], {"old0": 3}),
    "then old ones go as new ones come": (deployment(4), (2, 2), [(3, 3)], {"old0": 1}),
    "room that opened is used": (deployment(4), (2, 2), [(1, 1)], {"new": 4}),
    "the last old one goes": (deployment(4), (4, 4), [(1, 1)], {"old0": 0}),
    "no surge: the old one goes first": (deployment(2, 0, 1), (0, 0), [(2, 2)], {"old0": 1}),
    "no Pod may miss: the new one must be available first": (deployment(2, 1, 0), (1, 0), [(2, 2)], {}),
    "old Pods that never came up go first": (deployment(4), (1, 0), [(2, 2), (2, 0)], {"old1": 1}),
    "a paused rollout stands still": (deployment(4, paused=True), (1, 1), [(3, 3)], {}),
    "recreate: all old ones go first": (recreate(3), (0, 0), [(3, 3)], {"old0": 0}),
    "recreate: then the new ones come": (recreate(3), (0, 0), [(0, 0)], {"new": 3}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_replicas_become(case: str) -> None:
    wanted, (replicas, available), old, expected = CASES[case]
    olds = [replica_set(f"old{i}", *counts) for i, counts in enumerate(old)]
    assert desired(wanted, replica_set("new", replicas, available), olds) == expected


def test_recreate_waits_for_the_old_pods_to_be_gone() -> None:
    leaving = replica_set("old0", 0, 0, alive=1)
    assert desired(recreate(3), replica_set("new", 0, 0), [leaving]) == {}


LIMITS: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {
    "a quarter, rounded up and down": (deployment(10), (3, 2)),
    "one Pod still moves": (deployment(1), (1, 0)),
    "numbers": (deployment(10, 2, 1), (2, 1)),
    "neither: one may be missed": (deployment(10, 0, 0), (0, 1)),
}


@pytest.mark.parametrize("case", LIMITS)
def test_limits(case: str) -> None:
    wanted, expected = LIMITS[case]
    assert limits(wanted) == expected
