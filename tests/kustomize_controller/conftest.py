"""A world to act in: local cluster, artifact server, event sink."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.kustomize_controller.world import GIT_REPOSITORY, KUSTOMIZATION, World
from tests.servers.artifacts import ArtifactServer
from tests.servers.sink import Sink
from weir import manifests
from weir.kube.client import Client
from weir.kube.errors import NotFound
from weir.kube.kinds import CUSTOM_RESOURCE_DEFINITION


@pytest.fixture
async def installed(kube: Client) -> None:
    """Our CRDs are served."""
    for definition in manifests.crds():
        name = definition["metadata"]["name"]
        await kube.apply(CUSTOM_RESOURCE_DEFINITION, definition, name=name, manager="test")
    async with asyncio.timeout(10):
        while True:
            with suppress(NotFound):
                await kube.list(KUSTOMIZATION)
                await kube.list(GIT_REPOSITORY)
                return
            await asyncio.sleep(0.05)


@pytest.fixture
async def world(
    installed: None, kube: Client, namespace: str, artifacts: ArtifactServer, sink: Sink, tmp_path: Path
) -> AsyncIterator[World]:
    world = World(kube, namespace, artifacts, sink, tmp_path)
    yield world
    await world.stop()
