"""What an API server may answer besides answers. The server of this file speaks the API's HTTP, good and bad."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from kubernetes_asyncio.client import ApiClient, Configuration
from prometheus_client import REGISTRY

from weir.kube import errors, kinds
from weir.kube.client import Client
from weir.kube.identity import connect_with
from weir.kube.transport import Transport

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
A = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "resourceVersion": "1"}}


def kubeconfig(port: int) -> bytes:
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "clusters": [{"name": "k", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
    }
    return json.dumps(config).encode()


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Client]:
    application = web.Application(client_max_size=1 << 26)
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = await connect_with(kubeconfig(runner.addresses[0][1]), user_agent="weir/1")
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


def answering(*answers: web.Response, seen: list[web.Request] | None = None) -> Handler:
    """The answers in turn, then the ConfigMap."""
    left = list(answers)

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        if seen is not None:
            seen.append(request)
        return left.pop(0) if left else web.json_response(A)

    return handle


async def test_503_with_retry_after_is_asked_again_and_without_it_is_not() -> None:
    async with serving(answering(web.Response(status=503, headers={"Retry-After": "0"}))) as client:
        assert (await client.get(kinds.CONFIG_MAP, "a", "n")).metadata.name == "a"
    async with serving(answering(web.Response(status=503))) as client:
        with pytest.raises(errors.ServerError):
            await client.get(kinds.CONFIG_MAP, "a", "n")


async def test_who_asks_for_long_patience_is_told_to_the_caller() -> None:
    async with serving(answering(web.Response(status=429, headers={"Retry-After": "60"}))) as client:
        with pytest.raises(errors.TooManyRequests) as caught:
            await client.get(kinds.CONFIG_MAP, "a", "n")
    assert caught.value.retry_after == 60


async def test_a_retry_that_would_come_too_late_is_not_waited_for() -> None:
    answer = web.Response(status=429, headers={"Retry-After": "9"})
    async with serving(answering(answer)) as client:
        begun = time.monotonic()
        with pytest.raises(errors.TooManyRequests):
            await client.request("GET", "/api/v1/x", timeout=2)
        assert time.monotonic() - begun < 1


async def test_identity_goes_with_every_request() -> None:
    seen: list[web.Request] = []
    async with serving(answering(seen=seen)) as client:
        await client.impersonate("jane", ["dev", "ops"]).get(kinds.CONFIG_MAP, "a", "n")
    headers = seen[0].headers
    assert headers["Impersonate-User"] == "jane"
    assert headers.getall("Impersonate-Group") == ["dev", "ops"]
    assert (headers["Authorization"], headers["User-Agent"]) == ("Bearer t", "weir/1")


async def test_a_token_that_no_header_can_hold_is_not_quoted() -> None:
    async with serving(answering()) as client:
        configuration = Configuration(host=client.host)
        configuration.api_key["BearerToken"] = "Bearer se\ncret"
        other = Client(Transport(ApiClient(configuration), "t"))
        with pytest.raises(errors.Unreachable, match="cannot be sent") as caught:
            await other.get(kinds.CONFIG_MAP, "a", "n")
        await other.close()
    assert "cret" not in str(caught.value)


async def test_warnings_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    warning = {"Warning": '299 - "v1beta1 is deprecated"'}
    answers = [web.json_response(A, headers=warning) for _ in range(2)]
    with caplog.at_level(logging.INFO, "weir.kube"):
        async with serving(answering(*answers)) as client:
            await client.get(kinds.CONFIG_MAP, "a", "n")
            await client.get(kinds.CONFIG_MAP, "a", "n")
    assert [it.message for it in caplog.records] == ['the API server warns: 299 - "v1beta1 is deprecated"']


GARBAGE = {"a page": b"<html>", "half of it": b'{"kind":"Conf', "wrong types": b'{"metadata":7}', "nothing": b""}
DEEP = b'{"metadata":' + b"[" * 100_000


@pytest.mark.parametrize("body", [*GARBAGE.values(), DEEP], ids=[*GARBAGE.keys(), "an abyss"])
async def test_an_answer_that_cannot_be_read_is_one_of_our_errors(body: bytes) -> None:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    async with serving(handle) as client:
        with pytest.raises(errors.Undecodable):
            await client.get(kinds.CONFIG_MAP, "a", "n")
        with pytest.raises(errors.Undecodable):
            await client.list(kinds.CONFIG_MAP)
        with pytest.raises((errors.Undecodable, errors.NoSuchKind)):
            await client.discovery.kind("v1", "ConfigMap")


async def dropping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers the first request of a connection and hangs up on the second."""
    body = json.dumps(A).encode()
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def test_a_kept_connection_that_was_closed_costs_nothing_but_a_post_is_not_sent_twice() -> None:
    server = await asyncio.start_server(dropping, "127.0.0.1", 0)
    client = await connect_with(kubeconfig(server.sockets[0].getsockname()[1]))
    for _ in range(3):
        await client.apply(kinds.CONFIG_MAP, A, name="a", namespace="n", manager="m")
    with pytest.raises(errors.Unreachable):
        await client.create(kinds.CONFIG_MAP, A, "n")
    await client.close()
    server.close()


async def test_nobody_listens() -> None:
    client = await connect_with(kubeconfig(9))
    with pytest.raises(errors.Unreachable, match=r"GET /api/v1/x: cannot connect to 127\.0\.0\.1:9: "):
        await client.request("GET", "/api/v1/x")
    await client.close()
    labels = {"code": "<error>", "method": "GET", "host": "127.0.0.1:9"}
    assert REGISTRY.get_sample_value("rest_client_requests_total", labels) == 1


async def test_many_watches_leave_room_for_requests() -> None:
    begun = 0
    enough = asyncio.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        nonlocal begun
        if "watch" not in request.query:
            return web.json_response(A)
        answer = web.StreamResponse()
        await answer.prepare(request)
        begun += 1
        if begun == 150:
            enough.set()
        await asyncio.sleep(60)
        return answer

    async def watch(client: Client) -> None:
        async with client.watching(kinds.CONFIG_MAP, resource_version="1") as events:
            async for _ in events:
                pass

    async with serving(handle) as client, asyncio.timeout(30):
        tasks = [asyncio.create_task(watch(client)) for _ in range(150)]
        await enough.wait()
        await client.request("GET", "/api/v1/x", timeout=5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_lines_of_any_length_come_whole_and_leaving_closes_the_stream() -> None:
    sizes = [1, 3_000_000, 5]

    async def handle(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for size in sizes:
            await answer.write(b"x" * size + b"\n")
        await answer.write(b"the last without an end")
        return answer

    async with serving(handle) as client:
        assert [len(line) async for line in client.stream("/api/v1/x")] == [*sizes, 23]


async def test_a_stream_that_breaks_says_so() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"one\ntw")
        assert request.transport is not None
        request.transport.abort()
        return answer

    async with serving(handle) as client:
        with pytest.raises(errors.Unreachable, match="the answer broke off"):
            [line async for line in client.stream("/api/v1/x")]


async def test_a_group_whose_server_is_away_does_not_hide_the_others() -> None:
    documents = {
        "/apis": {
            "groups": [
                {"name": "up", "versions": [{"groupVersion": "up/v1", "version": "v1"}]},
                {"name": "away", "versions": [{"groupVersion": "away/v1", "version": "v1"}]},
                {
                    "name": "two",
                    "versions": [{"groupVersion": f"two/{each}", "version": each} for each in ("v2", "v1")],
                    "preferredVersion": {"groupVersion": "two/v1", "version": "v1"},
                },
            ]
        },
        "/api/v1": {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]},
        "/apis/up/v1": {"resources": [{"name": "ups", "kind": "Up", "namespaced": True}]},
        "/apis/two/v1": {"resources": [{"name": "as", "kind": "A", "namespaced": True}]},
        "/apis/two/v2": {"resources": [{"name": each.lower(), "kind": each, "namespaced": True} for each in "AB"]},
    }

    async def handle(request: web.Request) -> web.Response:
        found = documents.get(request.path)
        return web.json_response(found) if found else web.Response(status=503)

    async with serving(handle) as client:
        served = await client.discovery.kinds()
    assert [(it.kind.api_version, it.kind.kind) for it in served] == [
        ("v1", "Pod"),
        ("up/v1", "Up"),
        ("two/v1", "A"),
        ("two/v2", "B"),
    ]


VERSIONS = ["", "../api/v1/secrets", "apps/v1?x", "apps/v1/deployments", "apps/../v1", "a b/v1", "v1\n"]


@pytest.mark.parametrize("api_version", VERSIONS)
async def test_discovery_asks_for_no_path_that_a_manifest_invents(api_version: str) -> None:
    seen: list[web.Request] = []
    async with serving(answering(seen=seen)) as client:
        with pytest.raises(errors.NoSuchKind, match="invalid apiVersion"):
            await client.discovery.kind(api_version, "Deployment")
        with pytest.raises(errors.NoSuchKind):
            await client.discovery.preferred(f"{api_version}/..", "Deployment")
    assert not seen
