"""A real Prometheus that scrapes the suite and evaluates the chart's rules."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.binaries import need
from tests.e2e.charts.helm import MONITORED, NAMESPACE, render


def rules() -> dict[str, Any]:
    """The groups of the chart's PrometheusRule, as a rule file has them."""
    spec: dict[str, Any] = render(MONITORED)["PrometheusRule", "weir"]["spec"]
    return spec


@dataclass(frozen=True)
class Prometheus:
    """Where it listens."""

    url: str

    async def get(self, path: str, **query: str) -> Any:
        """The data of an answer; None while it starts."""
        with contextlib.suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}{path}", params=query) as answer:
                if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                    return None
                body = json.loads(await answer.text())
                assert body["status"] == "success", (query, body)
                return body["data"]

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression has now."""
        found: list[dict[str, Any]] = (await self.get("/api/v1/query", query=expression))["result"]
        return found

    async def firing(self) -> set[tuple[str, ...]]:
        """Alerts that fire: the name, and what they are about."""
        about = ("exported_namespace", "name", "metric", "type")
        return {
            tuple(it["labels"][key] for key in ("alertname", *about) if key in it["labels"])
            for it in (await self.get("/api/v1/alerts"))["alerts"]
            if it["state"] == "firing"
        }


@contextlib.asynccontextmanager
async def scraping(targets: Mapping[str, int], folder: Path) -> AsyncIterator[Prometheus]:
    """One that scrapes the controllers, by name and port, every second. Its alerts fire at once."""
    instant = rules()
    for group in instant["groups"]:
        for rule in group["rules"]:
            rule["for"] = "0s"
    (folder / "rules.yaml").write_text(yaml.safe_dump(instant))
    jobs = [
        {"targets": [f"127.0.0.1:{port}"], "labels": {"namespace": NAMESPACE, "pod": f"{name}-0"}}
        for name, port in targets.items()
    ]
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(folder / "rules.yaml")],
        "scrape_configs": [{"job_name": "weir", "static_configs": jobs}],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with (folder / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            need("prometheus"),
            f"--config.file={folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={address}",
            stdout=log,
            stderr=log,
        )
    try:
        running = Prometheus(f"http://{address}")
        async with asyncio.timeout(30):
            while await running.get("/api/v1/status/runtimeinfo") is None:
                await asyncio.sleep(0.1)
        yield running
    finally:
        process.terminate()
        await process.wait()
