"""The store over HTTP: artifacts by path, with ranges, HEAD and conditional requests; no listings, no secrets.

Every replica serves, whoever leads.
"""

import asyncio
from pathlib import Path

from aiohttp import web

from source_controller.store.disk import LOCK

_TYPES = {".tar.gz": "application/gzip", ".tgz": "application/gzip", ".yaml": "application/x-yaml"}


def application(root: Path) -> web.Application:
    """The server of the files below the directory. `GET /` answers 200: the readiness probe asks it."""
    place = root.resolve()

    async def artifact(request: web.Request) -> web.StreamResponse:
        file = await asyncio.to_thread(find, place, request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound
        return web.FileResponse(file, headers={"Content-Type": _type(file.name), "Cache-Control": "no-cache"})

    async def root_page(_: web.Request) -> web.Response:
        return web.Response(text="artifacts are served here\n")

    app = web.Application()
    app.router.add_get("/", root_page)
    app.router.add_get("/{path:.+}", artifact)
    return app


def find(root: Path, path: str) -> Path | None:
    """The file that a request asks for; None when there is none, or it is not for others."""
    parts = path.split("/")
    if len(parts) != 4 or any(not part or part.startswith(".") or "\0" in part or "\\" in part for part in parts):
        return None
    try:
        file = root.joinpath(*parts).resolve()
        served = not parts[-1].endswith(LOCK) and file.is_relative_to(root) and file.is_file()
    except OSError:  # such as a name that is too long
        return None
    return file if served else None


def _type(name: str) -> str:
    return next((type_ for suffix, type_ in _TYPES.items() if name.endswith(suffix)), "application/octet-stream")
