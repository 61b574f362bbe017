"""What keeps a leader that lost its lease from writing."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Fence:
    """Lets writes pass while it is certain that this process leads, by the monotonic clock.

    A process that was paused for longer than its lease wakes up in the middle of its work: what it was about to write
    gets stuck here until its cancellation comes.
    """

    def __init__(self) -> None:
        self._until = math.inf

    def open_until(self, moment: float) -> None:
        """From when on nothing passes any more, in the event loop's time."""
        self._until = moment

    async def passed(self) -> None:
        """Return if this process leads, else never."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._until:
            await loop.create_future()


_FENCE: ContextVar[Fence | None] = ContextVar("fence", default=None)


@contextmanager
def behind(fence: Fence | None) -> Iterator[None]:
    """Requests of this task have to pass the fence, if there is one, each time before something of them is written."""
    token = _FENCE.set(fence)
    try:
        yield
    finally:
        _FENCE.reset(token)


async def pass_fence(*_: object) -> None:
    """What a session does in the same step as it writes, in spite of the hooks' names: a process may have slept before.

    Headers wait for the body, if there is one; both are handed to the socket at once.
    """
    if (fence := _FENCE.get()) is not None:
        await fence.passed()
