import asyncio
import signal
from pathlib import Path

import pytest

from tests.kustomize_controller.replica import Replica
from tests.kustomize_controller.world import World, tree


@pytest.mark.timeout(120)
async def test_killed_anywhere_it_converges_and_prunes_nothing_by_mistake(world: World, tmp_path: Path) -> None:
    controller = Replica(world, tmp_path)
    kept = {f"k{number}": {"x": "0"} for number in range(6)}
    await world.push(tree(world.namespace, **kept), "r0")
    await world.apply()
    await controller.start()
    try:
        await world.ready("r0", within=30)
        uids = {name: (await world.config(name))["metadata"]["uid"] for name in kept}
        for number, pause in enumerate((0.004, 0.01, 0.016, 0.025, 0.05), start=1):
            going = {f"g{number}": {"x": str(number)}}
            changed = {name: {"x": str(number)} for name in kept}
            await world.push(tree(world.namespace, **changed, **going), f"r{number}")
            await asyncio.sleep(pause)
            await controller.stop()
            await controller.start()
            ks = await world.ready(f"r{number}", within=30)
            assert ks.status.inventory is not None
            names = sorted(entry.id.split("_")[1] for entry in ks.status.inventory.entries)
            assert names == sorted([*kept, *going])
            assert {name: (await world.config(name))["metadata"]["uid"] for name in kept} == uids
            assert {name: (await world.config(name))["data"]["x"] for name in kept} == dict.fromkeys(kept, str(number))
            if number > 1:
                await world.gone(f"g{number - 1}")
    finally:
        await controller.stop()


@pytest.mark.timeout(120)
async def test_what_was_changed_right_before_a_kill_is_told_after_it(world: World, tmp_path: Path) -> None:
    controller = Replica(world, tmp_path)
    names = [f"k{number}" for number in range(6)]
    await world.push(tree(world.namespace, **{name: {"x": "0"} for name in names}), "r0")
    await world.apply()
    await controller.start()
    try:
        await world.ready("r0", within=30)
        for number in range(1, 7):
            revision, before = f"r{number}", len(world.events())
            await world.push(tree(world.namespace, **{name: {"x": str(number)} for name in names}), revision)
            while (await world.config(names[-number]))["data"]["x"] != str(number):
                await asyncio.sleep(0)
            await controller.stop()
            await controller.start()
            await world.ready(revision, within=30)
            for name in names:
                await world.event(f"ConfigMap/{world.namespace}/{name} configured", after=before)
    finally:
        await controller.stop()


async def test_it_ends_in_good_order(world: World, tmp_path: Path) -> None:
    controller = Replica(world, tmp_path)
    await world.push(tree(world.namespace, a={}), "r0")
    await world.apply()
    await controller.start()
    await world.ready("r0", within=30)
    assert await controller.stop(signal.SIGTERM) == 0
    assert "Traceback" not in controller.log
