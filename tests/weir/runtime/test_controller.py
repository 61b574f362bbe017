"""The loop on a cluster: every ending, everything that is settled before an attempt, and every way to be woken."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from tests.weir.runtime.errand import Errand, Errands
from weir import manifests
from weir.api.conditions import Condition, find
from weir.kube.client import Client, PatchType
from weir.kube.errors import AlreadyExists, NotFound
from weir.kube.kinds import CONFIG_MAP, CUSTOM_RESOURCE_DEFINITION, EVENT
from weir.kube.object import Key
from weir.runtime.attempt import Host
from weir.runtime.controller import Controller, Loop
from weir.runtime.events import Recorder
from weir.runtime.queue import Priority, Wake
from weir.runtime.run import REQUESTED_AT
from weir.runtime.schedule import Delays
from weir.runtime.settle import FINALIZER

KIND = Errand.DEFINITION.kind


class World:
    """One namespace and a controller that is at work in it."""

    def __init__(self, client: Client, namespace: str) -> None:
        self.client = client
        self.namespace = namespace
        self.errands = Errands()
        self._task: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None

    async def start(self, **more: Any) -> Loop[Errand]:
        recorder = Recorder(self.client, "errand-controller", "pod-1", None)
        host = Host("errand-controller", recorder, Delays(least=0.1, most=1.0), self.namespace)
        self.controller: Controller[Errand] = self.errands.controller(**more)
        self.loop = Loop(self.controller, self.client, host)
        self._telling = asyncio.create_task(recorder.run())
        self._task = asyncio.create_task(self.loop.run())
        return self.loop

    async def stop(self) -> None:
        for task in (self._task, self._telling):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def make(self, name: str, act: str = "ready", **spec: Any) -> None:
        await self.client.create(KIND, self.body(name, act=act, **spec), self.namespace)

    def body(self, name: str, **spec: Any) -> dict[str, Any]:
        return {
            "apiVersion": KIND.api_version,
            "kind": KIND.kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": spec,
        }

    async def get(self, name: str) -> Errand:
        return (await self.client.get(KIND, name, self.namespace)).decode(Errand)

    async def patch(self, name: str, body: dict[str, Any]) -> None:
        await self.client.patch(KIND, name, self.namespace, body, type=PatchType.MERGE)

    async def annotate(self, name: str, **annotations: str) -> None:
        await self.patch(name, {"metadata": {"annotations": annotations}})

    async def until(self, name: str, right: Callable[[Errand], bool], within: float = 10) -> Errand:
        """The object as soon as it is right."""
        try:
            async with asyncio.timeout(within):
                while not right(errand := await self.get(name)):  # noqa: ASYNC110  the state is elsewhere
                    await asyncio.sleep(0.02)
                return errand
        except TimeoutError:
            pytest.fail(f"{name} stays {await self.get(name)}")

    async def until_raw(self, name: str) -> dict[str, Any]:
        """The body of an object as soon as it has conditions."""
        async with asyncio.timeout(10):
            while True:
                body = (await self.client.get(KIND, name, self.namespace)).body()
                if body.get("status", {}).get("conditions"):
                    return body
                await asyncio.sleep(0.02)

    async def until_gone(self, name: str, within: float = 10) -> None:
        with suppress(NotFound):
            async with asyncio.timeout(within):
                while True:
                    await self.get(name)
                    await asyncio.sleep(0.02)

    async def events(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            while True:
                listing = await self.client.list(EVENT, self.namespace, fields=f"involvedObject.name={name}")
                if len(listing.objects) >= count:
                    return [it.body() for it in listing.objects]
                await asyncio.sleep(0.02)


@pytest.fixture
async def world(kube: Client, namespace: str) -> AsyncIterator[World]:
    with suppress(AlreadyExists):
        await kube.create(CUSTOM_RESOURCE_DEFINITION, loose_crd())
    async with asyncio.timeout(10):
        while True:
            with suppress(NotFound):
                await kube.list(KIND, namespace)
                break
            await asyncio.sleep(0.05)
    world = World(kube, namespace)
    yield world
    await world.stop()


def loose_crd() -> dict[str, Any]:
    """The kind's CRD, but one that takes a spec of any shape: older or foreign objects do not fit ours either."""
    crd = manifests.crd(Errand)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return crd


def ready(status: str) -> Callable[[Errand], bool]:
    """Ready has that status and the attempt is over."""

    def right(errand: Errand) -> bool:
        condition = find(errand.status.conditions, "Ready")
        going = find(errand.status.conditions, "Reconciling")
        over = going is None or going.reason == "ProgressingWithRetry"
        return condition is not None and condition.status == status and over

    return right


def told(errand: Errand) -> list[tuple[str, str, str, str, int]]:
    """The conditions, less their times."""
    return [(it.type, it.status, it.reason, it.message, it.observed_generation) for it in errand.status.conditions]


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
        while (await world.events("a"))[0]["count"] < 3:  # noqa: ASYNC110  the state is elsewhere
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


async def test_a_notification_is_an_event_with_metadata(world: World) -> None:
    await world.start()
    await world.make("a", "told")
    await world.until("a", ready("True"))
    events = await world.events("a", 2)
    assert sorted((it["type"], it["reason"], it["message"]) for it in events) == [
        ("Normal", "Progressing", "done it"),
        ("Normal", "Succeeded", "done"),
    ]


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
