"""The world of the source-controller's tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from tests.source_controller.world import KIND, World
from weir import manifests
from weir.api.source import GitRepository
from weir.kube.client import Client
from weir.kube.errors import AlreadyExists, NotFound
from weir.kube.kinds import CUSTOM_RESOURCE_DEFINITION


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one commit."""
    made = Repository(tmp_path / "git")
    made.commit({"app/a.yaml": "a: 1\n", "run.sh": "#!/bin/sh\n"}, "First commit\n\nwith a body")
    return made


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GitHttpServer]:
    """An open Git server over HTTP."""
    async with GitHttpServer(tmp_path / "git") as running:
        yield running


@pytest.fixture
async def quiet_world(kube: Client, namespace: str, tmp_path: Path) -> AsyncIterator[World]:
    """A namespace with the kind, and nobody at work in it yet."""
    with suppress(AlreadyExists):
        await kube.create(CUSTOM_RESOURCE_DEFINITION, manifests.crd(GitRepository))
    async with asyncio.timeout(10):
        while True:
            with suppress(NotFound):
                await kube.list(KIND, namespace)
                break
            await asyncio.sleep(0.05)
    world = World(kube, namespace, tmp_path / "controller")
    world.directory.mkdir()
    yield world
    await world.stop()


@pytest.fixture
async def world(quiet_world: World) -> World:
    """A namespace with the controller at work in it."""
    await quiet_world.start()
    return quiet_world
