"""The world of the loop's tests, and processes in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.cluster import RunningCluster
from tests.weir.runtime.process import Starter
from tests.weir.runtime.world import KIND, World, loose_crd
from weir.kube.client import Client
from weir.kube.errors import AlreadyExists, NotFound
from weir.kube.kinds import CUSTOM_RESOURCE_DEFINITION


@pytest.fixture
async def world(kube: Client, namespace: str) -> AsyncIterator[World]:
    with suppress(AlreadyExists):
        await kube.create(CUSTOM_RESOURCE_DEFINITION, loose_crd())
    async with asyncio.timeout(10):
        while True:
            with suppress(NotFound):
                await kube.list(KIND, namespace)
                break
            await asyncio.sleep(0.05)
    world = World(kube, namespace)
    yield world
    await world.stop()


@pytest.fixture
def starter(cluster: RunningCluster, world: World, tmp_path: Path) -> Starter:
    """Starts processes of the errand controller in the world's namespace."""
    return Starter(cluster.kubeconfig, world.namespace, tmp_path)
