"""Whose turn it is: by priority, each object once, delays included.

Pure: time comes in as `now` (seconds of a monotonic clock). An object has one slot for what is to be done and, while an
attempt at it runs, that slot is its one follow-up; what comes in meanwhile is merged, the more urgent priority wins and
the causes are kept.
"""

import heapq
from enum import IntEnum
from typing import NamedTuple

from weir.kube.object import Key

MOST_CAUSES = 3
"""Causes that are named of those merged; the rest are counted."""


class Priority(IntEnum):
    """Lower goes first."""

    MANUAL = 0
    CONTENT = 1
    """A new revision that is known to change something for the object."""
    REVISION = 2
    DEPENDENCY = 3
    DRIFT = 4
    RETRY = 5
    INTERVAL = 6


class Wake(NamedTuple):
    """A reason to look at an object."""

    key: Key
    priority: Priority
    cause: str
    """For people, such as `GitRepository/apps/web revision main@sha1:...`."""


class Turn(NamedTuple):
    """An object whose turn has come."""

    key: Key
    priority: Priority
    causes: tuple[str, ...]
    """Latest first; at most `MOST_CAUSES`."""
    merged: int
    """How many wakes this turn answers."""
    since: float
    """When the first of them was due."""

    @property
    def cause(self) -> str:
        """The causes in one line."""
        rest = self.merged - len(self.causes)
        return "; ".join(self.causes) + (f"; and {rest} more" if rest > 0 else "")


class Queue:
    """The waiting, the delayed and the running."""

    def __init__(self) -> None:
        self._ready: dict[Key, Turn] = {}
        self._heap: list[tuple[int, float, int, Key]] = []
        self._delayed: dict[Key, tuple[float, Wake]] = {}
        self._timers: list[tuple[float, int, Key]] = []
        self._running: dict[Key, float] = {}
        self._count = 0
        self.added = 0
        self.retried = 0

    def add(self, wake: Wake, now: float) -> None:
        """The object is due now; an earlier wake in its slot is merged with this one."""
        self.added += 1
        self._delayed.pop(wake.key, None)
        old = self._ready.get(wake.key)
        turn = Turn(wake.key, wake.priority, (wake.cause,), 1, now) if old is None else _merged(old, wake)
        self._ready[wake.key] = turn
        if wake.key not in self._running and (old is None or turn.priority < old.priority):
            self._push(turn)

    def add_after(self, wake: Wake, delay: float, now: float) -> None:
        """The object is due in `delay` seconds; in place of an earlier delay, and of no effect if it is due already."""
        if wake.key in self._ready:
            return
        if delay <= 0:
            self.add(wake, now)
            return
        if wake.priority is Priority.RETRY:
            self.retried += 1
        self._count += 1
        self._delayed[wake.key] = (now + delay, wake)
        heapq.heappush(self._timers, (now + delay, self._count, wake.key))

    def take(self, now: float) -> Turn | None:
        """The most urgent turn, now running, or None when nothing is due."""
        self._expire(now)
        while self._heap:
            priority, _, _, key = heapq.heappop(self._heap)
            turn = self._ready.get(key)
            if turn is None or key in self._running or turn.priority != priority:
                continue
            del self._ready[key]
            self._running[key] = now
            return turn
        return None

    def done(self, key: Key) -> None:
        """The attempt is over; the follow-up, if there is one, is due."""
        self._running.pop(key, None)
        if (turn := self._ready.get(key)) is not None:
            self._push(turn)

    def forget(self, key: Key) -> None:
        """The object is gone: nothing is to be done about it. A running attempt stays."""
        self._ready.pop(key, None)
        self._delayed.pop(key, None)

    def next_at(self) -> float | None:
        """When the next delay ends; None without one."""
        while self._timers:
            at, _, key = self._timers[0]
            delayed = self._delayed.get(key)
            if delayed is not None and delayed[0] == at:
                return at
            heapq.heappop(self._timers)
        return None

    def due(self, key: Key) -> float | None:
        """When the object is next due: since when it waits, when its delay ends, or None if nothing is planned."""
        if (turn := self._ready.get(key)) is not None:
            return turn.since
        delayed = self._delayed.get(key)
        return delayed[0] if delayed else None

    def running(self, key: Key) -> float | None:
        """Since when an attempt runs; None if none does."""
        return self._running.get(key)

    def longest(self, now: float) -> tuple[float, float]:
        """Seconds of all running attempts together, and of the longest."""
        spans = [now - since for since in self._running.values()]
        return sum(spans), max(spans, default=0.0)

    def __len__(self) -> int:
        """How many objects wait for their turn."""
        return len(self._ready)

    def _push(self, turn: Turn) -> None:
        self._count += 1
        heapq.heappush(self._heap, (turn.priority, turn.since, self._count, turn.key))

    def _expire(self, now: float) -> None:
        while (at := self.next_at()) is not None and at <= now:
            _, _, key = heapq.heappop(self._timers)
            _, wake = self._delayed[key]
            self.add(wake, at)


def _merged(old: Turn, wake: Wake) -> Turn:
    causes = (wake.cause, *(it for it in old.causes if it != wake.cause))[:MOST_CAUSES]
    extra = 0 if wake.cause in old.causes else 1
    return Turn(old.key, min(old.priority, wake.priority), causes, old.merged + extra, old.since)
