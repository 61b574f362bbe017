"""The bus on a real nats-server: duplicates, restarts, wipes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import nkeys
import pytest

from notification_controller.bus import Bus, Login
from notification_controller.consume import deliveries, events
from notification_controller.errors import BusDown, TooLarge
from notification_controller.streams import Bounds
from notification_controller.wire import decode, encode
from tests.servers.nats import NatsServer
from weir.api.event import Event, ObjectReference

EVENT = Event(
    involved_object=ObjectReference(kind="Kustomization", namespace="apps", name="web.app"),
    severity="info",
    timestamp="2026-01-02T15:04:05Z",
    message="m",
    reason="R",
    reporting_controller="kc",
)


def event(message: str) -> Event:
    return msgspec.structs.replace(EVENT, message=message)


@asynccontextmanager
async def running(server: NatsServer, bounds: Bounds | None = None) -> AsyncIterator[Bus]:
    bus = Bus(Login(server.url), bounds or Bounds())
    task = asyncio.create_task(bus.run())
    try:
        async with asyncio.timeout(10):
            await bus.wait_up()
        yield bus
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_an_event_is_stored_once_within_the_window(nats: NatsServer) -> None:
    async with running(nats, Bounds(window=1.0)) as bus:
        before = datetime.now(UTC)
        first, second = await bus.publish_event(EVENT), await bus.publish_event(EVENT)
        assert (first.duplicate, second.duplicate) == (False, True)
        assert before - timedelta(seconds=1) < second.first <= datetime.now(UTC)
        await asyncio.sleep(1.2)
        assert not (await bus.publish_event(EVENT)).duplicate


async def test_what_was_acknowledged_survives_a_killed_server(nats: NatsServer) -> None:
    async with running(nats) as bus:
        for number in range(20):
            await bus.publish_event(event(str(number)))
        await nats.kill()
        with pytest.raises(BusDown):
            await bus.publish_event(event("too late"))
        await nats.start()
        pull = events(bus)
        async with asyncio.timeout(10):
            got = []
            for _ in range(20):
                item = await pull.next()
                got.append(decode(item.body))
                await item.done()
        assert got == [event(str(number)) for number in range(20)]
        await pull.close()


async def test_duplicates_are_known_after_a_restart(nats: NatsServer) -> None:
    async with running(nats) as bus:
        await bus.publish_event(EVENT)
        await nats.kill()
        await nats.start()
        async with asyncio.timeout(10):
            await bus.wait_up()
            assert (await bus.publish_event(EVENT)).duplicate


async def test_a_waiting_consumer_goes_on_after_a_wipe(nats: NatsServer) -> None:
    async with running(nats) as bus:
        everything, chat = events(bus), deliveries(bus, "apps", "chat")
        waiting = [asyncio.create_task(everything.next()), asyncio.create_task(chat.next())]
        await asyncio.sleep(0.3)
        await nats.kill()
        nats.wipe()
        await asyncio.sleep(0.5)
        await nats.start()
        async with asyncio.timeout(10):
            await bus.wait_up()
            await bus.publish_event(EVENT)
            await bus.publish_delivery("apps", "chat", b'{"a":1}', "1")
            items = await asyncio.gather(*waiting)
        assert [item.body for item in items] == [encode(EVENT), b'{"a":1}']
        await everything.close()
        await chat.close()


async def test_streams_that_are_deleted_under_us_are_made_again(nats: NatsServer) -> None:
    async with running(nats) as bus:
        await bus.jetstream.delete_stream("EVENTS")
        with pytest.raises(BusDown):
            await bus.publish_event(EVENT)
        async with asyncio.timeout(10):
            await bus.wait_up()
            assert not (await bus.publish_event(EVENT)).duplicate


async def test_bounds_may_change_between_starts(nats: NatsServer) -> None:
    async with running(nats, Bounds(window=300)):
        pass
    async with running(nats, Bounds(window=2, events_bytes=64 * 1024 * 1024)) as bus:
        info = await bus.jetstream.stream_info("EVENTS")
        assert (info.config.duplicate_window, info.config.max_bytes) == (2, 64 * 1024 * 1024)


async def test_what_is_put_off_comes_again_and_what_is_done_does_not(nats: NatsServer) -> None:
    async with running(nats) as bus:
        await bus.publish_delivery("apps", "a.b", b"one", "1")
        await bus.publish_delivery("apps", "a.b", b"one", "1")
        await bus.publish_delivery("apps", "a", b"other", "2")
        pull = deliveries(bus, "apps", "a.b")
        async with asyncio.timeout(10):
            item = await pull.next()
            assert (item.body, item.attempt) == (b"one", 1)
            await item.later(0.2)
            item = await pull.next()
            assert (item.body, item.attempt) == (b"one", 2)
            await item.done()
        waiting = asyncio.create_task(pull.next())
        await asyncio.sleep(0.5)
        assert not waiting.done()
        waiting.cancel()
        await pull.close()


async def test_a_forgotten_provider_leaves_nothing(nats: NatsServer) -> None:
    async with running(nats) as bus:
        await bus.publish_delivery("apps", "chat", b"one", "1")
        await bus.publish_delivery("apps", "chat2", b"two", "2")
        pull = deliveries(bus, "apps", "chat2")
        item = await pull.next()
        await bus.forget("apps", "chat")
        await bus.forget("apps", "never-there")
        info = await bus.jetstream.stream_info("DELIVERIES")
        assert info.state.messages == 1
        await item.done()
        await pull.close()


async def test_three_mebibytes_pass_and_more_than_nats_takes_is_told(nats: NatsServer) -> None:
    async with running(nats) as bus:
        assert not (await bus.publish_event(event("x" * 3 * 1024 * 1024))).duplicate
        with pytest.raises(TooLarge, match="max_payload"):
            await bus.publish_event(event("x" * 8 * 1024 * 1024))


async def test_replicas_share_the_work(nats: NatsServer) -> None:
    async with running(nats) as one, running(nats) as other:
        pulls = [events(one), events(other)]
        for number in range(40):
            await one.publish_event(event(str(number)))
        seen: list[list[str]] = [[], []]

        async def work(index: int) -> None:
            while sum(map(len, seen)) < 40:
                item = await pulls[index].next()
                seen[index].append(decode(item.body).message)
                await item.done()

        workers = [asyncio.create_task(work(index)) for index in (0, 1)]
        async with asyncio.timeout(10):
            await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        for worker in workers:
            worker.cancel()
        assert sorted(seen[0] + seen[1], key=int) == [str(number) for number in range(40)]
        assert all(seen)
        await asyncio.gather(*(pull.close() for pull in pulls))


async def test_it_gets_in_with_a_password_or_a_key_from_a_file(nats: NatsServer, tmp_path: Path) -> None:
    pair = nkeys.from_seed(nkeys.encode_seed(b"s" * 32, nkeys.PREFIX_BYTE_USER))
    await nats.stop()
    nats.more = f"""authorization {{ users: [
        {{ user: weir, password: "pa ss" }}, {{ nkey: {pair.public_key.decode()} }} ] }}"""
    await nats.start()
    for name, text in (("password", b"pa ss\n"), ("seed", bytes(pair.seed) + b"\n")):
        (tmp_path / name).write_bytes(text)
        bus = Bus(Login(nats.url, credentials=str(tmp_path / name)), Bounds())
        task = asyncio.create_task(bus.run())
        async with asyncio.timeout(10):
            await bus.wait_up()
        assert not (await bus.publish_event(event(name))).duplicate
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_wrong_password_is_put_right_without_a_restart(nats: NatsServer, tmp_path: Path) -> None:
    await nats.stop()
    nats.more = 'authorization { user: weir, password: "right" }'
    await nats.start()
    file = tmp_path / "password"
    file.write_text("wrong")
    bus = Bus(Login(nats.url, credentials=str(file)), Bounds())
    task = asyncio.create_task(bus.run())
    await asyncio.sleep(0.5)
    with pytest.raises(BusDown):
        await bus.publish_event(EVENT)
    file.write_text("right")
    async with asyncio.timeout(15):
        await bus.wait_up()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
