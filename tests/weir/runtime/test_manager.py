"""A whole process: endpoints, events, leader election, signals, kill -9."""

import asyncio
import signal
from time import monotonic

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from tests.servers.cluster import RunningCluster
from tests.servers.sink import Sink
from tests.weir.runtime.process import Running, Starter
from tests.weir.runtime.world import World, loose_crd, ready
from weir.kube.identity import connect
from weir.kube.kinds import CUSTOM_RESOURCE_DEFINITION, LEASE


async def test_a_process_works_shows_itself_tells_and_ends_in_good_order(
    world: World, starter: Starter, sink: Sink
) -> None:
    async with starter("one", f"--events-addr={sink.url}/", "--kube-api-qps=50", "--unheard-of") as running:
        assert await running.answers("/readyz") == "ok"
        assert await running.answers("/healthz") == "ok"
        await world.make("good")
        await world.make("bad", "failed", retryInterval="1h")
        await world.until("good", ready("True"))
        await world.until("bad", ready("False"))
        event = msgspec.json.decode((await sink.wait(1))[0].body)
        assert event.pop("involvedObject")["name"] == "bad"
        assert event.pop("timestamp").endswith("Z")
        assert event == {
            "severity": "error",
            "message": "a.yaml:3: no such thing",
            "reason": "BuildFailed",
            "metadata": {"tests.weir/revision": "main@sha1:1"},
            "reportingController": "errand-controller",
            "reportingInstance": "one",
        }
        await _shows_metrics(running, world.namespace)
        running.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.process.wait(), 10) == 0
    lines = running.lines()
    assert any(line["msg"] == "--unheard-of is no flag of ours, it has no effect" for line in lines)
    failed = next(line for line in lines if line["level"] == "error")
    assert (failed["msg"], failed["error"], failed["Errand"]) == (
        "BuildFailed",
        "a.yaml:3: no such thing",
        {"name": "bad", "namespace": world.namespace},
    )
    assert [line["msg"] for line in lines][-2:] == ["stopping", "stopped"]


async def _shows_metrics(running: Running, namespace: str) -> None:
    status, text = await running.get(running.metrics + "/metrics")
    assert status == 200
    found = {
        (
            sample.name,
            *(f"{key}={value}" for key, value in sorted(sample.labels.items()) if key != "host"),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    object_ = ("kind=Errand", "name=good", f"namespace={namespace}")
    assert found["gotk_reconcile_duration_seconds_count", *object_] == 1
    assert found["controller_runtime_reconcile_total", "controller=errand", "result=requeue_after"] == 1
    assert found["controller_runtime_reconcile_errors_total", "controller=errand"] == 1
    assert found["workqueue_depth", "controller=errand", "name=errand"] == 0
    assert found["weir_overdue_seconds", "controller=errand"] >= 0
    assert found["leader_election_master_status", "name=errand-controller-leader-election"] == 1
    infos = [key for key in found if key[0] == "gotk_resource_info" and "name=good" in key]
    assert len(infos) == 1
    assert {"customresource_kind=Errand", "ready=True", f"exported_namespace={namespace}", "revision=1"} <= set(
        infos[0]
    )
    assert any(key[0] == "rest_client_requests_total" for key in found)


async def test_a_killed_process_leaves_nothing_that_its_successor_does_not_finish(
    world: World, starter: Starter, sink: Sink
) -> None:
    await sink.stop()
    flags = (f"--events-addr={sink.url}/",)
    async with starter("one", *flags) as running:
        await world.make("bad", "failed", retryInterval="1h")
        await world.make("hang", "hang")
        await world.until("bad", ready("False"))
        await world.until("hang", lambda it: it.status.attempts == 1)
        running.process.kill()
        await running.process.wait()
    await world.patch("hang", {"spec": {"act": "ready"}})
    await world.make("new")
    await sink.start()
    async with starter("one", *flags):
        await world.until("hang", ready("True"), within=20)
        await world.until("new", ready("True"))
        await world.until("bad", lambda it: it.status.attempts >= 2)
        names = {msgspec.json.decode(it.body)["involvedObject"]["name"] for it in await sink.wait(2)}
    assert names == {"bad"}


async def test_one_of_two_leads_and_the_other_takes_over(world: World, starter: Starter) -> None:
    flags = (
        "--enable-leader-election",
        "--leader-election-lease-duration=2s",
        "--leader-election-renew-deadline=1500ms",
        "--leader-election-retry-period=300ms",
        "--leader-election-release-on-cancel=false",
    )
    async with starter("one", *flags) as first:
        await world.make("a")
        await world.until("a", ready("True"), within=20)
        async with starter("two", *flags) as second:
            assert await second.answers("/readyz") == "ok"
            assert "leader_election_master_status" in (await second.get(second.metrics + "/metrics"))[1]
            await world.make("b")
            await world.until("b", ready("True"))
            assert not any("Errand" in line for line in second.lines())
            first.process.kill()
            await first.process.wait()
            await world.make("c")
            await world.until("c", ready("True"), within=20)
            lease = (await world.client.get(LEASE, "errand-controller-leader-election", world.namespace)).body()
            assert lease["spec"]["holderIdentity"].startswith("two_")


async def test_bad_settings_end_the_process_with_their_name(starter: Starter) -> None:
    async with starter("one", "--interval-jitter-percentage=100") as running:
        assert await asyncio.wait_for(running.process.wait(), 20) == 1
    assert running.log.read_text() == "errand-controller: --interval-jitter-percentage: Expected `int` <= 99\n"


async def test_an_address_in_use_ends_the_process_with_a_line(starter: Starter, sink: Sink) -> None:
    async with starter("one", f"--metrics-addr=127.0.0.1:{sink.port}") as running:
        assert await asyncio.wait_for(running.process.wait(), 20) == 1
    last = running.lines()[-1]
    assert (last["level"], last["msg"]) == ("error", "the process ends")
    assert "address already in use" in last["stacktrace"]


async def _stop(running: Running) -> tuple[int, float]:
    """Exit code, and seconds from SIGTERM to the end."""
    began = monotonic()
    running.process.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(running.process.wait(), 20), monotonic() - began


async def test_a_stop_does_not_wait_longer_than_told(world: World, starter: Starter) -> None:
    async with starter("one", "--shutdown-grace=500ms") as running:
        await world.make("a", "hang")
        await world.until("a", lambda it: it.status.attempts == 1, within=20)
        code, took = await _stop(running)
    assert code == 0
    assert 0.5 <= took < 2


async def test_a_stop_does_not_wait_for_what_does_not_listen(world: World, starter: Starter) -> None:
    async with starter("one", "--shutdown-grace=100ms") as running:
        await world.make("a", "deaf")
        await world.until("a", lambda it: it.status.attempts == 1, within=20)
        code, took = await _stop(running)
    assert code == 1
    assert took < 2.5
    assert running.lines()[-1]["msg"] == "attempts do not end, the process ends without them"


async def test_work_goes_on_after_the_api_server_was_away(own_cluster: RunningCluster) -> None:
    client = await connect(str(own_cluster.kubeconfig), user_agent="tests/1")
    world = World(client, "default")
    try:
        await client.create(CUSTOM_RESOURCE_DEFINITION, loose_crd())
        await world.served()
        await world.start()
        await world.make("a")
        await world.until("a", ready("True"))
        await asyncio.to_thread(own_cluster.kill)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(own_cluster.start)
        await world.make("b")
        await world.patch("a", {"spec": {"interval": "2h"}})
        await world.until("b", ready("True"), within=20)
        await world.until("a", lambda it: it.status.observed_generation == 2)
    finally:
        await world.stop()
        await client.close()
