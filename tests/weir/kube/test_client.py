"""Every verb, against the local cluster."""

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from weir.kube import errors, kinds
from weir.kube.client import Client, PatchType


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


async def test_create_get_patch_delete(kube: Client, namespace: str) -> None:
    created = await kube.create(kinds.CONFIG_MAP, config_map("a", x="1"), namespace, manager="test")
    merged = await kube.patch(kinds.CONFIG_MAP, "a", namespace, {"data": {"y": "2", "x": None}})
    assert merged.body()["data"] == {"y": "2"}
    patched = await kube.patch(
        kinds.CONFIG_MAP, "a", namespace, [{"op": "add", "path": "/data/z", "value": "3"}], type=PatchType.JSON
    )
    assert patched.body()["data"] == {"y": "2", "z": "3"}
    with pytest.raises(errors.Conflict):
        await kube.delete(kinds.CONFIG_MAP, "a", namespace, resource_version=created.metadata.resource_version)
    await kube.delete(kinds.CONFIG_MAP, "a", namespace, uid=created.metadata.uid)
    with pytest.raises(errors.NotFound, match='configmaps "a" not found'):
        await kube.get(kinds.CONFIG_MAP, "a", namespace)


async def test_apply_takes_dicts_and_bytes_and_reports_conflicts(kube: Client, namespace: str) -> None:
    await kube.apply(kinds.CONFIG_MAP, config_map("a", x="1"), name="a", namespace=namespace, manager="one")
    with pytest.raises(errors.Conflict) as caught:
        await kube.apply(
            kinds.CONFIG_MAP,
            b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"2"}}',
            name="a",
            namespace=namespace,
            manager="two",
            force=False,
        )
    assert "one" in str(caught.value)
    dry = await kube.apply(
        kinds.CONFIG_MAP, config_map("a", x="3"), name="a", namespace=namespace, manager="one", dry_run=True
    )
    assert dry.body()["data"] == {"x": "3"}
    assert (await kube.get(kinds.CONFIG_MAP, "a", namespace)).body()["data"] == {"x": "1"}


async def test_exists_already(kube: Client, namespace: str) -> None:
    await kube.create(kinds.CONFIG_MAP, config_map("a"), namespace)
    with pytest.raises(errors.AlreadyExists):
        await kube.create(kinds.CONFIG_MAP, config_map("a"), namespace)


async def test_lists_come_page_by_page(kube: Client, namespace: str) -> None:
    for number in range(7):
        await kube.create(kinds.CONFIG_MAP, config_map(f"n{number}"), namespace)
    listing = await kube.list(kinds.CONFIG_MAP, namespace, limit=2)
    names = {found.metadata.name for found in listing.objects}
    assert {f"n{number}" for number in range(7)} <= names
    assert listing.resource_version
    light = await kube.list(kinds.CONFIG_MAP, namespace, metadata_only=True, fields="metadata.name=n3")
    assert [(found.metadata.name, "data" in found.body()) for found in light.objects] == [("n3", False)]


async def test_a_watch_tells_what_came_after(kube: Client, namespace: str) -> None:
    version = (await kube.list(kinds.CONFIG_MAP, namespace, fields="metadata.name=a")).resource_version

    async def three() -> list[tuple[str, str]]:
        seen = []
        fields = "metadata.name=a"
        async with kube.watching(kinds.CONFIG_MAP, namespace, resource_version=version, fields=fields) as events:
            async for event in events:
                if event.type != "BOOKMARK":
                    seen.append((event.type, event.object.metadata.name))
                if len(seen) == 3:
                    break
        return seen

    watching = asyncio.create_task(three())
    await kube.create(kinds.CONFIG_MAP, config_map("a", big="x" * 900_000), namespace)
    await kube.patch(kinds.CONFIG_MAP, "a", namespace, {"data": {"big": None}})
    await kube.delete(kinds.CONFIG_MAP, "a", namespace)
    assert await asyncio.wait_for(watching, 10) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


async def test_impersonation_has_the_other_ones_rights(kube: Client, namespace: str) -> None:
    tenant = kube.impersonate(f"system:serviceaccount:{namespace}:nobody")
    with pytest.raises(errors.Forbidden, match=r"cannot list resource \"secrets\""):
        await tenant.list(kinds.SECRET, namespace)


def test_impersonating_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a user"):
        Client(None).impersonate("")  # type: ignore[arg-type]  # nothing is sent


async def test_discovery_finds_kinds_and_says_when_there_is_none(kube: Client) -> None:
    assert (await kube.discovery.kind("v1", "ConfigMap")) == kinds.CONFIG_MAP
    assert (await kube.discovery.preferred("apps", "Deployment")) == kinds.DEPLOYMENT
    with pytest.raises(errors.NoSuchKind, match='no matches for kind "Unicorn" in version "apps/v1"'):
        await kube.discovery.kind("apps/v1", "Unicorn")
    with pytest.raises(errors.NoSuchKind):
        await kube.discovery.preferred("no.such.group", "Unicorn")


async def test_requests_are_counted(kube: Client, namespace: str) -> None:
    labels = {"code": "200", "method": "GET"}

    def counted() -> float:
        return sum(
            sample.value
            for metric in REGISTRY.collect()
            if metric.name == "rest_client_requests"
            for sample in metric.samples
            if sample.name.endswith("_total") and labels.items() <= sample.labels.items()
        )

    before = counted()
    await kube.get(kinds.NAMESPACE, namespace)
    assert counted() == before + 1
