"""Watch a resource: past changes from the history, then live ones, each encoded once for all who watch."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import msgspec

from local_cluster.api.errors import ApiError, Cause, invalid, too_old
from local_cluster.api.resources import ApiResource
from local_cluster.state import State
from local_cluster.storage.entry import Entry, Event
from local_cluster.storage.store import TooOld
from local_cluster.verbs.listing import Selection, unreadable

BOOKMARKS = 60.0
"""Seconds between bookmarks."""
LAST_BOOKMARK = 2.0
"""Seconds before the end of a watch at which it gets a last bookmark, to be resumed from."""
BACKLOG = 20_000
"""Changes that may wait for a slow client before its watch is ended."""
INITIAL_END = {"k8s.io/initial-events-end": "true"}


class Shape(NamedTuple):
    """How objects look to this client: a name for the shape, and what makes it of a stored object."""

    name: str
    show: Callable[[Entry], bytes]
    bookmark: Callable[[str, dict[str, str]], bytes]
    """Makes a bookmark's object of a resource version and annotations."""
    then: "Shape | None" = None
    """How everything behind the first line looks, if otherwise."""


class Wanted(NamedTuple):
    """What a watch asks for."""

    namespace: str
    selection: Selection
    revision: str
    bookmarks: bool
    initial: bool | None
    match: str
    timeout: float


class Watch:
    """One watch; `start` raises what would be refused, `batches` yields bytes to send."""

    def __init__(self, state: State, resource: ApiResource, wanted: Wanted, shape: Shape) -> None:
        self._state, self._resource, self._wanted, self._shape = state, resource, wanted, shape
        self._shelf = state.store.shelf(resource.storage)
        self._waiting: deque[Event] = deque()
        self._ready = asyncio.Event()
        self._head: list[bytes] = []
        self._overrun = False
        self._after = 0
        """Changes up to this revision are not for this watch, which may begin in the future."""

    def start(self) -> None:
        """Find the place to begin at, and listen. Raises 400, 422, 504; a place that is gone becomes an ERROR event."""
        wanted = self._wanted
        _check(wanted)
        revision = int(wanted.revision or 0)
        self._after = revision
        if wanted.initial or (wanted.initial is None and revision == 0):
            self._head = [
                _line(self._next_shape(), "ADDED", entry)
                for entry in self._shelf.entries(wanted.namespace)
                if wanted.selection.takes(entry)
            ]
            if wanted.initial and wanted.bookmarks:
                self._head.append(self._bookmark(INITIAL_END))
        elif (revision or wanted.initial is False) and revision <= self._state.store.revision:
            self._replay(revision or self._state.store.revision)
        self._shelf.listeners.add(self._hear)

    def close(self) -> None:
        """Stop listening."""
        self._shelf.listeners.discard(self._hear)

    def _replay(self, revision: int) -> None:
        try:
            self._waiting.extend(self._shelf.since(revision))
        except TooOld:
            self._head.append(_error(too_old(revision, self._shelf.horizon)))
            self._overrun = True
        self._ready.set()

    def _hear(self, event: Event) -> None:
        if len(self._waiting) >= BACKLOG:
            self._overrun = True
        else:
            self._waiting.append(event)
        self._ready.set()

    async def batches(self) -> AsyncIterator[bytes]:
        """Bytes to send, until the timeout."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._wanted.timeout
        mark = _next_bookmark(loop.time(), end)
        yield b"".join(self._head)
        while not self._overrun or self._waiting:
            if batch := self._drain():
                yield batch
            if loop.time() >= end:
                break
            if loop.time() >= mark and not self._waiting:
                mark = _next_bookmark(loop.time(), end)
                if self._wanted.bookmarks:
                    yield self._bookmark({})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(end, mark)):
                    await self._ready.wait()

    def _drain(self) -> bytes:
        lines = []
        while self._waiting:
            if line := self._seen(self._waiting.popleft()):
                lines.append(line)
        self._ready.clear()
        return b"".join(lines)

    def _seen(self, event: Event) -> bytes:
        """The line of an event for this watch: joining the selection is ADDED, leaving it DELETED."""
        wanted = self._wanted
        if event.revision <= self._after:
            return b""
        if wanted.namespace and event.entry.namespace != wanted.namespace:
            return b""
        was = event.before is not None and wanted.selection.takes(event.before)
        now = event.type != "DELETED" and wanted.selection.takes(event.entry)
        if not was and not now:
            return b""
        kind = "MODIFIED" if was and now else "ADDED" if now else "DELETED"
        shape = self._next_shape()
        key = f"{kind} {shape.name}"
        line = event.lines.get(key)
        if line is None:
            shown = (
                event.entry if now or event.type == "DELETED" or event.before is None else _moved(event.before, event)
            )
            line = event.lines[key] = _line(shape, kind, shown)
        return line

    def _bookmark(self, annotations: dict[str, str]) -> bytes:
        body = self._next_shape().bookmark(str(self._state.store.revision), annotations)
        return b'{"type":"BOOKMARK","object":%s}\n' % body

    def _next_shape(self) -> Shape:
        """How the line that is made now looks."""
        shape = self._shape
        self._shape = shape.then or shape
        return shape


def _line(shape: Shape, kind: str, entry: Entry) -> bytes:
    return b'{"type":"%s","object":%s}\n' % (kind.encode(), shape.show(entry))


def _next_bookmark(now: float, end: float) -> float:
    """When the next bookmark is due: after a while, or shortly before the end."""
    last = end - LAST_BOOKMARK
    return min(now + BOOKMARKS, last) if now < last else end


def _moved(before: Entry, event: Event) -> Entry:
    """The object as the selection last saw it, at the revision at which it left."""
    body = before.body()
    body["metadata"]["resourceVersion"] = str(event.revision)
    return msgspec.structs.replace(before, revision=event.revision, raw=msgspec.json.encode(body))


def _error(error: ApiError) -> bytes:
    return b'{"type":"ERROR","object":%s}\n' % msgspec.json.encode(error.status())


def _check(wanted: Wanted) -> None:
    causes = []
    if wanted.initial is not None and wanted.match != "NotOlderThan":
        text = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        causes.append(Cause("resourceVersionMatch", "FieldValueForbidden", text))
        if wanted.match:
            text = f'Unsupported value: "{wanted.match}": supported values: "NotOlderThan"'
            causes.append(Cause("resourceVersionMatch", "FieldValueNotSupported", text))
    if wanted.initial is None and wanted.match:
        text = "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        causes.append(Cause("resourceVersionMatch", "FieldValueForbidden", text))
    if causes:
        raise invalid("meta.k8s.io", "ListOptions", "", causes)
    if wanted.revision and not wanted.revision.isdigit():
        raise ApiError(500, "", unreadable(wanted.revision))
