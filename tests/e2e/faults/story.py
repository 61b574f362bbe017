"""The demo's fleet, up and healthy, and what every fault must leave as it is."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION, read, ready
from local_cluster.demo.moves import call_webhook, set_image
from local_cluster.demo.world import NotHeld, World
from tests.servers.clusters import Existing
from weir import yaml
from weir.api.base import Kind
from weir.kube import kinds
from weir.kube.errors import KubeError

CONTROLLERS = ("source-controller", "kustomize-controller", "notification-controller")
PROCESSES = ("cluster", "nats", *CONTROLLERS)
TEAM = "team-b"
KEPT = [("team-a", "web"), ("team-b", "web")]
"""Deployments that must never go."""
LATE = 15.0
"""Seconds after which an object counts as stuck: the pauses after failures are shorter."""


@dataclass
class Story:
    """The running fleet and what was seen of it."""

    world: World
    real: Existing
    """The cluster, when it is a real one: no keeper starts it again."""
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
            await patiently(partial(ready, self.world, KUSTOMIZATION, name, "flux-system"))
        text = "\n".join(self.world.chat.texts())
        for namespace, name in self.uids:
            assert f"Deployment/{namespace}/{name} deleted" not in text
        for name in CONTROLLERS:
            await self.world.until(f"the {name} is on time", partial(self.on_time, name))

    async def on_time(self, name: str) -> bool:
        """Whether no object of a controller is late."""
        address = f"http://127.0.0.1:{self.world.running.ports.metrics[name]}/metrics"
        try:
            async with aiohttp.ClientSession() as session, session.get(address) as answer:
                families = text_string_to_metric_families(await answer.text())
        except aiohttp.ClientError as error:
            raise NotHeld(f"no metrics: {error}") from None
        late = [it.value for family in families if family.name == "weir_overdue_seconds" for it in family.samples]
        return bool(late) and max(late) < LATE

    def kill(self, name: str) -> int:
        """Kill -9; the process id that was."""
        if name == "cluster" and self.real:
            self.real.kill()
            return 0
        process = self.world.running.processes[name]
        pid = process.pid
        if pid:
            os.kill(pid, signal.SIGKILL)
        return pid

    async def back(self, name: str, pid: int) -> None:
        """Wait for the keeper to have started it again."""
        if name == "cluster" and self.real:
            await asyncio.to_thread(self.real.start)
            return
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


async def source_fails(story: Story) -> str:
    """The message of the tenant's source once it is not Ready."""

    async def failing() -> str:
        try:
            status = (await read(story.world, GIT_REPOSITORY, "app", TEAM))["status"]
        except KubeError as error:
            raise NotHeld(str(error)) from None
        found = {it["type"]: it for it in status["conditions"]}
        if found["Ready"]["status"] != "False":
            raise NotHeld(str(found["Ready"]))
        return str(found["Ready"]["message"])

    return str(await story.world.until("the source fails", failing, limit=60))


def tenants(kind: Kind, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """An object of the tenant."""
    metadata = {"name": name, "namespace": TEAM}
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, "spec": spec}


async def apply(story: Story, *bodies: Mapping[str, Any]) -> None:
    """As a person would."""
    await story.world.run("kubectl", "apply", "-f", "-", stdin=yaml.dump_all(bodies))
