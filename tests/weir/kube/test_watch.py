"""A store that is kept up to date, whatever the connection does. The server of this file speaks the watch protocol."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from kubernetes_asyncio.client import ApiClient, Configuration

from weir.kube import kinds
from weir.kube.client import Client
from weir.kube.errors import TooManyRequests, Unreachable
from weir.kube.object import Key
from weir.kube.transport import Transport
from weir.kube.watch import Change, Store, follow


def item(name: str, version: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "resourceVersion": version}}


@dataclass
class Script:
    """What the server answers: lists in turn, and the lines of watches in turn (the last of each stays)."""

    lists: list[dict[str, Any]]
    watches: list[list[dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuse: int = 0
    """How many requests are answered 429 first."""
    forbid: int = 0
    """How many are answered 403 first."""
    unserved: int = 0
    """How many are answered 404 first."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=429, headers={"Retry-After": "0"})
        if self.forbid:
            self.forbid -= 1
            return web.json_response({"kind": "Status", "message": "not for you", "code": 403}, status=403)
        if self.unserved:
            self.unserved -= 1
            return web.Response(status=404, text="404 page not found")
        if "watch" not in request.query:
            self.asked.append("list")
            return web.json_response(self.lists.pop(0) if len(self.lists) > 1 else self.lists[0])
        self.asked.append(f"watch from {request.query['resourceVersion']}")
        answer = web.StreamResponse()
        await answer.prepare(request)
        if self.watches:
            for line in self.watches.pop(0):
                await answer.write(json.dumps(line).encode() + b"\n")
            return answer
        await asyncio.sleep(30)
        return answer


@contextlib.asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Client]:
    application = web.Application()
    application.router.add_get("/api/v1/configmaps", script.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    configuration = Configuration(host=f"http://127.0.0.1:{runner.addresses[0][1]}")
    client = Client(Transport(ApiClient(configuration), "t"))
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


async def watched(script: Script, until: int, more: float = 0.05) -> tuple[Store, list[str]]:
    """Follow until so many changes were seen, and `more` seconds."""
    store, seen, enough = Store(), [], asyncio.Event()

    def changed(change: Change) -> None:
        sign = "+" if change.old is None else "-" if change.new is None else "~"
        seen.append(f"{sign}{change.object.metadata.name}@{change.object.metadata.resource_version}")
        if len(seen) == until:
            enough.set()

    async with serving(script) as client:
        following = asyncio.create_task(follow(client, kinds.CONFIG_MAP, store, changed))
        await asyncio.wait_for(enough.wait(), 10)
        await asyncio.sleep(more)
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
    return store, seen


def listing(version: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {"resourceVersion": version}, "items": list(items)}


async def test_lists_then_watches_then_resumes_at_the_bookmark() -> None:
    script = Script(
        [listing("10", item("a", "1"))],
        [
            [
                {"type": "ADDED", "object": item("b", "11")},
                {"type": "MODIFIED", "object": item("a", "12")},
                {"type": "BOOKMARK", "object": item("", "20")},
            ],
            [{"type": "DELETED", "object": item("b", "21")}],
        ],
    )
    store, seen = await watched(script, 4)
    assert seen == ["+a@1", "+b@11", "~a@12", "-b@11"]
    assert set(store) == {Key("", "a")}
    assert script.asked == ["list", "watch from 10", "watch from 20", "watch from 21"]


async def test_what_was_deleted_during_a_gap_is_seen() -> None:
    gone = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
    script = Script(
        [listing("10", item("a", "1"), item("b", "2")), listing("50", item("b", "2"), item("c", "40"))],
        [[{"type": "ERROR", "object": gone}]],
    )
    store, seen = await watched(script, 4)
    assert seen == ["+a@1", "+b@2", "-a@1", "+c@40"]
    assert set(store) == {Key("", "b"), Key("", "c")}
    assert script.asked == ["list", "watch from 10", "list", "watch from 50"]


async def test_a_server_that_forgot_its_versions_is_listed_again() -> None:
    future = {
        "kind": "Status",
        "code": 504,
        "reason": "Timeout",
        "message": "Too large resource version: 10, current: 3",
    }
    script = Script(
        [listing("10", item("a", "1")), listing("3", item("b", "2"))], [[{"type": "ERROR", "object": future}]]
    )
    store, seen = await watched(script, 3)
    assert seen == ["+a@1", "-a@1", "+b@2"]
    assert set(store) == {Key("", "b")}
    assert script.asked == ["list", "watch from 10", "list", "watch from 3"]


async def test_a_line_that_cannot_be_read_does_not_end_the_watch() -> None:
    script = Script(
        [listing("10", item("a", "1")), listing("12", item("a", "12"))],
        [
            [{"type": "MODIFIED", "object": {"metadata": {"name": 7}}}],
            [{"type": "MODIFIED", "object": item("a", "13")}],
        ],
    )
    _store, seen = await watched(script, 3)
    assert seen == ["+a@1", "~a@12", "~a@13"]


async def test_watches_that_end_at_once_are_spaced_out() -> None:
    script = Script([listing("10", item("a", "1"))], [[] for _ in range(99)])
    await watched(script, 1, more=1.0)
    assert 2 <= script.asked.count("watch from 10") <= 4


async def test_a_refusal_is_said_until_it_ends() -> None:
    script = Script([listing("10", item("a", "1"))], forbid=2)
    store = Store()
    async with serving(script) as client:
        following = asyncio.create_task(follow(client, kinds.CONFIG_MAP, store, lambda _: None))
        async with asyncio.timeout(10):
            while not store.refused:
                await asyncio.sleep(0.01)
            assert store.refused == "not for you"
            while store.refused:
                await asyncio.sleep(0.01)
        assert set(store) == {Key("", "a")}
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


async def test_a_kind_that_comes_later_is_found_and_its_absence_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "weir.kube")
    script = Script([listing("10", item("a", "1"))], unserved=4)
    _store, seen = await watched(script, 1)
    assert seen == ["+a@1"]
    assert caplog.messages == ["watching configmaps: 404 page not found"]


async def test_an_event_that_is_known_already_is_no_change() -> None:
    script = Script(
        [listing("10", item("a", "1"))],
        [[{"type": "ADDED", "object": item("a", "1")}, {"type": "MODIFIED", "object": item("a", "2")}]],
    )
    _store, seen = await watched(script, 2)
    assert seen == ["+a@1", "~a@2"]


async def test_a_server_that_asks_for_patience_gets_it() -> None:
    store, _seen = await watched(Script([listing("10", item("a", "1"))], refuse=3), 1)
    assert store.synced.is_set()


async def test_patience_ends() -> None:
    async with serving(Script([listing("1")], refuse=99)) as client:
        with pytest.raises(TooManyRequests):
            await client.list(kinds.CONFIG_MAP)


async def test_a_silent_server_is_given_up() -> None:
    async with serving(Script([listing("1")])) as client:
        with pytest.raises(Unreachable, match=r"no answer within 0\.2s"):
            await client.request("GET", "/api/v1/configmaps", query={"watch": "1", "resourceVersion": "1"}, timeout=0.2)
