"""Events: to Kubernetes, where they are counted and bounded, and into the outbox for the notification-controller.

Nothing here holds up an attempt: Kubernetes events wait in a bounded queue of their own, the outbox is on disk.
"""

import asyncio
import os
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple, Never

import msgspec

from weir.api.base import Kind, ObjectMeta
from weir.api.event import USER_PREFIX, Event, ObjectReference
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound
from weir.kube.kinds import EVENT
from weir.outbox import Outbox
from weir.runtime.conditions import stamp
from weir.runtime.logs import clean, logger
from weir.runtime.outcome import Notice, Severity

MOST_MESSAGE = 39_000
"""Characters of an event's message, as the field's documentation has it."""
MOST_WAITING = 1000
"""Kubernetes events that wait to be sent; the oldest is dropped."""
BURST = 25
"""Kubernetes events about one object at once."""
REFILL = 300.0
"""Seconds after which an object that used up its burst may have one more."""
MOST_KNOWN = 4096
"""Kubernetes events, and objects, that are remembered."""


class Recurrence(NamedTuple):
    """A Kubernetes event that was sent before, and how often it happened."""

    name: str
    times: int


class Correlator:
    """Which events are repetitions of one before, and which are too many. Pure: time is `now`, in seconds."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, ...], Recurrence] = OrderedDict()
        self._tokens: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, uid: str, now: float) -> bool:
        """Whether an object may have one more event now."""
        tokens, at = self._tokens.pop(uid, (float(BURST), now))
        tokens = min(float(BURST), tokens + (now - at) / REFILL)
        self._tokens[uid] = (max(0.0, tokens - 1 if tokens >= 1 else tokens), now)
        _bound(self._tokens)
        return tokens >= 1

    def before(self, key: tuple[str, ...]) -> Recurrence | None:
        """The earlier event that is the same but for its time."""
        return self._known.get(key)

    def sent(self, key: tuple[str, ...], recurrence: Recurrence) -> None:
        """Remember an event that Kubernetes has."""
        self._known[key] = recurrence
        self._known.move_to_end(key)
        _bound(self._known)

    def lost(self, key: tuple[str, ...]) -> None:
        """Kubernetes has the event no more."""
        self._known.pop(key, None)


def _bound(table: OrderedDict[Any, Any]) -> None:
    while len(table) > MOST_KNOWN:
        table.popitem(last=False)


class Recorder:
    """Tells people: every event of a process passes here."""

    def __init__(self, client: Client, part: str, instance: str, outbox: Outbox | None) -> None:
        self._client = client
        self._part = part
        self._instance = instance
        self._outbox = outbox
        self._correlator = Correlator()
        self._waiting: deque[Event] = deque(maxlen=MOST_WAITING)
        self._stirred = asyncio.Event()
        self._log = logger(part)

    def tell(self, kind: Kind, metadata: ObjectMeta, notice: Notice) -> None:
        """Send an event about an object, in the background. The object's own annotations for events travel with it."""
        event = make(kind, metadata, notice, self._part, self._instance, datetime.now(UTC))
        self._waiting.append(event)
        self._stirred.set()
        if self._outbox is not None and notice.severity in {Severity.INFO, Severity.ERROR}:
            self._outbox.put(event)

    @asynccontextmanager
    async def told_if_interrupted(self, kind: Kind, metadata: ObjectMeta, notice: Notice) -> AsyncIterator[None]:
        """While this is open, an event is on disk that is told if the process dies or what goes on is cancelled."""
        if self._outbox is None:
            yield
            return
        event = make(kind, metadata, notice, self._part, self._instance, datetime.now(UTC))
        draft = await self._outbox.draft(event)
        try:
            yield
        except asyncio.CancelledError:
            self._outbox.release(draft)
            raise
        except Exception:
            self._outbox.withdraw(draft)
            raise
        self._outbox.withdraw(draft)

    async def stored(self) -> None:
        """Return when the outbox has on disk what was told, or soon if the disk does not answer."""
        if self._outbox is not None:
            await self._outbox.stored()

    async def run(self) -> Never:
        """Send Kubernetes events, in order, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            while self._waiting:
                event = self._waiting.popleft()
                try:
                    await self._send(event)
                except KubeError as error:
                    self._log.error("a Kubernetes event was refused", extra={"error": str(error)})

    async def _send(self, event: Event) -> None:
        about, now = event.involved_object, asyncio.get_running_loop().time()
        if not (about.namespace and self._correlator.admit(about.uid, now)):
            return
        key = (about.uid, event.severity, event.reason, event.message)
        if (before := self._correlator.before(key)) is not None:
            repeated = Recurrence(before.name, before.times + 1)
            patch = {"count": repeated.times, "lastTimestamp": event.timestamp}
            try:
                await self._client.patch(EVENT, before.name, about.namespace, patch)
            except NotFound:
                self._correlator.lost(key)
            else:
                self._correlator.sent(key, repeated)
                return
        name = f"{about.name[:230]}.{time.time_ns():x}"
        await self._client.create(EVENT, kubernetes(event, name), about.namespace)
        self._correlator.sent(key, Recurrence(name, 1))


def make(kind: Kind, metadata: ObjectMeta, notice: Notice, part: str, instance: str, now: datetime) -> Event:
    """The toolkit's event about an object. Secret values that are known are taken out."""
    travelling = {key: value for key, value in metadata.annotations.items() if key.startswith(USER_PREFIX)}
    about = ObjectReference(
        kind=kind.kind,
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        api_version=kind.api_version,
        resource_version=metadata.resource_version,
    )
    return Event(
        involved_object=about,
        severity=_WORDS[notice.severity],
        timestamp=stamp(now),
        message=clean(notice.message)[:MOST_MESSAGE],
        reason=notice.reason,
        metadata={key: clean(value) for key, value in {**notice.metadata, **travelling}.items()},
        reporting_controller=part,
        reporting_instance=instance,
    )


_WORDS: dict[Severity, Any] = {
    Severity.NONE: "trace",
    Severity.TRACE: "trace",
    Severity.INFO: "info",
    Severity.ERROR: "error",
}


def kubernetes(event: Event, name: str) -> dict[str, Any]:
    """The same as an `Event` of `v1`."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": name,
            "namespace": event.involved_object.namespace,
            **({"annotations": event.metadata} if event.metadata else {}),
        },
        "involvedObject": msgspec.to_builtins(event.involved_object),
        "type": "Warning" if event.severity == "error" else "Normal",
        "reason": event.reason,
        "message": event.message,
        "source": {"component": event.reporting_controller},
        "reportingComponent": event.reporting_controller,
        "reportingInstance": event.reporting_instance,
        "firstTimestamp": event.timestamp,
        "lastTimestamp": event.timestamp,
        "count": 1,
    }


def instance_name() -> str:
    """The host's (pod's) name."""
    return os.environ.get("HOSTNAME") or os.uname().nodename
