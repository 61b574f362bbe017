# ruff: noqa: E501  a table of hostile input reads best with one case a line
"""What strangers send to the two open ports: webhooks and events (Argo CD CVE-2025-59531, -59537, -59538; nc 1.9.3).

The servers may answer 2xx or 4xx, or hang up. Their process never ends, and the next good call is served.
"""

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from io import BytesIO

import aiohttp
import pytest

from tests.hostile.city import City
from tests.hostile.suite import speak
from weir.api.source import GitRepository

TOKEN = "topsecret"
GIT_REPOSITORY = GitRepository.DEFINITION.kind
KINDS = ("generic", "generic-hmac", "github", "gitlab")
LIMIT = 3 << 20
Headers = Mapping[str, str]


class Hooks:
    """A Receiver of every type; each asks for a reconcile of the same source."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.paths: dict[str, str] = {}

    async def open(self) -> None:
        await self.city.secret("token", {"token": TOKEN})
        await self.city.repository("app", "https://example.org/never", suspend=True)
        for kind in KINDS:
            entry = {"kind": "GitRepository", "name": "app"}
            await self.city.make("Receiver", kind, {"type": kind, "resources": [entry], "secretRef": {"name": "token"}})
        for kind in KINDS:
            self.paths[kind] = (await self.city.ready("Receiver", kind))["status"]["webhookPath"]
            async with asyncio.timeout(10):
                while await self.post(kind, b"{}", good(kind, b"{}")) != 200:
                    await asyncio.sleep(0.02)
        forget = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": None}}}
        await self.city.client.patch(GIT_REPOSITORY, "app", self.city.namespace, forget)

    async def post(self, kind: str, body: bytes, headers: Headers, method: str = "POST", more: str = "") -> int:
        """The status of a call; 0 when the server hung up."""
        url = self.city.suite.webhooks + self.paths[kind] + more
        sent = {"Content-Type": "application/json", **headers}
        with suppress(aiohttp.ClientError, ConnectionError):
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, url, data=BytesIO(body), headers=sent) as answer,
            ):
                assert await answer.read() == b"", "a stranger learns nothing"
                return answer.status
        return 0

    async def asked(self) -> bool:
        """Whether anybody was made to reconcile."""
        metadata = (await self.city.read("GitRepository", "app"))["metadata"]
        return "reconcile.fluxcd.io/requestedAt" in metadata.get("annotations", {})


def good(kind: str, body: bytes, token: str = TOKEN) -> Headers:
    """What an honest sender adds."""
    signature = f"sha256={hmac.new(token.encode(), body, hashlib.sha256).hexdigest()}"
    return {
        "generic": {},
        "generic-hmac": {"X-Signature": signature},
        "github": {"X-Hub-Signature-256": signature, "X-GitHub-Event": "push"},
        "gitlab": {"X-Gitlab-Token": token, "X-Gitlab-Event": "Push Hook"},
    }[kind]


@pytest.fixture
async def hooks(city: City) -> AsyncIterator[Hooks]:
    hooks = Hooks(city)
    await hooks.open()
    yield hooks
    for kind in KINDS:
        assert await hooks.post(kind, b"{}", good(kind, b"{}")) == 200, f"{kind} serves no more"


def forged() -> dict[str, Headers]:
    """Signatures that prove nothing."""
    body = b'{"ref":"x"}'
    right = hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode() + "." + base64.urlsafe_b64encode(body).decode() + "."
    values = {
        "none": "",
        "of another body": "sha256=" + hmac.new(TOKEN.encode(), b"{}", hashlib.sha256).hexdigest(),
        "of an empty key": "sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest(),
        "with another algorithm": "md5=" + hmac.new(TOKEN.encode(), body, hashlib.md5).hexdigest(),
        "with an algorithm that is none": f"none={right}",
        "without its algorithm": right,
        "cut": f"sha256={right[:32]}",
        "too long": f"sha256={right}00",
        "in base64": "sha256=" + base64.b64encode(bytes.fromhex(right)).decode(),
        "a token with alg none": f"Bearer {none}",
        "a plain hash": "sha256=" + hashlib.sha256(body).hexdigest(),
        "the empty hash": "sha256=",
        "letters": "sha256=" + "z" * 64,
        "no ASCII": "sha256=\u00e9",
        "very long": "sha256=" + "0" * 100_000,
    }
    return {
        case: {"X-Signature": it, "X-Hub-Signature-256": it, "X-Hub-Signature": it, "X-Gitlab-Token": it, "Authorization": it, "X-GitHub-Event": "push"}
        for case, it in values.items()
    }  # fmt: skip


async def test_cve_2026_40109_a_call_without_proof_is_400_and_asks_for_nothing(hooks: Hooks) -> None:
    body = b'{"ref":"x"}'
    answers = {
        (case, kind): await hooks.post(kind, body, headers)
        for case, headers in forged().items()
        for kind in KINDS
        if kind != "generic"
    }
    assert set(answers.values()) == {400}, {it: code for it, code in answers.items() if code != 400}
    assert await hooks.post("github", body, good("github", body) | {"Content-Type": "text/plain"}) == 400
    assert not await hooks.asked()


PAYLOADS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1e999",
    "nesting": b"[" * 1_000_000,
    "nesting in maps": b'{"a":' * 200_000,
    "a NUL": b'{"a":"\\u0000"}',
    "half a surrogate": b'{"a":"\\ud800"}',
    "no UTF-8": b"\xff\xfe\x00",
    "keys twice": b'{"ref":"a","ref":"b"}',
    "a huge number": b'{"n":' + b"9" * 100_000 + b"}",
    "null everywhere": json.dumps(dict.fromkeys(["ref", "repository", "commits", "pusher", "project"])).encode(),
    "wrong types": b'{"ref":[],"repository":"x","commits":{"a":1},"project":7,"object_kind":{}}',
    "a form": b"payload=%7B%7D",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a bomb in gzip": gzip.compress(bytes(64 << 20)),
}


async def test_argo_cve_2025_59531_malformed_payloads_of_every_receiver_end_in_2xx_or_4xx(hooks: Hooks) -> None:
    for case, body in PAYLOADS.items():
        for kind in KINDS:
            for extra in ({}, {"Content-Encoding": "gzip"}, {"Content-Type": "multipart/form-data; boundary="}):
                code = await hooks.post(kind, body, {**good(kind, body), **extra})
                assert 200 <= code < 500, (case, kind, code)
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        assert await hooks.post("github", b"{}", {}, method) == 400
    for more in ("/", "/..", "?x=1", "%00", "/../../metrics", "%2e%2e"):
        assert await hooks.post("github", b"{}", good("github", b"{}"), more=more) == 404, more
    assert hooks.city.suite.memory("notification-controller") < 600 << 20


async def test_argo_cve_2024_40634_a_body_above_three_mebibytes_is_413_or_the_end(hooks: Hooks, city: City) -> None:
    whole = b'{"message":"' + b"x" * (LIMIT - 14) + b'"}'
    assert await hooks.post("github", whole, good("github", whole)) == 200
    over = whole + b" "
    for kind in KINDS:
        assert await hooks.post(kind, over, good(kind, over)) in {0, 413}
    async with aiohttp.ClientSession() as session:
        async with session.post(city.suite.events, data=BytesIO(over)) as answer:
            assert answer.status == 413
        async with session.post(
            city.suite.events, data=BytesIO(b'{"message":"' + b"<" * (LIMIT - 14) + b'"}')
        ) as answer:
            assert answer.status in {202, 413}
    claims = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n"
    for url in (city.suite.events, city.suite.webhooks):
        answer = await speak(url, claims, bytes(1 << 16), within=5)
        assert answer == b"" or b" 413 " in answer.partition(b"\r\n")[0]


WIRES: dict[str, bytes] = {
    "CVE-2023-44487: another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(200),
    "rubbish": bytes(range(256)) * 100,
    "no end of the line": b"POST " + b"/" * 600_000,
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "CVE-2022-31016: smuggling": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a chunk of everything": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
    "a chunk that is none": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a header without a name": b"POST / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
    "a folded header": b"POST / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "a NUL in a header": b"POST / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n",
    "a body that stops": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    "an absolute address": b"POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "CONNECT": b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "nothing": b"",
}  # fmt: skip


async def test_nc_1_9_3_broken_requests_cost_one_connection(hooks: Hooks, city: City) -> None:
    for url in (city.suite.events, city.suite.webhooks):
        answers = await asyncio.gather(*(speak(url, wire, within=2) for wire in WIRES.values()))
        for case, answer in zip(WIRES, answers, strict=True):
            first = answer.partition(b"\r\n")[0]
            assert not answer or first.split()[1][:1] in {b"2", b"4"}, (case, first)


async def test_nc_1_9_3_ten_thousand_headers_are_cut_off(hooks: Hooks, city: City) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 100) for number in range(10_000))
    for url in (city.suite.events, city.suite.webhooks):
        answer = await speak(url, b"POST / HTTP/1.1\r\nHost: x\r\n", many, b"\r\n", within=5)
        assert answer == b"" or b" 4" in answer.partition(b"\r\n")[0]


async def test_nc_1_9_3_hundreds_of_slow_callers_hold_up_nobody(hooks: Hooks, city: City) -> None:
    slow = [
        asyncio.create_task(speak(url, b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ", *[b"y"] * 40, pause=0.3, within=13))
        for url in (city.suite.events, city.suite.webhooks)
        for _ in range(150)
    ]
    await asyncio.sleep(0.5)
    took = []
    for number in range(20):
        started = time.monotonic()
        assert await hooks.post("github", b"{}", good("github", b"{}")) == 200
        async with (
            aiohttp.ClientSession() as session,
            session.post(city.suite.events, data=b'{"message":"m%d %d"}' % (number, time.time_ns())) as answer,
        ):
            assert answer.status == 202
        took.append(time.monotonic() - started)
    assert sorted(took)[10] < 0.5
    started = time.monotonic()
    answers = await asyncio.gather(*slow)
    assert time.monotonic() - started < 13, "they were cut off"
    assert not any(b" 20" in answer for answer in answers)


EVENTS: dict[str, bytes] = {
    **PAYLOADS,
    "an object that is a text": b'{"involvedObject":"x"}',
    "names with everything in them": b'{"involvedObject":{"kind":"*","name":">","namespace":"a.b.c\\r\\n"},"message":"x"}',
    "metadata of numbers": b'{"metadata":{"a":1}}',
    "metadata of a hundred thousand": json.dumps({"metadata": {str(n): "x" for n in range(100_000)}}).encode(),
    "a time that is none": b'{"timestamp":"yesterday","message":"x"}',
    "a severity that is none": b'{"severity":"\\u0000","message":"x"}',
    "a kind that runs something": b'{"involvedObject":{"kind":"$(touch /tmp/x)","name":"`id`","namespace":"${HOME}"},"message":"%s%n"}',
}  # fmt: skip


async def test_argo_cve_2025_59537_malformed_events_end_in_2xx_or_4xx_and_alerts_go_on(city: City) -> None:
    async with aiohttp.ClientSession() as session:
        for case, body in EVENTS.items():
            for headers in ({}, {"Content-Encoding": "gzip"}, {"Content-Type": "text/xml"}):
                async with session.post(city.suite.events + "/../x", data=BytesIO(body), headers=headers) as answer:
                    assert 200 <= answer.status < 500, (case, answer.status)
    assert city.suite.memory("notification-controller") < 600 << 20
