"""Events that wait on disk, and a receiver over real HTTP."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from tests.servers.sink import Sink
from weir.api.event import Event, ObjectReference
from weir.outbox import Answer, Outbox, judge


def event(message: str) -> Event:
    return Event(
        involved_object=ObjectReference(kind="Kustomization", namespace="ns", name="app"),
        severity="info",
        timestamp="2026-01-02T03:04:05Z",
        message=message,
        reason="Progressing",
        reporting_controller="kustomize-controller",
    )


def messages(sink: Sink) -> list[str]:
    return [msgspec.json.decode(it.body, type=Event).message for it in sink.requests]


@asynccontextmanager
async def posting(outbox: Outbox) -> AsyncIterator[None]:
    task = asyncio.create_task(outbox.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await outbox.close()


async def test_events_arrive_whole_and_in_order(tmp_path: Path, sink: Sink) -> None:
    outbox = Outbox(tmp_path / "deep" / "outbox.sqlite", sink.url)
    async with posting(outbox):
        for number in range(120):
            outbox.put(event(str(number)))
        await sink.wait(120)
        async with asyncio.timeout(5):
            await outbox.empty()
    assert messages(sink) == [str(number) for number in range(120)]
    first = sink.requests[0]
    assert (first.method, first.target, first.headers["Content-Type"]) == ("POST", "/", "application/json")
    assert first.body == msgspec.json.encode(event("0"))


ANSWERS: dict[str, tuple[int, Answer]] = {
    "accepted": (202, "delivered"),
    "duplicate": (429, "delivered"),
    "malformed": (400, "refused"),
    "too large": (413, "refused"),
    "request timeout": (408, "later"),
    "error": (500, "later"),
    "away": (503, "later"),
    "moved": (307, "later"),
}


@pytest.mark.parametrize(("status", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_what_a_status_means(status: int, expected: Answer) -> None:
    assert judge(status) == expected


async def test_a_refused_event_is_dropped_and_one_that_came_too_early_is_posted_again(
    tmp_path: Path, sink: Sink
) -> None:
    sink.answers = [(400, b"", {}), (503, b"", {}), (500, b"", {}), (429, b"", {}), (202, b"", {})]
    outbox = Outbox(tmp_path / "outbox.sqlite", sink.url)
    outbox.put(event("malformed"))
    outbox.put(event("patient"))
    outbox.put(event("last"))
    async with posting(outbox):
        await sink.wait(5)
        async with asyncio.timeout(5):
            await outbox.empty()
    assert messages(sink) == ["malformed", "patient", "patient", "patient", "last"]


async def test_a_draft_is_posted_by_the_next_process_unless_it_was_withdrawn(tmp_path: Path, sink: Sink) -> None:
    first = Outbox(tmp_path / "outbox.sqlite", sink.url)
    async with posting(first):
        done, interrupted = await first.draft(event("done?")), await first.draft(event("interrupted?"))
        left = await first.draft(event("left"))
        first.put(event("done"))
        first.withdraw(done)
        first.release(interrupted)
        async with asyncio.timeout(5):
            await first.empty()
    assert left.number.result() == 3
    assert sorted(messages(sink)) == ["done", "interrupted?"]
    async with posting(Outbox(tmp_path / "outbox.sqlite", sink.url)):
        await sink.wait(3)
    assert messages(sink)[2:] == ["left"]


async def test_drafts_stay_drafts_when_the_database_is_made_anew(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.sqlite"
    outbox = Outbox(path, sink.url)
    async with posting(outbox):
        withdrawn, released = await outbox.draft(event("withdrawn")), await outbox.draft(event("released"))
        path.unlink()
        outbox.withdraw(withdrawn)
        outbox.release(released)
        await sink.wait(1)
        async with asyncio.timeout(5):
            await outbox.empty()
    assert messages(sink) == ["released"]


async def test_events_wait_while_nobody_listens(tmp_path: Path, sink: Sink) -> None:
    await sink.stop()
    outbox = Outbox(tmp_path / "outbox.sqlite", sink.url)
    async with posting(outbox):
        outbox.put(event("early"))
        await asyncio.sleep(0.2)
        assert await outbox.waiting() == 1
        await sink.start()
        await sink.wait(1)
    assert messages(sink) == ["early"]


async def test_a_receiver_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        outbox = Outbox(tmp_path / "outbox.sqlite", f"http://127.0.0.1:{black_hole.getsockname()[1]}/")
        async with posting(outbox):
            began = monotonic()
            for number in range(1000):
                outbox.put(event(str(number)))
            assert monotonic() - began < 0.5
            await outbox.stored()
            assert await outbox.waiting() == 1000


async def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, sink: Sink) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", sink.url, capacity=3)
    for number in range(3):
        outbox.put(event(str(number)))
    await outbox.stored()
    for number in range(3, 5):
        outbox.put(event(str(number)))
        await outbox.stored()
    async with posting(outbox):
        await sink.wait(3)
    assert messages(sink) == ["2", "3", "4"]


async def test_the_oldest_go_when_they_are_too_large(tmp_path: Path, sink: Sink) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", sink.url, capacity_bytes=5000)
    for letter in "abcd":
        outbox.put(event(letter * 2000))
    await outbox.stored()
    async with posting(outbox):
        await sink.wait(2)
    assert [it[0] for it in messages(sink)] == ["c", "d"]


KILLED = """
import asyncio, os, pathlib, signal, sys
sys.path.insert(0, {root!r})
from tests.weir.test_outbox import event
from weir.outbox import Outbox

async def main():
    outbox = Outbox(pathlib.Path({path!r}), "http://127.0.0.1:1/")
    for number in range(100):
        outbox.put(event(str(number)))
    await outbox.stored()
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_events_survive_a_kill(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.sqlite"
    script = KILLED.format(path=str(path), root=str(Path(__file__).parents[2]))
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script], check=False, timeout=20)
    assert ended.returncode == -signal.SIGKILL
    outbox = Outbox(path, sink.url)
    async with posting(outbox):
        await sink.wait(100)
    assert messages(sink) == [str(number) for number in range(100)]


async def test_a_deleted_file_is_made_anew_with_what_was_in_it(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.sqlite"
    outbox = Outbox(path, "http://127.0.0.1:1/")
    outbox.put(event("before"))
    await outbox.stored()
    for suffix in ("", "-wal", "-shm"):
        os.unlink(f"{path}{suffix}")  # noqa: PTH108  one call, no wait
    outbox.put(event("after"))
    await outbox.stored()
    assert path.exists()
    await outbox.close()
    again = Outbox(path, sink.url)
    async with posting(again):
        await sink.wait(2)
    assert messages(sink) == ["before", "after"]


async def test_a_broken_file_is_made_anew(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.sqlite"
    path.write_bytes(b"this is no database " * 1000)
    outbox = Outbox(path, sink.url)
    outbox.put(event("after"))
    async with posting(outbox):
        await sink.wait(1)
    assert messages(sink) == ["after"]


async def test_a_file_that_breaks_while_it_is_open_is_made_anew(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.sqlite"
    outbox = Outbox(path, "http://127.0.0.1:1/")
    for number in range(200):
        outbox.put(event(str(number) * 100))
    await outbox.stored()
    await outbox.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(100)
        file.write(os.urandom(size - 100))
    again = Outbox(path, sink.url)
    async with posting(again):
        again.put(event("after"))
        await sink.wait(1)
        async with asyncio.timeout(5):
            await again.empty()
    assert messages(sink)[-1] == "after"


async def test_without_a_disk_events_are_kept_in_memory(tmp_path: Path, sink: Sink) -> None:
    (tmp_path / "file").write_text("in the way of a directory")
    outbox = Outbox(tmp_path / "file" / "outbox.sqlite", sink.url)
    outbox.put(event("homeless"))
    async with posting(outbox):
        await sink.wait(1)
    assert messages(sink) == ["homeless"]
