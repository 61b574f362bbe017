"""The whole story of the demo, on a real control plane: RBAC, admission and controllers are Kubernetes' own."""

import pytest

from local_cluster.demo.__main__ import HERE, REPOSITORIES
from local_cluster.demo.story import STORY
from local_cluster.demo.world import stage
from tests.servers.clusters import Existing


@pytest.mark.timeout(300)
async def test_every_step_holds(existing: Existing) -> None:
    async with stage(print, existing and existing.kubeconfig) as world:
        for repository, content in REPOSITORIES.items():
            await world.make(repository, HERE / content)
        for title, step in STORY:
            print(title, await step(world))  # noqa: T201  where it stopped, when it fails
