"""One namespace with a controller at work in it, and what tests ask about it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.weir.runtime.errand import Errand, Errands
from weir import manifests
from weir.api.conditions import find
from weir.kube.client import Client, PatchType
from weir.kube.errors import NotFound
from weir.kube.kinds import EVENT
from weir.runtime.attempt import Host
from weir.runtime.controller import Controller, Loop
from weir.runtime.events import Recorder
from weir.runtime.schedule import Delays

KIND = Errand.DEFINITION.kind


class World:
    """One namespace and a controller that is at work in it."""

    def __init__(self, client: Client, namespace: str) -> None:
        self.client = client
        self.namespace = namespace
        self.errands = Errands()
        self._task: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None

    async def served(self) -> None:
        """Return when the cluster serves the kind: it does a moment after it took the definition."""
        async with asyncio.timeout(10):
            while True:
                with suppress(NotFound):
                    await self.client.list(KIND, self.namespace)
                    return
                await asyncio.sleep(0.05)

    async def start(self, **more: Any) -> Loop[Errand]:
        recorder = Recorder(self.client, "errand-controller", "pod-1", None)
        host = Host("errand-controller", recorder, Delays(least=0.1, most=1.0), self.namespace)
        self.controller: Controller[Errand] = self.errands.controller(**more)
        self.loop = Loop(self.controller, self.client, host)
        self._telling = asyncio.create_task(recorder.run())
        self._task = asyncio.create_task(self.loop.run())
        return self.loop

    async def stop(self) -> None:
        for task in (self._task, self._telling):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def make(self, name: str, act: str = "ready", **spec: Any) -> None:
        await self.client.create(KIND, self.body(name, act=act, **spec), self.namespace)

    def body(self, name: str, **spec: Any) -> dict[str, Any]:
        return {
            "apiVersion": KIND.api_version,
            "kind": KIND.kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": spec,
        }

    async def get(self, name: str) -> Errand:
        return (await self.client.get(KIND, name, self.namespace)).decode(Errand)

    async def patch(self, name: str, body: dict[str, Any]) -> None:
        await self.client.patch(KIND, name, self.namespace, body, type=PatchType.MERGE)

    async def annotate(self, name: str, **annotations: str) -> None:
        await self.patch(name, {"metadata": {"annotations": annotations}})

    async def until(self, name: str, right: Callable[[Errand], bool], within: float = 10) -> Errand:
        """The object as soon as it is right."""
        try:
            async with asyncio.timeout(within):
                while not right(errand := await self.get(name)):
                    await asyncio.sleep(0.02)
                return errand
        except TimeoutError:
            pytest.fail(f"{name} stays {await self.get(name)}")

    async def until_raw(self, name: str) -> dict[str, Any]:
        """The body of an object as soon as it has conditions."""
        async with asyncio.timeout(10):
            while True:
                body = (await self.client.get(KIND, name, self.namespace)).body()
                if body.get("status", {}).get("conditions"):
                    return body
                await asyncio.sleep(0.02)

    async def until_gone(self, name: str, within: float = 10) -> None:
        with suppress(NotFound):
            async with asyncio.timeout(within):
                while True:
                    await self.get(name)
                    await asyncio.sleep(0.02)

    async def events(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            while True:
                listing = await self.client.list(EVENT, self.namespace, fields=f"involvedObject.name={name}")
                if len(listing.objects) >= count:
                    return [it.body() for it in listing.objects]
                await asyncio.sleep(0.02)


def loose_crd() -> dict[str, Any]:
    """The kind's CRD, but one that takes a spec of any shape: older or foreign objects do not fit ours either."""
    crd = manifests.crd(Errand)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return crd


def ready(status: str) -> Callable[[Errand], bool]:
    """Ready has that status and the attempt is over."""

    def right(errand: Errand) -> bool:
        condition = find(errand.status.conditions, "Ready")
        going = find(errand.status.conditions, "Reconciling")
        over = going is None or going.reason == "ProgressingWithRetry"
        return condition is not None and condition.status == status and over

    return right


def told(errand: Errand) -> list[tuple[str, str, str, str, int]]:
    """The conditions, less their times."""
    return [(it.type, it.status, it.reason, it.message, it.observed_generation) for it in errand.status.conditions]
