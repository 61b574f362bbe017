"""Every way to be woken, and that one object has one attempt at a time."""

import asyncio

import pytest

from tests.weir.runtime.errand import Errand
from tests.weir.runtime.world import World, ready, told
from weir.kube.kinds import CONFIG_MAP
from weir.kube.object import Key
from weir.kube.watch import Change, Store
from weir.runtime.queue import Priority, Wake


async def test_a_dependant_is_woken_as_soon_as_the_other_is_ready(world: World) -> None:
    await world.start()
    await world.make("second", "after", after="first")
    await world.make("third", "after", after="second")
    await world.make("first", "stalled")
    waiting = await world.until("second", ready("False"))
    assert ("Ready", "False", "DependencyNotReady", "first is not ready", 1) in told(waiting)
    await world.patch("first", {"spec": {"act": "ready"}})
    done = await world.until("third", ready("True"))
    assert done.status.cause.startswith("second is ready")


async def test_a_change_of_a_watched_kind_wakes(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.start()
    await world.make("a")
    await world.until("a", ready("True"))
    for name, errand in (("bad", "raise"), ("good", "a"), ("none", "nobody")):
        config = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "labels": {"tests.weir/errand": errand}},
        }
        await world.client.create(CONFIG_MAP, config, world.namespace)
    done = await world.until("a", lambda it: it.status.attempts == 2)
    assert done.status.cause == f"ConfigMap/{world.namespace}/good"


async def test_a_revision_ends_a_long_attempt(world: World) -> None:
    await world.start()
    await world.make("a", "long")
    await world.until("a", lambda it: it.status.attempts == 1)
    world.controller.wake(Wake(Key(world.namespace, "a"), Priority.REVISION, "revision 2"))
    done = await world.until("a", lambda it: it.status.attempts == 2)
    assert done.status.cause == "revision 2"


async def test_a_change_under_an_attempt_ends_it_and_a_new_one_begins_at_once(world: World) -> None:
    await world.start()
    await world.make("a", "gate")
    await world.until("a", lambda it: it.status.attempts == 1)
    await world.patch("a", {"metadata": {"labels": {"touched": "yes"}}})  # no reason for an attempt of its own
    world.errands.gate.set()
    done = await world.until("a", ready("True"))
    assert done.status.attempts == 2


async def test_one_object_never_has_two_attempts(world: World) -> None:
    await world.start(concurrent=4)
    await world.make("a", "gate")
    await world.until("a", lambda it: it.status.attempts == 1)
    for number in range(5):
        world.controller.wake(Wake(Key(world.namespace, "a"), Priority.DRIFT, f"drift {number}"))
    await asyncio.sleep(0.3)
    assert (await world.get("a")).status.attempts == 1
    world.errands.gate.set()
    done = await world.until("a", lambda it: it.status.attempts == 2)
    assert done.status.cause == "drift 4; drift 3; drift 2; and 2 more"
    await asyncio.sleep(0.3)
    assert (await world.get("a")).status.attempts == 2


async def test_objects_that_were_there_before_the_controller_are_visited(world: World) -> None:
    for number in range(10):
        await world.make(f"e{number}")
    await world.start()
    for number in range(10):
        await world.until(f"e{number}", ready("True"))


async def test_the_interval_comes_round(world: World) -> None:
    await world.start()
    await world.make("a", interval="200ms")
    done = await world.until("a", lambda it: it.status.attempts >= 3)
    assert done.status.cause == "interval"


async def test_the_service_sees_the_whole_first_list_before_any_attempt(world: World) -> None:
    for number in range(20):
        await world.make(f"e{number}")
    seen: set[str] = set()
    known: list[int] = []

    def index(change: Change, _: Store) -> list[Wake]:
        seen.add(change.object.metadata.name)
        return []

    def limit(_: Errand) -> float:
        known.append(len(seen))
        return 60.0

    await world.start(wakes=index, limit=limit)
    await world.until("e19", ready("True"))
    assert known[0] == 20


async def test_a_mistake_in_a_wake_costs_only_the_wake(world: World) -> None:
    def mistaken(change: Change, _: Store) -> list[Wake]:
        raise KeyError(change.object.metadata.name)

    await world.start(wakes=mistaken)
    await world.make("a")
    await world.make("b")
    await world.until("a", ready("True"))
    await world.until("b", ready("True"))
