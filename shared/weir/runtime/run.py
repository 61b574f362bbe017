"""One attempt at one object, as its service sees it: what there is, and three verbs.

`progress` says where we are, `record` keeps a fact in the status, `notify` tells people. Nothing else of conditions,
events and metrics concerns a service.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from weir.api.base import Resource
from weir.api.conditions import PROGRESSING, READY, RECONCILING, find
from weir.kube.client import Client
from weir.kube.errors import Conflict, NotFound
from weir.kube.object import Key
from weir.runtime.logs import clean
from weir.runtime.outcome import LostClaim, Mark, Notice, Severity, proceed
from weir.runtime.status import StatusWriter

R = TypeVar("R", bound=Resource)

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
"""Annotation by which people and tools ask for an attempt: any new value counts."""


@dataclass(eq=False)
class Run(Generic[R]):
    """One attempt at one object."""

    object: R
    """The object as it was at the start."""
    key: Key
    client: Client
    cause: str
    """Why the object's turn came, for people."""
    log: logging.LoggerAdapter[logging.Logger]
    newer: asyncio.Event
    """Set when a request, a new generation or a new revision came in for this object meanwhile."""
    writer: StatusWriter[R]
    tell: Callable[[Notice], None]
    tell_if_interrupted: Callable[[Notice], AbstractAsyncContextManager[None]]
    status: Any = None
    """The object's status with everything that was recorded."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What was recorded in this attempt, by member of the status."""

    def __post_init__(self) -> None:
        self.status = self.object.status  # type: ignore[attr-defined]  # every kind of a controller has one

    @property
    def requested(self) -> str:
        """The reconcile request that was not dealt with before this attempt, or the empty string."""
        asked = self.object.metadata.annotations.get(REQUESTED_AT, "")
        handled: str = self.object.status.last_handled_reconcile_at  # type: ignore[attr-defined]  # as above
        return asked if asked != handled else ""

    async def progress(
        self, message: str, *, reason: str = PROGRESSING, ready: bool = True, marks: Sequence[Mark] = ()
    ) -> None:
        """Say where we are, and claim the attempt: the status is written now, provided that the object is unchanged.

        Sets Reconciling, and Ready to Unknown if `ready` (else only if it was Unknown or missing). Raises `LostClaim`
        when the object changed or is gone: another replica or a user was quicker.
        """
        generation = self.object.metadata.generation
        mark = Mark(RECONCILING, "True", reason, clean(message))
        now = datetime.now(UTC)
        self.record(conditions=proceed(self.status.conditions, mark, marks, generation, now, ready=ready))
        await self.claim()

    async def claim(self) -> None:
        """Make sure that nobody else acts for the object: what is recorded is written, provided that it is unchanged.

        Raises `LostClaim`.
        """
        try:
            await self.writer.claim(self.status)
        except Conflict as error:
            raise LostClaim("the object was changed while it was reconciled") from error
        except NotFound as error:
            raise LostClaim("the object was deleted while it was reconciled") from error

    def record(self, **fields: Any) -> None:
        """Keep facts in the status: written with the next `progress`, and with the ending whatever happens."""
        self.status = msgspec.structs.replace(self.status, **fields)
        self.facts |= fields

    def notify(self, severity: Severity, message: str, *, reason: str = "", metadata: Mapping[str, str] = {}) -> None:
        """Tell people: a Kubernetes event, and unless it is a trace an event for the notification-controller.

        The reason is that of Ready when none is given, or else the severity. Metadata keys carry their prefix.
        """
        self.tell(self._notice(severity, message, reason, metadata))

    def told_if_interrupted(
        self, message: str, *, metadata: Mapping[str, str] = {}
    ) -> AbstractAsyncContextManager[None]:
        """For deeds that no later attempt could tell of: `async with` around the deed and its `notify`.

        If the process dies within, or the attempt is cancelled, people are told `message` instead (nothing if empty).
        """
        if not message:
            return nullcontext()
        return self.tell_if_interrupted(self._notice(Severity.INFO, message, "", metadata))

    def _notice(self, severity: Severity, message: str, reason: str, metadata: Mapping[str, str]) -> Notice:
        ready = find(self.status.conditions, READY)
        word = reason or (ready.reason if ready else severity.value)
        return Notice(severity, word, message, dict(metadata))
