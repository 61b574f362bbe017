"""The whole demo, with one of its processes killed -9 in the middle of every step: each step holds all the same."""

import asyncio
import contextlib
import os
import signal

import pytest

from local_cluster.demo.__main__ import HERE, REPOSITORIES
from local_cluster.demo.story import STORY
from local_cluster.demo.world import stage

pytestmark = pytest.mark.soak

PROCESSES = ("source-controller", "kustomize-controller", "notification-controller", "nats")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PROCESSES)
async def test_every_step_holds_though_a_process_dies_in_it(name: str) -> None:
    async with stage(print) as world:
        for repository, content in REPOSITORIES.items():
            await world.make(repository, HERE / content)
        for number, (_title, step) in enumerate(STORY):
            while not (pid := world.running.processes[name].pid):
                await asyncio.sleep(0.1)
            playing = asyncio.create_task(step(world))
            await asyncio.sleep(0.05 * (1 + number % 6))
            with contextlib.suppress(ProcessLookupError):  # it is being started again
                os.kill(pid, signal.SIGKILL)
            await playing
