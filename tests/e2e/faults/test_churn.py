"""Mixed churn for a long time: pushes, edits by hand, denials, failures, objects that come and go. Nothing piles up."""

import asyncio
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION, gone, read, ready
from local_cluster.demo.story import drift, forged_push, reach_over
from tests.e2e.faults.story import CONTROLLERS, TEAM, Story

NAMED = {"apiVersion": GIT_REPOSITORY.api_version, "kind": GIT_REPOSITORY.kind}
SETTLE = 3
"""Rounds after which caches and pools are as large as they get."""


class Held(NamedTuple):
    """What a process holds: open descriptors, and resident memory in MiB."""

    descriptors: int
    memory: float


@pytest.mark.timeout(300)
async def test_a_minute_of_churn_leaves_no_descriptors_behind(story: Story) -> None:
    before, after = await churn(story, seconds=60)
    for name in CONTROLLERS:
        assert after[name].descriptors <= before[name].descriptors + 4, (name, before, after)


@pytest.mark.soak
@pytest.mark.timeout(5400)
async def test_an_hour_of_churn_leaves_descriptors_and_memory_flat(story: Story) -> None:
    before, after = await churn(story, seconds=3600)
    print(before, after)  # noqa: T201  a soak is watched
    for name in CONTROLLERS:
        assert after[name].descriptors <= before[name].descriptors + 4, (name, before, after)
        assert after[name].memory <= before[name].memory * 1.15 + 5, (name, before, after)


async def churn(story: Story, seconds: float) -> tuple[dict[str, Held], dict[str, Held]]:
    """What each controller holds after the first rounds, and after the last."""
    end, rounds, before = time.monotonic() + seconds, 0, {}
    while time.monotonic() < end or rounds <= SETTLE:
        await play(story)
        rounds += 1
        if rounds == SETTLE:
            before = await held(story)
    await story.nothing_is_lost()
    return before, await held(story)


async def play(story: Story) -> None:
    """One round."""
    world = story.world
    number = await story.push()
    await story.webhook()
    await story.applied(number)
    await forged_push(world)
    await drift(world)
    await reach_over(world)
    await come_and_go(story)
    await world.run("weir", "suspend", "kustomization", "app", "-n", TEAM)
    await world.run("weir", "resume", "kustomization", "app", "-n", TEAM)
    await ready(world, KUSTOMIZATION, "app", TEAM)


async def come_and_go(story: Story) -> None:
    """A source that is made, fetched and deleted."""
    world = story.world
    spec = (await read(world, GIT_REPOSITORY, "app", TEAM))["spec"]
    body = {**NAMED, "metadata": {"name": "passing", "namespace": TEAM}, "spec": spec}
    await world.kube.create(GIT_REPOSITORY, body, TEAM)
    await ready(world, GIT_REPOSITORY, "passing", TEAM)
    await world.kube.delete(GIT_REPOSITORY, "passing", TEAM)
    await gone(world, GIT_REPOSITORY, "passing", TEAM)


async def held(story: Story) -> dict[str, Held]:
    """What each controller's main process holds, once it has nothing to do for a moment."""
    await asyncio.sleep(3)
    return {name: _held(story.world.running.processes[name].pid) for name in CONTROLLERS}


def _held(pid: int) -> Held:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Held(len(list(Path(f"/proc/{pid}/fd").iterdir())), pages / 256)
