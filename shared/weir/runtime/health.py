"""What a process shows of itself: `/healthz` (does it get on), `/readyz` (does it serve), `/metrics`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import REGISTRY, Collector

from weir.runtime.resources import Resources, collect

KEPT = 1.0
"""Seconds for which an exposition is kept."""

Checks = Mapping[str, Callable[[], str]]
"""By name, what is wrong: the empty string when nothing is."""


def answer(checks: Checks) -> web.Response:
    """200 `ok` when nothing is wrong, else 503 and one line per complaint."""
    wrong = [f"{name}: {complaint}" for name, check in checks.items() if (complaint := check())]
    return web.Response(text="\n".join(wrong) or "ok", status=503 if wrong else 200)


class Exposition:
    """The metrics of this process as text, made in a thread and kept for a moment, so that scrapes cost little."""

    def __init__(self, resources: Callable[[], Iterable[Resources]]) -> None:
        self._resources = resources
        self._lock = asyncio.Lock()
        self._text = b""
        self._until = 0.0

    async def text(self) -> bytes:
        """The exposition, at most `KEPT` seconds old."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._until:
                # The objects are listed here, where the watch cannot change them meanwhile.
                resources = [it._replace(objects=tuple(it.objects)) for it in self._resources()]
                self._text = await asyncio.to_thread(_expose, resources)
                self._until = now + KEPT
            return self._text


def _expose(resources: Iterable[Resources]) -> bytes:
    class Snapshot(Collector):
        def collect(self) -> Iterable[object]:  # type: ignore[override]  # yields Metric
            return collect(resources)

    objects = CollectorRegistry(auto_describe=False)
    objects.register(Snapshot())
    return generate_latest(REGISTRY) + generate_latest(objects)


def metrics_app(exposition: Exposition) -> web.Application:
    """`/metrics`."""

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=await exposition.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    return app


def health_app(live: Checks, ready: Checks) -> web.Application:
    """`/healthz` and `/readyz`."""

    async def healthz(_: web.Request) -> web.Response:
        return answer(live)

    async def readyz(_: web.Request) -> web.Response:
        return answer({**live, **ready})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    return app


def address(text: str) -> tuple[str | None, int]:
    """Host (None: all interfaces) and port of `:8080` or `[::1]:8080`. Raises `ValueError` with the text."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is no address: write host:port or :port")
    return host.strip("[]") or None, int(port)


@asynccontextmanager
async def serving(app: web.Application, at: str) -> AsyncIterator[int]:
    """Serve at an address; gives the port. Raises `OSError` when it is taken."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        host, port = address(at)
        await web.TCPSite(runner, host, port, reuse_address=True).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def serve(app: web.Application, at: str) -> None:
    """Serve at an address until cancelled."""
    async with serving(app, at):
        await asyncio.Event().wait()
