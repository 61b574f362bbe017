"""The loop, top to bottom: watch, queue, attempt, requeue. Read this file first.

A `Controller` says what a kind needs: its type, `reconcile`, what else to watch. The `Loop` runs it while we lead:

    changes of the kind and of what is watched ▶ wakes ▶ queue (by priority, each object once)
      ▶ attempt: read, settle (gone, invalid, deleted, suspended) or reconcile
      ▶ ending ▶ event, conditions, status ▶ next visit ▶ queue

Every object has a next-due time; `watchdog` holds them against the clock, so that no object is ever forgotten.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from weir.api.base import Kind, Resource
from weir.api.duration import seconds
from weir.kube.client import Client
from weir.kube.object import Key
from weir.kube.watch import Store
from weir.runtime.attempt import Attempts, Host
from weir.runtime.changes import Changes, Wakes
from weir.runtime.outcome import Policy, Ready
from weir.runtime.queue import Priority, Queue, Turn, Wake
from weir.runtime.run import Run
from weir.runtime.watchdog import guard

R = TypeVar("R", bound=Resource)

STANDSTILL = 60.0
"""Seconds without progress after which a process counts as dead."""


def spec_interval(object_: Any) -> float:
    """Seconds in `spec.interval`."""
    return seconds(object_.spec.interval)


@dataclass(frozen=True)
class Watch:
    """Another kind whose changes wake objects of ours."""

    kind: Kind
    wakes: Wakes
    metadata_only: bool = True
    labels: str = ""


@dataclass(frozen=True)
class Controller(Generic[R]):
    """What a kind needs. Queue and store are here too, so that every part of a service can wake an object."""

    type: type[R]
    """Its `DEFINITION` names the kind; it has a `status` with `conditions`."""
    reconcile: Callable[[Run[R]], Awaitable[Ready]]
    finalize: Callable[[Run[R]], Awaitable[None]] | None = None
    """What has to go before the object may go; None: the kind needs no finalizer."""
    policy: Policy = field(default_factory=Policy)
    watches: tuple[Watch, ...] = ()
    concurrent: int = 4
    labels: str = ""
    """Label selector of the objects that this instance is for."""
    interval: Callable[[R], float] = spec_interval
    """Seconds between two visits of an object that is as wanted."""
    retry: Callable[[R], float | None] = lambda _: None
    """Seconds to the next attempt after `Failed`; None: back-off."""
    limit: Callable[[R], float] = lambda _: 3600.0
    """Seconds that one attempt may take."""
    wakes: Wakes = lambda _change, _store: ()
    """Which other objects of the kind a change of one concerns: its dependants. It is shown every change, in order and
    before the object's own attempt, and the whole first list before any attempt: an index can be kept of it."""
    info: Callable[[R], Mapping[str, str]] = lambda _: {}
    """The kind's own labels of `gotk_resource_info`, such as its revision."""
    store: Store = field(default_factory=Store, init=False)
    queue: Queue = field(default_factory=Queue, init=False)
    stirred: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    newer: dict[Key, asyncio.Event] = field(default_factory=dict, init=False)
    """Of the objects under attempt: what `Run.newer` shows."""

    @property
    def kind(self) -> Kind:
        """The kind of its objects."""
        return self.type.DEFINITION.kind

    @property
    def name(self) -> str:
        """The name in metrics and logs: the kind in lower case."""
        return self.kind.kind.lower()

    def wake(self, wake: Wake) -> None:
        """Visit an object soon. Call it in the event loop's thread; an object that is not ours is left alone."""
        if wake.key not in self.store:
            return
        self.queue.add(wake, asyncio.get_running_loop().time())
        if wake.priority <= Priority.REVISION and (newer := self.newer.get(wake.key)):
            newer.set()
        self.stirred.set()

    def due(self, key: Key) -> float | None:
        """When the queue has the object next (event loop time); None if it has it not."""
        return self.queue.due(key)


class Loop(Generic[R]):
    """Runs one controller until it is cancelled."""

    def __init__(self, controller: Controller[R], client: Client, host: Host) -> None:
        self.controller = controller
        self.attempts = Attempts(controller, client, host)
        self.active: dict[Key, asyncio.Task[None]] = {}
        self.stuck: set[Key] = set()
        """Attempts that outlived their limit and do not end: they hold no slot any more."""
        self.looked_at: float | None = None
        """When `watchdog` last looked at the due times (event loop time); None when this process does not lead."""
        self.moved_at = 0.0
        """When an attempt last began or ended."""
        self.host = host
        self.changes = Changes(controller, client, host, self.attempts.forget)
        self._stopping = False

    def trouble(self) -> str:
        """Why this loop does not get on; empty when it does."""
        if self.looked_at is None:
            return ""
        stands = asyncio.get_running_loop().time() - self.looked_at
        if stands > STANDSTILL:
            return f"nobody looked at due times for {stands:.0f} s"
        idle = asyncio.get_running_loop().time() - self.moved_at
        waiting = self.changes.shown.is_set() and len(self.controller.queue) > 0
        if waiting and self._free() > 0 and idle > STANDSTILL:
            return f"objects wait, but no attempt began or ended for {idle:.0f} s"
        return ""

    def _free(self) -> int:
        return self.controller.concurrent - len(self.active.keys() - self.stuck)

    def unsynced(self) -> str:
        """Why this loop does not know its objects yet; empty when it does, or when another replica leads."""
        if self.looked_at is None or self.changes.shown.is_set():
            return ""
        return self.controller.store.refused or "the first list is not there"

    async def run(self) -> None:
        """Watch and attempt. Never returns but by cancellation, or after `stop` once nothing is running."""
        controller = self.controller
        self.looked_at = self.moved_at = asyncio.get_running_loop().time()
        for key in controller.store:
            controller.wake(Wake(key, Priority.INTERVAL, "start"))
        try:
            async with asyncio.TaskGroup() as group:
                watching = [group.create_task(it) for it in (self.changes.run(), guard(self))]
                while not self._stopping:
                    if self.changes.shown.is_set():
                        self._start(group)
                    await self._stirred()
                for task in watching:
                    task.cancel()
        finally:
            self.looked_at = None

    def stop(self) -> None:
        """Begin nothing new; `run` returns when the attempts under way are over."""
        self._stopping = True
        self.controller.stirred.set()

    def requeue(self, key: Key, delay: float | None) -> None:
        """Visit the object again in `delay` seconds; None: when it changes."""
        if delay is not None:
            failures = self.attempts.schedule.failures(key)
            priority, cause = (Priority.RETRY, "retry") if failures else (Priority.INTERVAL, "interval")
            now = asyncio.get_running_loop().time()
            self.controller.queue.add_after(Wake(key, priority, cause), delay, now)

    def _start(self, group: asyncio.TaskGroup) -> None:
        now = asyncio.get_running_loop().time()
        while self._free() > 0 and (turn := self.controller.queue.take(now)) is not None:
            self.moved_at = now
            self.active[turn.key] = group.create_task(self._turn(turn), name=f"{self.controller.name} {turn.key}")

    async def _turn(self, turn: Turn) -> None:
        controller, key = self.controller, turn.key
        controller.newer[key] = asyncio.Event()
        try:
            delay = await self.attempts.attempt(turn, controller.newer[key])
        finally:
            del controller.newer[key], self.active[key]
            self.stuck.discard(key)
            self.moved_at = asyncio.get_running_loop().time()
            controller.queue.done(key)
            controller.stirred.set()
        if key in controller.store:
            self.requeue(key, delay)
        else:
            self.attempts.forget(key)

    async def _stirred(self) -> None:
        # A delay that ends while every slot is taken is no reason to turn round: the slot's end is.
        at = self.controller.queue.next_at() if self._free() > 0 and self.changes.shown.is_set() else None
        try:
            async with asyncio.timeout_at(at):
                await self.controller.stirred.wait()
        except TimeoutError:
            return
        self.controller.stirred.clear()
