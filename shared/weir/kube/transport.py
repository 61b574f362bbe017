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

_TRIES = 5
_LONGEST_WAIT = 10.0
"""Seconds that one Retry-After is followed at most."""
_log = logging.getLogger("weir.kube")


@cache
def _requests() -> Counter:
    return Counter(
        "rest_client_requests", "Number of HTTP requests, by status code, method, and host.", ["code", "method", "host"]
    )


class Transport:
    """Sends requests; retries those that the server asks to send again later."""

    def __init__(self, api: "ApiClient", user_agent: str) -> None:
        self._api = api
        self._user_agent = user_agent

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
        try:
            async with asyncio.timeout(timeout):
                for left in reversed(range(_TRIES)):
                    try:
                        return await self._once(method, path, query, headers, body)
                    except (TooManyRequests, ServerError) as error:
                        if not left or not _again(error):
                            raise
                        wait = min(error.retry_after or 0.0, _LONGEST_WAIT)
                    except aiohttp.ServerDisconnectedError:
                        # A kept connection that the server had closed: nothing was lost but the connection.
                        if left < _TRIES - 1 or method == "POST":
                            raise
                        wait = 0.0
                    await asyncio.sleep(wait + random.uniform(0, 0.1))  # noqa: S311  jitter, no secret
        except TimeoutError:
            raise Unreachable(f"{method} {path}: no answer within {timeout:g}s") from None
        except aiohttp.ClientError as error:
            raise Unreachable(f"{method} {path}: {_cause(error)}") from None
        raise AssertionError  # the last try returns or raises

    async def _once(
        self, method: str, path: str, query: Mapping[str, str], headers: Sequence[tuple[str, str]], body: Body | None
    ) -> bytes:
        async with self.open(method, path, query=query, headers=headers, body=body) as answer:
            return await answer.read()

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
        """A good answer whose body is still to be read; `silence` bounds the seconds between two pieces of it."""
        answer = await self._request(method, path, query, headers, body, silence)
        try:
            _requests().labels(str(answer.status), method, answer.url.authority).inc()
            for warning in answer.headers.getall("Warning", ()):
                _log.info("the API server warns: %s", warning)
            if not 200 <= answer.status < 300:
                raise from_answer(answer.status, await answer.read(), answer.headers.get("Retry-After", ""))
            yield answer
        finally:
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
        limit = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=silence)
        answer: aiohttp.ClientResponse = await self._api.rest_client.request(
            method,
            f"{self._api.configuration.host}{path}",
            query_params=parameters,
            headers=everything,
            body=body,
            _preload_content=False,
            _request_timeout=limit,
        )
        return answer


def _again(error: ApiError) -> bool:
    """Whether the server said that the request was not dealt with and may be sent again."""
    return error.status == 429 or (error.status == 503 and error.retry_after is not None)


def _cause(error: aiohttp.ClientError) -> str:
    """What kept us from the server; certificate trouble is the most common and its text the worst."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        inner = error.certificate_error
        return f"the server's certificate is not trusted: {getattr(inner, 'verify_message', inner)}"
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = error.os_error.strerror or str(error.os_error)
        return f"cannot connect to {error.host}:{error.port}: {reason}"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return f"TLS failed: {error}"
    return str(error) or type(error).__name__
