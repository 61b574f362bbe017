"""One leader at a time, by everybody's own clock, against the local cluster."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable

import pytest

from weir.kube.client import Client
from weir.kube.kinds import LEASE
from weir.kube.leader import Election, LeadershipLost


def candidate(kube: Client, namespace: str, name: str, identity: str) -> Election:
    return Election(kube, name, namespace, identity=identity, lease_duration=1.5, renew_deadline=1.0, retry_period=0.2)


def leading(log: list[str], name: str) -> Callable[[], Awaitable[None]]:
    async def lead() -> None:
        log.append(f"{name} leads")
        try:
            await asyncio.sleep(60)
        finally:
            log.append(f"{name} ends")

    return lead


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)


async def test_a_released_lease_is_taken_over(kube: Client, namespace: str) -> None:
    log: list[str] = []
    name = f"lease-{uuid.uuid4().hex[:6]}"
    first = asyncio.create_task(candidate(kube, namespace, name, "one").run(leading(log, "one")))
    await until(lambda: log == ["one leads"])
    second = asyncio.create_task(candidate(kube, namespace, name, "two").run(leading(log, "two")))
    await asyncio.sleep(0.6)
    assert log == ["one leads"]
    await ended(first)
    await until(lambda: log == ["one leads", "one ends", "two leads"])
    spec = (await kube.get(LEASE, name, namespace)).body()["spec"]
    assert (spec["holderIdentity"], spec["leaseTransitions"]) == ("two", 1)
    await ended(second)


async def test_a_silent_leaders_lease_runs_out(kube: Client, namespace: str) -> None:
    log: list[str] = []
    dead = {
        "apiVersion": LEASE.api_version,
        "kind": "Lease",
        "metadata": {"name": "dead"},
        "spec": {"holderIdentity": "dead", "leaseDurationSeconds": 1, "renewTime": "2020-01-01T00:00:00.000000Z"},
    }
    await kube.create(LEASE, dead, namespace)
    task = asyncio.create_task(candidate(kube, namespace, "dead", "two").run(leading(log, "two")))
    await until(lambda: log == ["two leads"])
    await ended(task)


async def test_a_leader_that_cannot_renew_stops_leading(kube: Client, namespace: str) -> None:
    log: list[str] = []
    task = asyncio.create_task(candidate(kube, namespace, "lost", "one").run(leading(log, "one")))
    await until(lambda: log == ["one leads"])
    await kube.patch(LEASE, "lost", namespace, {"spec": {"holderIdentity": "two", "leaseDurationSeconds": 3600}})
    with pytest.raises(LeadershipLost):
        await asyncio.wait_for(task, 10)
    assert log == ["one leads", "one ends"]


async def test_a_leader_whose_work_ends_is_done(kube: Client, namespace: str) -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    await asyncio.wait_for(candidate(kube, namespace, "short", "one").run(work), 10)
    assert (await kube.get(LEASE, "short", namespace)).body()["spec"]["holderIdentity"] == ""


def test_periods_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="must be longer than the renew deadline"):
        Election(None, "n", "ns", identity="x", lease_duration=1, renew_deadline=2)  # type: ignore[arg-type]  # nothing is sent
