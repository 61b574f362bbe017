"""Events on their way to the notification-controller: on disk, posted in order in the background, kept until there.

`put` never waits for the disk or the network. A thread of its own holds the SQLite database (in WAL mode); what was
stored survives a kill, and a deleted or broken file is made anew. Of too many events the oldest go.
"""

import asyncio
import logging
import queue
import random
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Literal, Never, TypeVar

import aiohttp
import msgspec
from prometheus_client import Counter, Gauge

from weir.api.event import Event

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

EVENTS = Counter("weir_outbox_events_total", "Events by what became of them.", ("result",))
WAITING = Gauge("weir_outbox_waiting", "Events that wait to be posted.")

SCHEMA = "CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL)"

log = logging.getLogger("weir.outbox")

Answer = Literal["delivered", "refused", "later"]


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
            await asyncio.wrap_future(self._disk.ask(partial(_File.remove, number=number)))
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
        self._work: queue.SimpleQueue[Callable[[_File], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._serve, args=(path, capacity, capacity_bytes), name="outbox", daemon=True
        )
        self._thread.start()

    def ask(self, work: "Callable[[_File], T]") -> Future[T]:
        """Do something with the file, in its turn."""
        future: Future[T] = Future()

        def settle(file: _File) -> None:
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
        file = _File(path, capacity, capacity_bytes)
        while (work := self._work.get()) is not None:
            work(file)
        file.close()


class _File:
    """The database. It survives a file that is broken, gone or full: what can be read of it is saved."""

    def __init__(self, path: Path, capacity: int, capacity_bytes: int) -> None:
        self._path = path
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self.count = 0
        self._bytes = 0
        try:
            self._open(str(path))
        except (sqlite3.Error, OSError):
            self._renew()

    def append(self, body: bytes) -> None:
        """Keep an event, the oldest of too many are dropped."""
        self._safely(lambda: self._insert(body))
        while self.count > self._capacity or (self._bytes > self._capacity_bytes and self.count > 1):
            self.remove(self.oldest(1)[0][0])
            EVENTS.labels("dropped").inc()
        WAITING.set(self.count)

    def oldest(self, limit: int) -> list[tuple[int, bytes]]:
        """Numbers and bodies, oldest first."""
        return self._safely(lambda: self._select(limit))

    def remove(self, number: int) -> None:
        """Forget an event."""
        self._safely(lambda: self._delete(number))
        WAITING.set(self.count)

    def close(self) -> None:
        """Close the database."""
        with suppress(sqlite3.Error):
            self._db.close()

    def _safely(self, work: Callable[[], T]) -> T:
        if str(self._path) != self._opened or self._path.exists():
            try:
                return work()
            except sqlite3.Error as error:
                log.error("the outbox's database fails, it is made anew: %s", error)  # noqa: TRY400  its words suffice
        self._renew()
        return work()

    def _renew(self) -> None:
        """A new database with what can still be read of the old; in memory if the disk takes none."""
        saved = []
        if hasattr(self, "_db"):
            with suppress(sqlite3.Error):
                saved = self._select(self._capacity)
            self.close()
        try:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            self._restore(str(self._path), saved)
        except (sqlite3.Error, OSError) as error:
            log.error("the outbox is in memory only, its file cannot be made: %s", error)  # noqa: TRY400  as above
            self._restore(":memory:", saved)

    def _restore(self, place: str, saved: list[tuple[int, bytes]]) -> None:
        self._open(place)
        for _, body in saved:
            self._insert(body)

    def _open(self, place: str) -> None:
        if place != ":memory:":
            self._path.parent.mkdir(parents=True, exist_ok=True)
        self._opened = place
        self._db = sqlite3.connect(place, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(SCHEMA)
        with closing(self._db.execute("SELECT count(*), coalesce(sum(length(body)), 0) FROM events")) as rows:
            self.count, self._bytes = rows.fetchone()
        WAITING.set(self.count)

    def _insert(self, body: bytes) -> None:
        self._db.execute("INSERT INTO events (body) VALUES (?)", (body,))
        self.count += 1
        self._bytes += len(body)

    def _select(self, limit: int) -> list[tuple[int, bytes]]:
        with closing(self._db.execute("SELECT number, body FROM events ORDER BY number LIMIT ?", (limit,))) as rows:
            return rows.fetchall()

    def _delete(self, number: int) -> None:
        with closing(self._db.execute("DELETE FROM events WHERE number = ? RETURNING length(body)", (number,))) as rows:
            if (gone := rows.fetchone()) is not None:
                self.count -= 1
                self._bytes -= gone[0]
