"""The database of an outbox: events and drafts in their order, within bounds."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from prometheus_client import Counter, Gauge

T = TypeVar("T")

EVENTS = Counter("weir_outbox_events_total", "Events by what became of them.", ("result",))
WAITING = Gauge("weir_outbox_waiting", "Events that wait to be posted.")

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS events"
    " (number INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, draft INTEGER NOT NULL DEFAULT 0)"
)

log = logging.getLogger("weir.outbox")


class Row(NamedTuple):
    """A line of the database; no number yet: it gets the next one."""

    number: int | None
    body: bytes
    draft: bool


class File:
    """The database. It survives a file that is broken, gone or full: what can be read of it is saved."""

    def __init__(self, path: Path, capacity: int, capacity_bytes: int) -> None:
        self._path = path
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self.count = 0
        self._bytes = 0
        try:
            self._open(str(path))
            self._db.execute("UPDATE events SET draft = FALSE")
            self._measure()
        except (sqlite3.Error, OSError):
            self._renew()

    def append(self, body: bytes) -> None:
        """Keep an event, the oldest of too many are dropped."""
        self._safely(lambda: self._insert(Row(None, body, draft=False)))
        self._bound()

    def draft(self, body: bytes) -> int:
        """Keep an event that is not to be posted yet; its number."""
        return self._safely(lambda: self._insert(Row(None, body, draft=True)))

    def release(self, number: int) -> None:
        """Make a draft an event like others, in the place that it has by its age."""
        self._safely(lambda: self._release(number))
        self._bound()

    def oldest(self, limit: int) -> list[tuple[int, bytes]]:
        """Numbers and bodies of events, oldest first."""
        return self._safely(lambda: self._select(limit))

    def remove(self, number: int) -> None:
        """Forget an event or a draft."""
        self._safely(lambda: self._delete(number))
        WAITING.set(self.count)

    def close(self) -> None:
        """Close the database."""
        with suppress(sqlite3.Error):
            self._db.close()

    def _bound(self) -> None:
        while self.count > self._capacity or (self._bytes > self._capacity_bytes and self.count > 1):
            self.remove(self.oldest(1)[0][0])
            EVENTS.labels("dropped").inc()
        WAITING.set(self.count)

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
        saved: list[Row] = []
        if hasattr(self, "_db"):
            with suppress(sqlite3.Error), closing(self._db.execute("SELECT number, body, draft FROM events")) as rows:
                saved = [Row(number, body, bool(draft)) for number, body, draft in rows]
            self.close()
        try:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            self._restore(str(self._path), saved)
        except (sqlite3.Error, OSError) as error:
            log.error("the outbox is in memory only, its file cannot be made: %s", error)  # noqa: TRY400  as above
            self._restore(":memory:", saved)

    def _restore(self, place: str, saved: list[Row]) -> None:
        self._open(place)
        for row in saved:
            self._insert(row)

    def _open(self, place: str) -> None:
        if place != ":memory:":
            self._path.parent.mkdir(parents=True, exist_ok=True)
        self._opened = place
        self._db = sqlite3.connect(place, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(SCHEMA)
        self._measure()

    def _measure(self) -> None:
        query = "SELECT count(*), coalesce(sum(length(body)), 0) FROM events WHERE NOT draft"
        with closing(self._db.execute(query)) as rows:
            self.count, self._bytes = rows.fetchone()
        WAITING.set(self.count)

    def _insert(self, row: Row) -> int:
        with closing(self._db.execute("INSERT INTO events VALUES (?, ?, ?) RETURNING number", row)) as rows:
            number: int = rows.fetchone()[0]
        if not row.draft:
            self.count += 1
            self._bytes += len(row.body)
        return number

    def _select(self, limit: int) -> list[tuple[int, bytes]]:
        query = "SELECT number, body FROM events WHERE NOT draft ORDER BY number LIMIT ?"
        with closing(self._db.execute(query, (limit,))) as rows:
            return rows.fetchall()

    def _release(self, number: int) -> None:
        self._db.execute("UPDATE events SET draft = FALSE WHERE number = ?", (number,))
        self._measure()

    def _delete(self, number: int) -> None:
        query = "DELETE FROM events WHERE number = ? RETURNING length(body), draft"
        with closing(self._db.execute(query, (number,))) as rows:
            gone = rows.fetchone()
        if gone is not None and not gone[1]:
            self.count -= 1
            self._bytes -= gone[0]
