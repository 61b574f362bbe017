"""When objects are due."""

import pytest

from weir.kube.object import Key
from weir.runtime.outcome import Requeue
from weir.runtime.queue import Priority, Queue, Wake
from weir.runtime.schedule import Delays, Overdue, Schedule

A, B, C = Key("ns", "a"), Key("ns", "b"), Key("ns", "c")
EXACT = Delays(least=0.75, most=10, jitter=0)

TABLE: dict[str, tuple[list[tuple[Requeue, float | None]], list[float | None]]] = {
    "an interval": ([(Requeue("interval"), None)], [60]),
    "a set time": ([(Requeue("after", 30), None)], [30]),
    "a change": ([(Requeue("change"), None)], [None]),
    "a retry interval": ([(Requeue("retry"), 20), (Requeue("retry"), 20)], [20, 20]),
    "back-off, doubled up to the most": (
        [(Requeue("backoff"), None)] * 6,
        [0.75, 1.5, 3, 6, 10, 10],
    ),
    "a retry without an interval is a back-off": ([(Requeue("retry"), None)] * 2, [0.75, 1.5]),
    "success begins anew": (
        [
            (Requeue("backoff"), None),
            (Requeue("backoff"), None),
            (Requeue("interval"), None),
            (Requeue("backoff"), None),
        ],
        [0.75, 1.5, 60, 0.75],
    ),
    "at once is at once only the first time": (
        [*[(Requeue("after", 0), None)] * 3, (Requeue("interval"), None), (Requeue("after", 0), None)],
        [0, 0.75, 1.5, 60, 0],
    ),
}


@pytest.mark.parametrize(("steps", "expected"), TABLE.values(), ids=TABLE)
def test_delays(steps: list[tuple[Requeue, float | None]], expected: list[float | None]) -> None:
    schedule = Schedule(EXACT)
    assert [schedule.plan(A, requeue, 60, retry, 0) for requeue, retry in steps] == expected


def test_one_object_does_not_wait_for_the_failures_of_another() -> None:
    schedule = Schedule(EXACT)
    for _ in range(5):
        schedule.plan(A, Requeue("backoff"), 60, None, 0)
    assert schedule.plan(B, Requeue("backoff"), 60, None, 0) == 0.75


def test_jitter_stays_within_its_share() -> None:
    schedule = Schedule(Delays(jitter=0.05))
    delays = [schedule.jittered(100) for _ in range(1000)]
    assert 95 <= min(delays) < 97
    assert 103 < max(delays) <= 105


def test_objects_that_nobody_looked_at_are_overdue() -> None:
    schedule, queue = Schedule(EXACT), Queue()
    schedule.plan(A, Requeue("interval"), 60, None, 0)  # planned, but never queued
    schedule.plan(B, Requeue("change"), 60, None, 0)
    assert schedule.overdue([A, B], queue, 50) == [Overdue(A, 0, queued=False)]
    assert schedule.overdue([A, B, C], queue, 70) == [Overdue(A, 10, queued=False), Overdue(C, 0, queued=False)]
    queue.add(Wake(C, Priority.INTERVAL, "start"), 70)
    assert schedule.overdue([A, B, C], queue, 90) == [Overdue(A, 30, queued=False), Overdue(C, 20, queued=True)]
    queue.take(90)
    assert schedule.overdue([A, B, C], queue, 95) == [Overdue(A, 35, queued=False)]


def test_an_object_that_waits_for_its_time_is_not_overdue() -> None:
    schedule, queue = Schedule(EXACT), Queue()
    schedule.plan(A, Requeue("interval"), 60, None, 0)
    queue.add_after(Wake(A, Priority.INTERVAL, "interval"), 60, 0)
    assert schedule.overdue([A], queue, 59) == []
