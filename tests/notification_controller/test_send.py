"""Whole requests, captured: what each provider really puts on the wire, and what becomes of bad answers."""

import asyncio
import socket
import time
from typing import Any

import msgspec
import pytest
from nats.aio.client import Client as NatsClient

from notification_controller.errors import DeliveryError, Rejected, Undelivered, Unusable
from notification_controller.message import Config, Message, Publish, Tls
from notification_controller.providers import RENDERERS, render
from notification_controller.send import Sender
from tests.servers.nats import NatsServer
from tests.servers.sink import Request, Sink
from weir.api.event import Event, ObjectReference

EVENT = Event(
    involved_object=ObjectReference(
        kind="Kustomization", namespace="apps", name="webapp", api_version="kustomize.toolkit.fluxcd.io/v1"
    ),
    severity="error",
    timestamp="2026-01-02T15:04:05Z",
    message="Health check failed: <x> & é",
    reason="HealthCheckFailed",
    metadata={"revision": "main@sha1:a1"},
    reporting_controller="kustomize-controller",
)


def config(kind: str, address: str, **more: Any) -> Config:
    return Config(type=kind, name="apps/chat", address=address, **more)


@pytest.mark.parametrize("kind", sorted(set(RENDERERS) - {"nats"}))
async def test_the_request_on_the_wire_is_the_one_that_was_rendered(kind: str, sink: Sink) -> None:
    given = config(kind, f"{sink.url}/hook/x?y=1", token=b"tok1", username="u", password="p", headers={"X-Extra": "1"})
    message = render(EVENT, given)
    assert isinstance(message, Message)
    sender = Sender()
    await sender.send(message, given)
    await sender.close()
    target = "/hook/x/slack?y=1" if kind == "discord" else "/hook/x?y=1"
    always = {"Content-Length": str(len(message.body)), "Accept": "*/*", "Accept-Encoding": "identity"}
    assert sink.requests == [Request("POST", target, message.headers | always, message.body)]


async def test_nats_publishes_to_another_server(nats: NatsServer) -> None:
    listener = NatsClient()
    await listener.connect(nats.url)
    subscription = await listener.subscribe("flux.alerts")
    await listener.flush()
    given = config("nats", nats.url, channel="flux.alerts")
    message, sender = render(EVENT, given), Sender()
    assert isinstance(message, Publish)
    await sender.send(message, given)
    received = await subscription.next_msg(timeout=5)
    assert (received.data, received.headers) == (message.body, None)
    await listener.close()
    await sender.close()


async def send(sink: Sink, within: float = 5.0, **more: Any) -> DeliveryError | None:
    given = config("generic", f"{sink.url}/services/T0/B0/xyz", timeout=within, **more)
    sender = Sender()
    try:
        await sender.send(render(EVENT, given), given)
    except DeliveryError as error:
        return error
    finally:
        await sender.close()
    return None


async def test_a_passing_failure_is_tried_again_within_the_timeout(sink: Sink) -> None:
    sink.answers = [(503, b"", {}), (500, b"", {})]
    started = time.monotonic()
    assert await send(sink, 10) is None
    assert (len(sink.requests), 5.5 < time.monotonic() - started < 7) == (3, True)


async def test_retry_after_beats_our_own_wait(sink: Sink) -> None:
    sink.answers = [(429, b"slow down", {"Retry-After": "60"})]
    started = time.monotonic()
    error = await send(sink)
    assert isinstance(error, Undelivered)
    assert (error.retry_after, str(error)) == (60, f"127.0.0.1:{sink.port}: answered 429: slow down")
    assert (len(sink.requests), time.monotonic() - started < 1) == (1, True)


ANSWERS: dict[int, type[DeliveryError]] = {
    400: Rejected,
    413: Rejected,
    401: Unusable,
    404: Unusable,
    501: Rejected,
    304: Undelivered,
}


@pytest.mark.parametrize("status", ANSWERS)
async def test_an_answer_that_is_no_success(status: int, sink: Sink) -> None:
    sink.status = status
    error = await send(sink, 1)
    assert (type(error), len(sink.requests)) == (ANSWERS[status], 1)


async def test_who_does_not_answer_is_given_up_in_time(sink: Sink) -> None:
    sink.delay = 5
    started = time.monotonic()
    error = await send(sink, 1)
    assert isinstance(error, Undelivered)
    assert ("no answer within 1" in str(error), time.monotonic() - started < 2) == (True, True)


async def test_who_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        given = config("generic", f"http://127.0.0.1:{taken.getsockname()[1]}/secret-path", timeout=1)
        sender = Sender()
        with pytest.raises(Undelivered) as caught:
            await sender.send(render(EVENT, given), given)
        await sender.close()
    assert "secret-path" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


async def test_no_credential_follows_a_redirect_to_another_host(sink: Sink) -> None:
    other = Sink()
    await other.start()
    sink.answers = [(307, b"", {"Location": f"{other.url}/elsewhere"})]
    assert await send(sink, headers={"Authorization": "Bearer tok1", "X-Api-Key": "k"}) is None
    await other.stop()
    (request,) = other.requests
    assert (request.method, request.target) == ("POST", "/elsewhere")
    assert not {"Authorization", "X-Api-Key"} & set(request.headers)


async def test_a_certificate_that_does_not_parse_is_told_without_it(sink: Sink) -> None:
    error = await send(sink, tls=Tls(b"hidden"))
    assert isinstance(error, Unusable)
    assert "hidden" not in str(error)


async def test_three_mebibytes_go_out(sink: Sink) -> None:
    big = msgspec.structs.replace(EVENT, message="x" * 3 * 1024 * 1024)
    given, sender = config("generic", f"{sink.url}/"), Sender()
    await sender.send(render(big, given), given)
    await sender.close()
    assert len(sink.requests[0].body) > 3 * 1024 * 1024


async def test_a_cancelled_send_ends_at_once(sink: Sink) -> None:
    sink.delay = 5
    sending = asyncio.create_task(send(sink))
    await sink.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
