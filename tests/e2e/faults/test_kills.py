"""Kill -9 and lost disks in the middle of the main job: push, applied, alert. The suite's keeper starts what died.

After each fault the cluster is as it should be, nothing that anyone wants was ever deleted, and every alert came.
"""

import asyncio
import shutil

import pytest

from local_cluster.demo.look import gone
from local_cluster.demo.moves import resources
from tests.e2e.faults.story import CONTROLLERS, PROCESSES, TEAM, Story, directory
from weir.kube import kinds


async def push_and_kill(story: Story, name: str, moment: str) -> None:
    """One push with its webhook; the process dies at that moment of it."""
    before = await story.rollouts()
    if moment == "before":
        pid = story.kill(name)
    number = await story.push()
    if moment == "pushed":
        pid = story.kill(name)
    await story.webhook()
    if moment == "called":
        pid = story.kill(name)
    if moment == "under way":
        await asyncio.sleep(0.15)
        pid = story.kill(name)
    await story.back(name, pid)
    if moment != "before":
        await story.webhook()
    await story.applied(number)
    await story.told(before + 1)
    await story.nothing_is_lost()


MOMENTS = {"nats": ("before", "under way")}


@pytest.mark.timeout(200)
async def test_kill_9_of_any_process_at_any_moment_of_a_push_changes_nothing_in_the_end(story: Story) -> None:
    for name in PROCESSES:
        for moment in MOMENTS.get(name, ("called", "under way")):
            await push_and_kill(story, name, moment)


@pytest.mark.timeout(120)
async def test_what_may_vanish_is_made_again(story: Story) -> None:
    for vanish in (wipe_nats, wipe_artifacts, delete_outboxes):
        before = await story.rollouts()
        await vanish(story)
        number = await story.push()
        await story.webhook()
        await story.applied(number)
        await story.told(before + 1)
        await story.nothing_is_lost()


async def wipe_nats(story: Story) -> None:
    """All of the bus: streams, consumers, and what waits in them."""
    pid = story.kill("nats")
    shutil.rmtree(directory(story) / "nats", ignore_errors=True)
    await story.back("nats", pid)


async def wipe_artifacts(story: Story) -> None:
    """Every stored artifact, while its server runs; then the controllers forget what they hold."""
    for path in (directory(story) / "artifacts").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    for name in ("source-controller", "kustomize-controller"):
        await story.back(name, story.kill(name))


async def delete_outboxes(story: Story) -> None:
    """Events that were not delivered yet, of every controller that is killed with them."""
    for name in ("source-controller", "kustomize-controller"):
        pid = story.kill(name)
        for path in directory(story).glob(f"{name}.outbox*"):
            path.unlink()
        await story.back(name, pid)


@pytest.mark.timeout(90)
async def test_all_controllers_dead_at_once_and_a_removal_meanwhile(story: Story) -> None:
    world = story.world
    pids = {name: story.kill(name) for name in (*CONTROLLERS, "nats", "cluster")}
    await world.push(
        TEAM, "Remove extra", {"production/extra.yaml": None, **resources(world, TEAM, without="extra.yaml")}
    )
    for name, pid in pids.items():
        await story.back(name, pid)
    number = await story.push()
    await story.webhook()
    await story.applied(number)
    await gone(world, kinds.CONFIG_MAP, "extra", TEAM)
    await story.nothing_is_lost()
