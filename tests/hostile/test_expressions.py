# ruff: noqa: E501  a table of hostile input reads best with one case a line
"""Expressions of tenants: CEL and regular expressions that would run for ever (CVE-2024-32476) hold up nobody."""

import asyncio
import time
from io import BytesIO
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.hostile.city import GOOD, City, ready
from tests.servers.sink import Sink
from weir import archive

RANGE = "[" + ", ".join(["1"] * 200) + "]"
RUNAWAY = {
    "loops in loops": f"{RANGE}.all(a, {RANGE}.all(b, {RANGE}.all(c, {RANGE}.all(d, {RANGE}.all(e, a + b + c + d + e > 0)))))",
    "a list that doubles": "".join(["[1]", *[".map(x, [x, x]).map(x, x)"] * 200]) + ".size() > 0",
    "a text that doubles": f"{RANGE}.map(x, 'aaaaaaaaaa').join('').replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').size() > 0",
    "ReDoS": "'" + "a" * 5000 + "'.matches('(a+)+(a+)+(a|aa)+$b')",
    "parentheses": "(" * 3000 + "true" + ")" * 3000,
    "a chain of conditions": " || ".join(["1 == 2"] * 3000),
    "a format": "'%500000000d'.format([1]) == ''",
}


@pytest.mark.timeout(100)
async def test_argo_cve_2024_32476_runaway_cel_of_a_webhook_is_cut_off_and_the_others_are_served(city: City) -> None:
    await city.secret("token", {"token": "t0psecret"})
    await city.repository("app", "https://example.org/never", suspend=True)
    for number, expression in enumerate(RUNAWAY.values()):
        entry = {"kind": "GitRepository", "name": "app"}
        spec = {"type": "generic", "resources": [entry], "secretRef": {"name": "token"}, "resourceFilter": expression}
        await city.make("Receiver", f"r{number}", spec)
    spec = {"type": "generic", "resources": [{"kind": "GitRepository", "name": "app"}], "secretRef": {"name": "token"}}
    await city.make("Receiver", "good", spec)
    target = (await city.ready("Receiver", "good"))["status"]["webhookPath"]

    async def call(path: str) -> tuple[int, float]:
        started = time.monotonic()
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                city.suite.webhooks + path, data=BytesIO(b"{}"), headers={"Content-Type": "application/json"}
            ) as answer,
        ):
            return answer.status, time.monotonic() - started

    ends = [
        await city.until("Receiver", f"r{n}", lambda it: ready(it)["status"] in {"True", "False"}, 40)
        for n in range(len(RUNAWAY))
    ]
    paths = [it["status"]["webhookPath"] for it in ends if ready(it)["status"] == "True"]
    slow = [asyncio.create_task(call(path)) for path in paths]
    await asyncio.sleep(0.1)
    for _ in range(10):
        status, took = await call(target)
        assert (status, took < 1) == (200, True)
    for status, took in await asyncio.gather(*slow):
        assert status in {200, 500}
        assert took < 3 * len(paths)
    assert city.suite.memory("notification-controller") < 1500 << 20


@pytest.mark.timeout(100)
async def test_argo_cve_2024_32476_runaway_cel_of_a_tenant_delays_no_neighbour(city: City) -> None:
    custom = {
        "kustomization.yaml": "resources: [a.yaml]\n",
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }
    worst = ("loops in loops", "a text that doubles", "ReDoS", "parentheses")
    names = [f"k{number}" for number in range(len(worst))]
    for name, case in zip(names, worst, strict=True):
        expression = RUNAWAY[case]
        check = {"apiVersion": "v1", "kind": "ConfigMap", "current": expression}
        await city.tree(name, custom, wait=True, healthCheckExprs=[check], timeout="5s", prune=False)
    took = await city.goes_on(within=60)
    assert "Failed" in await city.failed("Kustomization", names[0], within=20)
    assert took < 15


EXPRESSIONS = (
    "(a+)+$",
    "(a|aa)+$",
    "(.*a){25}",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?=a)",
    "(a{1000}){1000}",
    "(",
    "\\",
    "[" * 5000,
    "a{100000}",
)


async def test_alert_redos_a_filter_that_explodes_elsewhere_costs_nothing_here(city: City, sink: Sink) -> None:
    await city.make("Provider", "chat", {"type": "slack", "address": sink.url})
    sources = [{"kind": "GitRepository", "name": "*"}]
    spec: dict[str, Any] = {"providerRef": {"name": "chat"}, "eventSources": sources}
    for number, expression in enumerate(EXPRESSIONS):
        await city.make(
            "Alert", f"a{number}", {**spec, "exclusionList": [expression], "inclusionList": [expression, ".*"]}
        )
    await city.make("Alert", "good", spec)
    await asyncio.sleep(0.5)
    message = "a" * 100_000 + "!"
    body = {
        "involvedObject": {"kind": "GitRepository", "namespace": city.namespace, "name": "x", "apiVersion": "source.toolkit.fluxcd.io/v1"},
        "severity": "info",
        "message": message,
        "timestamp": "2026-01-01T00:00:00Z",
        "reason": "x",
        "reportingController": "x",
    }  # fmt: skip
    started = time.monotonic()
    async with (
        aiohttp.ClientSession() as session,
        session.post(city.suite.events, data=BytesIO(msgspec.json.encode(body))) as answer,
    ):
        assert answer.status == 202
    await sink.wait()
    assert time.monotonic() - started < 3


async def test_cve_2024_32476_an_expression_that_is_none_is_named(city: City) -> None:
    await city.artifact("a", archive.pack(GOOD))
    await city.kustomization("a", dependsOn=[{"name": "b", "readyExpr": "self.metadata.name + "}])
    assert "readyExpr" in await city.failed("Kustomization", "a")
