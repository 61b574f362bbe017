"""The whole process, as it is deployed: flags, endpoints, kill -9, SIGTERM."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.servers.cluster import RunningCluster
from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from tests.source_controller.world import World
from weir.runtime.health import serving


class Running:
    """One source-controller in a process of its own."""

    def __init__(self, cluster: RunningCluster, world: World) -> None:
        self.cluster = cluster
        self.world = world
        self.ports: list[int] = []
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *flags: str) -> None:
        while len(self.ports) < 3:
            async with serving(aiohttp.web.Application(), "127.0.0.1:0") as port:
                self.ports.append(port)
        health, metrics, artifacts = (f"127.0.0.1:{port}" for port in self.ports)
        with (self.world.directory / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "source_controller"),
                f"--kubeconfig={self.cluster.kubeconfig}",
                f"--health-addr={health}",
                f"--metrics-addr={metrics}",
                f"--storage-addr={artifacts}",
                f"--storage-adv-addr={artifacts}",
                f"--storage-path={self.world.storage}",
                "--watch-all-namespaces=false",
                "--log-level=debug",
                *flags,
                env={
                    "PATH": os.environ["PATH"],
                    "RUNTIME_NAMESPACE": self.world.namespace,
                    "TMPDIR": str(self.world.directory),
                },
                stderr=log,
            )
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://{health}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    assert self.process.returncode is None, self.log()
                await asyncio.sleep(0.05)

    async def end(self, how: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(how)
        return await self.process.wait()

    async def text(self, port: int, path: str) -> str:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
            assert response.status == 200
            return await response.text()

    def log(self) -> str:
        return (self.world.directory / "log").read_text()


@pytest.fixture
async def running(cluster: RunningCluster, quiet_world: World) -> AsyncIterator[Running]:
    running = Running(cluster, quiet_world)
    yield running
    if running.process and running.process.returncode is None:
        await running.end(signal.SIGKILL)


def _relatives(pid: int) -> set[int]:
    """The children of a process: the fork server."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found.add(int(entry.name))
    return found


async def test_the_process_works_dies_and_comes_back(
    running: Running, server: GitHttpServer, repository: Repository
) -> None:
    world = running.world
    await running.start()
    await world.make("app", f"{server.url}/app.git")
    first = await world.ready("app")
    assert running.process
    children = _relatives(running.process.pid)
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
    async with asyncio.timeout(10):
        while True:
            families = {it.name: it for it in text_string_to_metric_families(await running.text(metrics, "/metrics"))}
            if families.get("gotk_reconcile_duration_seconds") and families["gotk_resource_info"].samples:
                break
            await asyncio.sleep(0.2)
    info = families["gotk_resource_info"].samples[0].labels
    assert found.status.artifact
    assert (info["name"], info["exported_namespace"], info["revision"]) == (
        "app",
        world.namespace,
        found.status.artifact.revision,
    )


async def test_a_wrong_flag_ends_the_process_with_its_name(running: Running) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "source_controller", "--artifact-digest-algo=md5"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"--artifact-digest-algo" in said
