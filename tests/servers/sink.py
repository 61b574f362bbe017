"""An HTTP server that keeps whole requests and imitates nobody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sink:
    """What came in, and what is answered: `answers` are used up first, then `status` and `reply`."""

    url: str = ""
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    status: int = 200
    reply: bytes = b""
    reply_headers: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    delay: float = 0.0
    """Seconds before the answer."""
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen, at the port of before if there was one."""
        server = web.Server(self._take, auto_decompress=False)  # type: ignore[arg-type]  # any awaitable of a response does
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self._runner = runner  # type: ignore[assignment]  # both kinds of runner can be cleaned up
        self.port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Refuse connections from now on."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def wait(self, count: int = 1, within: float = 20.0) -> list[Request]:
        """The requests, as soon as there are that many; `within` seconds."""
        async with asyncio.timeout(within):
            while len(self.requests) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.requests

    async def _take(self, request: web.BaseRequest) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name not in {"Host", "User-Agent"}}
        self.requests.append(Request(request.method, request.raw_path, headers, await request.content.read()))
        self._arrived.set()
        if self.delay:
            await asyncio.sleep(self.delay)
        status, reply, more = self.answers.pop(0) if self.answers else (self.status, self.reply, self.reply_headers)
        return web.Response(status=status, body=reply, headers=more)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    """A listening sink."""
    sink = Sink()
    await sink.start()
    yield sink
    await sink.stop()
