"""Looks at the cluster: each waits until something is so, or says what is so instead."""

from typing import Any

from local_cluster.demo.world import NotHeld, World
from weir.api.base import Kind
from weir.api.kustomization import Kustomization
from weir.api.notification import Receiver
from weir.api.source import GitRepository
from weir.kube.errors import NotFound

Body = dict[str, Any]

KUSTOMIZATION = Kustomization.DEFINITION.kind
GIT_REPOSITORY = GitRepository.DEFINITION.kind
RECEIVER = Receiver.DEFINITION.kind


async def read(world: World, kind: Kind, name: str, namespace: str) -> Body:
    """An object; `NotHeld` when there is none."""
    try:
        return (await world.kube.get(kind, name, namespace)).body()
    except NotFound:
        raise NotHeld(f"{kind.kind}/{namespace}/{name} does not exist") from None


async def gone(world: World, kind: Kind, name: str, namespace: str = "", *, limit: float = 30.0) -> None:
    """Wait until there is no such object."""

    async def look() -> bool:
        try:
            await world.kube.get(kind, name, namespace)
        except NotFound:
            return True
        return False

    await world.until(f"{kind.kind}/{name} is gone", look, limit=limit)


async def ready(world: World, kind: Kind, name: str, namespace: str) -> None:
    """Wait until the object is ready for its source's present revision."""

    async def look() -> bool:
        body = await read(world, kind, name, namespace)
        condition = _condition(body, "Ready")
        if condition.get("status") != "True" or condition.get("observedGeneration") != body["metadata"]["generation"]:
            raise NotHeld(f"{kind.kind}/{namespace}/{name}: {condition.get('message', 'no condition yet')}")
        source = body["spec"].get("sourceRef")
        if kind == KUSTOMIZATION and source:
            artifact = (await read(world, GIT_REPOSITORY, source["name"], source.get("namespace", namespace)))[
                "status"
            ].get("artifact", {})
            return bool(body["status"].get("lastAppliedRevision") == artifact.get("revision"))
        return True

    await world.until(f"{kind.kind}/{namespace}/{name} is ready", look)


async def failed(world: World, name: str, namespace: str, text: str) -> str:
    """Wait until the Kustomization has failed with that text; returns its message."""

    async def look() -> str:
        condition = _condition(await read(world, KUSTOMIZATION, name, namespace), "Ready")
        message = str(condition.get("message", ""))
        if condition.get("status") != "False" or text not in message:
            raise NotHeld(f"{condition.get('status')}: {message}")
        return message

    return str(await world.until(f"Kustomization/{namespace}/{name} fails with {text!r}", look))


async def attempted(world: World, name: str, namespace: str, prefix: str) -> None:
    """Wait until a revision was attempted."""

    async def look() -> bool:
        status = (await read(world, KUSTOMIZATION, name, namespace)).get("status", {})
        return str(status.get("lastAttemptedRevision", "")).startswith(prefix)

    await world.until(f"{namespace}/{name} attempts {prefix}", look)


async def revision(world: World, name: str, namespace: str, prefix: str) -> None:
    """Wait until a revision was applied."""

    async def look() -> bool:
        status = (await read(world, KUSTOMIZATION, name, namespace)).get("status", {})
        return str(status.get("lastAppliedRevision", "")).startswith(prefix)

    await world.until(f"{namespace}/{name} applies {prefix}", look)


def _condition(body: Body, type_: str) -> Body:
    return next((item for item in body.get("status", {}).get("conditions", []) if item["type"] == type_), {})
