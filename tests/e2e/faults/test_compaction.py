"""What the controllers saw last is forgotten by etcd: their watches end with 410, and they list again."""

import json
import os
import signal
from functools import partial

import pytest

from local_cluster.demo.look import KUSTOMIZATION, read
from local_cluster.demo.world import NotHeld
from tests.e2e.faults.story import CONTROLLERS, TEAM, Story
from tests.servers.controlplane.plane import RealCluster
from weir.kube import kinds
from weir.kube.errors import NotFound

WATCHED = ((KUSTOMIZATION, "flux-system"), (kinds.DEPLOYMENT, TEAM))


@pytest.mark.real
@pytest.mark.timeout(180)
async def test_what_changed_unseen_before_a_compaction_is_seen_all_the_same(story: Story) -> None:
    world, real = story.world, story.real
    assert isinstance(real, RealCluster)
    before = await story.rollouts()
    seen = {kind: (await world.kube.list(kind, namespace)).resource_version for kind, namespace in WATCHED}
    pause(story, signal.SIGSTOP)
    try:
        number = await story.push()
        await world.run("kubectl", "-n", "team-a", "scale", "deployment/web", "--replicas=7")
        await world.run("kubectl", "-n", "team-a", "delete", "service/web", "--wait=false")
        real.compact()
        await story.back("cluster", story.kill("cluster"))
        for kind, namespace in WATCHED:
            path = f"{kind.path(namespace)}?watch=1&timeoutSeconds=5&resourceVersion={seen[kind]}"
            await world.until("that version is gone", partial(too_old, real, path))
    finally:
        pause(story, signal.SIGCONT)
    await world.until("the drift is undone", partial(undone, story), limit=60)
    await story.webhook()
    await story.applied(number)
    await story.told(before + 1)
    await story.nothing_is_lost()


def pause(story: Story, how: signal.Signals) -> None:
    """Stop the controllers, or let them go on."""
    for name in CONTROLLERS:
        os.kill(story.world.running.processes[name].pid, how)


async def too_old(real: RealCluster, path: str) -> bool:
    """Whether a watch from a version is refused with 410, by the answer or by its first event."""
    answer = real.call("GET", path)
    said = answer.body if isinstance(answer.body, dict) else json.loads(answer.body)
    status = said.get("object", said)
    if status["code"] == 429:  # the kind is not read from etcd yet
        raise NotHeld(str(status))
    assert status["code"] == 410, said
    assert "too old resource version" in status["message"]
    return True


async def undone(story: Story) -> bool:
    """Whether what was changed and deleted by hand is as Git has it."""
    deployment = await read(story.world, kinds.DEPLOYMENT, "web", "team-a")
    if deployment["spec"]["replicas"] != 2:
        raise NotHeld(f"{deployment['spec']['replicas']} replicas")
    try:
        return bool(await story.world.kube.get(kinds.SERVICE, "web", "team-a"))
    except NotFound:
        return False
