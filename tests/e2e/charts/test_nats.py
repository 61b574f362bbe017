"""NATS by the chart's configuration and arguments: real servers, with other ports and directories in them."""

import asyncio
import contextlib
import datetime as dt
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
import nats
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from nats.js.api import StreamConfig

from tests.binaries import need
from tests.charts.documented import Body
from tests.e2e.charts.helm import render

PASSWORD = "aVeryLongPassword1234567890"


@dataclass(frozen=True)
class Server:
    """Where one listens."""

    client: int
    monitor: int


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _certificate(folder: Path) -> None:
    """The files of the Secret: servers of a cluster are clients of each other, so it is for both."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nats")])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(1)
    )
    for extension in (
        x509.BasicConstraints(ca=True, path_length=None),
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
    ):
        builder = builder.add_extension(extension, critical=False)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    for file in ("ca.crt", "tls.crt"):
        (folder / file).write_bytes(certificate)
    (folder / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextlib.asynccontextmanager
async def running(values: Body, folder: Path) -> AsyncIterator[list[Server]]:
    """The servers of a rendered chart: what the kubelet fills in is filled in, hosts and ports are the loopback's."""
    found = render({"nats": values})
    body = found["StatefulSet", "nats"]["spec"]
    (container,) = body["template"]["spec"]["containers"]
    count = body["replicas"]
    ports = _free_ports(3 * count)
    routes = {
        f"nats-{i}.nats-headless.flux-system.svc.cluster.local:6222": f"127.0.0.1:{ports[3 * i + 1]}"
        for i in range(count)
    }
    _certificate(folder)
    processes = []
    for i in range(count):
        config = found["ConfigMap", "nats"]["data"]["nats.conf"]
        for port, mine in zip((4222, 6222, 8222), ports[3 * i :], strict=False):
            config = re.sub(rf"port: {port}\b", f"port: {mine}", config)
        config = config.replace('"/data"', f'"{folder}/data-{i}"').replace("/etc/nats-tls", str(folder))
        (folder / f"nats-{i}.conf").write_text(config)
        arguments = [it.replace("$(NATS_PASSWORD)", PASSWORD) for it in container["args"]]
        arguments = [it.replace("/etc/nats/nats.conf", str(folder / f"nats-{i}.conf")) for it in arguments]
        for host, address in routes.items():
            arguments = [it.replace(host, address) for it in arguments]
        with (folder / f"nats-{i}.log").open("wb") as log:
            environment = {**os.environ, "POD_NAME": f"nats-{i}", "NATS_PASSWORD": PASSWORD}
            process = await asyncio.create_subprocess_exec(
                need("nats-server"), *arguments, stdout=log, stderr=log, env=environment
            )
        processes.append(process)
    try:
        yield [Server(ports[3 * i], ports[3 * i + 2]) for i in range(count)]
    finally:
        for process in processes:
            process.terminate()
            await process.wait()


async def ask(server: Server, path: str) -> Any:
    """What the monitor says; None while it does not."""
    with contextlib.suppress(aiohttp.ClientError):
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{server.monitor}{path}") as answer,
        ):
            return await answer.json() if answer.ok else None


async def ready(servers: list[Server]) -> None:
    """Wait until each passes all of its probes."""
    async with asyncio.timeout(30):
        for server in servers:
            for path in ("/healthz?js-enabled-only=true", "/healthz?js-server-only=true"):
                while not await ask(server, path):
                    await asyncio.sleep(0.05)


async def nobody(_error: Exception) -> None:
    """Errors are for the caller."""


async def test_one_server_stores_on_disk_and_takes_nobody_without_the_password(tmp_path: Path) -> None:
    async with running({}, tmp_path) as servers:
        await ready(servers)
        url = f"nats://127.0.0.1:{servers[0].client}"
        client = await nats.connect(url, user="weir", password=PASSWORD, allow_reconnect=False, error_cb=nobody)
        await client.jetstream().add_stream(StreamConfig(name="S", subjects=["s.>"]))
        await client.jetstream().publish("s.1", b"kept")
        assert client.max_payload == 4 << 20
        await client.close()
        assert await ask(servers[0], "/jsz") is not None
        assert (await ask(servers[0], "/jsz"))["config"]["sync_always"] is True
        assert (tmp_path / "data-0/jetstream/$G/streams/S").is_dir()
        reader, writer = await asyncio.open_connection("127.0.0.1", servers[0].client)
        assert (await reader.readline()).startswith(b"INFO ")
        writer.write(b'CONNECT {"user": "weir", "pass": "wrong"}\r\nPING\r\n')
        assert await reader.readline() == b"-ERR 'Authorization Violation'\r\n"
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("tls", ["", "nats-tls"], ids=["plain", "TLS"])
async def test_three_servers_keep_each_message_three_times(tls: str, tmp_path: Path) -> None:
    async with running({"replicas": 3, "tls": {"existingSecret": tls}}, tmp_path) as servers:
        await ready(servers)
        scheme = "tls" if tls else "nats"
        context: dict[str, Any] = {}
        if tls:
            context = {"tls": ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))}
        client = await nats.connect(
            [f"{scheme}://127.0.0.1:{server.client}" for server in servers],
            user="weir",
            password=PASSWORD,
            error_cb=nobody,
            **context,
        )
        async with asyncio.timeout(30):
            while True:  # until they have a leader
                with contextlib.suppress(nats.errors.Error, TimeoutError):
                    stream = await client.jetstream().add_stream(
                        StreamConfig(name="S", subjects=["s.>"], num_replicas=3)
                    )
                    break
                await asyncio.sleep(0.1)
        await client.jetstream().publish("s.1", b"kept")
        assert stream.cluster is not None
        assert len(stream.cluster.replicas or ()) == 2
        assert (await ask(servers[0], "/jsz"))["meta_cluster"]["cluster_size"] == 3
        await client.close()
