"""Conditions: set, removed, sorted. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

from weir.api.base import Struct
from weir.api.conditions import MAX_MESSAGE, READY, RECONCILING, STALLED, Condition

Conditions = tuple[Condition, ...]


class Mark(Struct):
    """A condition to set; the empty status removes it."""

    type: str
    status: Literal["True", "False", "Unknown", ""]
    reason: str
    message: str = ""


def stamp(now: datetime) -> str:
    """A moment as the API server writes it: RFC 3339, UTC, whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cut(message: str) -> str:
    """The message, cut at the bytes that the API server takes for sure."""
    encoded = message.encode("utf-8", "replace")
    if len(encoded) <= MAX_MESSAGE:
        return message
    return encoded[: MAX_MESSAGE - 3].decode("utf-8", "ignore") + "..."


def condition(mark: Mark, generation: int, now: datetime) -> Condition:
    """The condition that a mark with a status stands for."""
    assert mark.status, f"{mark.type} has no status"
    return Condition(mark.type, mark.status, stamp(now), mark.reason, cut(mark.message), generation)


def put(before: Conditions, marks: Sequence[Mark], generation: int, now: datetime) -> Conditions:
    """The conditions with the marks set in order, sorted; a later mark of a type wins.

    The transition time moves when status, reason or message change, not when only the generation does.
    """
    found = {it.type: it for it in before}
    for mark in marks:
        old = found.pop(mark.type, None)
        if not mark.status:
            continue
        new = condition(mark, generation, now)
        if old is not None and (old.status, old.reason, old.message) == (new.status, new.reason, new.message):
            new = Condition(new.type, new.status, old.last_transition_time, new.reason, new.message, generation)
        found[mark.type] = new
    return ordered(found.values())


def without(conditions: Conditions, *types: str) -> Conditions:
    """The conditions less those types."""
    return tuple(it for it in conditions if it.type not in types)


_FIRST = {STALLED: 0, RECONCILING: 1, READY: 2}


def ordered(conditions: Iterable[Condition]) -> Conditions:
    """Stalled, Reconciling, Ready, then the most recently observed, then by type."""
    return tuple(
        sorted(
            conditions,
            key=lambda it: (_FIRST.get(it.type, 3), -it.observed_generation if it.type not in _FIRST else 0, it.type),
        )
    )


def merge(newest: Conditions, ours: Conditions, owned: tuple[str, ...]) -> Conditions:
    """The newest copy's conditions with ours in place of all that we own."""
    mine = [it for it in ours if it.type in owned]
    return ordered([*mine, *(it for it in newest if it.type not in owned)])
