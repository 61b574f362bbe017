"""The only way out besides the Kubernetes API: HTTP with limits, TLS material, proxies and retries.

Texts of errors name the host alone: paths and queries of webhooks are secrets as often as not.
"""

import asyncio
import hashlib
import os
import random
import ssl
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from weir.api.base import Struct

MOST_REDIRECTS = 10
_KEPT_ON_REDIRECT = {"accept", "content-type", "user-agent"}
"""Headers that follow a redirect to another host; everything else may be a credential."""
_EXCERPT = 512
"""Characters of a bad answer that an error quotes."""
_PIECE = 64 * 1024


class HttpError(Exception):
    """The exchange failed. The text names the host and what happened, never a path, a query or a header."""

    def __init__(self, message: str, *, status: int = 0, retry_after: float | None = None, final: bool = False) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status; 0 when there was no answer."""
        self.retry_after = retry_after
        """Seconds that the server asked us to wait."""
        self.final = final
        """Whether another try would end the same: a bad address, an untrusted certificate, too many redirects."""

    @property
    def passing(self) -> bool:
        """Whether it may go well later: no answer, 429, and 5xx other than 501."""
        if self.status == 0:
            return not self.final
        return self.status == 429 or (self.status >= 500 and self.status != 501)


class Tls(Struct):
    """PEM texts. A CA replaces the system's; certificate and key come together or not at all."""

    ca: bytes = b""
    certificate: bytes = b""
    key: bytes = b""


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
        self._user_agent = user_agent
        self._pools: dict[str, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.close()
        self._pools.clear()

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
        """A 2xx answer of at most `limit` bytes. Raises `HttpError`.

        `proxy` is used for everything; without one the process's proxy variables apply. Redirects are followed as
        browsers do; to another origin no credential goes along.
        """
        host = _host(url)
        if proxy and urlsplit(proxy).scheme not in {"http", "https"}:
            raise HttpError(f"{host}: the proxy's scheme {urlsplit(proxy).scheme!r} is not supported", final=True)
        pool = await self._pool(tls or Tls(), host)
        pause = retry.first
        try:
            async with asyncio.timeout(timeout):
                for left in reversed(range(retry.attempts)):
                    try:
                        return await self._follow(pool, method, url, dict(headers), body, proxy, limit)
                    except HttpError as error:
                        if not left or not error.passing:
                            raise
                        wait = pause if error.retry_after is None else error.retry_after
                    await asyncio.sleep(min(wait, retry.longest) * random.uniform(1.0, 1.1))  # noqa: S311  jitter
                    pause = pause * 2
        except TimeoutError:
            raise HttpError(f"{host}: no answer within {timeout:g}s") from None
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
            target = answer.headers.get("location", "")
            if not 300 <= answer.status < 400 or not target:
                return answer
            target = urljoin(url, target)
            if _origin(target) != _origin(url):
                headers = {name: value for name, value in headers.items() if name.lower() in _KEPT_ON_REDIRECT}
            if answer.status in {301, 302, 303} and method == "POST":
                method, body = "GET", None
            url = target
        raise HttpError(f"{_host(url)}: more than {MOST_REDIRECTS} redirects", final=True)

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
        host = _host(url)
        try:
            async with pool.request(
                method, url, headers=headers, data=_payload(body), proxy=proxy or None, allow_redirects=False
            ) as answer:
                content = await _read(answer, limit, host)
        except aiohttp.ClientConnectorCertificateError as error:
            inner = error.certificate_error
            raise HttpError(
                f"{host}: certificate not trusted: {getattr(inner, 'verify_message', inner)}", final=True
            ) from None
        except aiohttp.ClientConnectorError as error:
            raise HttpError(f"{host}: cannot connect: {error.os_error.strerror or 'unknown host'}") from None
        except aiohttp.InvalidURL:
            raise HttpError("the address is no URL", final=True) from None
        except aiohttp.ClientError as error:
            raise HttpError(f"{host}: the connection failed: {type(error).__name__}") from None
        if answer.status >= 400:
            excerpt = content[:_EXCERPT].decode(errors="replace").strip()
            retry_after = _seconds(answer.headers.get("Retry-After", ""))
            text = f"{host}: answered {answer.status}" + (f": {excerpt}" if excerpt else "")
            raise HttpError(text, status=answer.status, retry_after=retry_after)
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content)

    async def _pool(self, tls: Tls, host: str) -> aiohttp.ClientSession:
        fingerprint = hashlib.sha256(b"\0".join((tls.ca, tls.certificate, tls.key))).hexdigest()
        if fingerprint not in self._pools:
            try:
                context = await asyncio.to_thread(_context, tls)
            except (ssl.SSLError, ValueError):
                raise HttpError(f"{host}: the TLS certificate, key or CA cannot be read", final=True) from None
            if fingerprint in self._pools:  # another request was quicker
                return self._pools[fingerprint]
            connector = aiohttp.TCPConnector(ssl=context, limit_per_host=32)
            self._pools[fingerprint] = aiohttp.ClientSession(
                connector=connector,
                trust_env=True,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=30),
                headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
                auto_decompress=False,
            )
        return self._pools[fingerprint]


def _payload(body: bytes | None) -> BytesIO | None:
    """The body as aiohttp sends it in pieces: a large one at once would hold up the loop."""
    return None if body is None else BytesIO(body)


async def _read(answer: aiohttp.ClientResponse, limit: int, host: str) -> bytes:
    """The body. Raises `HttpError` as soon as it is longer than the limit."""
    content = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        content += piece
        if len(content) > limit:
            raise HttpError(f"{host}: the answer is longer than {limit} bytes", final=True)
    return bytes(content)


def _context(tls: Tls) -> ssl.SSLContext:
    """The TLS settings of the material; verification is always on."""
    context = ssl.create_default_context(cadata=tls.ca.decode() if tls.ca else None)
    if tls.certificate:
        # Python's ssl reads key pairs from files only.
        descriptor, name = tempfile.mkstemp()
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(tls.certificate + b"\n" + tls.key)
            context.load_cert_chain(name)
        finally:
            Path(name).unlink()
    return context


def _host(url: str) -> str:
    """Host and port of an address, for texts. Raises `HttpError` when it is no absolute HTTP address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise HttpError("the address is no absolute http or https URL", final=True)
    return f"{host}:{port}" if port else host


def _origin(url: str) -> tuple[str, str, int]:
    _host(url)  # refuses what is no address
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _seconds(retry_after: str) -> float | None:
    """Seconds of a Retry-After, which holds seconds or a date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
