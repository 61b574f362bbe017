"""A real S3 server (SeaweedFS), started when first asked for; each test gets a place of its own."""

import socket
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from subprocess import DEVNULL, Popen
from urllib.error import HTTPError, URLError

import msgspec
import pytest

from tests.binaries import need

KEY, SECRET = "weir-tests", "canary-s3-secret"
IDENTITY = {
    "name": "weir",
    "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
}
PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc")
PORTS += ("filer.port", "filer.port.grpc", "s3.port.grpc", "s3.port")


def _ports() -> list[int]:
    with ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in PORTS]


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server."""
    from obstore.store import S3Store  # noqa: PLC0415  for those who share

    directory = tmp_path_factory.mktemp("s3")
    (directory / "identities.json").write_bytes(msgspec.json.encode({"identities": [IDENTITY]}))
    ports = _ports()
    address = f"http://127.0.0.1:{ports[-1]}"
    flags = [f"-{name}={port}" for name, port in zip(PORTS, ports, strict=True)]
    process = Popen(
        [
            need("weed"),
            "server",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-dir={directory}",
            "-filer",
            "-s3",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={directory / 'identities.json'}",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            *flags,
        ],
        cwd=directory,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        _wait(address)
        # The first object makes the bucket.
        made = S3Store(
            "weir",
            endpoint=address,
            region="us-east-1",
            access_key_id=KEY,
            secret_access_key=SECRET,
            client_options={"allow_http": True},
        )
        made.put("made", b"")
        yield address
    finally:
        process.kill()  # it takes half a minute to stop by itself
        process.wait()


def _wait(address: str) -> None:
    """Until it answers, be it by a refusal."""
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5)
        except HTTPError:
            return
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the S3 server does not start")


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty place in a bucket; address and credentials are in the environment."""
    for name, value in (
        ("AWS_ENDPOINT", s3_server),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ):
        monkeypatch.setenv(name, value)
    return f"s3://weir/{uuid.uuid4().hex}"
