import asyncio
import signal
from pathlib import Path

import pytest

from tests.kustomize_controller.replica import Replica
from tests.kustomize_controller.world import World, tree
from weir.kube.kinds import CONFIG_MAP, LEASE

ELECTION = (
    "--enable-leader-election",
    "--leader-election-lease-duration=3s",
    "--leader-election-renew-deadline=2s",
    "--leader-election-retry-period=400ms",
)
LEASE_NAME = "kustomize-controller-leader-election"
MANY = [f"k{number:02}" for number in range(60)]


async def versions(world: World) -> dict[str, str]:
    """Of the objects that are applied."""
    found = await world.kube.list(CONFIG_MAP, world.namespace)
    return {it.metadata.name: it.metadata.resource_version for it in found.objects}


async def holder(world: World) -> str:
    lease = await world.kube.get(LEASE, LEASE_NAME, world.namespace)
    return str(lease.body()["spec"]["holderIdentity"])


async def taken_over(world: World, before: str) -> None:
    async with asyncio.timeout(30):
        while await holder(world) in {"", before}:
            await asyncio.sleep(0.05)


@pytest.mark.timeout(120)
async def test_another_replica_takes_over_from_one_that_is_killed(world: World, tmp_path: Path) -> None:
    first, second = (Replica(world, tmp_path / name, *ELECTION) for name in ("first", "second"))
    await world.push(tree(world.namespace, a={"x": "1"}), "r1")
    await world.apply()
    await first.start()
    try:
        await world.ready("r1", within=30)
        await second.start()
        before = await holder(world)
        await first.stop()
        await world.push(tree(world.namespace, a={"x": "2"}), "r2")
        await taken_over(world, before)
        await world.ready("r2", within=30)
    finally:
        await first.stop()
        await second.stop()


@pytest.mark.timeout(180)
async def test_a_leader_that_was_paused_past_its_lease_writes_nothing_when_it_wakes_up(
    world: World, tmp_path: Path
) -> None:
    first, second = (Replica(world, tmp_path / name, *ELECTION) for name in ("first", "second"))
    await world.push(tree(world.namespace, **{name: {"x": "0"} for name in MANY}), "r0")
    await world.apply()
    await first.start()
    try:
        await world.ready("r0", within=30)
        await second.start()
        before = await holder(world)
        old = {name: {"x": "1"} for name in [*MANY, "only-old"]}
        await world.push(tree(world.namespace, **old), "r1")
        while (await world.config("k05"))["data"]["x"] != "1":
            await asyncio.sleep(0)
        first.send(signal.SIGSTOP)
        assert (await world.config("k59"))["data"]["x"] == "0", "the apply is under way"
        await taken_over(world, before)
        new = {name: {"x": "0"} for name in [*MANY, "only-new"]}
        await world.push(tree(world.namespace, **new), "r2")
        await world.ready("r2", within=30)
        await world.gone("only-old")
        left = await versions(world)
        first.send(signal.SIGCONT)
        assert await first.ended() == 1
        assert "not renewed within 2s" in first.log
        assert "Traceback" not in first.log
        assert await versions(world) == left
        assert (await world.get()).status.last_applied_revision == "r2"
    finally:
        await first.stop()
        await second.stop()
