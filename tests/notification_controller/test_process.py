"""The controller as a process, on a cluster and a real nats-server: events in, messages out through crashes."""

import asyncio
import json
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from nats.aio.client import Client as NatsClient
from prometheus_client.parser import text_string_to_metric_families

from notification_controller.bus import Bus, Login
from notification_controller.streams import Bounds
from tests.notification_controller.conftest import KINDS
from tests.servers.installed import Account
from tests.servers.nats import NatsServer
from tests.servers.sink import Sink
from weir.kube.errors import NotFound


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class Controller:
    """One process; it keeps its ports when it is started again."""

    def __init__(self, account: Account, nats: NatsServer, directory: Path, *flags: str) -> None:
        self.events, self.hooks, self.health, self.metrics = (free_port() for _ in range(4))
        self.log = directory / "controller.log"
        self._command = [
            *(sys.executable, "-m", "notification_controller"),
            f"--kubeconfig={account('notification-controller')}",
            f"--nats-url={nats.url}",
            f"--events-addr=127.0.0.1:{self.events}",
            f"--receiverAddr=127.0.0.1:{self.hooks}",
            f"--health-addr=127.0.0.1:{self.health}",
            f"--metrics-addr=127.0.0.1:{self.metrics}",
            *flags,
        ]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(*self._command, stdout=log, stderr=log)
        async with asyncio.timeout(30):
            while not await self._ready():
                assert self._process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)
        await self.take({"message": f"NATS is there at {time.time_ns()}"})

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        code = 0
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(how)
            code = await self._process.wait()
            self._process = None
        return code

    async def _ready(self) -> bool:
        with suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession() as session:
                url = f"http://127.0.0.1:{self.health}/readyz"
                async with session.get(url) as answer:
                    return answer.status == 200
        return False

    async def post(self, event: dict[str, Any] | bytes) -> int:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        url = f"http://127.0.0.1:{self.events}/"
        async with aiohttp.ClientSession() as session, session.post(url, data=BytesIO(body)) as answer:
            return answer.status

    async def take(self, event: dict[str, Any]) -> None:
        """Post until it is taken, as an outbox does."""
        async with asyncio.timeout(20):
            while True:
                with suppress(aiohttp.ClientError):
                    if await self.post(event) in {202, 429}:
                        return
                await asyncio.sleep(0.05)

    async def sample(self, name: str, **labels: str) -> float:
        url = f"http://127.0.0.1:{self.metrics}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            text = await answer.text()
        return sum(
            each.value
            for family in text_string_to_metric_families(text)
            for each in family.samples
            if each.name == name and labels.items() <= each.labels.items()
        )


@asynccontextmanager
async def running(account: Account, nats: NatsServer, directory: Path, *flags: str) -> AsyncIterator[Controller]:
    controller = Controller(account, nats, directory, *flags)
    await controller.start()
    try:
        yield controller
    finally:
        await controller.stop()


@pytest.fixture
async def controller(account: Account, nats: NatsServer, toolkit: Any, tmp_path: Path) -> AsyncIterator[Controller]:
    async with running(account, nats, tmp_path) as controller:
        yield controller


def event(namespace: str, message: str, severity: str = "info", name: str = "webapp") -> dict[str, Any]:
    return {
        "involvedObject": {
            "kind": "GitRepository",
            "namespace": namespace,
            "name": name,
            "apiVersion": "source.toolkit.fluxcd.io/v1",
        },
        "severity": severity,
        "timestamp": "2026-01-02T15:04:05Z",
        "message": message,
        "reason": "NewArtifact",
        "reportingController": "source-controller",
        "metadata": {"source.toolkit.fluxcd.io/revision": "main@sha1:a1"},
    }


async def alerting(toolkit: Any, url: str, kind: str = "slack", name: str = "chat", **alert: Any) -> None:
    await toolkit.make("Provider", name, {"type": kind, "address": f"{url}/{name}", "timeout": "2s"})
    sources = [{"kind": "GitRepository", "name": "*"}]
    await toolkit.make("Alert", name, {"providerRef": {"name": name}, "eventSources": sources} | alert)
    await asyncio.sleep(0.3)  # the controller's watch is not ours to wait for


def texts(sink: Sink, target: str = "") -> list[str]:
    found = [request for request in sink.requests if target in request.target]
    return [json.loads(request.body)["attachments"][0]["text"] for request in found]


async def test_an_event_reaches_the_chat_and_a_duplicate_does_not(
    controller: Controller, toolkit: Any, sink: Sink
) -> None:
    await alerting(toolkit, sink.url, eventMetadata={"env": "test"})
    assert await controller.post(event(toolkit.namespace, "stored artifact")) == 202
    (request,) = await sink.wait()
    assert (request.method, request.target) == ("POST", "/chat")
    assert json.loads(request.body) == {
        "channel": "",
        "username": "source-controller",
        "icon_url": "",
        "icon_emoji": "",
        "attachments": [
            {
                "fallback": f"gitrepository/webapp.{toolkit.namespace}: stored artifact",
                "color": "good",
                "author_name": f"gitrepository/webapp.{toolkit.namespace}",
                "text": "stored artifact",
                "mrkdwn_in": ["text"],
                "fields": [
                    {"title": "env", "value": "test", "short": False},
                    {"title": "revision", "value": "main@sha1:a1", "short": False},
                ],
            }
        ],
    }
    assert await controller.post(event(toolkit.namespace, "stored artifact")) == 429
    assert await controller.post(event(toolkit.namespace, "another")) == 202
    await sink.wait(2)
    assert texts(sink) == ["stored artifact", "another"]
    assert await controller.sample("weir_deliveries_total", type="slack", result="sent") == 2
    assert await controller.sample("gotk_event_http_request_duration_seconds_count", code="429") == 1


async def test_the_way_from_event_to_chat_is_short(controller: Controller, toolkit: Any, sink: Sink) -> None:
    await alerting(toolkit, sink.url)
    took = []
    for number in range(20):
        started = time.perf_counter()
        assert await controller.post(event(toolkit.namespace, str(number))) == 202
        await sink.wait(number + 1)
        took.append(time.perf_counter() - started)
    median, worst = sorted(took)[10] * 1000, max(took) * 1000
    sys.stdout.write(f"event to alert: p50 {median:.1f} ms, worst {worst:.1f} ms\n")
    assert median < 500


async def test_messages_about_one_object_keep_their_order(controller: Controller, toolkit: Any, sink: Sink) -> None:
    await alerting(toolkit, sink.url)
    for number in range(30):
        assert await controller.post(event(toolkit.namespace, str(number))) == 202
    await sink.wait(30)
    assert texts(sink) == [str(number) for number in range(30)]


async def test_what_was_acknowledged_survives_a_killed_nats(
    controller: Controller, toolkit: Any, sink: Sink, nats: NatsServer
) -> None:
    await alerting(toolkit, sink.url)
    for number in range(5):
        assert await controller.post(event(toolkit.namespace, f"before {number}")) == 202
    await nats.kill()
    assert await controller.post(event(toolkit.namespace, "meanwhile")) == 503
    await nats.start()
    await controller.take(event(toolkit.namespace, "after"))
    async with asyncio.timeout(40):
        while set(texts(sink)) != {*(f"before {number}" for number in range(5)), "after"}:
            await sink.wait(len(sink.requests) + 1, within=40)


async def test_a_wiped_nats_is_set_up_again(controller: Controller, toolkit: Any, sink: Sink, nats: NatsServer) -> None:
    await alerting(toolkit, sink.url)
    assert await controller.post(event(toolkit.namespace, "before")) == 202
    await sink.wait()
    await nats.kill()
    nats.wipe()
    await nats.start()
    await controller.take(event(toolkit.namespace, "before"))
    await controller.take(event(toolkit.namespace, "after"))
    async with asyncio.timeout(30):
        while "after" not in texts(sink):
            await sink.wait(len(sink.requests) + 1)


async def test_what_fails_is_announced_again_after_a_wipe(
    controller: Controller, toolkit: Any, sink: Sink, nats: NatsServer
) -> None:
    await alerting(toolkit, sink.url)
    for name, status in (("broken", "False"), ("well", "True")):
        await toolkit.make("GitRepository", name, {"url": "https://example.com/x", "interval": "1h"})
        ready = {"type": "Ready", "status": status, "reason": "GitOperationFailed", "message": f"{name}: no host"}
        conditions = [ready | {"lastTransitionTime": "2026-01-01T00:00:00Z"}]
        await toolkit.client.patch(KINDS["GitRepository"], name, toolkit.namespace,
                                   {"status": {"conditions": conditions}}, subresource="status")  # fmt: skip
    await nats.kill()
    nats.wipe()
    await nats.start()
    await controller.take(event(toolkit.namespace, "after"))
    await sink.wait(2, within=30)
    assert sorted(texts(sink)) == ["after", "broken: no host"]
    assert await controller.post(event(toolkit.namespace, "broken: no host", name="broken") | {"metadata": {}}) == 429
    await controller.stop(signal.SIGKILL)
    await controller.start()
    assert await controller.post(event(toolkit.namespace, "the last")) == 202
    await sink.wait(3, within=30)
    assert sorted(texts(sink)) == ["after", "broken: no host", "the last"]


async def test_a_controller_killed_while_it_sends_delivers_again(
    controller: Controller, toolkit: Any, sink: Sink
) -> None:
    await alerting(toolkit, sink.url)
    sink.delay = 1.5
    assert await controller.post(event(toolkit.namespace, "once at least")) == 202
    await sink.wait(1)
    await controller.stop(signal.SIGKILL)
    sink.delay = 0
    await controller.start()
    await sink.wait(2, within=40)
    assert set(texts(sink)) == {"once at least"}


async def test_events_taken_while_the_dispatcher_was_dead_arrive_after_a_restart(
    controller: Controller, toolkit: Any, sink: Sink
) -> None:
    await alerting(toolkit, sink.url)
    codes = [await controller.post(event(toolkit.namespace, str(number))) for number in range(20)]
    await controller.stop(signal.SIGKILL)
    await controller.start()
    assert set(codes) == {202}
    async with asyncio.timeout(40):
        while set(texts(sink)) != {str(number) for number in range(20)}:
            await sink.wait(len(sink.requests) + 1, within=40)


async def test_a_provider_that_was_down_gets_everything_and_delays_nobody(
    controller: Controller, toolkit: Any, sink: Sink
) -> None:
    down = Sink()
    await down.start()
    await down.stop()
    await alerting(toolkit, down.url, name="down")
    await alerting(toolkit, sink.url, name="up")
    started = time.monotonic()
    for number in range(3):
        assert await controller.post(event(toolkit.namespace, str(number))) == 202
    await sink.wait(3)
    assert time.monotonic() - started < 2
    await asyncio.sleep(3)
    await down.start()
    await down.wait(3, within=40)
    assert sorted(texts(down)) == ["0", "1", "2"]
    await down.stop()
    (report,) = {each for each in await toolkit.events("Alert", "down") if "again" in each[2]}
    assert report[:2] == ("Warning", "NotificationDispatchFailed")
    assert f"GitRepository/{toolkit.namespace}/webapp" in report[2]
    assert "/down" not in report[2]
    assert await toolkit.events("Alert", "up") == []


async def test_what_nobody_will_ever_take_becomes_a_dead_letter(
    controller: Controller, toolkit: Any, sink: Sink, nats: NatsServer
) -> None:
    await toolkit.secret("chat-secret", token="tok-secret-1", address=f"{sink.url}/services/hidden")
    await alerting(toolkit, sink.url)
    provider = {"type": "slack", "secretRef": {"name": "chat-secret"}}
    await toolkit.make("Provider", "chat", provider)
    await asyncio.sleep(0.3)
    sink.status, sink.reply = 400, b"invalid_payload for tok-secret-1 at /services/hidden"
    assert await controller.post(event(toolkit.namespace, "unwanted")) == 202
    await sink.wait()
    async with asyncio.timeout(10):
        while not (found := await toolkit.events("Alert", "chat")):
            await asyncio.sleep(0.05)
    message = (
        f"failed to send the notification about GitRepository/{toolkit.namespace}/webapp: 127.0.0.1:{sink.port}: "
        "answered 400: invalid_payload for ***** at /*****; it is not tried again"
    )
    assert found == [("Warning", "NotificationDispatchFailed", message)]
    bus = Bus(Login(nats.url), Bounds())
    task = asyncio.create_task(bus.run())
    await bus.wait_up()
    letter = await bus.jetstream.get_msg("DEADLETTERS", 1)
    assert letter.data is not None
    assert json.loads(letter.data)["event"]["message"] == "unwanted"
    info = await bus.jetstream.stream_info("DELIVERIES")
    assert info.state.messages == 0
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    log = controller.log.read_text()
    assert "tok-secret-1" not in log
    assert "services/hidden" not in log


async def test_alerts_are_told_what_is_wrong_with_them(controller: Controller, toolkit: Any, sink: Sink) -> None:
    await alerting(toolkit, sink.url, name="regex", inclusionList=["("])
    await alerting(toolkit, sink.url, name="labels", eventSources=[
        {"kind": "GitRepository", "name": "*", "matchLabels": {"team": "a"}}])  # fmt: skip
    await alerting(toolkit, sink.url, name="provider", providerRef={"name": "missing"})
    await alerting(toolkit, sink.url, name="later", kind="telegram")
    await alerting(toolkit, sink.url, name="twice", eventMetadata={"revision": "x"})
    assert await controller.post(event(toolkit.namespace, "stored")) == 202
    expected = {
        "regex": ("InvalidConfig", "inclusionList: '(' is not a regular expression"),
        "labels": ("SourceFetchFailed", f"cannot read GitRepository/{toolkit.namespace}/webapp"),
        "provider": ("NotificationDispatchFailed", f"Provider {toolkit.namespace}/missing not found"),
        "later": ("NotificationDispatchFailed", "type telegram is not supported yet; it is not tried again"),
        "twice": ("MetadataAppendFailed", "revision (alert.spec.eventMetadata, controller metadata)"),
    }
    async with asyncio.timeout(10):
        for name, (reason, text) in expected.items():
            while not (found := await toolkit.events("Alert", name)):
                await asyncio.sleep(0.05)
            assert [(kind, why, text in message) for kind, why, message in found] == [("Warning", reason, True)], found
    await sink.wait(1)
    assert [request.target for request in sink.requests] == ["/twice"]


async def test_labels_of_the_object_are_matched(controller: Controller, toolkit: Any, sink: Sink) -> None:
    git = {"url": "https://example.com/x", "interval": "1h"}
    await toolkit.make("GitRepository", "one", git, labels={"team": "a"})
    await toolkit.make("GitRepository", "two", git, labels={"team": "b"})
    await alerting(toolkit, sink.url, eventSources=[
        {"kind": "GitRepository", "name": "*", "matchLabels": {"team": "a"}}])  # fmt: skip
    assert await controller.post(event(toolkit.namespace, "two", name="two")) == 202
    assert await controller.post(event(toolkit.namespace, "one", name="one")) == 202
    await sink.wait()
    assert texts(sink) == ["one"]


async def test_other_namespaces_are_refused_when_the_operator_says_so(
    account: Account, nats: NatsServer, toolkit: Any, tmp_path: Path, sink: Sink
) -> None:
    async with running(account, nats, tmp_path, "--no-cross-namespace-refs") as controller:
        await alerting(toolkit, sink.url, eventSources=[
            {"kind": "GitRepository", "name": "*", "namespace": "elsewhere"}])  # fmt: skip
        assert await controller.post(event("elsewhere", "stored")) == 202
        async with asyncio.timeout(10):
            while not (found := await toolkit.events("Alert", "chat")):
                await asyncio.sleep(0.05)
        assert "access to namespace 'elsewhere' is not allowed" in found[0][2]
        assert sink.requests == []


async def test_a_suspended_provider_gets_nothing_and_nothing_later(
    controller: Controller, toolkit: Any, sink: Sink
) -> None:
    await alerting(toolkit, sink.url)
    spec = {"type": "slack", "address": f"{sink.url}/chat", "suspend": True}
    await toolkit.make("Provider", "chat", spec)
    await asyncio.sleep(0.3)
    assert await controller.post(event(toolkit.namespace, "lost")) == 202
    await asyncio.sleep(0.5)
    await toolkit.make("Provider", "chat", spec | {"suspend": False})
    await asyncio.sleep(0.3)
    assert await controller.post(event(toolkit.namespace, "sent")) == 202
    await sink.wait()
    assert texts(sink) == ["sent"]


async def test_finalizers_come_and_go(controller: Controller, toolkit: Any, sink: Sink, nats: NatsServer) -> None:
    await toolkit.make("Alert", "old", {"providerRef": {"name": "chat"}, "eventSources": []},
                       finalizers=["finalizers.fluxcd.io"])  # fmt: skip
    await alerting(toolkit, sink.url)
    async with asyncio.timeout(10):
        while (await toolkit.read("Provider", "chat"))["metadata"].get("finalizers") != ["finalizers.fluxcd.io"]:
            await asyncio.sleep(0.05)
        while (await toolkit.read("Alert", "old"))["metadata"].get("finalizers"):
            await asyncio.sleep(0.05)
        while not (found := await toolkit.events("Alert", "old")):
            await asyncio.sleep(0.05)
        assert found[0][:2] == ("Normal", "Migration")
        kind = await toolkit.client.discovery.kind("notification.toolkit.fluxcd.io/v1beta3", "Provider")
        await toolkit.client.delete(kind, "chat", toolkit.namespace)
        with suppress(NotFound):
            while True:
                await toolkit.read("Provider", "chat")
                await asyncio.sleep(0.05)


async def test_two_replicas_share_the_work(
    controller: Controller, account: Account, nats: NatsServer, toolkit: Any, tmp_path: Path, sink: Sink
) -> None:
    other_directory = tmp_path / "other"
    other_directory.mkdir()
    async with running(account, nats, other_directory) as other:
        await alerting(toolkit, sink.url)
        for number in range(20):
            one = controller if number % 2 else other
            assert await one.post(event(toolkit.namespace, str(number))) == 202
            assert await (other if number % 2 else controller).post(event(toolkit.namespace, str(number))) == 429
        await sink.wait(20)
        await asyncio.sleep(0.3)
        assert sorted(texts(sink), key=int) == [str(number) for number in range(20)]


async def test_it_ends_in_good_order(controller: Controller, toolkit: Any, sink: Sink) -> None:
    await alerting(toolkit, sink.url)
    sink.delay = 0.7
    assert await controller.post(event(toolkit.namespace, "the last one")) == 202
    await sink.wait()
    assert await controller.stop() == 0
    sink.delay = 0
    await controller.start()
    assert await controller.post(event(toolkit.namespace, "a new one")) == 202
    await sink.wait(2)
    assert texts(sink) == ["the last one", "a new one"]


async def test_rubbish_on_the_bus_is_dropped(
    controller: Controller, toolkit: Any, sink: Sink, nats: NatsServer
) -> None:
    await alerting(toolkit, sink.url)
    stranger = NatsClient()
    await stranger.connect(nats.url)
    rubbish = [b"", b"{", b"[]", b'{"alert":{},"provider":"x","event":1}', b"\xff", b"[" * 100_000, b'{"message":1}']
    for number, body in enumerate(rubbish):
        await stranger.publish(f"weir.deliveries.v1.{toolkit.namespace}.chat", body)
        await stranger.publish(f"weir.events.v1.info.GitRepository.x.{number}", body)
    await stranger.flush()
    assert await controller.post(event(toolkit.namespace, "still here")) == 202
    await sink.wait()
    assert texts(sink) == ["still here"]
    async with asyncio.timeout(10):
        while (await stranger.jetstream().stream_info("DELIVERIES")).state.messages:
            await asyncio.sleep(0.05)
    await stranger.close()
