"""The toolkit's kinds, and short ways to make objects there."""

from collections.abc import Mapping
from typing import Any

import pytest

from weir.api.notification import Alert, Provider, Receiver
from weir.api.source import GitRepository
from weir.kube.client import Client
from weir.kube.kinds import SECRET

KINDS = {each.DEFINITION.kind.kind: each.DEFINITION.kind for each in (Alert, Provider, Receiver, GitRepository)}


class Toolkit:
    """Makes objects in one namespace."""

    def __init__(self, client: Client, namespace: str) -> None:
        self.client = client
        self.namespace = namespace

    async def secret(self, name: str, **data: str) -> None:
        body = {"metadata": {"name": name}, "stringData": data}
        await self.client.apply(SECRET, {"apiVersion": "v1", "kind": "Secret"} | body, name=name,
                                namespace=self.namespace, manager="tests")  # fmt: skip

    async def make(self, kind: str, name: str, spec: Mapping[str, Any], **metadata: Any) -> dict[str, Any]:
        where = KINDS[kind]
        body = {"apiVersion": where.api_version, "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}
        made = await self.client.apply(where, body, name=name, namespace=self.namespace, manager="tests")
        return made.body()

    async def read(self, kind: str, name: str) -> dict[str, Any]:
        return (await self.client.get(KINDS[kind], name, self.namespace)).body()

    async def events(self, kind: str, name: str) -> list[tuple[str, str, str]]:
        """Type, reason and message of the Kubernetes events about an object."""
        where = self.client.discovery
        listing = await self.client.list(await where.kind("v1", "Event"), self.namespace)
        found = [each.body() for each in listing.objects]
        return [
            (each["type"], each["reason"], each["message"])
            for each in found
            if (each["involvedObject"]["kind"], each["involvedObject"]["name"]) == (kind, name)
        ]


@pytest.fixture
def toolkit(definitions: None, kube: Client, namespace: str) -> Toolkit:
    """The kinds are there, and a namespace."""
    return Toolkit(kube, namespace)
