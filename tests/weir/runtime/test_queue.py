"""Whose turn it is."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weir.kube.object import Key
from weir.runtime.queue import Priority, Queue, Turn, Wake

A, B, C = Key("ns", "a"), Key("ns", "b"), Key("ns", "c")
MANUAL, REVISION, DRIFT, RETRY, INTERVAL = (
    Priority.MANUAL,
    Priority.REVISION,
    Priority.DRIFT,
    Priority.RETRY,
    Priority.INTERVAL,
)

Steps = Callable[[Queue], list[Turn | None]]


def by_priority(queue: Queue) -> list[Turn | None]:
    queue.add(Wake(A, INTERVAL, "interval"), 1)
    queue.add(Wake(B, REVISION, "revision"), 2)
    queue.add(Wake(C, MANUAL, "asked"), 3)
    return [queue.take(4) for _ in range(4)]


def merged(queue: Queue) -> list[Turn | None]:
    queue.add(Wake(A, INTERVAL, "interval"), 1)
    queue.add(Wake(B, DRIFT, "drift"), 1)
    queue.add(Wake(A, REVISION, "revision 1"), 2)
    queue.add(Wake(A, REVISION, "revision 2"), 3)
    queue.add(Wake(A, REVISION, "revision 2"), 4)
    queue.add(Wake(A, INTERVAL, "config map"), 5)
    return [queue.take(6) for _ in range(3)]


def followed_up(queue: Queue) -> list[Turn | None]:
    queue.add(Wake(A, INTERVAL, "first"), 1)
    turns = [queue.take(1)]
    queue.add(Wake(A, REVISION, "second"), 2)
    queue.add(Wake(A, REVISION, "third"), 3)
    turns.append(queue.take(4))
    queue.done(A)
    turns.append(queue.take(5))
    queue.done(A)
    turns.append(queue.take(6))
    return turns


def delayed(queue: Queue) -> list[Turn | None]:
    queue.add_after(Wake(A, RETRY, "retry"), 10, 0)
    turns = [queue.take(9), queue.take(10)]
    queue.done(A)
    return [*turns, queue.take(20)]


def overtaken(queue: Queue) -> list[Turn | None]:
    queue.add_after(Wake(A, RETRY, "retry"), 10, 0)
    queue.add(Wake(A, REVISION, "revision"), 1)
    turns = [queue.take(2)]
    queue.done(A)
    return [*turns, queue.take(100)]


def not_before(queue: Queue) -> list[Turn | None]:
    queue.add(Wake(A, REVISION, "revision"), 1)
    queue.add_after(Wake(A, INTERVAL, "interval"), 10, 1)
    return [queue.take(2), queue.take(11)]


def postponed(queue: Queue) -> list[Turn | None]:
    queue.add_after(Wake(A, RETRY, "retry"), 10, 0)
    queue.add_after(Wake(A, INTERVAL, "interval"), 60, 5)
    return [queue.take(10), queue.take(65)]


def gone(queue: Queue) -> list[Turn | None]:
    queue.add(Wake(A, REVISION, "revision"), 1)
    queue.add_after(Wake(B, INTERVAL, "interval"), 1, 1)
    queue.forget(A)
    queue.forget(B)
    return [queue.take(100)]


TABLE: dict[str, tuple[Steps, list[Turn | None]]] = {
    "the more urgent goes first": (
        by_priority,
        [
            Turn(C, MANUAL, ("asked",), 1, 3),
            Turn(B, REVISION, ("revision",), 1, 2),
            Turn(A, INTERVAL, ("interval",), 1, 1),
            None,
        ],
    ),
    "one slot per object: the most urgent priority, the latest causes, the first time": (
        merged,
        [
            Turn(A, REVISION, ("config map", "revision 2", "revision 1"), 4, 1),
            Turn(B, DRIFT, ("drift",), 1, 1),
            None,
        ],
    ),
    "never two attempts at an object, but one follow-up": (
        followed_up,
        [Turn(A, INTERVAL, ("first",), 1, 1), None, Turn(A, REVISION, ("third", "second"), 2, 2), None],
    ),
    "a delay ends when it ends": (delayed, [None, Turn(A, RETRY, ("retry",), 1, 10), None]),
    "a wake takes the place of a delay": (overtaken, [Turn(A, REVISION, ("revision",), 1, 1), None]),
    "a delay does not follow what is due": (not_before, [Turn(A, REVISION, ("revision",), 1, 1), None]),
    "a later delay takes the place of the earlier": (postponed, [None, Turn(A, INTERVAL, ("interval",), 1, 65)]),
    "nothing is left of an object that is gone": (gone, [None]),
}


@pytest.mark.parametrize(("steps", "expected"), TABLE.values(), ids=TABLE)
def test_turns(steps: Steps, expected: list[Turn | None]) -> None:
    assert steps(Queue()) == expected


def test_causes_in_one_line() -> None:
    assert Turn(A, MANUAL, ("x", "y"), 5, 0).cause == "x; y; and 3 more"


def test_the_next_delay_and_the_due_times() -> None:
    queue = Queue()
    assert queue.next_at() is None
    queue.add_after(Wake(A, RETRY, "retry"), 10, 0)
    queue.add_after(Wake(B, INTERVAL, "interval"), 5, 0)
    assert (queue.next_at(), queue.due(A), queue.due(B), queue.due(C)) == (5, 10, 5, None)
    queue.add(Wake(B, MANUAL, "asked"), 2)
    assert (queue.next_at(), queue.due(B), len(queue)) == (10, 2, 1)
    queue.take(3)
    assert (queue.running(B), queue.running(A), queue.longest(7)) == (3, None, (4, 4))


_STEP = st.one_of(
    st.tuples(st.just("add"), st.sampled_from("abc"), st.sampled_from(Priority)),
    st.tuples(st.just("after"), st.sampled_from("abc"), st.floats(0, 5)),
    st.tuples(st.just("take"), st.none(), st.none()),
    st.tuples(st.just("done"), st.sampled_from("abc"), st.none()),
)


@given(st.lists(_STEP, max_size=60))
def test_whatever_happens_no_wake_is_lost_and_no_object_runs_twice(steps: list[tuple[str, str, float]]) -> None:
    queue, running, owed, now = Queue(), set[str](), set[str](), 0.0
    for what, name, value in steps:
        now += 1
        match what:
            case "add":
                queue.add(Wake(Key("ns", name), Priority(int(value)), "x"), now)
                owed.add(name)
            case "after":
                queue.add_after(Wake(Key("ns", name), INTERVAL, "x"), value, now)
                owed.add(name)
            case "take" if (turn := queue.take(now)) is not None:
                assert turn.key.name not in running
                running.add(turn.key.name)
                owed.discard(turn.key.name)
            case "done" if name in running:
                queue.done(Key("ns", name))
                running.discard(name)
    for name in running:
        queue.done(Key("ns", name))
    seen = set()
    while (turn := queue.take(now + 100)) is not None:
        seen.add(turn.key.name)
    assert owed <= seen
