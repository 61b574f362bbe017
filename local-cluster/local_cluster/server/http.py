"""HTTPS on the loopback: reads a request, finds who asks, and sends the answer."""

import asyncio
import logging
import ssl
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from aiohttp import web

from local_cluster.api.errors import ApiError, NotServed, bad_request, internal, method_not_allowed, too_large
from local_cluster.api.openapi import OpenApi
from local_cluster.auth.authentication import authenticate
from local_cluster.auth.authorization import authorize
from local_cluster.auth.impersonation import impersonated
from local_cluster.auth.rules import Ask
from local_cluster.server import answer
from local_cluster.server.answer import Answer, Stream
from local_cluster.server.dispatch import dispatch
from local_cluster.server.paths import resolve
from local_cluster.server.request import Request, place, verb
from local_cluster.state import State

LARGEST = 3 << 20
"""Bytes of a request's body, as the API server limits it."""

_PATIENCE = 0.2
"""Seconds that running requests have to end when the server stops."""
_PATH_VERBS = {"GET": "get", "HEAD": "head", "POST": "post", "PUT": "put", "DELETE": "delete", "PATCH": "patch"}

_log = logging.getLogger(__name__)


class Server:
    """The HTTP side of one cluster."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._streaming: set[asyncio.Task[None]] = set()
        self._openapi = OpenApi(state.registry)

    @asynccontextmanager
    async def listening(self, certificates: Path, port: int) -> AsyncIterator[int]:
        """Listen on 127.0.0.1; yields the port."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificates / "server.crt", certificates / "server.key")
        runner = web.ServerRunner(
            web.Server(self._handle, access_log=None, keepalive_timeout=3600.0, handler_cancellation=True),
            shutdown_timeout=_PATIENCE,
        )
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=context)
        await site.start()
        try:
            yield runner.addresses[0][1]
        finally:
            for task in self._streaming:
                task.cancel()
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        started = time.monotonic()
        try:
            outcome = await self._answer(request)
        except ApiError as refused:
            outcome = answer.refusal(refused)
        except NotServed:
            outcome = answer.plain("404 page not found\n", 404)
        except RecursionError:
            outcome = answer.refusal(bad_request("the object is nested too deep"))
        except Exception:  # noqa: BLE001  a client gets a Status whatever happens
            _log.exception("%s %s", request.method, request.path)
            outcome = answer.refusal(internal("the request could not be answered; the server's log says why"))
        if isinstance(outcome, Begun):
            return await self._stream(request, outcome)
        _log.debug(
            "%s %s %d %.1f ms", request.method, request.path_qs, outcome.code, 1e3 * (time.monotonic() - started)
        )
        return _whole(outcome)

    async def _stream(self, request: web.BaseRequest, begun: "Begun") -> web.StreamResponse:
        """Send a stream in a task of its own, so that stopping ends it at once."""
        response = web.StreamResponse()
        response.headers["Content-Type"] = begun.stream.media
        response.headers["Cache-Control"] = "no-cache, private"
        response.enable_chunked_encoding()
        task = asyncio.create_task(_send(request, response, begun))
        self._streaming.add(task)
        try:
            await task
        finally:
            self._streaming.discard(task)
            task.cancel()
            begun.stream.close()
        return response

    async def _answer(self, http: web.BaseRequest) -> "Answer | Begun":
        authorizer, headers = self._state.authorizer, http.headers
        user = authenticate(self._state, headers.get("Authorization", ""))
        where = place(http.path)
        accept = headers.get("Accept", "")
        if where is None:
            ask = Ask(_PATH_VERBS.get(http.method, http.method.lower()), path=http.path)
            authorize(authorizer, impersonated(authorizer, user, headers, ask), ask)
            if http.method not in ("GET", "HEAD"):
                raise method_not_allowed()
            return resolve(self._state.registry, self._openapi, http.path, accept, http.host)
        query = http.query
        request = Request(
            verb=verb(http.method, where, query),
            place=where,
            query=query,
            user=user,
            accept=accept,
            content_type=headers.get("Content-Type", ""),
            agent=headers.get("User-Agent", ""),
        )
        user = impersonated(authorizer, user, headers, request.ask)
        authorize(authorizer, user, request.ask)
        body = await _body(http) if http.can_read_body else b""
        request = msgspec.structs.replace(request, user=user, body=body)
        outcome = dispatch(self._state, request)
        return await _begin(outcome) if isinstance(outcome, Stream) else outcome


class Begun(NamedTuple):
    """A stream whose first chunk is there: whatever is to be refused was refused."""

    stream: Stream
    first: bytes


async def _begin(stream: Stream) -> Begun:
    try:
        return Begun(stream, await anext(stream.chunks, b""))
    except BaseException:
        stream.close()
        raise


async def _body(http: web.BaseRequest) -> bytes:
    if (http.content_length or 0) > LARGEST:
        raise too_large(LARGEST)
    parts, size = [], 0
    async for chunk in http.content.iter_any():
        size += len(chunk)
        if size > LARGEST:
            raise too_large(LARGEST)
        parts.append(chunk)
    return b"".join(parts)


def _whole(outcome: Answer) -> web.Response:
    response = web.Response(body=outcome.body, status=outcome.code)
    if outcome.media:
        response.headers["Content-Type"] = outcome.media
    response.headers["Cache-Control"] = "no-cache, private"
    response.headers["Audit-Id"] = str(uuid.uuid4())
    for name, value in outcome.headers:
        response.headers.add(name, value)
    return response


async def _send(request: web.BaseRequest, response: web.StreamResponse, begun: Begun) -> None:
    try:
        await response.prepare(request)
        if begun.first:
            await response.write(begun.first)
        async for chunk in begun.stream.chunks:
            if chunk:
                await response.write(chunk)
        await response.write_eof()
    except ConnectionError:
        _log.debug("%s: the client is gone", request.path)
