"""The world of the source-controller's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from tests.servers.installed import Account
from tests.source_controller.world import World
from weir.kube.client import Client


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
async def quiet_world(account: Account, kube: Client, namespace: str, tmp_path: Path) -> AsyncIterator[World]:
    """A namespace with nobody at work in it yet."""
    world = World(kube, account("source-controller"), namespace, tmp_path / "controller")
    world.directory.mkdir()
    yield world
    await world.stop()


@pytest.fixture
async def world(quiet_world: World) -> World:
    """A namespace with the controller at work in it."""
    await quiet_world.start()
    return quiet_world
