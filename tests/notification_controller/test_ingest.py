"""The event endpoint on a real server and a real nats-server: every code of the contract."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO

import aiohttp
import pytest
from prometheus_client import REGISTRY

from notification_controller.bus import Bus, Login
from notification_controller.consume import events
from notification_controller.ingest import Ingest
from notification_controller.metrics import EVENT_HTTP
from notification_controller.serve import Listener
from notification_controller.streams import Bounds
from tests.servers.nats import NatsServer

BODY = (
    b'{"involvedObject":{"kind":"Kustomization","namespace":"apps","name":"webapp",'
    b'"apiVersion":"kustomize.toolkit.fluxcd.io/v1"},"severity":"info","timestamp":"2026-01-02T15:04:05Z",'
    b'"message":"Applied","reason":"ReconciliationSucceeded","reportingController":"kustomize-controller",'
    b'"metadata":{"kustomize.toolkit.fluxcd.io/revision":"main@sha1:a","foreign/x":"1"}}'
)
DATE = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d UTC"


@asynccontextmanager
async def ingesting(server: NatsServer, window: float = 300.0) -> AsyncIterator[tuple[str, Bus]]:
    bus = Bus(Login(server.url), Bounds(window=window))
    task = asyncio.create_task(bus.run())
    listener = Listener("127.0.0.1:0", Ingest(bus, window).handle, EVENT_HTTP, lambda _: "/")
    await listener.start()
    try:
        async with asyncio.timeout(10):
            await bus.wait_up()
        yield f"http://127.0.0.1:{listener.port}", bus
    finally:
        await listener.stop()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def post(url: str, body: bytes, method: str = "POST") -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.request(method, url, data=BytesIO(body)) as answer:
        return answer.status, await answer.text(), dict(answer.headers)


async def test_an_event_is_stored_cleaned_and_acknowledged(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, bus):
        status, text, headers = await post(url, BODY)
        assert (status, text) == (202, "")
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("1", "0")
        assert re.fullmatch(DATE, headers["X-RateLimit-Reset"])
        pull = events(bus)
        async with asyncio.timeout(10):
            item = await pull.next()
        assert item.body == (
            b'{"involvedObject":{"kind":"Kustomization","namespace":"apps","name":"webapp",'
            b'"apiVersion":"kustomize.toolkit.fluxcd.io/v1"},"severity":"info","timestamp":"2026-01-02T15:04:05Z",'
            b'"message":"Applied","reason":"ReconciliationSucceeded",'
            b'"metadata":{"kustomize.toolkit.fluxcd.io/revision":"main@sha1:a"},'
            b'"reportingController":"kustomize-controller"}'
        )
        await item.done()
        await pull.close()


async def test_a_duplicate_is_refused_until_the_window_is_over(nats: NatsServer) -> None:
    async with ingesting(nats, window=1.0) as (url, _):
        assert (await post(url, BODY))[0] == 202
        status, text, headers = await post(url, BODY)
        assert (status, text) == (429, "Too Many Requests\n")
        assert headers["Retry-After"] == headers["X-RateLimit-Reset"]
        assert re.fullmatch(DATE, headers["Retry-After"])
        await asyncio.sleep(1.3)
        assert (await post(url, BODY))[0] == 202


CODES: dict[str, tuple[bytes, str, int]] = {
    "nothing is required": (b"{}", "/", 202),
    "any path": (b'{"message":"1"}', "/some/where?x=1", 202),
    "an empty body": (b"", "/", 400),
    "no JSON": (b"{", "/", 400),
    "a wrong type": (b'{"message":1}', "/", 400),
    "no UTF-8": (b'{"message":"\xff"}', "/", 400),
    "deep nesting": (b'{"message":' + b"[" * 200_000, "/", 400),
    "hostile names": (b'{"involvedObject":{"name":"> * \\r\\n.","namespace":"..","kind":""}}', "/", 202),
    "exactly three mebibytes": (b'{"message":"' + b"x" * (3 * 1024 * 1024 - 14) + b'"}', "/", 202),
    "three mebibytes that escaping would multiply": (b'{"message":"' + b"<" * (3 * 1024 * 1024 - 14) + b'"}', "/", 202),
    "a byte more": (b'{"message":"' + b"x" * (3 * 1024 * 1024 - 13) + b'"}', "/", 413),
}


async def test_codes(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, _):
        got = {case: (await post(url + path, body))[0] for case, (body, path, _) in CODES.items()}
        assert got == {case: code for case, (*_, code) in CODES.items()}


async def test_any_method(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, _):
        assert (await post(url, b'{"message":"put"}', "PUT"))[0] == 202
        assert (await post(url, b'{"message":"x"}', "PROPFIND"))[0] == 202
        seen = REGISTRY.get_sample_value(
            "gotk_event_http_request_duration_seconds_count",
            {"service": "", "handler": "/", "method": "other", "code": "202"},
        )
        assert seen
        assert seen >= 1


async def test_a_body_in_chunks_is_counted_too(nats: NatsServer) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 1024 * 1024

    async with ingesting(nats) as (url, _), aiohttp.ClientSession() as session:
        with suppress(aiohttp.ClientError):
            async with session.post(url, data=chunks()) as answer:
                assert answer.status == 413


async def test_a_compressed_body_is_not_unpacked(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, _), aiohttp.ClientSession() as session:
        headers = {"Content-Encoding": "gzip"}
        async with session.post(url, data=b"\x1f\x8b\x08" + b"\x00" * 100, headers=headers) as answer:
            assert answer.status == 400


async def test_without_nats_the_emitter_keeps_its_event_and_nothing_is_lost(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, bus):
        assert (await post(url, b'{"message":"before"}'))[0] == 202
        await nats.kill()
        status, _, headers = await post(url, b'{"message":"meanwhile"}')
        assert (status, headers["Retry-After"]) == (503, "1")
        await nats.start()
        async with asyncio.timeout(10):
            while (await post(url, b'{"message":"meanwhile"}'))[0] not in {202, 429}:
                await asyncio.sleep(0.05)
            pull = events(bus)
            bodies = [(await pull.next()).body for _ in range(2)]
        assert [b"before" in bodies[0], b"meanwhile" in bodies[1]] == [True, True]
        await pull.close()


@pytest.mark.timeout(30)
async def test_headers_that_never_end_cost_a_socket_for_ten_seconds(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        started = asyncio.get_running_loop().time()
        assert await reader.read() == b""
        assert 8 < asyncio.get_running_loop().time() - started < 12
        writer.close()


async def test_headers_that_are_too_long_are_refused(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, _), aiohttp.ClientSession() as session:
        async with session.post(url, data=b'{"message":"a"}', headers={"X-Long": "x" * 200 * 1024}) as answer:
            assert answer.status == 202
        async with session.post(url, data=b'{"message":"b"}', headers={"X-Long": "x" * 300 * 1024}) as answer:
            assert answer.status == 400


async def test_very_many_headers_are_cut_off(nats: NatsServer) -> None:
    async with ingesting(nats) as (url, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\n")
        with suppress(ConnectionError):
            for number in range(100):
                writer.write(b"X-%d: " % number + b"x" * 100_000 + b"\r\n")
                await writer.drain()
            async with asyncio.timeout(5):
                assert b"202" not in await reader.read()
        writer.close()
