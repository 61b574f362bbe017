"""How an attempt ends, and what that makes of conditions, events and the next visit.

    Ready                 returned; everything is as wanted
    Ending                raised, from wherever the attempt stands
    ├── Waiting           something else has to come first
    │   └── Superseded    something newer came: this attempt is of no use any more
    │       └── LostClaim the object changed under the attempt: nothing more is written
    ├── Failed            to be tried again
    │   └── Unexpected    made by the runtime of any other exception
    └── Stalled           of no use before the object changes
        └── InvalidObject made by the runtime of an object that does not decode

A service subclasses these in its `errors.py`. `conclude` is the table of endings as one pure function.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from weir.api.base import Struct
from weir.api.conditions import (
    PROGRESSING,
    PROGRESSING_WITH_RETRY,
    READY,
    RECONCILING,
    STALLED,
    Status,
    find,
)
from weir.runtime.conditions import Conditions, Mark, condition, without
from weir.runtime.conditions import put as put_mark
from weir.runtime.policy import Policy, Summary

__all__ = [
    "Conclusion",
    "Conditions",
    "Ending",
    "Failed",
    "InvalidObject",
    "LostClaim",
    "Mark",
    "Notice",
    "Policy",
    "Ready",
    "Requeue",
    "Severity",
    "Stalled",
    "Summary",
    "Superseded",
    "Unexpected",
    "Waiting",
    "conclude",
    "proceed",
    "rest",
]


class Severity(StrEnum):
    """What event an ending makes: `TRACE` goes to Kubernetes only, `INFO` and `ERROR` to people as well."""

    NONE = "none"
    TRACE = "trace"
    INFO = "info"
    ERROR = "error"


class Ready(Struct):
    """Everything is as wanted. `after` is seconds to the next visit, the jittered interval when None."""

    reason: str
    message: str
    after: float | None = None
    marks: tuple[Mark, ...] = ()
    severity: Severity = Severity.NONE
    event_message: str = ""
    """The event's message; the condition's when empty."""
    metadata: dict[str, str] = {}
    event_reason: str = ""
    """The event's reason; the condition's when empty."""


class Ending(Exception):
    """An attempt that is over before the object is as wanted.

    `after` is seconds to the next attempt, the ending's own rule when None. `marks` are further conditions. The message
    is shown to people: it names object, file or host, and holds no secret.
    """

    reason: ClassVar[str] = "Failed"
    severity: ClassVar[Severity] = Severity.ERROR
    observes: ClassVar[bool] = False
    """Whether the generation counts as observed."""

    def __init__(
        self,
        message: str,
        *,
        after: float | None = None,
        marks: Sequence[Mark] = (),
        metadata: Mapping[str, str] = {},
    ) -> None:
        super().__init__(message)
        self.message = message
        self.after = after
        self.marks = tuple(marks)
        self.metadata = dict(metadata)


class Waiting(Ending):
    """Something else has to come first; a wake or the set time ends the wait."""

    reason: ClassVar[str] = PROGRESSING
    severity: ClassVar[Severity] = Severity.NONE
    ready: ClassVar[Literal["False", "Unknown"]] = "False"
    default_after: ClassVar[float] = 30.0
    """Seconds to the next attempt when nothing wakes the object."""


class Superseded(Waiting):
    """Something newer came; the next attempt starts at once."""

    ready: ClassVar[Literal["False", "Unknown"]] = "Unknown"
    default_after: ClassVar[float] = 0.0


class LostClaim(Superseded):
    """The object changed under the attempt: another replica or a user was quicker, so the attempt writes no more."""


class Failed(Ending):
    """To be tried again: after `after`, else the object's retry interval, else by back-off."""

    reason: ClassVar[str] = "ReconciliationFailed"


class Unexpected(Failed):
    """An exception that no service declared."""


class Stalled(Ending):
    """Trying again is of no use before the object changes."""

    observes: ClassVar[bool] = True


class InvalidObject(Stalled):
    """The object does not decode; the message names the field."""

    reason: ClassVar[str] = "InvalidObject"


class Notice(Struct):
    """An event to make."""

    severity: Severity
    reason: str
    message: str
    metadata: dict[str, str] = {}


class Requeue(Struct):
    """When the object is due again."""

    by: Literal["interval", "after", "retry", "backoff", "change"]
    """`interval`: with jitter; `after`: in `after` seconds; `retry`: the object's retry interval, else back-off;
    `change`: when the object changes."""
    after: float = 0.0


class Conclusion(Struct):
    """What an ending makes of an object."""

    conditions: Conditions
    observed_generation: int | None
    """None: as it was."""
    event: Notice | None
    requeue: Requeue


def conclude(ending: Ready | Ending, before: Conditions, generation: int, now: datetime, policy: Policy) -> Conclusion:
    """The table of endings. `before` are the object's conditions as last written or set."""
    marked = put_mark(before, ending.marks, generation, now)
    match ending:
        case Ready():
            return _ready(ending, marked, generation, now, policy)
        case Stalled():
            marks = [_gone(RECONCILING), Mark(STALLED, "True", ending.reason, ending.message)]
            requeue = Requeue("change")
        case Waiting():
            marks = [_gone(STALLED), _reconciling(marked, ending, retry=ending.ready == "False")]
            requeue = Requeue("after", ending.default_after if ending.after is None else ending.after)
        case Unexpected():
            marks = [_gone(STALLED), _reconciling(marked, ending, retry=True)]
            requeue = Requeue("backoff") if ending.after is None else Requeue("after", ending.after)
        case _:
            marks = [_gone(STALLED), _reconciling(marked, ending, retry=True)]
            requeue = Requeue("retry") if ending.after is None else Requeue("after", ending.after)
    marked = put_mark(marked, marks, generation, now)
    ready = policy.summary(marked) if policy.summary and ending.marks else None
    status: Status = ending.ready if isinstance(ending, Waiting) else "False"
    marked = put_mark(marked, [ready or Mark(READY, status, ending.reason, ending.message)], generation, now)
    observed = generation if ending.observes else None
    return Conclusion(marked, observed, _notice(ending, ending.reason, ending.message), requeue)


def _ready(ending: Ready, marked: Conditions, generation: int, now: datetime, policy: Policy) -> Conclusion:
    marked = without(marked, RECONCILING, STALLED)
    ready = policy.summary(marked) if policy.summary else None
    if ready is not None and ready.status != "True":
        refused = Unexpected(ready.message)
        marks = [_reconciling(marked, refused, retry=True), ready]
        notice = Notice(Severity.ERROR, ready.reason, ready.message)
        return Conclusion(put_mark(marked, marks, generation, now), None, notice, Requeue("backoff"))
    marked = put_mark(marked, [ready or Mark(READY, "True", ending.reason, ending.message)], generation, now)
    notice_or_none = _notice(ending, ending.event_reason or ending.reason, ending.event_message or ending.message)
    requeue = Requeue("interval") if ending.after is None else Requeue("after", ending.after)
    return Conclusion(marked, generation, notice_or_none, requeue)


def _reconciling(conditions: Conditions, ending: Ending, *, retry: bool) -> Mark:
    """Reconciling keeps the message of the step that the attempt came to."""
    before = find(conditions, RECONCILING)
    reason = PROGRESSING_WITH_RETRY if retry else PROGRESSING
    return Mark(RECONCILING, "True", reason, before.message if before and retry else ending.message)


def _gone(type_: str) -> Mark:
    return Mark(type_, "", "", "")


def _notice(ending: Ready | Ending, reason: str, message: str) -> Notice | None:
    if ending.severity is Severity.NONE:
        return None
    return Notice(ending.severity, reason, message, ending.metadata)


def proceed(
    before: Conditions, mark: Mark, further: Sequence[Mark], generation: int, now: datetime, *, ready: bool
) -> Conditions:
    """Conditions of an attempt that goes on: `mark` is Reconciling.

    Ready becomes Unknown when `ready` says so, or when it was Unknown or missing anyway.
    """
    marks = [mark, _gone(STALLED)]
    known = find(before, READY)
    if ready or known is None or known.status == "Unknown":
        marks.append(Mark(READY, "Unknown", mark.reason, mark.message))
    return put_mark(before, [*marks, *further], generation, now)


def rest(before: Conditions, generation: int, now: datetime, policy: Policy) -> tuple[Conditions, int | None]:
    """Conditions and observed generation of a suspended object: they stay, as far as they are true.

    A kind with a summary drops Stalled and observes once it has conditions; others observe when they are Ready.
    """
    if policy.summary:
        before = without(before, STALLED)
        ready = policy.summary(before)
        after = put_mark(before, [ready], generation, now) if ready else before
        return after, generation if after else None
    ready_now = find(before, READY)
    if ready_now is None or ready_now.status == "Unknown":
        return before, None
    if ready_now.status == "True":
        return without(before, RECONCILING), generation
    going = find(before, RECONCILING)
    if going is None or going.reason == PROGRESSING_WITH_RETRY:
        return before, None
    retrying = condition(Mark(RECONCILING, "True", PROGRESSING_WITH_RETRY, going.message), generation, now)
    return tuple(retrying if it is going else it for it in before), None
