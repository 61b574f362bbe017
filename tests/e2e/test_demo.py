"""The whole story of the demo, on a real control plane: RBAC, admission and controllers are Kubernetes' own."""

from pathlib import Path

import pytest

from local_cluster.demo.__main__ import HERE, REPOSITORIES
from local_cluster.demo.story import STORY
from local_cluster.demo.world import stage


@pytest.mark.timeout(300)
async def test_every_step_holds(existing: Path | None) -> None:
    async with stage(print, existing) as world:
        for repository, content in REPOSITORIES.items():
            await world.make(repository, HERE / content)
        for title, step in STORY:
            print(title, await step(world))  # noqa: T201  where it stopped, when it fails
