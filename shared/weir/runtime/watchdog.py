"""No object is ever forgotten: due times are held against the clock, whatever the queue believes.

`weir_overdue_seconds` shows by how much the latest object is late; an object that nobody would look at is put back into
the queue, one that waits too long is moved forward, and an attempt that outlived its limit gives its slot free.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Never

from weir.runtime.logs import logger
from weir.runtime.queue import Priority, Wake
from weir.runtime.schedule import Overdue

if TYPE_CHECKING:
    from weir.runtime.controller import Loop

PERIOD = 5.0
"""Seconds between two looks."""
SLACK = 10.0
"""Seconds after its due time at which an object counts as forgotten."""
PATIENCE = 60.0
"""Seconds in the queue after which an object goes before the others."""
GRACE = 30.0
"""Seconds that a cancelled attempt has to end."""


async def guard(loop: "Loop[Any]") -> Never:
    """Look at the due times of all objects, for ever."""
    while True:
        look(loop, asyncio.get_running_loop().time())
        await asyncio.sleep(PERIOD)


def look(loop: "Loop[Any]", now: float) -> None:
    """One look at all objects and attempts of a loop."""
    loop.looked_at = now
    controller, meters = loop.controller, loop.attempts.meters
    synced = controller.store.synced.is_set()
    late = loop.attempts.schedule.overdue(controller.store, controller.queue, now) if synced else []
    log = logger(loop.host.name, controller.kind)
    for wake in rescue(late):
        log.info("%s is overdue, it is moved forward", wake.key)
        controller.wake(wake)
    for key in loop.active.keys() - loop.stuck:
        if now > loop.attempts.give_up_at.get(key, now) + GRACE:
            log.error("the attempt at %s does not end, its slot is given free", key)
            loop.stuck.add(key)
            controller.stirred.set()
    meters.overdue(max((it.seconds for it in late), default=0.0))
    meters.queue(controller.queue, now)


def rescue(late: Iterable[Overdue]) -> list[Wake]:
    """What brings overdue objects back: into the queue, or forward if they wait too long in it. Pure."""
    return [
        Wake(it.key, Priority.DEPENDENCY if it.queued else Priority.RETRY, "overdue")
        for it in late
        if it.seconds > (PATIENCE if it.queued else SLACK)
    ]
