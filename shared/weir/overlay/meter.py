"""What a build may still use: time, and what its steps may add to what it read.

The build that runs in this thread has one; whoever makes something grow or goes through something long tells it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from weir.overlay.errors import BuildError
from weir.overlay.options import Limits
from weir.yaml.nodes import Node, size

_NODE = 64
"""Bytes that a node counts for: it takes about twice that."""
_UNBOUNDED = 1 << 62
_CALLS = 64
"""How often something grows before the clock is asked again."""


class Meter:
    """Of one build. `deadline` is a time of the monotonic clock in seconds, `left` are bytes."""

    __slots__ = ("calls", "deadline", "left", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.deadline = time.monotonic() + limits.seconds
        self.left = limits.growth
        self.calls = 0


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered(limits: Limits) -> Iterator[None]:
    """Measure what is done inside, and turn endless nesting into an error. Raises `BuildError`."""
    token = _METER.set(Meter(limits))
    try:
        yield
    except RecursionError:
        raise BuildError("what is built nests too deeply") from None
    finally:
        _METER.reset(token)


def tick() -> None:
    """Raise `BuildError` when the build has taken too long."""
    meter = _METER.get()
    if meter is not None and time.monotonic() > meter.deadline:
        raise beyond(meter.limits, "seconds", "the build takes more than {} seconds")


def spend(amount: int) -> None:
    """Count bytes that are added. Raises `BuildError` when they are too many, or, now and then, for the time."""
    meter = _METER.get()
    if meter is None:
        return
    meter.left -= amount
    if meter.left < 0:
        raise beyond(meter.limits, "growth", "patches, replacements, labels and variables add more than {} bytes")
    meter.calls += 1
    if meter.calls % _CALLS == 0:
        tick()


def weight(node: Node) -> int:
    """What a tree of nodes counts for, in bytes."""
    return _NODE * size(node, _UNBOUNDED)


def beyond(limits: Limits, name: str, text: str) -> BuildError:
    """The error of a limit, which says how to raise it."""
    return BuildError(f"{text.format(getattr(limits, name))}: Limits.{name} sets how many may be")
