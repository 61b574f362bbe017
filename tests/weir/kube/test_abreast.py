"""Some at a time, all in order."""

import asyncio

import pytest

from weir.kube.abreast import abreast


async def test_results_come_in_order_and_no_more_than_allowed_at_a_time() -> None:
    under_way: list[int] = []
    most = 0

    async def work(number: int) -> int:
        nonlocal most
        under_way.append(number)
        most = max(most, len(under_way))
        await asyncio.sleep(0.01 * (5 - number))
        under_way.remove(number)
        return number * 2

    assert await abreast(range(5), work, 2) == [0, 2, 4, 6, 8]
    assert most == 2


async def test_an_error_ends_the_rest() -> None:
    async def work(number: int) -> None:
        if number == 1:
            raise KeyError(number)
        await asyncio.sleep(60)

    with pytest.raises(ExceptionGroup):
        await abreast(range(3), work, 3)
