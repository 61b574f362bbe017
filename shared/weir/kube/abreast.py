"""Many requests at a time, but not too many."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def abreast(items: Iterable[T], work: Callable[[T], Awaitable[R]], most: int) -> list[R]:
    """What comes of each item, in order; at most `most` (and at least one) at a time.

    An error cancels the rest; raises `ExceptionGroup`.
    """
    slots = asyncio.Semaphore(max(most, 1))

    async def one(item: T) -> R:
        async with slots:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]
