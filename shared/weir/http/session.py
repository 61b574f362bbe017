"""Requests with limits, retries and careful redirects."""

import asyncio
import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from weir.api.base import Struct
from weir.http.errors import HttpError, failure, host_of
from weir.http.pools import Pools, Tls
from weir.http.proxies import proxy_for

MOST_REDIRECTS = 10
_REDIRECTS = {301, 302, 303, 307, 308}
_KEPT_ON_REDIRECT = {"accept", "content-type", "user-agent"}
"""Headers that follow a redirect to another host; everything else may be a credential."""
_EXCERPT = 512
"""Characters of a bad answer that an error quotes."""
_PIECE = 64 * 1024


class Retry(Struct):
    """How often and how soon a passing failure is tried again; waits double. Times are seconds."""

    attempts: int = 5
    first: float = 2.0
    longest: float = 30.0


class Answer(Struct):
    """A good answer."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


ONCE = Retry(attempts=1)


class Session:
    """Sends requests. Connections are pooled per TLS material. Use it as an async context manager."""

    def __init__(self, user_agent: str = "weir") -> None:
        self._pools = Pools(user_agent)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._pools.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        body: bytes | None = None,
        tls: Tls | None = None,
        proxy: str = "",
        timeout: float = 30.0,  # noqa: ASYNC109  it bounds the whole exchange, retries included
        limit: int = 16 << 20,
        retry: Retry = ONCE,
    ) -> Answer:
        """A 2xx answer of at most `limit` bytes. Raises `HttpError`: what the last try that ended came to.

        `proxy` is used for everything; without one the process's proxy variables apply. Redirects are followed as
        browsers do; to another origin no credential goes along.
        """
        host = host_of(url)
        clock = asyncio.get_running_loop().time
        end, pause, last = clock() + timeout, retry.first, HttpError(f"{host}: no answer within {timeout:g}s")
        async with self._pools.of(tls or Tls(), host) as pool:
            for left in reversed(range(retry.attempts)):
                try:
                    async with asyncio.timeout_at(end):
                        return await self._follow(pool, method, url, dict(headers), body, proxy, limit)
                except TimeoutError:
                    raise last from None
                except HttpError as error:
                    last = error
                    wait = min(pause if error.retry_after is None else error.retry_after, retry.longest)
                    wait *= random.uniform(1.0, 1.1)  # noqa: S311  jitter, no secret
                    if not left or not error.passing or clock() + wait >= end:
                        raise
                await asyncio.sleep(wait)
                pause *= 2
        raise AssertionError  # the last try returns or raises

    async def _follow(
        self,
        pool: aiohttp.ClientSession,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
        proxy: str,
        limit: int,
    ) -> Answer:
        for _redirect in range(MOST_REDIRECTS + 1):
            answer = await self._once(pool, method, url, headers, body, proxy, limit)
            if 200 <= answer.status < 300:
                return answer
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not target:
                raise HttpError(f"{host_of(url)}: answered {answer.status}", status=answer.status)
            target = _joined(url, target)
            if _origin(target) != _origin(url):
                headers = {name: value for name, value in headers.items() if name.lower() in _KEPT_ON_REDIRECT}
            if answer.status in {301, 302, 303} and method not in {"GET", "HEAD"}:
                method, body = "GET", None
                headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
            url = target
        raise HttpError(f"{host_of(url)}: more than {MOST_REDIRECTS} redirects", final=True)

    async def _once(
        self,
        pool: aiohttp.ClientSession,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        proxy: str,
        limit: int,
    ) -> Answer:
        host = host_of(url)
        proxy = proxy_for(url, proxy)
        try:
            async with pool.request(
                method, url, headers=headers, data=_payload(body), proxy=proxy or None, allow_redirects=False
            ) as answer:
                content = await _read(answer, limit, host)
        except (aiohttp.ClientError, ValueError) as error:  # ValueError: a line break in a header, a name that is none
            raise failure(error, host, proxy) from None
        if answer.status >= 400:
            excerpt = content[:_EXCERPT].decode(errors="replace").strip()
            retry_after = _seconds(answer.headers.get("Retry-After", ""))
            text = f"{host}: answered {answer.status}" + (f": {excerpt}" if excerpt else "")
            raise HttpError(text, status=answer.status, retry_after=retry_after)
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content)


def _payload(body: bytes | None) -> BytesIO | None:
    """The body as aiohttp sends it in pieces: a large one at once would hold up the loop."""
    return None if body is None else BytesIO(body)


async def _read(answer: aiohttp.ClientResponse, limit: int, host: str) -> bytes:
    """The body. Raises `HttpError` as soon as it is, or says that it will be, longer than the limit."""
    too_long = HttpError(f"{host}: the answer is longer than {limit} bytes", final=True)
    if (answer.content_length or 0) > limit:
        raise too_long
    content = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        content += piece
        if len(content) > limit:
            raise too_long
    return bytes(content)


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        raise HttpError(f"{host_of(url)}: redirects to what is no address", final=True) from None


def _origin(url: str) -> tuple[str, str, int]:
    host_of(url)  # refuses what is no address
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _seconds(retry_after: str) -> float | None:
    """Seconds of a Retry-After, which holds seconds or a date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
