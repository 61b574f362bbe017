"""What is settled before a service is asked: undecodable, suspended, deleted; and the request."""

import asyncio

from tests.weir.runtime.world import KIND, World, ready
from weir.api.conditions import find
from weir.runtime.run import REQUESTED_AT
from weir.runtime.settle import FINALIZER


async def test_an_object_that_does_not_decode_says_so_and_stops_nobody(world: World) -> None:
    await world.start()
    body = world.body("bad", act="ready")
    await world.client.create(KIND, {**body, "spec": {"act": ["not", "a", "text"]}}, world.namespace)
    await world.make("good")
    await world.until("good", ready("True"))
    bad = await world.until_raw("bad")
    assert bad["status"]["conditions"][0]["type"] == "Stalled"
    assert [
        (it["type"], it["status"], it["reason"], it["message"], it["observedGeneration"])
        for it in bad["status"]["conditions"]
    ] == [
        ("Stalled", "True", "InvalidObject", "Expected `str`, got `array` - at `$.spec.act`", 1),
        ("Ready", "False", "InvalidObject", "Expected `str`, got `array` - at `$.spec.act`", 1),
    ]
    assert bad["status"]["observedGeneration"] == 1
    await world.patch("bad", {"spec": {"act": "ready"}})
    await world.until("bad", ready("True"))


async def test_a_suspended_object_is_left_alone_but_its_request_is_handled(world: World) -> None:
    await world.start()
    await world.make("a")
    before = await world.until("a", ready("True"))
    await world.patch("a", {"spec": {"suspend": True}})
    await world.annotate("a", **{REQUESTED_AT: "now"})
    after = await world.until("a", lambda it: it.status.last_handled_reconcile_at == "now")
    assert after.status.attempts == before.status.attempts
    assert after.status.conditions == before.status.conditions
    assert after.status.observed_generation == 2
    await world.patch("a", {"spec": {"suspend": False}})
    await world.until("a", lambda it: it.status.attempts == 2)


async def test_a_request_is_an_attempt_and_other_annotations_are_none(world: World) -> None:
    await world.start()
    await world.make("a")
    await world.until("a", ready("True"))
    await world.annotate("a", other="x")
    await world.patch("a", {"metadata": {"labels": {"x": "y"}}})
    await asyncio.sleep(0.3)
    assert (await world.get("a")).status.attempts == 1
    await world.annotate("a", **{REQUESTED_AT: "2026-01-01"})
    done = await world.until("a", lambda it: it.status.last_handled_reconcile_at == "2026-01-01")
    assert (done.status.attempts, done.status.cause) == (2, "requested at 2026-01-01")


async def test_deletion_waits_for_finalize(world: World) -> None:
    await world.start()
    await world.make("a", suspend=True)
    await world.until("a", lambda it: FINALIZER in it.metadata.finalizers)
    await world.client.delete(KIND, "a", world.namespace)
    await world.until_gone("a")
    assert world.errands.finalized == ["a"]


async def test_a_finalize_that_waits_says_why_and_is_tried_again(world: World) -> None:
    await world.start()
    await world.make("a", "stay")
    await world.until("a", ready("False"))
    await world.client.delete(KIND, "a", world.namespace)
    done = await world.until("a", lambda it: any(c.message == "somebody still needs it" for c in it.status.conditions))
    assert find(done.status.conditions, "Ready") is not None
    await world.patch("a", {"spec": {"act": "ready"}})
    await world.until_gone("a")
    assert world.errands.finalized == ["a"]


async def test_an_object_of_another_owner_is_deleted_without_us(world: World) -> None:
    await world.start()
    await world.make("a", suspend=True)
    await world.until("a", lambda it: FINALIZER in it.metadata.finalizers)
    await world.patch("a", {"metadata": {"finalizers": ["tests.weir/other"]}})
    await world.client.delete(KIND, "a", world.namespace)
    await asyncio.sleep(0.3)
    assert (await world.get("a")).metadata.finalizers == ("tests.weir/other",)
    assert world.errands.finalized == []
    await world.patch("a", {"metadata": {"finalizers": None}})
    await world.until_gone("a")
