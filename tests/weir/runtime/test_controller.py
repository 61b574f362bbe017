"""The loop on a cluster: every ending, what is written and told, and how it stops."""

import asyncio
import logging
from time import process_time

import msgspec
import pytest

from tests.weir.runtime.world import KIND, World, ready, told
from weir.api.conditions import Condition, find
from weir.runtime import logs
from weir.runtime.settle import FINALIZER


async def test_ready(world: World) -> None:
    await world.start()
    await world.make("a")
    done = await world.until("a", ready("True"))
    assert told(done) == [("Ready", "True", "Succeeded", "done", 1), ("Errand", "True", "Succeeded", "done", 1)]
    assert (done.status.observed_generation, done.status.attempts) == (1, 1)
    assert done.metadata.finalizers == (FINALIZER,)
    live = (await world.client.get(KIND, "a", world.namespace)).body()
    managers = {(it["manager"], it.get("subresource", "")) for it in live["metadata"]["managedFields"]}
    assert ("gotk-errand-controller", "status") in managers


async def test_failed_is_retried_with_back_off_and_told(world: World) -> None:
    await world.start()
    await world.make("a", "failed")
    done = await world.until("a", lambda it: it.status.attempts >= 3 and ready("False")(it))
    assert told(done)[:2] == [
        ("Reconciling", "True", "ProgressingWithRetry", "about to do failed", 1),
        ("Ready", "False", "BuildFailed", "a.yaml:3: no such thing", 1),
    ]
    assert done.status.observed_generation == -1
    events = await world.events("a")
    assert len(events) == 1
    assert (events[0]["type"], events[0]["reason"], events[0]["message"]) == (
        "Warning",
        "BuildFailed",
        "a.yaml:3: no such thing",
    )
    assert events[0]["metadata"]["annotations"] == {"tests.weir/revision": "main@sha1:1"}
    assert events[0]["source"] == {"component": "errand-controller"}
    async with asyncio.timeout(5):
        while (await world.events("a"))[0]["count"] < 3:
            await asyncio.sleep(0.05)


async def test_a_failed_object_is_well_as_soon_as_it_is_changed(world: World) -> None:
    await world.start()
    await world.make("a", "failed", retryInterval="1h")
    await world.until("a", ready("False"))
    await world.patch("a", {"spec": {"act": "ready"}})
    done = await world.until("a", ready("True"))
    assert (done.status.observed_generation, done.status.attempts) == (2, 2)
    assert find(done.status.conditions, "Reconciling") is None


async def test_stalled_waits_for_a_change(world: World) -> None:
    await world.start()
    await world.make("a", "stalled")
    done = await world.until("a", ready("False"))
    assert told(done)[:2] == [
        ("Stalled", "True", "AccessDenied", "not yours", 1),
        ("Ready", "False", "AccessDenied", "not yours", 1),
    ]
    assert done.status.observed_generation == 1
    await asyncio.sleep(0.5)
    assert (await world.get("a")).status.attempts == 1
    await world.patch("a", {"spec": {"act": "ready"}})
    done = await world.until("a", ready("True"))
    assert find(done.status.conditions, "Stalled") is None


async def test_what_nobody_declared_is_failed_and_its_text_stays_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.start()
    with caplog.at_level(logging.ERROR):
        await world.make("a", "broken")
        done = await world.until("a", ready("False"))
    condition = find(done.status.conditions, "Ready")
    assert condition is not None
    assert (condition.reason, condition.message) == (
        "ReconciliationFailed",
        "unexpected KeyError; the log of the controller tells more",
    )
    assert any(record.exc_info and "the-password-itself" in str(record.exc_info[1]) for record in caplog.records)


async def test_foreign_conditions_stay_and_ours_win(world: World) -> None:
    await world.start()
    await world.make("a", "gate")
    await world.until("a", lambda it: it.status.attempts == 1)
    stamp = "2026-01-02T03:04:05Z"
    foreign = Condition("tests.weir/Foreign", "True", stamp, "Theirs", "", 1)
    forged = Condition("Ready", "True", stamp, "Forged", "", 1)
    body = {"status": {"conditions": msgspec.to_builtins([foreign, forged])}}
    await world.client.patch(KIND, "a", world.namespace, body, subresource="status")
    world.errands.gate.set()
    done = await world.until("a", lambda it: ("Ready", "True", "Succeeded", "through", 1) in told(it))
    assert find(done.status.conditions, "tests.weir/Foreign") == foreign


async def test_an_attempt_that_hangs_is_given_up_and_others_go_on(world: World) -> None:
    await world.start(concurrent=2, limit=lambda errand: 0.5 if errand.spec.act == "hang" else 60.0)
    await world.make("a", "hang")
    await world.make("b")
    await world.until("b", ready("True"))
    done = await world.until("a", ready("False"))
    assert ("Ready", "False", "ReconciliationFailed", "the attempt was given up after 500ms", 1) in told(done)


async def test_a_notification_is_an_event_with_metadata(world: World) -> None:
    await world.start()
    await world.make("a", "told")
    await world.until("a", ready("True"))
    events = await world.events("a", 2)
    assert sorted((it["type"], it["reason"], it["message"]) for it in events) == [
        ("Normal", "Progressing", "done it"),
        ("Normal", "Succeeded", "done"),
    ]


async def test_cancelling_the_loop_ends_its_attempts(world: World) -> None:
    await world.start()
    await world.make("a", "hang")
    await world.until("a", lambda it: it.status.attempts == 1)
    async with asyncio.timeout(2):
        await world.stop()
    assert world.loop.active == {}


async def test_stopping_lets_attempts_end(world: World) -> None:
    loop = await world.start()
    await world.make("a", "gate")
    await world.until("a", lambda it: it.status.attempts == 1)
    loop.stop()
    await world.make("late")
    await asyncio.sleep(0.2)
    assert (await world.get("late")).status.attempts == 0
    world.errands.gate.set()
    await world.until("a", ready("True"))
    await world.stop()


async def test_an_ending_raised_in_a_task_group_is_that_ending(world: World) -> None:
    await world.start()
    await world.make("a", "group", retryInterval="1h")
    done = await world.until("a", ready("False"))
    assert ("Ready", "False", "BuildFailed", "a.yaml:3: no such thing", 1) in told(done)


async def test_a_part_that_was_cancelled_fails_the_attempt_and_not_the_loop(world: World) -> None:
    await world.start()
    await world.make("a", "cancelled")
    done = await world.until("a", lambda it: it.status.attempts >= 2 and ready("False")(it))
    assert ("Ready", "False", "ReconciliationFailed", "a part of the attempt was cancelled", 1) in told(done)


async def test_waiting_for_a_slot_costs_nothing(world: World) -> None:
    await world.start(concurrent=1)
    await world.make("due", interval="200ms")
    await world.until("due", ready("True"))
    await world.make("a", "gate")
    await world.until("a", lambda it: it.status.attempts == 1)
    await asyncio.sleep(0.3)
    before = process_time()
    await asyncio.sleep(1)
    assert process_time() - before < 0.3


async def test_no_known_secret_reaches_a_condition_or_an_event(world: World) -> None:
    logs.redact("open-sesame-42")
    await world.start()
    await world.make("a", "open-sesame-42", retryInterval="1h")
    done = await world.until("a", ready("False"))
    assert told(done)[:2] == [
        ("Reconciling", "True", "ProgressingWithRetry", "about to do *****", 1),
        ("Ready", "False", "BuildFailed", "cannot *****", 1),
    ]
    assert (await world.events("a"))[0]["message"] == "cannot *****"
