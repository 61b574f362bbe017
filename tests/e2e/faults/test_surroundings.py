"""What controllers stand on gives way: the bus freezes, the disk is full, the API server goes, a tenant is deleted.

They go on as soon as it is there again, by themselves; nothing is stuck and nothing that anyone wants is deleted.
"""

import os
import resource
import signal

import pytest

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION, gone, read, ready
from local_cluster.demo.platform import by_hand
from tests.e2e.faults.story import CONTROLLERS, TEAM, Story, patiently, source_fails
from tests.processes import family
from weir import yaml
from weir.kube import kinds

UNLIMITED = resource.RLIM_INFINITY


@pytest.mark.timeout(120)
async def test_a_bus_that_freezes_holds_up_no_deployment_and_loses_no_alert(story: Story) -> None:
    before = await story.rollouts()
    nats = story.world.running.processes["nats"].pid
    os.kill(nats, signal.SIGSTOP)
    try:
        number = await story.push()
        await request(story, number)
        await story.applied(number)
    finally:
        os.kill(nats, signal.SIGCONT)
    await story.told(before + 1)
    await story.nothing_is_lost()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", CONTROLLERS)
async def test_a_full_disk_is_said_and_got_over(story: Story, name: str) -> None:
    before = await story.rollouts()
    limit_files(story, name, 0)
    number = await story.push()
    await story.webhook()
    if name == "source-controller":
        assert "disk of the source-controller" in await source_fails(story)
    else:
        await story.applied(number)
    limit_files(story, name, UNLIMITED)
    await story.webhook()
    await story.applied(number)
    await story.told(before + 1)
    await story.nothing_is_lost()


@pytest.mark.timeout(180)
async def test_an_api_server_that_comes_and_goes_under_load_loses_nothing(story: Story) -> None:
    before = await story.rollouts()
    for _ in range(3):
        number = await story.push()
        await story.webhook()
        pid = story.kill("cluster")
        await story.back("cluster", pid)
    await story.webhook()
    await story.applied(number)
    await story.told(before + 1)
    await story.nothing_is_lost()


@pytest.mark.timeout(240)
async def test_a_namespace_deleted_with_its_tenants_account_goes_and_comes_back(story: Story) -> None:
    world = story.world
    await world.run("kubectl", "delete", "namespace", TEAM, "--wait=false")
    await gone(world, kinds.NAMESPACE, TEAM, limit=90)
    await world.run("kubectl", "apply", "-f", "-", stdin=yaml.dump_all(by_hand(world)))
    await story.webhook()
    await patiently(lambda: ready(world, KUSTOMIZATION, "tenants", "flux-system"))

    async def back() -> bool:
        return bool(await read(world, kinds.DEPLOYMENT, "web", TEAM))

    await world.until("the tenant's Deployment is back", back, limit=60)
    del story.uids[TEAM, "web"]
    await story.nothing_is_lost()


async def request(story: Story, number: str) -> None:
    """Ask for the tenant's source, as long as webhooks do not get through."""
    asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": number}}}
    await story.world.kube.patch(GIT_REPOSITORY, "app", TEAM, asked)


def limit_files(story: Story, name: str, size: int) -> None:
    """How large a file of a process and its children may grow: 0 is as good as a full disk."""
    for pid in family(story.world.running.processes[name].pid):
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size if most == UNLIMITED else most, most))
