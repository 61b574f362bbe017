"""Every fault has a fleet to itself, on either cluster."""

from collections.abc import AsyncIterator

import pytest

from local_cluster.demo import __main__ as demo
from local_cluster.demo.story import bootstrap, tenants
from local_cluster.demo.world import stage
from tests.e2e.faults.story import Story
from tests.servers.clusters import Existing


@pytest.fixture
async def story(existing: Existing) -> AsyncIterator[Story]:
    """The demo's fleet, up and healthy."""
    async with stage(lambda _: None, existing and existing.kubeconfig) as world:
        for name, content in demo.REPOSITORIES.items():
            await world.make(name, demo.HERE / content)
        await bootstrap(world)
        await tenants(world)
        story = Story(world, existing)
        await story.remember()
        yield story
