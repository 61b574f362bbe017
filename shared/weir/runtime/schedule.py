"""When each object is due again: intervals with jitter, back-off, overdue. Pure but for the jitter's dice."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from weir.api.base import Struct
from weir.kube.object import Key
from weir.runtime.outcome import Requeue
from weir.runtime.queue import Queue


class Delays(Struct):
    """Bounds of the waits that no object sets itself, in seconds."""

    least: float = 0.75
    most: float = 900.0
    jitter: float = 0.05
    """Share of an interval by which it is shortened or drawn out at random."""


class Overdue(NamedTuple):
    """An object that nobody looked at when it was due."""

    key: Key
    seconds: float
    queued: bool
    """Whether it is at least in the queue, waiting for its turn."""


class Schedule:
    """The next-due time of every object, and how often it failed in a row.

    `None` as due time: nothing to do before the object changes. The times are kept apart from the queue, so that each
    can be held against the other.
    """

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._due: dict[Key, float | None] = {}
        self._failures: dict[Key, int] = {}
        self._superseded: dict[Key, int] = {}

    def plan(self, key: Key, requeue: Requeue, interval: float, retry: float | None, now: float) -> float | None:
        """Seconds to the next attempt, None to wait for a change; remembered as the object's due time."""
        delay = self._delay(key, requeue, interval, retry)
        self._due[key] = None if delay is None else now + delay
        return delay

    def begin(self, key: Key, now: float) -> None:
        """An attempt starts; should it vanish without a plan, the object is overdue from now on."""
        self._due[key] = now

    def forget(self, key: Key) -> None:
        """The object is gone."""
        for table in (self._due, self._failures, self._superseded):
            table.pop(key, None)

    def due(self, key: Key) -> float | None:
        """The object's due time; None if it waits for a change or is not known."""
        return self._due.get(key)

    def failures(self, key: Key) -> int:
        """Attempts in a row that ended in a back-off."""
        return self._failures.get(key, 0)

    def overdue(self, keys: Iterable[Key], queue: Queue, now: float) -> list[Overdue]:
        """Objects that should have been looked at by now, those included that nobody ever planned to look at."""
        late = []
        for key in keys:
            waiting = queue.due(key)
            due = self._due.setdefault(key, now)
            since = min(at for at in (due, waiting, now) if at is not None)
            forgotten = due is not None and waiting is None
            if queue.running(key) is None and (since < now or forgotten):
                late.append(Overdue(key, now - since, queued=waiting is not None and waiting <= now))
        return late

    def _delay(self, key: Key, requeue: Requeue, interval: float, retry: float | None) -> float | None:
        if requeue.by == "backoff" or (requeue.by == "retry" and retry is None):
            return self._backoff(key, self._failures)
        self._failures.pop(key, None)
        if requeue.by == "after" and requeue.after <= 0:
            # The first time at once; after that something is wrong with "at once".
            if key in self._superseded:
                return self._backoff(key, self._superseded)
            self._superseded[key] = 0
            return 0.0
        self._superseded.pop(key, None)
        match requeue.by:
            case "change":
                return None
            case "after":
                return requeue.after
            case "retry":
                return retry
            case _:
                return self.jittered(interval)

    def jittered(self, interval: float) -> float:
        """The interval, give or take the jitter."""
        return interval * (1 + self._delays.jitter * random.uniform(-1, 1))  # noqa: S311  jitter is no secret

    def _backoff(self, key: Key, counts: dict[Key, int]) -> float:
        count = counts.get(key, 0)
        counts[key] = count + 1
        return min(self._delays.most, self._delays.least * 2.0 ** min(count, 60))
