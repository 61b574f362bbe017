"""What keeps a leader that lost its lease from writing."""

import asyncio
import math


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
