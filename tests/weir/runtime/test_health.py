"""What a process shows of itself."""

import aiohttp
import pytest

from weir.runtime.health import Exposition, address, health_app, metrics_app, serving

ADDRESSES: dict[str, tuple[str, tuple[str | None, int]]] = {
    "all interfaces": (":8080", (None, 8080)),
    "one": ("127.0.0.1:9440", ("127.0.0.1", 9440)),
    "IPv6": ("[::1]:0", ("::1", 0)),
    "a name": ("localhost:80", ("localhost", 80)),
}


@pytest.mark.parametrize(("text", "expected"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses(text: str, expected: tuple[str | None, int]) -> None:
    assert address(text) == expected


@pytest.mark.parametrize("text", ["", "8080", "host", ":http", ":99999", ":-1"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        address(text)


async def test_health_is_progress_and_readiness_more() -> None:
    wrong = {"loop": "", "objects": "the first list is not there"}
    live, ready = {"loop": lambda: wrong["loop"]}, {"objects": lambda: wrong["objects"]}
    async with serving(health_app(live, ready), "127.0.0.1:0") as port, aiohttp.ClientSession() as session:

        async def get(path: str) -> tuple[int, str]:
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                return response.status, await response.text()

        assert await get("/healthz") == (200, "ok")
        assert await get("/readyz") == (503, "objects: the first list is not there")
        wrong["objects"] = ""
        assert await get("/readyz") == (200, "ok")
        wrong["loop"] = "nobody looked at due times for 90 s"
        assert await get("/healthz") == (503, "loop: nobody looked at due times for 90 s")
        assert await get("/readyz") == (503, "loop: nobody looked at due times for 90 s")
        assert (await get("/other"))[0] == 404


async def test_metrics_are_served_as_text() -> None:
    async with (
        serving(metrics_app(Exposition(list)), "127.0.0.1:0") as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert "process_cpu_seconds_total" in await response.text()
