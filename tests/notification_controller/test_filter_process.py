"""Filters in their own process: answers, bounds, recovery."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from notification_controller.errors import BadFilter
from notification_controller.filter_process import FilterProcess


@pytest.fixture
async def filters() -> AsyncIterator[FilterProcess]:
    process = FilterProcess()
    yield process
    await process.close()


def resource(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "GitRepository", "metadata": {"name": name}}


async def test_one_verdict_per_resource(filters: FilterProcess) -> None:
    found = [resource("a"), resource("b")]
    assert await filters.hold(["res.metadata.name == req.name"], found, {"name": "b"}) == (False, True)


async def test_questions_at_the_same_time_get_their_own_answers(filters: FilterProcess) -> None:
    asked = (filters.hold([f"req.n == {n % 2}"], [resource("a")], {"n": n}) for n in range(20))
    assert await asyncio.gather(*asked) == [(n < 2,) for n in range(20)]


async def test_what_is_wrong_is_told(filters: FilterProcess) -> None:
    await filters.check(["req.a == 1", "true"])
    with pytest.raises(BadFilter, match=r"filter 'req\.flag': the result must be a bool"):
        await filters.check(["true", "req.flag"])
    with pytest.raises(BadFilter, match="missing"):
        await filters.hold(["req.missing == 1"], [resource("a")], {})


async def test_a_filter_that_does_not_end_is_cut_off_and_the_next_one_works(filters: FilterProcess) -> None:
    numbers = str(list(range(100)))
    endless = ".exists(x, ".join([numbers] * 6).replace(".exists(x", ".exists(x", 1)
    for depth in range(1, 6):
        endless = endless.replace(".exists(x, ", f".exists(v{depth}, ", 1)
    endless += ".exists(w, w == -1)" + ")" * 5
    with pytest.raises(BadFilter, match="took more than 2 seconds"):
        await filters.hold([endless], [resource("a")], {})
    assert await filters.hold(["true"], [resource("a")], {}) == (True,)


async def test_a_filter_that_nests_too_deep_does_no_harm(filters: FilterProcess) -> None:
    with pytest.raises(BadFilter):
        await filters.check(["(" * 8000 + "true" + ")" * 8000])
    await filters.check(["true"])
