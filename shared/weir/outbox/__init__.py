"""Events on their way to the notification-controller: on disk, posted in order in the background, kept until there.

`put` never waits for the disk or the network. A thread of its own holds the SQLite database (in WAL mode); what was
stored survives a kill, and a deleted or broken file is made anew. Of too many events the oldest go. A draft is an event
that is posted only if its process dies before it withdraws it.
"""

import asyncio
import logging
import queue
import random
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, Never, TypeVar

import aiohttp
import msgspec

from weir.api.event import Event
from weir.outbox.file import EVENTS, File

T = TypeVar("T")

TIMEOUT = 15.0
"""Seconds for one post, the time that the notification-controller takes for an event at most."""
FIRST_PAUSE = 0.5
"""Seconds after a post that did not arrive, doubled each time, with jitter."""
LONGEST_PAUSE = 60.0
BATCH = 50
"""Events read from disk at once."""
PATIENCE = 2.0
"""Seconds that `stored` waits for the disk."""

log = logging.getLogger("weir.outbox")

Answer = Literal["delivered", "refused", "later"]


class Draft(NamedTuple):
    """An event that waits for what becomes of a deed."""

    number: Future[int]


class Outbox:
    """Events for one address. Bounded by `capacity` events and `capacity_bytes` of their JSON."""

    def __init__(self, path: Path, url: str, capacity: int = 10_000, capacity_bytes: int = 64 * 1024 * 1024) -> None:
        self._url = url
        self._capacity = capacity
        self._disk = _Disk(path, capacity, capacity_bytes)
        self._progress = asyncio.Event()
        self._stirred = asyncio.Event()
        self._stirred.set()

    def put(self, event: Event) -> None:
        """Keep an event and post it in its turn. Never blocks; dropped (and counted) if the disk is far behind."""
        if self._disk.behind() >= self._capacity:
            EVENTS.labels("dropped").inc()
            log.error("the disk of the outbox does not keep up, an event is dropped: %s", event.reason)
            return
        body = msgspec.json.encode(event)
        self._disk.ask(lambda file: file.append(body))
        self._stirred.set()

    async def draft(self, event: Event) -> Draft:
        """Keep an event on disk without posting it; if this process dies, the next one posts it.

        Returns when it is on disk; if the disk hangs, after `PATIENCE` all the same.
        """
        body = msgspec.json.encode(event)
        number = self._disk.ask(lambda file: file.draft(body))
        await self.stored()
        return Draft(number)

    def withdraw(self, draft: Draft) -> None:
        """Forget a draft: events put since tell more."""
        self._disk.ask(lambda file: file.remove(draft.number.result()))

    def release(self, draft: Draft) -> None:
        """Post a draft after all."""
        self._disk.ask(lambda file: file.release(draft.number.result()))
        self._stirred.set()

    async def stored(self) -> None:
        """Return when everything put so far is on disk; if the disk hangs, after `PATIENCE` all the same."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.wrap_future(self._disk.ask(lambda _: None))

    async def empty(self) -> None:
        """Return when nothing waits any more."""
        while await self.waiting():
            self._progress.clear()
            await self._progress.wait()

    async def waiting(self) -> int:
        """How many events wait to be posted."""
        return await asyncio.wrap_future(self._disk.ask(lambda file: file.count))

    async def run(self) -> Never:
        """Post what waits, oldest first, until cancelled."""
        pause = FIRST_PAUSE
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
            while True:
                await self._stirred.wait()
                self._stirred.clear()
                while batch := await asyncio.wrap_future(self._disk.ask(lambda file: file.oldest(BATCH))):
                    if await self._post(session, batch):
                        pause = FIRST_PAUSE
                    else:
                        await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  jitter is no secret
                        pause = min(LONGEST_PAUSE, pause * 2)

    async def close(self) -> None:
        """Close the database; what waits stays in it."""
        await asyncio.to_thread(self._disk.close)

    async def _post(self, session: aiohttp.ClientSession, batch: list[tuple[int, bytes]]) -> bool:
        """Post the events one after another; False as soon as one has to be posted later."""
        for number, body in batch:
            answer = await self._send(session, body)
            if answer == "later":
                return False
            EVENTS.labels(answer).inc()
            await asyncio.wrap_future(self._disk.ask(partial(File.remove, number=number)))
            self._progress.set()
        return True

    async def _send(self, session: aiohttp.ClientSession, body: bytes) -> Answer:
        headers = {"Content-Type": "application/json"}
        try:
            async with session.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
                answer = judge(response.status)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("the event receiver does not answer (%s), events wait", type(error).__name__)
            return "later"
        if answer == "refused":
            log.error("the event receiver refused an event with status %s, it is dropped", status)
        elif answer == "later":
            log.info("the event receiver answers with status %s, events wait", status)
        return answer


def judge(status: int) -> Answer:
    """What an HTTP status means: 429 is a duplicate, so delivered; of the other 4xx only 408 is worth another try."""
    if 200 <= status < 300 or status == 429:
        return "delivered"
    return "refused" if 400 <= status < 500 and status != 408 else "later"


class _Disk:
    """The thread that holds the database. Work is done in the order in which it is asked for."""

    def __init__(self, path: Path, capacity: int, capacity_bytes: int) -> None:
        self._work: queue.SimpleQueue[Callable[[File], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._serve, args=(path, capacity, capacity_bytes), name="outbox", daemon=True
        )
        self._thread.start()

    def ask(self, work: "Callable[[File], T]") -> Future[T]:
        """Do something with the file, in its turn."""
        future: Future[T] = Future()

        def settle(file: File) -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work(file))
            except sqlite3.Error as error:
                future.set_exception(error)

        self._work.put(settle)
        return future

    def behind(self) -> int:
        """How much work was asked for and is not done."""
        return self._work.qsize()

    def close(self) -> None:
        """End the thread once its work is done."""
        self._work.put(None)
        self._thread.join(PATIENCE)

    def _serve(self, path: Path, capacity: int, capacity_bytes: int) -> None:
        file = File(path, capacity, capacity_bytes)
        while (work := self._work.get()) is not None:
            work(file)
        file.close()
