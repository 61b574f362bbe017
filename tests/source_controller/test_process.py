"""The whole process, as it is deployed: flags, endpoints, kill -9, SIGTERM."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import family
from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from tests.source_controller.replica import Running
from tests.source_controller.world import World


@pytest.fixture
async def running(quiet_world: World) -> AsyncIterator[Running]:
    running = Running(quiet_world, quiet_world.directory)
    yield running
    if running.process and running.process.returncode is None:
        await running.end(signal.SIGKILL)


async def test_the_process_works_dies_and_comes_back(
    running: Running, server: GitHttpServer, repository: Repository
) -> None:
    world = running.world
    await running.start()
    await world.make("app", f"{server.url}/app.git")
    first = await world.ready("app")
    assert running.process
    children = family(running.process.pid)[1:]
    assert children
    await running.end(signal.SIGKILL)
    async with asyncio.timeout(5):
        while any(os.path.exists(f"/proc/{pid}") for pid in children):  # noqa: ASYNC240, PTH110  procfs does not block
            await asyncio.sleep(0.02)
    head = repository.commit({"app/a.yaml": "a: 2\n"})
    await running.start()
    await world.request("app", "again")
    found = await world.ready("app", f"main@sha1:{head}")
    assert (await world.tree(found.status.artifact))["app/a.yaml"] == b"a: 2\n"
    assert first.metadata.uid == found.metadata.uid
    assert await running.end(signal.SIGTERM) == 0
    assert "Traceback" not in running.log()
    assert [path.name for path in world.directory.glob("weir-git-*")] == []


async def test_metrics_health_and_readiness(running: Running, server: GitHttpServer, repository: Repository) -> None:
    world = running.world
    await running.start()
    await world.make("app", f"{server.url}/app.git")
    found = await world.ready("app")
    _, metrics, artifacts = running.ports
    assert await running.text(artifacts, "/")
    assert found.status.artifact
    told = {"name": "app", "exported_namespace": world.namespace, "revision": found.status.artifact.revision}
    async with asyncio.timeout(10):
        while True:
            families = {it.name: it for it in text_string_to_metric_families(await running.text(metrics, "/metrics"))}
            infos = [it.labels for it in families["gotk_resource_info"].samples]
            if "gotk_reconcile_duration_seconds" in families and any(told.items() <= it.items() for it in infos):
                break
            await asyncio.sleep(0.2)


async def test_a_wrong_flag_ends_the_process_with_its_name(running: Running) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "source_controller", "--artifact-digest-algo=md5"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"--artifact-digest-algo" in said
