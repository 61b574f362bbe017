# ruff: noqa: E501  a table of hostile input reads best with one case a line
"""One object that makes no sense among a thousand good ones (CVE-2022-39272): the good ones go on."""

import asyncio
import time
from contextlib import suppress
from typing import Any

from tests.hostile.city import GOOD, KINDS, City, crd, ready
from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from weir import archive
from weir.kube.errors import ApiError, Invalid
from weir.kube.kinds import CUSTOM_RESOURCE_DEFINITION

DURATIONS = (
    "",
    "5",
    "-1m",
    "1d",
    "1h1",
    "\u0661m",
    "1m\n",
    "inf",
    "1e9s",
    " 1m",
    "1m1m1m" * 20_000,
    "9" * 400 + "h",
    "0.0000000001s",
    "NaN",
    "0x1m",
)
NONSENSE: dict[str, dict[str, Any]] = {
    "duration": {"interval": "banana"},
    "number": {"interval": 7},
    "list": {"interval": ["1m"]},
    "nothing": {"interval": None},
    "url": {"url": {"a": "b"}},
    "reference": {"ref": "main"},
    "text": {"sparseCheckout": "a"},
    "map": {"secretRef": ["x"]},
    "overflow": {"interval": "9" * 400 + "h"},
    "digits": {"interval": "\u0661m"},
}
HARMLESS = {"overflow"}
"""A time longer than Go can hold is the longest that it can hold."""


async def loosen(city: City, kind: str) -> None:
    """As in a cluster whose definition is older or was edited: anything is stored."""
    where = KINDS[kind]
    definition = await crd(city.client, where)
    for version in definition["spec"]["versions"]:
        version["schema"]["openAPIV3Schema"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    name = definition["metadata"]["name"]
    await city.client.apply(CUSTOM_RESOURCE_DEFINITION, definition, name=name, manager="weir-local")


async def tighten(city: City, kind: str) -> None:
    definition = await crd(city.client, KINDS[kind])
    name = definition["metadata"]["name"]
    await city.client.apply(CUSTOM_RESOURCE_DEFINITION, definition, name=name, manager="weir-local")


async def make_any(city: City, kind: str, name: str, spec: Any, **more: Any) -> None:
    """Create an object that the loosened definition takes, as soon as it takes it."""
    where = KINDS[kind]
    body = {"apiVersion": where.api_version, "kind": kind, "metadata": {"name": name}, "spec": spec, **more}
    async with asyncio.timeout(10):
        while True:
            try:
                await city.client.create(where, body, city.namespace)
            except Invalid:
                await asyncio.sleep(0.1)
                continue
            return


async def test_cve_2022_39272_one_bad_object_among_a_thousand_stops_nobody(
    city: City, repository: Repository, server: GitHttpServer
) -> None:
    good = {"interval": "1h", "url": f"{server.url}/app.git", "ref": {"branch": "main"}, "timeout": "10s"}
    slots = asyncio.Semaphore(16)

    async def quiet(number: int) -> None:
        async with slots:
            body = {
                "apiVersion": KINDS["GitRepository"].api_version,
                "kind": "GitRepository",
                "metadata": {"name": f"quiet-{number}"},
                "spec": {**good, "suspend": True},
            }
            await city.client.create(KINDS["GitRepository"], body, city.namespace)

    await asyncio.gather(*(quiet(number) for number in range(970)))
    await loosen(city, "GitRepository")
    try:
        for name, spec in NONSENSE.items():
            await make_any(city, "GitRepository", f"bad-{name}", {**good, **spec})
        await make_any(city, "GitRepository", "bad-status", good, status={"artifact": 7, "conditions": {"a": "b"}})
        started = time.monotonic()
        for number in range(20):
            await city.repository(f"good-{number}", good["url"])
        for number in range(20):
            await city.ready("GitRepository", f"good-{number}")
        assert time.monotonic() - started < 15
        for name in NONSENSE:
            body = await city.until("GitRepository", f"bad-{name}", lambda it: ready(it)["status"] in {"True", "False"})
            said = ready(body)["reason"], name in HARMLESS
            assert said in {("InvalidObject", False), ("Succeeded", True)}, (name, ready(body))
        revision = repository.commit({"app/a.yaml": "a: 2\n"})
        await city.client.patch(
            KINDS["GitRepository"], "good-7", city.namespace,
            {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}},
        )  # fmt: skip
        await city.until("GitRepository", "good-7", lambda it: it["status"]["artifact"]["revision"].endswith(revision))
    finally:
        await tighten(city, "GitRepository")
        where = KINDS["GitRepository"]
        for it in (await city.client.list(where, city.namespace, metadata_only=True)).objects:
            if it.metadata.name.startswith("bad-"):
                with suppress(ApiError):
                    await city.client.patch(where, it.metadata.name, city.namespace, {"metadata": {"finalizers": None}})
                    await city.client.delete(where, it.metadata.name, city.namespace)


async def test_cve_2022_39272_the_api_takes_no_duration_that_we_cannot_read(city: City) -> None:
    taken = []
    for number, duration in enumerate(DURATIONS):
        with suppress(Invalid):
            await city.artifact(f"d{number}", archive.pack(GOOD))
            await city.kustomization(f"d{number}", interval=duration, timeout=duration, retryInterval=duration)
            taken.append(number)
    for number in taken:
        body = await city.until("Kustomization", f"d{number}", lambda it: ready(it)["status"] in {"True", "False"})
        assert "unexpected" not in ready(body)["message"].lower(), DURATIONS[number][:50]
    await city.goes_on()


async def test_kc_1694_status_that_is_nonsense_is_put_right(city: City) -> None:
    await city.tree("app", GOOD)
    await city.ready("Kustomization", "app")
    status = {
        "conditions": [{"type": "Ready", "status": "Maybe", "reason": "", "message": "x" * 40_000, "lastTransitionTime": "2026-01-01T00:00:00Z"}],
        "observedGeneration": 1 << 62,
        "lastAppliedRevision": "\u0000../../x",
        "inventory": {"entries": [{"id": "", "v": ""}, {"id": "_" * 5000, "v": "v1"}]},
        "history": [],
    }  # fmt: skip
    with suppress(ApiError):
        await city.client.patch(KINDS["Kustomization"], "app", city.namespace, {"status": status}, subresource="status")
    patch = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}}
    await city.client.patch(KINDS["Kustomization"], "app", city.namespace, patch)
    body = await city.until("Kustomization", "app", lambda it: it["status"].get("lastHandledReconcileAt") == "now")
    assert "unexpected" not in ready(body)["message"].lower()
    assert await city.has_config("a")
    await city.goes_on()
