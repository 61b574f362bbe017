"""A kind of the tests and its controller: `spec.act` says how an attempt goes. As a module it is a whole process."""

import asyncio
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from weir.api.base import Definition, GoDuration, Kind, Resource, Struct
from weir.api.conditions import Condition, is_true
from weir.api.duration import seconds
from weir.kube.client import Client
from weir.kube.kinds import CONFIG_MAP
from weir.kube.watch import Change, Store
from weir.outbox import Outbox
from weir.runtime.controller import Controller, Watch
from weir.runtime.manager import Process, launch
from weir.runtime.outcome import Failed, Mark, Ready, Severity, Stalled, Superseded, Waiting
from weir.runtime.queue import Priority, Wake
from weir.runtime.run import Run
from weir.runtime.settings import Common, Events


class ErrandSpec(Struct):
    """What to do."""

    act: str = "ready"
    """How the attempt goes."""
    interval: GoDuration = "1h"
    """Interval."""
    retry_interval: GoDuration | None = None
    """Retry interval."""
    suspend: bool = False
    """Suspended."""
    after: str = ""
    """Name of the errand that has to be ready first."""


class ErrandStatus(Struct):
    """What was done."""

    observed_generation: int = -1
    """Generation."""
    conditions: tuple[Condition, ...] = ()
    """Conditions."""
    last_handled_reconcile_at: str = ""
    """Request."""
    attempts: int = 0
    """How often it was tried."""
    cause: str = ""
    """Why the last attempt was made."""


class Errand(Resource):
    """Something to do."""

    DEFINITION = Definition(kind=Kind("tests.weir", "v1", "Errand", "errands"), singular="errand")
    spec: ErrandSpec = ErrandSpec()
    status: ErrandStatus = ErrandStatus()


class BuildFailed(Failed):
    reason = "BuildFailed"


class DependencyNotReady(Waiting):
    reason = "DependencyNotReady"
    severity = Severity.INFO
    default_after = 0.3


class AccessDenied(Stalled):
    reason = "AccessDenied"


class Errands:
    """The service: what it did is in the objects' status, and in `finalized`."""

    def __init__(self) -> None:
        self.finalized: list[str] = []
        self.gate = asyncio.Event()
        """What `act: gate` waits for."""

    async def reconcile(self, run: Run[Errand]) -> Ready:  # noqa: C901, PLR0912  a table of acts  # size: same
        act = run.object.spec.act
        run.record(attempts=run.status.attempts + 1, cause=run.cause)
        await run.progress(f"about to do {act}", marks=[Mark("Errand", "Unknown", "Progressing", act)])
        match act:
            case "ready":
                return Ready("Succeeded", "done", marks=(Mark("Errand", "True", "Succeeded", "done"),))
            case "told":
                run.notify(Severity.INFO, "done it", metadata={"tests.weir/revision": "main@sha1:1"})
                return Ready("Succeeded", "done", severity=Severity.TRACE)
            case "failed":
                raise BuildFailed("a.yaml:3: no such thing", metadata={"tests.weir/revision": "main@sha1:1"})
            case "stalled":
                raise AccessDenied("not yours")
            case "broken":
                raise KeyError("the-password-itself")
            case "group":
                async with asyncio.TaskGroup() as group:
                    group.create_task(asyncio.sleep(3600))
                    group.create_task(self._fail_in_a_task())
            case "cancelled":
                inner = asyncio.create_task(asyncio.sleep(3600))
                inner.cancel()
                await inner
            case "hang":
                await asyncio.sleep(3600)
            case "deaf":
                await deaf()
            case "gate":
                await self.gate.wait()
                await run.progress("through the gate")
                return Ready("Succeeded", "through")
            case "long":
                await run.newer.wait()
                raise Superseded("something newer came")
            case "after":
                other = await run.client.get(Errand.DEFINITION.kind, run.object.spec.after, run.key.namespace)
                if not is_true(other.decode(Errand).status.conditions, "Ready"):
                    raise DependencyNotReady(f"{run.object.spec.after} is not ready")
                return Ready("Succeeded", "after it")
        raise BuildFailed(f"cannot {act}")

    async def _fail_in_a_task(self) -> None:
        raise BuildFailed("a.yaml:3: no such thing")

    async def finalize(self, run: Run[Errand]) -> None:
        if run.object.spec.act == "stay":
            raise DependencyNotReady("somebody still needs it")
        self.finalized.append(run.key.name)

    def controller(self, **more: Any) -> Controller[Errand]:
        return Controller(
            Errand,
            self.reconcile,
            self.finalize,
            watches=(Watch(CONFIG_MAP, wakes_by_config, labels="tests.weir/errand"),),
            retry=lambda errand: seconds(errand.spec.retry_interval) if errand.spec.retry_interval else None,
            info=lambda errand: {"revision": str(errand.status.attempts)},
            **{"wakes": wakes_dependants, **more},
        )


async def deaf() -> None:
    """Does not end when it is cancelled, but when it is cancelled again."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(3600)
    await asyncio.sleep(3600)


def wakes_by_config(change: Change, store: Store) -> Iterable[Wake]:
    """The errand that a ConfigMap's label names."""
    config = change.object.metadata
    if config.labels["tests.weir/errand"] == "raise":
        raise KeyError(config.name)
    return [
        Wake(key, Priority.REVISION, f"ConfigMap/{config.namespace}/{config.name}")
        for key in store
        if key == (config.namespace, config.labels["tests.weir/errand"])
    ]


def wakes_dependants(change: Change, store: Store) -> Iterable[Wake]:
    """The errands that come after one that became ready."""
    if change.new is None or not is_true(change.new.decode(Errand).status.conditions, "Ready"):
        return []
    if change.old is not None and is_true(change.old.decode(Errand).status.conditions, "Ready"):
        return []
    done = change.new.metadata
    return [
        Wake(key, Priority.DEPENDENCY, f"{done.name} is ready")
        for key, live in store.items()
        if key.namespace == done.namespace and live.decode(Errand).spec.after == done.name
    ]


class Settings(Struct):
    """The process's settings."""

    common: Common = Common()
    """Common."""
    events: Events = Events()
    """Events."""


def start(settings: Settings, _: Client) -> Process:
    events = settings.events
    outbox = Outbox(Path(events.outbox_path), events.events_addr) if events.events_addr else None
    return Process([Errands().controller()], outbox=outbox)


if __name__ == "__main__":
    sys.exit(launch(Settings, "errand-controller", lambda settings: settings.common, start))
