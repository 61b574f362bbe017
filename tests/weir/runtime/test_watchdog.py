"""No object is forgotten: in six hours of virtual time with faults, and on a cluster."""

import asyncio
import heapq
import random

from tests.weir.runtime.errand import Errand
from tests.weir.runtime.world import KIND, World, ready
from weir.kube.object import Key
from weir.runtime.outcome import Requeue
from weir.runtime.queue import Priority, Queue, Wake
from weir.runtime.schedule import Delays, Overdue, Schedule
from weir.runtime.watchdog import PATIENCE, PERIOD, SLACK, look, rescue

OBJECTS = [Key("ns", f"object-{number}") for number in range(500)]
INTERVAL, RETRY, HOUR = 600.0, 60.0, 3600.0
WORKERS = 4


class Simulation:
    """The queue, the due times and the watchdog with workers that take time, fail and lose what they were given."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.delays = Delays(most=900)
        self.queue, self.schedule = Queue(), Schedule(self.delays)
        self.now = 0.0
        self.ends: list[tuple[float, Key]] = []
        self.seen: dict[Key, float] = {}
        self.longest: dict[Key, float] = {}
        self.allowed: dict[Key, float] = dict.fromkeys(OBJECTS, HOUR)

    def start(self) -> None:
        for key in OBJECTS:
            self.queue.add(Wake(key, Priority.INTERVAL, "start"), 0)

    def run(self, until: float) -> None:
        look_at = 0.0
        while self.now < until:
            if self.now >= look_at:
                for wake in rescue(self.schedule.overdue(OBJECTS, self.queue, self.now)):
                    self.queue.add(wake, self.now)
                look_at += PERIOD
            while self.ends and self.ends[0][0] <= self.now:
                self._end(heapq.heappop(self.ends)[1])
            while len(self.ends) < WORKERS and (turn := self.queue.take(self.now)):
                self._begin(turn.key)
            self._disturb()
            self.now += 0.5

    def _begin(self, key: Key) -> None:
        waited = self.now - self.seen.get(key, 0.0)
        assert waited <= self.allowed[key], f"{key} was left alone for {waited} s"
        self.seen[key] = self.now
        took = self.dice.choice([0.1, 0.5, 2.0, 5.0])
        heapq.heappush(self.ends, (self.now + took, key))

    def _end(self, key: Key) -> None:
        self.queue.done(key)
        by = self.dice.choice(["interval"] * 8 + ["backoff", "retry", "after"])
        requeue = Requeue(by, self.dice.choice([0.0, 30.0]) if by == "after" else 0.0)  # type: ignore[arg-type]
        delay = self.schedule.plan(key, requeue, INTERVAL, RETRY, self.now)
        assert delay is not None
        self.queue.add_after(Wake(key, Priority.RETRY, by), delay, self.now)
        # An attempt of 5 s, all others of the longest kind before it, and the watchdog's slack.
        self.allowed[key] = 5 + max(delay, 0) + PATIENCE + SLACK + PERIOD + len(OBJECTS) * 5 / WORKERS

    def _disturb(self) -> None:
        key = self.dice.choice(OBJECTS)
        match self.dice.randrange(20):
            case 0:
                self.queue.forget(key)  # a mistake in the queue loses an object
            case 1 | 2:
                self.queue.add(Wake(key, Priority(self.dice.randrange(len(Priority))), "wake"), self.now)


def test_in_six_hours_no_object_of_500_is_left_alone_beyond_its_interval_and_slack() -> None:
    simulation = Simulation(seed=3)
    simulation.start()
    simulation.run(until=6 * HOUR)
    assert len(simulation.seen) == len(OBJECTS)
    assert all(simulation.now - seen <= simulation.allowed[key] for key, seen in simulation.seen.items())


def test_what_is_late_is_brought_back() -> None:
    a, b, c, d = (Key("ns", name) for name in "abcd")
    late = [
        Overdue(a, SLACK + 1, queued=False),
        Overdue(b, SLACK - 1, queued=False),
        Overdue(c, PATIENCE + 1, queued=True),
        Overdue(d, PATIENCE - 1, queued=True),
    ]
    assert rescue(late) == [Wake(a, Priority.RETRY, "overdue"), Wake(c, Priority.DEPENDENCY, "overdue")]


async def test_an_object_that_the_queue_lost_is_visited_all_the_same(world: World) -> None:
    loop = await world.start()
    await world.make("a", interval="1h")
    await world.until("a", ready("True"))
    async with asyncio.timeout(5):
        while loop.active:
            await asyncio.sleep(0.01)
    world.controller.queue.forget(Key(world.namespace, "a"))
    look(loop, asyncio.get_running_loop().time() + 2 * HOUR)
    done = await world.until("a", lambda it: it.status.attempts == 2)
    assert done.status.cause == "overdue"


async def test_an_attempt_that_does_not_end_holds_no_slot(world: World) -> None:
    loop = await world.start(concurrent=1, limit=lambda errand: 0.2 if errand.spec.act == "deaf" else 60.0)
    await world.make("a", "deaf")
    await world.until("a", lambda it: it.status.attempts == 1)
    await world.make("b")
    await asyncio.sleep(0.5)
    assert (await world.get("b")).status.attempts == 0
    look(loop, asyncio.get_running_loop().time() + 60)
    done = await world.until("b", ready("True"), within=2)
    assert done.status.attempts == 1
    assert (await world.get("a")).status.attempts == 1


async def test_liveness_is_progress(world: World) -> None:
    loop = await world.start()
    await world.make("a")
    await world.until("a", ready("True"))
    assert (loop.trouble(), loop.unsynced()) == ("", "")
    loop.looked_at = asyncio.get_running_loop().time() - 90
    assert loop.trouble() == "nobody looked at due times for 90 s"


async def test_500_objects_are_all_visited(world: World) -> None:
    bodies = [world.body(f"e{number}", act="ready") for number in range(500)]
    for body in bodies:
        await world.client.create(KIND, body, world.namespace)
    began = asyncio.get_running_loop().time()
    await world.start(concurrent=8)
    async with asyncio.timeout(50):
        while True:
            listing = await world.client.list(KIND, world.namespace)
            if all(ready("True")(it.decode(Errand)) for it in listing.objects):
                break
            await asyncio.sleep(0.5)
    print(f"500 objects in {asyncio.get_running_loop().time() - began:.1f} s")  # noqa: T201  a figure for people
