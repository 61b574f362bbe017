"""Two replicas: one leads; with a shared bucket both serve, and either goes on where the other died."""

import asyncio
import signal
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from tests.source_controller.replica import Running
from tests.source_controller.world import World
from weir.api.source import Artifact

ELECTION = (
    "--enable-leader-election",
    "--leader-election-lease-duration=3s",
    "--leader-election-renew-deadline=2s",
    "--leader-election-retry-period=400ms",
)


@pytest.fixture
async def replicas(quiet_world: World) -> AsyncIterator[tuple[Running, Running]]:
    made = []
    for name in ("first", "second"):
        (quiet_world.directory / name).mkdir()
        made.append(Running(quiet_world, quiet_world.directory / name))
    yield made[0], made[1]
    for each in made:
        if each.process and each.process.returncode is None:
            await each.end(signal.SIGKILL)


async def status(replica: Running, path: str) -> int:
    """What the replica's artifact server answers; 0: nobody listens."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{replica.ports[2]}/{path}") as response,
        ):
            return response.status
    except aiohttp.ClientError:
        return 0


def path(artifact: Artifact | None) -> str:
    assert artifact
    return artifact.path


@pytest.mark.timeout(120)
async def test_replicas_that_share_a_bucket_both_serve_and_one_takes_over(
    replicas: tuple[Running, Running], server: GitHttpServer, repository: Repository, bucket: str
) -> None:
    first, second = replicas
    world = first.world
    await first.start(*ELECTION, f"--storage-url={bucket}")
    await world.make("app", f"{server.url}/app.git")
    one = await world.ready("app")
    await second.start(*ELECTION, f"--storage-url={bucket}")
    assert [await status(it, path(one.status.artifact)) for it in replicas] == [200, 200]
    await first.end(signal.SIGKILL)
    head = repository.commit({"app/a.yaml": "a: 2\n"})
    await world.request("app", "again")
    two = await world.until(
        "app", lambda it: it.status.artifact is not None and it.status.artifact.revision == f"main@sha1:{head}", 30
    )
    await first.start(*ELECTION, f"--storage-url={bucket}")
    for artifact in (one.status.artifact, two.status.artifact):
        assert [await status(it, path(artifact)) for it in replicas] == [200, 200]
    assert "canary-s3-secret" not in first.log() + second.log()


@pytest.mark.timeout(60)
async def test_a_replica_without_the_artifacts_is_not_asked_for_them_until_it_leads(
    replicas: tuple[Running, Running], server: GitHttpServer, repository: Repository
) -> None:
    first, second = replicas
    world = first.world
    await first.start(*ELECTION)
    await world.make("app", f"{server.url}/app.git")
    one = await world.ready("app")
    await second.start(*ELECTION)
    assert [await status(it, path(one.status.artifact)) for it in replicas] == [200, 0]
    await first.end(signal.SIGTERM)
    async with asyncio.timeout(20):
        while await status(second, path(one.status.artifact)) != 200:
            await asyncio.sleep(0.1)
