"""The installation's workloads: what they run, how they are, and why they are not as they should be."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from weir.api.base import Kind
from weir.health.rules import Health, Status, assess
from weir.kube import kinds
from weir.kube.client import Client
from weir.kube.object import Object
from weir_cli.installation.labels import OURS

KINDS = (kinds.DEPLOYMENT, kinds.STATEFUL_SET)
_USUAL = {"", "ContainerCreating", "PodInitializing"}


class Workload(NamedTuple):
    """A Deployment or StatefulSet of the installation."""

    kind: Kind
    name: str
    images: tuple[str, ...]
    health: Health
    selector: str
    """Labels of its pods."""

    @property
    def ready(self) -> bool:
        """Whether what is wanted runs."""
        return self.health.status is Status.CURRENT

    @property
    def failed(self) -> bool:
        """Whether its rollout has been given up."""
        return self.health.status is Status.FAILED

    @property
    def subject(self) -> str:
        """`<name>: <kind>`."""
        return f"{self.name}: {self.kind.kind.lower()}"


async def workloads(client: Client, namespace: str) -> list[Workload]:
    """Those of a namespace: Deployments by name, then StatefulSets."""
    found = [
        _workload(kind, each) for kind in KINDS for each in (await client.list(kind, namespace, labels=OURS)).objects
    ]
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.name))


def _workload(kind: Kind, found: Object) -> Workload:
    body = found.body()
    labels = body["spec"]["selector"].get("matchLabels", {})
    return Workload(
        kind,
        found.metadata.name,
        tuple(str(container["image"]) for container in body["spec"]["template"]["spec"]["containers"]),
        assess(body, now=datetime.now(UTC)),
        ",".join(f"{key}={value}" for key, value in labels.items()),
    )


class Patience(NamedTuple):
    """How long to wait for workloads."""

    limit: float
    """Seconds in all."""
    pause: float = 1.0
    """Seconds between two looks."""


async def settled(client: Client, namespace: str, patience: Patience, say: Callable[[str], None]) -> list[Workload]:
    """The workloads once each is ready or has failed, or as they are when time is up; `say` is told of the others."""
    deadline = asyncio.get_running_loop().time() + patience.limit
    while True:
        found = await workloads(client, namespace)
        pending = [each for each in found if not (each.ready or each.failed)]
        if not pending or asyncio.get_running_loop().time() > deadline:
            return found
        say("; ".join([f"{each.name}: {await why(client, namespace, each)}" for each in pending]))
        await asyncio.sleep(patience.pause)


async def why(client: Client, namespace: str, workload: Workload) -> str:
    """Why a workload is not ready: what holds up one of its pods, or else how far it is."""
    pods = (await client.list(kinds.POD, namespace, labels=workload.selector)).objects
    return next(filter(None, (held_up(pod.body()) for pod in pods)), workload.health.message)


def held_up(pod: dict[str, Any]) -> str:
    """What keeps a pod from starting; empty when nothing does."""
    status, name = pod.get("status") or {}, pod["metadata"]["name"]
    for condition in status.get("conditions") or ():
        if (condition.get("type"), condition.get("status")) == ("PodScheduled", "False"):
            return f"pod {name} finds no node: {condition.get('message') or condition.get('reason')}"
    for container in _waiting(status):
        state = container["state"]["waiting"]
        if state.get("reason", "") not in _USUAL:
            return f"pod {name} does not start: {state['reason']}: {state.get('message', '')}".rstrip(": ")
    return ""


def _waiting(status: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for field in ("initContainerStatuses", "containerStatuses"):
        yield from (each for each in status.get(field) or () if (each.get("state") or {}).get("waiting"))
