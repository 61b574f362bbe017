"""How both servers listen: plain HTTP with limits on headers, body and time that hold before anything else happens."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from notification_controller.metrics import HttpMeters
from notification_controller.wire import MAX_BODY

MAX_HEADERS = 256 * 1024
"""Bytes of the request line, and of one header."""
HEADER_SECONDS = 10.0
BODY_SECONDS = 30.0
GRACE = 5.0
"""Seconds that requests under way get at the end."""

Handle = Callable[[web.BaseRequest, bytes], Awaitable[web.Response]]

_LOG = logging.getLogger(__name__)


class _Connection(RequestHandler):
    """A connection that has to send its headers in time and within bounds: a slow one costs a socket for a while."""

    __slots__ = ("_busy", "_limit", "_seen")
    _limit: asyncio.TimerHandle | None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._busy, self._limit = False, None
        self._expect_headers()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.headers_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._limit is None and not self._busy:
            self._expect_headers()
        self._seen += len(data)
        super().data_received(data)
        if self._limit is not None and not self._messages and self._seen > 2 * MAX_HEADERS:
            self.force_close()  # many headers of a legal length

    def headers_came(self) -> None:
        """A request begins."""
        self._busy = True
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def request_over(self) -> None:
        """The next bytes are headers again."""
        self._busy = False

    def _expect_headers(self) -> None:
        self._seen = 0
        self._limit = asyncio.get_running_loop().call_later(HEADER_SECONDS, self.force_close)


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Connection(
            self,
            loop=self._loop,
            access_log=None,  # type: ignore[arg-type]  # None is the documented way to have none
            auto_decompress=False,  # signatures are over the bytes as sent, and a bomb stays small
            max_line_size=MAX_HEADERS,
            max_field_size=MAX_HEADERS,
            keepalive_timeout=75,
            lingering_time=2,
        )

    def _make_request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        protocol.headers_came()
        return super()._make_request(message, payload, protocol, writer, task)


class Listener:
    """One HTTP server. `handle` gets the request and its whole body; every path and method comes to it."""

    def __init__(self, address: str, handle: Handle, meters: HttpMeters, label: Callable[[str], str]) -> None:
        self._host, self.port = parse_address(address)
        self._handle = handle
        self._meters = meters
        self._label = label
        self._runner: web.ServerRunner | None = None

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken; port 0 takes a free one and is replaced by it."""
        runner = web.ServerRunner(_Server(self._answer), handle_signals=False, shutdown_timeout=GRACE)
        await runner.setup()
        await web.TCPSite(runner, self._host or None, self.port).start()
        self._runner = runner
        self.port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Take no more; requests under way get some seconds."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def run(self) -> None:
        """Listen until cancelled."""
        await self.start()
        try:
            await asyncio.Event().wait()
        finally:
            await self.stop()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        label, started = self._label(request.raw_path), time.perf_counter()
        self._meters.begins(label)
        code, size = 500, 0
        try:
            response = await self._respond(request)
            code, size = response.status, len(response.body) if isinstance(response.body, bytes) else 0
            return response
        finally:
            self._meters.ends(label, request.method, code, time.perf_counter() - started, size)

    async def _respond(self, request: web.BaseRequest) -> web.Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(request)
        except _TooLarge:
            return closing(413)
        except (TimeoutError, OSError, web.RequestPayloadError):
            return closing(400)
        except RuntimeError:  # aiohttp's word for a caller that hung up
            return closing(400)
        response = await self._handle(request, body)
        if isinstance(request.protocol, _Connection):
            request.protocol.request_over()
        return response


class _TooLarge(Exception):
    """The body has more bytes than are taken."""


async def read_body(request: web.BaseRequest) -> bytes:
    """The whole body as it was sent."""
    if (request.content_length or 0) > MAX_BODY:
        raise _TooLarge
    chunks, size = [], 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > MAX_BODY:
            raise _TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def closing(status: int) -> web.Response:
    """An empty answer after which the connection is of no use: part of the body was not read."""
    response = web.Response(status=status)
    response.force_close()
    return response


def parse_address(address: str) -> tuple[str, int]:
    """Host and port of `:9090`, `127.0.0.1:9090` or `[::1]:9090`. Raises `ValueError` naming the text."""
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{address!r} is not an address to listen at: write [host]:port")
    return host.strip("[]"), int(port)
