from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from source_controller.server import application
from source_controller.store.disk import DiskStore
from source_controller.store.retention import Retention
from weir.runtime.health import serving

DATA = b"\x1f\x8b" + bytes(range(256)) * 40
PATH = "gitrepository/ns/app/abc.tar.gz"


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    root = tmp_path / "data"
    directory = root / "gitrepository/ns/app"
    directory.mkdir(parents=True)
    (directory / "abc.tar.gz").write_bytes(DATA)
    (directory / "abc.tar.gz.lock").touch()
    (directory / ".staged").write_bytes(b"secret")
    (directory / "latest.tar.gz").symlink_to(directory / "abc.tar.gz")
    (tmp_path / "outside").write_bytes(b"secret")
    (directory / "escape").symlink_to(tmp_path / "outside")
    (root / ".mirrors/x/y").mkdir(parents=True)
    (root / ".mirrors/x/y/z").write_bytes(b"secret")
    async with serving(application(DiskStore(root, Retention())), "127.0.0.1:0") as port:
        yield f"http://127.0.0.1:{port}"


async def test_artifacts_are_served_as_they_are(url: str) -> None:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        for path in (PATH, "gitrepository/ns/app/latest.tar.gz"):
            async with session.get(f"{url}/{path}", headers={"Accept-Encoding": "gzip"}) as response:
                assert response.status == 200
                assert await response.read() == DATA
                assert response.headers["Content-Type"] == "application/gzip"
                assert "Content-Encoding" not in response.headers
                assert response.headers["Accept-Ranges"] == "bytes"


async def test_head_ranges_and_conditional_requests(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.head(f"{url}/{PATH}") as response:
            assert (response.status, response.headers["Content-Length"]) == (200, str(len(DATA)))
            etag = response.headers["ETag"]
        async with session.get(f"{url}/{PATH}", headers={"Range": "bytes=10-19"}) as response:
            assert (response.status, await response.read()) == (206, DATA[10:20])
            assert response.headers["Content-Range"] == f"bytes 10-19/{len(DATA)}"
        async with session.get(f"{url}/{PATH}", headers={"Range": f"bytes={len(DATA)}-"}) as response:
            assert response.status == 416
        async with session.get(f"{url}/{PATH}", headers={"If-None-Match": etag}) as response:
            assert (response.status, await response.read()) == (304, b"")


async def test_the_root_is_for_the_readiness_probe(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "gitrepository",
        "gitrepository/",
        "gitrepository/ns/app",
        "gitrepository/ns/app/",
        "gitrepository/ns/app/none.tar.gz",
        "gitrepository/ns/app/abc.tar.gz.lock",
        "gitrepository/ns/app/.staged",
        "gitrepository/ns/app/escape",
        "gitrepository/ns/app/..%2f..%2f..%2f..%2foutside",
        "gitrepository/ns/app/abc.tar.gz/x",
        ".mirrors/x/y/z",
        "../../outside",
        "gitrepository/ns/app/%00",
        "gitrepository/ns/" + "a" * 300 + "/b",
    ],
)
async def test_nothing_else_is_served(url: str, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        target = URL(f"{url}/{path}", encoded=True)
        async with session.get(target) as response:
            assert response.status == 404
            assert b"secret" not in await response.read()
        async with session.post(target) as response:
            assert response.status in {404, 405}
