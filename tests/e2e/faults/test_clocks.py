"""Clocks that differ by an hour, and an hour without a source: what is waited for is waited for by everyone's own."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION, read, ready
from local_cluster.demo.story import drift
from local_cluster.demo.world import NotHeld
from local_cluster.processes import Process
from tests.e2e.faults.clocks import environment, restart
from tests.e2e.faults.story import TEAM, Story, apply, source_fails, tenants
from weir.kube import kinds
from weir.kube.errors import KubeError

AHEAD, BEHIND = "+3600s", "-3600s"
CLOCKS = {
    "sources behind, applies ahead": {"source-controller": BEHIND, "kustomize-controller": AHEAD},
    "applies behind, alerts ahead": {"kustomize-controller": BEHIND, "notification-controller": AHEAD},
}
SPEED = 60
ELECTION = (
    "--enable-leader-election",
    "--leader-election-lease-duration=10s",
    "--leader-election-renew-deadline=8s",
    "--leader-election-retry-period=1s",
)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("case", CLOCKS)
async def test_controllers_whose_clocks_differ_do_their_job(story: Story, case: str, tmp_path: Path) -> None:
    before = await story.rollouts()
    for name, clock in CLOCKS[case].items():
        await restart(story, name, clock)
    number = await story.push()
    await story.webhook()
    await story.applied(number)
    await story.told(before + 1)
    await drift(story.world)
    await source_by_interval(story)
    await late_variable(story, tmp_path)
    await story.nothing_is_lost()


async def source_by_interval(story: Story) -> None:
    """A push that nobody tells of is seen within the interval."""
    world = story.world
    spec = {**(await read(world, GIT_REPOSITORY, "app", TEAM))["spec"], "interval": "1s"}
    await apply(story, tenants(GIT_REPOSITORY, "polled", spec))
    await ready(world, GIT_REPOSITORY, "polled", TEAM)
    number = await story.push()
    commit = (await world.git(TEAM, "rev-parse", "HEAD")).strip()

    async def seen() -> bool:
        found = (await read(world, GIT_REPOSITORY, "polled", TEAM))["status"]["artifact"]["revision"]
        return bool(found.endswith(commit))

    await world.until("the interval is kept", seen)
    await story.webhook()
    await story.applied(number)


async def late_variable(story: Story, tmp_path: Path) -> None:
    """An optional ConfigMap that comes after all is used at once."""
    world, content = story.world, tmp_path / "late"
    content.mkdir()
    (content / "a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: late}\ndata: {key: '${word:=none}'}\n"
    )
    await world.make("late", content)
    source = {**(await read(world, GIT_REPOSITORY, "app", TEAM))["spec"]}
    source["url"] = source["url"].replace(f"/{TEAM}.git", "/late.git")
    spec = {
        "interval": "10m",
        "prune": True,
        "targetNamespace": TEAM,
        "serviceAccountName": "deployer",
        "sourceRef": {"kind": "GitRepository", "name": "late"},
        "postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "words", "optional": True}]},
    }
    await apply(story, tenants(GIT_REPOSITORY, "late", source), tenants(KUSTOMIZATION, "late", spec))
    await ready(world, KUSTOMIZATION, "late", TEAM)
    where = {"name": "words", "namespace": TEAM, "labels": {"reconcile.fluxcd.io/watch": "Enabled"}}
    await apply(story, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": where, "data": {"word": "late"}})

    async def used() -> bool:
        found = (await read(world, kinds.CONFIG_MAP, "late", TEAM))["data"]["key"]
        if found != "late":
            raise NotHeld(found)
        return True

    await world.until("the variable is used", used)


@pytest.mark.timeout(240)
async def test_replicas_two_hours_apart_keep_to_the_lease_and_take_over(story: Story) -> None:
    first = await restart(story, "kustomize-controller", BEHIND, *ELECTION)
    async with another(first, AHEAD) as second:
        held = await holder(story)
        await asyncio.sleep(12)
        assert await holder(story) == held, "nobody takes a lease that is renewed"
        for leader in (first, second):
            await take_over(story, leader)
    await story.nothing_is_lost()


async def take_over(story: Story, leader: Process) -> None:
    """While the leader is paused another leads: a push is applied. When it goes on it does not lead any more."""
    held = await holder(story)
    os.kill(leader.pid, signal.SIGSTOP)
    try:

        async def taken() -> bool:
            return await holder(story) not in {"", held}

        await story.world.until("another leads", taken)
        number = await story.push()
        await story.webhook()
        await story.applied(number)
    finally:
        os.kill(leader.pid, signal.SIGCONT)


async def holder(story: Story) -> str:
    """Who holds the lease of the kustomize-controller."""
    lease = await story.world.kube.get(kinds.LEASE, "kustomize-controller-leader-election", "flux-system")
    return str(lease.body()["spec"]["holderIdentity"])


@asynccontextmanager
async def another(first: Process, clock: str) -> AsyncIterator[Process]:
    """A second replica, with another clock."""
    log = first.log.with_name("second.log")
    process = Process("second", elsewhere(first.command, log), log, print, environment(clock))
    await process.start()
    try:
        yield process
    finally:
        await process.stop()


def elsewhere(command: Sequence[str], log: Path) -> list[str]:
    """The command with addresses and an outbox of its own."""
    own = {"--health-addr": "127.0.0.1:0", "--metrics-addr": "127.0.0.1:0", "--outbox-path": f"{log}.outbox"}
    kept = [it for it in command if it.partition("=")[0] not in own]
    return [*kept, *(f"{flag}={value}" for flag, value in own.items())]


@pytest.mark.timeout(400)
async def test_a_source_that_is_gone_for_an_hour_changes_nothing_until_it_is_back(story: Story) -> None:
    world = story.world
    before = await story.rollouts()
    for name in ("source-controller", "kustomize-controller"):
        await restart(story, name, f"+0 x{SPEED}")
    revision = (await read(world, KUSTOMIZATION, "app", TEAM))["status"]["lastAppliedRevision"]
    served, away = world.bare / f"{TEAM}.git", world.bare / "away"
    served.rename(away)
    await story.webhook()
    await source_fails(story)
    end = time.monotonic() + 3600 / SPEED
    while time.monotonic() < end:
        await drift(world)
        await scaled_back(story)
        found = await read(world, KUSTOMIZATION, "app", TEAM)
        assert found["status"]["lastAppliedRevision"] == revision
        assert (await read(world, GIT_REPOSITORY, "app", TEAM))["status"]["artifact"]["revision"] == revision
        await asyncio.sleep(5)
    assert "not found" in await source_fails(story)
    await story.nothing_is_lost()
    away.rename(served)
    number = await story.push()  # and nobody tells of it
    await story.applied(number)
    await story.told(before + 1)
    await story.nothing_is_lost()


async def scaled_back(story: Story) -> None:
    """What is edited by hand comes back though the source is gone."""
    await story.world.run("kubectl", "-n", TEAM, "scale", "deployment/web", "--replicas=5")

    async def back() -> bool:
        with suppress(KubeError):
            return bool((await read(story.world, kinds.DEPLOYMENT, "web", TEAM))["spec"]["replicas"] == 2)
        return False

    await story.world.until("2 replicas again", back)
