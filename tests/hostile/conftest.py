"""What is attacked: the whole suite with its defaults, and a kustomize-controller that is locked down."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.hostile.city import City
from tests.hostile.suite import CONTROLLERS, Suite
from tests.kustomize_controller.world import World
from tests.servers.artifacts import ArtifactServer
from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from tests.servers.installed import Account
from tests.servers.sink import Sink
from weir.kube.client import Client
from weir.kube.identity import connect


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """The suite, running."""
    running = Suite(tmp_path_factory.mktemp("suite"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def city(suite: Suite, artifacts: ArtifactServer) -> AsyncIterator[City]:
    """A namespace of the running suite. Whatever a test does there, no process may end of it."""
    before = suite.pids()
    client = await connect(str(suite.kubeconfig), user_agent="tests/1")
    city = City(suite, client, f"test-{uuid.uuid4().hex[:10]}", artifacts)
    await city.found()
    yield city
    after = suite.pids()
    await city.leave()
    await client.close()
    assert after == before, "a process ended and was started again"
    assert set(before) >= {"cluster", "nats", *CONTROLLERS}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one commit."""
    made = Repository(tmp_path / "git")
    made.commit({"app/a.yaml": "a: 1\n"}, "First commit")
    return made


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GitHttpServer]:
    """An open Git server over HTTP."""
    (tmp_path / "git").mkdir(exist_ok=True)
    async with GitHttpServer(tmp_path / "git") as running:
        yield running


@pytest.fixture
async def locked(
    account: Account, kube: Client, namespace: str, artifacts: ArtifactServer, sink: Sink, tmp_path: Path
) -> AsyncIterator[World]:
    """A kustomize-controller as a platform team locks it down, in one namespace: `tenant` is its default account."""
    world = World(kube, account("kustomize-controller"), namespace, artifacts, sink, tmp_path)
    await world.account("tenant", verbs=["*"])
    role = await kube.discovery.kind("rbac.authorization.k8s.io/v1", "Role")
    rules = [{"apiGroups": [""], "resources": ["configmaps", "secrets"], "verbs": ["*"]}]
    await kube.patch(role, "tenant", namespace, {"rules": rules})
    await world.start("--default-service-account=tenant", "--no-cross-namespace-refs", "--no-remote-bases")
    yield world
    await world.stop()


@pytest.fixture
def marker(tmp_path: Path) -> Iterator[Path]:
    """A file that must never come to be: attacks try to make it."""
    file = tmp_path / f"pwned-{os.getpid()}"
    yield file
    assert not file.exists(), "somebody else's code ran"
