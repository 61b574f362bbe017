"""Kill -9 and lost disks in the middle of the main job: push, applied, alert. The suite's keeper starts what died.

After each fault the cluster is as it should be, nothing that anyone wants was ever deleted, and every alert came.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from local_cluster.demo import __main__ as demo
from local_cluster.demo.look import KUSTOMIZATION, read, ready
from local_cluster.demo.moves import call_webhook, set_image
from local_cluster.demo.story import bootstrap, tenants
from local_cluster.demo.world import NotHeld, World, stage
from weir.kube import kinds
from weir.kube.errors import KubeError, NotFound

CONTROLLERS = ("source-controller", "kustomize-controller", "notification-controller")
PROCESSES = ("cluster", "nats", *CONTROLLERS)
TEAM = "team-b"
KEPT = [("team-a", "web"), ("team-b", "web")]
"""Deployments that must never go."""


@dataclass
class Story:
    """The running fleet and what was seen of it."""

    world: World
    version: int = 0
    uids: dict[tuple[str, str], str] = field(default_factory=dict)

    async def push(self) -> str:
        """A new version of the tenant's image; its number."""
        self.version += 1
        number = f"3.{self.version}.0"
        await set_image(self.world, TEAM, number)
        return number

    async def webhook(self) -> None:
        """Call the webhook as GitHub does: again until it is taken."""

        async def taken() -> bool:
            try:
                return bool(await call_webhook(self.world))
            except (aiohttp.ClientError, OSError) as error:
                raise NotHeld(f"the webhook is not there: {error}") from None
            except KubeError as error:
                raise NotHeld(str(error)) from None

        await self.world.until("the webhook is taken", taken, limit=40)

    async def applied(self, number: str) -> None:
        """The version runs and its Kustomization is ready."""

        async def runs() -> bool:
            try:
                live = await read(self.world, kinds.DEPLOYMENT, "web", TEAM)
            except KubeError as error:
                raise NotHeld(str(error)) from None
            found = live["spec"]["template"]["spec"]["containers"][0]["image"]
            if not found.endswith(f":{number}"):
                raise NotHeld(f"{found} runs")
            return True

        await self.world.until(f"{number} runs", runs, limit=60)
        await patiently(lambda: ready(self.world, KUSTOMIZATION, "app", TEAM))

    async def told(self, count: int) -> None:
        """The chat has heard of that many rollouts of the tenant."""

        async def heard() -> bool:
            found = [text for text in self.world.chat.texts() if f"Deployment/{TEAM}/web configured" in text]
            if len(found) < count:
                raise NotHeld(f"{len(found)} of {count} rollouts were told")
            return True

        await self.world.until("the alert", heard, limit=60)

    async def rollouts(self) -> int:
        """How many rollouts the chat has heard of."""
        return sum(f"Deployment/{TEAM}/web configured" in text for text in self.world.chat.texts())

    async def remember(self) -> None:
        """The objects that must stay the same ones."""
        for namespace, name in KEPT:
            self.uids[namespace, name] = (await read(self.world, kinds.DEPLOYMENT, name, namespace))["metadata"]["uid"]

    async def nothing_is_lost(self) -> None:
        """The same objects, not others of the same name: nothing was pruned and made again."""
        for (namespace, name), uid in self.uids.items():
            assert (await read(self.world, kinds.DEPLOYMENT, name, namespace))["metadata"]["uid"] == uid
        for name in ("fleet", "tenants", "infrastructure"):
            await patiently(lambda name=name: ready(self.world, KUSTOMIZATION, name, "flux-system"))
        text = "\n".join(self.world.chat.texts())
        assert f"Deployment/{TEAM}/web deleted" not in text
        assert "Deployment/team-a/web deleted" not in text

    def kill(self, name: str) -> int:
        """Kill -9; the process id that was."""
        process = self.world.running.processes[name]
        pid = process.pid
        if pid:
            os.kill(pid, signal.SIGKILL)
        return pid

    async def back(self, name: str, pid: int) -> None:
        """Wait for the keeper to have started it again."""
        process = self.world.running.processes[name]

        async def there() -> bool:
            return process.pid not in {0, pid}

        await self.world.until(f"{name} is started again", there)


async def patiently(look: Callable[[], Awaitable[Any]], limit: float = 60.0) -> Any:
    """As `look`, again while the API server is away."""
    async with asyncio.timeout(limit):
        while True:
            try:
                return await look()
            except KubeError:
                await asyncio.sleep(0.2)


def directory(story: Story) -> Path:
    return story.world.running.directory


@asynccontextmanager
async def told_story() -> AsyncIterator[Story]:
    """The demo's fleet, up and healthy."""
    async with stage(lambda _: None) as world:
        for name, content in demo.REPOSITORIES.items():
            await world.make(name, demo.HERE / content)
        await bootstrap(world)
        await tenants(world)
        story = Story(world)
        await story.remember()
        yield story


async def push_and_kill(story: Story, name: str, moment: str) -> None:
    """One push with its webhook; the process dies at that moment of it."""
    before = await story.rollouts()
    if moment == "before":
        pid = story.kill(name)
    number = await story.push()
    if moment == "pushed":
        pid = story.kill(name)
    await story.webhook()
    if moment == "called":
        pid = story.kill(name)
    if moment == "under way":
        await asyncio.sleep(0.15)
        pid = story.kill(name)
    await story.back(name, pid)
    if moment != "before":
        await story.webhook()
    await story.applied(number)
    await story.told(before + 1)
    await story.nothing_is_lost()


MOMENTS = {"nats": ("before", "under way")}


@pytest.mark.timeout(200)
async def test_kill_9_of_any_process_at_any_moment_of_a_push_changes_nothing_in_the_end() -> None:
    async with told_story() as story:
        for name in PROCESSES:
            for moment in MOMENTS.get(name, ("called", "under way")):
                await push_and_kill(story, name, moment)


@pytest.mark.timeout(120)
async def test_what_may_vanish_is_made_again() -> None:
    async with told_story() as story:
        for vanish in (wipe_nats, wipe_artifacts, delete_outboxes):
            before = await story.rollouts()
            await vanish(story)
            number = await story.push()
            await story.webhook()
            await story.applied(number)
            await story.told(before + 1)
            await story.nothing_is_lost()


async def wipe_nats(story: Story) -> None:
    """All of the bus: streams, consumers, and what waits in them."""
    pid = story.kill("nats")
    shutil.rmtree(directory(story) / "nats", ignore_errors=True)
    await story.back("nats", pid)


async def wipe_artifacts(story: Story) -> None:
    """Every stored artifact, while its server runs; then the controllers forget what they hold."""
    for path in (directory(story) / "artifacts").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    for name in ("source-controller", "kustomize-controller"):
        await story.back(name, story.kill(name))


async def delete_outboxes(story: Story) -> None:
    """Events that were not delivered yet, of every controller that is killed with them."""
    for name in ("source-controller", "kustomize-controller"):
        pid = story.kill(name)
        for path in directory(story).glob(f"{name}.outbox*"):
            path.unlink()
        await story.back(name, pid)


@pytest.mark.timeout(90)
async def test_all_controllers_dead_at_once_and_a_removal_meanwhile() -> None:
    async with told_story() as story:
        world = story.world
        pids = {name: story.kill(name) for name in (*CONTROLLERS, "nats", "cluster")}
        from local_cluster.demo.moves import resources  # noqa: PLC0415  only this one removes something

        await world.push(
            TEAM, "Remove extra", {"production/extra.yaml": None, **resources(world, TEAM, without="extra.yaml")}
        )
        for name, pid in pids.items():
            await story.back(name, pid)
        number = await story.push()
        await story.webhook()
        await story.applied(number)

        async def gone() -> bool:
            try:
                await world.kube.get(kinds.CONFIG_MAP, "extra", TEAM)
            except NotFound:
                return True
            return False

        await world.until("what left Git is gone", gone)
        await story.nothing_is_lost()
