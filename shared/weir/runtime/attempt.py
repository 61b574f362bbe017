"""One attempt at one object: read it, settle or reconcile it, write how it ended, say when it is due again."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from msgspec.structs import replace

from weir.api.base import Resource, Struct
from weir.api.duration import text as duration
from weir.kube.client import Client
from weir.kube.errors import ApiError, KubeError, NotFound, Undecodable
from weir.kube.object import Key, Object
from weir.runtime import settle
from weir.runtime.envelope import envelope
from weir.runtime.events import Recorder
from weir.runtime.logs import attempt, clean, logger
from weir.runtime.metrics import Meters
from weir.runtime.outcome import (
    Conclusion,
    Ending,
    Failed,
    InvalidObject,
    LostClaim,
    Ready,
    Requeue,
    Stalled,
    Unexpected,
    Waiting,
    conclude,
)
from weir.runtime.queue import Turn
from weir.runtime.run import Run
from weir.runtime.schedule import Delays, Schedule
from weir.runtime.status import StatusWriter

if TYPE_CHECKING:
    from weir.runtime.controller import Controller

R = TypeVar("R", bound=Resource)
T = TypeVar("T")

Log = logging.LoggerAdapter[logging.Logger]


@dataclass(frozen=True)
class Host:
    """What the controllers of a process share."""

    name: str
    """Name of the process's part, such as `kustomize-controller`: reporting controller and field manager."""
    recorder: Recorder
    delays: Delays
    namespace: str = ""
    """The only namespace that is looked at; empty: all."""


async def caught(work: Awaitable[T], log: Log) -> T | Ending:
    """What came of it. The one place that catches everything: whatever is raised ends an attempt, never the loop."""
    try:
        return await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return Unexpected("a part of the attempt was cancelled")
    except Exception as error:  # noqa: BLE001  this is the place
        return ending_of(error, log)


def ending_of(error: Exception, log: Log) -> Ending:
    """The ending that an exception means; of a group the one that was declared, if any.

    Only declared endings and the API server's answers are shown to people; anything else may hold what it should not.
    """
    match error:
        case Ending():
            return error
        case ExceptionGroup():
            leaves = sorted(
                error.exceptions, key=lambda it: (not isinstance(it, Ending), not isinstance(it, KubeError))
            )
            return ending_of(leaves[0], log)
        case KubeError():
            return Unexpected(str(error), after=error.retry_after if isinstance(error, ApiError) else None)
        case _:
            log.error("unexpected error", exc_info=error)
            return Unexpected(f"unexpected {type(error).__name__}; the log of the controller tells more")


Result = Literal["success", "error", "terminal", "requeue", "requeue_after"]


class Visit(Struct):
    """What an attempt came to: when to come again, and its result for the metrics."""

    requeue: Requeue
    result: Result = "success"
    interval: float = 0.0
    """Seconds, as the object says."""
    retry: float | None = None
    """Seconds, if the object says."""


class Attempts(Generic[R]):
    """Makes the attempts of one controller."""

    def __init__(self, controller: "Controller[R]", client: Client, host: Host) -> None:
        self.schedule = Schedule(host.delays)
        self.meters = Meters(controller.kind, controller.concurrent)
        self.give_up_at: dict[Key, float] = {}
        """Event loop time at which the attempts under way are cancelled."""
        self._controller = controller
        self._client = client
        self._host = host
        self._written: dict[Key, str] = {}
        """The version of each object that this process left."""

    async def attempt(self, turn: Turn, newer: asyncio.Event) -> float | None:
        """Visit the object once. Returns the seconds to its next visit, None to wait for a change."""
        clock = asyncio.get_running_loop().time
        log = logger(self._host.name, self._controller.kind, turn.key, str(uuid.uuid4()))
        self.meters.begins(turn, clock())
        self.schedule.begin(turn.key, clock())
        with attempt():
            requeue = await caught(self._visit(turn, newer, log), log)
        if isinstance(requeue, Ending):
            log.error("the attempt could not be concluded", extra={"error": requeue.message})
            requeue = Visit(Requeue("backoff"), "error")
        self.meters.ends(turn.key, clock(), requeue.result)
        self.give_up_at.pop(turn.key, None)
        return self.schedule.plan(turn.key, requeue.requeue, requeue.interval, requeue.retry, clock())

    def forget(self, key: Key) -> None:
        """The object is gone: its due time, its queue slot and its metrics go too."""
        self.schedule.forget(key)
        self._written.pop(key, None)
        self._controller.queue.forget(key)
        self.meters.forget(key)

    async def _visit(self, turn: Turn, newer: asyncio.Event, log: Log) -> Visit:
        key = turn.key
        try:
            live = await self._newest(key)
        except NotFound:
            return Visit(Requeue("change"))
        run, invalid = self._open(turn, live, newer, log)
        ending = await caught(self._settle(run, invalid), log)
        visit = await self._close(run, ending, valid=invalid is None)
        self._written[key] = run.writer.version
        return visit

    async def _newest(self, key: Key) -> Object:
        """The object as the watch has it, unless that is older than what we wrote; every write has its precondition."""
        seen = self._controller.store.get(key)
        if seen is not None and self._written.get(key) in (None, seen.metadata.resource_version):
            return seen
        return await self._client.get(self._controller.kind, key.name, key.namespace)

    def _open(self, turn: Turn, live: Object, newer: asyncio.Event, log: Log) -> tuple[Run[Any], str | None]:
        """The run, and what is wrong with an object that does not decode."""
        decode: Callable[[Object], Resource] = partial(Object.decode, type_=self._controller.type)
        invalid = None
        try:
            object_ = decode(live)
        except Undecodable as error:
            decode, invalid = envelope, str(error)
            object_ = envelope(live)
        manager = f"gotk-{self._host.name}"
        writer = StatusWriter(self._client, self._controller.kind, turn.key, manager, live, decode)
        about = (self._controller.kind, live.metadata)
        tell = partial(self._host.recorder.tell, *about)
        tell_if_interrupted = partial(self._host.recorder.told_if_interrupted, *about)
        run = Run(object_, turn.key, self._client, turn.cause, log, newer, writer, tell, tell_if_interrupted)
        return run, invalid

    async def _settle(self, run: Run[Any], invalid: str | None) -> Ready | None:
        """Ready, or None when there is nothing to conclude; endings are raised."""
        if invalid is not None:
            raise InvalidObject(invalid)
        limit = self._controller.limit(run.object)
        self.give_up_at[run.key] = asyncio.get_running_loop().time() + limit
        try:
            async with asyncio.timeout(limit) as bound:
                return await self._reconcile(run)
        except TimeoutError as error:
            if bound.expired():
                raise Unexpected(f"the attempt was given up after {duration(limit)}") from error
            raise

    async def _reconcile(self, run: Run[Any]) -> Ready | None:
        controller = self._controller
        if run.object.metadata.deletion_timestamp:
            await settle.finish_deletion(controller, run, self._host.recorder.stored)
            return None
        await settle.add_finalizer(controller, run)
        if settle.suspended(run.object):
            run.log.info("suspended, nothing to do")
            await settle.close_suspended(controller, run)
            return None
        return await controller.reconcile(run)

    async def _close(self, run: Run[Any], ending: Ready | Ending | None, *, valid: bool) -> Visit:
        """Events first, so that they are told at least once; then the status; then when to come again."""
        if ending is None:
            return Visit(Requeue("change"))
        policy, generation = self._controller.policy, run.object.metadata.generation
        conclusion = conclude(ending, run.status.conditions, generation, datetime.now(UTC), policy)
        if not isinstance(ending, LostClaim):
            if conclusion.event:
                run.tell(conclusion.event)
            await self._host.recorder.stored()
            conditions = tuple(replace(it, message=clean(it.message)) for it in conclusion.conditions)
            facts = {**run.facts, "conditions": conditions, **settle.handled(run.object)}
            if conclusion.observed_generation is not None:
                facts["observed_generation"] = conclusion.observed_generation
            await run.writer.finish(facts, (*policy.owned, *(mark.type for mark in ending.marks)))
        _say(run, ending)
        if not valid:
            return Visit(conclusion.requeue, "error")
        interval, retry = self._controller.interval(run.object), self._controller.retry(run.object)
        return Visit(conclusion.requeue, _result(ending, conclusion), interval, retry)


def _result(ending: Ready | Ending, conclusion: Conclusion) -> Result:
    """The result in `controller_runtime_reconcile_total`."""
    match ending:
        case Ready() if conclusion.requeue.by != "backoff":
            return "requeue_after"
        case Stalled():
            return "terminal"
        case Waiting():
            return "requeue_after" if conclusion.requeue.after > 0 else "requeue"
        case _:
            return "error"


def _say(run: Run[Any], ending: Ready | Ending) -> None:
    if isinstance(ending, Failed | Stalled):
        run.log.error("%s", ending.reason, extra={"error": ending.message})
    else:
        run.log.info("%s: %s", ending.reason, ending.message)
