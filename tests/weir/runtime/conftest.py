"""The world of the loop's tests, and processes in it."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.cluster import RunningCluster
from tests.weir.runtime.process import Starter
from tests.weir.runtime.world import World, loose_crd
from weir.kube.client import Client
from weir.kube.errors import AlreadyExists
from weir.kube.kinds import CUSTOM_RESOURCE_DEFINITION


@pytest.fixture
async def world(kube: Client, namespace: str) -> AsyncIterator[World]:
    with suppress(AlreadyExists):
        await kube.create(CUSTOM_RESOURCE_DEFINITION, loose_crd())
    world = World(kube, namespace)
    await world.served()
    yield world
    await world.stop()


@pytest.fixture
def starter(cluster: RunningCluster, world: World, tmp_path: Path) -> Starter:
    """Starts processes of the errand controller in the world's namespace."""
    return Starter(cluster.kubeconfig, world.namespace, tmp_path)
