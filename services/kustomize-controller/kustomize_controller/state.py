"""What this process remembers of each object between passes. All of it may vanish: a full pass makes it anew.

How objects were left, so that our own writes and mere status changes are no drift; the bodies that were wanted, so that
drift is undone without a build; and what a pass still waits for.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from kustomize_controller import timing
from kustomize_controller.source import Found
from weir.api.base import ObjectMeta
from weir.api.kustomization import InventoryEntry, Kustomization
from weir.apply.changes import Action, Change, Reference
from weir.apply.managers import Takeover, owned
from weir.apply.steps import Left, Wanted
from weir.health.rules import Health
from weir.kube.object import Key, Object

FREE_RESTORES = 100
"""Times that an object is put right at once before the pauses start."""
RESPITE = 3.0
"""Seconds without drift that make up for one of these."""
NAMED_RESTORES = 3
"""Times after which it is told who changes an object again and again."""
LONGEST_PAUSE = 300.0
SOONEST = 0.9
"""Share of the interval after which a visit may be the full pass: visits come with jitter."""
REQUESTS = "reconcile.fluxcd.io/"
"""Annotations by which people and tools ask for a reconcile begin so."""
CALM = 600.0
"""Seconds without drift after which it is forgotten."""


class Mark(NamedTuple):
    """An object as we left it."""

    reference: Reference
    left: Left
    generation: int
    metadata: bytes
    """Digest of its labels and annotations."""
    owned: bytes
    """Digest of what we own of it."""
    takeovers: tuple[Takeover, ...]

    def fits(self, seen: Object) -> bool:
        """Whether the object as seen is as we left it.

        It is if it has the same version, if only its status has changed, and if only fields that are not ours have.
        """
        metadata = seen.metadata
        if metadata.uid != self.left.uid or metadata.deletion_timestamp:
            return False
        if metadata.resource_version == self.left.resource_version:
            return True
        if self.generation and self.generation == metadata.generation and self.metadata == _digest(metadata):
            return True
        return bool(self.owned) and self.owned == owned(seen.body()["metadata"], self.takeovers)


class Fight(NamedTuple):
    """How often an object was put right in a row, when last (event loop time), and how many of these times count."""

    times: int = 0
    at: float = 0.0
    debt: float = 0.0
    """Grows with each time, and shrinks while the object could have drifted again but did not."""

    @property
    def pause(self) -> float:
        """Seconds to leave it alone after the last time."""
        over = self.debt - FREE_RESTORES
        return 0.0 if over < 0 else min(2.0 ** min(over, 99), LONGEST_PAUSE)

    def again(self, now: float) -> "Fight":
        """One time more."""
        calm = max(now - self.at - self.pause, 0.0)
        return Fight(self.times + 1 if now - self.at < CALM else 1, now, max(self.debt - calm / RESPITE, 0.0) + 1)


class Last(NamedTuple):
    """The last build, as a worker told: what it read, how that was, and the key of its result. Empty: none."""

    closure: bytes = b""
    read: str = ""
    key: str = ""


NO_BUILD = Last()


class Check(NamedTuple):
    """An object whose health decides."""

    reference: Reference
    expires: bool = False
    """Whether it is a Job that is deleted when it is done: its absence is success."""


@dataclass
class Pending:
    """A pass that has applied everything and waits for health, or for others to say what they want."""

    applied: float
    """When everything was applied, event loop time."""
    deadline: float
    """When waiting for health ends, event loop time."""
    news: bool
    """Whether something was created or configured."""
    hand_over_by: float = 0.0
    """When others had time enough to claim what is stale; 0 when nothing is."""
    stale: tuple[InventoryEntry, ...] = ()
    checks: tuple["Check", ...] = ()
    found: dict[Reference, Health] = field(default_factory=dict)
    """Health of each object that is checked, as last read."""
    polled: float = 0.0
    """When all that is not healthy was read last, event loop time."""
    was_healthy: bool = False
    """Whether the object was healthy before this pass."""


@dataclass
class State:
    """What is remembered of one object."""

    uid: str = ""
    generation: int = 0
    attempt: Found | None = None
    """What the pass under way, or the last one, builds from."""
    started: float = 0.0
    """When that pass started, event loop time."""
    digest: str = ""
    """Of its build, once there is one."""
    last: Last = NO_BUILD
    """The build that is applied."""
    applied_digest: str = ""
    """Of the build that is applied."""
    found: Found | None = None
    """What is applied; None before the first success and after a failure."""
    full_due: float = 0.0
    """When everything has to be looked at again, event loop time."""
    pending: Pending | None = None
    marks: dict[str, Mark] = field(default_factory=dict)
    """How each object was left, by inventory id."""
    hints: dict[str, Object | None] = field(default_factory=dict)
    """Objects that may have drifted, as last seen; None: gone."""
    stirred: set[str] = field(default_factory=set)
    """Objects that changed while their health is waited for."""
    fights: dict[str, Fight] = field(default_factory=dict)
    failed: bool = False
    """Whether people were told of a failure and not yet of its end."""
    busy: bool = False
    """Whether a pass is under way."""
    finalizing: float = 0.0
    """When the objects were deleted with this one, event loop time."""
    later: asyncio.TimerHandle | None = None
    """Ends the pause of a fight."""

    @property
    def metadata(self) -> dict[str, str]:
        """Of events about what is applied."""
        return self.found.metadata if self.found else {}

    def begin(self, found: Found, now: float) -> None:
        """A pass starts."""
        self.attempt, self.started, self.digest, self.pending = found, now, "", None

    def unchanged(self, found: Found) -> None:
        """The pass builds what is applied already: only the revision is another."""
        self.found, self.digest = found, self.applied_digest

    def applied(self, ks: Kustomization, found: Found, pending: Pending) -> None:
        """Everything of the pass is applied."""
        self.uid, self.generation = ks.metadata.uid, ks.metadata.generation
        self.found, self.pending, self.stirred = found, pending, set()
        self.applied_digest = self.digest
        self.full_due = asyncio.get_running_loop().time() + timing.interval(ks) * SOONEST

    def awaited(self) -> tuple[Pending, Found]:
        """What the pass that has applied everything still waits for, and what it applied."""
        assert self.pending is not None, "something is left to do"
        assert self.found is not None, "a pass has applied something"
        return self.pending, self.found

    def knows(self, ks: Kustomization) -> bool:
        """Whether what is remembered is of this very object and generation."""
        return (self.uid, self.generation) == (ks.metadata.uid, ks.metadata.generation)

    def forget(self) -> None:
        """The pass failed: the next one starts from the beginning."""
        self.found = self.pending = None

    def learn(self, wanted: Mapping[str, Wanted], changes: Iterable[Change], takeovers: tuple[Takeover, ...]) -> None:
        """Remember how a pass left its objects; what it skipped is nobody's drift."""
        for change in changes:
            identifier = change.reference.entry.id
            source = wanted.get(identifier)
            if change.live is None or source is None or change.action is Action.SKIPPED:
                continue
            self.marks[identifier] = mark(change.reference, change.live, source.digest, takeovers)

    def drifted(self) -> list[str]:
        """The objects that a hint is about and that are not as we left them; hints of our own writes are dropped."""
        for identifier, seen in list(self.hints.items()):
            known = self.marks.get(identifier)
            if known is None or (seen is not None and known.fits(seen)):
                del self.hints[identifier]
        return list(self.hints)

    @contextmanager
    def taking(self, identifiers: Iterable[str]) -> Iterator[None]:
        """Deal with hints; they are back when that does not end well, or the next full pass would believe the marks."""
        taken = {identifier: self.hints.pop(identifier) for identifier in identifiers}
        try:
            yield
        except BaseException:
            self.hints |= taken | self.hints
            raise

    def keep(self, identifiers: Iterable[str]) -> None:
        """Forget what is not among these."""
        wanted = set(identifiers)
        for table in (self.marks, self.hints, self.fights):
            for identifier in [it for it in table if it not in wanted]:
                del table[identifier]

    def restored(self, identifier: str, now: float) -> Fight:
        """Count that an object was put right."""
        fight = self.fights[identifier] = self.fights.get(identifier, Fight()).again(now)
        return fight


def mark(reference: Reference, live: Mapping[str, Any], digest: bytes, takeovers: tuple[Takeover, ...]) -> Mark:
    """How an object stands, as the API server answered."""
    metadata = live.get("metadata") or {}
    left = Left(str(metadata.get("uid") or ""), str(metadata.get("resourceVersion") or ""), digest)
    seen = ObjectMeta(labels=metadata.get("labels") or {}, annotations=metadata.get("annotations") or {})
    generation = int(metadata.get("generation") or 0)
    return Mark(reference, left, generation, _digest(seen), owned(metadata, takeovers), takeovers)


class Bodies:
    """Wanted objects by owner and inventory id, up to a number of bytes; the longest unused go. No Secret is kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[tuple[Key, str], tuple[bytes, str]] = OrderedDict()

    def put(self, owner: Key, wanted: Iterable[Wanted]) -> None:
        """Keep what an object wants."""
        for each in wanted:
            if (each.reference.group, each.reference.kind) == ("", "Secret"):
                self._drop((owner, each.reference.entry.id))
                continue
            self._drop((owner, each.reference.entry.id))
            raw = msgspec.json.encode(each.body)
            self._kept[owner, each.reference.entry.id] = (raw, each.origin)
            self._bytes += len(raw)
        while self._bytes > self._most and self._kept:
            self._drop(next(iter(self._kept)))

    def get(self, owner: Key, identifier: str) -> Wanted | None:
        """What was wanted, if it is still kept."""
        found = self._kept.get((owner, identifier))
        if found is None:
            return None
        self._kept.move_to_end((owner, identifier))
        return Wanted.of(msgspec.json.decode(found[0]), found[1])

    def forget(self, owner: Key, identifiers: Iterable[str]) -> None:
        """Drop what an object wants no more."""
        for identifier in identifiers:
            self._drop((owner, identifier))

    def _drop(self, key: tuple[Key, str]) -> None:
        found = self._kept.pop(key, None)
        if found:
            self._bytes -= len(found[0])


def _digest(metadata: ObjectMeta) -> bytes:
    """Of labels and annotations; requests for a reconcile come and go without being drift."""
    annotations = {key: value for key, value in metadata.annotations.items() if not key.startswith(REQUESTS)}
    raw = msgspec.json.encode((metadata.labels, annotations), order="deterministic")
    return hashlib.blake2b(raw, digest_size=16).digest()
