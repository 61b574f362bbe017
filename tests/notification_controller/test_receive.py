"""Webhooks on a real server and the local cluster: a call in, annotations out."""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from notification_controller import reconcile
from notification_controller.filter_process import FilterProcess
from notification_controller.metrics import RECEIVER_HTTP
from notification_controller.mirror import Mirror
from notification_controller.receive import Paths, Webhooks
from notification_controller.serve import Listener
from notification_controller.trigger import REQUESTED_AT, Trigger
from notification_controller.webhook import path
from weir.api.notification import Receiver
from weir.kube.errors import NotFound
from weir.runtime.attempt import Host
from weir.runtime.controller import Loop
from weir.runtime.events import Recorder
from weir.runtime.schedule import Delays

GIT = {"url": "https://example.com/repo", "interval": "1h"}
TOKEN = "topsecret"


class Hooks:
    """Receivers reconciled and served."""

    def __init__(self, toolkit: Any, url: str) -> None:
        self.toolkit = toolkit
        self.url = url

    async def receiver(self, name: str, kind: str, *resources: dict[str, Any], **spec: Any) -> str:
        """Make a Receiver and wait for its path."""
        await self.toolkit.secret(f"{name}-token", token=TOKEN)
        body = {"type": kind, "resources": list(resources), "secretRef": {"name": f"{name}-token"}, **spec}
        await self.toolkit.make("Receiver", name, body)
        published = path(TOKEN.encode(), name, self.toolkit.namespace)
        async with asyncio.timeout(20):
            while not await self.ready(name):
                await asyncio.sleep(0.02)
        return published

    async def ready(self, name: str) -> bool:
        status = (await self.toolkit.read("Receiver", name)).get("status", {})
        return any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions", ()))

    async def post(
        self, target: str, body: bytes = b"{}", headers: dict[str, str] | None = None, method: str = "POST"
    ) -> int:
        sent = {"Content-Type": "application/json"} | (headers or {})
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + target, data=BytesIO(body), headers=sent) as answer,
        ):
            assert await answer.read() == b""
            return answer.status

    async def settled(self, target: str, body: bytes = b"{}", headers: dict[str, str] | None = None) -> int:
        """As `post`, once the server knows that the Receiver is ready."""
        async with asyncio.timeout(10):
            while (status := await self.post(target, body, headers)) in {404, 503}:
                await asyncio.sleep(0.02)
        return status

    async def requested(self, name: str, kind: str = "GitRepository") -> str:
        found = await self.toolkit.read(kind, name)
        value: str = found["metadata"].get("annotations", {}).get(REQUESTED_AT, "")
        return value


@pytest.fixture
async def hooks(toolkit: Any) -> AsyncIterator[Hooks]:
    filters, paths, receivers = FilterProcess(), Paths(), Mirror(Receiver)
    receivers.listen(paths.changed)
    recorder = Recorder(toolkit.client, "notification-controller", "tests", None)
    host = Host("notification-controller", recorder, Delays(0.1, 1.0, 0.0), toolkit.namespace)
    controller = reconcile.controller(filters, concurrent=2, configs="reconcile.fluxcd.io/watch=Enabled")
    loop = Loop(controller, toolkit.client, host)
    webhooks = Webhooks(toolkit.client, paths, Trigger(toolkit.client, filters), cross_namespace=False)
    listener = Listener("127.0.0.1:0", webhooks.handle, RECEIVER_HTTP, lambda _: "/hook/")
    await listener.start()
    tasks = [
        asyncio.create_task(each)
        for each in (receivers.run(toolkit.client, toolkit.namespace), recorder.run(), loop.run())
    ]
    async with asyncio.timeout(10):
        await receivers.synced.wait()
    yield Hooks(toolkit, f"http://127.0.0.1:{listener.port}")
    await listener.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await filters.close()


def github(body: bytes, token: str = TOKEN) -> dict[str, str]:
    digest = hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Event": "push"}


async def test_a_signed_push_asks_for_a_reconcile(hooks: Hooks) -> None:
    await hooks.toolkit.make("GitRepository", "webapp", GIT)
    target = await hooks.receiver("r", "github", {"kind": "GitRepository", "name": "webapp"}, events=["push"])
    assert await hooks.settled(target, b"{}", github(b"{}")) == 200
    first = await hooks.requested("webapp")
    assert first
    assert await hooks.post(target, b"{}", github(b"{}")) == 200
    assert await hooks.requested("webapp") != first


async def test_what_is_not_verified_is_400_and_changes_nothing(hooks: Hooks) -> None:
    await hooks.toolkit.make("GitRepository", "webapp", GIT)
    target = await hooks.receiver("r", "github", {"kind": "GitRepository", "name": "webapp"}, events=["push"])
    assert await hooks.settled(target) == 400
    assert await hooks.post(target, b'{"forged":1}', github(b"{}")) == 400
    assert await hooks.post(target, b"{}", github(b"{}", "other")) == 400
    assert await hooks.post(target, b"{}", github(b"{}") | {"X-GitHub-Event": "ping"}) == 400
    assert await hooks.post(target, b"{}", github(b"{}") | {"Content-Type": "text/plain"}) == 400
    assert await hooks.requested("webapp") == ""


async def test_only_the_exact_path_is_served(hooks: Hooks) -> None:
    target = await hooks.receiver("r", "generic")
    assert await hooks.settled(target) == 200
    assert await hooks.post(target, method="GET") == 200
    for other in ("/", "/hook/", target + "/", target + "?x=1", target[:-1], "/x" + target, target.upper()):
        assert await hooks.post(other) == 404


async def test_a_large_body_is_413_before_anything_else(hooks: Hooks) -> None:
    assert await hooks.post("/hook/unknown", b"x" * (3 * 1024 * 1024 + 1)) == 413


async def test_a_suspended_receiver_is_503(hooks: Hooks) -> None:
    target = await hooks.receiver("r", "generic")
    assert await hooks.settled(target) == 200
    await hooks.toolkit.make(
        "Receiver", "r", {"type": "generic", "resources": [], "secretRef": {"name": "r-token"}, "suspend": True}
    )
    async with asyncio.timeout(10):
        while await hooks.post(target) != 503:
            await asyncio.sleep(0.02)


async def test_labels_select_and_an_empty_choice_is_no_error(hooks: Hooks) -> None:
    await hooks.toolkit.make("GitRepository", "a", GIT, labels={"team": "a"})
    await hooks.toolkit.make("GitRepository", "b", GIT, labels={"team": "b"})
    chosen = await hooks.receiver(
        "chosen", "generic", {"kind": "GitRepository", "name": "*", "matchLabels": {"team": "a"}}
    )
    nobody = await hooks.receiver(
        "nobody", "generic", {"kind": "GitRepository", "name": "*", "matchLabels": {"team": "c"}}
    )
    assert await hooks.settled(chosen) == 200
    assert await hooks.settled(nobody) == 200
    assert [bool(await hooks.requested(name)) for name in ("a", "b")] == [True, False]


async def test_an_error_in_one_entry_does_not_stop_the_next(hooks: Hooks) -> None:
    await hooks.toolkit.make("GitRepository", "webapp", GIT)
    target = await hooks.receiver(
        "r",
        "generic",
        {"kind": "GitRepository", "name": "missing"},
        {"kind": "GitRepository", "name": "webapp", "namespace": "elsewhere"},
        {"kind": "Kustomization", "name": "no-version"},
        {"kind": "GitRepository", "name": "*"},
        {"kind": "GitRepository", "name": "webapp"},
    )
    assert await hooks.settled(target) == 500
    assert await hooks.requested("webapp")


async def test_filters_see_object_and_request(hooks: Hooks) -> None:
    await hooks.toolkit.make("GitRepository", "main", GIT)
    await hooks.toolkit.make("GitRepository", "other", GIT)
    target = await hooks.receiver(
        "r",
        "generic",
        {"kind": "GitRepository", "name": "*", "matchLabels": {}, "filter": "res.metadata.name == req.repo"},
        resourceFilter="req.ref == 'refs/heads/main'",
    )
    body = json.dumps({"ref": "refs/heads/main", "repo": "main"}).encode()
    assert await hooks.settled(target, body) == 200
    assert [bool(await hooks.requested(name)) for name in ("main", "other")] == [True, False]
    assert await hooks.post(target, b'{"ref":"refs/heads/dev","repo":"other"}') == 200
    assert await hooks.requested("other") == ""
    assert await hooks.post(target, b"{}") == 500
    assert await hooks.post(target, b"[]") == 500
    assert await hooks.post(target, body, {"Content-Type": "text/plain"}) == 500


async def test_many_calls_at_once(hooks: Hooks) -> None:
    targets = []
    for number in range(4):
        await hooks.toolkit.make("GitRepository", f"repo{number}", GIT)
        entry = {"kind": "GitRepository", "name": f"repo{number}"}
        targets.append(await hooks.receiver(f"r{number}", "github", entry))
    for target in targets:
        await hooks.settled(target)
    codes = await asyncio.gather(*(hooks.post(target, b"{}", github(b"{}")) for target in targets for _ in range(10)))
    assert set(codes) == {200}
    assert all([await hooks.requested(f"repo{number}") for number in range(4)])


async def test_a_receiver_says_what_is_wrong_with_it(hooks: Hooks) -> None:
    async def condition(name: str) -> tuple[str, str, str, bool]:
        async with asyncio.timeout(10):
            while True:
                status = (await hooks.toolkit.read("Receiver", name)).get("status", {})
                found = {each["type"]: each for each in status.get("conditions", ())}
                if found.get("Ready", {}).get("status") == "False":
                    return (
                        found["Ready"]["reason"],
                        found["Ready"]["message"],
                        status.get("webhookPath", ""),
                        "Stalled" in found,
                    )
                await asyncio.sleep(0.02)

    resources = [{"kind": "GitRepository", "name": "x"}]
    namespace = hooks.toolkit.namespace
    missing = {"type": "generic", "resources": resources, "secretRef": {"name": "missing"}}
    await hooks.toolkit.make("Receiver", "missing", missing)
    assert await condition("missing") == ("TokenNotFound", f"Secret {namespace}/missing not found", "", False)
    await hooks.toolkit.secret("empty", other="x")
    await hooks.toolkit.make("Receiver", "empty", missing | {"secretRef": {"name": "empty"}})
    assert await condition("empty") == ("TokenNotFound", f"Secret {namespace}/empty has no key token", "", False)
    await hooks.toolkit.make("Receiver", "broken", missing | {"resourceFilter": "req."})
    reason, message, _, stalled = await condition("broken")
    assert (reason, stalled) == ("InvalidCELExpression", True)
    assert message.startswith("spec.resourceFilter: filter 'req.': ")
    await hooks.toolkit.make("Receiver", "later", missing | {"type": "harbor"})
    assert await condition("later") == ("ValidationFailed", "spec.type 'harbor' is not supported yet", "", True)
    await hooks.toolkit.secret("missing", token=TOKEN)
    async with asyncio.timeout(20):
        while not await hooks.ready("missing"):
            await asyncio.sleep(0.05)


async def test_the_way_from_call_to_annotation_is_short(hooks: Hooks) -> None:
    await hooks.toolkit.make("GitRepository", "webapp", GIT)
    target = await hooks.receiver("r", "github", {"kind": "GitRepository", "name": "webapp"})
    await hooks.settled(target)
    took = []
    async with aiohttp.ClientSession() as session:
        for _ in range(20):
            started = time.perf_counter()
            headers = github(b"{}") | {"Content-Type": "application/json"}
            async with session.post(hooks.url + target, data=b"{}", headers=headers) as answer:
                assert answer.status == 200
            took.append(time.perf_counter() - started)
    median, worst = sorted(took)[10] * 1000, max(took) * 1000
    sys.stdout.write(f"webhook to annotated object: p50 {median:.1f} ms, worst {worst:.1f} ms\n")
    assert sorted(took)[10] < 0.2


async def test_a_deleted_receiver_is_gone_at_once(hooks: Hooks) -> None:
    target = await hooks.receiver("r", "generic")
    assert await hooks.settled(target) == 200
    await hooks.toolkit.client.delete(Receiver.DEFINITION.kind, "r", hooks.toolkit.namespace)
    async with asyncio.timeout(10):
        while await hooks.post(target) != 404:
            await asyncio.sleep(0.02)
        with suppress(NotFound):
            while True:
                await hooks.toolkit.read("Receiver", "r")
                await asyncio.sleep(0.02)
