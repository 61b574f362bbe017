"""A namespace of the running suite, and short ways to live and to misbehave there."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from tests.hostile.suite import Suite
from tests.servers.artifacts import ArtifactServer
from weir import archive, manifests
from weir.api.base import Kind
from weir.api.kustomization import Kustomization
from weir.api.notification import Alert, Provider, Receiver
from weir.api.source import GitRepository
from weir.kube.client import Client
from weir.kube.errors import NotFound
from weir.kube.kinds import CONFIG_MAP, NAMESPACE, SECRET

KINDS = {
    each.DEFINITION.kind.kind: each.DEFINITION.kind
    for each in (Alert, GitRepository, Kustomization, Provider, Receiver)
}
GOOD = {
    "kustomization.yaml": b"resources: [a.yaml]\n",
    "a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
}
Body = dict[str, Any]


class City:
    """One namespace."""

    def __init__(self, suite: Suite, client: Client, namespace: str, artifacts: ArtifactServer) -> None:
        self.suite, self.client, self.namespace, self.artifacts = suite, client, namespace, artifacts

    async def found(self) -> None:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}
        await self.client.create(NAMESPACE, body)

    async def leave(self) -> None:
        """Take everything away that might go on working."""
        for kind in ("Kustomization", "Alert", "Provider", "Receiver", "GitRepository"):
            for it in (await self.client.list(KINDS[kind], self.namespace, metadata_only=True)).objects:
                patch = {"spec": {"suspend": True}}
                with suppress(NotFound):
                    await self.client.patch(KINDS[kind], it.metadata.name, self.namespace, patch)
        await self.client.delete(NAMESPACE, self.namespace)

    async def make(self, kind: str, name: str, spec: Mapping[str, Any], **metadata: Any) -> None:
        where = KINDS[kind]
        body = {"apiVersion": where.api_version, "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}
        await self.client.apply(where, body, name=name, namespace=self.namespace, manager="tests")

    async def secret(self, name: str, data: Mapping[str, str]) -> None:
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        await self.client.apply(SECRET, body, name=name, namespace=self.namespace, manager="tests")

    async def config(self, name: str, data: Mapping[str, str]) -> None:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
        await self.client.apply(CONFIG_MAP, body, name=name, namespace=self.namespace, manager="tests")

    async def repository(self, name: str, url: str, **spec: Any) -> None:
        """A GitRepository that is fetched at once and not again."""
        await self.make(
            "GitRepository", name, {"interval": "1h", "timeout": "10s", "ref": {"branch": "main"}, "url": url, **spec}
        )

    async def artifact(self, name: str, packed: bytes, **told: Any) -> None:
        """A source whose artifact is whatever we say: nobody else is at work at it."""
        path = f"{self.namespace}/{name}.tar.gz"
        self.artifacts.files[path] = packed
        await self.repository(name, "https://example.org/never", suspend=True)
        artifact = {
            "path": path,
            "url": f"{self.artifacts.url}/{path}",
            "revision": f"main@sha1:{name}",
            "digest": archive.digest(packed),
            "lastUpdateTime": "2026-01-01T00:00:00Z",
            "size": len(packed),
            **told,
        }
        patch = {"status": {"artifact": artifact}}
        await self.client.patch(KINDS["GitRepository"], name, self.namespace, patch, subresource="status")

    async def kustomization(self, name: str, **spec: Any) -> None:
        """A Kustomization of the source of the same name, tried once."""
        given = {
            "interval": "1h",
            "prune": True,
            "targetNamespace": self.namespace,
            "sourceRef": {"kind": "GitRepository", "name": name},
        }
        await self.make("Kustomization", name, {**given, **spec})

    async def tree(self, name: str, files: Mapping[str, bytes | str], **spec: Any) -> None:
        """A Kustomization of these files."""
        tree = {path: it.encode() if isinstance(it, str) else it for path, it in files.items()}
        await self.artifact(name, archive.pack(tree))
        await self.kustomization(name, **spec)

    async def read(self, kind: str, name: str) -> Body:
        return (await self.client.get(KINDS[kind], name, self.namespace)).body()

    async def until(self, kind: str, name: str, right: Callable[[Body], Any], within: float = 20.0) -> Body:
        """The object as soon as it is right."""
        end = time.monotonic() + within
        while not right(body := await self.read(kind, name)):
            assert time.monotonic() < end, (name, body.get("status"))
            await asyncio.sleep(0.02)
        return body

    async def ready(self, kind: str, name: str, within: float = 20.0) -> Body:
        return await self.until(kind, name, lambda body: ready(body)["status"] == "True", within)

    async def failed(self, kind: str, name: str, within: float = 20.0) -> str:
        """What the object says once it has failed."""
        body = await self.until(kind, name, lambda body: ready(body)["status"] == "False" and _tried(body), within)
        return str(ready(body)["message"])

    async def goes_on(self, within: float = 20.0) -> float:
        """A neighbour's first pass, whole; the seconds that it took."""
        started = time.monotonic()
        name = f"neighbour-{time.monotonic_ns()}"
        await self.tree(name, GOOD)
        await self.ready("Kustomization", name, within)
        return time.monotonic() - started

    async def has_config(self, name: str, namespace: str = "") -> bool:
        try:
            await self.client.get(CONFIG_MAP, name, namespace or self.namespace)
        except NotFound:
            return False
        return True


def ready(body: Body) -> Body:
    """The Ready condition."""
    conditions = body.get("status", {}).get("conditions", [])
    return next((it for it in conditions if it["type"] == "Ready"), {"status": "", "reason": "", "message": ""})


def _tried(body: Body) -> bool:
    return (
        ready(body)["reason"] not in {"ArtifactFailed", "DependencyNotReady"}
        or "no artifact yet" not in ready(body)["message"]
    )


async def together(waits: Mapping[str, Awaitable[str]]) -> dict[str, str]:
    """What each of them says."""
    said = await asyncio.gather(*waits.values())
    return dict(zip(waits, said, strict=True))


async def crd(client: Client, kind: Kind) -> Body:
    """Our definition of a kind, as it should be."""
    del client
    return next(it for it in manifests.crds() if it["spec"]["names"]["kind"] == kind.kind)
