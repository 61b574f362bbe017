"""A server of artifacts: whatever is put there, by path, over plain HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web


class ArtifactServer:
    """Files by path; `requests` are the paths that were asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._get)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            await asyncio.sleep(0)

    async def _get(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.requests.append(path)
        if path not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[path], content_type="application/gzip")


@pytest.fixture
async def artifacts() -> AsyncIterator[ArtifactServer]:
    """A running artifact server."""
    server = ArtifactServer()
    await server.start()
    yield server
    await server.stop()
