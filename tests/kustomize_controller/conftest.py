"""A world to act in: a cluster, an artifact server, an event sink."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kustomize_controller.world import World
from tests.servers.artifacts import ArtifactServer
from tests.servers.installed import Account
from tests.servers.sink import Sink
from weir.kube.client import Client


@pytest.fixture
async def world(
    account: Account, kube: Client, namespace: str, artifacts: ArtifactServer, sink: Sink, tmp_path: Path
) -> AsyncIterator[World]:
    world = World(kube, account("kustomize-controller"), namespace, artifacts, sink, tmp_path)
    yield world
    await world.stop()
