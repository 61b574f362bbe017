"""One connection pool to one API server.

It is the REST client of `kubernetes_asyncio` with its configuration, authentication and TLS. Its typed models are never
used: bodies go in as JSON and come out as bytes.
"""

import asyncio
import logging
import random
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from multidict import CIMultiDict
from prometheus_client import Counter

from weir.kube.errors import ApiError, ServerError, TooManyRequests, Unreachable, from_answer

if TYPE_CHECKING:
    from kubernetes_asyncio.client.api_client import ApiClient

Body = Mapping[str, Any] | Sequence[Mapping[str, Any]] | bytes
"""What is sent; bytes are JSON already."""

APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"

_TRIES = 5
_LONGEST_WAIT = 10.0
"""Seconds: who asks for more patience than this gets it from the caller."""
_PATIENCE = 1.0
"""Seconds that a 429 without Retry-After asks for."""
_CONNECT = 30.0
_LARGEST_ERROR = 1 << 20
_LARGEST = 1 << 28
"""Bytes of an answer: another cluster's API server belongs to a tenant."""
_MOST_WARNINGS, _LONGEST_WARNING = 256, 512
_log = logging.getLogger("weir.kube")


@cache
def _requests() -> Counter:
    return Counter(
        "rest_client_requests", "Number of HTTP requests, by status code, method, and host.", ["code", "method", "host"]
    )


class _Dropped(Unreachable):
    """The connection was closed before any of the answer came."""


class Transport:
    """Sends requests; retries those that the server asks to send again later."""

    def __init__(self, api: "ApiClient", user_agent: str) -> None:
        self._api = api
        self._user_agent = user_agent
        self.host = str(api.configuration.host)
        """The address of the API server."""
        self._label = urlsplit(self.host).netloc.rpartition("@")[2]
        self._warned: set[str] = set()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str],
        headers: Sequence[tuple[str, str]],
        body: Body | None,
        timeout: float,  # noqa: ASYNC109  it bounds the HTTP exchange, retries included
    ) -> bytes:
        """The body of a good answer. Raises `ApiError` or `Unreachable`."""
        clock = asyncio.get_running_loop().time
        end = clock() + timeout
        for left in reversed(range(_TRIES)):
            try:
                async with asyncio.timeout_at(end):
                    return await self._once(method, path, query, headers, body)
            except (TooManyRequests, ServerError) as error:
                wait = _wait(error)
                if not left or wait is None or clock() + wait >= end:
                    raise
            except _Dropped:
                # Mostly a kept connection that the server had closed. What may be done twice is sent once more.
                if left < _TRIES - 1 or method == "POST" or ("Content-Type", JSON_PATCH) in headers:
                    raise
                wait = 0.0
            except TimeoutError:
                raise Unreachable(f"{method} {path}: no answer within {timeout:g}s") from None
            await asyncio.sleep(wait + random.uniform(0, 0.1))  # noqa: S311  jitter, no secret
        raise AssertionError  # the last try returns or raises

    async def _once(
        self, method: str, path: str, query: Mapping[str, str], headers: Sequence[tuple[str, str]], body: Body | None
    ) -> bytes:
        async with self.open(method, path, query=query, headers=headers, body=body) as answer:
            content = await _read(answer, _LARGEST)
            if len(content) > _LARGEST:
                raise Unreachable(f"{method} {path}: the answer is longer than {_LARGEST} bytes")
            return content

    @asynccontextmanager
    async def open(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str],
        headers: Sequence[tuple[str, str]],
        body: Body | None = None,
        silence: float | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A good answer whose body is still to be read; `silence` bounds the seconds between two pieces of it.

        Raises `ApiError` or `Unreachable`.
        """
        try:
            answer = await self._request(method, path, query, headers, body, silence)
        except (aiohttp.ClientError, ValueError) as error:
            _requests().labels("<error>", method, self._label).inc()
            kind = _Dropped if isinstance(error, aiohttp.ServerDisconnectedError) else Unreachable
            raise kind(f"{method} {path}: {_cause(error)}") from None
        try:
            _requests().labels(str(answer.status), method, self._label).inc()
            self._warn(answer.headers.getall("Warning", ()))
            if not 200 <= answer.status < 300:
                content = await _read(answer, _LARGEST_ERROR)
                raise from_answer(answer.status, content, answer.headers.get("Retry-After", ""))
            yield answer
        finally:
            if (rest := answer.connection) is not None and rest.transport is not None:
                rest.transport.abort()  # somebody left before the end, of a watch mostly: no waiting for TLS to part
            answer.release()

    async def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Sequence[tuple[str, str]],
        body: Body | None,
        silence: float | None,
    ) -> aiohttp.ClientResponse:
        everything: Any = CIMultiDict(headers)  # a group may be impersonated beside another: one header, several values
        everything["User-Agent"] = self._user_agent
        parameters: Any = list(query.items())
        await self._api.update_params_for_auth(everything, parameters, ["BearerToken"])
        if isinstance(body, bytes) and everything.get("Content-Type") != APPLY:
            body = msgspec.json.decode(body)  # the REST client encodes every JSON body itself
        elif everything.get("Content-Type") == APPLY:
            everything["Content-Type"] = f"{APPLY}; charset=utf-8"  # with a parameter it takes bytes as they are
            body = body if isinstance(body, bytes) else msgspec.json.encode(body)
        if self._api.rest_client.pool_manager.closed:
            raise Unreachable(f"{method} {path}: the client is closed")
        answer: aiohttp.ClientResponse = await self._api.rest_client.request(
            method,
            f"{self.host}{path}",
            query_params=parameters,
            headers=everything,
            body=body,
            _preload_content=False,
            _request_timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=silence),
        )
        return answer

    def _warn(self, warnings: Sequence[str]) -> None:
        """Log a warning of the API server once: a deprecated kind is applied again and again."""
        for warning in warnings:
            if warning not in self._warned and len(self._warned) < _MOST_WARNINGS:
                self._warned.add(warning)
                _log.info("the API server warns: %s", warning[:_LONGEST_WARNING])


async def pieces(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The body as it comes. Raises `Unreachable` when it breaks off."""
    try:
        async for piece in answer.content.iter_any():
            yield piece
    except aiohttp.ClientError as error:
        raise Unreachable(f"{answer.method} {answer.url.path}: the answer broke off: {_cause(error)}") from None


async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, cut soon after `most` bytes."""
    content = bytearray()
    async for piece in pieces(answer):
        content += piece
        if len(content) > most:
            break
    return bytes(content)


def _wait(error: ApiError) -> float | None:
    """Seconds after which the server wants the request again, which it has not dealt with; None: the caller decides."""
    if error.status not in {429, 503} or (error.status == 503 and error.retry_after is None):
        return None
    wait = _PATIENCE if error.retry_after is None else error.retry_after
    return wait if wait <= _LONGEST_WAIT else None


def _cause(error: Exception) -> str:
    """What kept us from the server; certificate trouble is the most common and its text the worst."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        inner = error.certificate_error
        return f"the server's certificate is not trusted: {getattr(inner, 'verify_message', inner)}"
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = error.os_error.strerror or str(error.os_error)
        return f"cannot connect to {error.host}:{error.port}: {reason}"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return f"TLS failed: {error}"
    if isinstance(error, ValueError):  # a line break in a token, a host that is none: the text may quote it
        return f"cannot be sent: {type(error).__name__}"
    return str(error) or type(error).__name__
