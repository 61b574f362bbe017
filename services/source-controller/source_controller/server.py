"""The store over HTTP: artifacts by path, with ranges, HEAD and conditional requests; no listings, no secrets.

Every replica serves, whoever leads.
"""

from aiohttp import web

from source_controller.store.disk import DiskStore

_TYPES = {".tar.gz": "application/gzip", ".tgz": "application/gzip", ".yaml": "application/x-yaml"}


def application(store: DiskStore) -> web.Application:
    """The server of a store. `GET /` answers 200: the readiness probe asks it."""

    async def artifact(request: web.Request) -> web.StreamResponse:
        try:
            file = await store.find(request.match_info["path"])
        except OSError as error:
            raise web.HTTPServiceUnavailable(text=f"{error.strerror}\n") from error
        if file is None:
            raise web.HTTPNotFound
        return web.FileResponse(file, headers={"Content-Type": _type(file.name), "Cache-Control": "no-cache"})

    async def root_page(_: web.Request) -> web.Response:
        return web.Response(text="artifacts are served here\n")

    app = web.Application()
    app.router.add_get("/", root_page)
    app.router.add_get("/{path:.+}", artifact)
    return app


def _type(name: str) -> str:
    return next((type_ for suffix, type_ in _TYPES.items() if name.endswith(suffix)), "application/octet-stream")
