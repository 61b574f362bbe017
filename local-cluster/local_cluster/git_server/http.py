"""Git over smart HTTP: `git http-backend` (CGI, RFC 3875) behind aiohttp, with optional credentials and TLS."""

import asyncio
import base64
import hmac
import os
import ssl
from collections import Counter
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

_MAX_PUSH = 1 << 30


class GitHttpServer:
    """Serves the bare repositories below `root`, for reading and for pushing.

    `async with GitHttpServer(root) as server:` then `server.url + "/name.git"`. With a user name and a password, or a
    bearer token, every request needs them. `requests` counts what was asked: `info/refs`, `git-upload-pack`, ...
    """

    def __init__(
        self,
        root: Path,
        *,
        username: str = "",
        password: str = "",
        token: str = "",
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.requests: Counter[str] = Counter()
        self._root = root.resolve()
        self._tls = tls
        self._port = port
        self._authorization = f"Bearer {token}" if token else _basic(username, password) if username else ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=_MAX_PUSH)
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, auto_decompress=False, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._tls)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The address of the root, without a slash at its end."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if self._authorization and not hmac.compare_digest(given.encode(), self._authorization.encode()):
            challenge = "Bearer" if self._authorization.startswith("Bearer") else 'Basic realm="git"'
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        path = request.match_info["path"]
        self.requests["/".join(path.rsplit("/", 2)[1:]) if path.endswith("info/refs") else path.rpartition("/")[2]] += 1
        process = await asyncio.create_subprocess_exec(
            "git",
            "http-backend",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._environment(request),
        )
        feeding = asyncio.create_task(_feed(process, request))
        try:
            return await _relay(process, request)
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            raise
        finally:
            feeding.cancel()
            with suppress(asyncio.CancelledError):
                await feeding
            await process.wait()

    def _environment(self, request: web.Request) -> dict[str, str]:
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
        return {
            **{name: headers[name] for name in ("HTTP_CONTENT_ENCODING", "HTTP_GIT_PROTOCOL") if name in headers},
            "PATH": os.environ.get("PATH", os.defpath),
            "GIT_PROJECT_ROOT": str(self._root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "git",
            "REMOTE_ADDR": request.remote or "",
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query_string,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": request.headers.get("Content-Length", ""),
        }


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


async def _feed(process: asyncio.subprocess.Process, request: web.Request) -> None:
    if process.stdin is None:
        return
    with suppress(ConnectionError):
        async for chunk in request.content.iter_chunked(1 << 16):
            process.stdin.write(chunk)
            await process.stdin.drain()
        process.stdin.close()


async def _relay(process: asyncio.subprocess.Process, request: web.Request) -> web.StreamResponse:
    if process.stdout is None:
        return web.Response(status=500)
    status, headers = await _head(process.stdout)
    response = web.StreamResponse(status=status, headers=headers)
    await response.prepare(request)
    while chunk := await process.stdout.read(1 << 16):
        await response.write(chunk)
    await response.write_eof()
    return response


async def _head(stream: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    status, headers = 200, {}
    for _ in range(100):
        line = (await stream.readline()).decode("latin-1").strip()
        if not line:
            break
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name] = value.strip()
    return status, headers
