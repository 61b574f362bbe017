"""One process: controllers under their lease, servers on every replica, endpoints, signals, all in one task group."""

import asyncio
import gc
import os
import signal
import sys
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import weir
from weir.api.base import Struct
from weir.kube.client import Client
from weir.kube.fence import Fence
from weir.kube.identity import connect
from weir.kube.leader import Election, LeadershipLost
from weir.outbox import Outbox
from weir.runtime.attempt import Host, Log
from weir.runtime.controller import Controller, Loop
from weir.runtime.events import Recorder, instance_name
from weir.runtime.health import Checks, Exposition, health_app, metrics_app, serve
from weir.runtime.logs import configure, logger
from weir.runtime.metrics import LEADER, stand_in
from weir.runtime.resources import Resources
from weir.runtime.settings import Common, lease_name
from weir.settings import SettingsError, parse

Part = Controller[Any] | Callable[[], Awaitable[None]]
"""A controller runs where this process leads; anything else runs on every replica, until it returns."""

LAST_POSTS = 2.0
"""Seconds that the outbox has for its last posts."""
LAST_BREATH = 1.0
"""Seconds that cancelled attempts have to end."""


@dataclass(frozen=True)
class Process:
    """What a process consists of, beside what every process has."""

    parts: Sequence[Part]
    leading: Sequence[Callable[[], Awaitable[None]]] = ()
    """What else runs where this process leads."""
    outbox: Outbox | None = None
    ready: Checks = field(default_factory=dict)
    """What else has to be right before the process counts as ready."""


S = TypeVar("S", bound=Struct)


def launch(type_: type[S], name: str, common: Callable[[S], Common], start: Callable[[S, Client], Process]) -> int:
    """The whole life of a controller's process; returns its exit code. Reads command line and environment."""
    configure()
    try:
        settings = parse(type_, sys.argv[1:], os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    shared = common(settings)
    configure(shared.logging.log_level, shared.logging.log_encoding)

    async def live() -> None:
        client = (await connect(shared.cluster.kubeconfig, user_agent=f"{name}/{weir.__version__}")).behind(Fence())
        try:
            await run(shared, name, start(settings, client), client)
        finally:
            await client.close()

    code = 0
    try:
        asyncio.run(live())
    except* LeadershipLost as lost:
        logger(name).error("the process ends, another replica leads", extra={"error": str(lost.exceptions[0])})
        code = 1
    return code


async def run(common: Common, name: str, process: Process, client: Client) -> None:
    """Run until SIGTERM or SIGINT, then end in good order. Raises `ExceptionGroup` with the error of a part."""
    stop = asyncio.Event()
    running_loop = asyncio.get_running_loop()
    for which in (signal.SIGTERM, signal.SIGINT):
        running_loop.add_signal_handler(which, stop.set)
    stand_in()
    log = logger(name)
    recorder = Recorder(client, name, instance_name(), process.outbox)
    host = Host(name, recorder, common.retrying.delays, common.watching.namespace)
    loops = [Loop(part, client, host) for part in process.parts if isinstance(part, Controller)]
    async with asyncio.TaskGroup() as group:
        background = [
            group.create_task(it())
            for it in (
                *_endpoints(common, process, loops),
                recorder.run,
                *((process.outbox.run,) if process.outbox else ()),
                *(_running(part) for part in process.parts if not isinstance(part, Controller)),
            )
        ]
        acting = group.create_task(_act(common, name, loops, process.leading, client)) if loops else None
        log.info("started")
        await stop.wait()
        log.info("stopping")
        if acting:
            await _end(acting, loops, common.shutdown_grace, log)
        if process.outbox:
            await _last_posts(process.outbox)
        for task in background:
            task.cancel()
    if process.outbox:
        await process.outbox.close()
    log.info("stopped")


def _running(part: Callable[[], Awaitable[None]]) -> Callable[[], Any]:
    async def running() -> None:
        await part()

    return running


def _endpoints(common: Common, process: Process, loops: Sequence[Loop[Any]]) -> list[Callable[[], Any]]:
    def resources() -> list[Resources]:
        shown = loops if common.endpoints.export_resource_info else ()
        return [Resources(it.controller.type, it.controller.store.values(), it.controller.info) for it in shown]

    live = {it.controller.name: it.trouble for it in loops}
    ready = {**process.ready, **{f"{it.controller.name} objects": it.unsynced for it in loops}}
    metrics, health = metrics_app(Exposition(resources)), health_app(live, ready)
    return [
        lambda: serve(metrics, common.endpoints.metrics_addr),
        lambda: serve(health, common.endpoints.health_addr),
    ]


async def _act(
    common: Common,
    name: str,
    loops: Sequence[Loop[Any]],
    beside: Sequence[Callable[[], Awaitable[None]]],
    client: Client,
) -> None:
    """Run the controllers and what goes with them: at once, or while this replica holds the lease."""
    lease = lease_name(name, common.watching)

    async def lead() -> None:
        LEADER.labels(lease).set(1)
        try:
            async with asyncio.TaskGroup() as group:
                running = [group.create_task(loop.run()) for loop in loops]
                others = [group.create_task(_freeze(loops)), *(group.create_task(_running(it)()) for it in beside)]
                await asyncio.wait(running)
                for other in others:
                    other.cancel()
        finally:
            LEADER.labels(lease).set(0)

    if not common.election.enable_leader_election:
        await lead()
        return
    LEADER.labels(lease).set(0)
    election = common.election
    await Election(
        client.behind(None),
        lease,
        common.watching.runtime_namespace,
        identity=f"{instance_name()}_{uuid.uuid4()}",
        lease_duration=election.leader_election_lease_duration,
        renew_deadline=election.leader_election_renew_deadline,
        retry_period=election.leader_election_retry_period,
        release_on_cancel=election.leader_election_release_on_cancel,
        fence=client.fence or Fence(),
    ).run(lead)


async def _freeze(loops: Sequence[Loop[Any]]) -> None:
    """What the first lists brought stays: the collector need not look at it again."""
    for loop in loops:
        await loop.controller.store.synced.wait()
    gc.collect()
    gc.freeze()


async def _end(acting: asyncio.Task[None], loops: Sequence[Loop[Any]], grace: float, log: Log) -> None:
    """Begin nothing new, give what is under way its time, then cancel it. What does not end even so is left behind."""
    for loop in loops:
        loop.stop()
    await asyncio.wait({acting}, timeout=grace)
    acting.cancel()
    await asyncio.wait({acting}, timeout=LAST_BREATH)
    if not acting.done():
        log.error("attempts do not end, the process ends without them")
        os._exit(1)


async def _last_posts(outbox: Outbox) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_POSTS):
            await outbox.empty()
